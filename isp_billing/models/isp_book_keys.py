"""External keys by which an import knows what it has already brought in."""
from odoo import fields, models


class SaleSubscriptionLine(models.Model):
    _inherit = 'sale.subscription.line'

    isp_import_key = fields.Char(
        string="Import key", copy=False, index='btree_not_null',
        help="Key of the line in the subscriber book it was imported from.",
    )

    _isp_import_key_uniq = models.UniqueIndex(
        '(sale_subscription_id, isp_import_key) WHERE isp_import_key IS NOT NULL',
        "This line of the subscription was already imported.",
    )


class AccountMove(models.Model):
    _inherit = 'account.move'

    isp_opening_document = fields.Char(
        string="Opening document", copy=False, index='btree_not_null', readonly=True,
        help="Number of the open document of a former system that this entry stands for.",
    )

    _isp_opening_document_uniq = models.UniqueIndex(
        '(company_id, isp_account_id, isp_opening_document) '
        'WHERE isp_opening_document IS NOT NULL',
        "This open document was already imported.",
    )
