"""Delivery: each customer once, whatever happens to the mail server."""
import hashlib
from unittest.mock import patch

from markupsafe import Markup

from odoo.tools import mute_logger

from .document_common import DocumentCase, encoded, make_pdf, page_count
from .mail_common import RealMail

QUIET = ('odoo.addons.mail.models.mail_mail', 'odoo.addons.base.models.ir_mail_server',
         'odoo.addons.isp_billing.models.account_move_delivery')


class TestDelivery(RealMail, DocumentCase):

    def deliver(self, moves, **kwargs):
        with mute_logger(*QUIET):
            return moves._isp_deliver_documents(**kwargs)

    def test_case_079_down_first_then_each_customer_one_mail(self):
        paper = self.make_account("Papier Inc", isp_delivery_channel='paper')
        customers = [self.make_account(f"Client{place} Test") for place in range(3)]
        moves = self.env['account.move'].union(
            *(self.make_invoice(customer) for customer in [*customers, paper]))
        states = self.deliver(moves)
        self.assertEqual([states[move.id][0] for move in moves],
                         ['failed', 'failed', 'failed', 'print'])
        self.assertIn("refused", states[moves[0].id][1].lower())
        waiting = self.env['mail.mail'].search([('isp_move_id', 'in', moves.ids)])
        self.assertEqual(waiting.mapped('state'), ['outgoing'] * 3)
        ids = waiting.mapped('message_id')
        self.server()
        states = self.deliver(moves)
        self.assertEqual([states[move.id][0] for move in moves], ['sent', 'sent', 'sent', 'print'])
        self.deliver(moves)
        self.assertEqual(sorted(to[0] for to, _mail in self.inbox.mails),
                         sorted(customer.email for customer in customers))
        self.assertEqual(sorted(mail['Message-ID'] for _to, mail in self.inbox.mails), sorted(ids))
        self.assertEqual(self.env['account.move'].search_count(
            [('id', 'in', moves.ids), ('isp_delivery_state', '=', 'print')]), 1)

    def test_a_template_that_one_invoice_does_not_fit_holds_up_no_other(self):
        """The reason names the template and what is wrong, not the words of the template."""
        moves = self.env['account.move'].union(*(
            self.make_invoice(self.make_account(f"Client{place} Test")) for place in range(3)))
        template = moves[0]._isp_mail_template().with_context(lang=moves[0]._isp_mail_lang())
        moves[1].ref = "ODD"
        good = template.body_html
        template.body_html = Markup(
            '<p t-if="object.ref == \'ODD\'" t-out="object.no_such_field"/>') + good
        self.server()
        with mute_logger('odoo.addons.mail.models.mail_render_mixin',
                         'odoo.addons.isp_billing.models.account_move_mail'):
            states = self.deliver(moves)
        self.assertEqual([states[move.id][0] for move in moves], ['sent', 'failed', 'sent'])
        reason = states[moves[1].id][1]
        self.assertIn(f"The e-mail template “{template.name}” cannot be filled in: ", reason)
        self.assertIn("no_such_field", reason)
        self.assertNotIn("<p", reason)
        self.assertEqual(moves[1].isp_delivery_reason, reason)
        template.body_html = good
        self.deliver(moves)
        self.assertEqual(moves[1].isp_delivery_state, 'sent')
        self.assertEqual(len(self.inbox.mails), 3)

    def test_the_mail_carries_the_assembled_document_and_its_fingerprint(self):
        self.env['isp.invoice.attachment'].create(
            {'name': "Offer", 'pdf_en': encoded(make_pdf(2))})
        move = self.make_invoice()
        self.server()
        self.assertEqual(self.deliver(move), {move.id: ('sent', '')})
        (to, mail), = self.inbox.mails
        attached, = mail.iter_attachments()
        content = attached.get_payload(decode=True)
        self.assertEqual(attached.get_filename(), move._isp_document_filename())
        self.assertEqual(page_count(content), 3)
        self.assertEqual(move.isp_delivered_sha256, hashlib.sha256(content).hexdigest())
        self.assertEqual(move.isp_delivered_mode, 'merged')
        self.assertEqual(move.isp_delivery_ids.files,
                         f"{move._isp_document_filename()}\nOffer.pdf")
        self.assertTrue(move.is_move_sent)
        mail_record = self.env['mail.mail'].search([('isp_move_id', '=', move.id)])
        self.assertFalse(mail_record.attachment_ids)
        self.assertIn(mail_record.subject, mail_record.body, "the chatter names what was sent")

    def test_a_delivery_can_be_assembled_again_and_compared(self):
        """As it was delivered, whatever the settings say since; a difference is named."""
        attachments = self.env['isp.invoice.attachment'].create([
            {'name': name, 'pdf_en': encoded(make_pdf(pages, name)), 'pdf_en_name': f'{name}.pdf',
             'delivery': way, 'sequence': pages}
            for name, pages, way in (("First", 1, False), ("Second", 2, 'separate'),
                                     ("Third", 3, False))])
        move = self.make_invoice(self.make_account("Porta Lin", isp_delivery_channel='portal'))
        self.deliver(move)
        row = move.isp_delivery_ids
        self.assertEqual([(part['name'], [insert[1] for insert in part['inserts']])
                          for part in row.parts], [
            (move._isp_document_filename(), ["First.pdf", "Third.pdf"]),
            ("Second.pdf", ["Second.pdf"])])
        self.assertEqual(row.mode, 'mixed')
        self.assertEqual(row.action_compare()['params']['type'], 'success')
        self.company.isp_attachment_delivery = 'separate'
        attachments.write({'sequence': 1, 'pdf_en': encoded(make_pdf(1, "another"))})
        self.assertEqual(row._isp_differences(), [])
        row.sudo().parts = [{**part, 'sha256': 'x'} for part in row.parts[:1]]
        self.assertIn("assembled otherwise", row._isp_differences()[0])

    def test_what_is_lost_since_the_delivery_is_named(self):
        self.env['isp.invoice.attachment'].create(
            {'name': "Offer", 'pdf_en': encoded(make_pdf(2, "lost")), 'pdf_en_name': "offer.pdf"})
        move = self.make_invoice(self.make_account("Papier Inc", isp_delivery_channel='paper'))
        self.deliver(move)
        self.env.cr.execute("UPDATE isp_invoice_insert SET file_id = NULL WHERE move_id = %s",
                            [move.id])
        self.env.invalidate_all()
        result = move.isp_delivery_ids.action_compare()['params']
        self.assertEqual(result['type'], 'danger')
        self.assertIn("offer.pdf is lost or was changed", result['message'])
        self.assertTrue(move.message_ids.filtered(lambda note: "offer.pdf" in note.body))

    def test_separate_files(self):
        self.company.isp_attachment_delivery = 'separate'
        self.env['isp.invoice.attachment'].create(
            {'name': "Offer", 'pdf_en': encoded(make_pdf(2)), 'pdf_en_name': "offer.pdf"})
        move = self.make_invoice()
        self.server()
        self.deliver(move)
        (_to, mail), = self.inbox.mails
        self.assertEqual([part.get_filename() for part in mail.iter_attachments()],
                         [move._isp_document_filename(), "offer.pdf"])

    def test_the_mail_is_in_the_language_of_the_document(self):
        french = self.make_account("Bruno Lalande", isp_document_language='fr')
        english = self.make_account("Wilma Oakes", isp_document_language='en', lang='fr_CA')
        moves = self.make_invoice(french) | self.make_invoice(english)
        self.server()
        self.deliver(moves)
        mails = {to[0]: mail for to, mail in self.inbox.mails}
        body = mails[french.email].get_body(('html',)).get_content().replace('\u00a0', ' ')
        self.assertIn("Facture", mails[french.email]['Subject'])
        for words in ("Bonjour Bruno Lalande", "Montant dû", "114,98 $", "21 octobre 2026",
                      f"/my/invoices/{moves[0].id}?access_token="):
            self.assertIn(words, body)
        body = mails[english.email].get_body(('html',)).get_content()
        self.assertIn("Invoice", mails[english.email]['Subject'])
        for words in ("Hello Wilma Oakes", "Amount due", "$114.98", "October 21, 2026"):
            self.assertIn(words, body)

    def test_other_channels(self):
        portal = self.make_account("Porta Lin", isp_delivery_channel='portal')
        silent = self.make_account("Silent Ray", email=False)
        moves = self.make_invoice(portal) | self.make_invoice(silent)
        states = self.deliver(moves)
        self.assertEqual([states[move.id][0] for move in moves], ['portal', 'no_email'])
        self.assertIn("Silent Ray", states[moves[1].id][1])
        self.assertFalse(self.env['mail.mail'].search([('isp_move_id', 'in', moves.ids)]))
        silent.email = "ray@client.example"
        self.server()
        self.assertEqual(self.deliver(moves)[moves[1].id], ('sent', ''))
        self.assertEqual(len(self.inbox.mails), 1)

    def test_commit_surrounds_each_group(self):
        moves = self.env['account.move'].union(
            *(self.make_invoice(self.make_account(f"Client{place} Test")) for place in range(3)))
        self.server()
        seen = []
        with patch('odoo.addons.isp_billing.models.account_move_delivery.GROUP', 2):
            self.deliver(moves, commit=lambda: seen.append(len(self.inbox.mails)))
        self.assertEqual(seen, [0, 2, 2, 3])

    def test_a_lost_result_sends_the_same_message_again(self):
        """Killed between the mail server and the commit: the second copy has the same ID."""
        move = self.make_invoice()
        self.server()
        self.deliver(move)
        self.env['mail.mail'].search([('isp_move_id', '=', move.id)]).unlink()
        move.isp_delivery_ids.sudo().unlink()
        move._isp_update_columns({'isp_delivery_state': 'varchar'}, [(move.id, 'failed')])
        self.deliver(move)
        first, second = (mail['Message-ID'] for _to, mail in self.inbox.mails)
        self.assertEqual(first, second)

    def test_send_again_is_a_new_delivery(self):
        move = self.make_invoice()
        self.server()
        self.deliver(move)
        with mute_logger(*QUIET):
            move.action_isp_send_again()
        first, second = (mail['Message-ID'] for _to, mail in self.inbox.mails)
        self.assertNotEqual(first, second)
        self.assertEqual(move.isp_delivery_ids.mapped('state'), ['sent', 'sent'])

    def test_the_queue_of_odoo_leaves_our_mails_alone(self):
        move = self.make_invoice()
        self.deliver(move)
        self.server()
        self.env['mail.mail'].process_email_queue()
        self.assertFalse(self.inbox.mails)
        self.deliver(move)
        self.assertEqual(len(self.inbox.mails), 1)

    def test_what_another_process_holds_is_left_alone(self):
        moves = self.make_invoice() | self.make_invoice(self.make_account("Good One"))
        self.server()
        model = type(self.env['account.move'])
        lock = model.try_lock_for_update
        with patch.object(model, 'try_lock_for_update',
                          lambda self, **kwargs: lock(self, **kwargs) - moves[0]):
            states = self.deliver(moves)
        self.assertEqual([states[move.id][0] for move in moves], ['failed', 'sent'])
        self.assertEqual(moves[0].isp_delivery_state, 'none')
        self.assertEqual(self.deliver(moves)[moves[0].id][0], 'sent')
        self.assertEqual(len(self.inbox.mails), 2)

    def test_an_unreadable_document_does_not_stop_the_others(self):
        bad, good = self.make_invoice(), self.make_invoice(self.make_account("Good One"))
        bad._isp_update_columns({'isp_document_data': 'jsonb'}, [
            (bad.id, f'{{"charges": 0, "total": "{bad.amount_total:.2f}"}}')])
        self.server()
        with mute_logger('odoo.addons.isp_billing.models.account_move_render'):
            states = self.deliver(bad | good)
        self.assertEqual((states[bad.id][0], states[good.id][0]), ('failed', 'sent'))
