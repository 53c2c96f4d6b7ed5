from odoo import api, fields, models

from .isp_book_check_words import words_of

SEVERITIES = [
    ('error', "Error"),
    ('warning', "To look at"),
    ('advice', "Remark"),
]


class IspBookCheckFinding(models.Model):
    """Something in the books that is not as it must be.

    Only the code and the records are stored; the sentences are made for whoever reads them.
    """

    _name = 'isp.book.check.finding'
    _description = "Finding in the Books"
    _order = 'check_id desc, severity_order, id'
    _rec_name = 'code'

    check_id = fields.Many2one(
        'isp.book.check', required=True, readonly=True, index=True,
        ondelete='cascade',
    )
    company_id = fields.Many2one(related='check_id.company_id', store=True, index=True)
    code = fields.Char(required=True, readonly=True)
    invariant = fields.Char(
        string="Proves", readonly=True, help="Number of the rule, as the developers' guide has it.",
    )
    severity = fields.Selection(SEVERITIES, required=True, readonly=True)
    severity_order = fields.Integer(
        compute='_compute_severity_order', store=True, export_string_translation=False,
    )
    title = fields.Text(string="What is wrong", compute='_compute_words')
    mend = fields.Text(string="What to do", compute='_compute_words')
    count = fields.Integer(readonly=True, aggregator=None)
    details = fields.Text(readonly=True, help="The first ones: what stands there, what should.")
    res_model = fields.Char(readonly=True)
    res_ids = fields.Json(readonly=True, export_string_translation=False)
    has_target = fields.Boolean(compute='_compute_words')

    @api.depends('severity')
    def _compute_severity_order(self):
        order = [key for key, _label in SEVERITIES]
        for finding in self:
            finding.severity_order = order.index(finding.severity)

    @api.depends('code')
    @api.depends_context('lang')
    def _compute_words(self):
        words = words_of(self.env)
        for finding in self:
            finding.title, finding.mend = words.get(finding.code, (finding.code, ""))
            finding.has_target = bool(finding.res_model and finding.res_ids)

    def action_open(self):
        """Open the records that the finding names."""
        self.ensure_one()
        action = {
            'type': 'ir.actions.act_window', 'res_model': self.res_model, 'name': self.title,
            'view_mode': 'list,form', 'domain': [('id', 'in', self.res_ids)],
            'context': {'active_test': False, 'create': False},
        }
        if len(self.res_ids) == 1:
            action.update(view_mode='form', res_id=self.res_ids[0])
        return action
