"""The table that the demo ends with."""
import textwrap

WIDTH = 100
WORDS = {'no_email': "no e-mail", 'failed': "not sent", 'exception': "exception",
         'carried': "carried", 'excluded': "excluded", 'held': "held", 'review': "to review"}


def money(amount):
    """An amount with thousands set apart."""
    return f'{amount:,.2f}'


def heading(text):
    """A heading over a part of the output."""
    return f"\n{text}\n{'-' * len(text)}"


def rows(titles, body, right=()):
    """Lines of an aligned table; columns whose number is in ``right`` are set to the right."""
    grid = [titles, *body]
    widths = [max(len(str(row[column])) for row in grid) for column in range(len(titles))]
    for number, row in enumerate(grid):
        yield '  '.join(
            str(cell).rjust(width) if column in right else str(cell).ljust(width)
            for column, (cell, width) in enumerate(zip(row, widths, strict=True))).rstrip()
        if number == 0:
            yield '  '.join('-' * width for width in widths)


def run_table(results, accepted):
    """The figures of the runs, side by side.

    :param results: list of month.RunResult
    :param int accepted: messages that the SMTP server accepted
    """
    def line(title, value):
        return [title, *[value(result) for result in results],
                sum(value(result) for result in results)]

    titles = ["", *[f'{result.company}' for result in results], "Together"]
    body = [
        line("Accounts", lambda r: r.accounts),
        line("  with something due", lambda r: r.due),
        line("  already charged", lambda r: r.already),
        line("  nothing due", lambda r: r.nothing),
        line("Invoices posted", lambda r: r.posted - r.credit_notes),
        line("Credit notes posted", lambda r: r.credit_notes),
        line("PDFs sealed", lambda r: r.rendered),
        line("Flyers appended", lambda r: r.inserts),
        line("  pages appended", lambda r: r.pages),
        line("Sent by e-mail", lambda r: r.deliveries.get('sent', 0)),
        line("To print", lambda r: r.deliveries.get('print', 0)),
        line("On the portal only", lambda r: r.deliveries.get('portal', 0)),
        line("No e-mail address", lambda r: r.deliveries.get('no_email', 0)),
        line("Exceptions", lambda r: sum(1 for e in r.exceptions if e[0] == 'exception')),
        ["Mails accepted by the SMTP server", *[''] * len(results), accepted],
    ]
    yield from rows(titles, body, right=range(1, len(titles)))


def tax_table(results):
    """Totals by currency and tax."""
    body = []
    for result in results:
        for currency, (untaxed, tax, total) in sorted(result.totals.items()):
            body.append([currency, "before tax", money(untaxed)])
            body += [[currency, name, money(amount)]
                     for (code, name), amount in sorted(result.taxes.items())
                     if code == currency]
            body.append([currency, "tax", money(tax)])
            body.append([currency, "total", money(total)])
    yield from rows(["Currency", "Of which", "Amount"], body, right=(2,))


def exception_table(results):
    """What needs a person, with its reason."""
    for result in results:
        for state, number, name, reason in result.exceptions:
            yield f'{WORDS.get(state, state):<10}  {number}  {name}'
            yield from textwrap.wrap(
                ' '.join(reason.split()), WIDTH - 14, initial_indent=' ' * 12,
                subsequent_indent=' ' * 12)
