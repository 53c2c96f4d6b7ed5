"""Import of a subscriber book: one service behind the wizard, the command line and the demo."""
import logging
from collections import Counter

import psycopg2

from odoo import api, models
from odoo.exceptions import AccessError, UserError

from ..engine import book as book_engine
from ..engine.book_spec import FILES, Issue

_logger = logging.getLogger(__name__)

BATCH = 200  # records created at once; a batch that fails is repeated row by row


class BookError(Exception):
    """A row that cannot be imported, found while it was turned into values.

    :param str column: the column at fault
    :param str code: key of ``IspBookImport._reasons``
    """

    def __init__(self, column, code, **params):
        super().__init__(code)
        self.column = column
        self.code = code
        self.params = params


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

    def refuse(self, row, column, code, value=None, **params):
        """Note that a row is not imported, and why."""
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
    def _import_files(self, files, dry_run=False):
        """Import the files of a book.

        :param dict files: file name (``accounts`` or ``accounts.csv``...) to bytes, text or a
            list of dictionaries
        :param bool dry_run: check everything, then undo it
        :return: {'created': {file: n}, 'unchanged': {file: n}, 'issues': [{'file', 'row',
            'column', 'value', 'reason'}], 'notices': [same]}
        """
        context = BookContext(*book_engine.read_book(files))
        self = self._in_all_companies()
        with self.env.cr.savepoint() as savepoint:
            for name in FILES:
                if context.book[name]:
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
            title = row.values['company']
            company = context.companies.get(title) if title else self.env.company
            if not company:
                context.refuse(row, 'company', 'unknown_company',
                               choices=", ".join(sorted(context.companies)))
                continue
            row.values['_company'] = company
            kept.append(row)
        context.book[name] = kept

    # === Batches === #

    def _create_rows(self, context, rows, prepare, create):
        """Create the records of rows, many at once, and one by one where that fails.

        :param prepare: function of a row: values, or raises :class:`BookError`
        :param create: function of a list of (row, values) that creates them all and returns
            what to remember once they are safe: [(dictionary, key, record)], or None
        """
        prepared = []
        for row in rows:
            try:
                prepared.append((row, prepare(row)))
            except BookError as error:
                context.refuse(row, error.column, error.code, **error.params)
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
