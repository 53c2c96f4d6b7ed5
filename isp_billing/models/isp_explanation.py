"""From records to the facts of explanations: charges, lines of bills, lines typed by hand."""
from collections import defaultdict
from datetime import timedelta

from odoo import api, models

from ..engine.explain import heading, rule, sentences
from ..engine.explain_facts import Facts
from ..engine.explain_words import words
from ..engine.formats import is_french, to_date
from ..engine.money import to_decimal
from .isp_document_data import _TextReader

#: plain fields that a charge and a line of a bill have in common, named alike in the facts
FIELDS = (
    'kind', 'method', 'period_start', 'period_end', 'date_from', 'date_to', 'days', 'period_days',
    'quantity', 'price_unit', 'discount', 'price_full', 'amount', 'revision',
)


class IspExplanation(models.AbstractModel):
    """What an amount is made of, in the language of the reader.

    Charges of the ledger (``isp.charge``) and lines of bills in a run (``isp.bill.run.bill.line``,
    also unsaved ones of a forecast) give the same facts (engine.explain_facts.Facts), and so the
    same words. All reads are for the whole set: the number of queries does not grow with it.
    """

    _name = 'isp.explanation'
    _description = "Explanation of Charges"

    @api.model
    def _texts(self, rows):
        """The arithmetic of each row in the reader's language: {row: [sentences]}.

        :param rows: isp.charge or isp.bill.run.bill.line
        """
        facts = self._facts(rows)
        return {row: sentences(facts[row], self._locale(row.company_id)) for row in rows}

    @api.model
    def _lines(self, facts, company):
        """Facts as what a page shows: [{'heading', 'rule', 'sentences', 'amount'}].

        :param facts: list of engine.explain_facts.Facts of a company
        """
        lang = self._locale(company)
        return [{
            'heading': heading(one, lang), 'rule': rule(one, lang),
            'sentences': sentences(one, lang), 'amount': one.amount,
        } for one in facts]

    @api.model
    def _locale(self, company):
        """How the reader's language is written in a company's documents (str).

        The words are those of the company's documents, whatever variety the reader's screen has.
        """
        return company._isp_locales()[self._family()]

    @api.model
    def _words(self, company):
        """Words of explanations for the reader, see ``engine.explain_words`` (dict)."""
        return words(self._locale(company))

    @api.model
    def _family(self):
        return 'fr' if is_french(self.env.lang) else 'en'

    @api.model
    def _facts(self, rows):
        """Facts of rows: {row: engine.explain_facts.Facts}.

        :param rows: isp.charge or isp.bill.run.bill.line
        """
        shared = self._shared(rows)
        result = {}
        for company in rows.company_id:
            names = self._names(company)
            for row in rows.filtered(lambda row, company=company: row.company_id == company):
                result[row] = Facts.of({
                    **{name: row[name] for name in FIELDS},
                    **self._service_facts(row, shared, names),
                    **self._ledger_facts(row, shared),
                    **self._detail_facts(row, shared, names),
                })
        return result

    @api.model
    def _shared(self, rows):
        """What is read once for all rows (dict).

        Override to read more for the detail of a charge, see :meth:`_detail_facts`.
        """
        return {'siblings': self._siblings(rows), 'chains': self._chains(rows.line_id)}

    @api.model
    def _detail_facts(self, row, shared, names):
        """Facts that only some charges have, as keyword values of Facts.

        :param dict shared: of :meth:`_shared`
        :param names: of :meth:`_names`
        """
        return {}

    @api.model
    def _names(self, company):
        """Function (record, field) -> text in the reader's language, as documents have it."""
        reader, family = _TextReader(company), self._family()
        return lambda record, field='name': reader.texts(record, field)[family]

    @api.model
    def _service_facts(self, row, shared, names):
        """Name, currency, dates of service and holds of the row's line."""
        line, plan, currency = row.line_id, row.plan_id, row.currency_id
        first, recurring = line.isp_date_start or None, row.kind == 'recurring'
        former = line.isp_replaced_line_id.isp_plan_id
        replaces = former and former != plan and first and (
            row.period_start < first <= row.period_end)
        return {
            'label': self._label(row, names), 'key': shared['chains'][line][-1].id,
            'timing': plan.timing if recurring else '',
            'currency': currency.name, 'decimals': currency.decimal_places,
            'unit': currency.rounding,
            'service_start': first,
            'service_end': line.isp_credit_unused and line.isp_date_end or None,
            'replaces': names(former) if replaces else '',
            'new_bill_day': _new_bill_day(row, shared['chains'][line]),
            'holds': [{
                'first': hold.date_from, 'last': hold.date_to or None, 'effect': hold.effect,
                'percent': hold.percent, 'reason': hold.reason,
            } for hold in row.subscription_id.isp_hold_ids] if recurring else (),
        }

    @api.model
    def _label(self, row, names):
        """Name of the plan, with the account that has the service when another one pays."""
        account, name = self._account(row), names(row.plan_id)
        if not account or account == self._payer(row):
            return name
        account = account.with_company(row.company_id)
        return f'{name} · {account.isp_account_number or account.name}'

    @staticmethod
    def _account(row):
        return row.account_id if row._name == 'isp.charge' else row.service_account_id

    @staticmethod
    def _payer(row):
        return row.payer_id if row._name == 'isp.charge' else row.bill_id.payer_id

    # === The ledger === #

    @api.model
    def _siblings(self, rows):
        """Rows of the ledger of the same line and period as corrections and shared charges.

        :return: {(line, kind, first day, last day): isp.charge}
        """
        asked = rows.filtered(lambda row: row.revision or (row.detail or {}).get('share'))
        result = defaultdict(lambda: self.env['isp.charge'])
        if not asked:
            return result
        for charge in self.env['isp.charge'].search([
            ('line_id', 'in', asked.line_id.ids),
            ('period_start', 'in', sorted(set(asked.mapped('period_start')))),
        ]):
            result[period_of(charge)] |= charge
        return result

    @api.model
    def _ledger_facts(self, row, shared):
        """What was charged for the period before the row."""
        facts = {}
        if row._name == 'isp.charge':
            facts = {
                'origin': row.origin, 'reopens': row.reopens, 'price_known': row.price_known,
            }
        if not row.revision:
            return facts
        served = (row.detail or {}).get('served')
        if served is not None:
            # the row has the days that it is for; explained is also what is charged after it
            facts.update(days=_days_of(served), changed=(row.date_from, row.date_to))
        payer = self._payer(row)
        earlier = shared['siblings'][period_of(row)].filtered(
            lambda charge: charge.revision < row.revision and charge.payer_id == payer)
        return {**facts, **self._charged_before(earlier)}

    @api.model
    def _charged_before(self, earlier):
        """Sum and days of the rows of a period before a correction."""
        counted = earlier.filtered(lambda c: c.reopens or c.origin != 'reversal')
        first = earlier.filtered(lambda c: c.origin != 'reversal').sorted('revision')[-1:]
        served = (first.detail or {}).get('served')
        days = first.days if served is None else _days_of(served)
        return {'before': sum_of(counted), 'days_before': days if first else None}

    # === Services over plan changes === #

    @api.model
    def _chains(self, lines):
        """Each line with those that it replaced, up to the first: {line: [line, …, root]}."""
        chains, rising = {line: [line] for line in lines}, set(lines)
        while rising:
            # one step up for all of them, so that each step is read at once
            former = {line: chains[line][-1].isp_replaced_line_id for line in rising}
            rising = {line for line in rising if former[line]}
            for line in rising:
                chains[line].append(former[line])
        return chains


def _new_bill_day(row, chain):
    """First day of the new periods where a row is the part up to a changed bill day."""
    changes = [change for line in chain for change in line.isp_bill_day_change_ids]
    stub = row.kind == 'recurring' and any(
        row.period_start < change.date_from <= row.date_from for change in changes)
    return row.period_end + timedelta(days=1) if stub else None


def _days_of(served):
    """Days of the spans that a charge has kept (int), see ``isp.charge.detail``."""
    return sum((to_date(last) - to_date(first)).days + 1 for first, last, _share in served)


def period_of(row):
    return row.line_id, row.kind, row.period_start, row.period_end


def sum_of(rows):
    return sum(to_decimal(row.currency_id.round(row.amount)) for row in rows) if rows else (
        to_decimal(0))
