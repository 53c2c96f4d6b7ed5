"""What the screens of billing accounts need."""
from odoo import api, models


class ResPartner(models.Model):
    _inherit = 'res.partner'

    @api.model_create_multi
    def create(self, vals_list):
        """Customers made in “Billing Accounts” get their account number at once."""
        partners = super().create(vals_list)
        if self.env.context.get('isp_new_account'):
            partners.filtered(lambda p: not p.parent_id).action_isp_open_account()
        return partners
