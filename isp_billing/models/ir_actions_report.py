import io
import logging
from collections import OrderedDict

import psycopg2

from odoo import api, fields, models
from odoo.exceptions import UserError

from ..engine import pdf_assemble
from ..sentences import say

_logger = logging.getLogger(__name__)

OWN_REPORT = 'isp_billing.report_invoice'
#: invoices that a notification names; the others are counted
NAMED = 10


class IrActionsReport(models.Model):
    """The ISP document as Odoo's report: print menu, portal and send dialog all end here."""

    _inherit = 'ir.actions.report'

    isp_document = fields.Boolean(
        string="Made without wkhtmltopdf", compute='_compute_isp_document',
        export_string_translation=False,
    )

    @api.depends('report_name')
    def _compute_isp_document(self):
        for report in self:
            report.isp_document = report._isp_is_own()

    def _get_readable_fields(self):
        """Tell the web client of our reports, from the menu *Print* too."""
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
        moves = self._isp_readable_moves(res_ids)
        streams, left_out = OrderedDict(), {}
        for move in moves:
            try:
                with self.env.cr.savepoint():
                    content, _name = move._isp_assembled_pdf()
            except psycopg2.Error:
                raise
            except Exception as error:  # one bad document never stops the others
                _logger.warning("Document of invoice %s is not printed: %s", move.id, error)
                left_out[move] = str(error) or type(error).__name__
                continue
            streams[move.id] = {'stream': io.BytesIO(content), 'attachment': None}
        if left_out:
            self._isp_tell_left_out(left_out, bool(streams))
        self._isp_on_own_sheets(streams, {move.id: move.company_id for move in moves})
        return streams

    def _isp_readable_moves(self, ids):
        """Invoices to print.

        :raises AccessError: when the user may not read all of them
        """
        moves = self.env['account.move'].browse(ids)
        moves.check_access('read')
        # sudo: a customer may read the own invoice, and none of the fields that it is made from
        return moves.sudo() if self.env.user.share else moves

    def _isp_on_own_sheets(self, streams, companies):
        """Let each document of a batch begin on a new sheet, where its company prints both sides.

        :param dict streams: of Odoo's report, changed in place
        :param dict companies: res.company by the same keys
        """
        for key in list(streams)[:-1]:
            if companies[key].isp_print_duplex:
                content = streams[key]['stream'].getvalue()
                streams[key]['stream'] = io.BytesIO(pdf_assemble.whole_sheets(content))

    def _isp_tell_left_out(self, reasons, printed):
        """Name the invoices that were not printed: to who prints, and on each of them.

        :param dict reasons: why it cannot be printed, by account.move
        :param bool printed: whether others were
        :raises UserError: with all reasons, when nothing was printed
        """
        lines = [reason if move.display_name in reason else f"{move.display_name}: {reason}"
                 for move, reason in reasons.items()]
        if not printed:
            raise UserError('\n'.join(lines))
        for move, reason in reasons.items():
            move.sudo()._isp_log_sentence(say(self.env)._(
                "Left out when invoices were printed: %(reason)s", reason=reason))
        if len(lines) > NAMED:
            lines[NAMED:] = [self.env._("… and %(count)s more", count=len(lines) - NAMED)]
        self.env.user._bus_send('simple_notification', {
            'type': 'warning', 'sticky': True,
            'title': self.env._("Not printed: %(count)s invoices", count=len(reasons)),
            'message': ' · '.join(lines)})

    def _pre_render_qweb_pdf(self, report_ref, res_ids=None, data=None):
        """Give the PDF in tests too: nothing slow or external makes it."""
        if self._get_report(report_ref).report_name == OWN_REPORT:
            self = self.with_context(force_report_rendering=True)
        return super()._pre_render_qweb_pdf(report_ref, res_ids=res_ids, data=data)

    def _render_qweb_html(self, report_ref, docids, data=None):
        """The page of our documents as HTML."""
        if self._get_report(report_ref).report_name != OWN_REPORT:
            return super()._render_qweb_html(report_ref, docids, data=data)
        moves = self._isp_readable_moves(docids)
        return ''.join(move._isp_screen_html() for move in moves).encode(), 'html'
