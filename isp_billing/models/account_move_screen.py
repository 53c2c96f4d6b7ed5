"""What the screens of invoices need."""
from odoo import api, fields, models


class AccountMove(models.Model):
    _inherit = 'account.move'

    # the number in the invoice's own company, whatever company the user works in
    isp_account_number = fields.Char(
        string="Account number", related=None, compute='_compute_isp_account_number',
    )

    @api.depends('isp_account_id.isp_number_ids.number', 'company_id')
    def _compute_isp_account_number(self):
        numbers = self.isp_account_id._isp_numbers()
        for move in self:
            move.isp_account_number = numbers.get(
                (move.isp_account_id.id, move.company_id.id), False,
            )

    @api.model
    def _isp_action(self, name, domain, context=None):
        """Window action that lists invoices in our views, ready to return to the client."""
        return {
            'type': 'ir.actions.act_window', 'name': name, 'res_model': self._name,
            'view_mode': 'list,form', 'domain': domain,
            'context': {'default_move_type': 'out_invoice', 'create': False, **(context or {})},
            'views': [
                (self.env.ref('isp_billing.account_move_view_list').id, 'list'),
                (self.env.ref('account.view_move_form').id, 'form'),
            ],
            'search_view_id': self.env.ref('isp_billing.account_move_view_search').id,
        }

    def action_view_isp_bill_run(self):
        self.ensure_one()
        return self.isp_bill_run_id.get_formview_action()

    def action_view_isp_account(self):
        self.ensure_one()
        return self.isp_account_id.get_formview_action()
