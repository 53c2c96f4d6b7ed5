from odoo import api, fields, models


class IspAttachmentPreview(models.TransientModel):
    """The last invoice of an account, with what it would carry now."""

    _name = 'isp.attachment.preview'
    _description = "Preview of an Invoice Attachment"

    attachment_id = fields.Many2one('isp.invoice.attachment', required=True, ondelete='cascade')
    company_id = fields.Many2one(related='attachment_id.company_id')
    account_id = fields.Many2one(
        'res.partner', string="Billing account", required=True,
        domain="[('isp_is_account', '=', True)]", ondelete='cascade',
    )
    move_id = fields.Many2one('account.move', string="Invoice", compute='_compute_move_id')
    is_reached = fields.Boolean(compute='_compute_move_id')

    @api.depends('attachment_id', 'account_id')
    def _compute_move_id(self):
        for wizard in self:
            wizard.move_id = self.env['account.move'].search([
                ('isp_account_id', '=', wizard.account_id.id), ('state', '=', 'posted'),
                ('company_id', '=', wizard.company_id.id), ('move_type', '=', 'out_invoice'),
                ('journal_id.isp_billing', '=', True),
            ], order='invoice_date desc, id desc', limit=1)
            wizard.is_reached = wizard.attachment_id.active and (
                wizard.account_id.id in wizard.attachment_id._isp_reached_accounts())

    def action_preview(self):
        """Open the PDF."""
        self.ensure_one()
        return {'type': 'ir.actions.act_url', 'target': 'new',
                'url': f'/isp/attachment/preview/{self.id}'}

    def _isp_pdf(self):
        """The PDF: the invoice and the inserts that its account would get today (bytes).

        Nothing is stored; files that cannot be read are left out, as they would be.
        """
        self.ensure_one()
        return self.move_id._isp_preview_with_inserts(self.attachment_id)
