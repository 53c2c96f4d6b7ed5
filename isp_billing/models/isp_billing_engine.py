from collections import defaultdict
from datetime import date, timedelta
from decimal import Decimal

from odoo import Command, api, models
from odoo.tools import SQL

from ..engine.charges import LineFacts, Rate, chain_periods
from ..engine.difference import Charged, UnknownPriceError, line_differences
from ..engine.money import to_decimal
from ..engine.schedule import Period, Schedule, Timeline, first_bill_day, month_day


class MissingPriceError(Exception):
    """A line has no price for a period in the currency of its subscription.

    :param date day: start of the period
    """

    def __init__(self, day):
        super().__init__(f"No price on {day}")
        self.day = day


class IspBillingEngine(models.AbstractModel):
    """From records to the pure engine and back: what is due, less what was charged.

    Preview, bill run, forecast and credit all come through :meth:`_differences`.
    """

    _name = 'isp.billing.engine'
    _description = "Billing Engine"

    # === Facts === #

    @api.model
    def _billed_lines(self, accounts, company):
        """Subscription lines of accounts that are billed by bill runs in a company."""
        return self.env['sale.subscription.line'].search([
            ('isp_account_id', 'in', accounts.ids), ('company_id', '=', company.id),
            ('sale_subscription_id.isp_billed', '=', True),
            ('sale_subscription_id.stage_id.type', '!=', 'draft'),
        ], order='isp_account_id, sale_subscription_id, isp_date_start, id')

    @api.model
    def _ledger(self, lines):
        """What the ledger holds of lines.

        :return: {line id: {first day of the full period: engine.difference.Charged}}
        """
        result = defaultdict(dict)
        if not lines:
            return result
        self.env['isp.charge'].flush_model()
        rows = self.env.execute_query(SQL(
            """
            SELECT DISTINCT ON (c.line_id, c.kind, c.period_start)
                   c.line_id, c.period_start, c.period_end, c.date_from, c.date_to,
                   c.price_unit, c.quantity, c.discount, c.method, c.price_known, c.origin,
                   SUM(c.amount) FILTER (WHERE c.reopens OR c.origin != 'reversal') OVER w,
                   SUM(c.amount) OVER w, MAX(c.revision) OVER w,
                   ARRAY(SELECT r.tax_id FROM isp_charge_tax_rel r
                          WHERE r.charge_id = c.id ORDER BY r.tax_id)
              FROM isp_charge c
             WHERE c.line_id IN %s
            WINDOW w AS (PARTITION BY c.line_id, c.kind, c.period_start)
             ORDER BY c.line_id, c.kind, c.period_start, c.revision, c.id
            """, tuple(lines.ids),
        ))
        for (line_id, start, end, first, last, price, quantity, discount, method, known, origin,
             amount, left, revision, taxes) in rows:
            rate = Rate(
                to_decimal(price), to_decimal(quantity), to_decimal(discount), method,
            ) if known else None
            result[line_id][start] = Charged(
                Period(start, end), to_decimal(amount), rate, revision, first, last, tuple(taxes),
                origin == 'opening', to_decimal(left),
            )
        return result

    @api.model
    def _line_facts(self, line, profile, root_start):
        """Dated facts of a line for the pure engine (engine.charges.LineFacts)."""
        subscription, plan = line.sale_subscription_id, line.isp_plan_id
        return LineFacts(
            key=line.id,
            kind='one_time' if plan.kind == 'one_time' else 'recurring',
            timing=plan.timing,
            timeline=Timeline.of(self._schedule(subscription, plan, root_start)),
            start=line.isp_date_start,
            end=line.isp_date_end or None,
            holds=subscription.isp_hold_ids._isp_facts() if plan.kind != 'one_time' else (),
            days_ahead=profile.days_ahead,
        )

    @api.model
    def _schedule(self, subscription, plan, root_start):
        """Grid of full periods of a line (engine.schedule.Schedule).

        Periods of several months start on the first bill day on or after the start of the chain
        (section 3 of the design), or are counted from the subscription's own anchor.
        """
        own_anchor = subscription.isp_anchor_date or subscription.date_start or root_start
        if plan.unit in ('day', 'week'):
            return Schedule(own_anchor, plan.interval, plan.unit)
        bill_day = subscription.isp_bill_day or own_anchor.day
        if subscription.isp_alignment == 'own':
            anchor = month_day(own_anchor.year, own_anchor.month, bill_day)
        else:
            anchor = first_bill_day(root_start, bill_day)
        return Schedule(anchor, plan.interval, plan.unit, bill_day)

    @api.model
    def _chains(self, lines):
        """Lines in chains of replacement, oldest first: list of recordsets."""
        chains = defaultdict(lambda: self.env['sale.subscription.line'])
        known = set(lines.ids)
        for line in lines.sorted(lambda x: (x.isp_date_start or date.min, x.id)):
            root = line
            while root.isp_replaced_line_id.id in known:
                root = root.isp_replaced_line_id
            chains[root] |= line
        # what a chain reads is read for all of them at once
        return [chain.with_prefetch(lines.ids) for chain in chains.values()]

    @api.model
    def _root_starts(self, chain):
        """Start from which the periods of each line of a chain count: {line: date}.

        A successor keeps the grid of the line it replaces while the interval is the same.
        """
        starts = {}
        for line in chain:
            previous = line.isp_replaced_line_id
            same_grid = previous in starts and (
                (previous.isp_plan_id.interval, previous.isp_plan_id.unit)
                == (line.isp_plan_id.interval, line.isp_plan_id.unit)
            )
            starts[line] = starts[previous] if same_grid else line.isp_date_start
        return starts

    # === Rates === #

    @api.model
    def _rate(self, line, profile, day, cache):
        """Price facts in force on a day (engine.charges.Rate).

        :raises MissingPriceError: when neither line, pricelist nor plan has a price
        """
        method = line.isp_plan_id.proration_method or profile.proration_method
        if line.isp_price_source == 'own':
            price = line.price_unit
        else:
            subscription = line.sale_subscription_id
            key = (line.isp_plan_id.id, subscription.pricelist_id.id, line.company_id.id, day,
                   line.product_uom_qty)
            if key not in cache:
                cache[key] = line._isp_list_price(day)
            price = cache[key]
            if price is None:
                raise MissingPriceError(day)
        return Rate(
            to_decimal(price), to_decimal(line.product_uom_qty), to_decimal(line.discount), method,
        )

    # === Differences === #

    @api.model
    def _differences(self, lines, target, cache=None):
        """What to charge for lines at a target date.

        :param lines: sale.subscription.line, all of whole accounts
        :param date target: target date of the run
        :return: ({line: [engine.difference.Difference]}, {line: Exception}); a line that cannot
            be computed is in the second mapping
        """
        cache = {} if cache is None else cache
        billable = lines.filtered(lambda line: line.isp_plan_id and line.isp_date_start)
        ledger = self._ledger(billable)
        differences, errors = {}, {}
        for chain in self._chains(billable):
            self._chain_differences(chain, target, ledger, cache, differences, errors)
        return differences, errors

    def _chain_differences(self, chain, target, ledger, cache, differences, errors):
        root_starts = self._root_starts(chain)
        first = next(iter(chain))  # unlike chain[0], it is read together with the others
        profile = first.isp_account_id._isp_profile(first.company_id)
        facts = [self._line_facts(line, profile, root_starts[line]) for line in chain]
        horizon = target + timedelta(days=profile.days_ahead)
        for line in chain:
            for charged in ledger[line.id].values():
                horizon = max(horizon, charged.full.last)
        periods = chain_periods(facts, horizon)
        settled = cache.setdefault('settled', set())
        for line, line_facts in zip(chain, facts, strict=True):
            if self._is_charged(periods[line.id], ledger[line.id], target):
                settled.add(line.id)
            unit = Decimal(repr(line.currency_id.rounding))
            try:
                differences[line] = line_differences(
                    line_facts, periods[line.id], ledger[line.id],
                    lambda day, line=line: self._rate(line, profile, day, cache), target, unit,
                )
            except (MissingPriceError, UnknownPriceError) as error:
                errors[line] = error

    @staticmethod
    def _is_charged(periods, ledger, target):
        """Whether the last period that falls due by ``target`` is in the ledger."""
        due = [start for start, period in periods.items() if period.billable_on <= target]
        return bool(due) and max(due) in ledger

    @api.model
    def _next_bill_dates(self, lines):
        """First target dates on which the next periods of lines may be charged.

        :return: {line: date}, without lines that have nothing more to charge
        """
        billable = lines.filtered(lambda line: line.isp_plan_id and line.isp_date_start)
        ledger = self._ledger(billable)
        result = {}
        for chain in self._chains(billable):
            starts = self._root_starts(chain)
            first = next(iter(chain))
            profile = first.isp_account_id._isp_profile(first.company_id)
            for line in chain:
                facts = self._line_facts(line, profile, starts[line])
                charged = ledger[line.id]
                after = max((row.full.last for row in charged.values()), default=facts.start)
                horizon = facts.timeline.at(after).next_start(after)
                due = chain_periods([facts], horizon)[line.id]
                dates = [
                    period.billable_on for start, period in due.items()
                    if start not in charged and (not charged or start > min(charged))
                ]
                if dates:
                    result[line] = min(dates)
        return result

    def _root_start_of(self, line):
        chain = line
        while chain[0].isp_replaced_line_id:
            chain = chain[0].isp_replaced_line_id | chain
        return self._root_starts(chain)[line]

    # === Opening charges === #

    @api.model
    def _write_opening_charges(self, rows):
        """Write what another system has already charged, so that it is not charged again.

        One charge per line, for the full period that holds the last billed day; periods before
        it count as settled. Days of that period after the last billed day are billed by the next
        run, at the price that follows from the amount.

        :param rows: list of {'line': sale.subscription.line, 'through': date of the last day
            billed or None for the line's whole first period, 'amount': Decimal before tax that
            was charged for that period, None when it is not known: then the period cannot be
            credited}
        :return: isp.charge
        """
        values = [
            self._opening_row(row['line'], row.get('through'), row.get('amount')) for row in rows
        ]
        return self.env['isp.charge'].create([vals for vals in values if vals])

    def _opening_row(self, line, through, amount):
        """Values of an opening charge, or None when nothing of the line was served by then."""
        profile = line.isp_account_id._isp_profile(line.company_id)
        facts = self._line_facts(line, profile, self._root_start_of(line))
        first_full = facts.timeline.at(line.isp_date_start).containing(line.isp_date_start)
        periods = chain_periods([facts], through or first_full.last)[line.id]
        served = [due for due in periods.values() if not through or due.first <= through]
        if not served:
            return None
        due = served[-1]
        last = min(due.last, through or due.last)
        days = (last - due.first).days + 1
        full_price = float(amount * due.full.days / days) if amount is not None else 0.0
        return {
            **self._opening_links(line),
            'period_start': due.full.first, 'period_end': due.full.last, 'revision': 0,
            'date_from': due.first, 'date_to': last, 'days': days, 'period_days': due.full.days,
            'quantity': 1.0, 'price_unit': full_price, 'discount': 0.0, 'price_full': full_price,
            'price_known': amount is not None,
            'method': line.isp_plan_id.proration_method or profile.proration_method,
            'amount': float(amount or 0), 'origin': 'opening',
        }

    def _opening_links(self, line):
        account, subscription = line.isp_account_id, line.sale_subscription_id
        mapper = self.env['isp.tax.mapper']
        position = mapper._fiscal_position(
            account, subscription.partner_shipping_id, line.company_id,
        )
        return {
            'company_id': line.company_id.id, 'account_id': account.id, 'payer_id': account.id,
            'subscription_id': subscription.id, 'line_id': line.id,
            'plan_id': line.isp_plan_id.id, 'product_id': line.product_id.id,
            'kind': 'one_time' if line.isp_plan_id.kind == 'one_time' else 'recurring',
            'currency_id': line.currency_id.id,
            'tax_ids': [Command.set(mapper._taxes(line.product_id, line.company_id, position).ids)],
        }
