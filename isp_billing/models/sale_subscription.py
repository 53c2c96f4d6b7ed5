from datetime import timedelta

from odoo import Command, api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain

from ..engine.schedule import LAST_DAY
from ..guard import own
from ..names import name_in_languages

#: whose charges they are, and what the periods count from: fixed once a period was charged
KEPT_ONCE_CHARGED = {
    'isp_billed', 'company_id', 'partner_id', 'isp_account_id', 'date_start', 'isp_anchor_date',
    'isp_alignment', 'isp_bill_day', 'pricelist_id',
}
#: context key of our own writes to what is kept, such as upstream's when a stage changes, which
#: are undone right after; its value is an object, which no client can send
OWN_MOVES, OURS = 'isp_own_moves', object()
#: context key that hides ISP subscriptions from the upstream scheduled job
SKIP_ISP = 'isp_skip_billed'


class SaleSubscription(models.Model):
    """The commercial header of OCA, billed by our engine when ``isp_billed`` is set.

    The upstream invoicing engine is neutralised for these subscriptions (see
    docs/developers/architecture.md, "What we override upstream"); for all others it is unchanged.
    """

    _inherit = 'sale.subscription'
    _check_company_auto = True

    isp_billed = fields.Boolean(
        string="Billed by bill runs", tracking=True, index=True,
        help="The subscription is billed by the bill runs of ISP Billing.",
    )
    isp_account_id = fields.Many2one(
        'res.partner', string="Billing account", compute='_compute_isp_account_id', store=True,
        readonly=False, index=True, tracking=True,
        help="Whose account is charged. The invoice carries it.",
    )
    isp_account_number = fields.Char(related='isp_account_id.isp_account_number')
    isp_alignment = fields.Selection(
        [
            ('profile', "Aligned to the bill day of the account"),
            ('own', "Own anchor date"),
        ],
        string="Periods", required=True, default='profile', tracking=True,
    )
    isp_anchor_date = fields.Date(
        string="Anchor", tracking=True,
        help="Periods of subscriptions with an own anchor are counted from this day. "
             "Empty: the start date.",
    )
    isp_bill_day = fields.Integer(
        string="Bill day", compute='_compute_isp_bill_day', store=True, aggregator=None,
        help="Day of the month on which periods start; 31 is the last day. It no longer changes "
             "once a period was charged.",
    )
    isp_hold_ids = fields.One2many('isp.service.hold', 'subscription_id', string="Holds")
    isp_discount_ids = fields.One2many('isp.line.discount', 'subscription_id', string="Discounts")
    isp_charge_ids = fields.One2many('isp.charge', 'subscription_id', string="Charges")
    isp_charge_count = fields.Integer(compute='_compute_isp_counts', string="Charge count")
    isp_invoice_count = fields.Integer(compute='_compute_isp_counts', string="ISP invoice count")
    isp_is_held = fields.Boolean(string="On hold", compute='_compute_isp_is_held')
    partner_shipping_id = fields.Many2one(
        string="Service address",
        help="Where the service is used. It decides the taxes.",
    )
    template_id = fields.Many2one(default=lambda self: self._isp_default_template())
    # upstream evaluates these two defaults once, when the server starts
    date_start = fields.Date(default=lambda self: self.env.company._isp_today())
    # the default of upstream is set in create, for what bill runs do not bill
    recurring_next_date = fields.Date(
        default=None, compute='_compute_isp_next_date', store=True, readonly=False, index=True,
    )
    # upstream stores the salesperson's picture on every subscription
    image = fields.Binary(store=False)
    stage_id = fields.Many2one(index=True)

    @api.model
    def _isp_default_template(self):
        if self.env.context.get('default_isp_billed'):
            return self.env.ref('isp_billing.subscription_template_isp', raise_if_not_found=False)
        return self.env['sale.subscription.template']

    # === Computes === #

    @api.depends('partner_id')
    def _compute_isp_account_id(self):
        for subscription in self:
            if not subscription.isp_charge_ids:
                subscription.isp_account_id = subscription.partner_id

    @api.depends('isp_account_id', 'isp_alignment', 'isp_anchor_date', 'date_start', 'company_id')
    def _compute_isp_bill_day(self):
        for subscription in self:
            if subscription.isp_bill_day and subscription.isp_charge_ids:
                continue
            subscription.isp_bill_day = subscription._isp_find_bill_day()

    def _isp_find_bill_day(self):
        """Day of the month on which the periods of the subscription start, 1 to 31."""
        self.ensure_one()
        anchor = self.isp_anchor_date or self.date_start
        if self.isp_alignment == 'profile' and self.isp_account_id:
            day = self.isp_account_id._isp_profile(self.company_id)._isp_day()
            if day:
                return day
        return anchor.day if anchor else LAST_DAY

    @api.model
    def _isp_refresh_bill_days(self, companies):
        """Follow a changed profile where nothing was charged yet."""
        subscriptions = self.sudo().search([
            ('company_id', 'in', companies.ids), ('isp_billed', '=', True),
            ('isp_charge_ids', '=', False),
        ])
        for subscription in subscriptions:
            subscription.isp_bill_day = subscription._isp_find_bill_day()

    @api.depends(
        'sale_subscription_line_ids.price_subtotal',
        'sale_subscription_line_ids.amount_tax_line_amount',
        'sale_subscription_line_ids.isp_date_end',
        'company_id.tax_calculation_rounding_method',
    )
    def _compute_total(self):
        """Override of `subscription_oca`: also follows the amounts of the lines.

        For ISP subscriptions the recurring price counts lines that were not replaced or ended,
        and where the company rounds taxes by invoice, so do the totals.
        """
        super(SaleSubscription, self.filtered(lambda s: not s.isp_billed))._compute_total()
        for subscription in self.filtered('isp_billed'):
            lines = subscription.sale_subscription_line_ids.filtered(
                lambda line: not line.isp_date_end and line.isp_plan_id.kind != 'one_time'
            )
            untaxed = sum(lines.mapped('price_subtotal'))
            tax = sum(lines.mapped('amount_tax_line_amount'))
            if (len(lines) > 1 and subscription.currency_id and
                    subscription.company_id.tax_calculation_rounding_method == 'round_globally'):
                untaxed, tax = self.env['isp.tax.mapper']._recurring_totals(subscription, lines)
            subscription.recurring_total = untaxed
            subscription.amount_tax = tax
            subscription.amount_total = untaxed + tax

    def _compute_isp_counts(self):
        groups = self.env['isp.charge']._read_group(
            [('subscription_id', 'in', self.ids)], ['subscription_id'],
            ['__count', 'move_id:count_distinct'],
        ) if self.env['isp.charge'].has_access('read') else []
        counts = {subscription: rest for subscription, *rest in groups}
        for subscription in self:
            charges, invoices = counts.get(subscription, (0, 0))
            subscription.isp_charge_count = charges
            subscription.isp_invoice_count = invoices

    @api.depends('isp_hold_ids.date_from', 'isp_hold_ids.date_to')
    def _compute_isp_is_held(self):
        for subscription in self:
            today = subscription.company_id._isp_today()
            subscription.isp_is_held = any(
                hold.date_from <= today and (not hold.date_to or today <= hold.date_to)
                for hold in subscription.isp_hold_ids
            )

    # === CRUD === #

    @api.model_create_multi
    def create(self, vals_list):
        for vals in vals_list:
            if vals.get('isp_billed') or self.env.context.get('default_isp_billed'):
                self._isp_complete_values(vals)
            else:
                vals.setdefault('recurring_next_date', self.env.company._isp_today())
        return super().create(vals_list)

    def _isp_complete_values(self, vals):
        """Fill what upstream requires and an ISP subscription does not use."""
        if not vals.get('template_id'):
            vals['template_id'] = self.env.ref('isp_billing.subscription_template_isp').id
        if not vals.get('pricelist_id'):
            company = self.env['res.company'].browse(vals.get('company_id') or self.env.company.id)
            vals['pricelist_id'] = self._isp_list_pricelist(company, company.currency_id).id

    @api.model
    def _isp_list_pricelist(self, company, currency):
        """The pricelist without rules of a company and currency; made when there is none.

        Upstream takes the currency of a subscription from its pricelist, which is required.
        """
        pricelists = self.env['product.pricelist'].sudo()
        found = pricelists.search([
            ('company_id', '=', company.id), ('currency_id', '=', currency.id),
            ('item_ids', '=', False),
        ], limit=1)
        return found or pricelists.browse(name_in_languages(
            pricelists.with_context(lang='en_US').create({
                'company_id': company.id, 'currency_id': currency.id, 'name': currency.name,
            })).id)

    def write(self, values):
        """Override of `subscription_oca`: a stage never moves the dates of ours.

        Upstream sets the start and the next invoice date to today whenever the stage becomes
        "in progress". Closing ends the lines instead of stopping the billing of arrears.
        """
        self._isp_check_kept(values)
        if 'stage_id' not in values:
            return super().write(values)
        kept = {
            record: (record.date_start, record.date)
            for record in self.filtered('isp_billed')
        }
        result = super(
            SaleSubscription, self.with_context(**{OWN_MOVES: OURS}),
        ).write(values)
        for record, (start, end) in kept.items():
            super(SaleSubscription, record).write({
                'date_start': values.get('date_start', start), 'date': values.get('date', end),
            })
            if record.stage_id.type == 'post':
                record._isp_end(record.company_id._isp_today())
            if 'recurring_next_date' not in values:
                self.env.add_to_compute(self._fields['recurring_next_date'], record)
        return result

    def _isp_check_kept(self, values):
        """Refuse to give charged periods to somebody else, or to move their grid.

        The pricelist may change within its currency.

        :raises UserError: with the way that works
        """
        touched = sorted(KEPT_ONCE_CHARGED & set(values))
        if not touched or self.env.context.get(OWN_MOVES) is OURS:
            return
        # sudo: whether there are charges, also for those who may not read them
        for record in self.filtered(lambda s: s.isp_billed and s.sudo().isp_charge_ids):
            for name in touched:
                field, new = self._fields[name], values[name]
                if name == 'pricelist_id':
                    pricelist = self.env['product.pricelist'].browse(new)
                    changed = pricelist.currency_id != record.currency_id
                else:
                    changed = field.convert_to_cache(new, record) != field.convert_to_cache(
                        record[name], record)
                if changed:
                    raise UserError(self.env._(
                        "Subscription %(subscription)s was already charged, so “%(field)s” no "
                        "longer changes. To transfer it, end its service, which settles this "
                        "account, and start a new subscription on the following day.",
                        subscription=record.display_name,
                        field=field._description_string(self.env),
                    ))

    def copy_data(self, default=None):
        """The copy of an ISP subscription is a draft: new reference, no next date, no charges."""
        result = super().copy_data(default=default)
        draft = self.env['sale.subscription.stage'].search([('type', '=', 'draft')], limit=1)
        for subscription, vals in zip(self, result, strict=True):
            if not subscription.isp_billed:
                continue
            vals.update({
                'in_progress': False,
                'code': self.env['ir.sequence'].next_by_code('sale.subscription'),
                'stage_id': draft.id,
                'recurring_next_date': False,
                'sale_subscription_line_ids': [
                    Command.create(line._isp_copy_values())
                    for line in subscription.sale_subscription_line_ids if not line.isp_date_end
                ],
            })
        return result

    @api.ondelete(at_uninstall=False)
    def _unlink_except_charged(self):
        for subscription in self.filtered('isp_billed'):
            if subscription.isp_charge_ids:
                raise UserError(self.env._(
                    "Subscription %(subscription)s has charges and cannot be deleted. Close it "
                    "instead.", subscription=subscription.display_name,
                ))

    @api.model
    def _search(self, domain, *args, **kwargs):
        """Hide ISP subscriptions from the upstream scheduled job (see SKIP_ISP)."""
        if self.env.context.get(SKIP_ISP):
            domain = Domain(domain) & Domain('isp_billed', '=', False)
        return super()._search(domain, *args, **kwargs)

    # === Upstream behaviour that is replaced === #

    @api.model
    def cron_subscription_management(self):
        """Override of `subscription_oca`: its daily job leaves ISP subscriptions alone."""
        self._isp_resume_due()
        others = self.with_context(**{SKIP_ISP: True})
        return super(SaleSubscription, others).cron_subscription_management()

    @api.model
    def _isp_resume_due(self):
        """Clear the pause mark of ISP subscriptions whose hold is over."""
        for company in self.env['res.company'].search([('isp_profile_id', '!=', False)]):
            due = self.search([
                ('isp_billed', '=', True), ('is_paused', '=', True),
                ('company_id', '=', company.id), ('paused_until', '!=', False),
                ('paused_until', '<=', company._isp_today()),
            ])
            due.write({'is_paused': False, 'paused_until': False})

    @api.onchange('template_id', 'date_start')
    def _onchange_template_id(self):
        """Override of `subscription_oca`: neither template nor start moves our next date."""
        if not self.isp_billed:
            return super()._onchange_template_id()
        return None

    def generate_invoice(self):
        """Override of `subscription_oca`: ISP subscriptions are billed by bill runs only."""
        if self.isp_billed:
            return None
        return super().generate_invoice()

    def manual_invoice(self):
        """Override of `subscription_oca`: show what its account would be billed instead."""
        if self.isp_billed:
            return self.action_isp_bill_account()
        return super().manual_invoice()

    def create_invoice(self):
        """Override of `subscription_oca`: never a loose invoice beside the ledger."""
        if self.isp_billed:
            return self.env['account.move']
        return super().create_invoice()

    def create_sale_order(self):
        """Override of `subscription_oca`: never a loose order beside the ledger."""
        if self.isp_billed:
            return self.env['sale.order']
        return super().create_sale_order()

    @own
    def action_pause(self, paused_until=None):
        """Override of `subscription_oca`: a pause is a hold with two dates."""
        result = super().action_pause(paused_until=paused_until)
        for subscription in self.filtered('isp_billed'):
            today = subscription.company_id._isp_today()
            until = fields.Date.to_date(paused_until) if paused_until else None
            if until and until <= today:
                raise UserError(self.env._("Choose a day after today to resume on."))
            self.env['isp.service.hold'].create({
                'subscription_id': subscription.id, 'date_from': today, 'from_pause': True,
                'date_to': until - timedelta(days=1) if until else False,
            })
        return result

    def action_resume(self, automatic=False):
        """Override of `subscription_oca`: resuming ends the hold yesterday."""
        result = super().action_resume(automatic=automatic)
        for subscription in self.filtered('isp_billed'):
            yesterday = subscription.company_id._isp_today() - timedelta(days=1)
            for hold in subscription.isp_hold_ids.filtered('from_pause'):
                if hold.date_from > yesterday:
                    hold.unlink()
                elif not hold.date_to or hold.date_to > yesterday:
                    hold.date_to = yesterday
        return result

    # === Services === #

    def _isp_hold(self, date_from, date_to=None, reason='vacation', effect='no_charge',
                  percent=0.0):
        """Put the subscriptions on hold.

        :param date date_from: first day without service
        :param date date_to: last day without service, None while open
        :return: isp.service.hold records
        """
        return self.env['isp.service.hold'].create([
            {
                'subscription_id': subscription.id, 'date_from': date_from,
                'date_to': date_to or False, 'reason': reason, 'effect': effect,
                'percent': percent,
            } for subscription in self
        ])

    def _isp_end(self, last_day, credit=None):
        """End all running lines: ``last_day`` is the last service day.

        :param bool credit: whether unused days are credited; None: as the profile says
        """
        lines = self.sale_subscription_line_ids.filtered(
            lambda line: not line.isp_date_end or line.isp_date_end > last_day
        )
        lines._isp_end(last_day, credit)

    def action_isp_bill_account(self):
        """Show what the account of this subscription would be billed, and bill it if wanted."""
        self.ensure_one()
        return self.isp_account_id.with_company(self.company_id).action_isp_bill_now()

    def action_view_isp_charges(self):
        self.ensure_one()
        return {
            'type': 'ir.actions.act_window', 'name': self.env._("Charges"),
            'res_model': 'isp.charge', 'view_mode': 'list,form,pivot',
            'domain': [('subscription_id', '=', self.id)],
        }

    def action_view_isp_invoices(self):
        self.ensure_one()
        return self.env['account.move']._isp_action(
            self.env._("Invoices"), [('id', 'in', self.isp_charge_ids.move_id.ids)],
        )
