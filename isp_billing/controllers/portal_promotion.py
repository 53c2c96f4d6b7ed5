from odoo import http
from odoo.http import request

from .portal_account import PortalAccount

#: what a form may send, and whether promotions are refused by it
CHOICES = {'yes': False, 'no': True}


class PortalPromotion(PortalAccount):
    """The customer refuses or takes promotions, signed in or by a signed link."""

    @http.route(
        '/my/billing-promotions', type='http', auth='user', methods=['GET', 'POST'], website=True)
    def isp_billing_promotions(self, account=None, promotions=None, **kw):
        """The page of the portal, and what its form sends."""
        done = None
        if request.httprequest.method == 'POST':
            done = self._isp_chosen_number(account)
            self._isp_choose_promotions(
                done.partner_id.with_company(done.company_id), promotions, 'portal')
        return request.render('isp_billing.portal_billing_promotions', {
            **self._prepare_portal_layout_values(), 'page_name': 'isp_billing_promotions',
            'numbers': [
                (number, number.partner_id.with_company(number.company_id).isp_no_promotions)
                for number in self._isp_own_accounts()],
            'done': done,
        })

    @http.route('/isp/promotions/<string:token>', type='http', auth='public',
                methods=['GET', 'POST'], website=True, sitemap=False)
    def isp_promotions_link(self, token, promotions=None, **kw):
        """The link of an e-mail: it shows what would be set, and only its form sets it."""
        account = request.env['isp.promotion.choice']._isp_from_token(token)
        if not account:
            return request.render('isp_billing.language_link_expired', {}, status=410)
        done = request.httprequest.method == 'POST'
        if done:
            self._isp_choose_promotions(account, promotions, 'email_link')
        return self._isp_signed_page('isp_billing.promotions_link', {
            'company': account.env.company, 'token': token, 'done': done,
            'refused': account.isp_no_promotions,
        })

    def _isp_choose_promotions(self, account, promotions, channel):
        """Set what a form sent.

        :raises NotFound: when it sent something else than its own two answers
        """
        if promotions not in CHOICES:
            raise request.not_found()
        account._isp_choose_promotions(CHOICES[promotions], channel)
