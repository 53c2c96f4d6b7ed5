from odoo import api, models


class AccountMoveSend(models.AbstractModel):
    """Odoo's send dialog and its scheduled job send our document, sealed and with its inserts."""

    _inherit = 'account.move.send'

    @api.model
    def _get_default_pdf_report_id(self, move):
        if move.isp_has_document:
            return self.env.ref('isp_billing.action_report_invoice')
        return super()._get_default_pdf_report_id(move)

    @api.model
    def _get_default_mail_lang(self, move, mail_template):
        if move.isp_has_document:
            return move._isp_mail_lang()
        return super()._get_default_mail_lang(move, mail_template)

    @api.model
    def _generate_invoice_documents(self, invoices_data, allow_fallback_pdf=False):
        """Seal our documents first: Odoo then neither makes nor changes a PDF of its own.

        The hook that runs after Odoo's own rendering (where an electronic invoice is put into
        the PDF) is not reached for them, so the sealed bytes stay as they are: an electronic
        invoice of the format chosen in the dialog is in them already.
        """
        moves = self.env['account.move'].union(
            *(move for move in invoices_data if move.isp_has_document)).sudo()
        moves = moves.with_context(isp_einvoice_formats={
            move.id: data.get('invoice_edi_format') for move, data in invoices_data.items()})
        # the scheduled job lays out in processes beside it: no document can end it
        reasons = moves._isp_render_documents(apart=bool(moves.filtered('sending_data')))
        # one that raised later would stop the sending of all others
        reasons |= moves.filtered('isp_document_id')._isp_lost_documents()
        moves._isp_set_aside(reasons)
        for move in invoices_data:
            if reason := reasons.get(move.id):
                invoices_data[move]['error'] = {
                    'error_title': self.env._("The document could not be made."),
                    'errors': [reason],
                }
        return super()._generate_invoice_documents(
            invoices_data, allow_fallback_pdf=allow_fallback_pdf)

    @api.model
    def _hook_invoice_document_before_pdf_report_render(self, invoice, invoice_data):
        """Give the service periods to an XML that Odoo makes for an invoice sealed without it."""
        super()._hook_invoice_document_before_pdf_report_render(invoice, invoice_data)
        values = invoice_data.get('ubl_cii_xml_attachment_values')
        if values and invoice.isp_has_document:
            values['raw'] = invoice._isp_complete_einvoice(values['raw'])

    @api.model
    def _get_mail_params(self, move, move_data):
        """Send what the customer is to receive: the invoice with its inserts."""
        params = super()._get_mail_params(move, move_data)
        if not move.isp_has_document or not params:
            return params
        sealed = move.sudo().isp_document_id.name
        others = [item for item in params['attachments'] if item[0] != sealed]
        return {**params, 'attachments': move._isp_delivery_files() + others}

    @api.model
    def _send_mail(self, move, mail_template, **kwargs):
        if move.isp_has_document:
            move = move.with_context(isp_dialog_move_id=move.id)
        return super()._send_mail(move, mail_template, **kwargs)

    @api.model
    def _send_mails(self, moves_data):
        """Our documents wait until their e-mails have left: see ``account_move_dialog``."""
        result = super()._send_mails(moves_data)
        moves = self.env['account.move'].union(
            *(move for move in moves_data if move.isp_has_document)).sudo()
        mails = moves._isp_waiting_dialog_mails()
        moves._isp_note_dialog({
            mail.mail_message_id: (mail.isp_dialog_move_id, '') for mail in mails})
        return result
