from odoo import Command, api, fields, models
from odoo.exceptions import UserError

from ..engine.credit import TooMuchError
from ..engine.money import to_decimal
from ..models.account_move_credit import CREDIT_KINDS


class IspInvoiceCredit(models.TransientModel):
    """Credits an amount or lines of a posted invoice, and shows the result before."""

    _name = 'isp.invoice.credit'
    _description = "Credit of an Invoice"
    _inherit = ['isp.exact.money']
    _isp_money = ('amount',)

    move_id = fields.Many2one('account.move', string="Invoice", required=True, readonly=True)
    company_id = fields.Many2one(related='move_id.company_id')
    currency_id = fields.Many2one(related='move_id.currency_id')
    mode = fields.Selection(
        [('amount', "An amount"), ('lines', "Lines")], string="Credit", required=True,
        default='amount',
    )
    kind = fields.Selection(CREDIT_KINDS, required=True, default='error')
    reason = fields.Char(required=True)
    date = fields.Date(
        string="Date of the credit note", required=True, compute='_compute_date', store=True,
        readonly=False, precompute=True,
    )
    amount = fields.Monetary(string="Amount with tax")
    reopens = fields.Boolean(
        string="Bill the periods again",
        help="The next bill run charges again what is credited: wholly credited periods by the "
             "facts of that day, others at the price that was charged.",
    )
    line_ids = fields.One2many(
        'isp.invoice.credit.line', 'credit_id', compute='_compute_line_ids', store=True,
        readonly=False, precompute=True,
    )
    amount_left = fields.Monetary(string="Left to credit", compute='_compute_amount_left')
    amount_untaxed = fields.Monetary(string="Before tax", compute='_compute_result')
    amount_tax = fields.Monetary(string="Tax", compute='_compute_result')
    amount_total = fields.Monetary(string="Credit note", compute='_compute_result')
    amount_due = fields.Monetary(string="Open on the invoice then", compute='_compute_result')
    amount_open = fields.Monetary(
        string="Open on the credit note then", compute='_compute_result',
        help="What the customer paid already stays open on the account, for the next invoice.",
    )
    problem = fields.Char(compute='_compute_result')

    @api.depends('move_id')
    def _compute_date(self):
        for wizard in self:
            wizard.date = wizard.move_id.company_id._isp_today()

    def _rooms(self):
        """What is left of the lines of the invoice: {line: engine.credit.Room}."""
        rooms = self.move_id._isp_credit_rooms(every=True)
        return {line: room for line, room in rooms.items() if room.left}

    @api.depends('move_id')
    def _compute_line_ids(self):
        for wizard in self:
            wizard.line_ids = [Command.clear()] + [
                Command.create({
                    'move_line_id': line.id, 'billed': float(room.billed),
                    'left': float(room.left),
                }) for line, room in wizard._rooms().items()
            ]

    @api.depends('move_id')
    def _compute_amount_left(self):
        for wizard in self:
            lefts = {line: room.left for line, room in wizard._rooms().items()}
            wizard.amount_left = float(wizard.move_id._isp_credit_totals(lefts)[2])

    def _amounts(self):
        """What is credited of each line: {invoice line: Decimal}.

        :raises UserError: when more is asked than is left
        """
        self.ensure_one()
        money = self.currency_id
        if self.mode == 'lines':
            return {
                line.move_line_id: to_decimal(money.round(line.amount)) for line in self.line_ids
                if line.amount
            }
        if money.compare_amounts(self.amount, 0.0) <= 0:
            return {}
        try:
            return self.move_id._isp_spread(to_decimal(money.round(self.amount)), self._rooms())
        except TooMuchError as error:
            raise UserError(self.env._(
                "%(amount)s would be credited, and %(left)s is left of invoice %(invoice)s.",
                amount=money.format(self.amount), left=money.format(float(error.left)),
                invoice=self.move_id.name,
            )) from error

    @api.depends('mode', 'amount', 'line_ids.amount')
    def _compute_result(self):
        for wizard in self:
            wizard.problem = False
            try:
                amounts = wizard._amounts()
                for line in wizard.line_ids if wizard.mode == 'lines' else ():
                    line._check_left()
            except UserError as error:
                wizard.problem, amounts = str(error), {}
            untaxed, tax, total = map(float, wizard.move_id._isp_credit_totals(amounts))
            residual = wizard.move_id.amount_residual
            wizard.amount_untaxed, wizard.amount_tax, wizard.amount_total = untaxed, tax, total
            wizard.amount_due = wizard.currency_id.round(max(0.0, residual - total))
            wizard.amount_open = wizard.currency_id.round(max(0.0, total - residual))

    def action_credit(self):
        """Post the credit note and show it.

        :raises UserError: when more is asked than is left
        """
        self.ensure_one()
        credit = self.move_id._isp_credit(
            self._amounts(), self.kind, self.reason, self.date,
            self.reopens and self.kind == 'error')
        return credit.get_formview_action()


class IspInvoiceCreditLine(models.TransientModel):
    """A line of the invoice, what is left of it and what is credited."""

    _name = 'isp.invoice.credit.line'
    _description = "Line of a Credit"

    credit_id = fields.Many2one(
        'isp.invoice.credit', string="Dialog", required=True, ondelete='cascade')
    move_line_id = fields.Many2one('account.move.line', string="Line", required=True)
    name = fields.Char(related='move_line_id.name')
    currency_id = fields.Many2one(related='credit_id.currency_id')
    billed = fields.Monetary(readonly=True)
    left = fields.Monetary(string="Left to credit", readonly=True)
    tax_ids = fields.Many2many(related='move_line_id.tax_ids', string="Taxes")
    amount = fields.Monetary(
        string="Credit", help="In the terms of the price: before tax, or with the taxes that the "
        "price includes.",
    )

    def _check_left(self):
        for line in self:
            sign = -1 if line.left < 0 else 1
            beyond = line.currency_id.compare_amounts(sign * line.amount, sign * line.left) > 0
            if beyond or line.currency_id.compare_amounts(sign * line.amount, 0.0) < 0:
                raise UserError(self.env._(
                    "Line “%(line)s”: %(amount)s would be credited, and %(left)s is left.",
                    line=line.move_line_id._isp_label(),
                    amount=line.currency_id.format(line.amount),
                    left=line.currency_id.format(line.left),
                ))

    def action_all(self):
        """Credit all that is left of the line."""
        self.amount = self.left
