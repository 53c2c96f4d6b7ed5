"""Import a subscriber book from a folder of CSV and XLSX files into a database.

    make import DIR=/path/to/book DB=my_database            import
    make import DIR=/path/to/book DB=my_database CHECK=1    check only, keep nothing
    make import DIR=/path/to/book DB=my_database DATES=dmy  03/04/2025 is 3 April (mdy: 4 March)

Files and columns are described in docs/administrators/import.md. The command ends with 1 when a
row was refused; the good rows are imported all the same, and the same book can be imported again.
"""
import argparse
import os
import sys
import time
from pathlib import Path

from tools import odoo_conf
from tools.demo import session, table


def main():
    """Command line."""
    options = arguments()
    folder = Path(options.folder)
    files = {path.name: path.read_bytes() for path in sorted(folder.iterdir())
             if path.suffix.lower() in ('.csv', '.xlsx')}
    if not files:
        sys.exit(f"there is no CSV or XLSX file in {folder}")
    conf = options.conf or os.environ.get('ISP_IMPORT_CONF') or odoo_conf.write('import')
    session.start(conf, options.database)
    begun = time.monotonic()
    with session.environment(options.database) as env:
        env = in_company(env, options.company)
        report = env['isp.book.import']._import_files(
            files, dry_run=options.check, date_order=options.dates)
    show(report, options.check, time.monotonic() - begun)
    return 1 if report['issues'] else 0


def arguments():
    """The words of the command line."""
    parser = argparse.ArgumentParser(description=__doc__.split('\n', 1)[0])
    parser.add_argument('folder', help="folder with the CSV or XLSX files")
    parser.add_argument('database')
    parser.add_argument('--check', action='store_true', help="check only, keep nothing")
    parser.add_argument('--dates', choices=('dmy', 'mdy'), help="order of dates like 03/04/2025")
    parser.add_argument('--company', help="company of rows that name none")
    parser.add_argument('--conf', help="Odoo's configuration file, if not the one of make")
    return parser.parse_args()


def in_company(env, name):
    """The environment in the company of that name.

    :raises SystemExit: when there is no such company
    """
    if not name:
        return env
    company = env['res.company'].search([('name', '=', name)], limit=1)
    if not company:
        sys.exit(f"there is no company “{name}” in this database")
    return env['res.company'].with_company(company).env


def show(report, check, seconds):
    """Print what was imported and every row that was not."""
    names = sorted({*report['created'], *report['unchanged'],
                    *(issue['file'] for issue in report['issues'])})
    body = [[name, report['created'].get(name, 0), report['unchanged'].get(name, 0),
             len({issue['row'] for issue in report['issues'] if issue['file'] == name})]
            for name in names]
    print('\n'.join(table.rows(["File", "New", "Already there", "Refused"], body, (1, 2, 3))))
    for title, issues in (("Refused", report['issues']), ("Noted", report['notices'])):
        if issues:
            print(table.heading(title))
        print('\n'.join(issue_lines(issues)))
    kept = "nothing was kept (check)" if check else "kept"
    print(f"\n{sum(report['created'].values())} new rows, {kept}, in {seconds:.1f} s")


def issue_lines(issues):
    """Lines that name each fault once, with all the rows that have it."""
    places = {}
    for issue in issues:
        key = (issue['file'], issue['column'], issue['reason'])
        places.setdefault(key, []).append(issue['row'])
    for (file, column, reason), numbers in places.items():
        place = f"{file} row {ranges(numbers)}" if numbers[0] else file
        yield f"{place}, {column}: {reason}" if column else f"{place}: {reason}"


def ranges(numbers):
    """Numbers as text, neighbours together: ``2-4, 7``."""
    parts = []
    for number in sorted(numbers):
        if parts and parts[-1][1] == number - 1:
            parts[-1][1] = number
        else:
            parts.append([number, number])
    return ', '.join(f'{a}' if a == b else f'{a}-{b}' for a, b in parts)


if __name__ == '__main__':
    sys.exit(main())
