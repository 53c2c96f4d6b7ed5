import { browser } from "@web/core/browser/browser";
import { registry } from "@web/core/registry";

let opened = "";

/** A good PDF of one page, with a right table of references. */
function pdf() {
    const objects = [
        "<< /Type /Catalog /Pages 2 0 R >>",
        "<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] /Resources << >> >>",
    ];
    let text = "%PDF-1.7\n";
    const places = objects.map((body, index) => {
        const place = text.length;
        text += `${index + 1} 0 obj\n${body}\nendobj\n`;
        return place;
    });
    const start = text.length;
    text += "xref\n0 4\n0000000000 65535 f \n";
    text += places.map((place) => `${String(place).padStart(10, "0")} 00000 n \n`).join("");
    return `${text}trailer\n<< /Size 4 /Root 1 0 R >>\nstartxref\n${start}\n%%EOF\n`;
}

/** Gives a file to the field that an input of files belongs to. */
function upload({ anchor }) {
    const input = anchor.querySelector("input[type=file]") || anchor;
    const files = new DataTransfer();
    files.items.add(new File([pdf()], "offer.pdf", { type: "application/pdf" }));
    input.files = files.files;
    input.dispatchEvent(new Event("change", { bubbles: true }));
}

const count = (number) =>
    `.o_field_widget[name=reach_count]:contains(/^${number}$/)`;
const blur = { content: "leave the field", trigger: ".o_form_view label", run: "click" };

registry.category("web_tour.tours").add("isp_attachment_form", {
    steps: () => [
        {
            content: "a name",
            trigger: ".o_field_widget[name=name] input, .o_field_widget[name=name] textarea",
            run: "edit Spring offer",
        },
        { content: "without filters all three accounts are reached", trigger: count(3) },
        {
            content: "the PDF in English",
            trigger: ".o_field_widget[name=pdf_en]",
            run: upload,
        },
        {
            content: "the file is there under its name",
            trigger: ".o_field_widget[name=pdf_en] input[type=text]:value(offer.pdf)",
        },
        {
            content: "only accounts with television",
            trigger: ".o_field_widget[name=kind_tv] input",
            run: "click",
        },
        { content: "one has it: the count follows before anything is saved", trigger: count(1) },
        {
            content: "no, with or without television",
            trigger: ".o_field_widget[name=kind_tv] input",
            run: "click",
        },
        { trigger: count(3) },
        {
            content: "only one town",
            trigger: ".o_field_widget[name=cities] input",
            run: "edit Matane, Gaspé",
        },
        blur,
        { content: "two live there", trigger: count(2) },
        {
            content: "not those who refuse promotions",
            trigger: ".o_field_widget[name=exclude_opted_out] input:checked",
            run: "click",
        },
        { content: "the one who refuses them is reached now", trigger: count(3) },
        {
            trigger: ".o_field_widget[name=exclude_opted_out] input:not(:checked)",
            run: "click",
        },
        { trigger: count(2) },
        { content: "save", trigger: ".o_form_button_save", run: "click" },
        {
            content: "the upload was inspected: its page is counted",
            trigger: ".o_field_widget[name=pdf_en_pages]:contains(/^1$/)",
        },
        {
            content: "preview",
            trigger: ".o_form_view button:contains(Preview on an account)",
            run: "click",
        },
        {
            content: "on a real account",
            trigger: ".modal .o_field_widget[name=account_id] input",
            run: "edit Ada Tester",
        },
        {
            trigger: ".modal .o-autocomplete--dropdown-item:contains(Ada Tester)",
            run: "click",
        },
        {
            content: "its last invoice is found",
            trigger: ".modal .o_field_widget[name=move_id]:contains(/\\w/)",
        },
        {
            content: "open the PDF; the new tab is only noted",
            trigger: ".modal button[name=action_preview]",
            run: async ({ anchor }) => {
                const open = browser.open;
                browser.open = (address) => {
                    opened = address;
                    return window;
                };
                anchor.click();
                for (let tries = 0; tries < 70 && !opened; tries++) {
                    await new Promise((resolve) => setTimeout(resolve, 100));
                }
                browser.open = open;
                const answer = await fetch(opened);
                const bytes = new Uint8Array(await answer.arrayBuffer());
                const head = String.fromCharCode(...bytes.slice(0, 5));
                if (head !== "%PDF-") {
                    throw new Error(`the preview at ${opened} is no PDF: ${head}`);
                }
            },
        },
    ],
});
