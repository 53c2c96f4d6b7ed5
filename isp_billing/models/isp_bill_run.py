from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import SQL

from ..guard import own_write, without_defaults

RUN_STATES = [
    ('draft', "Draft"),
    ('computing', "Computing"),
    ('computed', "Computed"),
    ('approved', "Approved"),
    ('running', "Running"),
    ('done', "Done"),
    ('exception', "Done with exceptions"),
    ('cancelled', "Cancelled"),
    ('reversing', "Reversing"),
    ('reversed', "Reversed"),
]
#: moved only by the state gate, never by a client
GUARDED = {
    'state', 'computed_by_id', 'approved_by_id', 'approved_at', 'compute_cursor', 'account_total',
    'account_done', 'nothing_due_count', 'already_count', 'stage', 'stage_started', 'stage_base',
    'name', 'reversed_by_id', 'reversed_at', 'reversal_reason', 'reversal_date',
    'reversal_documents', 'schedule_id', 'schedule_date',
    'request_key', 'moved_from', 'moved_to', 'moved_lock',
    'out_of_scope_count', 'book_check_id', 'idle_starts', 'chunk_size',
}
OPEN_BILLS = ('exception', 'review', 'held')
#: what a run counts its money by: field of the run -> states of the bills
MONEY_GROUPS = {
    'amount_ready': ('ready',), 'amount_held': ('held', 'review'), 'amount_posted': ('posted',),
}
#: bills that are the record of what was posted
KEPT_BILLS = ('posted', 'reversed')


class IspBillRun(models.Model):
    """A month's billing of a company: compute, review, approve, post, render, deliver.

    Buttons only ask; the scheduled job works (see ``isp_bill_run_work.py``). Computing writes no
    move, no number and no ledger row.
    """

    _name = 'isp.bill.run'
    _description = "Bill Run"
    _inherit = ['mail.thread', 'mail.activity.mixin']
    _order = 'target_date desc, id desc'
    _isp_given_once = frozenset({'company_id'})
    _check_company_auto = True

    name = fields.Char(required=True, readonly=True, copy=False, default="/")
    company_id = fields.Many2one(
        'res.company', required=True, index=True, default=lambda self: self.env.company,
        readonly=True,
    )
    target_date = fields.Date(
        required=True, default=lambda self: self.env.company._isp_today(), tracking=True,
        help="Everything that falls due up to this day is billed.",
    )
    invoice_date = fields.Date(
        required=True, default=lambda self: self.env.company._isp_today(), tracking=True,
        help="Date of the invoices. Due dates are counted from it.",
    )
    profile_ids = fields.Many2many(
        'isp.billing.profile', string="Only billing profiles", check_company=True,
        help="Empty: accounts of every billing profile.",
    )
    account_ids = fields.Many2many(
        'res.partner', 'isp_bill_run_account_rel', 'run_id', 'account_id',
        string="Only accounts", help="Empty: every account of the company.",
    )
    post_invoices = fields.Boolean(
        string="Post the invoices", default=True,
        help="Unset: the run stops at draft invoices.",
    )
    send_invoices = fields.Boolean(
        string="Send the invoices", default=True,
        help="Unset: the invoices are posted and rendered, and not sent.",
    )
    state = fields.Selection(
        RUN_STATES, required=True, default='draft', readonly=True, copy=False, index=True,
        tracking=True,
    )
    computed_by_id = fields.Many2one('res.users', readonly=True, copy=False)
    approved_by_id = fields.Many2one('res.users', readonly=True, copy=False)
    approved_at = fields.Datetime(readonly=True, copy=False)
    bill_ids = fields.One2many('isp.bill.run.bill', 'run_id', string="Bills")
    line_ids = fields.One2many('isp.bill.run.bill.line', 'run_id', string="Charges to write")
    move_ids = fields.One2many('account.move', 'isp_bill_run_id', string="Invoices")
    # progress of the stages
    compute_cursor = fields.Integer(readonly=True, copy=False)
    account_total = fields.Integer(string="Accounts", readonly=True, copy=False)
    account_done = fields.Integer(string="Accounts computed", readonly=True, copy=False)
    nothing_due_count = fields.Integer(string="Nothing due", readonly=True, copy=False)
    already_count = fields.Integer(string="Already charged", readonly=True, copy=False)
    out_of_scope_count = fields.Integer(
        string="Of other profiles", readonly=True, copy=False,
        help="Accounts whose billing profile is not one of the run's.",
    )
    stage = fields.Char(readonly=True, copy=False, export_string_translation=False)
    stage_started = fields.Datetime(readonly=True, copy=False)
    stage_base = fields.Integer(readonly=True, copy=False)
    # figures
    bill_count = fields.Integer(string="Bill count", compute='_compute_figures')
    ready_count = fields.Integer(string="Ready", compute='_compute_figures')
    held_count = fields.Integer(string="Held", compute='_compute_figures')
    excluded_count = fields.Integer(string="Excluded", compute='_compute_figures')
    carried_count = fields.Integer(string="Carried", compute='_compute_figures')
    exception_count = fields.Integer(string="Exceptions", compute='_compute_figures')
    review_count = fields.Integer(string="To review", compute='_compute_figures')
    posted_count = fields.Integer(string="Posted", compute='_compute_figures')
    reversed_count = fields.Integer(string="Reversed", compute='_compute_figures')
    rendered_count = fields.Integer(string="PDF made", compute='_compute_figures')
    delivered_count = fields.Integer(string="Delivered", compute='_compute_figures')
    move_count = fields.Integer(string="Invoice count", compute='_compute_figures')
    currency_id = fields.Many2one(related='company_id.currency_id')
    amount_untaxed = fields.Monetary(string="Before tax", compute='_compute_figures')
    amount_tax = fields.Monetary(string="Tax", compute='_compute_figures')
    amount_total = fields.Monetary(string="Total", compute='_compute_figures')
    amount_ready = fields.Monetary(string="To be posted", compute='_compute_figures')
    amount_posted = fields.Monetary(string="Amount posted", compute='_compute_figures')
    amount_held = fields.Monetary(
        string="Held or to review", compute='_compute_figures',
        help="Not part of the total: not posted until the bills are released.",
    )
    previous_run_id = fields.Many2one(
        'isp.bill.run', string="The run before", compute='_compute_previous_total',
        help="The last run of the same profiles and accounts that posted invoices.",
    )
    previous_total = fields.Monetary(
        string="Total of the run before", compute='_compute_previous_total',
    )
    progress = fields.Float(compute='_compute_progress', help="Of the present stage, percent.")

    # === Figures === #

    @api.depends('bill_ids.state', 'bill_ids.rendered', 'bill_ids.delivery_state')
    def _compute_figures(self):
        counts = self._isp_bill_figures()
        for run in self:
            figures = counts.get(run.id, {})
            states = figures.get('states', {})
            run.bill_count = sum(states.values())
            for state in ('ready', 'held', 'excluded', 'carried', 'exception', 'review', 'posted',
                          'reversed'):
                run[f'{state}_count'] = states.get(state, 0)
            run.rendered_count = figures.get('rendered', 0)
            run.delivered_count = figures.get('delivered', 0)
            run.move_count = figures.get('moves', 0)
            for name in ('amount_untaxed', 'amount_tax', 'amount_total', *MONEY_GROUPS):
                run[name] = figures.get(name, 0.0)

    def _isp_bill_figures(self):
        """Counts and amounts of the bills of runs: {run id: dict}, in three queries.

        Amounts are those of bills in the company's currency only. The totals count what is posted
        or will be; what is held or to review stands apart.
        """
        bills = self.env['isp.bill.run.bill']
        result = {run.id: {'states': {}} for run in self}
        for run, state, count in bills._read_group(
            [('run_id', 'in', self.ids)], ['run_id', 'state'], ['__count'],
        ):
            result[run.id]['states'][state] = count
        for run, rendered, delivery, count in bills._read_group(
            [('run_id', 'in', self.ids), ('state', 'in', KEPT_BILLS), ('move_id', '!=', False)],
            ['run_id', 'rendered', 'delivery_state'], ['__count'],
        ):
            figures = result[run.id]
            figures['moves'] = figures.get('moves', 0) + count
            if rendered:
                figures['rendered'] = figures.get('rendered', 0) + count
            if delivery not in ('none', 'to_send', 'failed', 'no_email'):
                figures['delivered'] = figures.get('delivered', 0) + count
        names = ('amount_untaxed', 'amount_tax', 'amount_total')
        group_of = {state: name for name, states in MONEY_GROUPS.items() for state in states}
        for run, currency, state, *amounts in bills._read_group(
            [('run_id', 'in', self.ids), ('state', 'in', tuple(group_of))],
            ['run_id', 'currency_id', 'state'], [f'{name}:sum' for name in names],
        ):
            if currency != run.currency_id:
                continue
            figures, group = result[run.id], group_of[state]
            counted = {group: amounts[-1]}
            if group != 'amount_held':
                counted.update(zip(names, amounts, strict=True))
            for name, amount in counted.items():
                figures[name] = currency.round(figures.get(name, 0.0) + amount)
        return result

    @api.depends('company_id', 'target_date', 'profile_ids', 'account_ids')
    def _compute_previous_total(self):
        for run in self:
            run.previous_run_id = run._isp_run_before()
            run.previous_total = run.previous_run_id.amount_posted

    def _isp_run_before(self):
        """The last run of the same profiles and accounts that posted invoices (may be empty)."""
        self.ensure_one()
        profiles, accounts = self.profile_ids._origin, self.account_ids._origin
        runs = self.search([
            ('company_id', '=', self.company_id.id), ('target_date', '<', self.target_date),
            ('state', 'in', ('done', 'exception')), ('bill_ids', 'any', [
                ('state', '=', 'posted'), ('move_id', '!=', False)]),
            ('profile_ids', 'in', profiles.ids) if profiles else ('profile_ids', '=', False),
            ('account_ids', 'in', accounts.ids) if accounts else ('account_ids', '=', False),
        ])
        return next((run for run in runs if (run.profile_ids, run.account_ids) == (
            profiles, accounts)), runs.browse())

    @api.depends('state', 'account_done', 'bill_ids.state')
    def _compute_progress(self):
        for run in self:
            _stage, done, total = run._isp_stage_progress()
            run.progress = 100.0 * done / total if total else (
                100.0 if run.state in ('computed', 'approved', 'done', 'exception') else 0.0
            )

    # === CRUD === #

    @api.model_create_multi
    def create(self, vals_list):
        for vals in vals_list:
            if not self.env.su and GUARDED & set(vals) - {'name'}:
                raise AccessError(self.env._("The state of a bill run is set by its buttons."))
            company = self.env['res.company'].browse(vals.get('company_id') or self.env.company.id)
            today = company._isp_today()  # read once: midnight may pass in between
            date = vals.get('target_date') or today
            vals.setdefault('target_date', date)
            vals.setdefault('invoice_date', today)
            vals['name'] = self._isp_next_name(company, date)
        with own_write():  # of results, the values hold the number alone
            return super(IspBillRun, without_defaults(self, GUARDED)).create(vals_list)

    @api.model
    def _isp_next_name(self, company, date):
        """Next number of a run of a company (str).

        The first run of a year makes the year's range of numbers. When two people start one at
        the same moment, the second one's transaction has to begin anew instead of making it twice.
        """
        # sudo: who makes a run draws a number, and has no other right to sequences
        sequences = self.env['ir.sequence'].sudo().with_company(company)
        self.env.cr.execute(SQL(
            """UPDATE ir_sequence sequence SET write_date = write_date
                WHERE code = 'isp.bill.run' AND use_date_range AND NOT EXISTS (
                      SELECT 1 FROM ir_sequence_date_range known
                       WHERE known.sequence_id = sequence.id
                         AND %s::date BETWEEN known.date_from AND known.date_to)""", date))
        return sequences.next_by_code('isp.bill.run', sequence_date=date)

    def write(self, vals):
        """Keep the state out of reach of clients, and the scope fixed once computed."""
        if not self.env.su and GUARDED & set(vals):
            raise AccessError(self.env._("The state of a bill run is set by its buttons."))
        scope = {'target_date', 'invoice_date', 'profile_ids', 'account_ids', 'company_id',
                 'post_invoices', 'lock_choice'}
        if not self.env.su and scope & set(vals):
            fixed = self.filtered(lambda run: run.state != 'draft')
            if fixed:
                raise UserError(self.env._(
                    "Run %(run)s was computed. Set it back to draft to change dates or scope.",
                    run=fixed[0].name,
                ))
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_posted(self):
        for run in self:
            if run.move_ids or run.bill_ids.filtered(lambda bill: bill.state in KEPT_BILLS):
                raise UserError(self.env._(
                    "Run %(run)s has posted invoices and stays as their record.", run=run.name,
                ))

    # === Gate === #

    def _isp_set_state(self, allowed, target, **values):
        """The only way a run changes its state.

        :param allowed: states from which it may be reached
        :raises UserError: from any other state
        """
        states = dict(self._fields['state']._description_selection(self.env))
        for run in self:
            if run.state not in allowed:
                raise UserError(self.env._(
                    "Run %(run)s is “%(state)s”; it cannot become “%(target)s” now.",
                    run=run.name, state=states[run.state], target=states[target],
                ))
        self.sudo().write({
            'state': target, 'stage_started': fields.Datetime.now(), 'stage_base': 0, **values,
        })

    def _isp_check_may_compute(self):
        if not self.env.user.has_groups(
            'isp_billing.group_clerk,isp_billing.group_approver,isp_billing.group_manager'
        ):
            raise AccessError(self.env._("Only billing clerks, approvers and managers may do it."))

    def _isp_check_may_approve(self):
        if self and not self.env.user.has_groups(
            'isp_billing.group_approver,isp_billing.group_manager'
        ):
            raise AccessError(self.env._(
                "Only an approver or a manager of ISP Billing may approve or start a bill run.",
            ))

    def _isp_check_lock_dates(self):
        """Refuse an invoice date in a locked period, naming the lock.

        :raises UserError: with the mend
        """
        for run in self:
            run._isp_check_day_is_open(run.invoice_date)

    def _isp_check_day_is_open(self, day):
        """Refuse to date invoices on a day in a locked period.

        :raises UserError: with the mend
        """
        self.ensure_one()
        lock = self._isp_lock_date(day)
        if lock:
            raise UserError(self.env._(
                "Run %(run)s: the invoice date %(date)s lies in a period locked until "
                "%(lock)s. Choose a later invoice date.", run=self.name, date=day, lock=lock,
            ))

    def _isp_lock_date(self, day):
        """Last day of the locked period that holds a day (date), None when it is open."""
        journal = self.env['isp.bill.preview']._journal(self.company_id)
        locks = self.company_id._get_violated_lock_dates(day, True, journal)
        return locks[-1][0] if locks else None
