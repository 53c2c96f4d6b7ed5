from odoo import http
from odoo.exceptions import AccessError, MissingError
from odoo.http import request

from ..const import DOCUMENT_LANGUAGES
from .portal_account import PortalAccount
from .portal_guard import PortalGuard
from .portal_invoice import pdf_response

#: what a form may send, and what is stored for it
CHOICES = {'inherit': False, **{code: code for code, _label in DOCUMENT_LANGUAGES}}


class PortalLanguage(PortalAccount, PortalGuard):
    """The customer chooses the language of the documents, signed in or by a signed link."""

    @http.route(
        '/my/billing-language', type='http', auth='user', methods=['GET', 'POST'], website=True)
    def isp_billing_language(self, account=None, language=None, **kw):
        """The page of the portal, and what its form sends."""
        numbers = self._isp_own_accounts()
        done = None
        if request.httprequest.method == 'POST':
            done = self._isp_chosen_number(account)
            self._isp_check_choice(language, self._isp_offered(done))
            self._isp_choose(done, language, 'portal')
        return request.render('isp_billing.portal_billing_language', {
            **self._prepare_portal_layout_values(), 'page_name': 'isp_billing_language',
            'numbers': [(number, self._isp_present(number), self._isp_offered(number))
                        for number in numbers],
            'done': done,
        })

    @http.route('/isp/language/<string:token>', type='http', auth='public',
                methods=['GET', 'POST'], website=True, sitemap=False)
    def isp_language_link(self, token, language=None, **kw):
        """The link of an e-mail: it shows what would be set, and only its form sets it."""
        account = request.env['isp.language.choice']._isp_from_token(token)
        if not account:
            return request.render('isp_billing.language_link_expired', {}, status=410)
        done = False
        offered = account._isp_offered_languages(account.env.company, 'email_link')
        if request.httprequest.method == 'POST':
            self._isp_check_choice(language, offered)
            account._isp_choose_language(CHOICES[language], 'email_link')
            done = True
        return self._isp_signed_page('isp_billing.language_link', {
            'company': account.env.company, 'token': token, 'done': done, 'offered': offered,
            'present': account.isp_document_language or 'inherit',
        })

    @http.route('/my/invoices/<int:invoice_id>/translation', type='http', auth='public')
    def isp_portal_translation(self, invoice_id, access_token=None, **kw):
        """The copy of an invoice in its other language."""
        try:
            invoice = self._document_check_access('account.move', invoice_id, access_token)
        except (AccessError, MissingError):
            return request.redirect('/my')
        if not invoice.isp_has_translation:
            raise request.not_found()
        return self._isp_hand_out(
            lambda: pdf_response(*invoice._isp_translation_pdf(), download=True))

    @http.route('/isp/invoice/<int:invoice_id>/translation', type='http', auth='user')
    def isp_invoice_translation(self, invoice_id):
        """The same copy, for the people of the company."""
        move = request.env['account.move'].browse(invoice_id).exists()
        if not move or not move.has_access('read') or not request.env.user._is_internal():
            raise request.not_found()
        return pdf_response(*move._isp_translation_pdf(), download=False)

    def _isp_present(self, number):
        """The present choice of an account, as the form names it (str)."""
        account = number.partner_id.with_company(number.company_id)
        return account.isp_document_language or 'inherit'

    def _isp_offered(self, number):
        """Languages that the customer may choose on the portal (set)."""
        account = number.partner_id.with_company(number.company_id)
        return account._isp_offered_languages(number.company_id, 'portal')

    def _isp_check_choice(self, language, offered):
        """Take what the form offers and nothing else.

        :raises NotFound: for any other value
        """
        if language not in CHOICES or (CHOICES[language] and language not in offered):
            raise request.not_found()

    def _isp_choose(self, number, language, channel):
        number.partner_id.with_company(number.company_id)._isp_choose_language(
            CHOICES[language], channel)
