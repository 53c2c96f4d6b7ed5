from odoo import fields, models


class MailMail(models.Model):
    """E-mails of our invoices get their files when they leave.

    Kept in the queue they hold no copy: 100,000 merged PDFs a month would fill a disk.
    """

    _inherit = 'mail.mail'

    isp_move_id = fields.Many2one(
        'account.move', string="ISP invoice", index='btree_not_null', ondelete='set null',
    )

    def _prepare_outgoing_list(self, mail_server=False, doc_to_followers=None):
        """Add the invoice and its inserts to the outgoing e-mail."""
        results = super()._prepare_outgoing_list(
            mail_server=mail_server, doc_to_followers=doc_to_followers)
        if self.isp_move_id:
            files = [(name, content, 'application/pdf')
                     for name, content in self.isp_move_id._isp_delivery_files()]
            for values in results:
                values['attachments'] = [*values['attachments'], *files]
        return results
