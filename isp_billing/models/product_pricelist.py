from odoo import api, models


class ProductPricelist(models.Model):
    """The pricelist without rules that subscriptions take their currency from."""

    _inherit = 'product.pricelist'

    @api.model
    def _isp_made_records(self):
        """Pricelists of plan prices that have their English name still."""
        english = self.with_context(lang='en_US', active_test=False)
        return english.search([('name', '=like', 'Plan prices (___)')])

    def _isp_made_name(self):
        """Name of the pricelist of plan prices in a currency."""
        return self.env._("Plan prices (%(currency)s)", currency=self.currency_id.name)
