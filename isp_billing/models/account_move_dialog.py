import logging

import psycopg2

from odoo import models

from ..sentences import say

_logger = logging.getLogger(__name__)

#: notifications whose e-mail is still to leave, and those whose e-mail did
OPEN = ('ready', 'process', 'pending')
GONE = ('sent', 'bounce')


class AccountMove(models.Model):
    """What became of the e-mails of Odoo's send dialog, and of its scheduled job.

    Odoo hands them to the mail server when the invoice is committed, or later by its mail queue.
    """

    _inherit = 'account.move'

    def _notify_by_email_get_base_mail_values(
            self, message, recipients_data, additional_values=None):
        """Let the e-mails of the dialog know their invoice."""
        values = super()._notify_by_email_get_base_mail_values(
            message, recipients_data, additional_values=additional_values)
        if self.env.context.get('isp_dialog_move_id') == self.id:
            values['isp_dialog_move_id'] = self.id
        return values

    def _isp_waiting_dialog_mails(self):
        """E-mails of the dialog that did not leave yet (mail.mail, sudo), in one query."""
        return self.env['mail.mail'].sudo().search([
            ('isp_dialog_move_id', 'in', self.ids), ('state', '=', 'outgoing')])

    def _isp_note_dialog(self, messages):
        """Note the outcome of e-mails of the dialog: waiting, sent or failed, and to whom.

        What counts are the recipients that were chosen in the dialog; followers get copies of
        their own. Sent once one of them got it, with those that did not as the problem.

        :param dict messages: {mail.message: (account.move, why its e-mail could not leave or '')}
        """
        notifications = self.env['mail.notification'].sudo().search([
            ('mail_message_id', 'in', [message.id for message in messages]),
            ('notification_type', '=', 'email'), ('res_partner_id', '!=', False)])
        states, recipients = {}, {}
        for message, found in notifications.grouped('mail_message_id').items():
            move, reason = messages[message]
            chosen = found.filtered(
                lambda one, message=message: one.res_partner_id in message.partner_ids)
            if chosen:
                states[move.id], reached = move._isp_dialog_outcome(chosen, reason)
                recipients[move.id] = ', '.join(reached._isp_addresses())
        self._isp_note_sending(states, recipients)

    def _isp_dialog_outcome(self, notifications, reason):
        """Outcome for the chosen recipients: ((state, reason), partners that it is about)."""
        reached = notifications.filtered(lambda one: one.notification_status in GONE)
        failed = notifications - reached
        if failed.filtered(lambda one: one.notification_status in OPEN):
            return ('to_send', ''), notifications.res_partner_id
        why = failed.filtered('failure_reason')[:1].failure_reason or reason or ''
        if not reached:
            return ('failed', why), failed.res_partner_id
        if failed:
            why = say(self.env)._(
                "Not sent to %(names)s: %(reason)s",
                names=', '.join(failed.res_partner_id.mapped('display_name')), reason=why)
        return ('sent', why), reached.res_partner_id

    def _isp_note_sending(self, states, recipients):
        """Note what left; an e-mail that left stays sent, whatever becomes of its note."""
        for with_files in (True, False):
            try:
                with self.env.cr.savepoint():
                    self._isp_set_delivery(states, recipients, with_files)
                return
            except psycopg2.Error:
                raise
            except Exception as error:  # its files: Odoo would take the e-mail for failed
                _logger.warning("Files of sent invoices %s: %s", list(states), error)
