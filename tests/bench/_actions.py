"""What a measured process does: build a book, bill it our way or with OCA's contracts."""
import cProfile
import io
import os
import pstats
import resource
import time

from weasyprint import HTML

from odoo import Command, fields

from odoo.addons.isp_billing.engine import pdf_pool
from odoo.addons.isp_billing.engine.pdf_render import ClosedFetcher
from odoo.addons.isp_billing.models.isp_bill_run_work import FULL_CHUNK

from tests.faults import actions as faults

PRICES = (59.95, 10.00)


def build(env, channel, accounts):
    """A book of subscribers of two lines, as subscriptions and as contracts of OCA."""
    found = faults.build(env, channel, accounts=accounts, french=1)
    company = env['res.company'].browse(found['c_company'])
    env = env(context={**env.context, 'allowed_company_ids': company.ids})
    plans = env['isp.service.plan'].search([('code', 'in', ('c-fibre', 'c-modem'))], order='code')
    journal = env['account.journal'].search([
        ('company_id', '=', company.id), ('isp_billing', '=', True),
    ])
    if 'contract.contract' in env:
        own = journal.copy({'code': 'OCA', 'name': "Contracts", 'isp_billing': False})
        own.default_account_id = journal.default_account_id
        env['contract.contract'].create([
            _contract(partner, company, own, plans)
            for partner in env['res.partner'].browse(found['c'])
        ])
    return found


def _contract(partner, company, journal, plans):
    return {
        'name': partner.name, 'partner_id': partner.id, 'company_id': company.id,
        'journal_id': journal.id, 'contract_line_ids': [
            Command.create({
                'product_id': plan.product_id.id, 'name': plan.name, 'quantity': 1,
                'price_unit': price, 'recurring_rule_type': 'monthly', 'recurring_interval': 1,
                'date_start': faults.START, 'recurring_next_date': faults.START,
            }) for plan, price in zip(plans, PRICES, strict=True)
        ],
    }


class Meter:
    """Wall-clock and processor time of the steps, and what memory grew by."""

    def __init__(self):
        self.before = resource.getrusage(resource.RUSAGE_SELF)
        self.times = {}
        self.now = time.perf_counter()

    def step(self, name):
        now = time.perf_counter()
        self.times[name] = now - self.now
        self.now = now

    def result(self, count, total):
        after = resource.getrusage(resource.RUSAGE_SELF)
        return {
            'count': count, 'total': total, 'seconds': sum(self.times.values()),
            'steps': self.times, 'rss_mb': after.ru_maxrss / 1024,
            'grown_mb': (after.ru_maxrss - self.before.ru_maxrss) / 1024,
            'cpu': after.ru_utime + after.ru_stime - self.before.ru_utime - self.before.ru_stime,
        }


def ours(env, _channel, company, day, profile=False):
    """Bill and post a month with a bill run, committing as the scheduled job does."""
    profiler = cProfile.Profile()
    meter = Meter()
    run = env['isp.bill.run'].create({
        'company_id': company, 'target_date': day, 'invoice_date': day,
    })
    run.action_compute()
    cache = {}
    if profile:
        profiler.enable()
    while run.state == 'computing':
        run._isp_compute_chunk(cache)
        env.cr.commit()
        env.invalidate_all()
    meter.step('compute')
    run.action_approve()
    run.action_start()
    while run._isp_post_chunk(cache, FULL_CHUNK)[0]:
        env.cr.commit()
        env.invalidate_all()
    if profile:
        profiler.disable()
    meter.step('post')
    moves = run.move_ids
    result = meter.result(len(moves), sum(moves.mapped('amount_total')))
    if profile:
        text = io.StringIO()
        pstats.Stats(profiler, stream=text).sort_stats('cumulative').print_stats(
            r'isp_billing|account_move|account_tax|/fields\.py|models\.py|sql_db', 60,
        )
        result['profile'] = text.getvalue()
    run.state = 'done'
    return result


def contracts(env, _channel, company, day, chunk=FULL_CHUNK):
    """Invoice and post the same month with OCA's contracts, in transactions of the same size."""
    env = env(context={**env.context, 'allowed_company_ids': [company]})
    meter = Meter()
    found = env['contract.contract'].search([('company_id', '=', company)])
    day = fields.Date.to_date(day)
    moves = env['account.move']
    for start in range(0, len(found), chunk):
        part = found[start:start + chunk]._recurring_create_invoice(day)
        part.action_post()
        env.cr.commit()
        env.invalidate_all()
        moves |= part
    meter.step('invoice and post')
    return meter.result(len(moves), sum(moves.mapped('amount_total')))


def stock(env, _channel, company, day, count, url=None):
    """Make Odoo's own report of posted invoices, one a call as its sending does.

    :param url: where wkhtmltopdf gets the stylesheets of the report; without it only the HTML is
        Odoo's, and WeasyPrint makes a PDF of it without stylesheet, which is less than the whole
    """
    reports = env['ir.actions.report'].with_context(
        force_report_rendering=True, report_pdf_no_attachment=True)
    run = env['isp.bill.run'].search([('company_id', '=', company)], limit=1)
    name = 'account.report_invoice_with_payments'
    if url:
        env['ir.config_parameter'].set_param('report.url', url)
        env.cr.commit()

    def make(move):
        if url:
            return reports._render_qweb_pdf(name, move.ids)[0]
        page = reports._render_qweb_html(name, move.ids)[0].decode()
        return HTML(string=page, base_url='mem:', url_fetcher=ClosedFetcher()).write_pdf()

    moves = run.move_ids.sorted('id')[:count]
    make(moves[0])  # templates are read and stylesheets compiled once
    before, started = os.times(), time.perf_counter()
    sizes = [len(make(move)) for move in moves[1:]]
    seconds = time.perf_counter() - started
    spent = sum(after - start for after, start in zip(os.times()[:4], before[:4], strict=True))
    return {'cpu': spent, 'seconds': seconds, 'count': len(moves) - 1, 'total': sum(sizes)}


def documents(env, _channel, company, day, count, processes='', profile=False):
    """Make and seal the PDF of posted invoices that have none yet.

    :param processes: layout processes, as text; empty for as many as the machine suits. Their
        processor time is not in the result.
    """
    env['ir.config_parameter'].set_param('isp_billing.pdf_processes', processes)
    run = env['isp.bill.run'].search([('company_id', '=', company)], limit=1)
    moves = run.move_ids.filtered(lambda move: not move.isp_document_id).sorted('id')
    warm, moves = moves[:pdf_pool.WORTHWHILE], moves[pdf_pool.WORTHWHILE:][:count]
    warm._isp_render_documents()  # fonts, templates and translations are read once
    profiler = cProfile.Profile()
    meter = Meter()
    if profile:
        profiler.enable()
    errors = [error for error in moves._isp_render_documents().values() if error]
    if profile:
        profiler.disable()
    meter.step('render')
    sizes = moves.isp_document_id.mapped('file_size')
    result = {**meter.result(len(moves), sum(sizes)), 'errors': errors[:3]}
    if profile:
        text = io.StringIO()
        for order in ('cumulative', 'tottime'):
            pstats.Stats(profiler, stream=text).sort_stats(order).print_stats(70)
        result['profile'] = text.getvalue()
    return result
