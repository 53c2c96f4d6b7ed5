from collections import defaultdict
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from odoo import api, models
from odoo.tools import SQL

from ..engine.money import to_decimal
from ..engine.usage import RatedUsage, rate
from .isp_billing_engine import MissingPriceError


@dataclass(frozen=True)
class UsageDay:
    """Usage of a line on one day.

    :param quantity: units (Decimal)
    :param is_new: whether some of it was not billed yet
    """

    day: date
    quantity: Decimal
    is_new: bool


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
        for line_id, day, quantity, is_new in self.env.execute_query(SQL(
            """
            SELECT line_id, day, SUM(quantity), BOOL_OR(charge_id IS NULL)
              FROM isp_usage_record
             WHERE line_id IN %s
             GROUP BY line_id, day
             ORDER BY line_id, day
            """, tuple(metered),
        )):
            result[line_id].append(UsageDay(day, to_decimal(quantity), is_new))
        return result

    @api.model
    def _rated_usage(self, line, facts, days):
        """Rated usage of a line: {full period: engine.usage.RatedUsage}.

        The days shown are those of the records not billed yet, so that what came late is seen
        as its own period; the amount counts the whole period, because tiers do.

        :param days: list of UsageDay
        :raises MissingPriceError: when the plan has no tiers on the first day of a period
        """
        by_period = defaultdict(list)
        for one in days:
            by_period[facts.timeline.at(one.day).containing(one.day)].append(one)
        unit, plan = Decimal(repr(line.currency_id.rounding)), line.isp_plan_id
        included, result = to_decimal(plan.usage_included), {}
        for full, found in by_period.items():
            tiers = plan._isp_tiers(line.company_id, line.currency_id, full.first)
            if not tiers:
                raise MissingPriceError(full.first)
            quantity = sum((one.quantity for one in found), Decimal(0))
            shown = [one.day for one in found if one.is_new] or [one.day for one in found]
            result[full] = RatedUsage(
                min(shown), max(shown), quantity, included,
                rate(quantity, included, tiers, plan.usage_mode, unit),
            )
        return result

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
