from datetime import date

from odoo import http
from odoo.exceptions import AccessError, MissingError
from odoo.http import content_disposition, request

from odoo.addons.account.controllers.portal import PortalAccount

from ..engine.file_names import clean_name
from .portal_guard import PortalGuard


def pdf_response(content, name, download):
    """An answer with a PDF, to be saved or shown."""
    return request.make_response(content, headers=[
        ('Content-Type', 'application/pdf'),
        ('Content-Length', len(content)),
        ('Content-Disposition', content_disposition(
            clean_name(name, 'document'), disposition_type='attachment' if download else 'inline')),
        ('X-Content-Type-Options', 'nosniff'),
    ])


def is_day(text):
    """Whether a parameter is a day or a moment as the portal writes them (bool)."""
    try:
        date.fromisoformat((text or '')[:10])
    except ValueError:
        return False
    return len(text) in (10, 19)


class PortalInvoice(PortalAccount, PortalGuard):
    """The portal gives our document: on screen as its page, for download with its inserts."""

    @http.route()
    def portal_my_invoices(
        self, page=1, date_begin=None, date_end=None, sortby=None, filterby=None, **kw,
    ):
        """The list; what it does not know of its parameters is as if it was not there."""
        if not (is_day(date_begin) and is_day(date_end)):
            date_begin = date_end = None
        return super().portal_my_invoices(
            page=int(page) if str(page).isdecimal() else 1,
            date_begin=date_begin, date_end=date_end,
            sortby=sortby if sortby in self._get_account_searchbar_sortings() else None,
            filterby=filterby if filterby in self._get_account_searchbar_filters() else None, **kw)

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
                return self._isp_hand_out(self._isp_customer_pdf, invoice_sudo, download)
        return super().portal_my_invoice_detail(
            invoice_id, access_token=access_token, report_type=report_type, download=download,
            **kw)

    def _isp_customer_pdf(self, invoice, download):
        if not request.env.user._is_internal():
            invoice._isp_note_opened()
        return pdf_response(*invoice._isp_assembled_pdf(), download)

    @http.route('/isp/invoice/<int:invoice_id>/pdf', type='http', auth='user')
    def isp_invoice_pdf(self, invoice_id):
        """What the customer gets, or the preview of a draft, for the people of the company."""
        move = request.env['account.move'].browse(invoice_id).exists()
        if not move or not move.has_access('read') or not request.env.user._is_internal():
            raise request.not_found()
        return pdf_response(*move._isp_assembled_pdf(), download=False)

    @http.route('/my/invoices/<int:invoice_id>/insert/<int:insert_id>', type='http',
                auth='public', website=True)
    def isp_invoice_insert(self, invoice_id, insert_id, access_token=None):
        """One attachment of an invoice that is a file of its own."""
        try:
            invoice_sudo = self._document_check_access('account.move', invoice_id, access_token)
        except (AccessError, MissingError):
            return request.redirect('/my')
        insert = invoice_sudo._isp_portal_inserts().filtered(lambda row: row.id == insert_id)
        return self._isp_hand_out(self._isp_insert_pdf, insert)

    def _isp_insert_pdf(self, insert):
        contents = insert._isp_contents()
        if not contents:
            raise request.not_found()
        if not request.env.user._is_internal():
            insert._isp_note_opened()
        return pdf_response(contents[0][1], insert.name, download=False)

    @http.route('/isp/attachment/preview/<int:preview_id>', type='http', auth='user')
    def isp_attachment_preview(self, preview_id):
        """An invoice with what its account would carry, for the person who asked for it."""
        preview = request.env['isp.attachment.preview'].browse(preview_id).exists()
        if not preview or not preview.has_access('read') or not preview.move_id:
            raise request.not_found()
        return pdf_response(preview._isp_pdf(), f"{preview.attachment_id.name}.pdf", download=False)

    @http.route('/isp/flyer/<int:flyer_id>/<string:language>', type='http', auth='user')
    def isp_quick_flyer(self, flyer_id, language):
        """A quick flyer before it is kept, for the person who writes it."""
        flyer = request.env['isp.quick.flyer'].browse(flyer_id).exists()
        if not flyer or not flyer.has_access('read') or language not in flyer._isp_languages():
            raise request.not_found()
        return pdf_response(flyer._isp_pdf(language), f'{flyer.name}.pdf', download=False)
