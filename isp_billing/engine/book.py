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
import csv
import datetime
import io
import re
from decimal import Decimal, InvalidOperation
from math import isfinite

from .book_spec import (
    AMOUNT,
    BOOLEAN,
    CHOICE,
    DATE,
    FILES,
    INTEGER,
    NUMBER,
    REFERENCES,
    SPECS,
    TEXT,
    Issue,
    Row,
)

MAX_FIELD = 10_000  # characters in one cell: more is a broken quote, not a value

_TRUE = {'1', 'true', 'yes', 'y', 'x', 'oui', 'o', 'vrai'}
_FALSE = {'', '0', 'false', 'no', 'n', 'non', 'faux'}
_SPACES = re.compile(r'[\s\u00a0\u202f\u2009]')
_NUMBER = re.compile(r'[+-]?\d+(\.\d+)?$')


class BadValue(ValueError):
    """A cell that cannot be read; ``code`` says why, ``params`` carries the allowed values."""

    def __init__(self, code, **params):
        super().__init__(code)
        self.code = code
        self.params = params


# ---------------------------------------------------------------------------------------------
# Cells
# ---------------------------------------------------------------------------------------------

def parse_amount(text):
    """Return the Decimal that ``text`` means.

    Accepts ``1234.50``, ``1 234,50``, ``1,234.50`` and ``1.234,50``. One separator followed by
    exactly three digits (``1,234``) is two different numbers in English and French, so it is
    refused with the code ``ambiguous_number`` rather than guessed; ``1.234`` with a point is
    read as a decimal, because that is what every export program writes.

    :raise BadValue: when the text is no finite number or has two meanings
    """
    plain = _SPACES.sub('', text).replace('\u2212', '-')
    if ',' in plain and '.' in plain:
        thousands = ',' if plain.rfind('.') > plain.rfind(',') else '.'
        whole = re.split(r'[.,]', plain.lstrip('+-'))[:-1]
        if any(len(group) != 3 for group in whole[1:]) or plain[-1] in ',.':
            raise BadValue('bad_number')
        plain = plain.replace(thousands, '').replace(',', '.')
    elif re.fullmatch(r'[+-]?[1-9]\d{0,2}(,\d{3})+', plain):
        raise BadValue('ambiguous_number')
    elif plain.count(',') == 1:
        plain = plain.replace(',', '.')
    if not _NUMBER.fullmatch(plain):
        raise BadValue('bad_number')
    try:
        return Decimal(plain)
    except InvalidOperation as error:
        raise BadValue('bad_number') from error


def parse_date(text):
    """Return the date written as ``YYYY-MM-DD``; any other order is refused, never guessed."""
    if not re.fullmatch(r'\d{4}-\d{2}-\d{2}', text):
        raise BadValue('bad_date')
    try:
        return datetime.date.fromisoformat(text)
    except ValueError as error:
        raise BadValue('bad_date') from error


def _parse_integer(text):
    value = parse_amount(text)
    if value != value.to_integral_value():
        raise BadValue('bad_integer')
    return int(value)


def _parse_boolean(text):
    lowered = text.lower()
    if lowered in _TRUE:
        return True
    if lowered in _FALSE:
        return False
    raise BadValue('bad_boolean')


_PARSERS = {AMOUNT: parse_amount, NUMBER: parse_amount, DATE: parse_date,
            INTEGER: _parse_integer, BOOLEAN: _parse_boolean, TEXT: str}


def parse_cell(column, text):
    """Return the typed value of one cell, the column's default where it is empty.

    :raise BadValue: required but empty, of the wrong type, not an allowed choice, too small
    """
    text = (text or '').strip()
    if not text:
        if column.required:
            raise BadValue('required')
        return column.default
    if column.kind == CHOICE:
        if text not in column.choices:
            raise BadValue('bad_choice', choices=', '.join(column.choices))
        return text
    value = _PARSERS[column.kind](text)
    if column.minimum is not None and value < column.minimum:
        raise BadValue('too_small', minimum=str(column.minimum))
    return value


# ---------------------------------------------------------------------------------------------
# Files
# ---------------------------------------------------------------------------------------------

def decode(data):
    """Return the text of a CSV file saved as UTF-8 (with or without mark) or by old Excel."""
    if isinstance(data, str):
        return data.lstrip('\ufeff')
    try:
        return data.decode('utf-8-sig')
    except UnicodeDecodeError:
        return data.decode('cp1252', errors='replace')


def sniff_delimiter(text):
    """Return the separator of the header line: semicolon (French Excel), tab or comma."""
    header = text.split('\n', 1)[0]
    return max(',;\t', key=header.count)


def read_rows(name, data):
    """Read the bytes of one CSV file into dictionaries of text.

    :param str name: key of ``SPECS``
    :param data: bytes or text of the file, or a list of dictionaries (taken as they are)
    :return: list of (row number, {column: text}), list of :class:`Issue`
    """
    if isinstance(data, list):
        numbered = [(number, {key: _as_text(value) for key, value in row.items()})
                    for number, row in enumerate(data, start=2)]
        header = list(dict.fromkeys(key for _number, row in numbered for key in row))
        return numbered, (_check_header(name, header) if header else [])
    text = decode(data)
    if '\x00' in text:
        return [], [Issue(name, 0, '', '', 'not_csv')]
    reader = csv.reader(io.StringIO(text, newline=''), delimiter=sniff_delimiter(text))
    try:
        header = [title.strip().lower() for title in next(reader, [])]
        issues = _check_header(name, header)
        rows, more = _collect_rows(name, header, reader)
    except csv.Error as error:
        return [], [Issue(name, reader.line_num, '', '', 'not_csv', {'detail': str(error)})]
    return rows, issues + more


def _as_text(value):
    if value is None or value is False:
        return ''
    if isinstance(value, float) and isfinite(value):
        return format(Decimal(repr(value)), 'f')  # never 1e-07
    return '1' if value is True else str(value)


def _collect_rows(name, header, reader):
    rows, issues = [], []
    for number, cells in enumerate(reader, start=2):
        if not any(cell.strip() for cell in cells):
            continue
        if len(cells) > len(header):
            issues.append(Issue(name, number, '', str(len(cells)), 'too_many_cells',
                                {'expected': len(header)}))
            continue
        if any(len(cell) > MAX_FIELD for cell in cells):
            issues.append(Issue(name, number, '', '', 'cell_too_long'))
            continue
        rows.append((number, dict(zip(header, cells, strict=False))))
    return rows, issues


def _check_header(name, header):
    if not header:
        return [Issue(name, 0, '', '', 'empty_file')]
    spec = SPECS[name]
    known = [column.name for column in spec.columns]
    issues = [
        Issue(name, 1, column.name, '', 'missing_column')
        for column in spec.columns if column.required and column.name not in header]
    issues += [
        Issue(name, 1, title, title, 'unknown_column', {'choices': ', '.join(known)})
        for title in header if title and title not in known]
    issues += [
        Issue(name, 1, title, title, 'double_column')
        for title in dict.fromkeys(header) if title and header.count(title) > 1]
    return issues


def parse_file(name, data):
    """Return the typed rows of one file and everything that is wrong with it."""
    rows, issues = read_rows(name, data)
    if any(issue.code in ('missing_column', 'empty_file', 'not_csv') for issue in issues):
        return [], issues
    parsed = []
    for number, texts in rows:
        values, faults = _parse_row(name, number, texts)
        issues.extend(faults)
        if not faults:
            parsed.append(Row(name, number, values))
    return parsed, issues


def _parse_row(name, number, texts):
    values, faults = {}, []
    for column in SPECS[name].columns:
        text = texts.get(column.name)
        try:
            values[column.name] = parse_cell(column, text)
        except BadValue as error:
            faults.append(Issue(name, number, column.name, (text or '').strip(),
                                error.code, error.params))
    if not faults:
        faults = list(_check_row(name, number, values))
    return values, faults


_ORDERED = {'subscriptions': ('start', 'end'), 'holds': ('date_from', 'date_to'),
            'opening_balances': ('date', 'due_date')}


def _check_row(name, number, values):
    """Yield what is wrong between the columns of one row."""
    first, last = _ORDERED.get(name, (None, None))
    if first and values[last] and values[last] < values[first]:
        yield Issue(name, number, last, str(values[last]), 'dates_reversed',
                    {'other': str(values[first])})
    if name == 'opening_balances' and not values['amount']:
        yield Issue(name, number, 'amount', '0', 'zero_amount')
    if name == 'subscriptions' and values['discount'] > 100:
        yield Issue(name, number, 'discount', str(values['discount']), 'discount_over_100')
    if name == 'holds' and values['effect'] == 'reduced' and values['percent'] is None:
        yield Issue(name, number, 'percent', '', 'required')
    if name == 'subscriptions' and values['replaces'] == values['line']:
        yield Issue(name, number, 'replaces', values['replaces'], 'replaces_itself')


# ---------------------------------------------------------------------------------------------
# The whole book
# ---------------------------------------------------------------------------------------------

def read_book(files):
    """Read and check all files of a book.

    :param dict files: file name (key of ``FILES``, with or without ``.csv``) to bytes, text or
        list of dictionaries
    :return: ({file: [Row]}, [Issue]); rows with a fault of their own are left out, and so is
        what depends on them: the subscription line of a refused account, and the line whose
        last billed-through date could not be read (else its whole history would be billed)
    """
    book = {name: [] for name in FILES}
    issues = []
    present = set()
    for title, data in files.items():
        name = title.removesuffix('.csv')
        if name not in FILES:
            issues.append(Issue(title, 0, '', title, 'unknown_file',
                                {'choices': ', '.join(FILES)}))
            continue
        present.add(name)
        book[name], faults = parse_file(name, data)
        issues += faults
        book[name], faults = _drop_duplicates(name, book[name])
        issues += faults
    refused = _refused_keys(files, book)
    issues += _hold_back_unbilled(book, refused)
    issues += _check_references(book, refused, present)
    return book, sorted(issues, key=issue_order)


def issue_order(issue):
    """Sort key of issues: by file in the order of the book, row and column."""
    order = list(FILES)
    rank = order.index(issue.file) if issue.file in order else len(order)
    return (rank, issue.row, issue.column)


def row_key(name, values):
    """Return what identifies a row of the file: a tuple of its key columns."""
    return tuple(values[column] or '' for column in SPECS[name].key)


def _drop_duplicates(name, rows):
    first, kept, issues = {}, [], []
    for row in rows:
        key = row_key(name, row.values)
        if key in first:
            column = FILES[name].key[-1]
            issues.append(Issue(name, row.number, column, str(row[column]), 'duplicate',
                                {'first': first[key]}))
            continue
        first[key] = row.number
        kept.append(row)
    return kept, issues


def _refused_keys(files, book):
    """Return {file: set of keys (as text)} of rows that are in the files but not in the book."""
    refused = {}
    for title, data in files.items():
        name = title.removesuffix('.csv')
        if name not in FILES:
            continue
        rows, _issues = read_rows(name, data)
        kept = {row.number for row in book[name]}
        kept_keys = {row_key(name, row.values) for row in book[name]}
        keys = {
            tuple((texts.get(column) or '').strip() for column in FILES[name].key)
            for number, texts in rows if number not in kept}
        refused[name] = keys - kept_keys
    return refused


def _hold_back_unbilled(book, refused):
    """Take out the lines whose billed-through row was refused, and say so."""
    bad = refused.get('billed_through', set())
    kept, issues = [], []
    for row in book['subscriptions']:
        key = row_key('subscriptions', row.values)
        if key in bad:
            issues.append(Issue('subscriptions', row.number, 'line', row['line'],
                                'billed_through_refused'))
            refused.setdefault('subscriptions', set()).add(key)
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
               for key in refused.get(target, ())} - good
        kept = []
        for row in book[name]:
            key = tuple(row[column] or '' for column in columns)
            if key not in bad:
                kept.append(row)
                continue
            issues.append(Issue(name, row.number, columns[-1], str(row[columns[-1]]),
                                'parent_refused', {'file': target}))
            refused.setdefault(name, set()).add(row_key(name, row.values))
        book[name] = kept
    return issues
