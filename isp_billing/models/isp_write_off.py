from odoo import Command, api, fields, models
from odoo.exceptions import AccessError, UserError

from ..guard import is_own, own, refuse, without_defaults

STATES = [
    ('draft', "Draft"),
    ('requested', "Waiting for approval"),
    ('done', "Written off"),
    ('refused', "Declined"),
]
#: set by the methods below alone
RESULTS = {'state', 'entry_id', 'requested_by_id', 'decided_by_id'}


class ResCompany(models.Model):
    _inherit = 'res.company'

    isp_write_off_account_id = fields.Many2one(
        'account.account', string="Account of write-offs", check_company=True,
        help="Proposed for invoices that are written off, such as losses on bad debts.",
    )
    isp_write_off_limit = fields.Monetary(
        string="Write-offs without approval up to",
        help="Above it, a clerk requests the write-off and an approver confirms it.",
    )


class ResConfigSettings(models.TransientModel):
    _inherit = 'res.config.settings'

    isp_write_off_account_id = fields.Many2one(
        related='company_id.isp_write_off_account_id', readonly=False)
    isp_write_off_limit = fields.Monetary(
        related='company_id.isp_write_off_limit', readonly=False,
        currency_field='isp_write_off_currency_id')
    isp_write_off_currency_id = fields.Many2one(
        related='company_id.currency_id', string="Currency of write-offs")


class IspWriteOff(models.Model):
    """An open amount of an invoice that nobody will pay: settled by an entry, once approved.

    The ledger of charges stays as it is: the service was billed, and the money did not come.
    """

    _name = 'isp.write.off'
    _description = "Write-Off"
    _inherit = ['isp.audited', 'isp.exact.money']
    _isp_money = ('amount',)
    _order = 'id desc'
    _rec_name = 'move_id'
    _check_company_auto = True

    move_id = fields.Many2one(
        'account.move', string="Invoice", required=True, index=True, ondelete='restrict',
        check_company=True,
    )
    company_id = fields.Many2one(related='move_id.company_id', store=True, index=True)
    isp_account_id = fields.Many2one(
        related='move_id.isp_account_id', store=True, string="Billing account", index=True)
    currency_id = fields.Many2one(related='move_id.currency_id')
    residual = fields.Monetary(related='move_id.amount_residual', string="Open now")
    amount = fields.Monetary(
        required=True, compute='_compute_amount', store=True, readonly=False, precompute=True)
    account_id = fields.Many2one(
        'account.account', required=True, check_company=True,
        compute='_compute_account_id', store=True, readonly=False, precompute=True,
        domain="[('account_type', 'not in', ('asset_receivable', 'liability_payable'))]",
        help="Where the loss is booked. The tax of the invoice stays as it was; reclaim it as "
             "your country's law allows.",
    )
    date = fields.Date(
        required=True, compute='_compute_date', store=True, readonly=False, precompute=True)
    reason = fields.Char(required=True)
    state = fields.Selection(STATES, required=True, default='draft', readonly=True, index=True)
    entry_id = fields.Many2one(
        'account.move', readonly=True, index='btree_not_null',
        ondelete='restrict', copy=False)
    requested_by_id = fields.Many2one('res.users', string="Requested by", readonly=True)
    decided_by_id = fields.Many2one('res.users', string="Decision by", readonly=True)

    _amount_positive = models.Constraint(
        'CHECK (amount > 0)', "More than nothing is written off.")
    _one_open_uniq = models.UniqueIndex(
        "(move_id) WHERE state = 'requested'", "A write-off of this invoice waits already.")

    @api.depends('move_id')
    def _compute_amount(self):
        for row in self:
            row.amount = row.move_id.amount_residual

    @api.depends('move_id')
    def _compute_account_id(self):
        for row in self:
            row.account_id = row.move_id.company_id.isp_write_off_account_id

    @api.depends('move_id')
    def _compute_date(self):
        for row in self:
            row.date = row.move_id.company_id._isp_today()

    # === Guards === #

    @api.model_create_multi
    def create(self, vals_list):
        """:raises AccessError: when a client gives a result"""
        if not is_own(self.env) and RESULTS & set().union(*vals_list):
            refuse(self.browse(), RESULTS & set().union(*vals_list))
        return super(IspWriteOff, without_defaults(self, RESULTS)).create(vals_list)

    def write(self, vals):
        """:raises AccessError: when a client sets a result or changes what was requested"""
        if not is_own(self.env):
            fixed = self.filtered(lambda row: row.state != 'draft')
            if RESULTS & set(vals) or fixed and vals:
                refuse(fixed or self, RESULTS & set(vals) or set(vals))
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_draft(self):
        kept = self.filtered(lambda row: row.state != 'draft')
        if kept:
            raise UserError(self.env._(
                "The write-off of %(invoice)s was decided or requested and stays.",
                invoice=kept[0].move_id.name,
            ))

    # === Buttons === #

    def action_write_off(self):
        """Write off at once, or ask for approval where the limit of the company is exceeded.

        :raises AccessError: for users who are neither clerk nor approver
        """
        self.ensure_one()
        user = self.env.user
        if not (user.has_group('isp_billing.group_clerk')
                or user.has_group('isp_billing.group_approver')):
            raise AccessError(self.env._("Clerks and approvers write invoices off."))
        self._check_open(('draft',))
        if self.search_count(
            [('move_id', '=', self.move_id.id), ('state', '=', 'requested')], limit=1,
        ):
            raise UserError(self.env._("A write-off of this invoice waits already."))
        if self._needs_approval():
            self._set_state('requested', requested_by_id=user.id)
        else:
            self._post_entry()
        return {'type': 'ir.actions.act_window_close'}

    def action_approve_write_off(self):
        """Approve a request and post its entry.

        :raises AccessError: for users who are no approvers
        :raises UserError: for whoever requested it, where a second person approves
        """
        for row in self:
            row._check_approver()
            row._check_open(('requested',))
            if row.company_id.isp_four_eyes and row.requested_by_id == self.env.user:
                raise UserError(self.env._(
                    "You requested this write-off. Another person has to approve it (setting "
                    "“Approval by a second person”)."))
            row._post_entry()

    def action_refuse_write_off(self):
        """Refuse a request; the invoice stays open."""
        for row in self:
            row._check_approver()
            row._check_open(('requested',), amount=False)
            row._set_state('refused', decided_by_id=self.env.uid)

    def action_open_entry(self):
        self.ensure_one()
        return self.entry_id.get_formview_action()

    # === Work === #

    def _check_approver(self):
        if not self.env.user.has_group('isp_billing.group_approver'):
            raise AccessError(self.env._("Write-offs are approved by approvers."))

    def _check_open(self, states, amount=True):
        if self.state not in states:
            raise UserError(self.env._(
                "The write-off of %(invoice)s was decided already.", invoice=self.move_id.name))
        move = self.move_id
        if not amount:
            return
        if move.move_type != 'out_invoice' or move.state != 'posted' or not move.isp_account_id:
            raise UserError(self.env._(
                "%(document)s: only a posted invoice of a billing account is written off.",
                document=move.display_name))
        if self.currency_id.compare_amounts(self.amount, move.amount_residual) > 0:
            raise UserError(self.env._(
                "%(amount)s would be written off, and %(left)s is open on invoice %(invoice)s.",
                amount=self.currency_id.format(self.amount),
                left=self.currency_id.format(move.amount_residual), invoice=move.name))

    def _needs_approval(self):
        """Whether the amount is above what its user may write off alone (bool)."""
        company = self.company_id
        amount = self.currency_id._convert(
            self.amount, company.currency_id, company, self.date)
        if company.currency_id.compare_amounts(amount, company.isp_write_off_limit) <= 0:
            return False
        approves = self.env.user.has_group('isp_billing.group_approver')
        return not approves or company.isp_four_eyes

    @own
    def _set_state(self, state, **values):
        self.with_context(isp_audit_reason=self.reason).write({'state': state, **values})

    @own
    def _post_entry(self):
        """Post the entry and match it with the invoice."""
        items = self.move_id.line_ids.filtered(
            lambda line: line.account_id.account_type == 'asset_receivable'
            and not line.reconciled and line.amount_residual_currency > 0,
        ).sorted(lambda line: (line.date_maturity or line.date, line.id))
        pairs = self._shares(items)
        entry = self.env['account.move'].create({
            'move_type': 'entry', 'journal_id': self._journal().id, 'date': self.date,
            'company_id': self.company_id.id, 'isp_account_id': self.isp_account_id.id,
            'ref': self.env._("Write-off of %(invoice)s: %(reason)s", invoice=self.move_id.name,
                              reason=self.reason),
            'line_ids': [
                Command.create(self._item_values(item.account_id, -amount, -balance, item))
                for item, amount, balance in pairs
            ] + [Command.create(self._item_values(
                self.account_id, sum(one[1] for one in pairs), sum(one[2] for one in pairs)))],
        })
        entry.action_post()
        settled = entry.line_ids.filtered(lambda line: line.account_id != self.account_id)
        for (item, *_amounts), line in zip(pairs, settled.sorted('id'), strict=True):
            (item | line).reconcile()
        self._set_state('done', entry_id=entry.id, decided_by_id=self.env.uid)

    def _shares(self, items):
        """What is settled of the open items, first due first: [(item, amount, balance)]."""
        left, pairs = self.amount, []
        for item in items:
            open_amount = item.amount_residual_currency
            amount = self.currency_id.round(min(left, open_amount))
            if self.currency_id.is_zero(amount):
                continue
            whole = not self.currency_id.compare_amounts(amount, open_amount)
            balance = item.amount_residual if whole else self.company_id.currency_id.round(
                item.amount_residual * amount / open_amount)
            pairs.append((item, amount, balance))
            left -= amount
        return pairs

    def _item_values(self, account, amount, balance, item=None):
        item = item or self.env['account.move.line']
        return {
            'account_id': account.id, 'partner_id': self.move_id.commercial_partner_id.id,
            'name': self.env._("Write-off of %(invoice)s", invoice=self.move_id.name),
            'currency_id': self.currency_id.id, 'amount_currency': amount, 'balance': balance,
            **({'isp_account_id': item.isp_account_id.id} if item else {}),
        }

    def _journal(self):
        journal = self.env['account.journal'].search([
            *self.env['account.journal']._check_company_domain(self.company_id),
            ('type', '=', 'general'),
        ], limit=1)
        if not journal:
            raise UserError(self.env._(
                "Company %(company)s has no journal of type “Miscellaneous”. Make one.",
                company=self.company_id.name))
        return journal


class AccountMove(models.Model):
    _inherit = 'account.move'

    def action_isp_write_off(self):
        """Open the dialog that writes the open amount off."""
        self.ensure_one()
        return {
            'type': 'ir.actions.act_window', 'name': self.env._("Write off"),
            'res_model': 'isp.write.off', 'view_mode': 'form', 'target': 'new',
            'view_id': self.env.ref('isp_billing.isp_write_off_view_dialog').id,
            'context': {'default_move_id': self.id},
        }
