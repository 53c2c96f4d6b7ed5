from werkzeug.exceptions import NotFound, abort

from odoo import models
from odoo.http import request

#: addresses whose answers are private: whoever asks, and whatever module answers
PRIVATE = ('/my', '/isp', '/isp_billing/run', '/invoice', '/payment', '/report', '/account')
#: cookie that says for which user the pages have begun in the language of the account
BEGUN = 'isp_language_begun'
#: largest id that PostgreSQL takes
MAX_ID = 2**31 - 1


def is_private(path):
    """Whether an address is one of those that show what belongs to one customer (bool)."""
    return any(path == start or path.startswith(f'{start}/') for start in PRIVATE)


class IrHttp(models.AbstractModel):
    """What holds for every page of the portal: parameters, headers, language at the beginning."""

    _inherit = 'ir.http'

    # === Language === #

    @classmethod
    def _match(cls, path):
        cls._isp_begin_in_account_language(path)
        return super()._match(path)

    @classmethod
    def _frontend_pre_dispatch(cls):
        super()._frontend_pre_dispatch()
        uid = request.session.uid
        if uid and is_private(request.httprequest.path) and request.cookies.get(BEGUN) != str(uid):
            request.future_response.set_cookie(BEGUN, str(uid))

    @classmethod
    def _isp_begin_in_account_language(cls, path):
        """The first page after signing in comes in the language of the account.

        Odoo goes by the browser, as long as nothing was chosen. From the second page on it is as
        Odoo has it, so that who chooses another language at the foot of the page keeps it.
        """
        uid = request.session.uid
        if not uid or not (path == '/my' or path.startswith('/my/')) \
                or request.httprequest.method != 'GET' or request.cookies.get(BEGUN) == str(uid):
            return
        # sudo: nobody is signed in yet at this point of a request; only a language comes out
        env = request.env(user=uid, su=True)
        user = env['res.users'].browse(uid).exists()
        code = user._is_portal() and env['ir.http'].get_nearest_lang(
            user.partner_id._isp_portal_lang(user.company_id))
        present = request.cookies.get('frontend_lang') or request.env.context.get('lang')
        if not code or code == env['ir.http'].get_nearest_lang(present):
            return
        prefix = '' if code == cls._get_default_lang().code \
            else f"/{env['res.lang']._get_data(code=code).url_code}"
        redirect = request.redirect_query(f'{prefix}{path}', request.httprequest.args)
        redirect.set_cookie('frontend_lang', code)
        redirect.set_cookie(BEGUN, str(uid))
        abort(redirect)

    # === Parameters === #

    @classmethod
    def _dispatch(cls, endpoint):
        request.params.pop('self', None)  # would stand in for the controller
        if is_private(request.httprequest.path):
            cls._isp_check_parameters(request.params)
        return super()._dispatch(endpoint)

    @classmethod
    def _isp_check_parameters(cls, params):
        """What no page can mean is an address that does not exist.

        :raises NotFound: for ids that no record can have, characters that PostgreSQL does not
            take, and payments of invoices that are not posted
        """
        for name, value in params.items():
            if isinstance(value, int) and not -MAX_ID <= value <= MAX_ID:
                raise NotFound()
            if isinstance(value, str):
                if '\0' in value:
                    raise NotFound()
                if name.endswith('token') and not value.isascii():
                    params[name] = 'invalid'  # tokens are compared as bytes of ASCII
        if request.httprequest.path == '/payment/pay' and params.get('invoice_id'):
            cls._isp_check_payable(params['invoice_id'])

    @classmethod
    def _isp_check_payable(cls, invoice_id):
        """:raises NotFound: when the link of a payment names a draft or a cancelled invoice"""
        number = int(invoice_id) if str(invoice_id).isdecimal() else 0
        # sudo: Odoo's own page reads it so; only its state is asked for
        move = request.env['account.move'].sudo().browse(min(number, MAX_ID)).exists()
        if not move or (move._isp_is_ours() and move.state != 'posted'):
            raise NotFound()

    # === Headers === #

    @classmethod
    def _post_dispatch(cls, response):
        super()._post_dispatch(response)
        if is_private(request.httprequest.path):
            headers = response.headers
            headers['Cache-Control'] = 'no-store'
            headers['Referrer-Policy'] = 'no-referrer'
            headers['X-Content-Type-Options'] = 'nosniff'
            policy = headers.get('Content-Security-Policy', '')
            if 'frame-ancestors' not in policy:
                headers['Content-Security-Policy'] = '; '.join(
                    part for part in (policy, "frame-ancestors 'self'") if part)
