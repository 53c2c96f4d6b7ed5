/* A person at the form of a layout or of a tax registration: clicks, types, chooses, uploads.
   COMPANY (tests/e2e/layout_companies.py) is put in front; the code ends with "test successful". */
const wait = (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds));

async function until(found, what) {
    for (let tries = 0; tries < 300; tries++) {
        const value = found();
        if (value) {
            return value;
        }
        await wait(100);
    }
    throw new Error(`waited in vain for ${what}`);
}

const shown = (selector, root = document) => () =>
    [...root.querySelectorAll(selector)].find((element) => element.offsetParent !== null);

async function click(selector) {
    (await until(shown(selector), selector)).click();
    await wait(60);
}

/** The element that takes what is typed into a field. */
const input = (name) => until(
    shown(`.o_field_widget[name="${name}"] :is(input, textarea)`), `field ${name}`);

async function type(name, value) {
    const element = await input(name);
    element.focus();
    element.value = value;
    for (const event of ["input", "change"]) {
        element.dispatchEvent(new Event(event, { bubbles: true }));
    }
    element.blur();
    await wait(60);
}

async function pickColour(name, value) {
    const element = document.querySelector(`.o_field_widget[name="${name}"] input[type=color]`);
    element.value = value;
    for (const event of ["input", "change"]) {
        element.dispatchEvent(new Event(event, { bubbles: true }));
    }
    await wait(60);
}

async function choose(name, label) {
    (await input(name)).click();
    const option = () => [...document.querySelectorAll(
        ".o_select_menu_item, .o-autocomplete--dropdown-item")].find(
        (element) => element.textContent.trim().startsWith(label));
    (await until(option, `${label} in ${name}`)).click();
    await wait(60);
}

/** Types into a many2many field and takes the first proposal. */
async function link(name, words) {
    const element = await input(name);
    element.focus();
    element.click();
    element.value = words;
    element.dispatchEvent(new Event("input", { bubbles: true }));
    const option = () => [...document.querySelectorAll(".o-autocomplete--dropdown-item")].find(
        (item) => item.textContent.trim().startsWith(words));
    (await until(option, `${words} in ${name}`)).querySelector("a").click();
    await wait(200);
}

async function toggle(name, value) {
    const element = await until(
        shown(`.o_field_widget[name="${name}"] input[type=checkbox]`), `switch ${name}`);
    if (element.checked !== value) {
        element.click();
        await wait(60);
    }
}

async function upload(name, base64, filename) {
    const bytes = Uint8Array.from(atob(base64), (char) => char.charCodeAt(0));
    const files = new DataTransfer();
    files.items.add(new File([bytes], filename, { type: "image/png" }));
    const element = await until(
        () => document.querySelector(`.o_field_widget[name="${name}"] input[type=file]`), name);
    element.files = files.files;
    element.dispatchEvent(new Event("change", { bubbles: true }));
    await until(() => document.querySelector(
        `.o_field_widget[name="${name}"] .o_clear_file_button`), "the uploaded logo");
}

/** Writes the other language of a field in the dialog of translations. */
async function translate(name, language, value) {
    const field = document.querySelector(`.o_field_widget[name="${name}"]`);
    field.querySelector("button.o_field_translate").click();
    const dialog = await until(shown(".o_translation_dialog"), `translations of ${name}`);
    const row = [...dialog.querySelectorAll(".row")].find(
        (element) => element.textContent.includes(language));
    const element = row.querySelector("input, textarea");
    element.value = value;
    element.dispatchEvent(new Event("change", { bubbles: true }));
    dialog.closest(".modal").querySelector(".modal-footer .btn-primary").click();
    await until(() => !document.querySelector(".o_translation_dialog"), "the dialog to close");
    await wait(100);
}

async function save() {
    const button = shown(".o_form_button_save")();
    if (button) {
        button.click();
    }
    await until(() => document.querySelector(".o_form_saved") ||
        !shown(".o_form_button_save")(), "the record to be saved");
    if (document.querySelector(".o_notification_bar.bg-danger, .o_field_invalid")) {
        throw new Error("the form was not accepted");
    }
    await wait(150);
}

const preview = () => document.querySelector(".o_isp_layout_preview");
const previewText = () => document.querySelector(".o_isp_layout_text").textContent
    .replace(/[\u00a0\u202f]/g, " ").replace(/\s+/g, " ");

/** Waits until the preview beside the form shows some words. */
async function previewShows(language, words) {
    await click(`.o_isp_layout_preview [data-language=${language}]`);
    for (const text of words) {
        await until(() => preview().dataset.busy === "0" && previewText().includes(text),
            `"${text}" in the preview (${language}): ${previewText().slice(0, 1500)}`);
    }
}

async function tab(name) {
    await click(`.nav-link[name=${name}]`);
}

async function registration(row) {
    await until(shown(".o_form_view .o_field_widget[name=label]"), "the form of a registration");
    await type("label", row.label);
    await type("number", row.number);
    for (const group of row.groups || []) {
        await link("tax_group_ids", group);
    }
    if (row.foot) {
        await toggle("in_foot", true);
    }
    await save();
    if (row.french) {
        await translate("label", COMPANY.language, row.french);
    }
    await save();
}

async function layout() {
    await until(shown(".o_isp_layout_form"), "the form of a layout");
    await type("name", COMPANY.layout);
    for (const [name, colour] of Object.entries(COMPANY.colours)) {
        await pickColour(name, colour);
    }
    await upload("logo", COMPANY.logo, "logo.png");
    for (const [page, fields] of Object.entries(COMPANY.tabs)) {
        await tab(page);
        for (const [name, value] of Object.entries(fields)) {
            if (typeof value === "boolean") {
                await toggle(name, value);
            } else if (value.choose) {
                await choose(name, value.choose);
            } else {
                await type(name, value.en || value);
            }
        }
    }
    await previewShows("en", COMPANY.seen.en);
    await save();
    await tab("texts");
    for (const [name, value] of Object.entries(COMPANY.tabs.texts)) {
        if (value.fr) {
            await translate(name, COMPANY.language, value.fr);
        }
    }
    await save();
    await previewShows("fr", COMPANY.seen.fr);
    await previewShows("both", COMPANY.seen.both);
}

async function registrations() {
    for (const row of COMPANY.registrations) {
        await registration(row);
        if (row !== COMPANY.registrations.at(-1)) {
            await click(".o_form_button_create");
            await until(() => !shown(".o_field_widget[name=label] input")()?.value, "a new form");
        }
    }
}

async function message() {
    await type("name", "Message of the month");
    await type("body", COMPANY.message.en);
    await save();
    await translate("body", COMPANY.language, COMPANY.message.fr);
    await save();
}
