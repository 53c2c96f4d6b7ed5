from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError

from ..guard import own
from ..sentences import say

ONE_DAY = timedelta(days=1)


class SaleSubscription(models.Model):
    """Ends that are taken back, services that start again, suspensions."""

    _inherit = 'sale.subscription'

    isp_fee_warning = fields.Text(compute='_compute_isp_fee_warning')
    isp_can_undo_end = fields.Boolean(compute='_compute_isp_can_undo_end')
    isp_can_restart = fields.Boolean(compute='_compute_isp_can_undo_end')

    @api.depends('sale_subscription_line_ids.isp_fee_warning')
    def _compute_isp_fee_warning(self):
        for subscription in self:
            found = subscription.sale_subscription_line_ids.filtered(
                lambda line: line.isp_fee_warning and not line.isp_charge_ids
            ).mapped('isp_fee_warning')
            subscription.isp_fee_warning = "\n".join(dict.fromkeys(found))

    @api.depends('sale_subscription_line_ids.isp_date_end',
                 'sale_subscription_line_ids.isp_end_entered')
    def _compute_isp_can_undo_end(self):
        for subscription in self:
            ended = subscription._isp_ended_lines()
            together = ended | ended._isp_ended_with()
            subscription.isp_can_undo_end = bool(ended) and not together._isp_is_end_billed()
            subscription.isp_can_restart = bool(ended)

    def _isp_ended_lines(self):
        """Services that ended together last and were not replaced."""
        self.ensure_one()
        lines = self.sale_subscription_line_ids.filtered(
            lambda line: line.isp_end_entered and line.isp_date_end and line.isp_date_start
            and not line.isp_successor_ids and line.isp_plan_id.kind != 'one_time'
        )
        last = max(((line.isp_end_entered, line.isp_date_end) for line in lines), default=None)
        return lines.filtered(lambda line: (line.isp_end_entered, line.isp_date_end) == last)

    @own
    def _isp_undo_end(self):
        """Take back the last end, as if it had never been entered.

        :raises UserError: when a bill rests on it
        """
        for subscription in self:
            lines = subscription._isp_ended_lines()
            lines |= lines._isp_ended_with()
            if not lines or lines._isp_is_end_billed():
                raise UserError(self.env._(
                    "The end of %(subscription)s was already billed, or there is none. Start the "
                    "service again from a day instead.", subscription=subscription.display_name,
                ))
            lines._isp_undo_end()
            subscription._isp_reopen()
            subscription._isp_post_sentence(say(self.env)._(
                "The end of the service was taken back."))

    def _isp_reopen(self):
        """Put closed subscriptions back into service."""
        stage = self.env['sale.subscription.stage'].search([('type', '=', 'in_progress')], limit=1)
        closed = self.filtered(lambda subscription: subscription.stage_id.type == 'post')
        closed.write({'stage_id': stage.id})
        self.write({'date': False, 'close_reason_id': False})

    @own
    def _isp_restart(self, day, lines=None):
        """Start ended services again: same plans, own prices, quantities and discounts.

        :param date day: first day of the new service, after the last day of the former one
        :param lines: ended lines to start again; those that ended together last when None
        :return: the new lines
        :raises UserError: when a line still runs on that day
        """
        self.ensure_one()
        lines = self._isp_ended_lines() if lines is None else lines
        values = []
        for line in lines:
            if day <= line.isp_date_end:
                raise UserError(self.env._(
                    "%(line)s is served up to %(end)s. Let it start again after that day, or take "
                    "its end back.", line=line.name, end=line.isp_date_end,
                ))
            values.append({
                **line._isp_copy_values(), 'sale_subscription_id': self.id,
                'isp_date_start': day, 'isp_replaced_line_id': line.id,
            })
        self._isp_reopen()
        return self.env['sale.subscription.line'].create(values)

    def action_isp_undo_end(self):
        """Take back the last end, for the button."""
        self.check_access('write')
        self._isp_undo_end()

    def action_isp_restart(self):
        """Ask from which day ended services run again."""
        self.ensure_one()
        return {
            'type': 'ir.actions.act_window', 'name': self.env._("Start the service again"),
            'res_model': 'isp.service.restart', 'view_mode': 'form', 'target': 'new',
            'context': {'default_subscription_id': self.id},
        }

    def action_isp_suspend(self):
        """Ask for the days of a suspension for non-payment."""
        self.ensure_one()
        action = self.action_isp_add_hold()
        profile = self.isp_account_id._isp_profile(self.company_id)
        action['name'] = self.env._("Suspend for non-payment")
        action['context'].update({
            'default_reason': 'non_payment', 'default_effect': profile.suspension_effect,
            'default_percent': profile.suspension_percent,
            'default_date_from': fields.Date.to_string(self.company_id._isp_today()),
        })
        return action


class SaleSubscriptionLine(models.Model):
    _inherit = 'sale.subscription.line'

    isp_end_entered = fields.Datetime(
        string="End entered", copy=False, readonly=True, help="When the last day was entered.",
    )
    isp_previous_end = fields.Date(copy=False, readonly=True)
    isp_end_mark = fields.Integer(
        copy=False, readonly=True, aggregator=None, export_string_translation=False,
        help="The last charge of the ledger when the end was entered.",
    )

    def _isp_ended_with(self):
        """One-time charges whose instalments were cut by the same end."""
        entered = set(self.mapped('isp_end_entered'))
        return self.sale_subscription_id.sale_subscription_line_ids.filtered(
            lambda line: line.isp_plan_id.kind == 'one_time' and line.isp_end_entered in entered
        )

    def _isp_is_end_billed(self):
        """Whether a bill rests on the end of one of the lines: a credit, a fee, or the rest of
        the instalments.
        """
        early = self.isp_charge_ids.filtered(
            lambda charge: charge.kind == 'one_time' and charge.origin == 'run'
            and charge.id > charge.line_id.isp_end_mark
            and charge.period_start > charge.line_id.isp_date_end
        )
        if early:
            return True
        charges = self.env['isp.charge'].sudo()
        mark = min(self.filtered('isp_end_entered').mapped('isp_end_mark'), default=0)
        return bool(charges.search_count([
            '|', ('line_id', 'in', self.isp_fee_line_ids.ids),
            '&', '&', ('line_id', 'in', self.ids), ('origin', '=', 'run'),
            '&', ('id', '>', mark),
            '|', ('revision', '>', 0), ('date_to', 'in', self.mapped('isp_date_end')),
        ], limit=1))

    @own
    def _isp_undo_end(self):
        """Give the lines the end that they had before, and take their fees away."""
        self.isp_fee_line_ids.unlink()
        for line in self:
            line.write({
                'isp_date_end': line.isp_previous_end, 'isp_end_entered': False,
                'isp_credit_unused': True,
            })


class IspServiceHold(models.Model):
    _inherit = 'isp.service.hold'

    @api.onchange('reason')
    def _onchange_reason(self):
        """Propose the effect that the billing profile has for non-payment."""
        if self.reason == 'non_payment' and self.subscription_id:
            profile = self.subscription_id.isp_account_id._isp_profile(
                self.subscription_id.company_id)
            self.effect, self.percent = profile.suspension_effect, profile.suspension_percent

    def action_isp_lift(self):
        """End the holds yesterday: today is served again."""
        self.check_access('write')
        for hold in self:
            yesterday = hold.company_id._isp_today() - ONE_DAY
            if hold.date_from > yesterday:
                hold.unlink()
            elif not hold.date_to or hold.date_to > yesterday:
                hold.date_to = yesterday
