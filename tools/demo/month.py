"""The month of the demo: import of the book, the bill run, its repetition."""
import logging
from dataclasses import dataclass, field

_logger = logging.getLogger(__name__)


def first_of_month(env, company):
    """First day of the present month in the company's zone."""
    return company._isp_today().replace(day=1)


def import_book(env, folder):
    """Load a folder of CSV files through the import service; return its report."""
    files = {path.name: path.read_bytes() for path in sorted(folder.glob('*.csv'))}
    return env['isp.book.import']._import_files(files)


def retire(env, code):
    """Archive the product of a plan that is no longer sold: an exception of the run."""
    plan = env['isp.service.plan'].search([('code', '=', code)])
    plan.product_id.product_tmpl_id.action_archive()


@dataclass
class RunResult:
    """Figures of one bill run, for the table at the end."""

    name: str
    company: str
    accounts: int
    due: int
    nothing: int
    already: int
    posted: int
    credit_notes: int
    totals: dict
    taxes: dict
    rendered: int
    inserts: int
    pages: int
    deliveries: dict
    exceptions: list = field(default_factory=list)


def bill(env, company, month, clerk, approver):
    """Compute, approve, post, render and deliver the month of a company.

    The clerk computes, the approver approves, both with their own rights; the work between is
    what the scheduled job does.

    :return: isp.bill.run
    """
    def commit(_done, _remaining):
        env.cr.commit()
        return float('inf')

    runs = env['isp.bill.run'].with_company(company)
    run = runs.with_user(clerk).create({
        'company_id': company.id, 'target_date': month, 'invoice_date': month})
    run.action_compute()
    _work(env, run, commit)
    if run.state == 'computed':
        run.with_user(approver).action_approve()
        run.with_user(approver).action_start()
        _work(env, run, commit)
    env.cr.commit()
    return run.with_user(env.user)


def _work(env, run, commit):
    """Do what the scheduled job would do."""
    env.cr.commit()
    run.with_user(env.user)._isp_work(commit=commit)
    env.cr.commit()
    env.invalidate_all()


def figures(run):
    """The figures of a run that is done."""
    moves = run.move_ids.filtered(lambda move: move.state == 'posted')
    inserts = moves.sudo().isp_insert_ids.filtered(lambda row: not row.problem)
    deliveries = {}
    for move in moves:
        deliveries[move.isp_delivery_state] = deliveries.get(move.isp_delivery_state, 0) + 1
    totals, taxes = {}, {}
    for move in moves:
        sign = -1 if move.move_type == 'out_refund' else 1
        untaxed, tax, total = totals.get(move.currency_id.name, (0, 0, 0))
        totals[move.currency_id.name] = (
            untaxed + sign * move.amount_untaxed, tax + sign * move.amount_tax,
            total + sign * move.amount_total)
        for line in move.line_ids.filtered('tax_line_id'):
            key = (move.currency_id.name, line.tax_line_id.tax_group_id.name)
            taxes[key] = taxes.get(key, 0) - line.amount_currency
    return RunResult(
        name=run.name, company=run.company_id.name, accounts=run.account_total,
        due=len(run.bill_ids.account_id), nothing=run.nothing_due_count,
        already=run.already_count, posted=len(moves),
        credit_notes=len(moves.filtered(lambda move: move.move_type == 'out_refund')),
        totals=totals, taxes=taxes, rendered=len(moves.filtered('isp_document_id')),
        inserts=len(inserts), pages=sum(inserts.mapped('pages')), deliveries=deliveries,
        exceptions=exceptions(run))


def exceptions(run):
    """[(state, account number, name, reason)] of the bills that need a person."""
    found = []
    for bill_record in run.bill_ids:
        if bill_record.state not in ('posted', 'ready'):
            found.append((bill_record.state, bill_record.account_number,
                          bill_record.account_id.name, bill_record.reason or ''))
        elif bill_record.delivery_state in ('no_email', 'failed'):
            reason = bill_record.delivery_error or bill_record.move_id.isp_delivery_reason
            found.append((bill_record.delivery_state, bill_record.account_number,
                          bill_record.account_id.name, reason or ''))
    return sorted(found)


def example(run, language):
    """The first invoice of a run in a language that carries a flyer."""
    return run.move_ids.filtered(
        lambda move: move.isp_language == language and move.isp_insert_ids
        and move.move_type == 'out_invoice').sorted('id')[:1]
