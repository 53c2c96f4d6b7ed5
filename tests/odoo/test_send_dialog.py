"""Odoo's send dialog: who got the invoice, and whether it left at all."""
import hashlib
import json
from pathlib import Path
from unittest.mock import patch

from odoo import Command
from odoo.tools import mute_logger

from .document_common import DocumentCase, encoded, make_pdf
from .mail_common import RealMail

QUIET = ('odoo.addons.mail.models.mail_mail', 'odoo.addons.base.models.ir_mail_server',
         'odoo.addons.isp_billing.models.account_move_delivery',
         'odoo.addons.isp_billing.models.account_move_dialog')


class TestSendDialog(RealMail, DocumentCase):

    def setUp(self):
        super().setUp()
        self.move = self.make_invoice()
        self.clara = self.env['res.partner'].create(
            {'name': "Clara Books", 'email': "clara@books.example"})

    def mails_of_dialog(self, **values):
        """The e-mails that the dialog leaves behind: they wait for its commit, as outside tests."""
        wizard = self.env['account.move.send.wizard'].with_context(
            active_model='account.move', active_ids=self.move.ids).create({})
        wizard.write(values)
        before = self.env['mail.mail'].search([]).ids
        with patch.object(type(self.env['mail.mail']), 'send_after_commit', lambda mails: None):
            wizard.action_send_and_print()
        return self.env['mail.mail'].search([('id', 'not in', before)])

    def dialog(self, **values):
        """The dialog, its commit and what is sent after it."""
        with mute_logger(*QUIET):
            self.mails_of_dialog(**values).send()
        self.env.invalidate_all()

    def log(self):
        """State and addresses of the deliveries, the oldest first."""
        return [(row.state, row.recipient) for row in self.move.isp_delivery_ids.sorted('id')]

    def test_the_log_names_the_recipients_that_were_chosen(self):
        self.server()
        self.dialog(mail_partner_ids=[Command.set(self.clara.ids)])
        self.assertEqual([to for to, _mail in self.inbox.mails], [["clara@books.example"]])
        clara = '"Clara Books" <clara@books.example>'
        self.assertEqual(self.log(), [('to_send', clara), ('sent', clara)])
        self.assertEqual(self.move.isp_delivery_state, 'sent')

    def test_each_sending_is_in_the_log_with_its_files(self):
        self.env['isp.invoice.attachment'].create(
            {'name': "Offer", 'pdf_en': encoded(make_pdf(2)), 'pdf_en_name': "offer.pdf"})
        move = self.move = self.make_invoice()
        self.server()
        move._isp_deliver_documents()
        self.dialog(mail_partner_ids=[Command.set((self.partner | self.clara).ids)])
        self.assertEqual([state for state, _recipient in self.log()], ['sent', 'to_send', 'sent'])
        for partner in self.partner | self.clara:
            self.assertIn(partner.email, self.log()[2][1])
        content = next(self.inbox.mails[1][1].iter_attachments()).get_payload(decode=True)
        self.assertEqual(hashlib.sha256(content).hexdigest(), move.isp_delivery_ids[0].sha256)
        self.assertEqual(move.isp_delivery_ids[0].files,
                         f"{move._isp_document_filename()}\noffer.pdf")

    def test_it_waits_until_the_e_mail_has_left(self):
        mails = self.mails_of_dialog()
        self.assertEqual(mails.mapped('state'), ['outgoing'])
        self.assertEqual((self.move.isp_delivery_state, self.move.isp_delivered_date,
                          self.move.is_move_sent), ('to_send', False, False))
        self.server()
        mails.send()
        self.move.invalidate_recordset()
        self.assertEqual((self.move.isp_delivery_state, self.move.is_move_sent), ('sent', True))
        self.assertTrue(self.move.isp_delivered_date)
        recipient = self.partner._isp_recipient()
        self.assertEqual(self.log(), [('to_send', recipient), ('sent', recipient)])

    def test_what_waits_is_not_sent_a_second_time_by_a_run(self):
        mails = self.mails_of_dialog()
        self.server()
        state, reason = self.move._isp_deliver_documents()[self.move.id]
        self.assertEqual((state, reason), ('failed', "Another process is sending this e-mail."))
        self.assertEqual((self.inbox.mails, self.move.isp_delivery_state), ([], 'to_send'))
        mails.send()
        self.assertEqual(self.move._isp_deliver_documents(), {self.move.id: ('sent', '')})
        self.assertEqual(len(self.inbox.mails), 1)

    def test_a_mail_server_that_is_down_is_a_failed_delivery(self):
        self.dialog()
        self.assertEqual(self.move.isp_delivery_state, 'failed')
        self.assertIn("refused", self.move.isp_delivery_reason.lower())
        self.assertFalse(self.move.is_move_sent)
        self.assertIn(self.move, self.env['account.move'].search(
            [('isp_delivery_state', 'in', ('failed', 'no_email'))]))
        self.server()
        self.move.action_isp_send_again()
        self.assertEqual([state for state, _recipient in self.log()], ['to_send', 'failed', 'sent'])
        self.assertEqual(len(self.inbox.mails), 1)

    def test_an_e_mail_that_odoo_tries_again_is_noted(self):
        self.dialog()
        mail = self.env['mail.mail'].search([('isp_dialog_move_id', '=', self.move.id)])
        self.server()
        mail.action_retry()
        self.env['mail.mail'].process_email_queue()
        self.assertEqual([state for state, _recipient in self.log()], ['to_send', 'failed', 'sent'])
        self.assertEqual((self.move.isp_delivery_state, self.move.isp_delivery_reason),
                         ('sent', False))

    def test_one_recipient_of_two_got_it(self):
        self.server()
        self.clara.email = "no address at all"
        self.dialog(mail_partner_ids=[Command.set((self.partner | self.clara).ids)])
        self.assertEqual([to for to, _mail in self.inbox.mails], [[self.partner.email]])
        self.assertEqual(self.log()[1:], [('sent', self.partner._isp_recipient())])
        self.assertIn("Not sent to Clara Books", self.move.isp_delivery_reason)

    def test_followers_do_not_count(self):
        """A colleague who follows the invoice gets a copy; it is not about the customer."""
        self.server()
        self.move.message_subscribe(self.clara.ids)
        self.dialog()
        self.assertEqual(sorted(to[0] for to, _mail in self.inbox.mails),
                         sorted([self.clara.email, self.partner.email]))
        recipient = self.partner._isp_recipient()
        self.assertEqual(self.log(), [('to_send', recipient), ('sent', recipient)])

    def test_what_is_only_printed_is_not_e_mailed(self):
        self.server()
        self.dialog(sending_methods=['manual'])
        self.assertTrue(self.move.isp_document_id)
        self.assertEqual((self.log(), self.inbox.mails), ([], []))
        self.assertEqual((self.move.isp_delivery_state, self.move.is_move_sent), ('none', False))

    def test_files_that_are_lost_meanwhile_do_not_undo_what_was_sent(self):
        mails = self.mails_of_dialog()
        facts = dict(self.move.isp_document_data, number="another")
        self.move._isp_update_columns(
            {'isp_document_data': 'jsonb'}, [(self.move.id, json.dumps(facts))])
        file = self.move.isp_document_id
        Path(file._full_path(file.store_fname)).unlink()
        file.invalidate_recordset()
        self.server()
        with mute_logger(*QUIET, 'odoo.addons.isp_billing.models.account_move_sealed'):
            mails.send()
        self.assertEqual(len(self.inbox.mails), 1)
        self.assertEqual([state for state, _recipient in self.log()], ['to_send', 'sent'])
        self.assertFalse(self.move.isp_delivered_sha256)

    def test_other_e_mails_of_an_invoice_are_left_alone(self):
        self.server()
        self.move.message_post(body="A question", partner_ids=self.clara.ids,
                               subtype_xmlid='mail.mt_comment')
        self.assertEqual(len(self.inbox.mails), 1)
        self.assertEqual((self.log(), self.move.isp_delivery_state), ([], 'none'))
