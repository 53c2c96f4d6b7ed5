from odoo import fields, models

from .account_move_document import DELIVERY_STATES


class IspInvoiceDelivery(models.Model):
    """One attempt to bring an invoice to its customer. Rows are only added."""

    _name = 'isp.invoice.delivery'
    _description = "Delivery of an Invoice"
    _order = 'id desc'

    move_id = fields.Many2one('account.move', required=True, index=True, ondelete='cascade')
    company_id = fields.Many2one(related='move_id.company_id', store=True, index=True)
    date = fields.Datetime(required=True, default=fields.Datetime.now)
    user_id = fields.Many2one('res.users', default=lambda self: self.env.user)
    state = fields.Selection(DELIVERY_STATES, required=True)
    reason = fields.Char()
    recipient = fields.Char()
    mode = fields.Selection(
        [('merged', "One PDF"), ('separate', "Separate files"),
         ('mixed', "One PDF and separate files")],
        help="Whether the inserts stood behind the invoice in one PDF or beside it.",
    )
    files = fields.Text(help="What was delivered, in order.")
    sha256 = fields.Char(string="SHA-256", help="Fingerprint of the delivered files, in order.")
