from collections import defaultdict
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from odoo import api, models
from odoo.tools import SQL

from ..engine.money import to_decimal
from ..engine.usage import RatedUsage, included_by_days, rate
from .isp_billing_engine import MissingPriceError


@dataclass(frozen=True)
class UsageDay:
    """Usage of a line on one day.

    :param quantity: units (Decimal)
    :param is_new: whether some of it was not billed yet
    :param included: what the first charge of its period counted as included, None before that
    """

    day: date
    quantity: Decimal
    is_new: bool
    included: Decimal | None


class IspBillingEngine(models.AbstractModel):
    """Usage: records of a line, by full period, rated by the tiers of its plan."""

    _inherit = 'isp.billing.engine'

    @api.model
    def _usage_days(self, lines):
        """Usage of lines by day.

        :return: {line id: [UsageDay]} in order of date, without lines that have no records
        """
        result = defaultdict(list)
        metered = [line.id for line in lines if line.isp_plan_id.kind == 'usage']
        if not metered:
            return result
        self.env['isp.usage.record'].flush_model()
        self.env['isp.charge'].flush_model()
        for line_id, day, quantity, is_new, included in self.env.execute_query(SQL(
            """
            SELECT used.*, (
                   SELECT charge.detail -> 'usage' ->> 'included' FROM isp_charge charge
                    WHERE charge.line_id = used.line_id AND charge.kind = 'usage'
                      AND used.day BETWEEN charge.period_start AND charge.period_end
                    ORDER BY charge.revision, charge.id LIMIT 1)
              FROM (SELECT line_id, day, SUM(quantity), BOOL_OR(charge_id IS NULL)
                      FROM isp_usage_record
                     WHERE line_id IN %s
                     GROUP BY line_id, day) used
             ORDER BY used.line_id, used.day
            """, tuple(metered),
        )):
            result[line_id].append(UsageDay(
                day, to_decimal(quantity), is_new, to_decimal(included) if included else None))
        return result

    @api.model
    def _rated_usage(self, line, facts, days, chain):
        """Rated usage of a line: {full period: engine.usage.RatedUsage}.

        The days shown are those of the records not billed yet, so that what came late is seen
        as its own period; the amount counts the whole period, because tiers do.

        :param days: list of UsageDay
        :param chain: lines that replace one another, oldest first
        :raises MissingPriceError: when the plan has no tiers on the first day of a period
        """
        by_period = defaultdict(list)
        for one in days:
            by_period[facts.timeline.at(one.day).containing(one.day)].append(one)
        unit, plan, result = Decimal(repr(line.currency_id.rounding)), line.isp_plan_id, {}
        for full, found in by_period.items():
            tiers = plan._isp_tiers(line.company_id, line.currency_id, full.first)
            if not tiers:
                raise MissingPriceError(full.first)
            included = next((one.included for one in found if one.included is not None), None)
            if included is None:
                included = self._included(line, chain, full)
            quantity = sum((one.quantity for one in found), Decimal(0))
            shown = [one.day for one in found if one.is_new] or [one.day for one in found]
            result[full] = RatedUsage(
                min(shown), max(shown), quantity, included,
                rate(quantity, included, tiers, plan.usage_mode, unit),
            )
        return result

    @api.model
    def _included(self, line, chain, full):
        """What is included in the price of a line's days of a full period (Decimal).

        All of it, unless another line of usage had the service before, or goes on with it, in the
        same period: then each has the part of its days.
        """
        others = [
            one for one in chain if one != line and one.isp_plan_id.kind == 'usage'
            and (not one.isp_date_end or one.isp_date_end >= one.isp_date_start)
        ]
        first, last, start, end = full.first, full.last, line.isp_date_start, line.isp_date_end
        if any(one.isp_date_start < start and one.isp_date_end and one.isp_date_end >= first
               for one in others):
            first = max(first, start)
        if end and any(end < one.isp_date_start <= last for one in others):
            last = min(last, end)
        return included_by_days(to_decimal(line.isp_plan_id.usage_included), full, first, last)

    @api.model
    def _mark_usage_billed(self, charges):
        """Link the records that new charges bill: a record is billed once.

        Records that arrive meanwhile are not visible to this transaction and stay for the next
        run.
        """
        metered = charges.filtered(lambda charge: charge.kind == 'usage')
        if not metered:
            return
        self.env['isp.usage.record'].flush_model()
        self.env.execute_query(SQL(
            """
            UPDATE isp_usage_record AS record SET charge_id = charge.id
              FROM isp_charge charge
             WHERE charge.id IN %s AND record.line_id = charge.line_id
               AND record.day BETWEEN charge.period_start AND charge.period_end
               AND record.charge_id IS NULL
            RETURNING record.id
            """, tuple(metered.ids),
        ))
        self.env['isp.usage.record'].invalidate_model(['charge_id'])
