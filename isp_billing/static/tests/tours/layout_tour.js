import { registry } from "@web/core/registry";

const preview = ".o_isp_layout_preview[data-busy='0']";
const text = () => document.querySelector(".o_isp_layout_text").textContent;

/** Waits until a condition holds (seconds pass while the PDF is made). */
async function until(condition, what) {
    for (let tries = 0; tries < 150; tries++) {
        if (condition()) {
            return;
        }
        await new Promise((resolve) => setTimeout(resolve, 200));
    }
    throw new Error(`${what}; the preview shows: ${text().slice(0, 300)}`);
}

/** How many dots of the first page have (nearly) a colour. */
function dots(red, green, blue) {
    const canvas = document.querySelector(".o_isp_layout_pages canvas");
    if (!canvas) {
        return 0;
    }
    const data = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height).data;
    let count = 0;
    for (let place = 0; place < data.length; place += 4) {
        count +=
            Math.abs(data[place] - red) < 4 &&
            Math.abs(data[place + 1] - green) < 4 &&
            Math.abs(data[place + 2] - blue) < 4;
    }
    return count;
}

registry.category("web_tour.tours").add("isp_layout_preview", {
    steps: () => [
        {
            content: "the first preview shows the built-in colour of the card",
            trigger: `${preview} canvas`,
            timeout: 60000, // the first one comes with the fonts and the scripts that draw it
            run: async () => {
                await until(() => dots(15, 43, 70) > 10000, "no card in the first colour");
                await until(() => text().includes("Unit price"), "no unit prices");
            },
        },
        {
            content: "another main colour",
            trigger: ".o_field_widget[name=color_primary] .o_field_color",
            run({ anchor: field }) {
                const anchor = field.querySelector("input");
                anchor.value = "#7a1846";
                anchor.dispatchEvent(new Event("input", { bubbles: true }));
                anchor.dispatchEvent(new Event("change", { bubbles: true }));
            },
        },
        {
            content: "the card is drawn in it",
            trigger: ".o_isp_layout_pages canvas",
            run: async () => {
                await until(() => dots(122, 24, 70) > 10000, "the colour did not change");
                await until(() => dots(15, 43, 70) < 100, "the old colour is still there");
            },
        },
        { trigger: ".nav-link[name=charges]", run: "click" },
        {
            content: "unit prices off",
            trigger: ".o_field_widget[name=show_unit_prices] input",
            run: "click",
        },
        {
            content: "they leave the page, nothing was saved",
            trigger: ".o_form_button_save",
            run: async () => {
                await until(() => !text().includes("Unit price"), "unit prices stay");
            },
        },
        { trigger: ".nav-link[name=taxes]", run: "click" },
        {
            content: "another number of the GST",
            trigger: ".o_field_widget[name=registration_ids] .o_data_row:first td[name=number]",
            run: "click",
        },
        {
            trigger: ".o_field_widget[name=registration_ids] .o_selected_row [name=number] input",
            run: "edit 99999 9999 RT0009",
        },
        {
            content: "stands beside the tax, nothing was saved",
            trigger: ".nav-link[name=payment]",
            run: async (helpers) => {
                await helpers.click();
                await until(() => text().includes("99999 9999 RT0009"), "the number did not come");
            },
        },
        {
            content: "a slip for envelopes with a window",
            trigger: ".o_field_widget[name=slip_side]",
            run: async () => {
                const before = text().split("Nordet Fibre inc.").length;
                const size = document.querySelector(".o_field_widget[name=slip_size] :is(input, select)");
                if (size.tagName === "SELECT") {
                    size.value = [...size.options].find((o) => o.textContent.includes("third")).value;
                    size.dispatchEvent(new Event("change", { bubbles: true }));
                } else {
                    size.click();
                    await until(() => document.querySelector(".o_select_menu_item"), "no sizes");
                    [...document.querySelectorAll(".o_select_menu_item")]
                        .find((item) => item.textContent.includes("third")).click();
                }
                await until(
                    () => text().split("Nordet Fibre inc.").length > before, "the payee did not move");
            },
        },
        { trigger: ".o_isp_layout_preview [data-language=both]", run: "click" },
        {
            content: "both languages",
            trigger: ".o_isp_layout_pages canvas",
            run: async () => {
                await until(
                    () => text().includes("Facture") && text().includes("Invoice"), "not both");
            },
        },
        { trigger: ".nav-link[name=look]", run: "click" },
        {
            content: "a pale colour is explained",
            trigger: ".o_field_widget[name=color_totals] .o_field_color",
            run({ anchor: field }) {
                const anchor = field.querySelector("input");
                anchor.value = "#ffcc00";
                anchor.dispatchEvent(new Event("input", { bubbles: true }));
                anchor.dispatchEvent(new Event("change", { bubbles: true }));
            },
        },
        { trigger: ".o_isp_layout_problem:contains(nearest colour)" },
        { trigger: ".o_form_button_cancel", run: "click" },
        { trigger: ".o_form_saved, .o_form_button_create, .o_isp_layout_preview" },
    ],
});
