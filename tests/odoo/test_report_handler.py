"""The web client downloads our report without asking for wkhtmltopdf."""
import json

from odoo.tests import HttpCase, tagged

from .document_common import DocumentCase

CODE = """
(async () => {
    const urls = [];
    const open = XMLHttpRequest.prototype.open;
    XMLHttpRequest.prototype.open = function (method, url) {
        urls.push(url);
        return open.apply(this, arguments);
    };
    const fetched = window.fetch;
    window.fetch = (url, ...rest) => {
        urls.push(String(url.url || url));
        return fetched(url, ...rest);
    };
    const services = odoo.__WOWL_DEBUG__.root.env.services;
    const action = await services.orm.call("account.move", "action_print_pdf", [[%(move)s]]);
    await services.action.doAction(action);
    if (!urls.some((url) => url.includes("/report/download"))) {
        throw new Error("nothing was downloaded: " + urls.join(" "));
    }
    if (urls.some((url) => url.includes("check_wkhtmltopdf"))) {
        throw new Error("wkhtmltopdf was asked for");
    }
    const downloads = () => urls.filter((url) => url.includes("/report/download")).length;
    for (const [report, id] of %(letters)s) {
        const before = downloads();
        await services.action.doAction("isp_billing.action_report_" + report, {
            additionalContext: { active_id: id, active_ids: [id] },
        });
        if (downloads() !== before + 1) {
            throw new Error(report + " was not downloaded: " + urls.join(" "));
        }
    }
    if (urls.some((url) => url.includes("check_wkhtmltopdf") || url.includes("/report/html"))) {
        throw new Error("wkhtmltopdf was asked for: " + urls.join(" "));
    }
    console.log("test successful");
})();
"""


@tagged('standard', 'post_install', '-at_install')
class TestReportHandler(DocumentCase, HttpCase):

    def test_case_151_download_without_wkhtmltopdf(self):
        """Each document of ours is downloaded, from its button and from the menu *Print*.

        The kind: a report of ours that the web client does not know as such. The server marks
        all of them by one field.
        """
        move = self.make_invoice()
        payment = self.env['account.payment'].create({
            'partner_id': self.partner.id, 'amount': 10.0, 'payment_type': 'inbound',
            'partner_type': 'customer', 'company_id': self.company.id})
        payment.action_post()
        reports = self.env['ir.actions.report'].search([]).filtered('isp_document')
        self.assertEqual(set(reports.mapped('report_name')), {
            f'isp_billing.report_{name}' for name in (
                'invoice', 'statement', 'reminder', 'receipt')})
        for report in reports:
            self.assertTrue(report._get_action_dict()['isp_document'])
        letters = [['statement', self.partner.id], ['reminder', self.partner.id],
                   ['receipt', payment.id]]
        admin = self.env.ref('base.user_admin')
        admin.write({'company_ids': [(4, self.company.id)], 'company_id': self.company.id})
        self.browser_js(
            f'/odoo/action-account.action_move_out_invoice_type/{move.id}',
            CODE % {'move': move.id, 'letters': json.dumps(letters)},
            ready="!!document.querySelector('.o_form_view')",
            login='admin', timeout=90)
        move.invalidate_recordset()
        self.assertTrue(move.isp_document_sha256)
