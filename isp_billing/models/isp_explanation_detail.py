"""Explanations of what only some charges have: discounts, instalments, usage, several payers."""
from odoo import api, models

from ..engine.money import to_decimal
from .isp_explanation import period_of, sum_of


class IspExplanation(models.AbstractModel):
    """Reads ``detail``, the JSON of a charge or of a line of a bill."""

    _inherit = 'isp.explanation'

    @api.model
    def _shared(self, rows):
        keys = {key for row in rows for key, _amount in (row.detail or {}).get('reductions', ())}
        discounts = self.env['isp.line.discount'].browse(sorted(keys)).exists()
        counted = discounts.filtered('periods')
        shared = super()._shared(rows)
        reduced = rows.filtered(lambda row: any(
            key in counted.ids for key, _amount in (row.detail or {}).get('reductions', ())))
        return {
            **shared, 'discounts': {discount.id: discount for discount in discounts},
            'timelines': self._timelines(reduced.line_id, shared['chains']),
            'beside': self._lines_beside(rows),
        }

    @api.model
    def _timelines(self, lines, chains):
        """Schedules of lines: {line: (engine.schedule.Timeline, first day of its chain)}."""
        engine, result = self.env['isp.billing.engine'], {}
        everything = lines.union(*(one for line in lines for one in chains[line]))
        for chain in engine._chains(everything):
            starts, changes = engine._root_starts(chain), chain.isp_bill_day_change_ids
            first = next(iter(chain)).isp_date_start
            for line in chain:
                result[line] = engine._timeline(line, starts[line], changes), first
        return result

    @api.model
    def _lines_beside(self, rows):
        """Lines of bills beside shared ones that are not posted: the parts of other payers."""
        shared = rows.filtered(lambda row: (row.detail or {}).get('share'))
        if rows._name == 'isp.charge' or not shared:
            return rows.browse()
        stored = shared.run_id.ids and rows.search([
            ('run_id', 'in', shared.run_id.ids), ('line_id', 'in', shared.line_id.ids),
        ])
        return stored or shared.bill_id.run_id.bill_ids.line_ids or shared

    @api.model
    def _detail_facts(self, row, shared, names):
        detail, facts = row.detail or {}, super()._detail_facts(row, shared, names)
        if detail.get('reductions'):
            facts['reductions'] = [
                self._reduction(row, key, amount, shared, names)
                for key, amount in detail['reductions']
            ]
        if detail.get('instalment'):
            number, count = detail['instalment']
            facts['instalment'] = {'number': number, 'count': count, 'total': row.price_full}
        if detail.get('opening'):
            facts['opening'] = tuple(detail['opening'])
        if detail.get('usage'):
            facts['usage'] = self._usage(row, detail['usage'])
        if detail.get('share'):
            facts.update(self._shared_facts(row, detail['share'], shared))
        return facts

    @api.model
    def _reduction(self, row, key, amount, shared, names):
        """A named discount: its label, what it takes off, which of n periods this one is."""
        discount = shared['discounts'].get(key)
        found = {'label': names(discount) if discount else '', 'amount': to_decimal(amount)}
        if discount and discount.periods:
            timeline, start = shared['timelines'][row.line_id]
            number = _place(timeline, max(discount.date_from, start), row)
            if number:
                found.update(number=number, count=discount.periods)
        return found

    @api.model
    def _usage(self, row, usage):
        """Tiers of a usage charge, the included quantity first."""
        included = min(to_decimal(usage['included']), to_decimal(usage['quantity']))
        tiers = [{'quantity': included, 'price': 0, 'amount': 0}] if included else []
        unit = row.plan_id.usage_unit
        return {'unit': '' if unit == 'unit' else unit, 'tiers': tiers + [
            {'quantity': to_decimal(quantity), 'price': to_decimal(price),
             'amount': to_decimal(amount)}
            for quantity, price, amount in usage['rows']
        ]}

    @api.model
    def _shared_facts(self, row, weights, shared):
        """Share of the payer; for a correction also what all payers were charged before (dict)."""
        if len(weights) < 2 or row._name == 'isp.charge' and row.origin != 'run':
            return {}
        siblings, period = shared['siblings'][period_of(row)], period_of(row)
        earlier = siblings.browse()
        parts = siblings.filtered(
            lambda charge: charge.origin == 'run' and bool(charge.revision) == bool(row.revision)
            and (not row.revision or charge.run_id == row.run_id))
        if row.revision:
            earlier = siblings.filtered(lambda charge: not parts or charge.id < min(parts.ids))
        if not parts and row._name != 'isp.charge':
            parts = shared['beside'].filtered(
                lambda line: period_of(line) == period
                and bool(line.revision) == bool(row.revision))
        share = self._share(row, weights, parts)
        if not share or not row.revision:
            return {'share': share}
        return {'share': share, **self._charged_before(earlier)}

    @api.model
    def _share(self, row, weights, parts):
        """The whole of the parts and the payer's percentage of it, None when it is not so.

        :param parts: what each payer is charged or credited at once
        """
        whole, total = sum_of(parts), sum(to_decimal(weight) for _payer, weight in weights)
        own = sum(to_decimal(weight) for payer, weight in weights if payer == self._payer(row).id)
        if not total or abs(whole * own / total - to_decimal(row.amount)) > to_decimal(
                row.currency_id.rounding):
            return None
        # weights that add up to the whole are amounts that were taken over, not percentages
        return {'of': whole, 'percent': None if total == whole else own * 100 / total}


def _place(timeline, first, row):
    """Which full period since a day the row's one is (int), 0 when it is a part of a period."""
    number, last = 0, None
    for full, begin, end in timeline.spans(first, row.period_end):
        last = full if (begin, end) == (full.first, full.last) else None
        number += bool(last)
    return number if last and last.first == row.period_start else 0
