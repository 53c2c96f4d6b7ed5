import json

from odoo import api, models
from odoo.tools import groupby

from ..engine.money import to_decimal
from .isp_document_data import _number


class IspDocumentData(models.AbstractModel):
    """What a document asks for at the moment it is made, when something was settled since it was
    posted.

    Its facts are frozen at posting, its PDF is sealed later: what was paid, credited or refunded
    between is added to the facts when it is sealed, and never after.
    """

    _inherit = 'isp.document.data'

    @api.model
    def _asked(self, moves):
        """What frozen documents ask for now; one query for each company and kind.

        :param moves: posted account.move with frozen facts
        :return: {move id: dict, None when it is what was frozen}
        """
        refunds = moves.filtered(lambda move: move.move_type == 'out_refund')
        found = {move.id: self._credit_use(move) for move in refunds}
        for company, batch in (moves - refunds).grouped('company_id').items():
            accounts = self.env['res.partner'].union(
                *(move._isp_document_account() for move in batch))
            items = self.env['isp.account.balance']._open_items(accounts, company)
            for move in batch:
                found[move.id] = self._asked_of_invoice(
                    move, items[move._isp_document_account().id])
        return found

    @api.model
    def _asked_of_invoice(self, move, items):
        """What is left to pay of an invoice and of what was owed before it, None if all of it.

        Credits of the account that came later count, debts that came later do not.

        :param items: list of ``OpenItem`` of its account
        """
        facts, currency = move.isp_document_data, move.currency_id
        frozen = to_decimal(float((facts.get('summary') or {}).get('due', facts['total'])))
        mine = (move.invoice_date or move.date, move.id)
        due = sum((item.open for item in items if item.currency_id == currency.id and (
            item.open < 0 or (item.date, item.move_id) <= mine)), to_decimal(0))
        settled = to_decimal(currency.round(float(frozen - due)))
        if not settled:
            return None
        asked = {'due': _number(float(due), currency), 'settled': _number(float(settled), currency),
                 'reversed': move.payment_state == 'reversed'}
        if facts.get('maturities'):
            asked['maturities'] = self._open_maturities(move)
        code = (facts.get('payment') or {}).get('qr') or {}
        if code.get('type') == 'epc':
            asked['qr'] = self._epc_code(move, float(due)) if due > 0 else None
        return asked

    @api.model
    def _open_maturities(self, move):
        """What is left of each part of an invoice: [{'date', 'amount'}], settled ones left out."""
        lines = self._term_lines(move).filtered(
            lambda line: not move.currency_id.is_zero(line.amount_residual_currency))
        return [
            {'date': day.isoformat(), 'amount': _number(
                -move.direction_sign * sum(line.amount_residual_currency for line in parts),
                move.currency_id)}
            for day, parts in sorted(groupby(lines, lambda line: line.date_maturity))]

    @api.model
    def _credit_use(self, move):
        """What becomes of the money of a credit note: [{'use', 'number', 'amount'}].

        ``use`` is ``applied`` (to the invoice ``number``), ``refunded`` or ``kept`` for the next
        invoices; None as long as there is no amount.
        """
        currency, rows, used = move.currency_id, {}, 0.0
        for part in self._term_lines(move).matched_debit_ids:
            other = part.debit_move_id.move_id
            key = ('applied', other.isp_opening_document or other.name) \
                if other.is_sale_document(include_receipts=True) \
                else ('refunded', '') if other.origin_payment_id or other.statement_line_id \
                else ('settled', '')
            rows[key] = rows.get(key, 0.0) + part.credit_amount_currency
            used += part.credit_amount_currency
        kept = currency.round(move.amount_total - used)
        if not currency.is_zero(kept):
            rows['kept', ''] = kept
        return rows and {'use': [
            {'use': use, 'number': number, 'amount': _number(amount, currency)}
            for (use, number), amount in rows.items()]} or None


class AccountMove(models.Model):
    _inherit = 'account.move'

    def _isp_asked(self):
        """What frozen documents ask for now, see ``isp.document.data._asked``.

        Read once for a batch of e-mails: context ``isp_asked``.
        """
        known = self.env.context.get('isp_asked') or {}
        missing = self.filtered(lambda move: move.id not in known)
        found = self.env['isp.document.data'].sudo()._asked(missing.sudo()) if missing else {}
        return {move.id: known.get(move.id, found.get(move.id)) for move in self}

    def _isp_with_asked(self, asked):
        """Frozen facts of this document with what it asks for now (dict)."""
        self.ensure_one()
        facts = {key: value for key, value in self.isp_document_data.items() if key != 'asked'}
        return {**facts, 'asked': asked} if asked else facts

    def _isp_freeze_asked(self):
        """Freeze what documents that are sealed now ask for."""
        asked = self._isp_asked()
        changed = self.filtered(
            lambda move: (move.isp_document_data.get('asked') or None) != asked[move.id])
        self._isp_update_columns({'isp_document_data': 'jsonb'}, [
            (move.id, json.dumps(move._isp_with_asked(asked[move.id]))) for move in changed])
