"""Import of a subscriber book: one service behind the wizard, the command line and the demo."""
import logging
from collections import Counter
from decimal import Decimal

import psycopg2

from odoo import api, models
from odoo.exceptions import AccessError, UserError

from ..engine import book as book_engine
from ..engine.book_spec import FILES, Issue
from ..engine.money import is_exact

_logger = logging.getLogger(__name__)

BATCH = 200  # records created at once; a batch that fails is repeated row by row


class BookContext:
    """What one import knows so far: records by their external keys, and the report."""

    def __init__(self, book, issues):
        self.book = book
        self.issues = issues  # of the files themselves: engine.book_spec.Issue
        self.texts = {}  # (file, row) -> a message in the user's words
        self.created = Counter()
        self.unchanged = Counter()
        self.notices = []
        self.companies = {}
        self.plans = {}
        self.accounts = {}
        self.subscriptions = {}
        self.lines = {}
        self.cache = {}  # profiles, journals, accounts of counterpart, the running stage

    def rows(self, name):
        """All rows of a file, also those that are not imported: what they name is looked up."""
        return self.book[name] + self.book.refused[name]

    def refuse(self, row, column, code, value=None, **params):
        """Note that a row is not imported, and why."""
        row.faulty.add(column)
        text = row.values.get(column) if value is None else value
        self.issues.append(Issue(
            row.file, row.number, column, '' if text is None else str(text), code, params))


class IspBookImport(models.AbstractModel):
    """Reads a subscriber book (see ``engine/book.py``) into plans, accounts and subscriptions.

    Every row stands for itself: a bad one is reported with file, row, column and reason, the
    good ones are kept. Rows are known by external keys (plan code, account number per company,
    subscription reference, line key, document), so importing a book twice changes nothing, and
    importing a corrected book adds what was missing. Existing records are never overwritten.
    """

    _name = 'isp.book.import'
    _description = "Subscriber Book Import"

    @api.model
    def _import_files(self, files, dry_run=False, date_order=''):
        """Import the files of a book.

        :param dict files: file name (``accounts`` or ``accounts.csv``...) to bytes, text or a
            list of dictionaries
        :param str date_order: how dates like 03/04/2025 are written: 'dmy' or 'mdy'; '' refuses
            them, and asks for it
        :param bool dry_run: check everything, then undo it
        :return: {'created': {file: n}, 'unchanged': {file: n}, 'issues': [{'file', 'row',
            'column', 'value', 'reason'}], 'notices': [same]}
        """
        context = BookContext(*book_engine.read_book(files, date_order or ''))
        self = self._in_all_companies()
        with self.env.cr.savepoint() as savepoint:
            for name in FILES:
                if context.rows(name):
                    self._open_companies(name, context)
                    getattr(self, f'_import_{name}')(context)
            report = self._report(context)
            if dry_run:
                savepoint.rollback()
        _logger.info(
            "Subscriber book: created %s, unchanged %s, refused %s rows", dict(context.created),
            dict(context.unchanged), len(report['issues']))
        return report

    # === Companies === #

    def _in_all_companies(self):
        """The service with every company of the user at hand, the present one first."""
        companies = self.env.company | self.env.user.company_ids
        if self.env.su:
            companies |= self.env['res.company'].search([('active', '=', True)])
        return self.with_context(allowed_company_ids=companies.ids)

    def _open_companies(self, name, context):
        """Put the company record on each row; refuse rows of companies the user is not in."""
        if 'company' not in {column.name for column in FILES[name].columns}:
            return
        if not context.companies:
            context.companies = {company.name: company for company in self.env.companies}
        kept = []
        for row in context.book[name]:
            if self._open_company(row, context):
                kept.append(row)
            else:
                context.book.refused[name].append(row)
        for row in context.book.refused[name]:
            if '_company' not in row.values:
                self._open_company(row, context)
        context.book[name] = kept

    def _open_company(self, row, context):
        """Put the company record on a row; where there is none, say so and give back False."""
        title = row.values['company']
        company = context.companies.get(title) if title else self.env.company
        if not company and 'company' not in row.faulty:
            context.refuse(row, 'company', 'unknown_company',
                           choices=", ".join(sorted(context.companies)))
        row.values['_company'] = company
        return bool(company)

    # === Faults === #

    def _without_faults(self, context, name, rows, check):
        """Rows that can be imported; everything that is wrong with the others is said.

        Rows that were refused before are checked to the end, too.

        :param list rows: the new ones of the file
        :param check: function of a row that yields (column, code, parameters); it must bear
            columns without a value
        """
        for row in context.book.refused[name]:
            self._refuse_faults(context, row, check)
        kept = []
        for row in rows:
            bad = self._refuse_faults(context, row, check)
            (context.book.refused[name] if bad else kept).append(row)
        return kept

    def _refuse_faults(self, context, row, check):
        faults = [fault for fault in check(row) if fault[0] not in row.faulty]
        for column, code, params in faults:
            context.refuse(row, column, code, **params)
        return faults

    def _money_faults(self, row, column, currency):
        """Yield what is wrong with an amount in the currency that it is in."""
        value = row.values.get(column)
        if not isinstance(value, Decimal) or not currency:
            return
        if not is_exact(value, currency.decimal_places):
            yield column, 'too_many_decimals', {
                'currency': currency.name, 'decimals': currency.decimal_places}
        unit = row.units.get(column)
        names = (currency.name, currency.symbol or '')
        if unit and unit.upper() not in names and not (
                unit in '$€£¥' and names[1].endswith(unit)):
            yield column, 'other_currency', {'currency': currency.name, 'unit': unit}

    # === Batches === #

    def _create_rows(self, context, rows, prepare, create):
        """Create the records of rows, many at once, and one by one where that fails.

        :param prepare: function of a row without faults: its values
        :param create: function of a list of (row, values) that creates them all and returns
            what to remember once they are safe: [(dictionary, key, record)], or None
        """
        prepared = [(row, prepare(row)) for row in rows]
        for start in range(0, len(prepared), BATCH):
            self._create_batch(context, prepared[start:start + BATCH], create)

    def _create_batch(self, context, jobs, create):
        try:
            with self.env.cr.savepoint():
                known = create(jobs)
        except (UserError, AccessError, ValueError, psycopg2.Error) as error:
            if len(jobs) == 1:
                self._refuse_failed(context, jobs[0][0], error)
                return
            self.env.invalidate_all(flush=False)
            for job in jobs:
                self._create_batch(context, [job], create)
        else:
            for mapping, key, record in known or ():
                mapping[key] = record
            for row, _values in jobs:
                context.created[row.file] += 1

    def _refuse_failed(self, context, row, error):
        """Note the words of an error of the database or of a model against a row."""
        if isinstance(error, psycopg2.Error):
            _logger.info("Row %s of %s was refused", row.number, row.file, exc_info=True)
            constraint = getattr(error.diag, 'constraint_name', None)
            text = self._constraint_message(constraint) or (error.diag.message_primary or "")
        else:
            text = str(error)
        context.texts[row.file, row.number] = text
        context.refuse(row, FILES[row.file].key[-1], 'refused_by_model')

    def _constraint_message(self, name):
        """The message of a constraint of a model, by its name in the database."""
        for model in self.env.registry.values():
            for constraint in model._table_objects.values():
                if constraint.full_name(model) == name:
                    message = getattr(constraint, 'get_error_message', None)
                    return message and message(self.env[model._name])
        return None

    # === Report === #

    def _report(self, context):
        reasons = self._reasons()
        return {
            'created': {name: count for name, count in context.created.items() if count},
            'unchanged': {name: count for name, count in context.unchanged.items() if count},
            'issues': [
                self._issue_row(issue, context, reasons)
                for issue in sorted(context.issues, key=book_engine.issue_order)],
            'notices': [self._issue_row(issue, context, reasons) for issue in context.notices],
        }

    def _issue_row(self, issue, context, reasons):
        text = reasons[issue.code]
        if issue.code == 'refused_by_model':
            reason = context.texts.get((issue.file, issue.row), "")
        else:
            reason = text % {'value': issue.value, 'column': issue.column, **issue.params}
        return {'file': issue.file, 'row': issue.row, 'column': issue.column,
                'value': issue.value, 'reason': reason}
