"""Attachments on the invoice: room, how often, how they travel, and what breaks on the way."""
import hashlib
import io
import uuid
from pathlib import Path
from unittest.mock import patch

import pikepdf

from odoo import Command, fields
from odoo.exceptions import UserError
from odoo.tests import new_test_user

from .common import IspCase
from .document_common import DocumentCase, encoded, make_pdf, page_count, pdf_text


class TestRoom(DocumentCase):

    def make(self, name="Offer", pages=1, **values):
        return self.env['isp.invoice.attachment'].create({
            'name': name, 'pdf_en': encoded(make_pdf(pages, name)), 'pdf_en_name': f'{name}.pdf',
            **values})

    def test_what_finds_no_room_is_left_out_in_order_and_listed(self):
        self.company.isp_insert_max_pages = 4
        self.make("A", 2, sequence=1)
        self.make("B", 3, sequence=2)
        self.make("C", 2, sequence=3)
        move = self.make_invoice()
        self.assertEqual(move.isp_insert_ids.mapped('problem'), [False, 'no_room', False])
        self.assertEqual(page_count(move._isp_assembled_pdf()[0]), 5)
        self.assertEqual(move.isp_insert_ids.mapped('problem'), [False, 'no_room', False])
        self.assertEqual(self.env['isp.invoice.attachment'].search(
            [('name', '=', "B")]).insert_count, 0)

    def test_room_in_kilobytes(self):
        first, second = self.make("A", sequence=1), self.make("B", sequence=2)
        move = self.make_invoice()
        self.assertFalse(any(move.isp_insert_ids.mapped('problem')))
        self.assertGreater(move.isp_insert_ids[0].size, 300)
        with patch.object(type(self.company), 'isp_insert_max_kb', 0.001):
            rows = [{'problem': False, 'pages': 1, 'size': 1}, {
                'problem': False, 'pages': 1, 'size': 1}]
            self.env['isp.invoice.insert']._isp_within_budget(self.company, rows)
        self.assertEqual([row['problem'] for row in rows], [False, 'no_room'])
        self.assertTrue(first and second)

    def test_at_most_n_times(self):
        attachment = self.make(cap_times=2)
        moves = [self.make_invoice(invoice_date=f'2026-{month}-01') for month in ('09', '10', '11')]
        self.assertEqual([len(move.isp_insert_ids) for move in moves], [1, 1, 0])
        self.assertEqual(attachment.insert_count, 2)

    def test_at_most_once_in_n_days(self):
        self.make(cap_days=60)
        days = ('2026-08-01', '2026-09-29', '2026-09-30', '2026-10-01')
        moves = [self.make_invoice(invoice_date=day) for day in days]
        self.assertEqual([len(move.isp_insert_ids) for move in moves], [1, 0, 1, 0])

    def test_once_in_one_batch(self):
        self.make(cap_times=1)
        moves = self.make_invoice(post=False) | self.make_invoice(post=False)
        moves._post()
        self.assertEqual(sorted(len(move.isp_insert_ids) for move in moves), [0, 1])

    def test_what_had_no_room_does_not_count_as_received(self):
        self.company.isp_insert_max_pages = 1
        self.make("A", 2, cap_times=1)
        self.assertEqual(self.make_invoice().isp_insert_ids.problem, 'no_room')
        self.company.isp_insert_max_pages = 2
        self.assertFalse(self.make_invoice().isp_insert_ids.problem)

    def test_each_attachment_travels_its_way(self):
        self.make("A", 1, sequence=1)
        self.make("B", 2, sequence=2, delivery='separate')
        move = self.make_invoice()
        files = move._isp_delivery_files()
        self.assertEqual([name for name, _content in files],
                         [move._isp_document_filename(), "B.pdf"])
        self.assertEqual([page_count(content) for _name, content in files], [2, 2])
        facts = move._isp_delivery_facts()
        self.assertEqual(facts['mode'], 'mixed')
        self.assertEqual(facts['files'].split('\n'),
                         [move._isp_document_filename(), "A.pdf", "B.pdf"])
        self.company.isp_attachment_delivery = 'separate'
        self.make("C", 1, sequence=3, delivery='merged')
        later = self.make_invoice()
        self.assertEqual([name for name, _content in later._isp_delivery_files()[1:]],
                         ["A.pdf", "B.pdf"])

    def test_on_paper_everything_is_printed(self):
        """Nothing travels apart: in order, and as far as the room goes."""
        self.company.isp_attachment_delivery = 'separate'
        self.company.isp_insert_max_pages = 6
        self.partner.isp_delivery_channel = 'paper'
        self.make("A", 1, sequence=1)
        self.make("B", 2, sequence=2, delivery='separate')
        self.make("No room", 4, sequence=3)
        self.make("C", 3, sequence=4, delivery='merged')
        move = self.make_invoice()
        move._isp_deliver_documents()
        self.assertEqual(move.isp_delivery_ids.files.split('\n'),
                         [move._isp_document_filename(), "A.pdf", "B.pdf", "C.pdf"])
        self.assertEqual(move.isp_delivered_mode, 'merged')
        printed, _kind = self.env['ir.actions.report']._render_qweb_pdf(
            'isp_billing.report_invoice', move.ids)
        self.assertEqual(page_count(printed), 1 + 1 + 2 + 3)
        self.assertEqual(hashlib.sha256(printed).hexdigest(), move.isp_delivered_sha256)

    def test_the_preview_speaks_the_language_of_today(self):
        self.partner.isp_document_language = 'en'
        self.make_invoice()
        chosen = self.env['isp.invoice.attachment'].create({
            'name': "A", 'pdf_en': encoded(make_pdf(2, 'en')),
            'pdf_fr_ca': encoded(make_pdf(3, 'fr'))})
        wizard = self.env['isp.attachment.preview'].create(
            {'attachment_id': chosen.id, 'account_id': self.partner.id})
        self.assertEqual(page_count(wizard._isp_pdf()), 1 + 2)
        self.partner.isp_document_language = 'fr'
        self.assertEqual(page_count(wizard._isp_pdf()), 1 + 3)

    def test_preview_on_a_real_account(self):
        move = self.make_invoice()
        chosen = self.make("A", 2)
        self.make("Not for this account", 1, kind_tv=True)
        wizard = self.env['isp.attachment.preview'].create(
            {'attachment_id': chosen.id, 'account_id': self.partner.id})
        self.assertEqual(wizard.move_id, move)
        content = wizard._isp_pdf()
        self.assertEqual(page_count(content), 3)
        self.assertIn(move.name, pdf_text(content))
        self.assertFalse(move.isp_document_id)
        self.assertFalse(move.isp_insert_ids)


class TestBrokenFlyers(IspCase):
    """A broken flyer stops nothing; it is listed on the run and the accountant decides."""

    def setUp(self):
        super().setUp()
        self.ca.isp_both_flyers = 'one'  # accounts in Quebec read both languages
        mark = uuid.uuid4().hex  # the files are spoiled: nothing else may share them
        self.attachment, self.good = self.env['isp.invoice.attachment'].create([
            {'name': name, 'company_id': self.ca.id,
             'pdf_en': encoded(make_pdf(pages, f'{name}{mark}')),
             'pdf_fr': encoded(make_pdf(pages, f'{name}{mark} fr')), 'sequence': pages}
            for name, pages in (("Bad", 1), ("Good", 2))])
        for number in range(3):
            account = self.make_account(f"Customer {number}", isp_delivery_channel='paper')
            self.make_subscription(account, [self.fibre], '2026-11-01')

    def break_files(self, how):
        """Spoil the stored files of the first attachment behind Odoo's back."""
        files = self.attachment._isp_stored_files()
        for file in files.values():
            path = Path(file._full_path(file.store_fname))
            if how == 'deleted':
                path.unlink()
            else:
                with path.open('r+b') as stored:
                    stored.seek(40)
                    stored.write(b'\0' * 60)
        self.env.invalidate_all()

    def run_with_broken_flyer(self, how):
        self.break_files(how)
        run = self.bill('2026-11-01', deliver=True)
        self.assertEqual(run.state, 'done')
        self.assertEqual(run.bill_ids.mapped('delivery_state'), ['print'] * 3)
        self.assertEqual(run.insert_problem_count, 3)
        inserts = self.env['isp.invoice.insert'].search(
            run.action_view_insert_problems()['domain'])
        self.assertEqual(inserts.attachment_id, self.attachment)
        return run, inserts

    def test_corrupted_bytes(self):
        run, inserts = self.run_with_broken_flyer('corrupted')
        self.assertEqual(set(inserts.mapped('problem')), {'changed'})
        for bill in run.bill_ids:
            content, _name = bill.move_id._isp_assembled_pdf()
            invoice = page_count(bill.move_id.isp_document_id.raw)
            self.assertEqual(page_count(content), invoice + 2)
            with pikepdf.open(io.BytesIO(content)) as pdf:
                self.assertFalse(pdf.check_pdf_syntax())

    def test_deleted_file(self):
        _run, inserts = self.run_with_broken_flyer('deleted')
        self.assertEqual(set(inserts.mapped('problem')), {'missing'})

    def test_a_lost_record_is_listed_too(self):
        self.env.cr.execute("DELETE FROM ir_attachment WHERE res_model = %s AND res_id = %s",
                            ('isp.invoice.attachment', self.attachment.id))
        self.env.invalidate_all()
        run = self.bill('2026-11-01', deliver=True)
        self.assertEqual(run.insert_problem_count, 3)

    def test_the_accountant_decides(self):
        run, inserts = self.run_with_broken_flyer('corrupted')
        kept, again = inserts[0], inserts[1]
        kept.action_keep()
        run.invalidate_recordset(['insert_problem_count'])
        self.assertEqual(run.insert_problem_count, 2)
        with self.assertRaisesRegex(UserError, "still lost or damaged"):
            again.action_replace()
        self.attachment.write({'pdf_en': encoded(make_pdf(1, "repaired")),
                               'pdf_fr': encoded(make_pdf(1, "réparé"))})
        before = page_count(again.move_id._isp_assembled_pdf()[0])
        again.action_replace()
        self.assertEqual((again.problem, again.decision), (False, 'replaced'))
        self.assertEqual(page_count(again.move_id._isp_assembled_pdf()[0]), before + 1)
        run.invalidate_recordset(['insert_problem_count'])
        self.assertEqual(run.insert_problem_count, 1)
        self.assertTrue(kept.problem)
        notes = again.move_id.message_ids.filtered(lambda note: "assembled again" in note.body)
        self.assertEqual(len(notes), 1)

    def test_an_auditor_decides_nothing(self):
        _run, inserts = self.run_with_broken_flyer('corrupted')
        auditor = new_test_user(
            self.env, 'insert-auditor', groups='base.group_user,isp_billing.group_auditor',
            company_id=self.ca.id, company_ids=[Command.set(self.ca.ids)])
        with self.assertRaises(UserError):
            inserts[0].with_user(auditor).action_keep()


class TestResults(IspCase):

    def test_reach_and_results(self):
        tv = self.make_plan('TV', 24.95, kind='tv')
        gig = self.make_plan('GIG', 99.0)
        attachment = self.env['isp.invoice.attachment'].create({
            'name': "Offer", 'company_id': self.ca.id, 'pdf_en': encoded(make_pdf()),
            'promo_code': "SPRING", 'result_days': 30})
        accounts = [self.make_account(f"Customer {number}", isp_delivery_channel='paper')
                    for number in range(5)]
        subscriptions = [self.make_subscription(account, [self.fibre], '2026-11-01')
                         for account in accounts]
        self.bill('2026-11-01', deliver=True)
        lines = [subscription.sale_subscription_line_ids for subscription in subscriptions]
        self.env['isp.line.change'].create({
            'line_id': lines[0].id, 'date': '2026-12-01', 'plan_id': gig.id,
            'promo_code': "Other"}).action_confirm()
        self.assertEqual(lines[0].isp_successor_ids.isp_promo_code, "Other")
        self.env['sale.subscription.line'].create({
            'sale_subscription_id': subscriptions[1].id, 'isp_plan_id': tv.id,
            'isp_date_start': '2026-11-20', 'isp_promo_code': " spring "})
        # too late, and not a change of plan
        lines[2]._isp_change(fields.Date.to_date('2027-01-01'), plan=gig)
        lines[3]._isp_change(fields.Date.to_date('2026-12-01'), price=10.0)
        move = self.env['account.move'].search([('isp_account_id', '=', accounts[4].id)])
        move._isp_note_opened()
        move._isp_note_opened()
        self.assertEqual(
            (attachment.sent_count, attachment.opened_count, attachment.code_count,
             attachment.changed_count), (5, 1, 1, 2))
        results = self.env['isp.attachment.result'].search(
            attachment.action_view_results()['domain'])
        changed = results.filtered('plan_changed').account_id
        self.assertEqual(changed, accounts[0] | accounts[1])
        self.assertEqual(results.filtered('code_used').account_id, accounts[1])
        self.assertEqual(move.isp_insert_ids.opened_count, 2)

    def test_results_by_language_have_all_three(self):
        self.env['isp.invoice.attachment'].create({
            'name': "Offer", 'company_id': self.ca.id, 'pdf_fr_ca': encoded(make_pdf())})
        self.make_subscription(self.make_account(isp_document_language='fr'), [self.fibre],
                               '2026-11-01')
        self.bill('2026-11-01')
        results = self.env['isp.attachment.result'].formatted_read_group(
            [('company_id', '=', self.ca.id)], ['language'], ['__count'])
        self.assertEqual([(row['language'], row['__count']) for row in results], [('fr_ca', 1)])
        self.assertEqual(self.env['isp.attachment.result'].search(
            [('company_id', '=', self.ca.id)]).export_data(['language'])['datas'],
            [["French of Canada"]])
