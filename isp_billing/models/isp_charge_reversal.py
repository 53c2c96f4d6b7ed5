from odoo import api, fields, models

from ..engine.days import hull


class IspCharge(models.Model):
    """Mirrored rows of credit notes, for many invoices at once."""

    _inherit = 'isp.charge'

    def _isp_period(self):
        """The full period of a row (tuple of ids and dates)."""
        self.ensure_one()
        return (self.line_id.id, self.payer_id.id, self.kind, self.period_start, self.period_end)

    def _isp_left_by_period(self):
        """What is left to credit of the rows' periods: {period: [amount, highest revision]}."""
        groups = self._read_group(
            [('line_id', 'in', self.line_id.ids)],
            ['line_id', 'payer_id', 'kind', 'period_start:day', 'period_end:day'],
            ['amount:sum', 'revision:max'],
        )
        return {
            (line.id, payer.id, kind, start, end): [amount, revision]
            for line, payer, kind, start, end, amount, revision in groups
        }

    def _isp_served(self):
        """Days that are charged by now, of periods that were corrected.

        :return: {(line, kind, first and last day of the full period): values of isp.charge}
        """
        found = {}
        for row in self.search([
            ('line_id', 'in', self.line_id.ids), ('kind', '=', 'recurring'),
            ('revision', '>', 0), ('origin', '=', 'run'),
        ], order='id'):
            spans = hull([
                (fields.Date.to_date(first), fields.Date.to_date(last))
                for first, last, _share in (row.detail or {}).get('served', ())])
            if spans:
                found[row.line_id.id, row.kind, row.period_start, row.period_end] = dict(
                    zip(('date_from', 'date_to', 'days'), spans, strict=True))
        return found

    def _isp_mirrored(self):
        """What credit notes gave back of each row so far: {isp.charge id: signed amount}."""
        return {
            charge.id: amount for charge, amount in self._read_group(
                [('reversed_charge_id', 'in', self.ids)], ['reversed_charge_id'], ['amount:sum'],
            )
        }

    def _isp_credits(self):
        """What a credit note of each row gives back: {isp.charge: signed amount}.

        A charge gives back what earlier credit notes left of it, at most what is left of its
        period; a credit is taken back once. Rows of the same period share what is left, in their
        order of writing.
        """
        left, mirrored = self._isp_left_by_period(), self._isp_mirrored()
        amounts = {}
        for charge in self.sorted('id'):
            period = left[charge._isp_period()]
            own = charge.amount + mirrored.get(charge.id, 0.0)
            amount = -max(0.0, min(own, period[0])) if charge.amount > 0 else -min(0.0, own)
            amounts[charge] = charge.currency_id.round(amount)
            period[0] += amounts[charge]
        return amounts

    @api.model
    def _isp_mirror_rows(self, links):
        """Write the rows of credit notes, in one statement.

        :param list links: (charge, document, its line, signed amount, whether it gives back what
            was charged); a corrected invoice charges again what its credit note gave back
        """
        charges = self.browse([charge.id for charge, *_rest in links])
        left, vals_list = charges._isp_left_by_period(), []
        served = charges._isp_served()
        for charge, move, line, amount, gives_back in links:
            period = left[charge._isp_period()]
            period[1] += 1
            # what takes a credit back is counted as the credit was
            takes_back = charge.origin == 'reversal' and charge.reversed_charge_id
            reopens = charge.reopens if takes_back else move.isp_reopens
            days = {}
            if gives_back and abs(amount) < abs(charge.amount) and charge.currency_id.is_zero(
                    period[0] + amount):
                # all that is left of the period: the days that are charged by now
                days = served.get(charge._isp_period()[:1] + charge._isp_period()[2:], {})
            vals_list.append({
                **charge._isp_facts(), **days, 'amount': amount, 'origin': 'reversal',
                'reopens': gives_back and reopens, 'revision': period[1],
                'move_id': move.id, 'move_line_id': line.id,
                'reversed_charge_id': charge.id if gives_back else False,
            })
        return self.create(vals_list)
