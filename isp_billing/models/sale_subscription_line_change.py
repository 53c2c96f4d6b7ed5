from datetime import timedelta
from decimal import Decimal

from odoo import fields, models
from odoo.exceptions import UserError

from ..const import PERIODS_PER_YEAR
from ..guard import own
from ..sentences import say

ONE_DAY = timedelta(days=1)


class SaleSubscriptionLine(models.Model):
    """Dated ends and changes of a service: facts are added, never overwritten."""

    _inherit = 'sale.subscription.line'

    @own
    def _isp_end(self, last_day, credit=None):
        """End the lines: ``last_day`` is the last service day.

        A line that starts later is ended before its first day: it was never served.

        :param bool credit: whether unused days billed in advance are credited; None: as the
            billing profile says
        """
        entered = fields.Datetime.now()
        charges = self.env['isp.charge'].sudo().search([], order='id desc', limit=1)
        for line in self:
            start = line.isp_date_start
            profile = line.isp_account_id._isp_profile(line.company_id)
            line.write({
                'isp_previous_end': line.isp_date_end, 'isp_end_entered': entered,
                'isp_end_mark': charges.id,
                'isp_date_end': max(last_day, start - ONE_DAY) if start else last_day,
                'isp_credit_unused': profile.credit_unused if credit is None else credit,
            })

    @own
    def _isp_change(self, day, plan=None, price=None, quantity=None, discount=None):
        """End the line before ``day`` and start its successor on ``day``.

        A return on the same day to what the replaced line had reopens that line.

        :param date day: first day of the change; without proration it moves to the start of the
            next period
        :param plan: new isp.service.plan, None to keep it
        :param float price: own price; None: list price of a new plan, or the present price
        :return: the line that is in force from ``day``
        :raises UserError: when the line does not run on that day, or is a one-time charge
        """
        self.ensure_one()
        plan = plan or self.isp_plan_id
        if 'one_time' in (self.isp_plan_id | plan).mapped('kind'):
            raise UserError(self.env._(
                "%(line)s is charged once, so it has no change from a date, which would charge it "
                "again. Edit it until it is charged; credit it by a credit note afterwards.",
                line=self.name,
            ))
        day = self._isp_change_day(day)
        if not self.isp_date_start or day < self.isp_date_start or (
            self.isp_date_end and day > self.isp_date_end
        ):
            raise UserError(self.env._(
                "Line %(line)s does not run on %(day)s. Choose a day between its first and its "
                "last day.", line=self.name, day=day,
            ))
        values = self._isp_successor_values(day, plan, price, quantity, discount)
        last_day, replaced = self.isp_date_end, self._isp_replaced_on(day)
        self.isp_date_end = day - ONE_DAY
        back = replaced.filtered(lambda line: line._isp_matches(values))[:1]
        if back:
            back.isp_date_end = last_day
            return back
        return self.create(dict(values, isp_date_end=last_day))

    def _isp_replaced_on(self, day):
        """Lines that this one replaces since ``day``, the latest first: changes of one day."""
        replaced, line = self.browse(), self
        while line.isp_replaced_line_id and line.isp_date_start == day:
            line = line.isp_replaced_line_id
            replaced |= line
        return replaced

    # === When === #

    def _isp_yearly_price(self, day, plan=None, price=None, quantity=None, discount=None):
        """What the line, or the line after a change, costs in a year (Decimal or None).

        :param date day: whose list prices count
        :return: None when there is no list price
        """
        self.ensure_one()
        plan = plan or self.isp_plan_id
        own = plan == self.isp_plan_id and self.isp_price_source == 'own'
        if price is None:
            price = self.price_unit if own else self._isp_list_price(day, plan)
        if price is None:
            return None
        quantity = self.product_uom_qty if quantity is None else quantity
        discount = self.discount if discount is None else discount
        periods = Decimal(PERIODS_PER_YEAR[plan.unit]) / plan.interval
        return Decimal(str(price * quantity * (100 - discount) / 100)) * periods

    def _isp_direction(self, day, **change):
        """Whether a change costs more or less than what the line has.

        :param change: ``plan``, ``price``, ``quantity``, ``discount`` as in :meth:`_isp_change`
        :return: 'upgrade', 'downgrade', or 'same' when it costs the same or a price is missing
        """
        before, after = self._isp_yearly_price(day), self._isp_yearly_price(day, **change)
        if before is None or after is None or self.currency_id.is_zero(float(after - before)):
            return 'same'
        return 'upgrade' if after > before else 'downgrade'

    def _isp_change_policy(self, day, **change):
        """When a change acts by the billing profile of the account: 'now' or 'next'."""
        profile = self.isp_account_id._isp_profile(self.company_id)
        return {
            'upgrade': profile.upgrade_policy, 'downgrade': profile.downgrade_policy,
        }.get(self._isp_direction(day, **change), 'next')

    def _isp_next_period(self, day):
        """First day, on or after ``day``, of a period of the line that was not charged yet."""
        day = max(day, self._isp_first_uncharged_day() or day, self.isp_date_start)
        timeline = self.env['isp.billing.engine']._facts_of(self).timeline
        return timeline.at(day).next_start(day - ONE_DAY)

    def _isp_undo_change(self):
        """Take back a change that nothing was charged of: the replaced line runs on.

        :return: the lines that are in force again
        :raises UserError: when the line replaces none, was charged or was replaced itself
        """
        again = self.browse()
        for line in self:
            previous = line.isp_replaced_line_id
            if not previous or line.isp_charge_ids or line.isp_successor_ids:
                raise UserError(self.env._(
                    "Line %(line)s of %(subscription)s is no change that could be taken back: "
                    "only the last change of a service, before it is charged. Change it again "
                    "from a date.", line=line.name,
                    subscription=line.sale_subscription_id.display_name,
                ))
            last_day = line.isp_date_end
            line.unlink()
            previous.isp_date_end = last_day
            again |= previous
        return again

    def action_isp_undo_change(self):
        """Take back the change, for the button of the line."""
        self.check_access('write')
        for line in self:
            subscription, name = line.sale_subscription_id, line.name
            line._isp_undo_change()
            subscription._isp_post_sentence(say(self.env)._(
                "The change to %(line)s was taken back.", line=name,
            ))

    def _isp_change_day(self, day):
        """First day on which a change wanted on ``day`` acts."""
        profile = self.isp_account_id._isp_profile(self.company_id)
        method = self.isp_plan_id.proration_method or profile.proration_method
        if method != 'none' or not self.isp_date_start:
            return day
        timeline = self.env['isp.billing.engine']._facts_of(self).timeline
        return timeline.at(day).next_start(day - ONE_DAY)

    def _isp_successor_values(self, day, plan, price, quantity, discount):
        own = price is not None or (plan == self.isp_plan_id and self.isp_price_source == 'own')
        values = {
            'sale_subscription_id': self.sale_subscription_id.id, 'isp_plan_id': plan.id,
            'isp_date_start': day, 'isp_replaced_line_id': self.id,
            'isp_price_source': 'own' if own else 'plan',
            'product_uom_qty': self.product_uom_qty if quantity is None else quantity,
            'discount': self.discount if discount is None else discount,
        }
        if own:
            values['price_unit'] = self.price_unit if price is None else price
        return values

    def _isp_matches(self, values):
        """Whether the line has the plan, price, quantity and discount of ``values``."""
        names = ('product_uom_qty', 'discount', 'isp_price_source')
        return (
            self.isp_plan_id.id == values['isp_plan_id']
            and all(self[name] == values[name] for name in names)
            and ('price_unit' not in values or self.price_unit == values['price_unit'])
        )

    def action_isp_change(self):
        """Open the dialog of a dated change."""
        self.ensure_one()
        return {
            'type': 'ir.actions.act_window', 'name': self.env._("Change from a date"),
            'res_model': 'isp.line.change', 'view_mode': 'form', 'target': 'new',
            'context': {'default_line_id': self.id},
        }
