"""The web client downloads our report without asking for wkhtmltopdf."""
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
    console.log("test successful");
})();
"""


@tagged('standard', 'post_install', '-at_install')
class TestReportHandler(DocumentCase, HttpCase):

    def test_download_without_wkhtmltopdf(self):
        move = self.make_invoice()
        admin = self.env.ref('base.user_admin')
        admin.write({'company_ids': [(4, self.company.id)], 'company_id': self.company.id})
        self.browser_js(
            f'/odoo/action-account.action_move_out_invoice_type/{move.id}',
            CODE % {'move': move.id}, ready="!!document.querySelector('.o_form_view')",
            login='admin', timeout=90)
        move.invalidate_recordset()
        self.assertTrue(move.isp_document_sha256)
