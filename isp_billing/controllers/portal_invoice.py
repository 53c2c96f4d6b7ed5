from odoo import http
from odoo.exceptions import AccessError, MissingError
from odoo.http import content_disposition, request

from odoo.addons.account.controllers.portal import PortalAccount


def pdf_response(content, name, download):
    """An answer with a PDF, to be saved or shown."""
    return request.make_response(content, headers=[
        ('Content-Type', 'application/pdf'),
        ('Content-Length', len(content)),
        ('Content-Disposition', content_disposition(
            name, disposition_type='attachment' if download else 'inline')),
        ('X-Content-Type-Options', 'nosniff'),
    ])


class PortalInvoice(PortalAccount):
    """The portal gives our document: on screen as its page, for download with its inserts."""

    @http.route()
    def portal_my_invoice_detail(
        self, invoice_id, access_token=None, report_type=None, download=False, **kw,
    ):
        if report_type in ('html', 'pdf'):
            try:
                invoice_sudo = self._document_check_access('account.move', invoice_id, access_token)
            except (AccessError, MissingError):
                return request.redirect('/my')
            if invoice_sudo.isp_has_document and invoice_sudo.state == 'posted':
                if report_type == 'html':
                    return request.make_response(
                        invoice_sudo._isp_screen_html(),
                        headers=[('Content-Type', 'text/html; charset=utf-8')])
                return pdf_response(*invoice_sudo._isp_assembled_pdf(), download)
        return super().portal_my_invoice_detail(
            invoice_id, access_token=access_token, report_type=report_type, download=download,
            **kw)

    @http.route('/isp/invoice/<int:invoice_id>/pdf', type='http', auth='user')
    def isp_invoice_pdf(self, invoice_id):
        """What the customer gets, or the preview of a draft, for the people of the company."""
        move = request.env['account.move'].browse(invoice_id).exists()
        if not move or not move.has_access('read') or not request.env.user._is_internal():
            raise request.not_found()
        return pdf_response(*move._isp_assembled_pdf(), download=False)
