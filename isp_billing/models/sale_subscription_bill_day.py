from datetime import timedelta

from odoo import api, models
from odoo.exceptions import UserError

from ..guard import own
from .sale_subscription import OURS, OWN_MOVES


class SaleSubscription(models.Model):
    """The bill day of a running subscription changes from the first day not charged yet."""

    _inherit = 'sale.subscription'

    @own
    def _isp_change_bill_day(self, bill_day, day=None):
        """Change the day of the month on which periods start.

        What was planned for the same day or a later one is replaced: the last decision counts.

        :param int bill_day: 1 to 31; 31 is the last day of each month
        :param date day: the change acts from the first uncharged day on or after it; today in
            the company's zone when None
        :return: isp.bill.day.change records, one for each chain of recurring lines whose day
            changes
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
            values += filter(None, [
                subscription._isp_bill_day_values(line, bill_day, day) for line in lines
            ])
        changes = self.env['isp.bill.day.change'].create(values)
        for subscription in self:
            subscription.with_context(**{OWN_MOVES: OURS}).isp_bill_day = bill_day
        return changes

    def _isp_bill_day_values(self, line, bill_day, day):
        """Values of a change of a line, None when its bill day is that one already.

        Changes planned for later days are taken away: nothing was charged by them yet.
        """
        free = line._isp_first_uncharged_day()
        since = max(day or self.company_id._isp_today(), free or line.isp_date_start)
        known = line._isp_bill_day_changes()
        planned = known.filtered(lambda change: change.date_from >= since)
        before = (known - planned)[-1:].bill_day or planned[:1].previous_day or self.isp_bill_day
        planned.unlink()
        if before == bill_day:
            return None
        return {
            'line_id': line.id, 'bill_day': bill_day, 'previous_day': before,
            'date_from': line._isp_bill_day_from(bill_day, since, free),
        }


class SaleSubscriptionLine(models.Model):
    _inherit = 'sale.subscription.line'

    @api.model_create_multi
    def create(self, vals_list):
        """A further service follows the change of the bill day that is planned for the others."""
        lines = super().create(vals_list)
        lines._isp_follow_planned_bill_day()
        return lines

    def _isp_follow_planned_bill_day(self):
        starting = self.filtered(
            lambda line: line.isp_billed and line.isp_date_start and not line.isp_replaced_line_id
            and line.isp_plan_id.kind != 'one_time'
        )
        changes = self.env['isp.bill.day.change'].search(
            [('subscription_id', 'in', starting.sale_subscription_id.ids)], order='date_from, id',
        ) if starting else self.env['isp.bill.day.change']
        values = []
        for line in starting if changes else ():
            planned = changes.filtered(
                lambda change, line=line: change.subscription_id == line.sale_subscription_id
                and change.date_from > line.isp_date_start,
            )
            day = planned[:1].previous_day
            for change in planned:
                if change.bill_day != day:
                    values.append({
                        'line_id': line.id, 'date_from': change.date_from, 'previous_day': day,
                        'bill_day': change.bill_day,
                    })
                    day = change.bill_day
        changes.create(values)

    def _isp_bill_day_from(self, bill_day, since, free):
        """First day of a change of the bill day that undoes no charge.

        A change into a full period that an earlier change had cut takes the earlier one back
        (``engine.schedule.Timeline``). Where days were charged by the earlier one meanwhile, as
        in arrears, the new one waits for its next full period.

        :param date since: first day that it may have
        :param free: day after the last charged one (date or None)
        """
        engine = self.env['isp.billing.engine']
        timeline = engine._facts_of(self).timeline
        schedule = engine._schedule_from(
            self.env['isp.bill.day.change'].new({'date_from': since, 'bill_day': bill_day}),
            self.isp_plan_id, engine._chain_of(self)[0].isp_date_start, timeline.segments[0][1])
        undone = timeline.takes_back(since, schedule)
        if undone and free and undone < free:
            return schedule.containing(since).last + timedelta(days=1)
        return since

    def _isp_bill_day_changes(self):
        """Changes of the bill day of the line and those it replaces, in order of their days."""
        chain = self.env['isp.billing.engine']._chain_of(self)
        return chain.isp_bill_day_change_ids.sorted(lambda change: (change.date_from, change.id))

    def _isp_first_uncharged_day(self):
        """Day after the last charged day of the line and those it replaces (date or None)."""
        self.ensure_one()
        chain = self.env['isp.billing.engine']._chain_of(self)
        charged = self.env['isp.charge'].sudo()._read_group(
            [('line_id', 'in', chain.ids), ('kind', '!=', 'usage')], [], ['date_to:max'],
        )[0][0]
        return charged + timedelta(days=1) if charged else None
