from odoo import api, models

from ..names import name_in_languages


class IrModuleModule(models.Model):
    """A language that is activated later brings the names of records that the program made."""

    _inherit = 'ir.module.module'

    @api.model
    def _load_module_terms(self, modules, langs, overwrite=False):
        super()._load_module_terms(modules, langs, overwrite=overwrite)
        later = [lang for lang in langs if lang != 'en_US']
        if 'isp_billing' in modules and later:
            for model in ('isp.billing.profile', 'product.pricelist', 'account.journal'):
                name_in_languages(self.env[model].sudo()._isp_made_records(), later)
