from odoo import api, models

from ..const import TEXT_LINES
from ..engine import document_price
from .isp_document_data import _number
from .isp_document_data_charge import _is_reduced_usage

#: taxes of one price may round; those of many are exact enough for any currency
MANY = 10000.0


class IspDocumentData(models.AbstractModel):
    """Unit prices of the lines: with their own decimals, before taxes as the amounts are."""

    _inherit = 'isp.document.data'

    @api.model
    def _free_line(self, line, texts):
        row = super()._free_line(line, texts)
        if line.display_type in TEXT_LINES:
            return row
        currency, amount = line.currency_id, self._untaxed(line)
        price = line.price_unit
        if _included(line.tax_ids):
            price = document_price.unit_price(
                _number(amount, currency), line.quantity, line.discount, currency.decimal_places,
            ) or self._before_tax(price, line.tax_ids, currency)
        return {**row, **self._quantity_decimals(), 'amount': _number(amount, currency),
                'price_unit': self._price_text(price, currency, price != line.price_unit)}

    @api.model
    def _charge_line(self, charge, amount, places, texts):
        row = super()._charge_line(charge, amount, places, texts) | self._quantity_decimals()
        currency, usage = charge.currency_id, charge.kind == 'usage'
        if not _included(charge.tax_ids):
            if not usage:
                row['price_unit'] = self._price_text(charge.price_unit, currency)
            return row
        for reduction in row.get('reductions', ()):
            reduction['price_unit'] = _number(self._before_tax(
                float(reduction['price_unit']), charge.tax_ids, currency), currency)
        if usage and _is_reduced_usage(charge):
            row['price_unit'] = _number(
                self._before_tax(charge.price_unit, charge.tax_ids, currency), currency)
        else:
            row['price_unit'] = _number(amount, currency) if usage else self._price_text(
                self._charge_price(charge, amount), currency, exact=True)
        if row.get('reductions') and row['days'] == row['period_days']:
            document_price.settle(row, currency.decimal_places)
        return row

    @api.model
    def _charge_price(self, charge, amount):
        """Unit price before taxes of a charge whose price includes them.

        Where the charge is quantity x price less discount, so it is in the columns; where it is
        something else (days, instalments, reductions, corrections), the price stands for itself.
        """
        currency, price = charge.currency_id, None
        whole = charge.quantity * charge.price_unit * (1 - charge.discount / 100)
        if not currency.compare_amounts(whole, abs(charge.amount)):
            price = document_price.unit_price(
                _number(abs(amount), currency), charge.quantity, charge.discount,
                currency.decimal_places)
        return price or self._before_tax(charge.price_unit, charge.tax_ids, currency)

    @api.model
    def _before_tax(self, price, taxes, currency):
        """A price without the taxes that it includes, at the decimals of its currency."""
        many = taxes.compute_all(price, currency=currency, quantity=MANY)
        return currency.round(many['total_excluded'] / MANY)

    @api.model
    def _price_text(self, price, currency, exact=False):
        """A unit price as text.

        :param exact: it has as many decimals as it needs; else those that prices have in Odoo
        """
        digits = document_price.MOST_DECIMALS if exact \
            else self.env['decimal.precision'].precision_get('Product Price')
        return document_price.price_text(price, currency.decimal_places, digits)

    @api.model
    def _quantity_decimals(self):
        """Decimals of quantities, where they are more than a document prints by itself (dict)."""
        digits = self.env['decimal.precision'].precision_get('Product Unit')
        return {'quantity_decimals': digits} if digits > 3 else {}


class IspCharge(models.Model):
    _inherit = 'isp.charge'

    def _isp_tier_rows(self):
        """Tiers before taxes, as the amount of their line is."""
        rows = super()._isp_tier_rows()
        if not _included(self.tax_ids):
            return rows
        data, currency = self.env['isp.document.data'], self.currency_id
        for row in rows:
            many = self.tax_ids.compute_all(
                float(row['price_unit']), currency=currency, quantity=MANY)
            row['price_unit'] = document_price.price_text(
                many['total_excluded'] / MANY, currency.decimal_places,
                document_price.MOST_DECIMALS - 2)
            row['amount'] = _number(
                data._before_tax(float(row['amount']), self.tax_ids, currency), currency)
        return rows


def _included(taxes):
    """Whether a price includes some of its taxes (bool)."""
    return any(taxes.flatten_taxes_hierarchy().mapped('price_include'))
