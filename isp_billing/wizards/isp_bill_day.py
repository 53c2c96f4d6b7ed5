from odoo import api, fields, models
from odoo.exceptions import UserError

from ..sentences import say


class IspBillDayWizard(models.TransientModel):
    """Asks for the new bill day of a subscription, or of an account, and shows the stub."""

    _name = 'isp.bill.day.wizard'
    _description = "Change the Bill Day"

    subscription_id = fields.Many2one('sale.subscription', readonly=True)
    account_id = fields.Many2one('res.partner', readonly=True)
    company_id = fields.Many2one('res.company', compute='_compute_company_id')
    subscription_ids = fields.Many2many(
        'sale.subscription', string="Subscriptions", compute='_compute_subscription_ids',
        help="Running subscriptions that are aligned to the bill day of the account.",
    )
    by = fields.Selection(
        [('day', "Another day of the month"), ('profile', "Another billing profile")],
        string="Change to", required=True, default='day',
    )
    bill_day = fields.Integer(
        string="New bill day", default=1,
        help="1 to 31. In shorter months the last day is used.",
    )
    profile_id = fields.Many2one(
        'isp.billing.profile', string="New billing profile",
        domain="[('company_id', '=', company_id)]",
    )
    date = fields.Date(
        string="From", required=True, compute='_compute_date', store=True, readonly=False,
        precompute=True,
        help="Acts from the first day, on or after this one, that was not charged yet. A change "
             "that was planned for the same day or a later one is replaced.",
    )
    outcome = fields.Html(compute='_compute_outcome', sanitize=False)

    @api.depends('subscription_id', 'account_id')
    def _compute_company_id(self):
        for wizard in self:
            wizard.company_id = wizard.subscription_id.company_id or self.env.company

    @api.depends('subscription_id', 'account_id')
    def _compute_subscription_ids(self):
        for wizard in self:
            wizard.subscription_ids = wizard.subscription_id or self.env[
                'sale.subscription'].search(wizard._isp_domain())

    def _isp_domain(self):
        return [
            ('isp_account_id', '=', self.account_id.id), ('company_id', '=', self.company_id.id),
            ('isp_billed', '=', True), ('isp_alignment', '=', 'profile'),
            ('stage_id.type', '!=', 'post'),
        ]

    @api.depends('subscription_id', 'account_id')
    def _compute_date(self):
        for wizard in self:
            wizard.date = (wizard.subscription_id.company_id or self.env.company)._isp_today()

    @api.depends('by', 'bill_day', 'profile_id', 'date', 'subscription_ids')
    def _compute_outcome(self):
        for wizard in self:
            wizard.outcome = wizard._isp_outcome() if wizard._isp_is_complete() else False

    def _isp_is_complete(self):
        return bool(
            self.date and self.subscription_ids
            and (self.profile_id if self.by == 'profile' else 1 <= self.bill_day <= 31)
        )

    def _isp_outcome(self):
        """The stub and the first periods of the new bill day, as a table."""
        engine = self.env['isp.bill.outcome']
        subscriptions = self.subscription_ids._origin
        # what is charged up to the last period that the old bill day and the new one share
        target = max(self._isp_target(subscriptions), self.date)
        values = {name: self[name].id for name in ('subscription_id', 'account_id', 'profile_id')}
        values |= {'by': self.by, 'bill_day': self.bill_day, 'date': self.date}
        outcome = engine._outcome(
            subscriptions, self.company_id, target,
            lambda env: env['isp.bill.day.wizard'].new(values)._isp_apply(),
        )
        return engine._as_html(outcome, subscriptions[0].currency_id, target)

    def _isp_target(self, subscriptions):
        """A day on which the stub and the first whole period after it are due."""
        lines = subscriptions.sale_subscription_line_ids.filtered(
            lambda line: line.isp_date_start and not line.isp_date_end
            and line.isp_plan_id.kind != 'one_time'
        )
        free = [line._isp_first_uncharged_day() or line.isp_date_start for line in lines]
        return fields.Date.add(max(free, default=self.date), months=1)

    def _isp_apply(self):
        """Change the day of the subscriptions, and the profile of the account."""
        subscriptions = self.subscription_ids._origin
        if self.by == 'day':
            return subscriptions._isp_change_bill_day(self.bill_day, self.date)
        account = (self.account_id or self.subscription_id.isp_account_id)._origin
        account.with_company(self.company_id).isp_billing_profile_id = self.profile_id._origin
        for subscription in subscriptions:
            subscription._isp_change_bill_day(subscription._isp_find_bill_day(), self.date)
        return None

    def action_confirm(self):
        """Change the bill day; charged days stay as they are."""
        self.ensure_one()
        if not self.subscription_ids:
            raise UserError(self.env._(
                "%(account)s has no running subscription that is aligned to its bill day.",
                account=self.account_id.display_name,
            ))
        if self.by == 'profile' and not self.profile_id:
            raise UserError(self.env._("Choose the new billing profile."))
        self.subscription_ids.check_access('write')
        self._isp_apply()
        for subscription in self.subscription_ids:
            subscription._isp_post_sentence(say(self.env)._(
                "The bill day changes to %(day)s, from the first day after %(date)s that was not "
                "charged yet.", day=subscription.isp_bill_day, date=self.date,
            ))
        return {'type': 'ir.actions.act_window_close'}
