from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal

from markupsafe import Markup

from odoo import api, models
from odoo.exceptions import UserError
from odoo.tools import format_date

#: nothing of what is only tried is written to the log of a record
QUIET = {'tracking_disable': True, 'mail_notrack': True, 'mail_create_nolog': True}


@dataclass
class Outcome:
    """What a change does to the next bill of an account.

    :param before: [:class:`engine.bill.ChargeLine`] due without the change
    :param after: the same with it
    :param target: up to this day everything due was looked at
    :param error: why the change is refused, empty when it is not
    :param notes: further sentences: why something could not be computed
    """

    before: list = field(default_factory=list)
    after: list = field(default_factory=list)
    target: date | None = None
    error: str = ''
    notes: list = field(default_factory=list)

    @property
    def total_before(self):
        return sum((line.amount for line in self.before), Decimal(0))

    @property
    def total_after(self):
        return sum((line.amount for line in self.after), Decimal(0))


class IspBillOutcome(models.AbstractModel):
    """What a dated change will do to the next bill, before it is made.

    The change is really made, billed by the engine in a preview, and taken back: nothing but the
    engine can say what the engine will do.
    """

    _name = 'isp.bill.outcome'
    _description = "Outcome of a Change"

    @contextmanager
    def _tried(self):
        """An environment of its own on the same cursor, whose changes are taken back.

        Its cache is its own too: records on a form that is not saved yet keep their values.
        """
        self.env.flush_all()
        cr = self.env.cr
        savepoint, outer = cr.savepoint(flush=False), cr.transaction
        cr.transaction = None
        try:
            yield api.Environment(
                cr, self.env.uid, {**self.env.context, **QUIET}, su=self.env.su,
            )
        finally:
            cr.transaction = outer
            savepoint.close(rollback=True)

    @api.model
    def _outcome(self, subscriptions, company, target, change):
        """What a change does to the charges of subscriptions that are due at a target date.

        :param subscriptions: sale.subscription of one account
        :param date target: up to this day everything due is looked at, and up to the last period
            that was charged ahead: what a change gives back of it is charged anew with that
        :param change: function (environment) that makes the change
        :rtype: Outcome
        """
        target = self._charged_until(subscriptions, company, target)
        result = Outcome(target=target)
        with self._tried() as env:
            result.before, _notes = self._due(env, subscriptions, company, target)
        try:
            with self._tried() as env:
                change(env)
                env.flush_all()
                result.after, result.notes = self._due(env, subscriptions, company, target)
        except UserError as error:
            result.error = str(error.args[0])
        return result

    def _charged_until(self, subscriptions, company, target):
        """The day from which all periods that were charged ahead are due again (date)."""
        # sudo: the person may change a subscription without reading its charges
        last = self.env['isp.charge'].sudo()._read_group([
            ('subscription_id', 'in', subscriptions.ids), ('kind', '=', 'recurring'),
            ('line_id.isp_plan_id.timing', '=', 'advance'),
        ], [], ['period_start:max'])[0][0]
        if not last:
            return target
        ahead = max(
            account._isp_profile(company).days_ahead for account in subscriptions.isp_account_id)
        return max(target, last - timedelta(days=ahead))

    def _due(self, env, subscriptions, company, target):
        """Charges of subscriptions that a run would bill, oldest first, and what stands in
        the way of a bill.
        """
        # the person may change a subscription without reading all that a bill needs
        accounts = env['res.partner'].sudo().browse(subscriptions.isp_account_id.ids)
        bills, *_counts = env['isp.bill.preview'].sudo()._preview(
            accounts, env['res.company'].browse(company.id), target, target,
        )
        lines = [
            line for bill in bills for line in bill.lines
            if line.subscription_id in subscriptions.ids
        ]
        notes = [problem.message for bill in bills for problem in bill.problems]
        lines.sort(key=lambda line: (line.date_from, line.line_id, line.revision))
        return lines, notes

    @api.model
    def _back_billing(self, lines, currency):
        """What charges take for past periods of services: one sentence for each (list of str).

        :param lines: [:class:`engine.bill.ChargeLine`]; first charges of more than one period of
            a service are back-billing, credits and corrections are not
        """
        firsts = {}
        for line in lines:
            if line.kind == 'recurring' and not line.revision:
                firsts.setdefault(line.line_id, {}).setdefault(line.period_start, []).append(line)
        plans, sentences = self.env['isp.service.plan'].sudo(), []
        for periods in firsts.values():
            if len(periods) < 2:
                continue
            charges = [line for period in periods.values() for line in period]
            sentences.append(self.env._(
                "%(plan)s is billed for the past: %(count)s periods since %(day)s, %(amount)s "
                "before tax.", plan=plans.browse(charges[0].plan_id).name, count=len(periods),
                day=format_date(self.env, min(line.date_from for line in charges)),
                amount=self._money(sum(line.amount for line in charges), currency)))
        return sentences

    @api.model
    def _as_html(self, outcome, currency, target):
        """A table of the charges with a change, and one sentence with both totals (Markup)."""
        if outcome.error:
            return Markup("<p class='text-danger'>%s</p>") % outcome.error
        rows = [self._row(line, currency) for line in outcome.after]
        if not rows:
            rows = [Markup("<tr><td colspan='4'>%s</td></tr>") % self.env._("Nothing is due.")]
        total = self.env._(
            "Bill up to %(day)s, before tax: %(after)s with the change, %(before)s without it.",
            day=format_date(self.env, outcome.target or target),
            after=self._money(outcome.total_after, currency),
            before=self._money(outcome.total_before, currency),
        )
        notes = Markup().join(Markup("<p>%s</p>") % note for note in outcome.notes)
        return Markup(
            "<table class='table table-sm mb-1'><thead><tr><th>%s</th><th>%s</th><th>%s</th>"
            "<th class='text-end'>%s</th></tr></thead><tbody>%s</tbody></table><p><b>%s</b></p>%s"
        ) % (
            self.env._("Service"), self.env._("Days"), self.env._("Of the period"),
            self.env._("Amount"), Markup().join(rows), total, notes,
        )

    def _row(self, line, currency):
        plan = self.env['isp.service.plan'].browse(line.plan_id)
        period = f"{format_date(self.env, line.date_from)} – {format_date(self.env, line.date_to)}"
        days = {'days': line.days, 'period': line.period_days}
        part = "" if line.kind != 'recurring' or not line.days else (
            self.env._("%(days)s of %(period)s days", **days)
        )
        return Markup(
            "<tr><td>%s</td><td>%s</td><td>%s</td><td class='text-end text-nowrap'>%s</td></tr>"
        ) % (plan.name, period, part, self._money(line.amount, currency))

    @staticmethod
    def _money(amount, currency):
        # without the invisible mark that Odoo puts after a minus
        return currency.format(float(amount)).replace('\ufeff', '')
