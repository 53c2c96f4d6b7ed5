import { registry } from "@web/core/registry";

async function expectPdf(address) {
    const answer = await fetch(address);
    const start = (await answer.text()).slice(0, 5);
    if (!answer.ok || start !== "%PDF-") {
        throw new Error(`${address}: ${answer.status}, starts with ${start}`);
    }
}

/** A subscriber finds the bill on the portal and downloads it. */
registry.category("web_tour.tours").add("isp_portal_invoice_tour", {
    steps: () => [
        {
            content: "The bill is in the list",
            trigger: ".o_portal_my_doc_table a[href*='/my/invoices/']",
            run: "click",
            expectUnloadPage: true,
        },
        {
            content: "The document is shown",
            trigger: "#invoice_html",
        },
        {
            content: "The download is a PDF",
            trigger: "a[href*='download=true']",
            async run(helpers) {
                await expectPdf(helpers.anchor.href);
            },
        },
    ],
});
