from odoo import api, models

from .isp_document_data import _number


class IspDocumentData(models.AbstractModel):
    """What is frozen of taxes beside their amounts: bases, rounding, amounts of the books."""

    _inherit = 'isp.document.data'

    @api.model
    def _facts(self, move, shared, summary, message):
        facts = super()._facts(move, shared, summary, message)
        currency = move.currency_id
        roundings = move.line_ids.filtered(lambda line: line.display_type == 'rounding')
        if roundings:
            # Odoo counts a rounding line of its own as untaxed, the other kind as tax
            apart = roundings.filtered(lambda line: not line.tax_line_id)
            facts['rounding'] = _number(self._signed(move, roundings), currency)
            facts['untaxed'] = _number(
                move.amount_untaxed - self._signed(move, apart), currency)
        if self._in_company_currency(move):
            books, lines = move.company_currency_id, self._product_lines(move)
            facts['company_currency'] = {
                'currency': books.name, 'decimals': books.decimal_places,
                'untaxed': _number(self._signed(move, lines, 'balance'), books),
            }
        return facts

    @api.model
    def _in_company_currency(self, move):
        """Whether the taxes are printed in the currency of the books, too, as Odoo does."""
        return move.currency_id != move.company_currency_id \
            and move.company_id.display_invoice_tax_company_currency \
            and bool(move.line_ids.tax_line_id)

    @api.model
    def _product_lines(self, move):
        return move.invoice_line_ids.filtered(lambda line: line.display_type == 'product')

    @api.model
    def _signed(self, move, lines, field='amount_currency'):
        """Sum of entries as the customer reads them: positive for what is charged."""
        return move.direction_sign * sum(lines.mapped(field)) + 0.0  # no negative zero

    @api.model
    def _untaxed(self, line):
        """Amount of a line before taxes, as it is in the books: these add up to the subtotal."""
        return line.move_id.direction_sign * line.amount_currency + 0.0  # no negative zero

    @api.model
    def _tax_extras(self, move):
        """What a tax row has beside its amount: {tax id: dict}.

        The base is frozen where it says something: when a tax is not on the whole subtotal, and
        always in France, whose law asks for the total of each rate.
        """
        bases, extras = self._tax_bases(move), {}
        untaxed = self._signed(move, self._product_lines(move))
        wanted = move.company_id.account_fiscal_country_id.code == 'FR' or any(
            move.currency_id.compare_amounts(base, untaxed) for base in bases.values())
        for tax, base in bases.items() if wanted else ():
            extras.setdefault(tax, {})['base'] = _number(base, move.currency_id)
        if self._in_company_currency(move):
            books = move.company_currency_id
            for tax in bases:
                lines = move.line_ids.filtered(lambda line, tax=tax: (
                    line.tax_line_id.id == tax and line.display_type != 'rounding'))
                extras.setdefault(tax, {})['company_amount'] = _number(
                    self._signed(move, lines, 'balance'), books)
        return extras

    @api.model
    def _tax_bases(self, move):
        """What each tax is counted from, in the currency of the invoice: {tax id: amount}."""
        taxes = move.invoice_line_ids.tax_ids.flatten_taxes_hierarchy()
        bases = dict.fromkeys(taxes.ids, 0.0)
        early = any(line.display_type == 'epd' for line in move.line_ids)
        if early or any(taxes.mapped('include_base_amount')):  # Odoo's engine knows
            lines = move._get_rounded_base_and_tax_lines()[0]
            for row in (row for line in lines for row in line['tax_details']['taxes_data']):
                if row['tax'].id in bases:
                    bases[row['tax'].id] += row['base_amount_currency']
            return bases
        for line in self._product_lines(move):
            for tax in line.tax_ids.flatten_taxes_hierarchy():
                bases[tax.id] += self._untaxed(line)
        return bases
