from odoo import api, fields, models
from odoo.exceptions import ValidationError


class AccountJournal(models.Model):
    _inherit = 'account.journal'

    isp_billing = fields.Boolean(
        string="ISP billing", copy=False,
        help="Bill runs post into the company's first sales journal with this mark, and its "
             "invoices are printed with the ISP document.",
    )

    @api.constrains('isp_billing', 'type')
    def _check_isp_billing_type(self):
        for journal in self:
            if journal.isp_billing and journal.type != 'sale':
                raise ValidationError(self.env._(
                    "Journal %(journal)s: only a sales journal can be marked for ISP billing.",
                    journal=journal.display_name,
                ))
