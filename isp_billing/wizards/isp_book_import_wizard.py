"""Upload of a subscriber book: check it, import it, read what was refused and why."""
import base64

from odoo import Command, fields, models
from odoo.exceptions import UserError

from ..engine.book_spec import FILES


class IspBookImportWizard(models.TransientModel):
    _name = 'isp.book.import.wizard'
    _description = "Import a Subscriber Book"

    state = fields.Selection(
        [('upload', "Files"), ('checked', "Checked"), ('done', "Imported")],
        default='upload', required=True,
    )
    file_ids = fields.Many2many(
        'ir.attachment', string="Files",
        help="CSV files or XLSX workbooks, known by their names: plans, plan_prices, accounts, "
             "subscriptions, holds, billed_through, opening_balances. A workbook may have all of "
             "them, each on a sheet of that name.",
    )
    date_order = fields.Selection(
        [('dmy', "3 April (day first)"), ('mdy', "4 March (month first)")],
        string="Dates like 03/04/2025",
        help="Dates that can be read in two ways are refused until you choose.",
    )
    summary_ids = fields.One2many('isp.book.import.summary', 'wizard_id', readonly=True)
    issue_ids = fields.One2many('isp.book.import.issue', 'wizard_id', readonly=True)
    issue_count = fields.Integer(compute='_compute_counts')
    created_count = fields.Integer(compute='_compute_counts')

    def _compute_counts(self):
        for wizard in self:
            wizard.issue_count = len(wizard.issue_ids.filtered(lambda i: i.level == 'refused'))
            wizard.created_count = sum(wizard.summary_ids.mapped('created'))

    def action_check(self):
        """Read the book and say what would happen; nothing is kept."""
        return self._run(dry_run=True)

    def action_import(self):
        """Import the book."""
        return self._run(dry_run=False)

    def _run(self, dry_run):
        self.ensure_one()
        report = self.env['isp.book.import']._import_files(
            self._files(), dry_run=dry_run, date_order=self.date_order)
        self.write({
            'state': 'checked' if dry_run else 'done',
            'summary_ids': [Command.clear()] + [
                Command.create({
                    'file': name, 'created': report['created'].get(name, 0),
                    'unchanged': report['unchanged'].get(name, 0),
                    'refused': len({i['row'] for i in report['issues'] if i['file'] == name}),
                }) for name in FILES
                if name in report['created'] or name in report['unchanged']
                or any(issue['file'] == name for issue in report['issues'])],
            'issue_ids': [Command.clear()] + [
                Command.create({
                    'level': level, 'file': issue['file'], 'row': issue['row'],
                    'column': issue['column'], 'value': issue['value'],
                    'reason': issue['reason'],
                })
                for level, issues in (('refused', report['issues']),
                                      ('notice', report['notices']))
                for issue in issues],
        })
        return {
            'type': 'ir.actions.act_window', 'res_model': self._name, 'res_id': self.id,
            'view_mode': 'form', 'target': 'new', 'name': self.env._("Import a subscriber book"),
        }

    def _files(self):
        """{file name: bytes} of the uploads; two files of one name are refused."""
        if not self.file_ids:
            raise UserError(self.env._("Choose the files of the book first."))
        files = {}
        for attachment in self.file_ids:
            name = attachment.name.lower()
            if name in files:
                raise UserError(self.env._("There are two files “%(name)s”.", name=name))
            files[name] = base64.b64decode(attachment.datas or b'')
        return files


class IspBookImportSummary(models.TransientModel):
    """One file of an import and what became of its rows."""

    _name = 'isp.book.import.summary'
    _description = "Subscriber Book: Rows per File"

    wizard_id = fields.Many2one(
        'isp.book.import.wizard', required=True, ondelete='cascade', index=True)
    file = fields.Char()
    created = fields.Integer(string="New")
    unchanged = fields.Integer(string="Already there")
    refused = fields.Integer()


class IspBookImportIssue(models.TransientModel):
    """One row that was refused, or that deserves a look."""

    _name = 'isp.book.import.issue'
    _description = "Subscriber Book: Refused Row"

    wizard_id = fields.Many2one(
        'isp.book.import.wizard', required=True, ondelete='cascade', index=True)
    level = fields.Selection([('refused', "Refused"), ('notice', "Notice")])
    file = fields.Char()
    row = fields.Integer(aggregator=None)
    column = fields.Char()
    value = fields.Char()
    reason = fields.Char()
