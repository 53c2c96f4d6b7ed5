from odoo import api, models


class AccountJournal(models.Model):
    """Journals marked for ISP billing print the ISP document by default."""

    _inherit = 'account.journal'

    @api.model_create_multi
    def create(self, vals_list):
        journals = super().create(vals_list)
        journals._isp_choose_report()
        return journals

    def write(self, vals):
        result = super().write(vals)
        if 'isp_billing' in vals:
            self._isp_choose_report()
        return result

    def _isp_choose_report(self):
        """Choose our report on marked journals, and take it back from the others."""
        report = self.env.ref('isp_billing.action_report_invoice', raise_if_not_found=False)
        if not report:
            return
        marked = self.filtered('isp_billing')
        marked.invoice_template_pdf_report_id = report
        (self - marked).filtered(
            lambda journal: journal.invoice_template_pdf_report_id == report
        ).invoice_template_pdf_report_id = False
