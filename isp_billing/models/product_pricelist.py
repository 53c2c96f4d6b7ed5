from odoo import models


class ProductPricelist(models.Model):
    """The pricelist without rules that subscriptions take their currency from."""

    _inherit = 'product.pricelist'

    def _isp_name_in_languages(self):
        """Name pricelists of plan prices in each installed language; returns them."""
        for code, _name in self.env['res.lang'].get_installed():
            for pricelist in self.with_context(lang=code):
                pricelist.name = pricelist.env._(
                    "Plan prices (%(currency)s)", currency=pricelist.currency_id.name)
        return self
