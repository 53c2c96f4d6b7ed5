import io
from collections import OrderedDict

from odoo import models

OWN_REPORT = 'isp_billing.report_invoice'


class IrActionsReport(models.Model):
    """The ISP document as Odoo's report: print menu, portal and send dialog all end here."""

    _inherit = 'ir.actions.report'

    def _get_readable_fields(self):
        return super()._get_readable_fields() | {'isp_document'}

    def report_action(self, docids, data=None, config=True):
        """Mark our reports, so that the web client asks for no wkhtmltopdf."""
        action = super().report_action(docids, data=data, config=config and not self._isp_is_own())
        if self._isp_is_own():
            action['isp_document'] = True
        return action

    def _isp_is_own(self):
        return len(self) == 1 and self.report_name == OWN_REPORT

    def _render_qweb_pdf_prepare_streams(self, report_ref, data, res_ids=None):
        """Our own documents instead of a conversion of HTML; other reports are left alone."""
        if self._get_report(report_ref).report_name != OWN_REPORT:
            return super()._render_qweb_pdf_prepare_streams(report_ref, data, res_ids=res_ids)
        streams = OrderedDict()
        for move in self.env['account.move'].browse(res_ids):
            move.check_access('read')
            content, _name = move._isp_assembled_pdf()
            streams[move.id] = {'stream': io.BytesIO(content), 'attachment': None}
        return streams

    def _pre_render_qweb_pdf(self, report_ref, res_ids=None, data=None):
        """Give the PDF in tests too: nothing slow or external makes it."""
        if self._get_report(report_ref).report_name == OWN_REPORT:
            self = self.with_context(force_report_rendering=True)
        return super()._pre_render_qweb_pdf(report_ref, res_ids=res_ids, data=data)

    def _render_qweb_html(self, report_ref, docids, data=None):
        """The page of our documents as HTML."""
        if self._get_report(report_ref).report_name != OWN_REPORT:
            return super()._render_qweb_html(report_ref, docids, data=data)
        moves = self.env['account.move'].browse(docids)
        moves.check_access('read')
        return ''.join(move._isp_screen_html() for move in moves).encode(), 'html'
