import operator as compare

from odoo import api, fields, models
from odoo.fields import Domain

#: what does not fit a comparison, and the comparison itself
OPPOSITES = {
    '<': (('>=',), compare.lt), '<=': (('>',), compare.le), '>': (('<=',), compare.gt),
    '>=': (('<',), compare.ge), '=': (('<', '>'), compare.eq),
}


class ResPartner(models.Model):
    """What an account owes in the present company, as ``isp.account.balance`` has it."""

    _inherit = 'res.partner'

    isp_balance = fields.Monetary(
        string="Balance", compute='_compute_isp_balance', search='_search_isp_balance',
        currency_field='isp_currency_id',
        help="What is open of the account's posted invoices, credit notes, payments and opening "
             "balances. A payment counts for the account whose invoices it is matched with, the "
             "rest of it for the account that it is of. Negative: a credit.",
    )
    isp_overdue = fields.Monetary(
        string="Overdue", compute='_compute_isp_balance', search='_search_isp_overdue',
        currency_field='isp_currency_id',
        help="What is past its due date, after all open credits were taken off.",
    )
    isp_currency_id = fields.Many2one('res.currency', compute='_compute_isp_balance')
    isp_balance_detail = fields.Char(
        string="By currency", compute='_compute_isp_balance',
        help="What is open in each currency, when there are several; the balance is then their "
             "sum in the company's currency.",
    )

    @api.depends_context('company')
    def _compute_isp_balance(self):
        company = self.env.company
        balances = self.env['isp.account.balance']._balances(
            self._origin._isp_with_readable_balance(), company)
        for partner in self:
            found = balances.get(partner._origin.id, [])
            single = found[0] if len(found) == 1 else None
            currencies = self.env['res.currency'].browse([row.currency_id for row in found])
            partner.isp_currency_id = single and currencies or company.currency_id
            partner.isp_balance = single.open if single else sum(row.company for row in found)
            partner.isp_overdue = sum(
                row.overdue if single else currency._convert(
                    float(row.overdue), company.currency_id, company, company._isp_today())
                for row, currency in zip(found, currencies, strict=True))
            partner.isp_balance_detail = False if single or not found else ", ".join(
                currency.format(float(row.open))
                for row, currency in zip(found, currencies, strict=True))

    def _isp_with_readable_balance(self):
        """Those whose balance the present user may know: a portal user's only its own account."""
        if not self.env['account.move.line'].has_access('read'):
            return self.browse()
        if self.env.user.share and not self.env.su:
            own = self.env.user.partner_id._isp_portal_account()
            return self.filtered(lambda partner: partner.id == own.id)
        return self

    def _search_isp_balance(self, operator, value):
        return self._isp_search_amount(operator, value)

    def _search_isp_overdue(self, operator, value):
        return self._isp_search_amount(operator, value, overdue=True)

    def _isp_search_amount(self, operator, value, overdue=False):
        """Accounts by what they owe in the company's currency; who has no open item owes 0."""
        if operator == 'in' and len(list(value)) == 1:
            operator, value = '=', next(iter(value))
        if operator not in OPPOSITES or not isinstance(value, (int, float)):
            return NotImplemented
        if not self.env['account.move.line'].has_access('read') or self.env.user.share:
            return Domain.FALSE

        def accounts(comparison):
            return self.env['isp.account.balance']._accounts_by_balance(
                self.env.company, comparison, value, overdue)

        if not OPPOSITES[operator][1](0, value):
            return Domain('id', 'in', accounts(operator))
        return Domain.AND(
            Domain('id', 'not in', accounts(other)) for other in OPPOSITES[operator][0])
