from odoo import models


class ProductPricelistItem(models.Model):
    """Rules in percent of the sales price: of a plan, that is its own dated price."""

    _inherit = 'product.pricelist.item'

    def _compute_base_price(self, product, quantity, uom, date, currency, **kwargs):
        """Override of `product`: never from the list price of the product behind a plan.

        The keyword ``isp_plan_price``, a function (currency) -> float, gives the plan's price on
        the day in question, also to a pricelist that rests on another one.
        """
        plan_price = kwargs.get('isp_plan_price')
        if plan_price and (self.base or 'list_price') == 'list_price':
            return plan_price(currency)
        return super()._compute_base_price(product, quantity, uom, date, currency, **kwargs)
