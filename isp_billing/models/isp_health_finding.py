from odoo import api, fields, models

from ..sentences import SentenceText

LEVELS = [
    ('error', "Stops bill runs"),
    ('warning', "To fix"),
    ('advice', "Advice"),
]


class IspHealthFinding(models.Model):
    """Something that is set up wrongly, in plain words, with its mend.

    Written by ``isp.health.check`` only; each check of a database replaces the findings of the
    one before.
    """

    _name = 'isp.health.finding'
    _description = "Health Check Finding"
    _order = 'level_order, company_id, code, id'
    _rec_name = 'title'

    code = fields.Char(required=True, readonly=True)
    level = fields.Selection(LEVELS, required=True, readonly=True)
    level_order = fields.Integer(required=True, readonly=True, export_string_translation=False)
    company_id = fields.Many2one(
        'res.company', readonly=True, index=True, help="Empty: concerns every company.",
    )
    title = SentenceText(string="What is wrong", required=True, readonly=True)
    mend = SentenceText(string="How to fix it", required=True, readonly=True)
    checked_at = fields.Datetime(string="Checked", required=True, readonly=True)
    res_model = fields.Char(readonly=True)
    res_id = fields.Integer(readonly=True, aggregator=None)
    action_xmlid = fields.Char(readonly=True)
    has_target = fields.Boolean(compute='_compute_has_target')

    def _compute_has_target(self):
        for finding in self:
            finding.has_target = bool(finding.action_xmlid or finding.res_id)

    @api.model
    def action_isp_open(self):
        """Show what is wrong now; who may not check sees what the last check found."""
        check = self.env['isp.health.check']
        if check._isp_may_run():
            check._isp_run_as_user()
        return self.env['ir.actions.act_window']._for_xml_id(
            'isp_billing.isp_health_finding_action',
        )

    def action_check(self):
        """Check again and show what was found."""
        self.env['isp.health.check']._isp_run_as_user()
        action = self.env['ir.actions.act_window']._for_xml_id(
            'isp_billing.isp_health_finding_action',
        )
        return dict(action, target='main')

    def action_open(self):
        """Open the record or the screen where the finding is mended."""
        self.ensure_one()
        if self.res_id:
            return {
                'type': 'ir.actions.act_window', 'res_model': self.res_model,
                'res_id': self.res_id, 'view_mode': 'form', 'name': self.title,
            }
        return self.env['ir.actions.actions']._for_xml_id(self.action_xmlid)
