from odoo import models

#: our fields that customers read by their own rights: what Odoo's rules and pages ask for
SHOWN = {
    'account.move': {'isp_account_id', 'isp_portal_own'},
    'account.move.line': {'isp_account_id'},
}


class Base(models.AbstractModel):
    """Customers read invoices and contacts by Odoo's rights, and no field of billing on them.

    How a document was delivered, what a mail server answered, notes, choices and balances are for
    the people of the company. Pages of the portal are made by the server, which reads them itself.
    """

    _inherit = 'base'

    def _has_field_access(self, field, operation):
        if field.name.startswith('isp_') and not self.env.su and self.env.user.share \
                and (operation != 'read' or field.name not in SHOWN.get(self._name, ())):
            return False
        return super()._has_field_access(field, operation)
