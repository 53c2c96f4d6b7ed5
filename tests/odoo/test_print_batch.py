"""Printing many invoices: one that cannot be printed stops no other, and is named."""
import io
import json
from pathlib import Path

from pypdf import PdfReader

from odoo.exceptions import UserError
from odoo.tools import mute_logger

from odoo.addons.bus.models.bus import channel_with_db, json_dump

from .document_common import DocumentCase, page_count, pdf_text

QUIET = ('odoo.addons.isp_billing.models.account_move_sealed',
         'odoo.addons.isp_billing.models.account_move_render',
         'odoo.addons.isp_billing.models.ir_actions_report')


class TestPrintBatch(DocumentCase):

    def setUp(self):
        super().setUp()
        self.moves = self.env['account.move'].union(*(
            self.make_invoice(self.make_account(f"Client{place} Ray")) for place in range(4)))

    def lose(self, move):
        """Its stored bytes, and those that can be made again, are not what was sealed."""
        move._isp_render_documents()
        facts = dict(move.isp_document_data, number="another")
        move._isp_update_columns({'isp_document_data': 'jsonb'}, [(move.id, json.dumps(facts))])
        file = move.isp_document_id
        Path(file._full_path(file.store_fname)).unlink()
        file.invalidate_recordset()

    def printed(self):
        with mute_logger(*QUIET):
            return self.env['ir.actions.report']._render_qweb_pdf(
                'isp_billing.report_invoice', self.moves.ids)[0]

    def notifications(self):
        """Contents of the notifications to the user that wait for the commit."""
        self.env.cr.precommit.run()
        channel = json_dump(channel_with_db(self.env.cr.dbname, self.env.user.partner_id))
        return self.env['bus.bus'].search([('channel', '=', channel)]).filtered(
            lambda one: 'simple_notification' in one.message)

    def test_the_others_are_printed_and_who_prints_is_told(self):
        self.lose(self.moves[1])
        self.moves[2]._isp_update_columns({'isp_document_data': 'jsonb'}, [
            (self.moves[2].id, f'{{"charges": 0, "total": "{self.moves[2].amount_total:.2f}"}}')])
        content = self.printed()
        self.assertEqual(page_count(content), 2)
        text = pdf_text(content)
        self.assertEqual([move.name in text for move in self.moves], [True, False, False, True])
        told, = self.notifications()
        self.assertIn("Not printed: 2 invoices", told.message)
        for move in self.moves:
            left_out = move in self.moves[1:3]
            self.assertEqual(move.name in told.message, left_out)
            self.assertEqual("Left out when invoices were printed: " in ''.join(
                move.message_ids.mapped('body')), left_out)

    def test_nothing_is_said_when_all_are_printed(self):
        self.assertEqual(page_count(self.printed()), 4)
        self.assertFalse(self.notifications())

    def test_when_none_is_left_each_is_named(self):
        for move in self.moves:
            self.lose(move)
        with self.assertRaises(UserError) as caught:
            self.printed()
        lines = str(caught.exception).split('\n')
        self.assertEqual(len(lines), 4)
        for move, line in zip(self.moves, lines, strict=True):
            self.assertIn(move.name, line)
            self.assertIn("is lost or was altered", line)

    def test_case_145_each_document_of_a_batch_on_its_own_sheet(self):
        """Kind: documents that share a sheet of paper.

        Bills of one page, printed on both sides in one batch: B came on the back of A. With the
        setting each begins on a new sheet, and each still counts its own pages.
        """
        self.company.isp_print_duplex = True
        content = self.printed()
        pages = [page.extract_text() for page in PdfReader(io.BytesIO(content)).pages]
        for place, move in enumerate(self.moves):
            self.assertIn(move.name, pages[2 * place], "on the front of its sheet")
            self.assertTrue("1 of 1" in pages[2 * place].replace('\u00a0', ' '))
        self.assertEqual([page.strip() for page in pages[1::2]], ["", "", ""])
        self.assertEqual(len(pages), 7)
        self.moves = self.moves[:1]
        self.assertEqual(page_count(self.printed()), 1)
