import { patch } from "@web/core/utils/patch";
import { FormController } from "@web/views/form/form_controller";

/**
 * Odoo saves a new record when its page is closed, reloaded or hidden, also one that nobody has
 * touched. Of our own models that would leave empty records, with a number drawn for each.
 */
patch(FormController.prototype, {
    /**
     * @returns {boolean} whether the form holds a new record of ours without any input
     */
    isUntouchedOfOurs() {
        const root = this.model.root;
        if (!root.isNew || !root.resModel.startsWith("isp.")) {
            return false;
        }
        // what is being typed becomes a change now, and not after the page has gone
        root.model._urgentSave = true;
        root.model.bus.trigger("WILL_SAVE_URGENTLY");
        root.model._urgentSave = false;
        return !root.dirty;
    },

    beforeVisibilityChange() {
        if (document.visibilityState === "hidden" && this.isUntouchedOfOurs()) {
            return undefined;
        }
        return super.beforeVisibilityChange(...arguments);
    },

    async beforeUnload() {
        if (this.isUntouchedOfOurs()) {
            return;
        }
        return super.beforeUnload(...arguments);
    },
});
