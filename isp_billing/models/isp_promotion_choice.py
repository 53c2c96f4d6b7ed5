from odoo import fields, models


class IspPromotionChoice(models.Model):
    """One change of whether an account takes promotions with its invoices. Rows are only added."""

    _name = 'isp.promotion.choice'
    _description = "Choice about Promotions"
    _inherit = ['isp.account.choice']
    _isp_scope = 'isp_billing.promotion_choice'

    refused = fields.Boolean(
        string="No promotions", readonly=True,
        help="Ticked: promotions were refused. Not ticked: they are welcome again.",
    )
