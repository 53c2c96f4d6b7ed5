from odoo import api, fields, models
from odoo.tools import SQL

from .res_partner_portal_address import one_line

#: values of an e-mail that stand in its head
HEAD = ('subject', 'email_from', 'email_to', 'email_cc', 'email_to_normalized', 'email_to_raw',
        'reply_to', 'message_id', 'references')
#: fields of an e-mail that are written into its head
WRITTEN = ('subject', 'email_from', 'email_to', 'email_cc', 'reply_to')


class MailMail(models.Model):
    """E-mails of our invoices get their files when they leave.

    Kept in the queue they hold no copy: 100,000 merged PDFs a month would fill a disk.
    """

    _inherit = 'mail.mail'

    isp_move_id = fields.Many2one(
        'account.move', string="ISP invoice", index='btree_not_null', ondelete='set null',
        readonly=True,
    )
    isp_dialog_move_id = fields.Many2one(
        'account.move', string="ISP invoice of the Send dialog", index='btree_not_null',
        ondelete='set null', readonly=True,
    )

    @api.model_create_multi
    def create(self, vals_list):
        """Keep the head of an e-mail on one line: a second line would be a second head."""
        return super().create([
            {**vals, **{name: one_line(vals[name]) for name in WRITTEN if vals.get(name)}}
            for vals in vals_list])

    def _prepare_outgoing_list(self, mail_server=False, doc_to_followers=None):
        """Add the invoice and its inserts to the outgoing e-mail."""
        if self.isp_dialog_move_id:
            # its outcome is written once it has left: a conflict that would undo that has to come
            # before, or the customer gets the e-mail twice
            self.env.cr.execute(SQL(
                "SELECT FROM account_move WHERE id = %s FOR NO KEY UPDATE",
                self.isp_dialog_move_id.id))
        results = super()._prepare_outgoing_list(
            mail_server=mail_server, doc_to_followers=doc_to_followers)
        if self.isp_move_id:
            files = [(name, content, 'application/pdf')
                     for name, content in self.isp_move_id._isp_delivery_files()]
            for values in results:
                values['attachments'] = [*values['attachments'], *files]
        for values in results:
            self._isp_one_line(values)
        return results

    @api.model
    def _isp_one_line(self, values):
        """Put what stands in the head of an e-mail on one line, whoever wrote it.

        :param dict values: of ``_prepare_outgoing_list``, changed in place
        """
        for name, value in values.items():
            if name in HEAD and isinstance(value, str):
                values[name] = one_line(value)
            elif name in HEAD and isinstance(value, list):
                values[name] = [one_line(text) for text in value]
        values['headers'] = {
            one_line(name): one_line(text) for name, text in (values.get('headers') or {}).items()}
        values['attachments'] = [
            (one_line(file[0]), *file[1:]) for file in values.get('attachments') or ()]

    def _postprocess_sent_message(
            self, success_pids, success_emails, failure_reason=False, failure_type=None):
        """Note on our invoices what became of the e-mails of the dialog."""
        ours = self.sudo().filtered(lambda mail: (  # not copies of colleagues who follow it
            mail.isp_dialog_move_id and mail.recipient_ids & mail.mail_message_id.partner_ids))
        # read before Odoo deletes what has left
        messages = {mail.mail_message_id: (
            mail.isp_dialog_move_id, mail.failure_reason or failure_reason) for mail in ours}
        result = super()._postprocess_sent_message(
            success_pids, success_emails, failure_reason=failure_reason,
            failure_type=failure_type)
        if messages:
            self.env['account.move'].sudo()._isp_note_dialog(messages)
        return result
