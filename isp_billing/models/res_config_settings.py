from odoo import fields, models


class ResConfigSettings(models.TransientModel):
    """Settings of the bill runs of a company."""

    _inherit = 'res.config.settings'

    isp_tz = fields.Selection(related='company_id.isp_tz', readonly=False)
    isp_profile_id = fields.Many2one(
        related='company_id.isp_profile_id', readonly=False,
        domain="[('company_id', '=', company_id)]",
    )
    isp_account_check_digit = fields.Boolean(
        related='company_id.isp_account_check_digit', readonly=False)
    isp_four_eyes = fields.Boolean(related='company_id.isp_four_eyes', readonly=False)
    isp_four_eyes_schedule = fields.Boolean(
        related='company_id.isp_four_eyes_schedule', readonly=False)
    isp_journal_id = fields.Many2one(
        'account.journal', string="Journal of bill runs", compute='_compute_isp_journal_id',
        help="The company's first sales journal with the mark “ISP billing”.",
    )

    def _compute_isp_journal_id(self):
        for settings in self:
            settings.isp_journal_id = self.env['isp.bill.preview']._journal(settings.company_id)
