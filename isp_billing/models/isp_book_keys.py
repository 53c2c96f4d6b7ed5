"""External keys by which an import knows what it has already brought in."""
from odoo import api, fields, models

from ..engine.money import to_decimal


class SaleSubscriptionLine(models.Model):
    _inherit = 'sale.subscription.line'

    isp_import_key = fields.Char(
        string="Import key", copy=False, index='btree_not_null',
        help="Key of the line in the subscriber book it was imported from.",
    )

    _isp_import_key_uniq = models.UniqueIndex(
        '(sale_subscription_id, isp_import_key) WHERE isp_import_key IS NOT NULL',
        "This line of the subscription was already imported.",
    )
    # For Odoo's import screen: a subscription and its opening charges come in with one file.
    isp_opening_through = fields.Date(
        string="Last billed day elsewhere", compute='_compute_isp_opening',
        inverse='_inverse_isp_opening', groups='isp_billing.group_manager',
        help="Last day that a former system billed. Writes the opening charge of the line, so "
             "that the first bill run goes on from there.",
    )
    isp_opening_amount = fields.Float(
        string="Amount billed elsewhere", compute='_compute_isp_opening',
        inverse='_inverse_isp_opening', groups='isp_billing.group_manager',
        help="What was billed for the period of that day, before tax. Without it, the period "
             "cannot be credited.",
    )

    @api.depends('isp_charge_ids')
    def _compute_isp_opening(self):
        openings = {
            charge.line_id.id: charge
            for charge in self.isp_charge_ids.filtered(lambda c: c.origin == 'opening')}
        for line in self:
            opening = openings.get(line.id)
            line.isp_opening_through = opening.date_to if opening else False
            line.isp_opening_amount = opening.amount if opening else 0.0

    def _inverse_isp_opening(self):
        """Write the opening charge of lines that have no charge yet; others keep theirs."""
        rows = [
            {'line': line, 'through': line.isp_opening_through,
             'amount': to_decimal(line.isp_opening_amount) if line.isp_opening_amount else None}
            for line in self if line.isp_opening_through]
        charged = self.sudo().isp_charge_ids.line_id
        self.env['isp.billing.engine'].sudo()._write_opening_charges(
            [row for row in rows if row['line'] not in charged])


class AccountMove(models.Model):
    _inherit = 'account.move'

    isp_opening_document = fields.Char(
        string="Opening document", copy=False, index='btree_not_null',
        help="Number of the open document of a former system that this entry stands for.",
    )

    _isp_opening_document_uniq = models.UniqueIndex(
        '(company_id, isp_account_id, isp_opening_document) '
        'WHERE isp_opening_document IS NOT NULL',
        "This open document was already imported.",
    )
