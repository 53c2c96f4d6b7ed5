from odoo import fields, models


class IspInvoiceMessage(models.Model):
    """A text in the message box of the invoices of some weeks; the first one that fits wins."""

    _name = 'isp.invoice.message'
    _description = "Invoice Message"
    _inherit = ['isp.document.target']
    _order = 'sequence, id desc'

    name = fields.Char(required=True, help="For the people who keep the messages; not printed.")
    sequence = fields.Integer(string="Priority", help="The lowest number is printed.")
    body = fields.Text(
        string="Text", required=True, translate=True,
        help="Printed in the language of the invoice. Four lines fit beside the account summary.",
    )
