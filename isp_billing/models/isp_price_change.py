from decimal import Decimal

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tools import float_round

from ..const import PERIODS_PER_YEAR
from ..guard import without_defaults

CHUNK = 100
#: set by the buttons alone
GUARDED = {'state', 'approved_by_id', 'line_ids', 'price_ids', 'list_count', 'own_count',
           'kept_count', 'monthly_before', 'monthly_after'}
STATES = [
    ('draft', "Draft"),
    ('approved', "Approved"),
    ('done', "Done"),
    ('exception', "Done with exceptions"),
    ('undone', "Taken back"),
]


class IspPriceChange(models.Model):
    """A new price of plans from a day on, for many subscribers at once.

    List prices become a dated price of the plan at the approval, so that notices announce it.
    Own prices, and excluded accounts that keep their price, get dated changes of their lines: a
    row each, done by the scheduled job chunk by chunk.
    """

    _name = 'isp.price.change'
    _description = "Price Change"
    _inherit = ['mail.thread', 'isp.audited', 'isp.exact.money']
    _isp_money = ('amount', 'rounding')
    _order = 'date_from desc, id desc'
    _check_company_auto = True

    name = fields.Char(required=True, tracking=True)
    company_id = fields.Many2one(
        'res.company', required=True, index=True, default=lambda self: self.env.company,
    )
    currency_id = fields.Many2one(
        'res.currency', required=True, default=lambda self: self.env.company.currency_id,
        help="Only prices in this currency change.",
    )
    state = fields.Selection(
        STATES, required=True, default='draft', readonly=True, copy=False, tracking=True,
        index=True,
    )
    plan_ids = fields.Many2many(
        'isp.service.plan', 'isp_price_change_plan_rel', 'change_id', 'plan_id', string="Plans",
        required=True, check_company=True,
    )
    mode = fields.Selection(
        [('percent', "By a percentage"), ('amount', "To an amount")], required=True,
        default='percent', tracking=True,
    )
    percent = fields.Float(string="Change (%)", tracking=True, help="Negative: it gets cheaper.")
    amount = fields.Monetary(string="New price", tracking=True, help="For a full period.")
    rounding = fields.Float(
        string="Round to", default=0.01, digits=0, tracking=True,
        help="New prices are multiples of this amount.",
    )
    date_from = fields.Date(
        string="From", required=True, tracking=True,
        help="The new price holds for periods that start on or after this day and were not "
             "charged yet.",
    )
    notice_date = fields.Date(
        string="Notice by", compute='_compute_notice_date', store=True, readonly=False,
        precompute=True, tracking=True,
        help="Day by which subscribers are told. Proposed: 30 days before. A message that "
             "announces new prices (Invoice Messages) tells them on their bills.",
    )
    scope = fields.Selection(
        [('list', "Subscribers at the list price"), ('all', "All, own prices too")],
        string="For", required=True, default='list', tracking=True,
    )
    excluded_account_ids = fields.Many2many(
        'res.partner', 'isp_price_change_excluded_rel', string="Excluded accounts",
        domain="[('isp_is_account', '=', True)]", help="They keep their present price.",
    )
    approved_by_id = fields.Many2one('res.users', readonly=True, copy=False, tracking=True)
    line_ids = fields.One2many('isp.price.change.line', 'change_id', string="Dated changes")
    price_ids = fields.One2many(
        'isp.service.plan.price', 'isp_change_id', string="New list prices", readonly=True,
    )
    list_count = fields.Integer(string="At the list price", readonly=True, copy=False)
    own_count = fields.Integer(string="Own prices changed", readonly=True, copy=False)
    kept_count = fields.Integer(string="Prices kept", readonly=True, copy=False)
    monthly_before = fields.Monetary(string="Per month before", readonly=True, copy=False)
    monthly_after = fields.Monetary(string="Per month after", readonly=True, copy=False)
    monthly_difference = fields.Monetary(
        string="Difference per month", compute='_compute_monthly_difference',
    )
    todo_count = fields.Integer(compute='_compute_todo_count', string="To do")
    is_late = fields.Boolean(compute='_compute_is_late')

    _rounding_positive = models.Constraint(
        'CHECK (rounding > 0)', "Prices are rounded to an amount above 0.",
    )

    @api.depends('date_from')
    def _compute_notice_date(self):
        for change in self:
            change.notice_date = change.date_from and fields.Date.subtract(
                change.date_from, days=30)

    @api.depends('monthly_before', 'monthly_after')
    def _compute_monthly_difference(self):
        for change in self:
            change.monthly_difference = change.monthly_after - change.monthly_before

    def _compute_todo_count(self):
        counts = dict(self.env['isp.price.change.line']._read_group(
            [('change_id', 'in', self.ids), ('state', '=', 'todo')], ['change_id'], ['__count']))
        for change in self:
            change.todo_count = counts.get(change, 0)

    @api.depends('notice_date', 'state')
    def _compute_is_late(self):
        for change in self:
            change.is_late = bool(
                change.state == 'draft' and change.notice_date
                and change.notice_date < change.company_id._isp_today()
            )

    @api.constrains('mode', 'percent', 'amount')
    def _check_amounts(self):
        for change in self:
            if change.amount < 0 or change.percent < -100:
                raise ValidationError(self.env._("A price cannot become negative."))

    @api.ondelete(at_uninstall=False)
    def _unlink_except_draft(self):
        if self.filtered(lambda change: change.state != 'draft'):
            raise UserError(self.env._(
                "Only a draft of a price change is deleted. Take the change back instead.",
            ))

    @api.model_create_multi
    def create(self, vals_list):
        for vals in vals_list:
            self._isp_check_guarded(vals)
        return super(IspPriceChange, without_defaults(self, GUARDED)).create(vals_list)

    def _isp_check_guarded(self, vals):
        if not self.env.su and GUARDED & set(vals):
            raise AccessError(self.env._("The state of a price change is set by its buttons."))

    def write(self, vals):
        """What was approved no longer changes."""
        self._isp_check_guarded(vals)
        if set(vals) & {
            'plan_ids', 'mode', 'percent', 'amount', 'rounding', 'date_from', 'scope',
            'excluded_account_ids', 'company_id', 'currency_id',
        } and self.filtered(lambda change: change.state != 'draft'):
            raise UserError(self.env._(
                "This price change was approved. Take it back and make another one.",
            ))
        return super().write(vals)

    # === Preview === #

    def _isp_new_price(self, price):
        """The price after the change (float, rounded)."""
        new = self.amount if self.mode == 'amount' else price * (100 + self.percent) / 100
        return float_round(new, precision_rounding=self.rounding, rounding_method='HALF-UP')

    def _isp_list_prices(self):
        """Prices of the plans just before the change: {plan: float}, without those of none."""
        found = {
            plan: plan._isp_price(self.company_id, self.currency_id, self.date_from)
            for plan in self.plan_ids
        }
        return {plan: price for plan, price in found.items() if price is not None}

    def _isp_lines_domain(self):
        """Lines of the plans that run on the day of the change and began before it.

        One-time charges were charged on their day: only those of later days have the new price.
        """
        return [
            ('isp_plan_id', 'in', self.plan_ids.filtered(lambda p: p.kind != 'one_time').ids),
            ('company_id', '=', self.company_id.id),
            ('sale_subscription_id.isp_billed', '=', True),
            ('sale_subscription_id.stage_id.type', '!=', 'draft'),
            ('sale_subscription_id.currency_id', '=', self.currency_id.id),
            ('isp_date_start', '<', self.date_from),
            '|', ('isp_date_end', '=', False), ('isp_date_end', '>=', self.date_from),
        ]

    def _isp_planned_lines(self, lines):
        """Lines that will replace those reached, from the day of the change on or later.

        What was planned before the change, such as another quantity, would bring back the
        former own price.
        """
        found, last = lines.browse(), lines
        while last:
            last = last.isp_successor_ids.filtered(
                lambda line: line.isp_plan_id in self.plan_ids
                and line.isp_date_start >= self.date_from
                and (not line.isp_date_end or line.isp_date_end >= line.isp_date_start)
            ) - found
            found |= last
        return found

    def action_preview(self):
        """Count whom the change reaches and what it is worth; nothing changes yet."""
        self.check_access('write')
        for change in self:
            if change.state != 'draft':
                raise UserError(self.env._("This price change was approved already."))
            change.sudo()._isp_preview()

    def _isp_preview(self):
        self.line_ids.unlink()
        prices = self._isp_list_prices()
        lines = self.env['sale.subscription.line'].search(self._isp_lines_domain())
        lines |= self._isp_planned_lines(lines)
        own = lines.filtered(lambda line: line.isp_price_source == 'own')
        kept = (lines - own).filtered(lambda line: line.isp_account_id in self.excluded_account_ids)
        rows = [
            self._isp_row(line, line._isp_with_own_taxes(prices[line.isp_plan_id]), 'keep')
            for line in kept if line.isp_plan_id in prices
        ]
        if self.scope == 'all':
            rows += [
                self._isp_row(line, line.price_unit, 'own') for line in own
                if line.isp_account_id not in self.excluded_account_ids
            ]
        self.env['isp.price.change.line'].create([row for row in rows if row])
        listed = (lines - own - kept).filtered(lambda line: line.isp_date_start < self.date_from)
        before, after, count = self._isp_list_totals(listed, prices)
        running = self.line_ids.filtered(lambda row: row.line_id.isp_date_start < self.date_from)
        reached = running.filtered(lambda row: row.kind == 'own')
        self.write({
            'list_count': count, 'own_count': len(reached),
            'kept_count': len(running - reached),
            'monthly_before': before + sum(reached.mapped('monthly_before')),
            'monthly_after': after + sum(reached.mapped('monthly_after')),
        })

    def _isp_row(self, line, price, kind):
        """Values of a dated change of a line, None when its price stays."""
        if price is None:
            return None
        new = price if kind == 'keep' else self._isp_new_price(price)
        if kind == 'own' and not self.currency_id.compare_amounts(new, price):
            return None
        worth = _monthly(line, 1.0)
        return {
            'change_id': self.id, 'line_id': line.id, 'kind': kind, 'price_before': price,
            'price_after': new, 'monthly_before': price * worth, 'monthly_after': new * worth,
        }

    def _isp_list_totals(self, lines, prices):
        """(before, after, number) of lines that follow the list price of their plan."""
        # a rule of a price list wins over the price of the plan
        lines = lines.filtered(
            lambda line: line.isp_plan_id in prices
            and not line.sale_subscription_id.pricelist_id.item_ids
        )
        before = sum(_monthly(line, prices[line.isp_plan_id]) for line in lines)
        after = sum(
            _monthly(line, self._isp_new_price(prices[line.isp_plan_id])) for line in lines
        )
        return before, after, len(lines)

    # === Approval === #

    def action_approve(self):
        """Approve: list prices are entered with their day, the job changes own prices."""
        if not self.env.user.has_group('isp_billing.group_approver'):
            raise AccessError(self.env._("Only an approver approves a change of prices."))
        for change in self:
            if change.state != 'draft':
                raise UserError(self.env._("This price change was approved already."))
            if change.company_id.isp_four_eyes and change.create_uid == self.env.user:
                raise UserError(self.env._(
                    "%(change)s was made by you: another person approves it.", change=change.name,
                ))
            # the approver approves what the manager entered, and may not edit prices otherwise
            change_sudo = change.sudo()
            change_sudo._isp_preview()
            change_sudo._isp_enter_list_prices()
            change_sudo.write({'state': 'approved', 'approved_by_id': self.env.uid})
        self.env.ref('isp_billing.ir_cron_price_change').sudo()._trigger()

    def _isp_enter_list_prices(self):
        prices = self._isp_list_prices()
        missing = self.plan_ids - self.env['isp.service.plan'].union(*prices)
        if missing:
            raise UserError(self.env._(
                "Plan %(plan)s has no price in %(currency)s on %(day)s. Enter one, or take the "
                "plan out.", plan=missing[0].display_name, currency=self.currency_id.name,
                day=self.date_from,
            ))
        charged = self.env['isp.charge'].search([
            ('plan_id', 'in', self.plan_ids.ids), ('company_id', '=', self.company_id.id),
            ('kind', '=', 'recurring'), ('period_start', '>=', self.date_from),
        ], limit=1)
        if charged or self.date_from <= self.company_id._isp_today():
            raise UserError(self.env._(
                "A change of prices is approved before its day, and before periods from that day "
                "on are charged. Choose a later day.",
            ))
        self._isp_check_free_day()
        self.env['isp.service.plan.price'].create([
            {
                'plan_id': plan.id, 'company_id': self.company_id.id, 'isp_change_id': self.id,
                'currency_id': self.currency_id.id, 'date_from': self.date_from,
                'amount': self._isp_new_price(price), 'free': not self._isp_new_price(price),
            } for plan, price in prices.items()
        ])

    def _isp_check_free_day(self):
        """Refuse a day from which a plan has a price already.

        :raises UserError: naming the plan and that price
        """
        taken = self.env['isp.service.plan.price'].search([
            ('plan_id', 'in', self.plan_ids.ids), ('company_id', '=', self.company_id.id),
            ('currency_id', '=', self.currency_id.id), ('date_from', '=', self.date_from),
        ], limit=1)
        if taken:
            raise UserError(self.env._(
                "Plan %(plan)s already has a price from %(day)s: %(amount)s. Choose another day, "
                "or take that price out of the plan first.", plan=taken.plan_id.display_name,
                day=self.date_from, amount=taken.currency_id.format(taken.amount),
            ))

    def action_retry(self):
        """Try the rows that failed again."""
        self.check_access('write')
        for change in self.sudo().filtered(lambda change: change.state == 'exception'):
            change.line_ids.filtered(lambda row: row.state == 'error').write({'state': 'todo'})
            change.state = 'approved'
        self.env.ref('isp_billing.ir_cron_price_change').sudo()._trigger()

    def action_undo(self):
        """Take an approved change back before it acts."""
        if not self.env.user.has_group('isp_billing.group_approver'):
            raise AccessError(self.env._("Only an approver takes a change of prices back."))
        for change in self:
            if change.state not in ('approved', 'done', 'exception'):
                raise UserError(self.env._("This price change was not approved."))
            change.sudo()._isp_undo()

    def _isp_undo(self):
        done = self.line_ids.filtered(lambda row: row.state == 'done')
        charged = self.env['isp.charge'].search_count([
            '|', ('line_id', 'in', done.new_line_id.ids), '&', '&', '&',
            ('plan_id', 'in', self.plan_ids.ids), ('company_id', '=', self.company_id.id),
            ('kind', '=', 'recurring'), ('period_start', '>=', self.date_from),
        ], limit=1)
        if charged or self.date_from <= self.company_id._isp_today():
            raise UserError(self.env._(
                "%(change)s acts already. Make another change of prices.", change=self.name,
            ))
        done.new_line_id._isp_undo_change()
        self.price_ids.unlink()
        self.line_ids.write({'state': 'undone'})
        self.state = 'undone'

    # === Job === #

    @api.model
    def _cron_price_changes(self):
        """Make the dated changes of approved price changes, chunk by chunk."""
        crons = self.env['ir.cron']
        for change in self.search([('state', '=', 'approved')], order='id'):
            while change.state == 'approved':
                done = change._isp_work()
                if not crons._commit_progress(done, remaining=change.todo_count):
                    return

    def _isp_work(self, limit=CHUNK):
        """Do the next rows; one that fails is marked and never stops the others.

        :return: number of rows tried
        """
        self.ensure_one()
        rows = self.env['isp.price.change.line'].search(
            [('change_id', '=', self.id), ('state', '=', 'todo')], order='id', limit=limit,
        )
        for row in rows:
            row._isp_do()
        self.invalidate_recordset(['todo_count'])
        if not self.todo_count:
            failed = 'error' in self.line_ids.mapped('state')
            self.state = 'exception' if failed else 'done'
        return len(rows)


def _monthly(line, price):
    """What a line costs in a month at a price of its period (float)."""
    plan = line.isp_plan_id
    periods = float(Decimal(PERIODS_PER_YEAR[plan.unit]) / plan.interval / 12)
    return price * line.product_uom_qty * (100 - line.discount) / 100 * periods
