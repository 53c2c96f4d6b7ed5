"""Processor time and size of an invoice PDF, beside Odoo's stock report in the same run.

Ours are rendered and sealed in batches as a bill run does. Odoo's report is made by wkhtmltopdf,
which is fetched for this purpose, one invoice a call as Odoo's sending does; the server that
gives it the stylesheets is not counted. ``ISP_BENCH_ROUNDS`` changes the number of rounds,
``ISP_BENCH_PROFILE=1`` adds a profile of ours.
"""
import contextlib
import os

from tests.bench._pages import pages
from tests.bench._world import MONTHS, ROUNDS, spread, world
from tools import wkhtmltopdf

PDFS = 50
STOCK = 10


def main():
    """Measure and print; returns 1 when an invoice could not be rendered."""
    program = wkhtmltopdf.ensure()
    if program:
        os.environ['PATH'] = f"{program}{os.pathsep}{os.environ['PATH']}"
    with world(accounts=PDFS + 1) as book, contextlib.ExitStack() as stack:
        url = stack.enter_context(pages(book.name)) if program else None
        company, rounds, stock = book.ids['c_company'], [], []
        for number in range(ROUNDS):
            words = {'company': company, 'day': MONTHS[number]}
            book.do('ours', **words)
            rounds.append(book.do('documents', count=PDFS + 1, **words))
            stock.append(book.do('stock', count=STOCK + 1, url=url, **words))
        if os.environ.get('ISP_BENCH_PROFILE'):
            book.do('ours', company=company, day=MONTHS[ROUNDS])
            print(book.do('documents', company=company, day=MONTHS[ROUNDS], count=PDFS + 1,
                          profile=True)['profile'])
    print(f"{PDFS} invoices, {ROUNDS} rounds           least / median / most")
    report("ISP document", rounds)
    print(f"peak RSS MB          {spread([x['rss_mb'] for x in rounds])}")
    print("Odoo's stock report, " + ("by wkhtmltopdf" if program else
          "its HTML in WeasyPrint without its stylesheet (no wkhtmltopdf here): a lower bound"))
    report("Odoo's stock report", stock)
    for kind, name in (('cpu', "CPU"), ('seconds', "wall")):
        ratios = [(theirs[kind] / theirs['count']) / (ours[kind] / ours['count'])
                  for ours, theirs in zip(rounds, stock, strict=True)]
        print(f"stock : ours, {name}   {spread(ratios)}")
    errors = [error for x in rounds for error in x['errors']]
    for error in errors[:3]:
        print(error)
    return int(bool(errors))


def report(title, rounds):
    print(title)
    print(f"  CPU ms per invoice   {spread([1000 * x['cpu'] / x['count'] for x in rounds])}")
    print(f"  wall ms per invoice  {spread([1000 * x['seconds'] / x['count'] for x in rounds])}")
    print(f"  KB per invoice       {spread([x['total'] / x['count'] / 1024 for x in rounds])}")
