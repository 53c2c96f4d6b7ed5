import { download } from "@web/core/network/download";
import { registry } from "@web/core/registry";
import { user } from "@web/core/user";
import { getReportUrl } from "@web/webclient/actions/reports/utils";

/**
 * Downloads ISP documents without asking for wkhtmltopdf, which does not make them.
 * Other reports are left to Odoo.
 *
 * @param {Object} action report action; the server marks ours with `isp_document`
 * @param {Object} options
 * @param {Object} env
 * @returns {Promise<boolean>} whether the report was handled
 */
export async function ispReportHandler(action, options, env) {
    if (action.report_type !== "qweb-pdf" || !action.isp_document) {
        return false;
    }
    env.services.ui.block();
    try {
        await download({
            url: "/report/download",
            data: {
                data: JSON.stringify([getReportUrl(action, "pdf", user.context), "qweb-pdf"]),
                context: JSON.stringify({ ...user.context, ...action.context }),
            },
        });
    } finally {
        env.services.ui.unblock();
    }
    return true;
}

registry
    .category("ir.actions.report handlers")
    .add("isp_billing.invoice_document", ispReportHandler, { sequence: 10 });
