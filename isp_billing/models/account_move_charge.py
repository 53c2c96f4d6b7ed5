from decimal import Decimal

from odoo import models
from odoo.exceptions import UserError

from ..engine.credit import Part, Room, TooMuchError
from ..engine.money import to_decimal


class AccountMove(models.Model):
    """What a document says is compared with the ledger of charges when it is posted.

    Whatever made the document: a run, *Bill now*, a credit note, an import or a remote call. What
    a run billed must be posted as it was charged; what corrects an invoice writes the ledger.
    """

    _inherit = 'account.move'

    # === Before posting === #

    def _isp_check_charges(self):
        """Refuse drafts that say something else than their charges.

        :raises UserError: names the document, the line and what to do
        """
        moves = self.filtered(
            lambda move: move.state == 'draft' and move.is_sale_document(include_receipts=True))
        # sudo: whoever posts may not be allowed to read the ledger
        charges = moves.sudo().isp_charge_ids
        by_line = charges.grouped('move_line_id')
        for charge in charges:
            charge.move_id._isp_check_charge(charge)
        for line in moves.invoice_line_ids:
            if line.display_type == 'product':
                line._isp_check_charges(by_line.get(line))
        moves._isp_settlements()

    def _isp_check_charge(self, charge):
        """Refuse another payer, company or currency, and a line that was deleted."""
        self.ensure_one()
        if charge.amount and not charge.move_line_id:
            self._isp_refuse(self.env._(
                "the line of %(plan)s (%(first)s – %(last)s, %(amount)s) was deleted",
                plan=charge.plan_id.name, first=charge.date_from, last=charge.date_to,
                amount=charge.currency_id.format(charge.amount),
            ))
        if charge.payer_id != self.isp_account_id:
            self._isp_refuse(self.env._(
                "it is on account %(account)s, but %(payer)s was charged",
                account=self.isp_account_id.display_name or "–", payer=charge.payer_id.display_name,
            ))
        if not self._isp_is_of(charge.payer_id):
            self._isp_refuse(self.env._(
                "its customer is %(customer)s, but %(payer)s was charged",
                customer=self.partner_id.display_name, payer=charge.payer_id.display_name,
            ))
        if charge.currency_id != self.currency_id or charge.company_id != self.company_id:
            self._isp_refuse(self.env._(
                "it is in %(currency)s of %(company)s, but the charge in %(charged)s of %(other)s",
                currency=self.currency_id.name, company=self.company_id.name,
                charged=charge.currency_id.name, other=charge.company_id.name,
            ))

    def _isp_is_of(self, payer):
        """Whether the customer of a document is an account or belongs to it (bool)."""
        customer = self.partner_id
        if customer.commercial_partner_id == payer.commercial_partner_id:
            return True
        while customer and customer != payer:
            customer = customer.parent_id
        return bool(customer)

    def _isp_refuse(self, difference):
        """Say how a draft differs from its charges, and the way that works.

        :raises UserError: always
        """
        raise UserError(self.env._(
            "%(document)s differs from what was charged: %(difference)s. A bill is posted as it "
            "was computed. Delete this draft, change the subscription, and the next run bills the "
            "period anew; or post the draft unchanged and press “Credit” on the invoice.",
            document=self.display_name, difference=difference,
        ))

    # === Corrections === #

    def _isp_write_corrections(self):
        """Write the ledger rows of posted credit notes and corrected invoices."""
        links = self._isp_settlements()
        if links:
            # sudo: the ledger is written by the program alone
            self.env['isp.charge'].sudo()._isp_mirror_rows(links)

    def _isp_settlements(self):
        """What documents that correct invoices mean for the ledger.

        Set-based: a fixed number of queries for all documents, which share what is left.

        :return: links for ``isp.charge._isp_mirror_rows``
        :raises UserError: when a line credits more than is left, or something else
        """
        corrections = self.filtered(lambda move: move.is_sale_document(include_receipts=True) and (
            move.reversed_entry_id or move.invoice_line_ids.isp_origin_line_id))
        if not corrections:
            return []
        origins = corrections.reversed_entry_id | (
            corrections.invoice_line_ids.isp_origin_line_id.move_id)
        rooms = origins._isp_credit_rooms(corrections)
        links = []
        for move in corrections:
            links += move._isp_settle(rooms)
        return links

    def _isp_credit_rooms(self, but=None, every=False):
        """What is left to credit of the lines of invoices that carry charges.

        :param but: account.move, credit notes that do not count yet
        :param bool every: also of invoices that carry none
        :return: {account.move.line: engine.credit.Room}
        """
        # sudo: the ledger decides, whoever asks
        charges = self.sudo().isp_charge_ids
        lines = (self.sudo() if every else charges.move_id).invoice_line_ids.filtered(
            lambda line: line.display_type == 'product')
        left = charges.filtered('amount')._isp_credits()
        credited = lines._isp_credited(but or self.browse())
        by_line = charges.filtered('amount').grouped('move_line_id')
        return {
            line.with_env(self.env): Room(
                line._isp_amount(), credited.get(line.id, Decimal(0)),
                Decimal(repr(line.currency_id.rounding)), [
                    Part(charge, to_decimal(charge.amount), -to_decimal(left[charge]))
                    for charge in by_line.get(line, ())
                ],
            ) for line in lines
        }

    def _isp_settle(self, rooms):
        """Links of one document; see :meth:`_isp_settlements`."""
        own = {line: room for line, room in rooms.items()
               if line.move_id == self.reversed_entry_id}
        links = []
        for line in self.invoice_line_ids.sorted(lambda one: not one.isp_origin_line_id):
            amount = line._isp_amount() if line.display_type == 'product' else Decimal(0)
            if not amount:
                continue
            origin = line._isp_find_origin(own)
            if origin not in rooms:
                continue
            line._isp_check_origin(origin)
            links += line._isp_settle(origin, rooms[origin], amount)
        if own and all(room.is_empty for room in own.values()):
            links += self._isp_settle_rest()
        return links

    def _isp_settle_rest(self):
        """Links of charges without a line, once nothing is left on the document of theirs.

        A charge of 0.00 has nothing to give back; its period reopens all the same.
        """
        charges = self.reversed_entry_id.sudo().isp_charge_ids.filtered(
            lambda charge: not charge.amount or not charge.move_line_id)
        nothing = self.env['account.move.line']
        return [
            (charge, self, nothing, amount, True)
            for charge, amount in charges._isp_credits().items()
            if amount or self.isp_reopens and not charge.amount
        ]


class AccountMoveLine(models.Model):
    _inherit = 'account.move.line'

    def _isp_sign(self):
        """1 on invoices, -1 on credit notes: what an amount of the line is to the customer."""
        return -self.move_id.direction_sign

    def _isp_amount(self):
        """Amount of a line in the terms of its price, as the ledger has it (signed Decimal)."""
        price = self.quantity * self.price_unit * (1 - self.discount / 100)
        return to_decimal(self.currency_id.round(price)) * self._isp_sign()

    def _isp_money(self, amount):
        return self.currency_id.format(float(amount))

    def _isp_label(self):
        """First words of a line, for messages (str)."""
        return (self.name or self.product_id.display_name or "–").split('\n')[0][:60]

    def _isp_credited(self, but):
        """What posted credit notes gave back of lines: {line id: Decimal in the line's sign}."""
        credited = {}
        if not self.ids:
            return credited
        corrections = self.search([
            ('isp_origin_line_id', 'in', self.ids), ('parent_state', '=', 'posted'),
            ('move_id', 'not in', but.ids),
        ])
        for line in corrections:
            if line.move_id.move_type != line.isp_origin_line_id.move_id.move_type:
                key = line.isp_origin_line_id.id
                credited[key] = credited.get(key, Decimal(0)) - line._isp_amount()
        return credited

    def _isp_check_charges(self, charges):
        """Refuse a line that says something else than its charges.

        :param charges: isp.charge of the line, or None
        """
        self.ensure_one()
        if not charges:
            if self.isp_plan_id and not self.isp_origin_line_id:
                raise UserError(self.env._(
                    "%(document)s: line “%(line)s” is of plan %(plan)s, and no charge of the "
                    "ledger belongs to it. Delete the line, and press “Bill now” on the account.",
                    document=self.move_id.display_name, line=self._isp_label(),
                    plan=self.isp_plan_id.name,
                ))
            return
        charged = sum((to_decimal(charge.amount) for charge in charges), Decimal(0))
        if charged != self._isp_amount():
            self.move_id._isp_refuse(self.env._(
                "line “%(line)s” says %(amount)s, and %(charged)s was charged",
                line=self._isp_label(), amount=self._isp_money(self._isp_amount()),
                charged=self._isp_money(charged),
            ))
        if any(charge.amount and charge.tax_ids != self.sudo().tax_ids for charge in charges):
            self.move_id._isp_refuse(self.env._(
                "line “%(line)s” has the taxes %(taxes)s, and it was charged with %(charged)s",
                line=self._isp_label(), taxes=", ".join(self.tax_ids.mapped('name')) or "–",
                charged=", ".join(charges.tax_ids.mapped('name')) or "–",
            ))

    def _isp_find_origin(self, own):
        """The line that a line of a credit note corrects; one that was added is matched.

        :param dict own: {line of the corrected invoice: engine.credit.Room}
        :raises UserError: when it is no line of the invoice
        """
        self.ensure_one()
        origin = self.isp_origin_line_id
        if origin or not own:
            return origin
        needed = abs(self._isp_amount())
        for line, room in own.items():
            if line.product_id and line.product_id == self.product_id and (
                line.tax_ids == self.tax_ids and abs(room.left) >= needed
            ):
                self.sudo().isp_origin_line_id = line
                return line
        raise UserError(self.env._(
            "%(document)s: “%(line)s” is no line of invoice %(invoice)s of which as much is left. "
            "Lower or delete it. What is given beyond that invoice goes on a credit note of its "
            "own.", document=self.move_id.display_name, line=self._isp_label(),
            invoice=self.move_id.reversed_entry_id.name,
        ))

    def _isp_check_origin(self, origin):
        """Refuse another account, currency or taxes than those of the corrected line."""
        same = (
            origin.move_id.isp_account_id == self.move_id.isp_account_id
            and origin.company_id == self.company_id and origin.currency_id == self.currency_id
            and origin.move_id.state == 'posted'
        )
        if not same or origin.tax_ids != self.tax_ids:
            raise UserError(self.env._(
                "%(document)s: line “%(line)s” has not the account, currency and taxes of invoice "
                "%(invoice)s, which it corrects. Put back what the invoice has (%(taxes)s, "
                "%(currency)s).", document=self.move_id.display_name, line=self._isp_label(),
                invoice=origin.move_id.name, currency=origin.currency_id.name,
                taxes=", ".join(origin.tax_ids.mapped('name')) or "–",
            ))

    def _isp_settle(self, origin, room, amount):
        """Links of one line.

        :param origin: the line that it corrects
        :param room: engine.credit.Room of that line
        :param Decimal amount: what this line says, signed
        """
        self.ensure_one()
        if (amount > 0) == (room.billed > 0):
            if self.move_id.reversed_entry_id:
                raise UserError(self.env._(
                    "%(document)s: line “%(line)s” adds to what was billed. A credit note gives "
                    "back; lower the line instead.", document=self.move_id.display_name,
                    line=self._isp_label(),
                ))
            # a corrected invoice charges again what its credit note gave back
            return [(part.key, self.move_id, self, float(amount), False) for part in room.parts[:1]]
        try:
            taken = room.take(-amount)
        except TooMuchError as error:
            raise UserError(self.env._(
                "%(document)s: line “%(line)s” credits %(amount)s, and %(left)s is left of it on "
                "invoice %(invoice)s. Lower or delete the line.",
                document=self.move_id.display_name, line=self._isp_label(),
                amount=self._isp_money(-amount), left=self._isp_money(error.left),
                invoice=origin.move_id.name,
            )) from error
        return [(charge, self.move_id, self, float(-back), True) for charge, back in taken]
