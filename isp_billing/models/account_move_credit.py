from decimal import Decimal

from odoo import fields, models
from odoo.exceptions import UserError

from ..engine.credit import spread
from ..engine.money import to_decimal
from ..guard import own

CREDIT_KINDS = [
    ('error', "Error on the bill"),
    ('goodwill', "Goodwill"),
]


class AccountMove(models.Model):
    """Credit of an amount or of lines of a posted invoice, without a draft that is edited."""

    _inherit = 'account.move'

    isp_credit_kind = fields.Selection(
        CREDIT_KINDS, string="Kind of credit", copy=False, readonly=True)
    isp_credit_reason = fields.Char(string="Reason of the credit", copy=False, readonly=True)

    def action_isp_credit(self):
        """Open the dialog that credits an amount or lines."""
        self.ensure_one()
        self._isp_check_credit()
        return {
            'type': 'ir.actions.act_window', 'name': self.env._("Credit"),
            'res_model': 'isp.invoice.credit', 'view_mode': 'form', 'target': 'new',
            'context': {'default_move_id': self.id},
        }

    def _isp_check_credit(self):
        if self.state != 'posted' or self.move_type != 'out_invoice' or not self.isp_account_id:
            raise UserError(self.env._(
                "%(document)s: only a posted invoice of a billing account is credited.",
                document=self.display_name,
            ))

    def _isp_credit_totals(self, amounts):
        """What a credit note of amounts comes to, by Odoo's tax engine.

        :param dict amounts: {invoice line: Decimal in the terms of its price}
        :return: (before tax, tax, total), Decimals
        """
        mapper = self.env['isp.tax.mapper']
        summary = mapper._summary([
            mapper._base_line(
                line.product_id, line.tax_ids, float(amount), self.currency_id, self.partner_id,
                True,
            ) for line, amount in amounts.items() if amount
        ], self.currency_id, self.company_id)
        names = ('base_amount_currency', 'tax_amount_currency', 'total_amount_currency')
        return tuple(
            abs(to_decimal(self.currency_id.round(summary.get(name) or 0.0))) for name in names)

    def _isp_spread(self, asked, rooms):
        """Amounts of the lines of a credit note that comes to an amount with tax.

        :param Decimal asked: total with tax
        :return: {invoice line: Decimal}; see ``engine.credit.spread``
        :raises TooMuchError: when less is left
        """
        lines = list(rooms)

        def total_of(amounts):
            if not any(amounts):
                return Decimal(0)
            return self._isp_credit_totals(dict(zip(lines, amounts, strict=True)))[2]

        unit = Decimal(repr(self.currency_id.rounding))
        amounts = spread(asked, [rooms[line].left for line in lines], total_of, unit)
        return dict(zip(lines, amounts, strict=True))

    @own
    def _isp_credit(self, amounts, kind, reason, date, reopens=False):
        """Make, post and match the credit note of amounts of the lines of an invoice.

        :param dict amounts: {invoice line: Decimal in the terms of its price}
        :param str kind: one of ``CREDIT_KINDS``
        :param date date: date of the credit note
        :param bool reopens: whether the next run bills the periods again
        :raises UserError: when a line has less left, nothing is credited, or goodwill reopens
        """
        self.ensure_one()
        self._isp_check_credit()
        if not (reason or '').strip():
            raise UserError(self.env._("Say why the invoice is credited."))
        if kind == 'goodwill' and reopens:
            raise UserError(self.env._(
                "What is given as goodwill is not billed again. Untick “Bill the periods again”."))
        if not any(amounts.values()):
            raise UserError(self.env._("Enter what is credited."))
        lang = self.partner_id.lang or self.env.lang
        credit = self.with_context(isp_reopen_periods=reopens)._reverse_moves([{
            'invoice_date': date, 'date': date, 'invoice_date_due': date,
            'invoice_payment_term_id': False, 'isp_credit_kind': kind,
            'isp_credit_reason': reason,
            'ref': self.with_context(lang=lang).env._(
                "Credit of %(invoice)s: %(reason)s", invoice=self.name, reason=reason),
        }])
        credit._isp_set_credit_lines(amounts)
        credit.action_post()
        self._isp_audit_credit(credit, reason)
        return credit

    def _isp_set_credit_lines(self, amounts):
        """Bring the lines of a draft credit note to amounts of the invoice lines."""
        gone = self.env['account.move.line']
        for line in self.invoice_line_ids:
            amount = amounts.get(line.isp_origin_line_id)
            if line.display_type != 'product' or not amount:
                gone |= line
            elif amount != -line._isp_amount():
                line.write({
                    'quantity': 1.0, 'discount': 0.0,
                    'price_unit': float(amount) * -line._isp_sign(),
                })
        gone.unlink()

    def _isp_audit_credit(self, credit, reason):
        """Leave an audit row: who credited what, and why."""
        # sudo: clerks credit and do not write audit rows themselves
        self.env['isp.audit'].sudo()._isp_append([{
            'record': credit, 'name': credit.display_name, 'action': 'create',
            'company': credit.company_id, 'reason': reason,
            'changes': {
                'isp_credit_kind': (None, credit.isp_credit_kind),
                'amount_total': (None, credit.amount_total),
                'reversed_entry_id': (None, {'id': self.id, 'name': self.name}),
                'isp_reopens': (None, credit.isp_reopens),
            },
        }])
