"""Actions on dates and clocks: each commits as a user's click or a job would."""
import datetime
from contextlib import contextmanager
from unittest.mock import patch

from odoo import Command, fields

from tests.faults.actions_data import Kind, bill, stop_everything, subscribe


@contextmanager
def clock(env, *moments):
    """Have the one seam of time say each moment in turn, the last one ever after (UTC)."""
    left = [datetime.datetime.fromisoformat(moment) for moment in moments]

    def now(_company):
        return left.pop(0) if len(left) > 1 else left[0]

    with patch.object(type(env['res.company']), '_isp_now', now):
        yield


def time_zone(env, _channel, company):
    """Dates that a run takes for itself at 19:30 of 31 January in Montréal."""
    with clock(env, '2027-02-01 00:30:00'):
        run = env['isp.bill.run'].with_user(env.ref('base.user_root')).with_context(
            tz=False).create({'company_id': company})
        return [str(run.target_date), str(run.invoice_date), env.user.tz or '']


def month_ends(env, _channel, account, company, runs):
    """First days of the periods of a subscription that began on 31 January 2027."""
    stop_everything(env, [account])
    subscription = subscribe(
        env, account, 'c-fibre', '2027-01-31', isp_alignment='own', isp_anchor_date='2027-01-31')
    day = fields.Date.to_date('2027-01-31')
    for month in range(runs):
        bill(env, [account], company, fields.Date.add(day, months=month))
    charges = env['isp.charge'].search(
        [('subscription_id', '=', subscription.id)], order='period_start')
    return [[str(charge.period_start), charge.amount] for charge in charges]


def clock_changes(env, _channel, account, company):
    """Months with a change to and from summer time, cut in two parts that add up to 60.00."""
    stop_everything(env, [account])
    Kind(env, company).plan('f17', 60.0).allow_several = True
    result = {}
    for name, start, cut in (('spring', '2027-03-01', '2027-03-14'),
                             ('april', '2027-04-11', None), ('autumn', '2027-11-01', '2027-11-07')):
        subscription = subscribe(env, account, 'f17', start)
        if cut:
            line = subscription.sale_subscription_line_ids
            line.isp_date_end = cut
            line.copy({
                'sale_subscription_id': subscription.id, 'isp_plan_id': line.isp_plan_id.id,
                'isp_date_start': fields.Date.add(fields.Date.to_date(cut), days=1),
                'isp_date_end': False, 'isp_replaced_line_id': line.id,
            })
        bill(env, [account], company, start)
        if cut:
            bill(env, [account], company, fields.Date.add(fields.Date.to_date(cut), days=1))
        rows = env['isp.charge'].search(
            [('subscription_id', '=', subscription.id)], order='date_from')
        month = [row for row in rows if str(row.period_start)[:7] == start[:7]]
        result[name] = [[row.days, row.period_days, row.amount] for row in month]
    env.cr.commit()
    return result


def jumping_clock(env, _channel, accounts, company):
    """The clock jumps to and fro over midnight while a run works; its dates stay."""
    with clock(env, '2026-03-01 04:00:00', '2026-03-01 05:30:00', '2026-03-01 02:30:00',
               '2026-03-02 05:30:00', '2026-02-28 22:00:00', '2026-03-02 06:00:00'):
        run = env['isp.bill.run'].create({
            'company_id': company, 'account_ids': [Command.set(accounts)],
            'send_invoices': False,
        })
        first = [str(run.target_date), str(run.invoice_date)]
        run.action_compute()
        run._isp_work()
        run.action_approve()
        run.action_start()
        cache = {}
        while any(run._isp_post_chunk(cache, 2)):
            env.cr.commit()
        with patch.object(type(run), '_isp_remaining', lambda _run: 0):
            run._isp_finish()
    env.cr.commit()
    moves = run.move_ids
    return [first, sorted({str(day) for day in moves.mapped('invoice_date')}),
            sorted({str(day) for day in moves.mapped('date')}), len(moves)]
