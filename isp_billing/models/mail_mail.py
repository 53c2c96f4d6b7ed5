from odoo import fields, models
from odoo.tools import SQL


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
        return results

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
