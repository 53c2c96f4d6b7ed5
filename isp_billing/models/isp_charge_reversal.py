from odoo import api, models


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

    def _isp_credits(self):
        """What a credit note of each row gives back: {isp.charge: signed amount}.

        A charge gives back at most what is left of its period, a credit is taken back whole.
        Rows of the same period share what is left, in their order of writing.
        """
        left = self._isp_left_by_period()
        amounts = {}
        for charge in self.sorted('id'):
            period = left[charge._isp_period()]
            amount = -max(0.0, min(charge.amount, period[0])) if charge.amount > 0 else (
                -charge.amount)
            amounts[charge] = charge.currency_id.round(amount)
            period[0] += amounts[charge]
        return amounts

    @api.model
    def _isp_mirror_rows(self, links, reopens):
        """Write the mirrored rows of credit notes, in one statement.

        :param list links: (charge, its credit note, line of the credit note, amount)
        :param bool reopens: whether the next run bills the periods again
        """
        charges = self.browse([charge.id for charge, *_rest in links])
        left, vals_list = charges._isp_left_by_period(), []
        for charge, reversal, line, amount in links:
            if charge.currency_id.is_zero(amount):
                continue
            period = left[charge._isp_period()]
            period[1] += 1
            vals_list.append({
                **charge._isp_facts(), 'amount': amount, 'origin': 'reversal',
                'reopens': reopens, 'revision': period[1], 'move_id': reversal.id,
                'reversed_charge_id': charge.id, 'move_line_id': line.id,
            })
        return self.create(vals_list)
