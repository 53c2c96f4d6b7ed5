"""The simulated clock on real records: companies in four time zones, a bill run on every day.

A program of its own, started by ``test_simulation.py``: it commits day by day, so that a killed
simulation goes on with the day after the last one that was committed.
"""
import json
import sys
import time
from datetime import timedelta
from pathlib import Path
from unittest.mock import patch

from odoo import SUPERUSER_ID, Command, api
from odoo.modules.registry import Registry
from odoo.tools import config

DAY = timedelta(days=1)
COUNTRIES = {
    'America/St_Johns': 'base.ca', 'Europe/Paris': 'base.fr', 'Pacific/Noumea': 'base.nc',
    'Africa/Tunis': 'base.tn',
}
#: bill day of a life: rule of the billing profile
RULES = {0: 'anniversary', 1: 'fixed', 15: 'fixed', 31: 'last'}


def memory():
    """Resident memory of this process, in MB (float)."""
    pages = int(Path('/proc/self/statm').read_text().split()[1])
    return pages * 4096 / 1024 / 1024


class World:
    """Builds the companies and lives, and plays a day."""

    def __init__(self, env, clock, seed, months):
        self.env, self.clock, self.seed, self.months = env, clock, seed, months

    # === Records === #

    def build(self, count):
        """Companies, plans, accounts and subscriptions; events come on their days."""
        from tests.odoo.common import IspMixin

        class Builder(IspMixin):
            env = self.env
            ca = gst = vat20 = None  # of the tests' own world, which is not made here

        self.builder, companies, plans, profiles = Builder, {}, {}, {}
        # outside of tests, Odoo installs modules of the country with each company
        plain = patch.object(
            type(self.env['res.company']), 'install_l10n_modules', lambda _companies: False,
        )
        for zone, reference in COUNTRIES.items():
            currency = self.env.ref(f'base.{self.clock.CURRENCIES[zone]}')
            currency.active = True
            with plain:
                companies[zone] = Builder.make_company(
                    f"Simulation {zone}", self.env.ref(reference), currency, zone,
                )
        self.env.user.company_ids = [Command.link(one.id) for one in companies.values()]
        env = self.env(context={
            **self.env.context, 'tracking_disable': True, 'mail_notrack': True,
            'allowed_company_ids': [one.id for one in companies.values()],
        })
        Builder.env = self.env = env
        taxes = {
            zone: Builder.make_tax("20", 20.0, company.with_env(env))
            for zone, company in companies.items()
        }
        for number in range(count):
            life = self.clock.life(self.seed, number, self.months)
            company = companies[life.zone].with_env(env)
            key = life.zone, life.interval, life.timing, life.method
            if key not in plans:
                plans[key] = Builder.make_plan(
                    f"P{len(plans)}", None, company=company, taxes=taxes[life.zone],
                    interval=life.interval, timing=life.timing, proration_method=life.method,
                )
            if (life.zone, life.bill_day) not in profiles:
                profiles[life.zone, life.bill_day] = env['isp.billing.profile'].create({
                    'name': f"Day {life.bill_day}", 'company_id': company.id,
                    'bill_day_rule': RULES[life.bill_day], 'bill_day': life.bill_day or 1,
                    'negative_policy': 'credit_note', 'brake_periods': 0,
                })
            self.subscribe(life, company, plans[key], profiles[life.zone, life.bill_day])
        env.flush_all()

    def subscribe(self, life, company, plan, profile):
        account = self.env['res.partner'].with_company(company).create({
            'name': f"Life {life.number}", 'country_id': company.country_id.id,
            'email': f"life{life.number}@customer.example",
        })
        account.with_company(company).action_isp_open_account()
        account.with_company(company).isp_billing_profile_id = profile
        subscription = self.builder.make_subscription(
            account.with_company(company), [{
                'isp_plan_id': plan.id, 'isp_price_source': 'own', 'price_unit': float(life.price),
                'product_uom_qty': life.quantity,
            }], str(life.start), company=company,
        )
        subscription.description = f"life {life.number}"

    # === Days === #

    def load(self):
        """Find again what was built: {number: subscription}."""
        companies = self.env['res.company'].search([('name', '=like', "Simulation %")])
        self.env = self.env(context={
            **self.env.context, 'tracking_disable': True, 'allowed_company_ids': companies.ids,
        })
        found = self.env['sale.subscription'].search([('description', '=like', "%life %")])
        self.companies = {one.isp_tz: one.with_env(self.env) for one in companies}
        self.subscriptions = {
            int(''.join(c for c in str(one.description) if c.isdigit())): one.id for one in found
        }
        self.lives = {
            number: self.clock.life(self.seed, number, self.months)
            for number in self.subscriptions
        }

    def done_until(self):
        """Last day that was committed (date), None before the first one."""
        run = self.env['isp.bill.run'].search([
            ('company_id', 'in', [one.id for one in self.companies.values()]),
        ], order='target_date desc', limit=1)
        return run.target_date or None

    def play(self, zone, day, again):
        """Events of the day, then its bill run; returns the number of bills.

        :param bool again: whether the job comes once more on the same date
        """
        company = self.companies[zone]
        events = 0
        for life in self.lives.values():
            if life.zone != zone:
                continue
            for event in life.events:
                if event.day == day:
                    self.happen(life, event)
                    events += 1
        bills = self.bill(company, day)
        if again and self.bill(company, day):
            raise AssertionError(f"{zone}: a second run of {day} billed something")
        return bills, events

    def bill(self, company, day):
        """A run from computing to posted invoices; documents are no part of this proof."""
        run = self.env['isp.bill.run'].with_company(company).create({
            'company_id': company.id, 'target_date': day, 'invoice_date': day,
            'send_invoices': False,
        })
        run.action_compute()
        run._isp_work()
        count = len(run.bill_ids)
        parked = run.bill_ids.filtered(lambda bill: bill.state != 'ready')
        if parked.filtered(lambda bill: bill.state == 'exception'):
            raise AssertionError(f"{day}: {parked.mapped('reason')} {parked.mapped('state')}")
        if count:
            run.action_approve()
            run.action_start()
            cache = {}
            while any(run._isp_post_chunk(cache)):
                pass
            left = run.bill_ids.filtered(lambda bill: bill.state != 'posted')
            if left:
                raise AssertionError(f"{day}: {left.mapped('state')} {left.mapped('reason')}")
        return count

    # === Events === #

    def happen(self, life, event):
        subscription = self.env['sale.subscription'].browse(self.subscriptions[life.number])
        line = self.chain(subscription)[-1]
        if line.isp_date_end or event.day < life.start:
            return
        getattr(self, f'on_{event.kind}')(
            subscription, line, event.day, event.offset, **event.values,
        )

    @staticmethod
    def chain(subscription):
        return subscription.sale_subscription_line_ids.sorted(
            lambda line: (line.isp_date_start, line.id),
        )

    def on_change(self, subscription, line, today, offset, price):
        day = today + offset * DAY
        if line._isp_change_day(day) >= line.isp_date_start:
            line._isp_change(day, price=float(price))

    def on_hold(self, subscription, line, today, offset, length, percent, effect):
        first = today + offset * DAY
        last = first + length * DAY
        if any(one.date_from <= last and first <= one.date_to
               for one in subscription.isp_hold_ids):
            return
        self.env['isp.service.hold'].create({
            'subscription_id': subscription.id, 'date_from': first, 'date_to': last,
            'effect': effect, 'percent': percent,
        })

    def on_discount(self, subscription, line, today, offset, kind, value, periods):
        unit = self.clock.ZONES[subscription.company_id.isp_tz]
        free = line._isp_first_uncharged_day() or today
        # the line that is in service then, from which its planned successors take it over
        serving = self.chain(subscription).filtered(
            lambda one: not one.isp_date_end or one.isp_date_end >= free)[:1]
        self.env['isp.line.discount'].create({
            'line_id': (serving or line).id, 'name': "Promotion", 'kind': kind,
            'periods': periods, 'date_from': free,
            'value': value if kind == 'percent' else float(value * 20 * unit),
        })

    def on_bill_day(self, subscription, line, today, offset, bill_day):
        subscription._isp_change_bill_day(bill_day, today)

    def on_end(self, subscription, line, today, offset, credit):
        line._isp_end(today + offset * DAY, credit)

    # === Afterwards === #

    def facts(self, life):
        """What the records say, as the reference wants it."""
        from fractions import Fraction

        from tests.unit import reference, reference_money
        from tests.unit.clock_world import SHARES
        from tests.unit.strategies import next_bill_day

        def exact(value):
            return Fraction(repr(value))

        subscription = self.env['sale.subscription'].browse(self.subscriptions[life.number])
        chain = self.chain(subscription)
        calendar = {self.clock.date.min: life.grid}
        for change in chain.isp_bill_day_change_ids.sorted(lambda one: (one.date_from, one.id)):
            calendar[change.date_from] = reference.Grid(
                next_bill_day(change.date_from, change.bill_day), life.interval, False,
                change.bill_day,
            )
        return chain, self.clock.Facts(
            life,
            [(line.isp_date_start, line.isp_date_end or None, exact(line.price_unit),
              line.isp_credit_unused) for line in chain],
            calendar,
            [reference.Pause(one.date_from, one.date_to, SHARES.get(
                one.effect, exact(one.percent) / 100)) for one in subscription.isp_hold_ids],
            [reference_money.Promo(
                one.kind, exact(one.value), one.date_from, one.date_to or None,
                one.periods or None,
            ) for one in chain.isp_discount_ids.sorted(lambda one: (one.sequence, one.id))],
        )

    def faults(self, until):
        """What differs from the reference, and ledger from invoices."""
        found = []
        for number, life in sorted(self.lives.items()):
            chain, facts = self.facts(life)
            charged = {}
            for charge in self.env['isp.charge'].search(
                [('line_id', 'in', chain.ids)], order='revision, id',
            ):
                key = chain.ids.index(charge.line_id.id), (charge.period_start, charge.period_end)
                amount, day = charged.get(key, (0, charge.run_id.target_date))
                charged[key] = amount + self.clock.Fraction(repr(charge.amount)), day
            found += facts.faults(charged, until)
            if number % 50 == 49:
                self.env.invalidate_all()
        self.env.cr.execute("""
            SELECT c.company_id, sum(c.amount), (
                   SELECT sum(-l.balance) FROM account_move_line l JOIN account_move m
                       ON m.id = l.move_id
                    WHERE m.company_id = c.company_id AND l.display_type = 'product'
                      AND m.state = 'posted')
              FROM isp_charge c GROUP BY c.company_id
        """)
        for company, charges, income in self.env.cr.fetchall():
            if charges != income:
                found.append(f"company {company}: charges {charges}, journal items {income}")
        return found


def main(conf, dbname, seed, count, months):
    """Play all days that were not played yet; the last line is JSON."""
    config.parse_config(['-c', conf, '-d', dbname], setup_logging=True)
    registry = Registry(dbname)
    from tests.unit import clock

    seed, count, months = int(seed), int(count), int(months)
    with registry.cursor() as cr:
        env = api.Environment(cr, SUPERUSER_ID, {})
        world = World(env, clock, seed, months)
        world.load()
        if not world.companies:
            world.build(count)
    began, figures = time.monotonic(), {'runs': 0, 'bills': 0, 'events': 0, 'again': 0}
    with registry.cursor() as cr:
        world = World(api.Environment(cr, SUPERUSER_ID, {}), clock, seed, months)
        world.load()
        done = world.done_until()
        days = {}
        for zone in clock.ZONES:
            for day, first in clock.ticks(zone, seed, months):
                days.setdefault(day, {}).setdefault(zone, []).append(first)
    peaks, month = [], None
    for day in sorted(days):
        if done and day <= done:
            continue
        with registry.cursor() as cr:
            world.env = api.Environment(cr, SUPERUSER_ID, {})
            world.load()
            for zone, ticks in days[day].items():
                again = len(ticks) > 1 and day.day in (1, 15, 29)
                bills, events = world.play(zone, day, again)
                figures['runs'] += 1 + again
                figures['again'] += again
                figures['bills'] += bills
                figures['events'] += events
        if day.month != month:
            month = day.month
            peaks.append(round(memory(), 1))
            print(f"{day} {peaks[-1]} MB {figures} {time.monotonic() - began:.0f} s", flush=True)
    with registry.cursor() as cr:
        world.env = api.Environment(cr, SUPERUSER_ID, {})
        world.load()
        faults = world.faults(clock.last_day(months))
        figures['charges'] = world.env['isp.charge'].search_count([])
        figures['invoices'] = world.env['account.move'].search_count([('state', '=', 'posted')])
    print(json.dumps({
        'faults': faults, 'figures': figures, 'memory': peaks, 'resumed_after': str(done or ''),
        'seconds': round(time.monotonic() - began),
    }), flush=True)


if __name__ == '__main__':
    main(*sys.argv[1:])
