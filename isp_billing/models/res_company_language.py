from odoo import fields, models


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


class ResConfigSettings(models.TransientModel):
    _inherit = 'res.config.settings'

    isp_language_rule_action = fields.Selection(
        related='company_id.isp_language_rule_action', readonly=False)
    isp_translation_gate = fields.Selection(
        related='company_id.isp_translation_gate', readonly=False)
