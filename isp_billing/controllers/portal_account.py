from odoo.http import request

from odoo.addons.portal.controllers.portal import CustomerPortal


class PortalAccount(CustomerPortal):
    """What the pages of the portal share on which a customer chooses something."""

    def _isp_own_accounts(self):
        """Account numbers (isp.account.number, sudo) of who is signed in, one a company."""
        account = request.env.user.partner_id._isp_portal_account()
        return request.env['isp.account.number'].sudo().search([
            ('partner_id', '=', account.id),
        ], order='company_id, id')

    def _isp_chosen_number(self, account):
        """The own account number that a form names.

        :raises NotFound: when it is none of the person who is signed in
        """
        chosen = self._isp_own_accounts().filtered(lambda number: str(number.id) == account)
        if not chosen:
            raise request.not_found()
        return chosen

    def _isp_signed_page(self, template, values):
        """A page behind a signed link: it is not indexed."""
        response = request.render(template, values)
        response.headers['X-Robots-Tag'] = 'noindex'
        return response
