from dataclasses import dataclass, field

from odoo import api, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import SQL

from ..engine.book import parse_file, row_key
from ..engine.book_spec import Issue
from ..engine.money import to_decimal
from .isp_usage_record import MOST

CHUNK = 1000


@dataclass
class Intake:
    """What became of rows of usage.

    :param created: number of new records
    :param known: number of records that were there already, with the same content
    :param issues: engine.book_spec.Issue of the rows that were refused
    """

    created: int = 0
    known: int = 0
    issues: list = field(default_factory=list)


class IspUsageRecord(models.Model):
    """Taking usage from a file or from another system: every row once, a bad row alone."""

    _inherit = 'isp.usage.record'

    @api.model
    def isp_record_usage(self, rows):
        """Take usage from another system, through the external API.

        The same rows can be sent again after a lost answer: a key is recorded once.

        :param list rows: dicts with ``key``, ``subscription`` (its reference), ``plan`` (the
            code of the usage plan), ``date`` (YYYY-MM-DD), ``quantity`` and, if wanted, ``note``
        :return: {'created': int, 'known': int, 'issues': [{'row' (2 is the first one),
            'column', 'value', 'reason'}]}
        :raises AccessError: for users who may not create usage records
        """
        if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
            raise UserError(self.env._(
                "Usage is sent as a list of records with key, subscription, plan, date and "
                "quantity.",
            ))
        found = self._isp_take(rows, 'api')
        return {'created': found.created, 'known': found.known,
                'issues': self._isp_issue_rows(found.issues)}

    @api.model
    def _isp_take(self, data, source, keep=True):
        """Take the rows of a file or of a list.

        :param data: bytes of a CSV file or list of dicts
        :param str source: see ``const.USAGE_SOURCES``
        :param bool keep: unset: check only
        :return: :class:`Intake`
        """
        if not self.has_access('create'):
            raise AccessError(self.env._("Only billing clerks and managers may record usage."))
        rows, issues = parse_file('usage', data)
        result = Intake(issues=issues)
        for start in range(0, len(rows), CHUNK):
            self._isp_take_chunk(rows[start:start + CHUNK], source, keep, result)
        return result

    def _isp_take_chunk(self, rows, source, keep, result):
        company = self.env.company
        lines = self._isp_lines_by_code(rows, company)
        known = {record.key: record for record in self.search([
            ('company_id', '=', company.id), ('key', 'in', [row.values['key'] for row in rows]),
        ])}
        values, seen = [], {}
        for row in rows:
            (key,) = row_key('usage', row.values)
            line, fault = self._isp_line_of(row, lines)
            if not fault and abs(row.values['quantity']) >= MOST:
                fault = Issue('usage', row.number, 'quantity', str(row.values['quantity'])[:40],
                              'usage_too_much')
            if fault:
                result.issues.append(fault)
            elif key in known or key in seen:
                before = known[key]._isp_content() if key in known else seen[key]
                if before == self._isp_row_content(row, line):
                    result.known += 1
                else:
                    result.issues.append(Issue('usage', row.number, 'key', key, 'usage_differs'))
            else:
                seen[key] = self._isp_row_content(row, line)
                values.append({
                    'key': key, 'line_id': line.id, 'day': row.values['date'],
                    'quantity': row.values['quantity'], 'note': row.values['note'] or None,
                })
        result.created += self._isp_insert(values, source) if keep else len(values)

    def _isp_insert(self, values, source):
        """Write checked rows in one statement: files of counters have hundreds of thousands.

        :param list values: dicts with key, line_id, day, quantity (Decimal) and note
        :return: number of rows written
        """
        if not values:
            return 0
        self.env.flush_all()
        rows = self.env.execute_query(SQL(
            """
            INSERT INTO isp_usage_record (
                key, day, quantity, note, source, line_id, subscription_id, account_id, company_id,
                plan_id, create_uid, write_uid, create_date, write_date)
            SELECT new.key, new.day, new.quantity, new.note, %s, line.id,
                   line.sale_subscription_id, line.isp_account_id, line.company_id,
                   line.isp_plan_id, %s, %s, now() AT TIME ZONE 'UTC', now() AT TIME ZONE 'UTC'
              FROM unnest(%s::varchar[], %s::int[], %s::date[], %s::numeric[], %s::varchar[])
                   AS new (key, line_id, day, quantity, note)
              JOIN sale_subscription_line line ON line.id = new.line_id
            RETURNING id
            """, source, self.env.uid, self.env.uid,
            *([one[name] for one in values] for name in (
                'key', 'line_id', 'day', 'quantity', 'note')),
        ))
        self.invalidate_model()
        return len(rows)

    @staticmethod
    def _isp_row_content(row, line):
        return line.id, row.values['date'], row.values['quantity']

    def _isp_content(self):
        """What must be equal when the same key comes again."""
        self.ensure_one()
        return self.line_id.id, self.day, to_decimal(self.quantity)

    def _isp_lines_by_code(self, rows, company):
        """Usage lines by subscription reference and plan code: {(reference, code): lines}."""
        lines = self.env['sale.subscription.line'].search([
            ('sale_subscription_id.code', 'in', [row.values['subscription'] for row in rows]),
            ('isp_plan_id.code', 'in', [row.values['plan'] for row in rows]),
            ('isp_plan_id.kind', '=', 'usage'), ('company_id', '=', company.id),
        ])
        result = {}
        for line in lines:
            key = line.sale_subscription_id.code, line.isp_plan_id.code
            result[key] = result.get(key, lines.browse()) | line
        return result

    def _isp_line_of(self, row, lines):
        """The service that a row belongs to, or why there is none: (line, Issue or None)."""
        values = row.values
        found = lines.get((values['subscription'], values['plan']))
        if not found:
            return None, Issue('usage', row.number, 'plan', values['plan'], 'usage_no_service',
                               {'subscription': values['subscription']})
        for line in found:
            if line.isp_date_start and line.isp_date_start <= values['date'] and (
                not line.isp_date_end or values['date'] <= line.isp_date_end
            ):
                return line, None
        return None, Issue('usage', row.number, 'date', str(values['date']), 'usage_not_running',
                           {'subscription': values['subscription'], 'plan': values['plan']})

    @api.model
    def _isp_issue_rows(self, issues):
        """Issues in words of the user's language, in the order of the file (list of dict)."""
        reasons = {**self.env['isp.book.import']._reasons(), **self._isp_reasons()}
        return [
            {
                'row': issue.row, 'column': issue.column, 'value': issue.value,
                'reason': reasons[issue.code] % {
                    'value': issue.value, 'column': issue.column, **issue.params,
                },
            } for issue in sorted(issues, key=lambda issue: (issue.row, issue.column))
        ]

    def _isp_reasons(self):
        return {
            'usage_differs': self.env._(
                "The key “%(value)s” is already recorded with another service, day or quantity. "
                "Give a correction a key of its own.",
            ),
            'usage_too_much': self.env._(
                "“%(value)s” is too large a quantity. Look at what counted it.",
            ),
            'usage_no_service': self.env._(
                "Subscription %(subscription)s has no usage service “%(value)s”. Add the plan to "
                "the subscription, or correct the row.",
            ),
            'usage_not_running': self.env._(
                "%(plan)s of subscription %(subscription)s does not run on %(value)s.",
            ),
        }
