"""Amounts that a person enters are kept as they are entered, or refused: never rounded silently."""
from odoo import api, models
from odoo.exceptions import ValidationError

from ..engine.money import is_exact, round_money, to_decimal

#: what floating-point arithmetic of other code may leave behind an amount, in parts of a unit
NOISE = 4


class IspExactMoney(models.AbstractModel):
    """A model that refuses amounts with more decimals than their currency has.

    Odoo rounds a monetary field while it stores it, so what was given is compared with the
    currency, not what is stored. Inherit it beside the others and name the fields in
    ``_isp_money``.
    """

    _name = 'isp.exact.money'
    _description = "Exact Amounts"

    #: fields with amounts that people enter
    _isp_money = ()

    @api.model_create_multi
    def create(self, vals_list):
        given = [self._isp_given_money(vals) for vals in vals_list]
        records = super().create(vals_list)
        for record, amounts in zip(records, given, strict=True):
            record._isp_check_money(amounts)
        return records

    def write(self, vals):
        given = self._isp_given_money(vals)
        result = super().write(vals)
        for record in self if given else ():
            record._isp_check_money(given)
        return result

    @api.model
    def _isp_given_money(self, vals):
        return {name: vals[name] for name in self._isp_money if vals.get(name)}

    def _isp_check_money(self, given):
        """Refuse amounts that are finer than their currency.

        :param dict given: amounts by field, as they were entered
        :raises ValidationError: naming the record, the field and what to do
        """
        for name, value in given.items():
            currency = self._isp_money_currency(name)
            if not currency:
                continue
            unit = to_decimal(10.0 ** -(currency.decimal_places + NOISE))
            amount = round_money(to_decimal(value), unit)
            if not is_exact(amount, currency.decimal_places):
                raise ValidationError(self.env._(
                    "%(record)s, %(field)s: %(value)s has more decimals than an amount in "
                    "%(currency)s may have (%(decimals)s). Round it.",
                    record=self.display_name, field=self._fields[name]._description_string(
                        self.env), value=value, currency=currency.name,
                    decimals=currency.decimal_places))

    def _isp_money_currency(self, name):
        """The currency of an amount (res.currency); empty when the field holds no amount."""
        self.ensure_one()
        if 'currency_id' in self._fields:
            return self.currency_id
        return self.company_id.currency_id


class SaleSubscriptionLine(models.Model):
    _name = 'sale.subscription.line'
    _inherit = ['sale.subscription.line', 'isp.exact.money']
    _isp_money = ('price_unit', 'isp_opening_amount')

    def _isp_money_currency(self, name):
        """Override of `isp.exact.money`: only what is billed by runs."""
        currency = super()._isp_money_currency(name)
        return currency if self.sale_subscription_id.isp_billed else currency.browse()


class ResPartner(models.Model):
    _name = 'res.partner'
    _inherit = ['res.partner', 'isp.exact.money']
    _isp_money = ('isp_payer_amount',)

    def _isp_money_currency(self, name):
        """Override of `isp.exact.money`: the present company's, as the amount is."""
        return self.env.company.currency_id
