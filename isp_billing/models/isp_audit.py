import hashlib
import json

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.http import request
from odoo.tools import SQL

from ..sentences import say

CHANNELS = [
    ('form', "Form"),
    ('import', "Import"),
    ('rpc', "Remote call"),
    ('job', "Scheduled job"),
    ('portal', "Portal"),
    ('install', "Installation"),
    ('shell', "Command line"),
]
ACTIONS = [
    ('create', "Created"),
    ('write', "Changed"),
    ('unlink', "Deleted"),
    ('hold', "Held"),
    ('exclude', "Excluded"),
    ('release', "Released"),
    ('reverse', "Reversed"),
    ('seal', "Sealed"),
]
#: requests of programs, by the beginning of their path
REMOTE = ('/xmlrpc', '/jsonrpc', '/json/')
#: rows that are checked at once
CHUNK = 5000
COLUMNS = (
    'chain', 'number', 'company_id', 'moment', 'user_id', 'user_name', 'channel', 'model',
    'res_id', 'record_name', 'action', 'changes', 'reason', 'run_ref', 'run_name',
    'previous_hash',
)


class IspAudit(models.Model):
    """Who changed what, when, from where and why: rows that nobody can change or delete.

    PostgreSQL refuses UPDATE, DELETE and TRUNCATE by a trigger, whoever asks. Each row holds the
    hash of the row before it, so that a row changed with the trigger off is found
    (:meth:`_isp_verify`). One chain for each company, one for what belongs to none; the chain is
    extended under a lock on its head (``isp.audit.head``), and a concurrent writer gets a
    serialization failure, which requests and jobs repeat.
    """

    _name = 'isp.audit'
    _description = "Audit Row"
    _order = 'id desc'
    _log_access = False
    _rec_name = 'record_name'

    chain = fields.Integer(required=True, help="Id of the company, 0 for what belongs to none.")
    number = fields.Integer(required=True, aggregator=None, help="Counts the rows of the chain.")
    # text and integers where a foreign key would have to change rows when its record goes
    company_id = fields.Many2one('res.company', index=True, ondelete='restrict')
    moment = fields.Datetime(string="When", required=True, index=True)
    user_id = fields.Many2one(
        'res.users', string="Who", required=True, index=True, ondelete='restrict',
    )
    user_name = fields.Char(string="Name at that time", required=True)
    channel = fields.Selection(CHANNELS, string="From where", required=True)
    model = fields.Char(required=True, index=True)
    model_name = fields.Char(string="Kind of record", compute='_compute_model_name')
    res_id = fields.Many2oneReference(string="Record", model_field='model', index=True)
    record_name = fields.Char(string="What")
    action = fields.Selection(ACTIONS, required=True)
    changes = fields.Text(
        required=True, help="JSON: before and after of each field.",
        export_string_translation=False,
    )
    change_text = fields.Text(string="Before and after", compute='_compute_change_text')
    reason = fields.Char()
    run_ref = fields.Integer(string="Bill run (id)", index=True)
    run_name = fields.Char(string="Bill run")
    previous_hash = fields.Char(string="Hash of the row before")
    hash = fields.Char(string="SHA-256", required=True)

    _chain_uniq = models.UniqueIndex('(chain, number)', "This row of the chain exists already.")
    _record_idx = models.Index('(model, res_id)')

    def init(self):
        """Have PostgreSQL refuse every change, also of the superuser of Odoo."""
        self.env.cr.execute(SQL(
            """
            CREATE OR REPLACE FUNCTION isp_audit_refuse() RETURNS trigger AS $$
            BEGIN
                RAISE EXCEPTION 'Audit rows are never changed or deleted.';
            END $$ LANGUAGE plpgsql
            """
        ))
        for name, event, scope in (
            ('isp_audit_row', 'UPDATE OR DELETE', 'ROW'),
            ('isp_audit_table', 'TRUNCATE', 'STATEMENT'),
        ):
            if not self.env.execute_query(SQL(
                "SELECT 1 FROM pg_trigger WHERE tgname = %s AND tgrelid = 'isp_audit'::regclass",
                name,
            )):
                self.env.cr.execute(SQL(
                    "CREATE TRIGGER %s BEFORE %s ON isp_audit FOR EACH %s "
                    "EXECUTE FUNCTION isp_audit_refuse()",
                    SQL.identifier(name), SQL(event), SQL(scope),
                ))

    # === Reading === #

    @api.depends('model')
    def _compute_model_name(self):
        names = {
            model.model: model.name
            for model in self.env['ir.model'].sudo().search([('model', 'in', self.mapped('model'))])
        }
        for row in self:
            row.model_name = names.get(row.model, row.model)

    @api.depends('changes', 'model')
    @api.depends_context('lang')
    def _compute_change_text(self):
        for row in self:
            model = self.env.get(row.model)
            row.change_text = "\n".join(
                row._isp_change_line(model, name, *values)
                for name, values in json.loads(row.changes).items()
            )

    def _isp_change_line(self, model, name, before, after):
        """One changed field in words, in the reader's language."""
        field = model._fields.get(name) if model is not None else None
        label = field._description_string(self.env) if field else name
        old, new = (self._isp_show(field, model, value) for value in (before, after))
        value = {'create': new, 'unlink': old}.get(self.action) or f"{old} → {new}"
        return self.env._("%(field)s: %(value)s", field=label, value=value)

    def _isp_show(self, field, model, value):
        if isinstance(value, list):
            return ", ".join(self._isp_show(field, model, one) for one in value) or "–"
        if isinstance(value, dict):
            return value.get('name') or str(value.get('id'))
        if field is not None and field.type == 'selection':
            return dict(field._description_selection(self.env)).get(value, value) or "–"
        if isinstance(value, bool) and field is not None and field.type == 'boolean':
            return self.env._("yes") if value else self.env._("no")
        return "–" if value in (None, False, '') else str(say(self.env).wording(str(value)))

    def action_open_record(self):
        """Open the record that was changed, while it exists."""
        self.ensure_one()
        model = self.env.get(self.model)
        record = model.browse(self.res_id).exists() if model is not None else None
        if not record:
            raise UserError(self.env._("%(record)s no longer exists.", record=self.record_name))
        return record.get_formview_action()

    # === Writing === #

    @api.model
    def _isp_channel(self):
        """From where the present change comes: one of ``CHANNELS``."""
        context = self.env.context
        if not self.pool.ready or context.get('install_mode') and not request:
            return 'install'
        if not request:
            return 'import' if context.get('import_file') else (
                'job' if context.get('cron_id') else 'shell')
        # what a request is, its context does not say: that comes from the client
        path = request.httprequest.path
        if path.startswith(REMOTE):
            return 'rpc'
        if self.env.user.share or path.startswith('/my'):
            return 'portal'
        return 'import' if context.get('import_file') else 'form'

    @api.model
    def _isp_append(self, entries):
        """Add rows at the end of their chains: one statement for all of them.

        :param list entries: dicts with ``record``, ``action``, ``changes`` ({field: (before,
            after)}), ``company``, ``name``, and if wanted ``reason``, ``run`` (id and name).
            Records may be deleted by now: nothing but ids is read from them.
        """
        by_chain = {}
        for entry in entries:
            by_chain.setdefault(entry['company'].id or 0, []).append(entry)
        vals_list = []
        for chain, rows in sorted(by_chain.items()):
            number, previous = self.env['isp.audit.head']._isp_lock(chain)
            for entry in rows:
                number += 1
                vals = self._isp_row_values(entry, chain, number, previous)
                previous = vals['hash']
                vals_list.append(vals)
            self.env['isp.audit.head']._isp_move(chain, number, previous)
        self.sudo().create(vals_list)

    def _isp_row_values(self, entry, chain, number, previous):
        record, (run_id, run_name) = entry['record'], entry.get('run') or (0, False)
        vals = {
            'chain': chain, 'number': number, 'company_id': chain or False,
            'moment': fields.Datetime.now(), 'user_id': self.env.uid,
            'user_name': self.env.user.sudo().name, 'channel': self._isp_channel(),
            'model': record._name, 'res_id': record.id, 'record_name': entry['name'] or '',
            'action': entry['action'],
            'changes': json.dumps(entry['changes'], sort_keys=True, ensure_ascii=False),
            'reason': entry.get('reason') or False, 'run_ref': run_id or 0,
            'run_name': run_name or False, 'previous_hash': previous or False,
        }
        vals['hash'] = self._isp_hash([vals[name] for name in COLUMNS])
        return vals

    @api.model
    def _isp_hash(self, values):
        """SHA-256 of the values of ``COLUMNS``; empty values are equal, moments are in ISO form."""
        plain = [
            value.isoformat() if hasattr(value, 'isoformat') else value or '' for value in values
        ]
        return hashlib.sha256(json.dumps(plain, ensure_ascii=False).encode()).hexdigest()

    def write(self, vals):
        if self:
            raise UserError(self.env._("Audit rows are never changed."))
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_never(self):
        raise UserError(self.env._("Audit rows are never deleted."))

    def copy_data(self, default=None):
        raise UserError(self.env._("Audit rows are never copied."))

    # === Checking === #

    @api.model
    def _isp_verify(self):
        """Check every chain from its first row to its head.

        :return: list of sentences, one for each row that was changed, added or is missing;
            empty when all is well
        """
        self.flush_model()
        found = []
        for chain, last, head in self.env['isp.audit.head']._isp_all():
            found += self._isp_verify_chain(chain, last, head)
        return found

    def _isp_verify_chain(self, chain, last, head):
        expected, previous, found = 1, '', []
        while True:
            rows = self.env.execute_query(SQL(
                "SELECT %s, hash FROM isp_audit WHERE chain = %s AND number >= %s "
                "ORDER BY number LIMIT %s",
                SQL(', ').join(SQL.identifier(name) for name in COLUMNS), chain, expected, CHUNK,
            ))
            for *values, stored in rows:
                number = values[COLUMNS.index('number')]
                if number != expected:
                    found.append(self.env._(
                        "Chain %(chain)s: rows %(first)s to %(last)s are missing.", chain=chain,
                        first=expected, last=number - 1,
                    ))
                elif values[COLUMNS.index('previous_hash')] != (previous or None):
                    found.append(self.env._(
                        "Chain %(chain)s: row %(number)s does not follow the row before it.",
                        chain=chain, number=number,
                    ))
                if self._isp_hash(values) != stored:
                    found.append(self.env._(
                        "Chain %(chain)s: row %(number)s was changed after it was written.",
                        chain=chain, number=number,
                    ))
                expected, previous = number + 1, stored
            if len(rows) < CHUNK:
                break
        if expected - 1 != last or previous != head:
            found.append(self.env._(
                "Chain %(chain)s: it ends at row %(number)s, but %(last)s rows were written.",
                chain=chain, number=expected - 1, last=last,
            ))
        return found

    @api.model
    def action_verify(self):
        """Check the chains for a person, and say what came out."""
        self.check_access('read')
        found = self.sudo()._isp_verify()
        return {
            'type': 'ir.actions.client', 'tag': 'display_notification',
            'params': {
                'type': 'danger' if found else 'success', 'sticky': bool(found),
                'message': "\n".join(found) or self.env._(
                    "All %(count)s rows stand as they were written.",
                    count=self.sudo().search_count([]),
                ),
            },
        }
