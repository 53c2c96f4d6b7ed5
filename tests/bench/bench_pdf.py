"""Processor time and size of an invoice PDF, rendered in batches as a bill run does."""
from tests.bench._world import MONTHS, ROUNDS, spread, world

PDFS = 50


def main():
    """Measure and print; returns 1 when an invoice could not be rendered."""
    with world(accounts=PDFS + 1) as book:
        company, rounds, stock = book.ids['c_company'], [], []
        for number in range(ROUNDS):
            book.do('ours', company=company, day=MONTHS[number])
            rounds.append(book.do(
                'documents', company=company, day=MONTHS[number], count=PDFS + 1,
            ))
            stock.append(book.do('stock', company=company, day=MONTHS[number], count=11))
    print(f"{PDFS} invoices, {ROUNDS} rounds           least / median / most")
    print(f"CPU ms per invoice   {spread([1000 * x['cpu'] / x['count'] for x in rounds])}")
    print(f"wall ms per invoice  {spread([1000 * x['seconds'] / x['count'] for x in rounds])}")
    print(f"KB per invoice       {spread([x['total'] / x['count'] / 1024 for x in rounds])}")
    print(f"peak RSS MB          {spread([x['rss_mb'] for x in rounds])}")
    theirs = [1000 * x['cpu'] / x['count'] for x in stock]
    print(f"Odoo's stock report  {spread(theirs)} CPU ms per invoice, " + (
        "with wkhtmltopdf" if stock[0]['whole'] else
        "its HTML in WeasyPrint without its stylesheet (no wkhtmltopdf here): a lower bound"))
    ratios = [other / (1000 * x['cpu'] / x['count'])
              for x, other in zip(rounds, theirs, strict=True)]
    print(f"stock : ours         {spread(ratios)}")
    errors = [error for x in rounds for error in x['errors']]
    for error in errors[:3]:
        print(error)
    return int(bool(errors))
