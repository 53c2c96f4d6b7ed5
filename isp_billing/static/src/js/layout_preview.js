import { Component, onWillUnmount, useRef, useState } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { loadPDFJSAssets } from "@web/core/utils/pdfjs";
import { registry } from "@web/core/registry";
import { useDebounced } from "@web/core/utils/timing";
import { useRecordObserver } from "@web/model/relational_model/utils";
import { useService } from "@web/core/utils/hooks";
import { user } from "@web/core/user";
import { standardWidgetProps } from "@web/views/widgets/standard_widget_props";

const WAIT_MILLISECONDS = 400;
const WIDTH_PIXELS = 1000;

/** Reads every value of a record and of the rows in its lists, as one text. */
function valuesOf(data) {
    return Object.values(data)
        .map((value) => (value?.records ? value.records.map((row) => valuesOf(row.data)).join() :
            String(value?.display_name ?? value)))
        .join();
}

/**
 * The real PDF of a layout beside its form: drawn again a moment after each change, from the
 * values of the form, before they are saved.
 */
export class LayoutPreview extends Component {
    static template = "isp_billing.LayoutPreview";
    static props = { ...standardWidgetProps };

    setup() {
        this.orm = useService("orm");
        this.pages = useRef("pages");
        this.state = useState({
            language: user.lang?.startsWith("fr") ? "fr" : "en", problem: "", text: "", drawn: 0, busy: true,
        });
        this.languages = [
            ["en", _t("English")], ["fr", _t("French")], ["both", _t("Both")],
        ];
        this.draw = useDebounced(() => this.drawNow(), WAIT_MILLISECONDS);
        useRecordObserver((record) => {
            // Reading every value makes this function run again when one of them changes.
            this.seen = valuesOf(record.data);
            this.state.busy = true;
            this.draw();
        });
        onWillUnmount(() => {
            this.asked = null;
            URL.revokeObjectURL(this.address);
        });
    }

    choose(language) {
        this.state.language = language;
        this.state.busy = true;
        this.draw();
    }

    async drawNow() {
        const asked = (this.asked = Symbol("preview"));
        const record = this.props.record;
        const changes = await record.getChanges();
        try {
            const result = await this.orm.silent.call("isp.document.layout", "isp_preview", [
                record.resId ? [record.resId] : [], changes, this.state.language,
                this.props.record.data.preview_move_id?.id || false,
            ]);
            if (this.asked !== asked) {
                return;
            }
            this.state.problem = result.problem || "";
            if (result.pdf) {
                await this.show(Uint8Array.from(atob(result.pdf), (c) => c.charCodeAt(0)), asked);
            }
        } catch (error) {
            if (this.asked === asked) {
                this.state.problem =
                    error.data?.message || _t("The preview cannot be made at the moment.");
            }
        }
        if (this.asked === asked) {
            this.state.busy = false;
        }
    }

    /** Draws all pages, then replaces the old ones at once. */
    async show(bytes, asked) {
        await loadPDFJSAssets();
        URL.revokeObjectURL(this.address);
        this.address = URL.createObjectURL(new Blob([bytes], { type: "application/pdf" }));
        const pdf = await globalThis.pdfjsLib.getDocument({ data: bytes }).promise;
        const canvases = [];
        const texts = [];
        for (let number = 1; number <= pdf.numPages; number++) {
            const page = await pdf.getPage(number);
            const width = page.getViewport({ scale: 1 }).width;
            const viewport = page.getViewport({ scale: WIDTH_PIXELS / width });
            const canvas = document.createElement("canvas");
            Object.assign(canvas, { width: viewport.width, height: viewport.height });
            canvas.className = "w-100 border shadow-sm mb-3";
            canvas.setAttribute("role", "img");
            canvas.setAttribute("aria-label", _t("Page %s of the preview", number));
            await page.render({ canvasContext: canvas.getContext("2d"), viewport }).promise;
            canvases.push(canvas);
            texts.push((await page.getTextContent()).items.map((item) => item.str).join(" "));
        }
        if (this.asked === asked && this.pages.el) {
            this.pages.el.replaceChildren(...canvases);
            this.state.text = texts.join("\n");
            this.state.drawn += 1;
        }
    }

    open() {
        window.open(this.address, "_blank");
    }
}

export const layoutPreview = { component: LayoutPreview };
registry.category("view_widgets").add("isp_layout_preview", layoutPreview);
