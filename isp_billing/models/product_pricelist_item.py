from odoo import models


class ProductPricelistItem(models.Model):
    """Rules in percent of the sales price: of a plan, that is its own dated price."""

    _inherit = 'product.pricelist.item'

    def _compute_base_price(self, product, quantity, uom, date, currency, isp_plan_price=None,
                            **kwargs):
        """Override of `product`: never from the list price of the product behind a plan.

        :param isp_plan_price: function (currency) -> float, price of the plan on that day
        """
        if isp_plan_price and (self.base or 'list_price') == 'list_price':
            return isp_plan_price(currency)
        return super()._compute_base_price(product, quantity, uom, date, currency, **kwargs)
