"""Bills explained: each amount, and why the bill differs from the one before it."""
import re
from collections import defaultdict
from dataclasses import dataclass, replace
from datetime import date

from markupsafe import Markup, escape

from odoo import api, models

from ..engine import compare, formats
from ..engine.explain_facts import Facts
from ..engine.money import to_decimal

#: a group key of its own for each period, see ``isp.bill.preview``
PERIOD_OF_GROUP = re.compile(r'P\d{4}-\d{2}-\d{2}$')
FAR_AWAY = date(9999, 12, 31)
ISO_DATE = re.compile(r'\d{4}-\d{2}-\d{2}')


@dataclass(frozen=True)
class Place:
    """Where a bill stands among those of its account.

    :param account: res.partner that is billed, ``company`` and ``currency`` likewise records
    :param tuple when: (invoice date, id of the move), for the order
    :param tuple kind: what tells bills of one run apart: group, fiscal position
    :param run: isp.bill.run, may be empty
    """

    account: object
    company: object
    currency: object
    when: tuple
    kind: tuple
    run: object


class IspBillComparison(models.AbstractModel):
    """Explains whole bills, posted or not, from the facts of their charges.

    Everything goes in sets: any number of bills of any accounts takes the same queries.
    """

    _name = 'isp.bill.comparison'
    _description = "Comparison of Bills"

    @api.model
    def _explain(self, documents):
        """What a page shows of each bill, in the language of the reader.

        :param documents: account.move of the ISP, or isp.bill.run.bill, also unsaved ones
        :return: {document: dict of 'words', 'lines', 'totals', 'changes', 'tax' and 'note'}, see
            ``views/isp_explain_templates.xml``
        """
        before = self._before(documents)
        moves = self.env['account.move'].union(*(move for move in before.values() if move))
        bills = {**self._bills(documents), **self._bills(moves)}
        self._mark_billed_before(bills, documents)
        return {
            document: self._page(document, bills[document], before[document], bills)
            for document in documents
        }

    # === One bill as plain values === #

    @api.model
    def _bills(self, documents):
        """Bills as plain values: {document: engine.compare.Bill}."""
        if not documents:
            return {}
        if documents._name != 'account.move':
            facts = self.env['isp.explanation']._facts(documents.line_ids)
            return {bill: compare.Bill(
                tuple(facts[line] for line in bill.line_ids.sorted(_order)),
                _exact(bill.amount_untaxed, bill), _exact(bill.amount_tax, bill),
                day=bill.run_id.invoice_date or None,
            ) for bill in documents}
        facts = self.env['isp.explanation']._facts(documents.isp_charge_ids)
        found = {}
        for move in documents:
            sign = -1 if move.move_type == 'out_refund' else 1
            charges = move.isp_charge_ids.sorted(_order)
            found[move] = compare.Bill(
                (*(facts[charge] for charge in charges), *self._typed(move, charges, sign)),
                sign * _exact(move.amount_untaxed, move), sign * _exact(move.amount_tax, move),
                move.name or '', move.invoice_date or None,
            )
        return found

    @api.model
    def _typed(self, move, charges, sign):
        """Lines of an invoice that no charge stands behind (list of Facts)."""
        free = (move.invoice_line_ids - charges.move_line_id).filtered(
            lambda line: line.display_type == 'product' and not line.isp_plan_id)
        return [Facts(
            label=(line.name or '').strip(), kind='other', currency=move.currency_id.name,
            decimals=move.currency_id.decimal_places, amount=sign * _exact(
                line.price_subtotal, move),
        ) for line in free]

    @api.model
    def _mark_billed_before(self, bills, documents):
        """Tell services that were billed before, by another document, from new ones."""
        keys = {
            line.key for document in documents for line in bills[document].lines if line.key
        }
        charged = defaultdict(list)
        for line, move, day in self.env['isp.charge']._read_group(
                [('line_id', 'in', sorted(keys))], ['line_id', 'move_id'], ['period_start:min']):
            charged[line.id].append((move, day))
        for document in documents:
            own = document if document._name == 'account.move' else document.move_id
            bills[document] = replace(bills[document], lines=tuple(
                replace(line, billed_before=bool(line.period_start) and any(
                    day < line.period_start and (not own or move != own)
                    for move, day in charged.get(line.key, ())))
                for line in bills[document].lines
            ))

    # === The bill before === #

    @api.model
    def _before(self, documents):
        """The posted bill before each document: {document: account.move, empty when none}."""
        places = {document: self._place(document) for document in documents}
        candidates, accounts = defaultdict(list), [one.account.id for one in places.values()]
        for move in self.env['account.move'].search([
            ('isp_account_id', 'in', accounts), ('state', '=', 'posted'),
            ('move_type', 'in', ('out_invoice', 'out_refund')),
            ('isp_bill_run_id', '!=', False), ('reversed_entry_id', '=', False),
        ], order='invoice_date, id'):
            if move.isp_bill_id.state == 'reversed':  # taken back with its run and billed again
                continue
            key = move.isp_account_id, move.company_id, move.currency_id
            candidates[key].append((move, self._place(move)))
        none = self.env['account.move']
        return {
            document: none if _reversed_by(document) else self._nearest(
                place, candidates[place.account, place.company, place.currency])
            for document, place in places.items()
        }

    @api.model
    def _nearest(self, place, moves):
        """The last move before a place: of its kind where there is one.

        :param list moves: (account.move, its Place), in order of date
        """
        earlier = [(move, other) for move, other in moves if other.when < place.when]
        of_kind = [move for move, other in earlier if other.kind == place.kind]
        others = [move for move, other in earlier if not place.run or other.run != place.run]
        return (of_kind or others or [self.env['account.move']])[-1]

    @api.model
    def _place(self, document):
        """Where a bill stands among those of its account (Place)."""
        if document._name == 'account.move':
            bill, run = document.isp_bill_id, document.isp_bill_run_id
            return Place(
                document.isp_account_id, document.company_id, document.currency_id,
                (document.invoice_date or FAR_AWAY, document.id or FAR_AWAY.toordinal()),
                _kind(bill.group_key, document.fiscal_position_id), run,
            )
        if document.move_id:
            return self._place(document.move_id)
        return Place(
            document.payer_id, document.company_id, document.currency_id,
            (document.run_id.invoice_date or FAR_AWAY, FAR_AWAY.toordinal() ** 2),
            _kind(document.group_key, document.fiscal_position_id), document.run_id,
        )

    # === What a page shows === #

    @api.model
    def _page(self, document, bill, before, bills):
        """Texts and amounts of one bill, ready for the template (dict)."""
        explanation, company = self.env['isp.explanation'], document.company_id
        lang, currency = explanation._locale(company), document.currency_id

        def money(amount):
            return formats.money(amount, currency.name, lang, currency.decimal_places)

        words, former = explanation._words(company), before and bills[before]
        suffix = ''
        if bill.includes_tax and (not former or former.includes_tax):
            bill, former, suffix = bill.with_tax(), former and former.with_tax(), '_with_tax'
        lines = explanation._lines(bill.lines, company)
        page = {
            'lang': lang.replace('_', '-'), 'words': words, 'changes': [], 'tax': None,
            'lines': [{**line, 'amount': money(line['amount'])} for line in lines],
            'totals': [(words['this_bill' + suffix], money(bill.untaxed))], 'note': '',
            'shown': _unbroken,
        }
        if reversed_move := _reversed_by(document):
            return {**page, 'note': words['credit_note'].format(name=reversed_move.name)}
        if not before:
            return {**page, 'note': words['first_bill']}
        comparison = compare.compare(bill, former, currency.name, lang, currency.decimal_places)
        title = words['bill_before' + suffix].format(name=former.name)
        return {
            **page, 'changes': comparison.changes, 'tax': comparison.tax,
            'note': '' if comparison.sentences else words['same'],
            'totals': [
                *page['totals'], (title, money(former.untaxed)),
                (words['difference' + suffix], money(bill.untaxed - former.untaxed)),
            ],
        }

    @api.model
    def _html(self, documents):
        """The page of each bill as HTML: {document: Markup}."""
        pages = self._explain(documents)
        return {document: self.env['ir.qweb']._render(
            'isp_billing.explain_bill', {'page': page},
        ) for document, page in pages.items()}


def _order(row):
    """Charges of a service together, oldest first, its credit before what replaces it."""
    return row.subscription_id.id, row.period_start, row.line_id.id, row.revision


def _unbroken(text):
    """A text whose dates are not cut at a hyphen (Markup)."""
    # of the plain text: a Markup would escape the tags that are put into it
    return Markup(ISO_DATE.sub(r'<span class="text-nowrap">\g<0></span>', str(escape(text))))


def _reversed_by(document):
    """The invoice that a credit note takes back, empty for bills."""
    return document._name == 'account.move' and document.reversed_entry_id


def _kind(group_key, position):
    return PERIOD_OF_GROUP.sub('', group_key or ''), position.id


def _exact(amount, document):
    """An amount of a record at the currency's decimals (Decimal)."""
    return to_decimal(document.currency_id.round(amount))
