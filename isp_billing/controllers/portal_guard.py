"""What holds for every page on which Odoo shows a document by its link."""
from contextlib import contextmanager
from threading import Lock

from odoo.exceptions import AccessError
from odoo.http import request

from odoo.addons.portal.controllers.portal import CustomerPortal

#: documents that one process hands out at the same moment, when no parameter says otherwise
AT_ONCE = 20
PARAMETER = 'isp_billing.downloads_at_once'


class Busy(Exception):
    """So many documents are handed out at this moment that another one has to wait."""


class _Places:
    """Counts the documents that this process is handing out."""

    def __init__(self):
        self._lock, self._taken = Lock(), 0

    @contextmanager
    def take(self, number):
        """Hold one of so many places.

        :raises Busy: at once, when all are taken: nobody waits in a line for a document
        """
        with self._lock:
            if self._taken >= number:
                raise Busy
            self._taken += 1
        try:
            yield
        finally:
            with self._lock:
                self._taken -= 1


places = _Places()


class PortalGuard(CustomerPortal):
    """Doors of the portal that Odoo's controllers share."""

    def _document_check_access(self, model_name, document_id, access_token=None):
        """Our invoices are shown to customers once they are posted, and not after a cancellation.

        :raises AccessError: for a draft or a cancelled invoice, whatever link is used
        """
        document = super()._document_check_access(model_name, document_id, access_token)
        if model_name == 'account.move' and document.state != 'posted' and document._isp_is_ours():
            user = request.env.user
            if not user._is_internal() or not document.with_user(user).has_access('read'):
                raise AccessError(request.env._("This invoice is not issued."))
        return document

    def _isp_hand_out(self, make, *words):
        """The answer of ``make(*words)``, or 503 when too many documents are asked for at once."""
        # sudo: a setting of the server
        number = request.env['ir.config_parameter'].sudo().get_param(PARAMETER)
        number = int(number) if str(number or '').isdecimal() else AT_ONCE
        try:
            with places.take(number):
                return make(*words)
        except Busy:
            return request.make_response(
                request.env._("Many documents are asked for at this moment. Please try again in a "
                              "minute."),
                headers=[('Content-Type', 'text/plain; charset=utf-8'), ('Retry-After', '30')],
                status=503)
