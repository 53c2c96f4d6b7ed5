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

    def _isp_numbers(self):
        """Account numbers of the partners in every company: {(partner id, company id): number}."""
        rows = self.env['isp.account.number'].sudo().search_fetch(
            [('partner_id', 'in', self.ids)], ['partner_id', 'company_id', 'number'],
        )
        return {(row.partner_id.id, row.company_id.id): row.number for row in rows}

    def action_isp_bill_now(self):
        """Show what the account would be billed at a date; the dialog bills it, too."""
        self.ensure_one()
        return {
            'type': 'ir.actions.act_window', 'name': self.env._("What would be billed on …?"),
            'res_model': 'isp.bill.now', 'view_mode': 'form', 'target': 'new',
            'context': {
                'default_account_id': self.id, 'default_company_id': self.env.company.id,
            },
        }
