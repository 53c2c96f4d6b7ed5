from odoo import api, models
from odoo.exceptions import UserError

from odoo.addons.base.models.ir_model import MODULE_UNINSTALL_FLAG

from ..guard import is_own, own, own_write, refuse, without_defaults

#: fields of ours that a person sets on a draft; every other stored one is a result
SET_ON_DRAFTS = {'isp_account_id', 'isp_opening_document'}
#: what Odoo keeps of a document and its page says: fixed once it was posted. Left out on purpose,
#: because no page shows them and the work goes on after posting: whether it was sent and checked,
#: salesperson, tags, followers, activities, attachments, payments and their matching.
FIXED = {
    'name', 'state', 'move_type', 'journal_id', 'company_id', 'date', 'invoice_date',
    'invoice_date_due', 'delivery_date', 'invoice_payment_term_id', 'invoice_cash_rounding_id',
    'currency_id', 'invoice_currency_rate', 'partner_id', 'commercial_partner_id',
    'partner_shipping_id', 'partner_bank_id', 'fiscal_position_id', 'invoice_incoterm_id',
    'invoice_origin', 'invoice_partner_display_name', 'ref', 'narration', 'payment_reference',
    'line_ids', 'invoice_line_ids', 'reversed_entry_id', 'subscription_id', 'posted_before',
    'sequence_prefix', 'sequence_number', 'amount_untaxed', 'amount_tax', 'amount_total',
    'amount_residual', 'amount_untaxed_signed', 'amount_untaxed_in_currency_signed',
    'amount_tax_signed', 'amount_total_signed', 'amount_total_in_currency_signed',
    'amount_residual_signed', 'tax_totals', 'quick_edit_total_amount', 'payment_state',
    'invoice_pdf_report_file', 'access_token', 'inalterable_hash', 'secure_sequence_number',
}
#: the same of its lines. Left out: analytic distribution, matching, expected dates
FIXED_LINES = {
    'move_id', 'display_type', 'sequence', 'name', 'product_id', 'product_uom_id', 'quantity',
    'price_unit', 'discount', 'tax_ids', 'price_subtotal', 'price_total', 'account_id',
    'partner_id', 'currency_id', 'company_id', 'journal_id', 'date', 'date_maturity', 'debit',
    'credit', 'balance', 'amount_currency', 'currency_rate', 'amount_residual',
    'amount_residual_currency', 'reconciled', 'tax_line_id', 'tax_group_id', 'tax_base_amount',
    'tax_repartition_line_id', 'group_tax_id', 'tax_tag_ids', 'discount_date',
    'discount_amount_currency', 'discount_balance', 'move_name', 'parent_state', 'invoice_date',
}


def own_fields(model):
    """Names of the stored fields of ours on a model of Odoo (set of str)."""
    return {
        name for name, field in model._fields.items()
        if name.startswith('isp_') and (field.store or field.type in ('one2many', 'many2many'))
    }


class AccountMove(models.Model):
    """Results and posted documents change by the program's own methods only.

    Methods that write them are marked with ``guard.own`` or work within ``guard.own_write()``.
    """

    _inherit = 'account.move'

    def _isp_fixed(self):
        """Documents of ISP billing that were posted (account.move)."""
        return self.filtered(lambda move: move.state != 'draft' and move.isp_has_document)

    @api.model
    def _isp_result_fields(self):
        """Names of the fields that no person sets, on drafts neither (set of str)."""
        return own_fields(self) - SET_ON_DRAFTS

    @api.model_create_multi
    def create(self, vals_list):
        """:raises AccessError: when a client gives results"""
        names = self._isp_result_fields()
        if not is_own(self.env):
            given = names & set().union(*vals_list)
            if given:
                refuse(self.browse(), given)
        return super(AccountMove, without_defaults(self, names)).create(vals_list)

    def write(self, vals):
        """:raises AccessError: when a client sets results, or anything that a posted document
            says
        """
        if not is_own(self.env):
            self._isp_check_write(set(vals))
        result = super().write(vals)
        self._isp_follow_invoice_date(vals)
        return result

    def _isp_check_write(self, names):
        moves = self.sudo()
        results = names & self._isp_result_fields()
        if results:
            refuse(moves, results)
        fixed = moves._isp_fixed() if names & (FIXED | SET_ON_DRAFTS) else self.browse()
        if fixed:
            refuse(fixed, names & (FIXED | SET_ON_DRAFTS))
        if 'state' in names and any(moves.mapped('isp_has_document')):
            refuse(moves.filtered('isp_has_document'), ['state'])
        if names & SET_ON_DRAFTS and moves.isp_charge_ids:
            refuse(moves.isp_charge_ids.move_id, names & SET_ON_DRAFTS)

    def copy(self, default=None):
        """Odoo copies the lines with what the program keeps on them."""
        if is_own(self.env) or {'line_ids', 'invoice_line_ids'} & set(default or {}):
            return super().copy(default)
        given = self._isp_result_fields() & set(default or {})
        if given:
            refuse(self, given)
        with own_write():
            return super().copy(default)

    @own
    def action_toggle_block_payment(self):
        """Odoo's button writes the state of the payment."""
        return super().action_toggle_block_payment()

    @api.ondelete(at_uninstall=False)
    def _unlink_except_isp_fixed(self):
        """Odoo deletes posted entries when a client's context asks for it; not these."""
        if is_own(self.env) or self.env.context.get(MODULE_UNINSTALL_FLAG):
            return
        fixed = self.sudo()._isp_fixed().filtered(lambda move: move.state == 'posted')
        if fixed:
            raise UserError(self.env._(
                "Invoice %(invoice)s is posted and is not deleted. Correct it with a credit note.",
                invoice=fixed[0].name))


class AccountMoveLine(models.Model):
    _inherit = 'account.move.line'

    @api.model_create_multi
    def create(self, vals_list):
        """:raises AccessError: when a client gives results, or adds a line to a posted document"""
        names = own_fields(self)
        if not is_own(self.env):
            given = names & set().union(*vals_list)
            if given:
                refuse(self.browse(), given)
            moves = self.env['account.move'].sudo().browse(
                {vals['move_id'] for vals in vals_list if vals.get('move_id')})
            if moves._isp_fixed():
                refuse(moves._isp_fixed(), ['line_ids'])
        return super(AccountMoveLine, without_defaults(self, names)).create(vals_list)

    def write(self, vals):
        """:raises AccessError: see ``account.move.write``"""
        if not is_own(self.env):
            names = set(vals)
            results = names & own_fields(self)
            if results:
                refuse(self.sudo(), results)
            moves = self.sudo().move_id if names & FIXED_LINES else self.env['account.move']
            if vals.get('move_id'):
                moves |= moves.browse(vals['move_id'])
            if moves._isp_fixed():
                refuse(self.sudo().filtered(lambda line: line.move_id in moves._isp_fixed())
                       or self, names & FIXED_LINES)
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_isp_fixed(self):
        if is_own(self.env) or self.env.context.get(MODULE_UNINSTALL_FLAG):
            return
        fixed = self.sudo().move_id._isp_fixed().filtered(lambda move: move.state == 'posted')
        if fixed:
            refuse(fixed, ['line_ids'])
