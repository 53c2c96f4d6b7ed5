from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL

from ..guard import is_own, own


class AccountMoveLine(models.Model):
    """Every item of a receivable account names the billing account that it counts for.

    Invoices name it themselves, payments through their payment, exchange differences through the
    item that they belong to, anything else through its partner. What an item is matched with needs
    no second entry: the matched part leaves both accounts, see ``isp.account.balance``.
    """

    _inherit = 'account.move.line'

    isp_account_id = fields.Many2one(
        'res.partner', string="Billing account", compute='_compute_isp_account_id', store=True,
        precompute=True, readonly=False, copy=False, index='btree_not_null', ondelete='restrict',
        help="The account whose balance the open part of this item belongs to.",
    )
    # the open items of an account; the other lines of an invoice have no open amount
    _isp_open_idx = models.Index(
        '(isp_account_id, company_id) WHERE isp_account_id IS NOT NULL '
        'AND (amount_residual_currency <> 0 OR amount_residual <> 0)')
    # who has no account may have a statement, too; most items of others have one
    _isp_without_idx = models.Index(
        '(partner_id, company_id) WHERE isp_account_id IS NULL AND partner_id IS NOT NULL')

    @api.depends('move_id.isp_account_id', 'move_id.partner_id', 'move_id.reversed_entry_id',
                 'move_id.origin_payment_id.isp_account_id', 'partner_id', 'account_id')
    def _compute_isp_account_id(self):
        """The account of the entry; for receivable items without one, see ``_isp_owner``."""
        nearest = {}
        for line in self:
            account = line.move_id.isp_account_id or (
                line.account_id.account_type == 'asset_receivable' and line._isp_owner(nearest))
            line.isp_account_id = account

    def _isp_owner(self, nearest):
        """Account of a receivable item whose entry names none (res.partner, may be empty).

        The payment's; for a reversal that of the item it reverses; else the customer, or the
        nearest account above it.

        :param dict nearest: accounts found so far, by (partner, company)
        """
        self.ensure_one()
        move = self.move_id
        if move.origin_payment_id.isp_account_id:
            return move.origin_payment_id.isp_account_id
        twins = move.reversed_entry_id.line_ids.filtered(
            lambda line: line.account_id == self.account_id and line.partner_id == self.partner_id
            and line.isp_account_id)
        exact = twins.filtered(lambda line: not self.currency_id.compare_amounts(
            line.amount_currency, -self.amount_currency))
        if twins:
            return (exact or twins)[0].isp_account_id
        partner = move.partner_id if move.is_invoice(include_receipts=True) else self.partner_id
        key = partner, move.company_id
        if key not in nearest:
            nearest[key] = partner._isp_nearest_account(move.company_id)
        return nearest[key]

    def _prepare_exchange_difference_move_vals(self, amounts_list, *args, **kwargs):
        """Override of `account`: the difference belongs to the account of the item it corrects."""
        result = super()._prepare_exchange_difference_move_vals(amounts_list, *args, **kwargs)
        for line, sequence in (result or {}).get('to_reconcile', ()):
            values = result['move_values']['line_ids'][sequence][2]
            values['isp_account_id'] = line.isp_account_id.id
        return result

    @api.model
    @own
    def _create_exchange_difference_moves(self, exchange_diff_values_list):
        """Override of `account`: the account of its lines is written by the program."""
        return super()._create_exchange_difference_moves(exchange_diff_values_list)

    @api.model
    def _isp_claim_items(self, numbers):
        """Items that were entered before their customer had an account get the new account.

        Only items that belong to no account: what another account was credited stays there.

        :param numbers: isp.account.number that were made just now
        """
        accounts = numbers.partner_id
        below = self.env['res.partner'].with_context(active_test=False).search(
            [('id', 'child_of', accounts.ids)])
        if not below:
            return
        payments = self.env['account.payment'].search([
            ('isp_account_id', '=', False), ('partner_type', '=', 'customer'),
            ('partner_id', 'in', below.ids), ('company_id', 'in', numbers.company_id.ids)])
        self.env.add_to_compute(payments._fields['isp_account_id'], payments)
        self.env.flush_all()
        rows = self.env.execute_query(SQL(
            """SELECT line.id, line.company_id,
                      CASE move.move_type WHEN 'entry' THEN line.partner_id
                           ELSE move.partner_id END AS customer_id
                 FROM account_move_line line
                 JOIN account_account account ON account.id = line.account_id
                 JOIN account_move move ON move.id = line.move_id
                WHERE account.account_type = 'asset_receivable' AND line.isp_account_id IS NULL
                  AND line.partner_id = ANY(%s) AND line.company_id = ANY(%s)""",
            (below | below.commercial_partner_id).ids, numbers.company_id.ids))
        lines = {}
        for line_id, company_id, customer_id in rows:
            lines.setdefault((customer_id, company_id), []).append(line_id)
        for (customer_id, company_id), line_ids in lines.items():
            account = self.env['res.partner'].browse(customer_id)._isp_nearest_account(
                self.env['res.company'].browse(company_id))
            if account in accounts:
                self.browse(line_ids).isp_account_id = account


class AccountPayment(models.Model):
    _inherit = 'account.payment'

    isp_account_id = fields.Many2one(
        'res.partner', string="Billing account", compute='_compute_isp_account_id', store=True,
        readonly=False, copy=False, index='btree_not_null', ondelete='restrict',
        domain="[('isp_is_account', '=', True)]",
        help="The account that gets what is not matched with an invoice. What is matched settles "
             "the account of the invoice, whoever paid.",
    )

    @api.depends('partner_id', 'company_id')
    def _compute_isp_account_id(self):
        for payment in self:
            payment.isp_account_id = payment.partner_type == 'customer' and \
                payment.partner_id._isp_nearest_account(payment.company_id)


    def write(self, vals):
        """:raises UserError: when the account of a payment is changed that is no draft any more"""
        if 'isp_account_id' in vals and not is_own(self.env):
            late = self.filtered(lambda payment: payment.state != 'draft' and (
                payment.isp_account_id.id != vals['isp_account_id']))
            if late:
                raise UserError(self.env._(
                    "Payment %(payment)s counts for an account already. Reset it to draft to "
                    "change its billing account.", payment=late[0].display_name))
        return super().write(vals)
