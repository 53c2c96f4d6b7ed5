from odoo import fields, models


class ResPartner(models.Model):
    """What the account wants to receive with its invoices."""

    _inherit = 'res.partner'

    isp_no_promotions = fields.Boolean(
        string="No promotions", company_dependent=True, tracking=True,
        help="The customer wants no promotions with the invoices. Legal notices still go out.",
    )

    def action_isp_write_note(self):
        """Open a new note that is printed on the next invoice of this account only."""
        self.ensure_one()
        return {
            'type': 'ir.actions.act_window', 'res_model': 'isp.invoice.message',
            'name': self.env._("Note on the next invoice"), 'view_mode': 'form', 'target': 'new',
            'context': {
                'default_account_id': self.id, 'default_once': True, 'default_sequence': 1,
                'default_name': self.env._("Note for %(name)s", name=self.name),
                'default_company_id': self.env.company.id,
            },
        }
