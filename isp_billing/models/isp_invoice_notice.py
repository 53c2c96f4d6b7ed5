from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from odoo import models
from odoo.tools import SQL

from ..engine import notices
from .isp_billing_engine import MissingPriceError

SERVICES = SQL(
    """FROM sale_subscription_line line
       JOIN sale_subscription sub ON sub.id = line.sale_subscription_id AND sub.isp_billed
       JOIN sale_subscription_stage stage ON stage.id = sub.stage_id AND stage.type <> 'draft'
       JOIN isp_service_plan plan ON plan.id = line.isp_plan_id""")
#: time between two bills of an account: that of its plan which is billed most often
STEP = SQL(
    """SELECT COALESCE(MIN(CASE often.unit
                  WHEN 'year' THEN make_interval(years => often.interval)
                  WHEN 'month' THEN make_interval(months => often.interval)
                  WHEN 'week' THEN make_interval(weeks => often.interval)
                  ELSE make_interval(days => often.interval) END),
              make_interval(months => 1)) AS length
         FROM sale_subscription_line other
         JOIN sale_subscription own ON own.id = other.sale_subscription_id AND own.isp_billed
         JOIN isp_service_plan often ON often.id = other.isp_plan_id AND often.kind <> 'one_time'
        WHERE other.isp_account_id = s.account_id AND own.company_id = s.company_id
          AND other.isp_date_start <= bill.day
          AND (other.isp_date_end IS NULL OR other.isp_date_end >= s.day)""")
#: last recurring period of a line that was charged, and the bill day: that of the subscription,
#: unless the last period shows another one, as after a change of the bill day
PAID = SQL(
    """SELECT last.start, last.next,
              CASE WHEN own.day = shown.day OR shown.day < own.day AND shown.day = EXTRACT(
                       DAY FROM date_trunc('month', last.next) + make_interval(months => 1)
                       - make_interval(days => 1))::int
                   THEN own.day ELSE shown.day END AS bill_day
         FROM (SELECT MAX(charge.period_start) AS start, MAX(charge.period_end) + 1 AS next
                 FROM isp_charge charge
                WHERE charge.line_id = line.id AND charge.kind = 'recurring') AS last
        CROSS JOIN LATERAL (SELECT CASE sub.isp_alignment WHEN 'own' THEN EXTRACT(
            DAY FROM COALESCE(sub.isp_anchor_date, sub.date_start))::int
            ELSE sub.isp_bill_day END AS day) AS own
        CROSS JOIN LATERAL (SELECT EXTRACT(DAY FROM last.next)::int AS day) AS shown""")


def _first_period(day):
    """First start of a period of a line on or after a day, from what was charged (SQL).

    Periods of months start on the bill day, or on the last day of a month that has no such day;
    the next one is counted from there and not from the last day that was charged.
    """
    months = SQL(
        "(CASE plan.unit WHEN 'month' THEN 1 WHEN 'year' THEN 12 ELSE 0 END * plan.interval)")
    days = SQL("(CASE plan.unit WHEN 'week' THEN 7 ELSE 1 END * plan.interval)")
    return SQL(
        """(CASE WHEN paid.next IS NULL OR paid.next >= %(day)s
                 THEN GREATEST(paid.next, %(day)s)
                 WHEN %(months)s > 0
                 THEN (SELECT MIN(one.start)
                         FROM (SELECT %(start)s AS start
                                 FROM generate_series(
                                     CEIL(%(far)s::numeric / %(months)s)::int,
                                     CEIL(%(far)s::numeric / %(months)s)::int + 1) AS number
                                CROSS JOIN LATERAL (SELECT (
                                    date_trunc('month', paid.next)
                                    + make_interval(months => %(months)s * number)
                                    )::date AS first) AS month) AS one
                        WHERE one.start >= %(day)s)
                 ELSE paid.next + %(days)s * CEIL((%(day)s - paid.next)::numeric / %(days)s)::int
             END)""", day=day, months=months, days=days,
        far=SQL("((EXTRACT(YEAR FROM %(day)s) - EXTRACT(YEAR FROM paid.next)) * 12"
                " + EXTRACT(MONTH FROM %(day)s) - EXTRACT(MONTH FROM paid.next))", day=day),
        start=in_month(SQL("month.first"), SQL("paid.bill_day")))


def in_month(first, day):
    """A day of the month, or the last one of a month that has no such day (SQL).

    :param first: first day of the month
    """
    return SQL(
        """(%(first)s - 1 + LEAST(%(day)s, EXTRACT(DAY FROM
            %(first)s + make_interval(months => 1) - make_interval(days => 1))::int))""",
        first=first, day=day)


@dataclass(frozen=True)
class Event:
    """What a notice announces for a service.

    :param date day: the first day on which it is different
    :param before: price of a unit before (float), None where it is no matter of prices
    :param after: price after (float), None where there is none
    """

    day: date
    plan: object
    line: object
    bills_left: int
    before: float | None = None
    after: float | None = None


class IspInvoiceMessage(models.Model):
    """Notices: what they announce, for whom and on which bills."""

    _inherit = 'isp.invoice.message'

    def _isp_event_query(self):
        """Events that this notice announces for a subject: one of each service, the next one.

        The bills are counted from the first day that a bill is about, which is some days after
        its date where bills are made ahead, in the steps in which the account is billed.
        """
        self.ensure_one()
        partners = self.env['res.partner'].with_company(self.company_id)
        bill = SQL(
            """SELECT s.day + COALESCE((
                   SELECT profile.days_ahead
                     FROM res_partner account
                     JOIN isp_billing_profile profile ON profile.id = COALESCE(%s, %s)
                    WHERE account.id = s.account_id), 0) AS day""",
            partners._field_to_sql('account', 'isp_billing_profile_id'),
            self.company_id.sudo().isp_profile_id.id or None)
        return SQL(
            """SELECT event.day, plan.id, event.before, event.after, line.id,
                      (EXTRACT(YEAR FROM step.length) * 12
                       + EXTRACT(MONTH FROM step.length))::int,
                      EXTRACT(DAY FROM step.length)::int
                 %(services)s
                 CROSS JOIN LATERAL (%(bill)s) AS bill
                 CROSS JOIN LATERAL (%(event)s) AS event
                 CROSS JOIN LATERAL (%(step)s) AS step
                WHERE line.isp_account_id = ANY(s.served) AND sub.company_id = s.company_id
                  AND line.isp_date_start < event.day
                  AND (line.isp_date_end IS NULL OR line.isp_date_end >= event.day
                       OR event.goes_on)
                  AND event.day > bill.day
                  AND event.day <= GREATEST(
                      bill.day + step.length * %(count)s,
                      bill.day + 1 + step.length * %(count)s - make_interval(days => 1))""",
            services=SERVICES, bill=bill, event=getattr(self, f'_isp_{self.notice}_event')(),
            step=STEP, count=self.bills_ahead)

    def _isp_term_event(self):
        """The end of a line's commitment, for the query of events (SQL).

        As ``sale.subscription.line._isp_term_start``: a line that replaces one of the same plan
        goes on with its commitment.
        """
        return SQL(
            """WITH RECURSIVE chain(start, replaced) AS (
                   SELECT line.isp_date_start, line.isp_replaced_line_id
                    UNION ALL
                   SELECT former.isp_date_start, former.isp_replaced_line_id
                     FROM sale_subscription_line former
                     JOIN chain ON former.id = chain.replaced
                    WHERE former.isp_plan_id = line.isp_plan_id)
               SELECT (MIN(chain.start) + make_interval(months => plan.term_months))::date AS day,
                      NULL::numeric AS before, NULL::numeric AS after, FALSE AS goes_on
                 FROM chain HAVING plan.term_months > 0""")

    def _isp_price_event(self):
        """The next price of a line: of its plan, or its own by an approved price change (SQL).

        A price is new on the first period that starts with it, and only where it differs from
        the one of the last period that was charged.  A line whose own price changes goes on as
        the line that replaces it; one whose price an approved change keeps has no event.
        """
        return SQL(
            """SELECT found.day, found.before, found.after, found.goes_on
                 FROM (SELECT 1) AS once
                 CROSS JOIN LATERAL (%(paid)s) AS paid
                 CROSS JOIN LATERAL (
                     SELECT first.day, now.amount::numeric AS before,
                            price.amount::numeric AS after, FALSE AS goes_on,
                            price.date_from
                       FROM isp_service_plan_price price
                       CROSS JOIN LATERAL (SELECT %(list_day)s AS day) AS first
                       LEFT JOIN LATERAL (
                           SELECT former.amount FROM isp_service_plan_price former
                            WHERE former.plan_id = plan.id AND former.currency_id = sub.currency_id
                              AND COALESCE(former.company_id, s.company_id) = s.company_id
                              AND former.date_from <= COALESCE(paid.start, s.day)
                         ORDER BY former.company_id IS NULL, former.date_from DESC
                            LIMIT 1) AS now ON TRUE
                      WHERE price.plan_id = plan.id AND price.currency_id = sub.currency_id
                        AND line.isp_price_source = 'plan'
                        AND price.date_from > COALESCE(paid.start, s.day)
                        AND COALESCE(price.company_id, s.company_id) = s.company_id
                        AND (price.company_id IS NOT NULL OR NOT EXISTS (
                            SELECT 1 FROM isp_service_plan_price own
                             WHERE own.plan_id = plan.id AND own.company_id = s.company_id
                               AND own.currency_id = sub.currency_id
                               AND own.date_from <= first.day))
                        AND price.amount IS DISTINCT FROM now.amount
                        AND NOT EXISTS (
                            SELECT 1 FROM product_pricelist_item rule
                             WHERE rule.pricelist_id = sub.pricelist_id
                               AND (rule.applied_on = '3_global'
                                    OR rule.product_id = plan.product_id
                                    OR rule.product_id IS NULL AND rule.product_tmpl_id = (
                                        SELECT product.product_tmpl_id FROM product_product product
                                         WHERE product.id = plan.product_id)))
                        AND NOT EXISTS (
                            SELECT 1 FROM isp_price_change_line kept
                             JOIN isp_price_change change
                               ON change.id = kept.change_id AND change.state <> 'draft'
                            WHERE kept.line_id = line.id AND kept.kind = 'keep'
                              AND kept.date_from <= price.date_from
                              AND kept.state IN ('todo', 'done'))
                      UNION ALL
                     SELECT COALESCE(next.isp_date_start, %(own_day)s), own.price_before,
                            own.price_after, own.state = 'done', own.date_from
                       FROM isp_price_change_line own
                       JOIN isp_price_change change
                         ON change.id = own.change_id AND change.state <> 'draft'
                  LEFT JOIN sale_subscription_line next ON next.id = own.new_line_id
                      WHERE own.line_id = line.id AND own.kind = 'own'
                        AND own.state IN ('todo', 'done')) AS found
                WHERE found.day > bill.day
             ORDER BY found.day, found.date_from DESC LIMIT 1""",
            paid=PAID, list_day=_first_period(SQL("price.date_from")),
            own_day=_first_period(SQL("own.date_from")))

    def _isp_promotion_event(self):
        """The end of a line's next discount or promotional price (SQL)."""
        return SQL(
            """WITH RECURSIVE chain(id, replaced, plan) AS (
                   SELECT line.id, line.isp_replaced_line_id, line.isp_plan_id
                    UNION ALL
                   SELECT former.id, former.isp_replaced_line_id, former.isp_plan_id
                     FROM sale_subscription_line former
                     JOIN chain ON former.id = chain.replaced)
               SELECT first.day, NULL::numeric AS before, NULL::numeric AS after,
                      FALSE AS goes_on
                 FROM isp_line_discount discount
                 JOIN chain ON chain.id = discount.line_id
                 CROSS JOIN LATERAL (%s) AS paid
                 CROSS JOIN LATERAL (SELECT %s AS day) AS first
                WHERE discount.last_day >= COALESCE(paid.start, s.day) AND first.day > bill.day
                  AND discount.date_from <= first.day
                  AND (chain.plan = line.isp_plan_id OR discount.keep_on_change)
             ORDER BY first.day LIMIT 1""",
            PAID, _first_period(SQL("(discount.last_day + 1)")))

    def _isp_events(self, moves):
        """The next events of each invoice, one of each service: {move id: [Event]}.

        One query for all invoices.
        """
        self.ensure_one()
        if not self.notice or not moves:
            return {}
        subjects = SQL(', ').join(SQL(
            '(%s::int, %s::int, %s::int, %s::date)', place, move._isp_document_account().id,
            move.company_id.id, move.invoice_date or move.company_id._isp_today())
            for place, move in enumerate(moves))
        rows = self.env.execute_query(SQL(
            """SELECT s.key, found.*
                 FROM (%s) AS s CROSS JOIN LATERAL (%s) AS found(
                     day, plan_id, before, after, line_id, months, days)
             ORDER BY s.key, found.day, found.line_id""",
            self._isp_with_served(SQL(
                "SELECT * FROM (VALUES %s) AS raw(key, account_id, company_id, day)", subjects)),
            self._isp_event_query()))
        lines = self.env['sale.subscription.line'].browse({row[5] for row in rows})
        known, records = {line.id: line for line in lines}, list(moves)
        result = {move.id: [] for move in moves}
        for key, day, _plan, before, after, line, months, days in rows:
            move, line = records[key], known[line]
            if self.notice == 'promotion':
                after = line._isp_price_from(day)
            ahead = move._isp_document_account()._isp_profile(move.company_id).days_ahead
            first = (move.invoice_date or move.company_id._isp_today()) + timedelta(days=ahead)
            result[move.id].append(Event(
                day, line.isp_plan_id, line, notices.bills_left(first, day, months, days),
                before, after))
        return result


class SaleSubscriptionLine(models.Model):
    _inherit = 'sale.subscription.line'

    def _isp_price_from(self, day):
        """Price of a full period that starts on a day, with the discounts of that day.

        :return: float, None when there is no price
        """
        self.ensure_one()
        engine = self.env['isp.billing.engine']
        chain = engine._chain_of(self)
        profile = self.isp_account_id._isp_profile(self.company_id)
        try:
            facts = engine._chain_facts(chain, profile)
            rate = engine._rate(
                self, profile, day, {}, chain.isp_discount_ids._isp_facts(self), facts[-1],
                facts[0].start)
        except MissingPriceError:
            return None
        return float(rate.price(Decimal(repr(self.currency_id.rounding))))
