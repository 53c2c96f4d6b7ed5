"""What a worker process does (see ``zygote.py``): each action gets an environment and a channel.

The process is an ordinary one: its cursor commits, and killing it loses what it did not commit.
"""
import random
import time
from contextlib import ExitStack
from unittest.mock import patch

import psycopg2

from odoo import Command, fields
from odoo.service.model import PG_CONCURRENCY_ERRORS_TO_RETRY
from odoo.tools import SQL

from odoo.addons.isp_billing.engine import book_checks
from odoo.addons.isp_billing.engine.account_number import with_check_digit
from odoo.addons.isp_billing.models import isp_bill_run_restart, isp_bill_run_work

from tests.faults.actions_change import *  # noqa: F403
from tests.faults.actions_data import *  # noqa: F403 - the zygote looks for actions here
from tests.faults.actions_lives import *  # noqa: F403
from tests.faults.actions_time import *  # noqa: F403
from tests.faults.attacks import Attack
from tests.odoo.common import IspMixin

START = '2026-01-01'
API_USER = 'faults@customer.example'


def build(env, _channel, accounts=60, french=20):
    """Two companies with subscribers of two lines each; returns ids and an API key."""
    class World(IspMixin):
        pass

    World.env = env
    # outside of tests, Odoo installs modules of the country with each company
    with patch.object(type(env['res.company']), 'install_l10n_modules', lambda _companies: False):
        World.make_world()
    found = {}
    for company, count, letter in ((World.ca, accounts, 'c'), (World.fr, french, 'f')):
        own = env(context={**env.context, 'allowed_company_ids': company.ids})
        World.env = own
        plans = [World.make_plan(f"{letter}-fibre", 59.95, company),
                 World.make_plan(f"{letter}-modem", 10.00, company)]
        found[letter] = _subscribers(own, company, plans, count, letter, World)
        found[f"{letter}_product"] = plans[0].product_id.id
        found[f"{letter}_company"] = company.id
    user = env['res.users'].create({
        'name': "Fault Tester", 'login': API_USER, 'company_id': World.ca.id,
        'company_ids': [Command.set((World.ca | World.fr).ids)],
        'group_ids': [Command.link(env.ref('isp_billing.group_manager').id),
                      Command.link(env.ref('base.group_system').id)],
    })
    found['key'] = env['res.users.apikeys'].with_user(user)._generate(
        'rpc', "faults", fields.Datetime.add(fields.Datetime.now(), days=1),
    )
    return found


def _subscribers(env, company, plans, count, letter, world):
    state = world.quebec if company == world.ca else env['res.country.state']
    partners = env['res.partner'].create([
        {
            'name': f"Customer {letter}{place:04}", 'email': f"{letter}{place:04}@customer.example",
            'street': f"{place} Example Road", 'country_id': company.country_id.id,
            'state_id': state.id, 'city': "Exampleville",
        } for place in range(count)
    ])
    env['isp.account.number'].create([
        {'partner_id': partner.id, 'company_id': company.id,
         'number': with_check_digit(f"{company.id:02}{place:06}")}
        for place, partner in enumerate(partners)
    ])
    stage = env['sale.subscription.stage'].search([('type', '=', 'in_progress')], limit=1)
    env['sale.subscription'].create([
        {
            'partner_id': partner.id, 'company_id': company.id, 'isp_billed': True,
            'date_start': START, 'stage_id': stage.id, 'sale_subscription_line_ids': [
                Command.create({'isp_plan_id': plan.id, 'isp_date_start': START}) for plan in plans
            ],
        } for partner in partners
    ])
    return partners.ids


def make_run(env, _channel, accounts, company, target='2026-02-01', **values):
    """A run over some accounts, approved and started; returns its id."""
    run = env['isp.bill.run'].create({
        'company_id': company, 'target_date': target, 'invoice_date': target,
        'account_ids': [Command.set(accounts)], **values,
    })
    run.action_compute()
    run._isp_work()
    _start(run)
    return run.id


def _start(run):
    if run.state == 'computed':
        run.action_approve()
    run.action_start()


def retry_run(env, _channel, run):
    """Compute the exceptions of a run again and have it go on."""
    retry(env['isp.bill.run'].browse(run))


def retry(run):
    """A run that posted something keeps its state: its new bills are released."""
    run.action_retry()
    if run.state == 'computed':
        _start(run)
    else:
        run.bill_ids.filtered(lambda bill: bill.state == 'review').action_release()


def work(env, channel, run, chunk=20, pause=(), fail=None, documents=False, seconds=120,
         attack=None, park=9, wait=0):
    """Work on a run as the scheduled job does, minute after minute, until it is finished.

    :param chunk: most bills in a transaction
    :param pause: points at which to wait for the parent: before_lock, before_commit
    :param fail: exception text to raise when an invoice has been posted
    :param documents: make and send the documents, too
    :param park: starts without progress after which a bill is set aside
    :param attack: what happens to this process, see ``attacks.py``
    :param wait: seconds to look, all the time, whether an approved run was started
    :return: state of the run, number of times the job looked at it, bills that it did itself,
        number of errors that the attack planted
    """
    run = env['isp.bill.run'].browse(run)
    if wait:
        channel.say(at='looking')
        _wait_for_start(env, run, wait)
    paused, starting, own = set(pause), [], []

    def point(name):
        if name in paused:
            paused.discard(name)
            channel.say(at=name)
            channel.wait()

    def commit(done, _remaining):
        # the run notes that it begins; not where somebody else held its lock at that moment
        begins = bool(starting) and not done
        starting.clear()
        if begins:
            env.cr.commit()
            return float('inf')
        point('before_commit')
        attack.before_commit()
        env.cr.commit()
        attack.after_commit()
        own.append(done)
        channel.say(committed=done)
        return float('inf')

    attack = Attack(env, **(attack or {}))
    with ExitStack() as stack:
        for module in (isp_bill_run_work, isp_bill_run_restart):
            stack.enter_context(patch.object(module, 'FULL_CHUNK', chunk))
        stack.enter_context(patch.object(isp_bill_run_restart, 'PARK_AFTER', park))
        stack.enter_context(attack)
        _patch_points(stack, env, point, fail, documents)
        times, end = 0, time.monotonic() + seconds
        while run.state in ('computing', 'running') and time.monotonic() < end:
            times += 1
            starting.append(True)
            try:
                run._isp_work(commit)
            except psycopg2.OperationalError as error:
                # five conflicts in a row: the job ends, and the next minute goes on
                if error.pgcode not in PG_CONCURRENCY_ERRORS_TO_RETRY:
                    raise
                env.cr.rollback()
            env.cr.commit()
            env.invalidate_all()
            if run.state == 'running':
                time.sleep(0.05)
    return {'state': run.state, 'times': times, 'own': sum(own), 'refused': len(attack.refused)}


def _wait_for_start(env, run, seconds):
    end = time.monotonic() + seconds
    while run.state == 'approved' and time.monotonic() < end:
        env.cr.rollback()
        env.invalidate_all()


def _patch_points(stack, env, point, fail, documents):
    run_class, writer_class = type(env['isp.bill.run']), type(env['isp.invoice.writer'])
    lock, post = run_class._isp_lock, writer_class._post_moves

    def slow_lock(self, bills):
        point('before_lock')
        return lock(self, bills)

    def failing_post(self, moves):
        post(self, moves)
        if fail:
            raise RuntimeError(fail)

    stack.enter_context(patch.object(run_class, '_isp_lock', slow_lock))
    stack.enter_context(patch.object(writer_class, '_post_moves', failing_post))
    if not documents:
        nothing = [('id', '=', 0)]
        for name in ('_isp_render_domain', '_isp_deliver_domain'):
            stack.enter_context(patch.object(run_class, name, lambda _run: nothing))
        load = book_checks.load
        stack.enter_context(patch.object(book_checks, 'load', lambda: tuple(
            check for check in load() if check.code != 'document_missing')))


def counts(env, _channel, run):
    """Figures of a run."""
    run = env['isp.bill.run'].browse(run)
    return {
        name: run[name] for name in (
            'state', 'bill_count', 'posted_count', 'exception_count', 'delivered_count',
            'ready_count', 'rendered_count',
        )
    }


def antagonist(env, channel, accounts, seconds, seed):
    """Write on partners and products all the time, as busy users do."""
    rng, end, writes = random.Random(seed), time.monotonic() + seconds, 0
    products = env['product.product'].search([('taxes_id', '!=', False)])
    while time.monotonic() < end:
        try:
            env['res.partner'].browse(rng.choice(accounts)).phone = str(rng.random())
            rng.choice(products).description_sale = str(rng.random())
            env.cr.execute(SQL(
                "UPDATE sale_subscription_line SET write_date = now() WHERE isp_account_id = %s",
                rng.choice(accounts),
            ))
            env.cr.commit()
            writes += 1
            if writes == 1:
                channel.say(at='writing')
        except Exception:  # noqa: BLE001 - it only has to be in the way
            env.cr.rollback()
    return writes
