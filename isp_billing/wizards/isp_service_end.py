from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

from ..sentences import say


class IspServiceEnd(models.TransientModel):
    """Asks for the last service day of a subscription, or of one of its lines.

    It shows what the end will cost or give back, and what the law says of a termination fee.
    """

    _name = 'isp.service.end'
    _description = "End of Service"

    subscription_id = fields.Many2one('sale.subscription', required=True, readonly=True)
    company_id = fields.Many2one(related='subscription_id.company_id')
    currency_id = fields.Many2one(related='subscription_id.currency_id')
    line_id = fields.Many2one(
        'sale.subscription.line', readonly=True, help="Empty: all services of the subscription.",
    )
    last_day = fields.Date(
        string="Last day of service", required=True,
        default=lambda self: self.env.company._isp_today(),
        help="This day is still billed. Days after it that were charged are credited by the next "
             "bill run.",
    )
    credit_unused = fields.Boolean(
        string="Credit unused days", compute='_compute_credit_unused', store=True, readonly=False,
        precompute=True,
        help="Unset: days that were billed in advance are not given back. Proposed: as the "
             "billing profile says.",
    )
    close_reason_id = fields.Many2one('sale.subscription.close.reason', string="Reason")
    charged_to = fields.Date(
        string="Charged up to", compute='_compute_charged_to',
        help="Last day that invoices have charged so far.",
    )
    is_credit = fields.Boolean(compute='_compute_charged_to')
    fee_amount = fields.Monetary(
        string="Early-termination fee", compute='_compute_fee',
        help="Before tax, for the months of the commitment that are left.",
    )
    fee_note = fields.Text(string="What the law says", compute='_compute_fee')
    fee_blocked = fields.Boolean(compute='_compute_fee')
    charge_fee = fields.Boolean(
        string="Charge the fee", compute='_compute_charge_fee', store=True, readonly=False,
        precompute=True,
    )
    outcome = fields.Html(compute='_compute_outcome', sanitize=False)

    @api.depends('subscription_id')
    def _compute_credit_unused(self):
        for wizard in self:
            profile = wizard.subscription_id.isp_account_id._isp_profile(
                wizard.company_id) if wizard.subscription_id.isp_account_id else None
            wizard.credit_unused = profile.credit_unused if profile else True

    @api.depends('subscription_id', 'line_id', 'last_day')
    def _compute_charged_to(self):
        for wizard in self:
            charges = (wizard.line_id or wizard.subscription_id).isp_charge_ids
            wizard.charged_to = max(charges.mapped('date_to'), default=False)
            wizard.is_credit = bool(
                wizard.charged_to and wizard.last_day and wizard.charged_to > wizard.last_day
            )

    @api.depends('subscription_id', 'line_id', 'last_day')
    def _compute_fee(self):
        for wizard in self:
            wizard.fee_amount, wizard.fee_note, wizard.fee_blocked = 0.0, False, False
            if not wizard.last_day:
                continue
            try:
                fees = wizard._isp_fees()
            except ValidationError as error:
                wizard.fee_note, wizard.fee_blocked = error.args[0], True
                continue
            wizard.fee_amount = float(sum(fees.values()))
            rules = self.env['isp.fee.rule']
            for line in fees:
                rules |= line._isp_fee_rules(line.isp_plan_id.termination_plan_id, wizard.last_day)
            wizard.fee_note = rules._isp_text()
            wizard.fee_blocked = 'block' in rules.mapped('effect')

    @api.depends('subscription_id', 'line_id', 'last_day')
    def _compute_charge_fee(self):
        """Proposed where a fee is due and no rule speaks against it."""
        for wizard in self:
            wizard.charge_fee = bool(wizard.fee_amount) and not wizard.fee_note

    @api.depends('subscription_id', 'line_id', 'last_day', 'credit_unused', 'charge_fee')
    def _compute_outcome(self):
        engine = self.env['isp.bill.outcome']
        for wizard in self:
            if not wizard.last_day or not wizard.subscription_id:
                wizard.outcome = False
                continue
            subscription = wizard.subscription_id._origin
            lines, day = wizard._isp_lines()._origin, wizard.last_day
            credit, fee = wizard.credit_unused, wizard.charge_fee and not wizard.fee_blocked
            target = max(fields.Date.add(day, days=1), wizard.company_id._isp_today())

            def end(env, lines=lines, day=day, credit=credit, fee=fee):
                ending = lines.with_env(env)
                if fee:
                    ending._isp_add_termination_fee(day)
                ending._isp_end(day, credit)

            outcome = engine._outcome(subscription, wizard.company_id, target, end)
            wizard.outcome = engine._as_html(outcome, wizard.currency_id, target)

    def _isp_lines(self):
        """Lines that the dialog ends."""
        return self.line_id or self.subscription_id.sale_subscription_line_ids.filtered(
            lambda line: not line.isp_date_end or line.isp_date_end > self.last_day
        )

    def _isp_fees(self):
        """Early-termination fees: {line: Decimal}, without those of 0."""
        fees = {
            line: line._isp_termination_fee(self.last_day) for line in self._isp_lines()._origin
        }
        return {line: fee for line, fee in fees.items() if fee}

    def action_confirm(self):
        """End the line, or the running lines of the subscription, on the last day."""
        self.ensure_one()
        subscription, lines = self.subscription_id, self._isp_lines()
        subscription.check_access('write')
        if self.charge_fee and self.fee_blocked:
            raise UserError(self.env._(
                "The early-termination fee cannot be charged. %(reason)s", reason=self.fee_note,
            ))
        if self.charge_fee:
            lines._isp_add_termination_fee(self.last_day)
        lines._isp_end(self.last_day, self.credit_unused)
        if not self.line_id:
            subscription.write({
                'date': self.last_day,
                'close_reason_id': self.close_reason_id.id or subscription.close_reason_id.id,
            })
        subscription._isp_post_sentence(self._isp_summary())
        return {'type': 'ir.actions.act_window_close'}

    def _isp_summary(self):
        """What was done, for the log of the subscription."""
        words = say(self.env)
        said = [words._(
            "Service of %(what)s ends; last day of service: %(day)s.",
            what=self.line_id.name or self.subscription_id.name, day=self.last_day,
        )]
        if not self.credit_unused and self.is_credit:
            said.append(words._("Days already billed are not credited."))
        if self.charge_fee and self.fee_amount:
            said.append(words._(
                "Early-termination fee: %(amount)s.",
                amount=words.amount(self.fee_amount, self.currency_id),
            ))
            if self.fee_note:
                said.append(words._("Charged although: %(note)s", note=self.fee_note))
        return words.join(said, " ")
