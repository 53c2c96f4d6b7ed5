"""Processor time, time and size of an invoice PDF, beside Odoo's stock report in the same run.

Ours are laid out and sealed in batches as a bill run does: once in one process, whose processor
time is measured, and once with the layout processes that this machine suits. Odoo's report is
made by wkhtmltopdf, which is fetched for this purpose, one invoice a call as Odoo's sending does;
the server that gives it the stylesheets is not counted. ``ISP_BENCH_ROUNDS`` changes the number
of rounds, ``ISP_BENCH_PROFILE=1`` adds a profile of ours.
"""
import contextlib
import os

from tests.bench._pages import pages
from tests.bench._world import MONTHS, ROUNDS, spread, world
from tools import wkhtmltopdf

PDFS = 50
STOCK = 10
WARM = 8


def main():
    """Measure and print; returns 1 when an invoice could not be rendered."""
    program = wkhtmltopdf.ensure()
    if program:
        os.environ['PATH'] = f"{program}{os.pathsep}{os.environ['PATH']}"
    found = {'one': [], 'several': [], 'stock': []}
    with world(accounts=2 * (PDFS + WARM)) as book, contextlib.ExitStack() as stack:
        url = stack.enter_context(pages(book.name)) if program else None
        for month in MONTHS[:ROUNDS]:
            words = {'company': book.ids['c_company'], 'day': month}
            book.do('ours', **words)
            found['one'].append(book.do('documents', count=PDFS, processes='1', **words))
            found['several'].append(book.do('documents', count=PDFS, **words))
            found['stock'].append(book.do('stock', count=STOCK + 1, url=url, **words))
        if os.environ.get('ISP_BENCH_PROFILE'):
            words['day'] = MONTHS[ROUNDS]
            book.do('ours', **words)
            print(book.do('documents', count=PDFS, processes='1', profile=True, **words)['profile'])
    report(found, bool(program))
    errors = [error for name in ('one', 'several') for x in found[name] for error in x['errors']]
    for error in errors[:3]:
        print(error)
    return int(bool(errors))


def report(found, whole):
    """Print the figures; ``whole`` says whether wkhtmltopdf made the stock report."""
    stock = "Odoo's stock report, " + (
        "by wkhtmltopdf" if whole else
        "its HTML in WeasyPrint without its stylesheet (no wkhtmltopdf here): a lower bound")
    print(f"{PDFS} invoices, {ROUNDS} rounds           least / median / most")
    for name, title in (('one', "ISP document, one process"),
                        ('several', "ISP document, layout processes"), ('stock', stock)):
        print(title)
        if name != 'several':
            print(f"  CPU ms per invoice   {spread(each(found[name], 'cpu'))}")
        print(f"  wall ms per invoice  {spread(each(found[name], 'seconds'))}")
        sizes = [x['total'] / x['count'] / 1024 for x in found[name]]
        print(f"  KB per invoice       {spread(sizes)}")
    print(f"peak RSS MB            {spread([x['rss_mb'] for x in found['one']])}")
    for title, name, kind in (("CPU, one process", 'one', 'cpu'),
                              ("wall, one process", 'one', 'seconds'),
                              ("wall, layout processes", 'several', 'seconds')):
        ratios = [theirs / ours for ours, theirs in zip(
            each(found[name], kind), each(found['stock'], kind), strict=True)]
        print(f"stock : ours, {title:23} {spread(ratios)}")


def each(rounds, kind):
    """Milliseconds per invoice of each round."""
    return [1000 * x[kind] / x['count'] for x in rounds]
