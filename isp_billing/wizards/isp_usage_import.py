"""Upload of a file of usage records: check it, take it, read what was refused and why."""
import base64

from odoo import Command, fields, models
from odoo.exceptions import UserError


class IspUsageImport(models.TransientModel):
    _name = 'isp.usage.import'
    _description = "Import Usage"

    state = fields.Selection(
        [('upload', "File"), ('checked', "Checked"), ('done', "Imported")],
        default='upload', required=True,
    )
    company_id = fields.Many2one(
        'res.company', required=True, default=lambda self: self.env.company, readonly=True,
    )
    file = fields.Binary(string="CSV file", required=True, attachment=False)
    file_name = fields.Char()
    created_count = fields.Integer(string="New records", readonly=True)
    known_count = fields.Integer(string="Already recorded", readonly=True)
    issue_ids = fields.One2many('isp.usage.import.issue', 'wizard_id', readonly=True)
    issue_count = fields.Integer(string="Refused", compute='_compute_issue_count')

    def _compute_issue_count(self):
        for wizard in self:
            # one row may have several faults
            wizard.issue_count = len(set(wizard.issue_ids.mapped('row')))

    def action_check(self):
        """Read the file and say what would happen; nothing is kept."""
        return self._run(keep=False)

    def action_import(self):
        """Record the usage of all good rows."""
        return self._run(keep=True)

    def _run(self, keep):
        self.ensure_one()
        content = base64.b64decode(self.file or b'')
        if not content:
            raise UserError(self.env._("Choose a CSV file first."))
        records = self.env['isp.usage.record'].with_company(self.company_id)
        found = records._isp_take(content, 'csv', keep=keep)
        self.write({
            'state': 'done' if keep else 'checked', 'created_count': found.created,
            'known_count': found.known,
            'issue_ids': [Command.clear()] + [
                Command.create(row) for row in records._isp_issue_rows(found.issues)
            ],
        })
        return {
            'type': 'ir.actions.act_window', 'name': self.env._("Import usage"),
            'res_model': self._name, 'res_id': self.id, 'view_mode': 'form', 'target': 'new',
        }


class IspUsageImportIssue(models.TransientModel):
    _name = 'isp.usage.import.issue'
    _description = "Refused Usage Row"

    wizard_id = fields.Many2one('isp.usage.import', required=True, ondelete='cascade')
    row = fields.Integer()
    column = fields.Char()
    value = fields.Char()
    reason = fields.Char()
