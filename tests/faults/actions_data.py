"""Actions on data and corrections: each commits as a user's click or a job would."""
import hashlib
import time
from unittest.mock import patch

from odoo import Command, fields
from odoo.exceptions import UserError
from odoo.service.model import retrying


def bill(env, accounts, company, target, invoice_date=None, **values):
    """A whole run, posted, without documents: (run, message of a refusal)."""
    run = env['isp.bill.run'].create({
        'company_id': company, 'target_date': target, 'invoice_date': invoice_date or target,
        'account_ids': [Command.set(accounts)], 'send_invoices': False, **values,
    })
    run.action_compute()
    run._isp_work()
    if run.bill_count:
        finish(run)
    env.cr.commit()
    return run


def subscribe(env, account, code, start, **values):
    """A subscription of one line for an account."""
    plan = env['isp.service.plan'].search([('code', '=', code)], limit=1)
    stage = env['sale.subscription.stage'].search([('type', '=', 'in_progress')], limit=1)
    partner = env['res.partner'].browse(account)
    return env['sale.subscription'].create({
        'partner_id': account, 'company_id': plan.company_id.id, 'isp_billed': True,
        'date_start': start, 'stage_id': stage.id, **values,
        'partner_shipping_id': partner.id,
        'sale_subscription_line_ids': [
            Command.create({'isp_plan_id': plan.id, 'isp_date_start': start})],
    })


def stop_everything(env, accounts):
    """End the lines that the world gave to accounts before anything was charged."""
    env['sale.subscription'].search([('partner_id', 'in', accounts)]).write({'isp_billed': False})


def finish(run):
    """Approve a computed run and post it."""
    run.action_approve()
    run.action_start()
    cache = {}
    while any(run._isp_post_chunk(cache)):
        pass
    with patch.object(type(run), '_isp_remaining', lambda _run: 0):
        run._isp_finish()
    run.env.flush_all()


def approve_run(env, _channel, accounts, company, target='2026-02-01'):
    """A run that is computed and approved and waits for the button Start."""
    run = env['isp.bill.run'].create({
        'company_id': company, 'target_date': target, 'invoice_date': target,
        'account_ids': [Command.set(accounts)], 'send_invoices': False,
    })
    run.action_compute()
    run._isp_work()
    run.action_approve()
    return run.id


def press(env, channel, run):
    """Press Start at a signal, as the web server does: "started", or the polite refusal.

    :return: that, and the moment at which it was pressed
    """
    channel.say(at='ready')
    channel.wait()
    pressed = time.time()
    try:
        retrying(lambda: env['isp.bill.run'].browse(run).action_start(), env)
    except UserError as error:
        env.cr.rollback()
        return [str(error), pressed]
    return ["started", pressed]


def preview_difference(env, _channel, accounts, company, target):
    """What is still due: the engine's differences in words, empty when all is charged."""
    company = env['res.company'].browse(company)
    day = fields.Date.to_date(target)
    previews, *_counts = env['isp.bill.preview']._preview(
        env['res.partner'].browse(accounts), company, day, day)
    return [f"{preview.account_id}: {preview.net}" for preview in previews]


# === F12, F13: lock dates, hashed journals === #

def locked(env, _channel, accounts, company):
    """A run in a locked period: refused with the lock's name, or moved where that was chosen."""
    own = env['res.company'].browse(company)
    own.sale_lock_date = '2026-01-31'
    env.cr.commit()
    try:
        try:
            bill(env, accounts, company, '2026-01-15')
            refusal = ""
        except UserError as error:
            env.cr.rollback()
            refusal = str(error)
        run = bill(env, accounts, company, '2026-01-15', lock_choice='move')
        dates = sorted(set(run.move_ids.mapped('date')))
        result = [refusal, [str(date) for date in dates], len(run.move_ids),
                  [str(run.moved_from), str(run.moved_to), str(run.moved_lock)]]
    finally:
        env['res.company'].browse(company).sale_lock_date = False
        env.cr.commit()
    return result


def hashed(env, _channel, accounts, company):
    """A run in a hashed journal is taken back by credit notes, to the cent."""
    journal = env['isp.bill.preview']._journal(env['res.company'].browse(company))
    journal.restrict_mode_hash_table = True
    run = bill(env, accounts, company, '2026-01-01')
    moves = run.move_ids
    try:
        with env.cr.savepoint():
            moves[0].button_draft()
        reset = "reset"
    except UserError as error:
        reset = str(error)
    credits = credit(env, moves, reopen=False)
    whole = _hash_faults(env, company)
    move = moves[0]
    with env.cr.savepoint() as savepoint:
        env.cr.execute("UPDATE account_move SET name = name || 'x' WHERE id = %s", [move.id])
        env.invalidate_all()
        altered = _hash_faults(env, company)
        savepoint.rollback()
    env.invalidate_all()
    env.cr.commit()
    return {
        'moves': len(moves), 'credits': len(credits), 'reset': reset,
        'net': sum((moves | credits).mapped('amount_total_signed')),
        'hashed': len((moves | credits).filtered('inalterable_hash')),
        'whole': whole, 'altered': altered,
    }


def _hash_faults(env, company):
    """Entries that the check of the books finds altered."""
    check = env['isp.book.check'].new({'company_id': company})
    return [row['count'] for row in check._isp_check_hashes()[0]]


def credit(env, moves, reopen):
    """Posted credit notes of invoices, by Odoo's own wizard."""
    wizard = env['account.move.reversal'].with_context(
        active_model='account.move', active_ids=moves.ids,
    ).create({
        'journal_id': moves[0].journal_id.id, 'date': moves[0].date,
        'isp_reopen_periods': reopen, 'reason': "Fault test",
    })
    wizard.reverse_moves()
    credits = moves.reversal_move_ids
    credits.filtered(lambda move: move.state == 'draft').action_post()
    return credits


# === F14: bad data === #

class Kind:
    """A kind of bad data: how it comes about, how it is mended."""

    def __init__(self, env, company):
        self.env, self.company = env, company

    def plan(self, code, amount=59.95, taxes=True):
        source = self.env['isp.service.plan'].search([('code', '=', 'c-fibre')], limit=1)
        product = source.product_id.copy({
            'name': code,
            'taxes_id': [Command.set(source.product_id.taxes_id.ids if taxes else [])],
        })
        return self.env['isp.service.plan'].create({
            'name': code, 'code': code, 'product_id': product.id, 'company_id': self.company,
            'price_ids': [Command.create({
                'amount': amount, 'date_from': '2000-01-01', 'company_id': self.company,
            })] if amount is not None else [],
        })

    def lines(self, accounts):
        return self.env['sale.subscription.line'].search([
            ('isp_account_id', 'in', accounts.ids), ('isp_plan_id.code', '=', 'c-fibre')])


def bad_data(env, _channel, accounts, company, each):
    """Ten kinds of bad data: seven are set aside with a reason, three take their own way."""
    kind = Kind(env, company)
    parts = [env['res.partner'].browse(accounts[n * each:(n + 1) * each]) for n in range(11)]
    mends = [breaking(kind, part) for breaking, part in zip(PARKED, parts, strict=False)]
    negative, zero, no_email, archived, clean = parts[6:]
    bill(env, negative.ids, company, '2026-01-01')
    kind.lines(negative).isp_date_end = '2026-01-10'
    lines = env['sale.subscription.line'].search([('isp_account_id', 'in', zero.ids)])
    lines.discount = 100.0
    no_email.email = False
    archived.active = False
    env.cr.commit()
    run = bill(env, [one.id for part in parts for one in part], company, '2026-02-01')
    first = _states(run)
    for mend in mends:
        mend()
    env.flush_all()
    run.action_retry()
    run.bill_ids.filtered(lambda bill: bill.state == 'review').action_release()
    run._isp_work()
    env.cr.commit()
    mended = run.bill_ids.filtered(lambda b: b.account_id in env['res.partner'].union(*parts[:6]))
    reference = run.bill_ids.filtered(lambda b: b.account_id in clean)
    return {
        'first': first, 'second': _states(run), 'run': run.id,
        'mended': sum(mended.mapped('amount_total')),
        'clean': sum(reference.mapped('amount_total')),
        'flags': [sum(bill.has_no_email for bill in run.bill_ids),
                  sum(bill.is_zero for bill in run.bill_ids)],
    }


def _states(run):
    result = {}
    for one in run.bill_ids:
        key = f"{one.state} {one.problem_code or ''}".strip()
        result[key] = result.get(key, 0) + 1
    return result


def _no_price(kind, accounts):
    plan = kind.plan('f14-price', None)
    kind.lines(accounts).isp_plan_id = plan
    return lambda: kind.env['isp.service.plan.price'].create({
        'plan_id': plan.id, 'amount': 59.95, 'date_from': '2000-01-01',
        'company_id': kind.company})


def _archived_product(kind, accounts):
    plan = kind.plan('f14-product')
    kind.lines(accounts).isp_plan_id = plan
    plan.product_id.active = False
    return lambda: plan.product_id.write({'active': True})


def _archived_tax(kind, accounts):
    plan = kind.plan('f14-tax')
    kind.lines(accounts).isp_plan_id = plan
    good = plan.product_id.taxes_id
    gone = good[0].copy({'name': "Gone", 'active': True})
    plan.product_id.taxes_id = gone
    gone.active = False
    return lambda: plan.product_id.write({'taxes_id': [Command.set(good.ids)]})


def _no_tax(kind, accounts):
    good = kind.plan('f14-good')
    plan = kind.plan('f14-untaxed', taxes=False)
    kind.lines(accounts).isp_plan_id = plan
    return lambda: plan.product_id.write({
        'taxes_id': [Command.set(good.product_id.taxes_id.ids)]})


def _brake(kind, accounts):
    lines = kind.lines(accounts)
    lines.isp_date_start = '2020-01-01'
    return lambda: lines.write({'isp_date_start': '2026-01-01'})


def _no_account(kind, accounts):
    plan = kind.plan('f14-account')
    kind.lines(accounts).isp_plan_id = plan
    journal = kind.env['isp.bill.preview']._journal(kind.env['res.company'].browse(kind.company))
    income = plan.product_id.with_company(kind.company).property_account_income_id
    product = plan.product_id.with_company(kind.company)
    product.property_account_income_id = False
    default, journal.default_account_id = journal.default_account_id, False

    def mend():
        journal.default_account_id = default
        product.property_account_income_id = income

    return mend


PARKED = (_no_price, _archived_product, _archived_tax, _no_tax, _brake, _no_account)


# === F19 to F21: order, edits, corrections === #

def out_of_order(env, _channel, accounts, company):
    """February, then January, then February again: what each of them billed."""
    found = []
    for target in ('2026-02-01', '2026-01-01', '2026-02-01'):
        run = bill(env, accounts, company, target)
        found.append([len(run.move_ids), run.already_count])
    lines = env['isp.charge'].search([('account_id', 'in', accounts)])
    per_period = {}
    for row in lines:
        per_period.setdefault((row.line_id.id, str(row.period_start)), []).append(row.amount)
    return {'runs': found, 'rows': len(lines), 'most': max(map(len, per_period.values()))}


def edited(env, _channel, accounts, company):
    """One price is changed between approval and posting."""
    run = env['isp.bill.run'].create({
        'company_id': company, 'target_date': '2026-02-01', 'invoice_date': '2026-02-01',
        'account_ids': [Command.set(accounts)], 'send_invoices': False,
    })
    run.action_compute()
    run._isp_work()
    changed = run.bill_ids.filtered(lambda one: one.account_id.id == accounts[0])
    before = changed.line_ids.mapped('amount')
    line = env['sale.subscription.line'].search(
        [('isp_account_id', '=', accounts[0]), ('isp_plan_id.code', '=', 'c-modem')])
    run.action_approve()
    line.write({'isp_price_source': 'own', 'price_unit': 12.0})
    env.cr.commit()
    run.action_start()
    cache = {}
    while any(run._isp_post_chunk(cache)):
        env.cr.commit()
    with patch.object(type(run), '_isp_remaining', lambda _run: 0):
        run._isp_finish()
    env.cr.commit()
    after = changed.line_ids.mapped('amount')
    return {
        'state': run.state, 'review': run.review_count, 'posted': run.posted_count,
        'reason': changed.reason, 'before': sorted(before), 'after': sorted(after),
    }


def part_paid(env, _channel, account, company):
    """100.00 invoiced, 40.00 paid, credited, billed again: what is open after each step."""
    stop_everything(env, [account])
    plan = Kind(env, company).plan('f21', 100.0, taxes=False)
    plan.untaxed = True
    subscribe(env, account, 'f21', '2026-02-01')
    invoice = bill(env, [account], company, '2026-02-01').move_ids
    receivable = invoice.line_ids.filtered(lambda row: row.display_type == 'payment_term')
    journal = env['account.journal'].create({
        'name': "Payments", 'code': 'F21', 'type': 'general', 'company_id': company})
    payment = env['account.move'].create({
        'journal_id': journal.id, 'date': '2026-02-05', 'line_ids': [
            Command.create({'account_id': invoice.invoice_line_ids[0].account_id.id,
                            'debit': 40.0, 'name': "Money"}),
            Command.create({'account_id': receivable.account_id.id, 'credit': 40.0,
                            'partner_id': account, 'name': "Payment"}),
        ]})
    payment.action_post()
    (receivable | payment.line_ids.filtered('credit')).reconcile()
    refund = credit(env, invoice, reopen=True)
    rows = (invoice | refund).line_ids.filtered(
        lambda row: row.account_id == receivable.account_id and not row.reconciled)
    rows.reconcile()
    env.cr.commit()
    steps = [[invoice.amount_residual, refund.amount_total, refund.amount_residual,
              _balance(env, account, receivable.account_id)]]
    again = bill(env, [account], company, '2026-02-01').move_ids
    steps.append([again.amount_total, _balance(env, account, receivable.account_id)])
    return steps


def _balance(env, account, receivable):
    ((total,),) = env['account.move.line']._read_group([
        ('partner_id', '=', account), ('account_id', '=', receivable.id),
        ('parent_state', '=', 'posted'),
    ], [], ['balance:sum'])
    return round(total, 2)


# === F10, F27 === #

def open_files(env, _channel, run):
    """Documents of a run whose stored file is not the sealed one."""
    moves = env['isp.bill.run'].browse(run).move_ids
    return [
        move.name for move in moves
        if hashlib.sha256(move.isp_document_id.raw or b'').hexdigest() != move.isp_document_sha256
    ]


def paper(env, _channel, accounts):
    """Accounts get their bills on paper: nothing has to be mailed."""
    env['res.partner'].browse(accounts).isp_delivery_channel = 'paper'


def job_gives_up(env, _channel, email):
    """The job of the bill runs fails for a week; then one night passes."""
    from odoo.addons.base.models.ir_cron import CompletionStatus
    user = env['res.users'].search([('login', '=', 'faults@customer.example')])
    user.email = email
    job = env.ref('isp_billing.ir_cron_bill_run')
    week_ago = fields.Datetime.subtract(fields.Datetime.now(), days=8)
    env['ir.cron']._update_failure_count({
        'id': job.id, 'cron_name': job.cron_name, 'failure_count': 4, 'active': True,
        'first_failure_date': week_ago,
    }, CompletionStatus.FAILED)
    env.invalidate_all()
    switched_off = not job.active
    env['isp.health.check']._isp_watch_jobs()
    env.flush_all()
    mails = env['mail.mail'].search([('email_to', 'ilike', email)])
    activities = env['mail.activity'].search([('user_id', '=', user.id)])
    result = [switched_off, len(mails), sorted(set(activities.mapped('summary'))),
              mails[:1].body_html or ""]
    job.active = True
    env.cr.commit()
    return result
