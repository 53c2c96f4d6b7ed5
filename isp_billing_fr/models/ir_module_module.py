from odoo import api, models
from odoo.tools.translate import TranslationImporter, get_po_paths

MODULE = 'isp_billing_fr'


class IrModuleModule(models.Model):
    """Our words for the terms of other modules win over the words that those modules bring."""

    _inherit = 'ir.module.module'

    @api.model
    def _load_module_terms(self, modules, langs, overwrite=False):
        """Load the corrections again after whatever was loaded.

        Odoo keeps a translation that is there already, so that without this the words of
        ``account`` or ``portal``, loaded before, would stay.
        """
        super()._load_module_terms(modules, langs, overwrite=overwrite)
        importer = TranslationImporter(self.env.cr, verbose=False)
        for lang in langs:
            for path in get_po_paths(MODULE, lang):
                importer.load_file(path, lang)
        importer.save(overwrite=True)
        self.env['mail.template']._isp_correct_french(langs)
