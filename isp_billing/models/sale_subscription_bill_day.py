from datetime import timedelta

from odoo import models
from odoo.exceptions import UserError


class SaleSubscription(models.Model):
    """The bill day of a running subscription changes from the first day not charged yet."""

    _inherit = 'sale.subscription'

    def _isp_change_bill_day(self, bill_day, day=None):
        """Change the day of the month on which periods start.

        :param int bill_day: 1 to 31; 31 is the last day of each month
        :param date day: the change acts from the first uncharged day on or after it; today in
            the company's zone when None
        :return: isp.bill.day.change records, one for each chain of recurring lines
        :raises UserError: for a day that no month has
        """
        if not 1 <= bill_day <= 31:
            raise UserError(self.env._("The bill day is a day of the month, from 1 to 31."))
        values = []
        for subscription in self:
            # ended lines too: their charged periods keep the bill day that they had
            lines = subscription.sale_subscription_line_ids.filtered(
                lambda line: line.isp_plan_id.kind != 'one_time' and line.isp_date_start
                and not line.isp_successor_ids
            )
            values += [
                subscription._isp_bill_day_values(line, bill_day, day) for line in lines
                if subscription.isp_bill_day != bill_day
            ]
        changes = self.env['isp.bill.day.change'].create(values)
        for subscription in self:
            subscription.isp_bill_day = bill_day
        return changes

    def _isp_bill_day_values(self, line, bill_day, day):
        day = day or self.company_id._isp_today()
        return {
            'line_id': line.id, 'bill_day': bill_day, 'previous_day': self.isp_bill_day,
            'date_from': max(day, line._isp_first_uncharged_day() or line.isp_date_start),
        }


class SaleSubscriptionLine(models.Model):
    _inherit = 'sale.subscription.line'

    def _isp_first_uncharged_day(self):
        """Day after the last charged day of the line and those it replaces (date or None)."""
        self.ensure_one()
        chain = self.env['isp.billing.engine']._chain_of(self)
        charged = self.env['isp.charge'].sudo()._read_group(
            [('line_id', 'in', chain.ids), ('kind', '!=', 'usage')], [], ['date_to:max'],
        )[0][0]
        return charged + timedelta(days=1) if charged else None
