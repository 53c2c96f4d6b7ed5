from odoo import fields, models
from odoo.exceptions import UserError

from ..guard import own


class AccountMove(models.Model):
    """Drafts of credit notes start from what is left of the invoice.

    The ledger is written when they are posted, from what they say by then: see
    ``account_move_charge.py``.
    """

    _inherit = 'account.move'

    isp_reopens = fields.Boolean(
        string="Bill the periods again", copy=False, readonly=True,
        help="Once this credit note is posted, the next bill run charges the credited periods "
             "again, by the facts of that day.",
    )

    @own
    def _reverse_moves(self, default_values_list=None, cancel=False):
        """Override of `account`: each line starts with at most what is left of its charges.

        A line whose period was credited meanwhile is credited for the rest only. Context
        ``isp_reopen_periods`` says whether the next run bills the periods again (default no).

        :raises UserError: when nothing is left to credit on an invoice
        """
        rooms = self._isp_credit_rooms() | self._isp_rooms_by_hand()
        self._isp_check_creditable(rooms)
        cut = any(room.is_cut for room in rooms.values())
        if cancel and cut:
            # upstream would post the credit note before its lines are cut
            self.line_ids.remove_move_reconcile()
        reopens = bool(self.env.context.get('isp_reopen_periods'))
        values = default_values_list or [{} for _move in self]
        for move, default in zip(self, values, strict=True):
            if move.isp_account_id:
                default.update(isp_account_id=move.isp_account_id.id, isp_reopens=reopens)
        reversals = super()._reverse_moves(
            default_values_list=values, cancel=cancel and not cut,
        )
        if cut:
            reversals._isp_cut_lines(rooms)
        if cancel and cut:
            reversals.with_context(move_reverse_cancel=True)._post(soft=False)
        return reversals

    def _isp_rooms_by_hand(self):
        """What is left of invoices without charges of which something was credited already.

        Those that nothing was credited of are reversed as Odoo does it, also when they say 0.00.
        """
        rooms = self.filtered(lambda move: (
            move.isp_account_id and move.move_type == 'out_invoice'
            and not move.sudo().isp_charge_ids))._isp_credit_rooms(every=True)
        begun = {line.move_id for line, room in rooms.items() if room.is_cut}
        return {line: room for line, room in rooms.items() if line.move_id in begun}

    def _isp_check_creditable(self, rooms):
        """Refuse a second credit note of an invoice of which everything was credited."""
        left = {line.move_id for line, room in rooms.items() if not room.is_empty}
        for move in {line.move_id for line in rooms} - left:
            raise UserError(self.env._(
                "Everything on invoice %(invoice)s was credited already.", invoice=move.name,
            ))

    def _isp_cut_lines(self, rooms):
        """Bring lines of draft credit notes down to what is left of the invoice lines."""
        gone = self.env['account.move.line']
        for line in self.invoice_line_ids:
            room = rooms.get(line.isp_origin_line_id)
            if not room or not room.is_cut:
                continue
            if room.is_empty:
                gone |= line
                continue
            sign = -line._isp_sign()
            line.write({'quantity': 1.0, 'discount': 0.0, 'price_unit': sign * room.left})
        gone.unlink()


class AccountMoveLine(models.Model):
    _inherit = 'account.move.line'

    isp_origin_line_id = fields.Many2one(
        'account.move.line', string="Corrected line", copy=False, readonly=True,
        index='btree_not_null', ondelete='set null',
        help="Line of the invoice that this line credits, or charges again.",
    )

    def _copy_data_extend_business_fields(self, values):
        """Credit notes and corrected invoices know the lines that they correct; copies do not."""
        super()._copy_data_extend_business_fields(values)
        if self.move_id.isp_account_id:
            values.update(
                isp_origin_line_id=self.id, isp_plan_id=self.isp_plan_id.id,
                isp_period_from=self.isp_period_from, isp_period_to=self.isp_period_to,
            )
