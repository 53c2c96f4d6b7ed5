from collections import defaultdict
from dataclasses import replace
from datetime import date
from decimal import Decimal

from odoo import api, models
from odoo.tools import SQL

from ..engine.charges import Rate
from ..engine.difference import Charged, PayerPart
from ..engine.discounts import Discount, Reduction
from ..engine.money import ZERO, to_decimal
from ..engine.schedule import Period


class IspBillingEngine(models.AbstractModel):
    """Reading the ledger: what was charged, per line and full period, and to whom."""

    _inherit = 'isp.billing.engine'

    @api.model
    def _ledger(self, lines):
        """What the ledger holds of lines.

        The price facts of a period are those of its first charge. Once a credit note that reopens
        the period has left nothing of it, they are those of the first charge after it; credits
        that leave a period closed do not reopen it for whoever shared it.

        :return: {line id: {engine.schedule.Period: engine.difference.Charged}}
        """
        result = defaultdict(dict)
        if not lines:
            return result
        self.env['isp.charge'].flush_model()
        parts, spans, reopened = self._payer_rows(lines), self._charged_spans(lines), []
        for row in self.env.execute_query(SQL(
            """
            WITH summed AS (
                SELECT c.*, SUM(c.amount) OVER so_far AS rest,
                       SUM(c.amount) FILTER (WHERE c.reopens OR c.origin != 'reversal')
                           OVER so_far AS counted
                  FROM isp_charge c WHERE c.line_id IN %s
                WINDOW so_far AS (
                    PARTITION BY c.line_id, c.kind, c.period_start, c.period_end ORDER BY c.id)
            ), c AS (
                SELECT s.*, MAX(s.id) FILTER (
                           WHERE s.origin = 'reversal' AND s.reopens AND s.rest = 0
                             AND (s.counted = 0 OR NOT COALESCE(s.detail, '{}') ? 'share')
                       ) OVER (PARTITION BY s.line_id, s.kind, s.period_start, s.period_end)
                       AS reopening
                  FROM summed s
            )
            SELECT DISTINCT ON (c.line_id, c.kind, c.period_start, c.period_end)
                   c.line_id, c.period_start, c.period_end, c.date_from, c.date_to,
                   c.price_unit, c.quantity, c.discount, c.method, c.price_known, c.origin,
                   SUM(c.amount) FILTER (WHERE c.reopens OR c.origin != 'reversal') OVER w,
                   SUM(c.amount) OVER w, MAX(c.revision) OVER w, c.detail,
                   ARRAY(SELECT r.tax_id FROM isp_charge_tax_rel r
                          WHERE r.charge_id = c.id ORDER BY r.tax_id),
                   c.id, COALESCE(c.reopening, 0),
                   SUM(c.amount) FILTER (
                       WHERE c.id <= c.reopening AND (c.reopens OR c.origin != 'reversal')) OVER w
              FROM c
            WINDOW w AS (PARTITION BY c.line_id, c.kind, c.period_start, c.period_end)
             ORDER BY c.line_id, c.kind, c.period_start, c.period_end,
                   c.id <= COALESCE(c.reopening, 0), c.revision, c.id
            """, tuple(lines.ids),
        )):
            line_id, charged = self._charged(row, parts, spans)
            result[line_id][charged.full] = charged
            if charged.reopened:
                reopened.append(line_id)
        for (line_id, full), revisions in self._revisions(reopened).items():
            if full in result[line_id]:
                result[line_id][full] = replace(result[line_id][full], revisions=revisions)
        return result

    @api.model
    def _revisions(self, line_ids):
        """Highest revision of each payer: {(line id, full period): ((payer, revision), ...)}.

        The account itself is named by its id, and by None as differences have it.
        """
        result = defaultdict(tuple)
        if not line_ids:
            return result
        for line_id, start, end, payer, is_account, revision in self.env.execute_query(SQL(
            """
            SELECT line_id, period_start, period_end, payer_id, payer_id = account_id,
                   MAX(revision)
              FROM isp_charge WHERE line_id IN %s
             GROUP BY line_id, kind, period_start, period_end, payer_id, account_id
            """, tuple(set(line_ids)),
        )):
            keys = (payer, None) if is_account else (payer,)
            result[line_id, Period(start, end)] += tuple((key, revision) for key in keys)
        return result

    def _charged(self, row, parts, spans):
        (line_id, start, end, first, last, price, quantity, discount, method, known, origin,
         amount, left, revision, detail, taxes, first_id, reopening, given) = row
        detail, full = detail or {}, Period(start, end)
        rate = Rate(
            to_decimal(price), to_decimal(quantity), to_decimal(discount), method,
            tuple(Reduction(key, to_decimal(text)) for key, text in detail.get('reductions', ())),
            tuple(
                Discount(key, how, to_decimal(value), date.min)
                for key, how, value in detail.get('usage', {}).get('discounts', ())
            ),
        ) if known else None
        weights = tuple((payer, to_decimal(text)) for payer, text in detail.get('share', ()))
        return line_id, Charged(
            full, to_decimal(amount), rate, revision, first, last, tuple(taxes),
            origin == 'opening', to_decimal(left),
            self._parts(parts[line_id, full], reopening) if weights else (), weights,
            row=first_id, reopened=first_id <= reopening, given=to_decimal(given or 0),
            spans=spans.get((line_id, full)),
        )

    @api.model
    def _charged_spans(self, lines):
        """Days that are charged by now.

        They stand in the last row of a period that no credit note took back to bill it again:
        in its detail, or else they are the days of the row itself.

        :return: {(line id, full period): spans of engine.difference.Charged}
        """
        return {
            (line_id, Period(start, end)): tuple(
                (date.fromisoformat(first), date.fromisoformat(last), to_decimal(share))
                for first, last, share in served
            ) if served is not None else ((first_day, last_day, Decimal(1)),)
            for line_id, start, end, first_day, last_day, served in self.env.execute_query(SQL(
                """
                SELECT DISTINCT ON (c.line_id, c.period_start, c.period_end)
                       c.line_id, c.period_start, c.period_end, c.date_from, c.date_to,
                       c.detail -> 'served'
                  FROM isp_charge c
                 WHERE c.line_id IN %s AND c.kind = 'recurring' AND c.origin != 'reversal'
                   AND NOT EXISTS (SELECT 1 FROM isp_charge r
                                    WHERE r.reversed_charge_id = c.id AND r.reopens)
                 ORDER BY c.line_id, c.period_start, c.period_end, c.id DESC
                """, tuple(lines.ids),
            ))
        }

    @api.model
    def _payer_rows(self, lines):
        """Rows of shared charges: {(line id, full period): [(id, payer, amount,
        counts, revision)]}.

        Credits that left the period closed do not count.
        """
        result = defaultdict(list)
        for line_id, start, end, *row in self.env.execute_query(SQL(
            """
            SELECT line_id, period_start, period_end, id, payer_id, amount,
                   reopens OR origin != 'reversal', revision
              FROM isp_charge
             WHERE line_id IN %s AND detail ? 'share'
             ORDER BY id
            """, tuple(lines.ids),
        )):
            result[line_id, Period(start, end)].append(row)
        return result

    @staticmethod
    def _parts(rows, reopening):
        """What each payer was charged since a period was billed anew.

        :param int reopening: id of the last row before that
        :return: tuple of engine.difference.PayerPart
        """
        parts = {}
        for row_id, payer, amount, counts, revision in rows:
            if row_id <= reopening:
                continue
            counted, left, _revision = parts.get(payer, (ZERO, ZERO, 0))
            amount = to_decimal(amount)
            parts[payer] = (counted + (amount if counts else ZERO), left + amount, revision)
        return tuple(PayerPart(payer, *part) for payer, part in parts.items())
