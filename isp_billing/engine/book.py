"""The subscriber book: reading and checking the CSV files of an import, without the ORM.

A book is a set of small CSV files (see ``FILES``): plans and their prices, accounts,
subscriptions with one row per line, holds, the last billed-through date of every line and the
open documents. This module turns bytes into typed rows and says everything that is wrong with
them *at once*: each fault is an :class:`Issue` with file, row, column, value and a code. Words
for people are made from the code by the caller, in the language of the reader.

How to use it::

    book, issues = read_book({'accounts': b'...', 'subscriptions': b'...'})
    for row in book['accounts']:
        row.number, row.values['account_number']

What needs the database (does that plan exist?) is checked by the importer; what can be known
from the files alone is checked here: shape, types, choices, duplicates, dates in order.
"""
from .book_cells import BadValue, parse_amount, parse_cell, parse_date
from .book_spec import FILES, REFERENCES, SPECS, Book, Issue, Row
from .book_tables import file_key, open_files, read_rows

__all__ = (
    'FILES', 'BadValue', 'file_key', 'issue_order', 'parse_amount', 'parse_cell', 'parse_date',
    'parse_file', 'read_book', 'read_rows', 'row_key',
)

#: faults of a header or file after which no row is read
FATAL = ('missing_column', 'empty_file', 'not_csv', 'too_large', 'formula')


# ---------------------------------------------------------------------------------------------
# Rows
# ---------------------------------------------------------------------------------------------

def parse_file(name, data, order=''):
    """Return the typed rows of one file and everything that is wrong with it.

    :param str order: of dates like 03/04/2025, see :func:`.book_cells.parse_date`
    """
    rows, _refused, issues = _read_file(name, data, order)
    return rows, issues


def _read_file(name, data, order):
    """Good rows, rows with faults as far as they could be read, and the faults."""
    texts, issues = read_rows(name, data)
    if any(issue.code in FATAL for issue in issues):
        columns = {column.name for column in SPECS[name].columns}
        return [], [Row(name, number, {**dict.fromkeys(columns), **_keys(name, cells)},
                        faulty=columns) for number, cells in texts], issues
    good, refused = [], []
    for number, cells in texts:
        row, faults = _parse_row(name, number, cells, order)
        issues.extend(faults)
        (refused if faults else good).append(row)
    return good, refused, _ask_once(issues)


def _keys(name, texts):
    """The key columns of a row as text, which tell what else belongs to it."""
    return {column: (texts.get(column) or '').strip() or None for column in SPECS[name].key}


def _parse_row(name, number, texts, order):
    row, faults = Row(name, number, {}), []
    for column in SPECS[name].columns:
        text = texts.get(column.name)
        try:
            row.values[column.name] = parse_cell(column, text, order, row.units)
        except BadValue as error:
            row.values[column.name] = None
            row.faulty.add(column.name)
            faults.append(Issue(name, number, column.name, (text or '').strip(),
                                error.code, error.params))
    for issue in _check_row(name, number, row.values):
        if issue.column not in row.faulty:
            row.faulty.add(issue.column)
            faults.append(issue)
    if faults:
        row.values.update(
            (column, text) for column, text in _keys(name, texts).items() if column in row.faulty)
    return row, faults


def _ask_once(issues):
    """One fault for all dates of a column that have two meanings: the order is asked, once."""
    kept, asked = [], {}
    for issue in issues:
        if issue.code != 'ambiguous_date':
            kept.append(issue)
            continue
        if (issue.file, issue.column) not in asked:
            asked[issue.file, issue.column] = issue
            issue.params['count'] = 0
            kept.append(issue)
        asked[issue.file, issue.column].params['count'] += 1
    return kept


_ORDERED = {'subscriptions': ('start', 'end'), 'holds': ('date_from', 'date_to'),
            'opening_balances': ('date', 'due_date')}


def _check_row(name, number, values):
    """Yield what is wrong between the columns of one row."""
    first, last = _ORDERED.get(name, (None, None))
    if first and values[first] and values[last] and values[last] < values[first]:
        yield Issue(name, number, last, str(values[last]), 'dates_reversed',
                    {'other': str(values[first])})
    if name == 'opening_balances' and values['amount'] == 0:
        yield Issue(name, number, 'amount', '0', 'zero_amount')
    if name == 'subscriptions' and (values['discount'] or 0) > 100:
        yield Issue(name, number, 'discount', str(values['discount']), 'discount_over_100')
    if name == 'holds' and values['effect'] == 'reduced' and values['percent'] is None:
        yield Issue(name, number, 'percent', '', 'required')
    if name == 'subscriptions' and values['replaces'] and values['replaces'] == values['line']:
        yield Issue(name, number, 'replaces', values['replaces'], 'replaces_itself')


# ---------------------------------------------------------------------------------------------
# The whole book
# ---------------------------------------------------------------------------------------------

def read_book(files, order=''):
    """Read and check all files of a book.

    :param dict files: file name (see :func:`.book_tables.file_key`) to bytes, text or list of
        dictionaries
    :param str order: of dates like 03/04/2025: 'dmy', 'mdy', or '' when nobody said it
    :return: (:class:`.book_spec.Book`, [Issue]); rows with a fault of their own are among the
        refused ones, and so is what depends on them: the subscription line of a refused account,
        and the line whose last billed-through date could not be read (else its whole history
        would be billed)
    """
    book = Book()
    found, issues = open_files(files)
    for name, data in found.items():
        book[name], book.refused[name], faults = _read_file(name, data, order)
        issues += faults
        issues += _drop_duplicates(name, book)
    refused = _refused_keys(book)
    issues += _hold_back_unbilled(book, refused)
    issues += _check_references(book, refused, found)
    return book, sorted(issues, key=issue_order)


def issue_order(issue):
    """Sort key of issues: by file in the order of the book, row and column."""
    order = list(FILES)
    rank = order.index(issue.file) if issue.file in order else len(order)
    return (rank, issue.row, issue.column)


def row_key(name, values):
    """Return what identifies a row of the file: a tuple of its key columns."""
    return tuple(values[column] or '' for column in SPECS[name].key)


def _drop_duplicates(name, book):
    first, kept, issues = {}, [], []
    for row in book[name]:
        key = row_key(name, row.values)
        if key in first:
            column = FILES[name].key[-1]
            issues.append(Issue(name, row.number, column, str(row[column]), 'duplicate',
                                {'first': first[key]}))
            row.faulty.add(column)
            book.refused[name].append(row)
            continue
        first[key] = row.number
        kept.append(row)
    book[name] = kept
    return issues


def _refused_keys(book):
    """Return {file: set of keys (as text)} of rows that are in the files but not in the book."""
    refused = {}
    for name in FILES:
        kept = {row_key(name, row.values) for row in book[name]}
        refused[name] = {row_key(name, row.values) for row in book.refused[name]} - kept
    return refused


def _hold_back_unbilled(book, refused):
    """Take out the lines whose billed-through row was refused, and say so."""
    bad = refused['billed_through']
    kept, issues = [], []
    for row in book['subscriptions']:
        key = row_key('subscriptions', row.values)
        if key in bad:
            issues.append(Issue('subscriptions', row.number, 'line', row['line'],
                                'billed_through_refused'))
            row.faulty.add('line')
            book.refused['subscriptions'].append(row)
            refused['subscriptions'].add(key)
        else:
            kept.append(row)
    book['subscriptions'] = kept
    return issues


def _check_references(book, refused, present):
    """Take out rows that point at a refused row of the same book, in order of the files."""
    issues = []
    for name, columns, target, target_columns in REFERENCES:
        if target not in present:
            continue
        positions = [FILES[target].key.index(column) for column in target_columns]
        good = {tuple(row[column] or '' for column in target_columns) for row in book[target]}
        bad = {tuple(key[position] for position in positions)
               for key in refused[target]} - good
        kept = []
        for row in book[name]:
            key = tuple(row[column] or '' for column in columns)
            if key not in bad:
                kept.append(row)
                continue
            issues.append(Issue(name, row.number, columns[-1], str(row[columns[-1]]),
                                'parent_refused', {'file': target}))
            row.faulty.update(columns)
            book.refused[name].append(row)
            refused[name].add(row_key(name, row.values))
        book[name] = kept
    return issues
