from odoo import fields, models


class SaleSubscription(models.Model):
    """The customer's own reference of a subscription, and its holds when it is deleted."""

    _inherit = 'sale.subscription'

    isp_po_number = fields.Char(
        string="Purchase order number", tracking=True, index='btree_not_null',
        help="The customer's reference. It stands on the invoice; the billing profile can make "
             "one invoice for each number.",
    )

    def unlink(self):
        """Delete the holds first: the database alone would leave no audit rows of them."""
        self.isp_hold_ids.unlink()
        return super().unlink()
