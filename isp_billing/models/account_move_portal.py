from odoo import api, fields, models
from odoo.fields import Domain


class AccountMove(models.Model):
    """Whose portal an invoice is shown on: that of its billing account.

    The rules of ``security/isp_portal_rules.xml`` ask the field below. It is not stored: who
    stands for an account follows from the contacts of today, and a rule with ids in it would be
    remembered by Odoo until its cache is cleared.
    """

    _inherit = 'account.move'

    # whether it is an invoice of the account that the present user stands for; on no screen
    isp_portal_own = fields.Boolean(
        compute='_compute_isp_portal_own', search='_search_isp_portal_own',
        export_string_translation=False,
    )

    @api.depends('isp_account_id', 'partner_id.parent_id', 'journal_id.isp_billing')
    @api.depends_context('uid')
    def _compute_isp_portal_own(self):
        own = self.sudo().filtered_domain(self._isp_portal_domain())
        for move in self:
            move.isp_portal_own = move in own

    def _search_isp_portal_own(self, operator, value):
        if operator != 'in':
            return NotImplemented
        return self._isp_portal_domain()

    @api.model
    def _isp_portal_domain(self):
        """Domain of the invoices of the account that the present user stands for.

        An invoice without an account in a journal of ISP billing is one of the account that its
        customer stands for.
        """
        account = self.env.user.partner_id._isp_portal_account()
        own = Domain('isp_account_id', '=', account.id)
        customers = self._isp_portal_customers(account)
        if customers:  # left out otherwise: PostgreSQL then uses the index of accounts
            own |= (Domain('isp_account_id', '=', False) & Domain('partner_id', 'in', customers.ids)
                    & Domain('journal_id.isp_billing', '=', True))
        return own

    def _isp_is_ours(self):
        """Whether this is a document of ISP billing (bool)."""
        self.ensure_one()
        return bool(self.isp_account_id or self.journal_id.isp_billing)

    @api.model
    def _isp_portal_customers(self, account):
        """Customers who stand for an account and have ISP invoices without one (res.partner)."""
        # sudo: the search is the rule itself; only customers come out, for the rule alone
        groups = self.with_context(active_test=False).sudo()._read_group([
            ('isp_account_id', '=', False), ('journal_id.isp_billing', '=', True),
            ('partner_id', 'child_of', account.id),
        ], ['partner_id'])
        customers = self.env['res.partner'].union(*(customer for customer, in groups))
        return customers.filtered(
            lambda customer: customer._isp_portal_account().id == account.id)
