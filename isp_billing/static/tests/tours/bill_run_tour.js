import { registry } from "@web/core/registry";

/** A month from the first button to the invoice, as an approver does it. */
registry.category("web_tour.tours").add("isp_bill_run_tour", {
    steps: () => [
        {
            content: "Make a run",
            trigger: ".o_kanban_view .o-kanban-button-new",
            run: "click",
        },
        {
            content: "Compute it",
            trigger: ".o_form_view button[name=action_compute]",
            run: "click",
        },
        {
            content: "All bills are listed once computed",
            trigger: ".o_form_view .o_notebook a[name=bills]",
            run: "click",
        },
        {
            content: "Hold the first bill",
            trigger: ".o_field_widget[name=bill_ids] .o_data_row:first button[name=action_hold]",
            run: "click",
        },
        {
            content: "Say why",
            trigger: ".modal .o_field_widget[name=reason] textarea",
            run: "edit Customer disputes the installation",
        },
        {
            content: "Confirm",
            trigger: ".modal footer button.btn-primary[name=action_confirm]:visible",
            run: "click",
        },
        {
            content: "It is among the bills to look at",
            trigger: ".o_isp_tiles .o_isp_tile_warning .o_field_widget[name=held_count]:contains(1)",
        },
        {
            content: "Approve the rest",
            trigger: "button[name=action_approve]",
            run: "click",
        },
        {
            content: "Start",
            trigger: "button[name=action_start]",
            run: "click",
        },
        {
            content: "Yes, post them",
            trigger: ".modal footer .btn-primary",
            run: "click",
        },
        {
            content: "One bill was held: done with exceptions; two were posted",
            trigger: ".o_isp_tile_success .o_field_widget[name=posted_count]:contains(2)",
        },
        {
            content: "See the invoices",
            trigger: "button[name=action_view_invoices]",
            run: "click",
        },
        {
            content: "Open the first",
            trigger: ".o_list_view .o_data_row:first .o_data_cell[name=name]",
            run: "click",
        },
        {
            content: "The invoice is posted and knows its run",
            trigger: ".o_form_view button[name=action_view_isp_bill_run]",
        },
    ],
});

/** The bar moves and the form changes by itself while the scheduled job works. */
registry.category("web_tour.tours").add("isp_bill_run_progress_tour", {
    steps: () => [
        {
            content: "Compute",
            trigger: ".o_form_view button[name=action_compute]",
            run: "click",
        },
        {
            content: "The bar appears",
            trigger: ".o_isp_progress [role=progressbar]",
        },
        {
            content: "Without a click, the form goes on to the next state",
            trigger: "button[name=action_approve]",
        },
        {
            content: "and the bar is gone",
            trigger: ".o_form_view:not(:has(.o_isp_progress))",
        },
    ],
});

/** New, then reload and leave: nothing was entered, so nothing is saved. */
registry.category("web_tour.tours").add("isp_untouched_run_tour", {
    steps: () => [
        {
            content: "A new run, untouched",
            trigger: ".o_form_view .o_field_widget[name=target_date]",
            run() {
                document.body.dataset.before = "reload";
                location.reload();
            },
            expectUnloadPage: true,
        },
        {
            content: "It is there again, untouched; the page is left",
            trigger: "body:not([data-before]) .o_form_view .o_field_widget[name=target_date]",
            run: () => location.assign("/odoo/isp-schedules/new"),
            expectUnloadPage: true,
        },
        {
            content: "Another form of ours, untouched as well",
            trigger: ".o_form_view .o_field_widget[name=profile_id], .o_form_view .o_field_widget[name=user_id]",
            run: () => location.assign("/odoo/isp-bill-runs"),
            expectUnloadPage: true,
        },
        {
            content: "No run is listed",
            trigger: ".o_kanban_view",
        },
    ],
});

/** New, a date is typed, and the page is left: what was entered is kept, as Odoo does it. */
registry.category("web_tour.tours").add("isp_touched_run_tour", {
    steps: () => [
        {
            content: "Unset one of the choices",
            trigger: ".o_form_view .o_field_widget[name=post_invoices] input",
            run: "click",
        },
        {
            content: "Leave the page",
            trigger: ".o_form_view .o_field_widget[name=post_invoices] input:not(:checked)",
            run: () => location.assign("/odoo/isp-bill-runs"),
            expectUnloadPage: true,
        },
        {
            content: "The run was saved",
            trigger: ".o_kanban_view .o_kanban_record",
        },
    ],
});
