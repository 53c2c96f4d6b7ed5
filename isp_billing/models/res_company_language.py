from odoo import fields, models

from ..const import DOCUMENT_LANGUAGES


class ResCompany(models.Model):
    _inherit = 'res.company'

    isp_language_rule_action = fields.Selection(
        [('rule', "As each rule says"), ('warn', "Warn"), ('block', "Block the bill")],
        string="Language rules", required=True, default='rule',
        help="What a bill run does with accounts whose documents are in a language that their "
             "country or province does not allow alone.",
    )
    isp_translation_gate = fields.Selection(
        [('ignore', "Ignore"), ('warn', "Warn"), ('refuse', "Refuse the approval")],
        string="Missing translations", required=True, default='warn',
        help="What a bill run does when a text that its customers would see is missing in their "
             "language.",
    )

    def _isp_languages_in_use(self):
        """Languages that accounts of the company get (set of 'en' and 'fr').

        Those of its default or the rule of its own place, and those that accounts chose.
        """
        self.ensure_one()
        place = self.partner_id.sudo()
        partners = self.env['res.partner'].sudo().with_company(self)
        used = {place._isp_country_language_rule(self, place) or self.isp_document_language}
        used |= {code for code, _label in DOCUMENT_LANGUAGES if partners.search_count(
            [('isp_document_language', '=', code)], limit=1)}
        return {'en', 'fr'} if 'both' in used else used


class ResConfigSettings(models.TransientModel):
    _inherit = 'res.config.settings'

    isp_language_rule_action = fields.Selection(
        related='company_id.isp_language_rule_action', readonly=False)
    isp_translation_gate = fields.Selection(
        related='company_id.isp_translation_gate', readonly=False)
