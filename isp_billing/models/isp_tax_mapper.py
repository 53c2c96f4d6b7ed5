from math import copysign

from odoo import api, models
from odoo.tools import float_round


class IspTaxMapper(models.AbstractModel):
    """Taxes by service address, and amounts by Odoo's own tax engine.

    Nothing here computes a tax: fiscal positions map, ``account.tax`` computes, for the preview
    and for the invoice alike, so that both agree to the cent.
    """

    _name = 'isp.tax.mapper'
    _description = "Taxes of ISP Billing"

    @api.model
    def _fiscal_position(self, account, address, company, cache=None):
        """Fiscal position of a service address.

        :param account: res.partner, the billing account
        :param address: res.partner, where the service is used
        :param dict cache: answers of the same batch, by what Odoo's choice depends on
        :return: account.fiscal.position, may be empty
        """
        address = address or account
        account = account.with_company(company)
        address = address.with_company(company)
        key = (
            company.id, account.property_account_position_id.id,
            address.property_account_position_id.id, account.vat, account.country_id.id,
            address.vat, address.country_id.id, address.state_id.id, address.zip,
        )
        if cache is not None and key in cache:
            return cache[key]
        positions = self.env['account.fiscal.position'].with_company(company)
        position = positions._get_fiscal_position(account, delivery=address)
        if cache is not None:
            cache[key] = position
        return position

    @api.model
    def _taxes(self, product, company, fiscal_position):
        """Taxes of a product sold by a company under a fiscal position (account.tax)."""
        taxes = product.taxes_id._filter_taxes_by_company(company)
        return fiscal_position.map_tax(taxes)

    @api.model
    def _includes_tax(self, product, company):
        """Whether the prices of a product hold some of its taxes (bool)."""
        taxes = product.taxes_id._filter_taxes_by_company(company)
        return any(taxes.flatten_taxes_hierarchy().mapped('price_include'))

    @api.model
    def _price(self, product, company, fiscal_position, price):
        """A price of a product in the terms of the taxes that it is mapped to.

        As on Odoo's own invoices: a price that includes its taxes gives up those that the fiscal
        position takes away, and includes those that it puts in their place.

        :param float price: price of one unit, with the taxes that the product says
        :rtype: float
        """
        taxes = product.taxes_id._filter_taxes_by_company(company)
        mapped = fiscal_position.map_tax(taxes)
        if mapped == taxes:
            return price
        adapted = product._get_tax_included_unit_price_from_price(
            price, taxes, product_taxes_after_fp=mapped)
        digits = self.env['decimal.precision'].precision_get('Product Price')
        return price if adapted == price else float_round(adapted, precision_digits=digits)

    @api.model
    def _totals(self, bill, cache=None):
        """Totals of a :class:`engine.bill.BillPreview`, from Odoo's tax engine.

        Equal bills are computed once per batch: an ISP has thousands of them.

        :return: {'untaxed', 'tax', 'total': str, 'taxes': [{'id', 'name', 'base', 'amount'}]},
            signed: negative for a credit
        """
        sign = -1 if bill.is_refund else 1
        signature = (
            bill.company_id, bill.currency_id, sign,
            tuple((line.product_id, line.tax_ids, str(line.amount), line.unit_value)
                  for line in sorted(bill.lines, key=lambda x: x.sort_key)),
        )
        if cache is not None and signature in cache:
            return cache[signature]
        totals = self._compute_totals(bill, sign)
        if cache is not None:
            cache[signature] = totals
        return totals

    @api.model
    def _recurring_totals(self, subscription, lines):
        """What the lines of a subscription cost together for one of its full periods.

        :return: (without taxes, taxes): floats, rounded as an invoice of these lines rounds them
        """
        currency, partner = subscription.currency_id, subscription.partner_id
        summary = self._summary([
            self._base_line(
                line.product_id, line.tax_ids, currency.round(
                    line.price_unit * line.product_uom_qty * (1 - (line.discount or 0.0) / 100)),
                currency, partner, line.price_unit * (1 - (line.discount or 0.0) / 100),
            ) for line in lines
        ], currency, subscription.company_id)
        return summary['base_amount_currency'], summary['tax_amount_currency']

    def _summary(self, base_lines, currency, company):
        """Totals of lines together, by Odoo's tax engine and the company's way of rounding."""
        taxes = self.env['account.tax'].with_company(company)
        taxes._add_tax_details_in_base_lines(base_lines, company)
        taxes._round_base_lines_tax_details(base_lines, company)
        return taxes._get_tax_totals_summary(base_lines, currency, company)

    def _compute_totals(self, bill, sign):
        company = self.env['res.company'].browse(bill.company_id)
        currency = self.env['res.currency'].browse(bill.currency_id)
        partner = self.env['res.partner'].browse(bill.account_id)
        summary = self._summary([
            self._base_line(
                self.env['product.product'].browse(line.product_id),
                self.env['account.tax'].browse(line.tax_ids), float(sign * line.amount), currency,
                partner, float(line.unit_value), bill.is_refund,
            ) for line in bill.lines if line.amount
        ], currency, company)
        details = [
            {
                'id': group['id'], 'name': group['group_name'],
                'base': self._text(currency, sign * group['base_amount_currency']),
                'amount': self._text(currency, sign * group['tax_amount_currency']),
            }
            for subtotal in summary['subtotals'] for group in subtotal['tax_groups']
        ]
        return {
            'untaxed': self._text(currency, sign * summary['base_amount_currency']),
            'tax': self._text(currency, sign * summary['tax_amount_currency']),
            'total': self._text(currency, sign * summary['total_amount_currency']),
            'taxes': details,
        }

    def _base_line(self, product, taxes, amount, currency, partner, unit_value, is_refund=False):
        """A line of an amount, as Odoo's tax engine wants it (dict).

        :param float unit_value: see :meth:`_units`
        """
        quantity, price = self._units(taxes, amount, unit_value)
        return self.env['account.tax']._prepare_base_line_for_taxes_computation(
            {}, product_id=product, tax_ids=taxes, price_unit=price, quantity=quantity,
            currency_id=currency, partner_id=partner, is_refund=is_refund,
        )

    @api.model
    def _units(self, taxes, amount, unit_value):
        """Units for which taxes of an amount per unit count a charge, and the price of each.

        As many as its amount is worth: three units of half a month count as one and a half. A
        charge of nothing counts for none. Without such taxes the amount is all that matters.

        :param float amount: signed amount of the charge
        :param float unit_value: what one unit costs for a full period, 0 when it is not known
        :return: (quantity, price of one): floats whose product is the amount
        """
        if 'fixed' not in taxes.flatten_taxes_hierarchy().mapped('amount_type'):
            return 1.0, amount
        if not amount:
            return 0.0, 0.0
        if not unit_value:
            return 1.0, amount
        return abs(amount / unit_value), copysign(unit_value, amount)

    @staticmethod
    def _text(currency, amount):
        """An amount as text with the decimals of its currency, without a negative zero."""
        rounded = currency.round(amount) + 0.0
        return f"{rounded:.{currency.decimal_places}f}"
