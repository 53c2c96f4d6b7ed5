from decimal import Decimal

from odoo import Command, api, models

from ..engine.charges import chain_periods
from ..engine.opening import opening
from .isp_billing_engine import MissingPriceError


class IspBillingEngine(models.AbstractModel):
    """What another system has already charged, written into the ledger on arrival."""

    _inherit = 'isp.billing.engine'

    @api.model
    def _write_opening_charges(self, rows):
        """Write what another system has already charged, so that it is not charged again.

        One charge per line, for the full period that holds the last billed day; periods before
        it count as settled. Days of that period after the last billed day are billed by the next
        run, at the price that follows from the amount. The amount is that of the former system's
        own period, which ends on the last billed day: where it began in an earlier full period,
        the charge holds the part of it that its days in this one are worth.

        :param rows: list of {'line': sale.subscription.line, 'through': date of the last day
            billed or None for the line's whole first period, 'amount': Decimal before tax that
            was charged for the period that ends there, None when it is not known: then the
            period cannot be credited}
        :return: isp.charge
        """
        values = [
            self._opening_row(row['line'], row.get('through'), row.get('amount')) for row in rows
        ]
        return self.env['isp.charge'].create([vals for vals in values if vals])

    def _opening_row(self, line, through, amount):
        """Values of an opening charge, or None when nothing of the line was served by then."""
        profile = line.isp_account_id._isp_profile(line.company_id)
        facts = self._facts_of(line)
        first_full = facts.timeline.at(line.isp_date_start).containing(line.isp_date_start)
        periods = chain_periods([facts], through or first_full.last)[line.id]
        served = [due for due in periods.values() if not through or due.first <= through]
        if not served:
            return None
        due = served[-1]
        last = min(due.last, through or due.last)
        days = (last - due.first).days + 1
        method = line.isp_plan_id.proration_method or profile.proration_method
        price, charged, own = Decimal(0), Decimal(0), None
        unit = Decimal(repr(line.currency_id.rounding))
        if amount is not None:
            price, charged, own = opening(
                facts.timeline.at(last), line.isp_date_start, due.first, last, amount, method,
                unit, self._usual_price(line, profile, due.first, unit),
            )
        return {
            **self._opening_links(line),
            'period_start': due.full.first, 'period_end': due.full.last, 'revision': 0,
            'date_from': due.first, 'date_to': last, 'days': days, 'period_days': due.full.days,
            'quantity': 1.0, 'price_unit': float(price), 'discount': 0.0,
            'price_full': float(price), 'price_known': amount is not None,
            'method': method, 'amount': float(charged), 'origin': 'opening',
            'detail': {'opening': [str(own.first), str(own.last), str(amount)]}
            if own and own.first != due.first else False,
        }

    def _usual_price(self, line, profile, day, unit):
        """Price of a full period of a line that begins on a day (Decimal), None without one."""
        try:
            return self._rate(line, profile, day, {}).price(unit)
        except MissingPriceError:
            return None

    def _opening_links(self, line):
        account, subscription = line.isp_account_id, line.sale_subscription_id
        mapper = self.env['isp.tax.mapper']
        position = mapper._fiscal_position(
            account, subscription.partner_shipping_id, line.company_id,
        )
        return {
            'company_id': line.company_id.id, 'account_id': account.id, 'payer_id': account.id,
            'subscription_id': subscription.id, 'line_id': line.id,
            'plan_id': line.isp_plan_id.id, 'product_id': line.product_id.id,
            'kind': self._charge_kind(line.isp_plan_id),
            'currency_id': line.currency_id.id,
            'tax_ids': [Command.set(mapper._taxes(line.product_id, line.company_id, position).ids)],
        }
