from odoo import api, models


class SaleSubscription(models.Model):
    """The next bill date that lists, filters and checks read: what the engine says, stored.

    It follows the dated facts by its dependencies; charges come in their thousands, so whoever
    writes or deletes them calls :meth:`_isp_refresh_next_dates`.
    """

    _inherit = 'sale.subscription'

    @api.depends(
        'isp_billed', 'stage_id', 'date_start', 'isp_bill_day', 'isp_alignment',
        'isp_anchor_date', 'sale_subscription_line_ids.isp_plan_id',
        'sale_subscription_line_ids.isp_date_start', 'sale_subscription_line_ids.isp_date_end',
        'sale_subscription_line_ids.isp_instalments',
        'sale_subscription_line_ids.isp_bill_day_change_ids',
        'sale_subscription_line_ids.isp_plan_id.timing',
        'sale_subscription_line_ids.isp_plan_id.kind',
        'sale_subscription_line_ids.isp_plan_id.unit',
        'sale_subscription_line_ids.isp_plan_id.interval',
        'sale_subscription_line_ids.isp_plan_id.calendar_periods',
    )
    def _compute_isp_next_date(self):
        """What bill runs do not bill keeps the date that upstream gave it."""
        ours = self.filtered('isp_billed')
        for subscription in self - ours:
            day = subscription.recurring_next_date
            subscription.recurring_next_date = day if subscription._origin else (
                day or self.env.company._isp_today())
        dates = ours._isp_next_dates()
        for subscription in ours:
            subscription.recurring_next_date = dates.get(subscription._origin.id, False)

    def _isp_next_dates(self):
        """First target dates on which something may be charged again: {subscription id: date}.

        Drafts and what has nothing more to charge are left out.
        """
        # sudo: the date follows, whoever changes a fact that it rests on
        lines = self._origin.sudo().filtered(
            lambda subscription: subscription.stage_id.type != 'draft').sale_subscription_line_ids
        # a line that is being deleted has lost its account already
        lines = lines.filtered(lambda line: line.isp_account_id and line.company_id)
        dates = {}
        for line, day in self.env['isp.billing.engine'].sudo()._next_bill_dates(lines).items():
            key = line.sale_subscription_id.id
            dates[key] = min(dates.get(key, day), day)
        return dates

    def _isp_refresh_next_dates(self):
        """Store the next bill dates again, after charges were written or deleted."""
        dates, by_date = self._isp_next_dates(), {}
        # sudo: a result, written by whoever bills
        for subscription in self.sudo().filtered('isp_billed'):
            day = dates.get(subscription.id, False)
            if subscription.recurring_next_date != day:
                by_date.setdefault(day, self.sudo().browse())
                by_date[day] |= subscription
        for day, subscriptions in by_date.items():
            subscriptions.write({'recurring_next_date': day})
