"""Invoices that somebody makes by hand: started empty, corrected before they are sealed, booked on
the account."""
import json

from odoo import Command
from odoo.tests import Form

from .document_common import DocumentCase, encoded, make_pdf, pdf_text


class TestInvoiceByHand(DocumentCase):

    def by_hand(self, customer, **values):
        """A draft on which nobody chose an account."""
        return self.env['account.move'].create({
            'move_type': 'out_invoice', 'partner_id': customer.id, 'journal_id': self.journal.id,
            'invoice_date': '2026-10-01', 'invoice_line_ids': [Command.create({
                'name': "Visit", 'price_unit': 50.0, 'tax_ids': [Command.set(self.tax.ids)]})],
            **values})

    def test_a_new_one_starts_empty(self):
        """As the dashboard's button "New" of the journal opens it."""
        for kind in ('out_invoice', 'out_refund', 'out_receipt'):
            with self.subTest(kind=kind):
                moves = self.env['account.move'].with_context(
                    default_move_type=kind, default_journal_id=self.journal.id)
                with Form(moves) as form:
                    self.assertFalse(form.isp_text_warning)
                    form.partner_id = self.partner
                    with form.invoice_line_ids.new() as line:
                        line.name = "Visit"
                        line.price_unit = 50.0
                self.assertEqual(form.record.partner_id, self.partner)
                self.assertEqual(form.record.isp_account_id, self.partner)

    def test_corrected_before_it_is_sealed(self):
        """The document is that of the second posting: text, amount, language and inserts."""
        self.env['isp.invoice.attachment'].create(
            {'name': "Offer", 'pdf_en': encoded(make_pdf(1)), 'company_id': self.company.id,
             'document_language': 'en'})
        self.env['isp.invoice.message'].create(
            {'name': "m", 'body': "We owe {amount_due}", 'company_id': self.company.id})
        self.partner.isp_document_language = 'en'
        move = self.make_invoice()
        before = move.amount_total
        self.assertEqual(len(move.isp_insert_ids), 1)
        move.button_draft()
        self.assertFalse(move.isp_document_data or move.isp_language or move.isp_insert_ids
                         or move.isp_message_log_ids or move.isp_layout_version_id)
        self.partner.isp_document_language = 'fr'
        move.write({'invoice_line_ids': [Command.update(
            move.invoice_line_ids[0].id, {'name': "Corrected", 'price_unit': 50.0})]})
        move.action_post()
        self.assertLess(move.amount_total, before)
        self.assertEqual((move.isp_language, len(move.isp_insert_ids)), ('fr', 0))
        text = pdf_text(self.rendered(move))
        self.assertIn("Corrected", text)
        self.assertIn(f"{move.amount_total:.2f}".replace('.', ','), text)
        self.assertNotIn(f"{before:.2f}".replace('.', ','), text)
        self.assertEqual(move.isp_message_log_ids.mapped('text_fr'),
                         [f"We owe {move.amount_total:.2f} $".replace('.', ',').replace(
                             ' $', '\N{NO-BREAK SPACE}$')])

    def test_facts_of_another_total_are_not_sealed(self):
        move = self.make_invoice()
        facts = {**move.isp_document_data, 'total': '1.00'}
        move._isp_update_columns({'isp_document_data': 'jsonb'}, [
            (move.id, json.dumps(facts))])
        move.invalidate_recordset(['isp_document_data'])
        self.assertIn(f"{move.amount_total:.2f}", pdf_text(self.rendered(move)))
        self.assertEqual(move.isp_document_data['total'], f"{move.amount_total:.2f}")

    def test_a_contact_of_the_account(self):
        """Number, language, layout and balance are those of the account; the contact is named."""
        account = self.partner
        account.write({'is_company': True, 'isp_document_language': 'fr'})
        account.action_isp_open_account()
        debt = self.by_hand(account, invoice_date='2026-06-01')
        debt.action_post()
        contact = self.env['res.partner'].create({
            'name': "Jeanne Contact", 'parent_id': account.id, 'type': 'contact', 'lang': 'en_US'})
        move = self.by_hand(contact)
        move.action_post()
        self.assertEqual(move.isp_account_id, account)
        facts = move.isp_document_data
        self.assertEqual(facts['account_number'], account.isp_account_number)
        self.assertEqual(facts['customer']['name'], f"{account.name}, Jeanne Contact")
        self.assertEqual(move.isp_language, 'fr')
        self.assertEqual(facts['summary']['previous'], f"{debt.amount_total:.2f}")
        self.assertEqual(debt.isp_account_id, account)

    def test_accounts_below_another_and_customers_without_number(self):
        stranger = self.env['res.partner'].create({'name': "Stranger"})
        self.assertFalse(self.by_hand(stranger).isp_account_id)
        child = self.env['res.partner'].create({'name': "Child", 'parent_id': self.partner.id})
        child.action_isp_open_account()
        move = self.by_hand(child)
        self.assertEqual(move.isp_account_id, child)
        names = self.env['isp.document.data']._customer_names(child, child)
        self.assertEqual(names, {'name': "Child"})
        move.isp_account_id = self.partner
        move.action_post()
        self.assertEqual(move.isp_account_id, self.partner)
        self.assertEqual(move._reverse_moves().isp_account_id, self.partner)
