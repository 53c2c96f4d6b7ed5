from odoo import fields, models
from odoo.exceptions import UserError

from ..guard import own


class AccountMove(models.Model):
    """Invoices know their run, account and service period; the ledger guards them."""

    _inherit = 'account.move'

    # upstream has no index on it
    subscription_id = fields.Many2one(index='btree_not_null')
    isp_bill_run_id = fields.Many2one(
        'isp.bill.run', string="Bill run", index='btree_not_null', copy=False, readonly=True,
    )
    isp_bill_id = fields.Many2one(
        'isp.bill.run.bill', string="Bill", index='btree_not_null', copy=False, readonly=True,
    )
    isp_account_id = fields.Many2one(
        'res.partner', string="Billing account", index='btree_not_null',
        help="Whose account is charged or credited. Balance, statement and portal go by it.",
    )
    isp_account_number = fields.Char(
        related='isp_account_id.isp_account_number', string="Account number",
    )
    isp_period_from = fields.Date(string="Service from", copy=False, readonly=True)
    isp_period_to = fields.Date(string="Service to", copy=False, readonly=True)
    isp_charge_ids = fields.One2many('isp.charge', 'move_id', string="Charges")
    isp_charge_count = fields.Integer(compute='_compute_isp_charge_count')
    isp_subscription_count = fields.Integer(compute='_compute_isp_charge_count')

    def _compute_isp_charge_count(self):
        groups = {}
        if self.env['isp.charge'].has_access('read'):
            groups = {
                move: rest for move, *rest in self.env['isp.charge']._read_group(
                    [('move_id', 'in', self.ids)], ['move_id'],
                    ['__count', 'subscription_id:count_distinct'],
                )
            }
        for move in self:
            move.isp_charge_count, move.isp_subscription_count = groups.get(move, (0, 0))

    def _prepare_product_base_line_for_taxes_computation(self, product_line):
        """Override of `account`: taxes of an amount per unit count what a charge is worth.

        A part of a period is one unit at the amount of its charge, because Odoo rounds
        quantities; such a tax would be counted once for it, whatever the number of units.
        """
        base_line = super()._prepare_product_base_line_for_taxes_computation(product_line)
        if not self.is_invoice(include_receipts=True) or not (
                product_line.isp_unit_value or product_line.isp_plan_id):
            return base_line
        amount = base_line['currency_id'].round(
            base_line['price_unit'] * base_line['quantity'] * (1 - base_line['discount'] / 100))
        if product_line.isp_unit_value or not amount:
            quantity, price = self.env['isp.tax.mapper']._units(
                product_line.tax_ids, amount, product_line.isp_unit_value)
            if quantity != 1.0:
                base_line.update(quantity=quantity, price_unit=price, discount=0.0)
        return base_line

    @own
    def button_draft(self):
        """Refuse to reopen what the ledger rests on: corrections are credit notes."""
        charged = self.filtered(
            lambda move: move.state == 'posted' and move.sudo().isp_charge_ids
        )
        if charged:
            raise UserError(self.env._(
                "Invoice %(invoice)s carries charges of the ledger and is not reset to draft. "
                "Correct it with a credit note.", invoice=charged[0].name,
            ))
        return super().button_draft()

    @own
    def button_cancel(self):
        """Cancelling a draft of a run gives its periods back."""
        result = super().button_cancel()
        self.sudo().isp_charge_ids.filtered(
            lambda charge: charge.move_id.state == 'cancel'
        )._isp_release()
        return result

    def unlink(self):
        """The ledger rows of a deleted draft go with it, which frees their periods."""
        drafts = self.filtered(lambda move: move.state == 'draft')
        drafts.sudo().isp_charge_ids._isp_release()
        return super().unlink()

    def action_view_isp_charges(self):
        self.ensure_one()
        return {
            'type': 'ir.actions.act_window', 'name': self.env._("Charges"),
            'res_model': 'isp.charge', 'view_mode': 'list,form',
            'domain': [('move_id', '=', self.id)],
        }

    def action_view_isp_subscriptions(self):
        self.ensure_one()
        return self.env['sale.subscription']._isp_action(
            self.env._("Subscriptions"), [('id', 'in', self.isp_charge_ids.subscription_id.ids)],
        )


class AccountMoveLine(models.Model):
    _inherit = 'account.move.line'

    # a copy by hand claims no plan and no period: nothing in the ledger says so
    isp_period_from = fields.Date(string="Service from", readonly=True, copy=False)
    isp_period_to = fields.Date(string="Service to", readonly=True, copy=False)
    isp_unit_value = fields.Float(
        string="Worth of a unit", digits=0, readonly=True, aggregator=None,
        help="What one unit costs for a full period. Taxes of an amount per unit count by it.",
    )
    isp_plan_id = fields.Many2one(
        'isp.service.plan', string="Plan", index='btree_not_null', readonly=True, copy=False,
    )
