from decimal import Decimal

from odoo import models

from ..engine.money import to_decimal
from ..engine.proration import full_price


class SaleOrder(models.Model):
    _inherit = 'sale.order'

    def create_subscription(self, lines, subscription_tmpl):
        """Override of `subscription_oca`: no second subscription, no second first bill.

        An order born from a subscription makes no further subscription. Where every product of
        the order's lines belongs to a plan, the new subscription is billed by bill runs, and its
        lines carry an opening charge for the period that the order itself bills.
        """
        if self.order_subscription_id:
            return None
        before = self.subscription_ids
        result = super().create_subscription(lines, subscription_tmpl)
        for subscription in self.subscription_ids - before:
            self._isp_take_over(subscription)
        return result

    def _isp_take_over(self, subscription):
        """Have a subscription born from this order billed by bill runs, if it has only plans."""
        lines = subscription.sale_subscription_line_ids
        plans = self.env['isp.service.plan'].search([
            ('product_id', 'in', lines.product_id.ids),
            ('company_id', 'in', [False, subscription.company_id.id]),
        ])
        by_product = {plan.product_id: plan for plan in plans}
        if not lines or any(line.product_id not in by_product for line in lines):
            return
        start = subscription.company_id._isp_today()
        subscription.write({'isp_billed': True, 'date_start': start})
        for line in lines:
            line.write({
                'isp_plan_id': by_product[line.product_id].id, 'isp_date_start': start,
                'isp_price_source': 'own', 'price_unit': line.price_unit,
            })
        self.env['isp.billing.engine']._write_opening_charges(
            [{'line': line, 'amount': self._isp_first_amount(line)} for line in lines]
        )

    def _isp_first_amount(self, line):
        """What the order bills for the line's first period (Decimal, before tax)."""
        unit = Decimal(repr(line.currency_id.rounding))
        return full_price(
            to_decimal(line.price_unit), to_decimal(line.product_uom_qty),
            to_decimal(line.discount), unit,
        )
