"""The files of a subscriber book as tables of text: CSV in its usual kinds, and XLSX workbooks."""
import csv
import datetime
import io
import re
import zipfile
import zlib
from decimal import Decimal
from math import isfinite
from pathlib import PurePath

import openpyxl

from .book_cells import plain
from .book_spec import FILES, SPECS, Issue

MAX_FIELD = 10_000  # characters in one cell: more is a broken quote, not a value
#: bytes that a workbook may unpack to
MAX_UNPACKED = 300 * 1024 * 1024
XLSX_MARK = b'PK\x03\x04'
#: endings of names that files of a book have
SUFFIXES = ('.csv', '.txt', '.tsv', '.xlsx')
#: what browsers and file managers add to the name of a copy
_COPY = re.compile(r'(\s*\(\d+\)|\s(copy|copie)(\s?\d*)?)$|^(copy of|copie de|copie d)\s')
#: raised by the reader of workbooks for files that are none
_NO_WORKBOOK = (ArithmeticError, AttributeError, EOFError, LookupError, OSError, RuntimeError,
                SyntaxError, TypeError, ValueError, zipfile.BadZipFile, zlib.error)


class Grid(list):
    """The rows of a sheet: lists of text."""


class NoTable(ValueError):
    """A file that holds no table; ``issue`` says why."""

    def __init__(self, name, row, code, **params):
        super().__init__(code)
        self.issue = Issue(name, row, '', '', code, params)


# ---------------------------------------------------------------------------------------------
# Names of files
# ---------------------------------------------------------------------------------------------

def file_key(title):
    """The file of a book that an upload is by its name: a key of ``FILES``, or None.

    ``subscriptions (2).csv``, ``Plan prices.xlsx`` and ``accounts - Copie.csv`` are known, too.
    """
    path = PurePath(title)
    name = plain(path.stem if path.suffix.lower() in SUFFIXES else title)
    shorter = None
    while shorter != name:
        shorter, name = name, _COPY.sub('', name).strip()
    name = name.replace(' ', '_')
    return name if name in FILES else None


def open_files(files):
    """Which file of a book each upload is; a workbook may hold several, one on each sheet.

    :param dict files: file name to bytes, text or list of dictionaries
    :return: ({key of ``FILES``: data}, [Issue] of uploads that are none, or that are there twice)
    """
    found, issues = {}, []
    for title, data in files.items():
        try:
            parts = _parts(title, data)
        except NoTable as error:
            issues.append(error.issue)
            continue
        for name, part in parts:
            if name in found:
                issues.append(Issue(title, 0, '', title, 'double_file', {'file': name}))
            else:
                found[name] = part
    return found, issues


def _parts(title, data):
    """[(key of ``FILES``, data)] of one upload."""
    name = file_key(title)
    if name:
        return [(name, data)]
    if is_workbook(data):
        sheets = [(file_key(sheet), grid) for sheet, grid in read_workbook(title, data)]
        if known := [(key, grid) for key, grid in sheets if key]:
            return known
    raise NoTable(title, 0, 'unknown_file', choices=', '.join(FILES))


# ---------------------------------------------------------------------------------------------
# Tables
# ---------------------------------------------------------------------------------------------

def decode(data):
    """Return the text of a CSV file saved as UTF-8, as Unicode text by Excel, or by old Excel."""
    if isinstance(data, str):
        return data.lstrip('\ufeff')
    if data[:2] in (b'\xff\xfe', b'\xfe\xff'):
        return data.decode('utf-16', errors='replace')
    try:
        return data.decode('utf-8-sig')
    except UnicodeDecodeError:
        return data.decode('cp1252', errors='replace')


def sniff_delimiter(text):
    """Return the separator of the header line: semicolon (French Excel), tab or comma."""
    header = text.split('\n', 1)[0]
    return max(',;\t', key=header.count)


def is_workbook(data):
    """Whether bytes look like an XLSX workbook."""
    return isinstance(data, bytes) and data.startswith(XLSX_MARK)


def read_workbook(name, data):
    """The sheets of a workbook that are not empty: [(title, Grid)].

    :raise NoTable: when it cannot be read, or has formulas without their results
    """
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as packed:
            if sum(part.file_size for part in packed.infolist()) > MAX_UNPACKED:
                raise NoTable(name, 0, 'too_large')
        book = openpyxl.load_workbook(io.BytesIO(data), read_only=True, data_only=True)
        sheets = [(sheet.title, _grid(sheet)) for sheet in book.worksheets]
        formulas = openpyxl.load_workbook(io.BytesIO(data), read_only=True)
        for (title, grid), sheet in zip(sheets, formulas.worksheets, strict=True):
            _check_formulas(name, title, grid, sheet)
    except NoTable:
        raise
    except _NO_WORKBOOK as error:
        raise NoTable(name, 0, 'not_csv', detail=str(error)) from error
    return [(title, grid) for title, grid in sheets if any(any(row) for row in grid)]


def _grid(sheet):
    return Grid([as_text(value) for value in row] for row in sheet.iter_rows(values_only=True))


def _check_formulas(name, title, grid, sheet):
    """Refuse a sheet whose formulas were never computed: their cells would be read as empty."""
    for number, cells in enumerate(sheet.iter_rows(values_only=True)):
        for place, value in enumerate(cells):
            if isinstance(value, str) and value.startswith('=') and not grid[number][place]:
                raise NoTable(name, number + 1, 'formula', sheet=title)


def as_text(value):
    """A value of a list or of a sheet as the text that a CSV file would have."""
    if value is None or value is False:
        return ''
    if isinstance(value, datetime.datetime):
        return value.date().isoformat()
    if isinstance(value, float) and isfinite(value):
        number = Decimal(repr(value))  # never 1e-07, and 12 for 12.0
        return format(number.to_integral_value() if number == number.to_integral_value()
                      else number, 'f')
    return '1' if value is True else str(value)


def read_rows(name, data):
    """Read one file into dictionaries of text.

    :param str name: key of ``SPECS``
    :param data: bytes or text of the file, a :class:`Grid`, or a list of dictionaries (taken as
        they are)
    :return: list of (row number, {column: text}), list of :class:`Issue`
    """
    try:
        if is_workbook(data):
            sheets = read_workbook(name, data)
            data = next((grid for title, grid in sheets if file_key(title) == name),
                        sheets[0][1] if sheets else Grid())
        if isinstance(data, Grid):
            return _read_grid(name, data)
        if isinstance(data, list):
            numbered = [(number, {key: as_text(value) for key, value in row.items()})
                        for number, row in enumerate(data, start=2)]
            header = list(dict.fromkeys(key for _number, row in numbered for key in row))
            return numbered, (_check_header(name, header) if header else [])
        return _read_csv(name, decode(data))
    except NoTable as error:
        return [], [error.issue]


def _read_csv(name, text):
    if '\x00' in text:
        raise NoTable(name, 0, 'not_csv')
    reader = csv.reader(io.StringIO(text, newline=''), delimiter=sniff_delimiter(text))
    try:
        header = _header(next(reader, []))
        issues = _check_header(name, header)
        rows, more = _collect_rows(name, header, reader)
    except csv.Error as error:
        raise NoTable(name, reader.line_num, 'not_csv', detail=str(error)) from error
    return rows, issues + more


def _read_grid(name, grid):
    header = _header(grid[0] if grid else [])
    while header and not header[-1]:  # empty columns behind the last one
        header.pop()
    body = [row[:len(header)] + [cell for cell in row[len(header):] if cell] for row in grid[1:]]
    rows, issues = _collect_rows(name, header, body)
    return rows, _check_header(name, header) + issues


def _header(cells):
    return ['_'.join(title.strip().lower().replace('-', ' ').split()) for title in cells]


def _collect_rows(name, header, table):
    rows, issues = [], []
    for number, cells in enumerate(table, start=2):
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
