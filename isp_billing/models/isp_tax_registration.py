from odoo import api, fields, models
from odoo.exceptions import ValidationError


class IspTaxRegistration(models.Model):
    """A registration number that is printed beside the amount of its tax."""

    _name = 'isp.tax.registration'
    _description = "Tax Registration"
    _inherit = ['isp.audited']
    _order = 'company_id, sequence, id'
    _check_company_auto = True
    _rec_names_search = ['label', 'number']

    company_id = fields.Many2one(
        'res.company', required=True, index=True, default=lambda self: self.env.company,
    )
    sequence = fields.Integer(default=10)
    label = fields.Char(
        string="Name of the tax", required=True, translate=True,
        help="As the customer reads it, without the rate: GST, QST, VAT.",
    )
    number = fields.Char(string="Registration number", required=True)
    country_id = fields.Many2one('res.country')
    state_id = fields.Many2one(
        'res.country.state', string="Province or state",
        domain="[('country_id', '=?', country_id)]",
    )
    tax_group_ids = fields.Many2many(
        'account.tax.group', string="Tax groups", check_company=True,
        help="Printed beside the taxes of these groups.",
    )
    tax_ids = fields.Many2many(
        'account.tax', string="Taxes", check_company=True,
        domain="[('type_tax_use', '=', 'sale'), ('amount_type', '!=', 'group')]",
        help="Printed beside these taxes; wins over the tax groups.",
    )

    in_foot = fields.Boolean(
        string="In the foot of documents",
        help="For numbers that belong to no tax, such as the SIRET: printed with the address.",
    )

    @api.depends('label', 'number')
    def _compute_display_name(self):
        for registration in self:
            registration.display_name = f"{registration.label} {registration.number}"

    @api.constrains('number', 'tax_ids', 'tax_group_ids', 'in_foot')
    def _check_taxes(self):
        for registration in self:
            printed = registration.tax_ids or registration.tax_group_ids or registration.in_foot
            if not printed:
                raise ValidationError(self.env._(
                    "Tax registration %(registration)s: choose the taxes or the tax groups that "
                    "it is printed beside, or the foot of documents.",
                    registration=registration.display_name,
                ))

    def _isp_for_tax(self, tax):
        """The registration printed beside a tax (record, may be empty)."""
        for registration in self:
            if tax in registration.tax_ids:
                return registration
        for registration in self:
            if not registration.tax_ids and tax.tax_group_id in registration.tax_group_ids:
                return registration
        return self.browse()
