from odoo import models

from ..engine import pdf_assemble


class AccountMove(models.Model):
    _inherit = 'account.move'

    def _isp_preview_with_inserts(self, chosen):
        """This invoice with what its account would carry now, in one PDF (bytes).

        The invoice is in its own language, what it carries in that of the account today.

        :param chosen: isp.invoice.attachment that is shown in any case, if it has a place in the
            budget
        """
        self.ensure_one()
        company, account = self.company_id, self._isp_document_account()
        attachments = chosen.sudo().search([('company_id', '=', company.id)])
        reached = (attachments | chosen.sudo()).filtered(
            lambda record: record == chosen or account.id in record._isp_reached_accounts()
        ).sorted(lambda record: (record.sequence, record.id))
        files = reached._isp_stored_files()
        language, _step = account._isp_resolve_language(company, self.partner_shipping_id)
        rows = reached._isp_insert_rows(self, language, files)
        self.env['isp.invoice.insert']._isp_within_budget(company, rows)
        contents = [self.env['ir.attachment'].sudo().browse(row['file_id']).raw or b''
                    for row in rows if not row['problem']]
        if self.sudo().isp_document_id:
            invoice = self._isp_sealed_pdf()
        else:
            invoice = self.sudo()._isp_make_pdf(self._isp_present_data())
        return pdf_assemble.append(
            invoice, [content for content in contents if pdf_assemble.can_append(content)])
