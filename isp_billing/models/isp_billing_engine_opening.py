from odoo import Command, api, models

from ..engine.charges import chain_periods
from ..engine.proration import fraction_numerator


class IspBillingEngine(models.AbstractModel):
    """What another system has already charged, written into the ledger on arrival."""

    _inherit = 'isp.billing.engine'

    @api.model
    def _write_opening_charges(self, rows):
        """Write what another system has already charged, so that it is not charged again.

        One charge per line, for the full period that holds the last billed day; periods before
        it count as settled. Days of that period after the last billed day are billed by the next
        run, at the price that follows from the amount.

        :param rows: list of {'line': sale.subscription.line, 'through': date of the last day
            billed or None for the line's whole first period, 'amount': Decimal before tax that
            was charged for that period, None when it is not known: then the period cannot be
            credited}
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
        full_price = self._opening_price(amount, method, days, due.full.days)
        return {
            **self._opening_links(line),
            'period_start': due.full.first, 'period_end': due.full.last, 'revision': 0,
            'date_from': due.first, 'date_to': last, 'days': days, 'period_days': due.full.days,
            'quantity': 1.0, 'price_unit': full_price, 'discount': 0.0, 'price_full': full_price,
            'price_known': amount is not None,
            'method': method, 'amount': float(amount or 0), 'origin': 'opening',
        }

    @staticmethod
    def _opening_price(amount, method, days, period_days):
        """Price of the full period of which so many days cost the amount (float).

        The inverse of rule 5, so that the next run finds the same amount due for these days.
        """
        if amount is None:
            return 0.0
        numerator, denominator = fraction_numerator(method, days, period_days)
        return float(amount * denominator / numerator)

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
