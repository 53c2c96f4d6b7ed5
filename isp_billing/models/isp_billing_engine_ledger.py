from collections import defaultdict
from datetime import date

from odoo import api, models
from odoo.tools import SQL

from ..engine.charges import Rate
from ..engine.difference import Charged, PayerPart
from ..engine.discounts import Discount, Reduction
from ..engine.money import to_decimal
from ..engine.schedule import Period


class IspBillingEngine(models.AbstractModel):
    """Reading the ledger: what was charged, per line and full period, and to whom."""

    _inherit = 'isp.billing.engine'

    @api.model
    def _ledger(self, lines):
        """What the ledger holds of lines.

        :return: {line id: {engine.schedule.Period: engine.difference.Charged}}
        """
        result = defaultdict(dict)
        if not lines:
            return result
        self.env['isp.charge'].flush_model()
        parts, spans = self._payer_parts(lines), self._charged_spans(lines)
        for row in self.env.execute_query(SQL(
            """
            SELECT DISTINCT ON (c.line_id, c.kind, c.period_start, c.period_end)
                   c.line_id, c.period_start, c.period_end, c.date_from, c.date_to,
                   c.price_unit, c.quantity, c.discount, c.method, c.price_known, c.origin,
                   SUM(c.amount) FILTER (WHERE c.reopens OR c.origin != 'reversal') OVER w,
                   SUM(c.amount) OVER w, MAX(c.revision) OVER w, c.detail,
                   ARRAY(SELECT r.tax_id FROM isp_charge_tax_rel r
                          WHERE r.charge_id = c.id ORDER BY r.tax_id)
              FROM isp_charge c
             WHERE c.line_id IN %s
            WINDOW w AS (PARTITION BY c.line_id, c.kind, c.period_start, c.period_end)
             ORDER BY c.line_id, c.kind, c.period_start, c.period_end, c.revision, c.id
            """, tuple(lines.ids),
        )):
            line_id, charged = self._charged(row, parts, spans)
            result[line_id][charged.full] = charged
        return result

    def _charged(self, row, parts, spans):
        (line_id, start, end, first, last, price, quantity, discount, method, known, origin,
         amount, left, revision, detail, taxes) = row
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
            tuple(parts.get((line_id, full), ())) if weights else (), weights,
            spans=spans.get((line_id, full)),
        )

    @api.model
    def _charged_spans(self, lines):
        """Days that are charged by now, where they are not all days of the first charge.

        They stand in the last row of a period that no credit note took back to bill it again.

        :return: {(line id, full period): spans of engine.difference.Charged}
        """
        return {
            (line_id, Period(start, end)): tuple(
                (date.fromisoformat(first), date.fromisoformat(last), to_decimal(share))
                for first, last, share in served
            )
            for line_id, start, end, served in self.env.execute_query(SQL(
                """
                SELECT DISTINCT ON (c.line_id, c.period_start, c.period_end)
                       c.line_id, c.period_start, c.period_end, c.detail -> 'served'
                  FROM isp_charge c
                 WHERE c.line_id IN %s AND c.kind = 'recurring' AND c.origin != 'reversal'
                   AND NOT EXISTS (SELECT 1 FROM isp_charge r
                                    WHERE r.reversed_charge_id = c.id AND r.reopens)
                 ORDER BY c.line_id, c.period_start, c.period_end, c.revision DESC, c.id DESC
                """, tuple(lines.ids),
            )) if served is not None
        }

    @api.model
    def _payer_parts(self, lines):
        """What each payer of shared charges was charged.

        :return: {(line id, full period): [engine.difference.PayerPart]}
        """
        result = defaultdict(list)
        for line_id, start, end, payer, amount, left, revision in self.env.execute_query(SQL(
            """
            SELECT line_id, period_start, period_end, payer_id,
                   SUM(amount) FILTER (WHERE reopens OR origin != 'reversal'), SUM(amount),
                   MAX(revision)
              FROM isp_charge
             WHERE line_id IN %s AND detail ? 'share'
             GROUP BY line_id, kind, period_start, period_end, payer_id
            """, tuple(lines.ids),
        )):
            result[line_id, Period(start, end)].append(
                PayerPart(payer, to_decimal(amount), to_decimal(left), revision),
            )
        return result
