"""What the screens of subscriptions need: their own form, a start button, smart buttons."""
from odoo import api, fields, models
from odoo.exceptions import UserError


class SaleSubscription(models.Model):
    _inherit = 'sale.subscription'

    # the number in the subscription's own company, whatever company the user works in
    isp_account_number = fields.Char(
        string="Account number", related=None, compute='_compute_isp_account_number',
    )

    @api.depends('isp_account_id.isp_number_ids.number', 'company_id')
    def _compute_isp_account_number(self):
        numbers = self.isp_account_id._isp_numbers()
        for subscription in self:
            subscription.isp_account_number = numbers.get(
                (subscription.isp_account_id.id, subscription.company_id.id), False,
            )

    def get_formview_id(self, access_uid=None):
        """Override of `base`: subscriptions billed by bill runs open in their own form."""
        if len(self) == 1 and self.isp_billed:
            return self.env.ref('isp_billing.sale_subscription_view_form').id
        return super().get_formview_id(access_uid=access_uid)

    @api.model
    def _isp_action(self, name, domain, context=None):
        """Window action that lists subscriptions in our views, ready to return to the client."""
        views = ('sale_subscription_view_list', 'list'), ('sale_subscription_view_form', 'form')
        return {
            'type': 'ir.actions.act_window', 'name': name, 'res_model': self._name,
            'view_mode': 'list,form', 'domain': domain, 'context': context or {},
            'views': [(self.env.ref(f'isp_billing.{view}').id, mode) for view, mode in views],
            'search_view_id': self.env.ref('isp_billing.sale_subscription_view_search').id,
        }

    def action_isp_start(self):
        """Put drafts into service: from now on bill runs look at them."""
        self.check_access('write')
        stage = self.env['sale.subscription.stage'].search([('type', '=', 'in_progress')], limit=1)
        for subscription in self:
            lines = subscription.sale_subscription_line_ids
            if not lines.filtered(lambda line: line.isp_plan_id and line.isp_date_start):
                raise UserError(self.env._(
                    "Subscription %(subscription)s has no service to start. Add a line with a "
                    "plan and its first day.", subscription=subscription.display_name,
                ))
        self.write({'stage_id': stage.id})

    def action_isp_end(self):
        """Ask for the last day of service."""
        self.ensure_one()
        return {
            'type': 'ir.actions.act_window', 'name': self.env._("End the service"),
            'res_model': 'isp.service.end', 'view_mode': 'form', 'target': 'new',
            'context': {'default_subscription_id': self.id},
        }

    def action_isp_add_hold(self):
        """Ask for the days of a hold."""
        self.ensure_one()
        return {
            'type': 'ir.actions.act_window', 'name': self.env._("Put on hold"),
            'res_model': 'isp.service.hold', 'view_mode': 'form', 'target': 'new',
            'context': {'default_subscription_id': self.id},
        }

    def action_isp_change_bill_day(self):
        """Ask for the new bill day."""
        self.ensure_one()
        return {
            'type': 'ir.actions.act_window', 'name': self.env._("Change the bill day"),
            'res_model': 'isp.bill.day.wizard', 'view_mode': 'form', 'target': 'new',
            'context': {'default_subscription_id': self.id},
        }

    def action_view_isp_holds(self):
        self.ensure_one()
        return {
            'type': 'ir.actions.act_window', 'name': self.env._("Holds"),
            'res_model': 'isp.service.hold', 'view_mode': 'list,form',
            'domain': [('subscription_id', '=', self.id)],
            'context': {'default_subscription_id': self.id},
        }

    def action_view_isp_account(self):
        return self.isp_account_id.get_formview_action()


class SaleSubscriptionLine(models.Model):
    _inherit = 'sale.subscription.line'

    # a sum of unit prices says nothing
    price_unit = fields.Float(aggregator=None)

    def action_isp_end(self):
        """Ask for the last day of service of this line only."""
        self.ensure_one()
        action = self.sale_subscription_id.action_isp_end()
        action['context']['default_line_id'] = self.id
        return action

    def action_isp_add_discount(self):
        """Ask for a discount or promotional price of this line."""
        self.ensure_one()
        return {
            'type': 'ir.actions.act_window', 'name': self.env._("Give a discount"),
            'res_model': 'isp.line.discount', 'view_mode': 'form', 'target': 'new',
            'views': [(self.env.ref('isp_billing.isp_line_discount_view_dialog').id, 'form')],
            'context': {'default_line_id': self.id},
        }

    def action_view_isp_charges(self):
        self.ensure_one()
        return {
            'type': 'ir.actions.act_window', 'name': self.env._("Charges"),
            'res_model': 'isp.charge', 'view_mode': 'list,form',
            'domain': [('line_id', '=', self.id)],
        }
