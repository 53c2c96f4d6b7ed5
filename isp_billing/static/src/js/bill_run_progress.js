import { Component, onWillUnmount, useEffect, useState } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { deserializeDateTime } from "@web/core/l10n/dates";
import { registry } from "@web/core/registry";
import { useService } from "@web/core/utils/hooks";
import { standardWidgetProps } from "@web/views/widgets/standard_widget_props";

const POLL_MILLISECONDS = 2000;
const WORKING = ["computing", "running", "reversing"];

/**
 * Shows how far a bill run is, without reloading: bar, counts, amount, rate and time left.
 *
 * Asks the server every two seconds while the run is at work, and reloads the record
 * when its state changes. Nothing is shown, and nothing asked, at other times.
 */
export class BillRunProgress extends Component {
    static template = "isp_billing.BillRunProgress";
    static props = { ...standardWidgetProps };

    setup() {
        this.orm = useService("orm");
        this.state = useState({ figures: null, failed: false });
        this.timer = null;
        useEffect(
            (isWorking) => {
                if (isWorking) {
                    this.poll();
                } else {
                    this.stop();
                    this.state.figures = null;
                }
            },
            () => [this.isWorking, this.props.record.resId]
        );
        onWillUnmount(() => this.stop());
    }

    get isWorking() {
        return (
            Boolean(this.props.record.resId) && WORKING.includes(this.props.record.data.state)
        );
    }

    stop() {
        clearTimeout(this.timer);
        this.timer = null;
        this.asked = null;
    }

    async poll() {
        this.stop();
        const asked = (this.asked = Symbol("poll"));
        try {
            const figures = await this.orm.silent.call(
                "isp.bill.run", "get_progress", [[this.props.record.resId]]
            );
            if (this.asked !== asked) {
                return;
            }
            this.state.failed = false;
            this.state.figures = figures;
            if (figures.state !== this.props.record.data.state) {
                await this.props.record.load();
                return;
            }
        } catch {
            // the connection was lost or the server restarts: say so and ask again
            if (this.asked !== asked) {
                return;
            }
            this.state.failed = true;
        }
        this.timer = setTimeout(() => this.poll(), POLL_MILLISECONDS);
    }

    get stageName() {
        return {
            compute: _t("Computing what is due"),
            post: _t("Posting invoices"),
            reverse: _t("Posting credit notes"),
            render: _t("Making the PDF documents"),
            deliver: _t("Sending invoices"),
        }[this.state.figures.stage];
    }

    get rate() {
        const { rate, stage } = this.state.figures;
        if (!rate) {
            return "";
        }
        return stage === "compute"
            ? _t("%s accounts a minute", rate)
            : _t("%s invoices a minute", rate);
    }

    get timeLeft() {
        const { seconds } = this.state.figures;
        if (seconds === null || seconds === undefined) {
            return "";
        }
        if (seconds < 60) {
            return _t("less than a minute left");
        }
        const minutes = Math.ceil(seconds / 60);
        if (minutes < 60) {
            return _t("about %s min left", minutes);
        }
        return _t("about %(hours)s h %(minutes)s min left", {
            hours: Math.floor(minutes / 60),
            minutes: minutes % 60,
        });
    }

    get retryTime() {
        const moment = this.state.figures.retry_at;
        return moment ? deserializeDateTime(moment).toFormat("HH:mm") : "";
    }

    get counts() {
        const { counts } = this.state.figures;
        return [
            ["bill", _t("bills")],
            ["posted", _t("posted")],
            ["rendered", _t("PDF made")],
            ["delivered", _t("delivered")],
            ["exception", _t("exceptions")],
            ["held", _t("held")],
            ["already", _t("already charged")],
        ]
            .filter(([name]) => counts[name])
            .map(([name, label]) => ({ name, label, value: counts[name] }));
    }
}

registry.category("view_widgets").add("isp_bill_run_progress", {
    component: BillRunProgress,
    fieldDependencies: [{ name: "state", type: "selection" }],
});
