"""Prices and policies that stand outside our own models leave audit rows, too."""
from odoo import models

#: what a rule of a pricelist decides
PRICELIST_FACTS = {
    'pricelist_id', 'applied_on', 'product_tmpl_id', 'product_id', 'categ_id', 'min_quantity',
    'date_start', 'date_end', 'compute_price', 'fixed_price', 'percent_price', 'base',
    'base_pricelist_id', 'price_discount', 'price_round', 'price_surcharge', 'price_min_margin',
    'price_max_margin', 'price_markup',
}
LINE_FACTS = {
    'isp_plan_id', 'product_uom_qty', 'price_unit', 'discount', 'isp_price_source',
    'isp_date_start', 'isp_date_end', 'isp_instalments', 'isp_credit_unused',
    'isp_replaced_line_id',
}
SUBSCRIPTION_FACTS = {
    'isp_billed', 'isp_account_id', 'isp_alignment', 'isp_anchor_date', 'pricelist_id',
    'partner_shipping_id',
}
ACCOUNT_FACTS = {
    'isp_billing_profile_id', 'isp_payer_id', 'isp_payer_share', 'isp_payer_percent',
    'isp_payer_amount',
}


class ProductPricelistItem(models.Model):
    _name = 'product.pricelist.item'
    _inherit = ['product.pricelist.item', 'isp.audited']

    def _isp_audited_fields(self):
        """Override of `isp.audited`: what decides a price."""
        return PRICELIST_FACTS & set(self._fields)


class SaleSubscriptionLine(models.Model):
    _name = 'sale.subscription.line'
    _inherit = ['sale.subscription.line', 'isp.audited']

    def _isp_audited_fields(self):
        """Override of `isp.audited`: plan, price and days."""
        return LINE_FACTS

    def _isp_audit_entries(self, action, before, after, reason=None):
        """Override of `isp.audited`: only what is billed by runs.

        A new service at the list price is no decision about a price and leaves no row; an own
        price, a discount and the successor of a changed service are.
        """
        lines = self.sudo().filtered('sale_subscription_id.isp_billed')
        if action == 'create':
            lines = lines.filtered(
                lambda line: line.isp_price_source == 'own' or line.discount
                or line.isp_replaced_line_id)
        entries = super(SaleSubscriptionLine, lines)._isp_audit_entries(
            action, before, after, reason)
        for entry in entries:
            line = entry['record']
            entry['name'] = f"{line.sale_subscription_id.display_name} {line.name}"
        return entries


class SaleSubscription(models.Model):
    _name = 'sale.subscription'
    _inherit = ['sale.subscription', 'isp.audited']

    def _isp_audited_fields(self):
        """Override of `isp.audited`: account, schedule, address and pricelist."""
        return SUBSCRIPTION_FACTS

    def _isp_audit_entries(self, action, before, after, reason=None):
        """Override of `isp.audited`: changes of what is billed by runs; a new one is in its lines.
        """
        ours = self.sudo().filtered('isp_billed') if action != 'create' else self.browse()
        return super(SaleSubscription, ours)._isp_audit_entries(action, before, after, reason)


class ResPartner(models.Model):
    _name = 'res.partner'
    _inherit = ['res.partner', 'isp.audited']

    def _isp_audited_fields(self):
        """Override of `isp.audited`: the policies of a billing account in the present company."""
        return ACCOUNT_FACTS

    def _isp_audit_company(self):
        """Override of `isp.audited`: policies belong to the company in which they are set."""
        return self.env.company

    def _isp_audit_entries(self, action, before, after, reason=None):
        """Override of `isp.audited`: a contact without any such policy leaves no row."""
        entries = super()._isp_audit_entries(action, before, after, reason)
        return [entry for entry in entries if entry['changes']]
