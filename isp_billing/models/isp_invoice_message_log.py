from odoo import fields, models


class IspInvoiceMessageLog(models.Model):
    """A message as one invoice carries it: the texts of that day, frozen. Rows are only added."""

    _name = 'isp.invoice.message.log'
    _description = "Message of an Invoice"
    _order = 'move_id desc, sequence, id'

    move_id = fields.Many2one('account.move', required=True, index=True, ondelete='cascade')
    company_id = fields.Many2one(related='move_id.company_id', store=True, index=True)
    account_id = fields.Many2one('res.partner', string="Billing account", index=True)
    message_id = fields.Many2one(
        'isp.invoice.message', required=True, index=True, ondelete='restrict')
    sequence = fields.Integer()
    text_en = fields.Text(string="Text in English")
    text_fr = fields.Text(string="Text in French")
    on_invoice = fields.Boolean(string="On the invoice")
    on_email = fields.Boolean(string="In the e-mail")
    on_portal = fields.Boolean(string="On the portal")
    no_room = fields.Boolean(
        string="No room in the box",
        help="It was to be printed, but messages of higher priority filled the box.",
    )
    no_email = fields.Boolean(
        string="No e-mail goes out",
        help="It was to stand in the e-mail alone, but this customer gets no bills by e-mail.",
    )
    bills_left = fields.Integer(help="Bills that were left before the day of the notice.")
    delivery_state = fields.Selection(related='move_id.isp_delivery_state', string="Delivery")
    delivered_date = fields.Datetime(related='move_id.isp_delivered_date')
