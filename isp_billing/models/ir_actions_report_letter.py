import io
from collections import OrderedDict

from odoo import models
from odoo.exceptions import UserError

LETTERS = {
    'isp_billing.report_statement': 'statement',
    'isp_billing.report_reminder': 'reminder',
    'isp_billing.report_receipt': 'receipt',
}


class IrActionsReport(models.Model):
    """Statements, reminders and receipts as Odoo's reports."""

    _inherit = 'ir.actions.report'

    def _isp_is_own(self):
        return super()._isp_is_own() or (len(self) == 1 and self.report_name in LETTERS)

    def _isp_letter_kind(self, report_ref):
        return LETTERS.get(self._get_report(report_ref).report_name)

    def _render_qweb_pdf_prepare_streams(self, report_ref, data, res_ids=None):
        """Our own letters instead of a conversion of HTML."""
        kind = self._isp_letter_kind(report_ref)
        if not kind:
            return super()._render_qweb_pdf_prepare_streams(report_ref, data, res_ids=res_ids)
        streams = OrderedDict()
        letters = self.env['isp.account.letter']
        records = self.env['account.payment' if kind == 'receipt' else 'res.partner']
        for record in records.browse(res_ids):
            record.check_access('read')
            if kind == 'receipt':
                content = letters._receipt_pdf(record)
            elif record.isp_account_number:
                content = letters._account_pdf(kind, record, self.env.company)
            else:
                raise UserError(self.env._(
                    "%s has no billing account in the present company.", record.display_name))
            streams[record.id] = {'stream': io.BytesIO(content), 'attachment': None}
        self._isp_on_own_sheets(streams, {
            record.id: record.company_id if kind == 'receipt' else self.env.company
            for record in records.browse(res_ids)})
        return streams

    def _pre_render_qweb_pdf(self, report_ref, res_ids=None, data=None):
        if self._isp_letter_kind(report_ref):
            self = self.with_context(force_report_rendering=True)
        return super()._pre_render_qweb_pdf(report_ref, res_ids=res_ids, data=data)
