"""The files of a subscriber book: their columns, keys and how they refer to each other.

Rules as data: reading and checking is in ``book.py``. A new column is one line here (and one in
the importer that uses it).
"""
from dataclasses import dataclass, field
from decimal import Decimal

TEXT, DATE, AMOUNT, NUMBER, INTEGER, BOOLEAN, CHOICE = (
    'text', 'date', 'amount', 'number', 'integer', 'boolean', 'choice')


@dataclass(frozen=True)
class Column:
    """One column of a file: its name, kind of value, and whether a row must fill it."""

    name: str
    kind: str = TEXT
    required: bool = False
    choices: tuple = ()
    default: object = None
    minimum: object = None


@dataclass(frozen=True)
class FileSpec:
    """One file of the book: its columns and the columns that identify a row."""

    name: str
    columns: tuple
    key: tuple

    def column(self, name):
        """Return the column called ``name``, or None."""
        return next((column for column in self.columns if column.name == name), None)


@dataclass(frozen=True)
class Issue:
    """One fault: where it is, what was there, and why it cannot be used.

    ``row`` is the line of the file as a spreadsheet numbers it (the header is row 1); 0 stands
    for the file as a whole.
    """

    file: str
    row: int
    column: str
    value: str
    code: str
    params: dict = field(default_factory=dict, compare=False)


@dataclass
class Row:
    """One typed row; ``values`` holds every column of its file, None where empty."""

    file: str
    number: int
    values: dict

    def __getitem__(self, name):
        return self.values[name]


def _c(name, kind=TEXT, *, required=False, choices=(), default=None, minimum=None):
    return Column(name, CHOICE if choices else kind, required, tuple(choices), default, minimum)


_COMPANY = _c('company')
_LINE = (_COMPANY, _c('subscription', required=True), _c('line', required=True))

FILES = {spec.name: spec for spec in (
    FileSpec('plans', (
        _c('code', required=True), _c('name_en', required=True), _c('name_fr'),
        _c('kind', required=True,
           choices=('internet', 'voice', 'tv', 'equipment', 'addon', 'one_time')),
        _c('product'), _c('interval', INTEGER, default=1, minimum=1),
        _c('unit', choices=('day', 'week', 'month', 'year'), default='month'),
        _c('timing', choices=('advance', 'arrears'), default='advance'),
        _c('proration', choices=('actual', 'days30', 'none')),
        _c('speed_down', INTEGER, minimum=0), _c('speed_up', INTEGER, minimum=0),
        _c('data_cap_gb', INTEGER, minimum=0), _c('term_months', INTEGER, minimum=0),
        _c('untaxed', BOOLEAN, default=False),
        _c('description_en'), _c('description_fr'),
    ), ('code',)),
    FileSpec('plan_prices', (
        _c('plan', required=True), _COMPANY, _c('currency', required=True),
        _c('date_from', DATE, required=True),
        _c('amount', AMOUNT, required=True, minimum=Decimal(0)),
    ), ('plan', 'company', 'currency', 'date_from')),
    FileSpec('accounts', (
        _COMPANY, _c('account_number', required=True), _c('name', required=True),
        _c('is_company', BOOLEAN, default=False), _c('email'), _c('phone'),
        _c('street'), _c('street2'), _c('city'), _c('zip'), _c('state'),
        _c('country', required=True),
        _c('language', choices=('en', 'fr', 'both')),
        _c('delivery', choices=('email', 'paper', 'portal')),
        _c('profile'),
    ), ('company', 'account_number')),
    FileSpec('subscriptions', (
        *_LINE, _c('account_number', required=True), _c('plan', required=True),
        _c('start', DATE, required=True), _c('end', DATE),
        _c('quantity', NUMBER, default=Decimal(1), minimum=Decimal(0)),
        _c('price', AMOUNT), _c('discount', NUMBER, default=Decimal(0), minimum=Decimal(0)),
        _c('alignment', choices=('profile', 'own'), default='profile'),
        _c('replaces'),
        _c('service_street'), _c('service_street2'), _c('service_city'), _c('service_zip'),
        _c('service_state'), _c('service_country'),
    ), ('company', 'subscription', 'line')),
    FileSpec('holds', (
        _COMPANY, _c('subscription', required=True),
        _c('date_from', DATE, required=True), _c('date_to', DATE),
        _c('reason', choices=('vacation', 'non_payment', 'other'), default='other'),
        _c('effect', choices=('charge', 'no_charge', 'reduced'), default='no_charge'),
        _c('percent', NUMBER, minimum=Decimal(0)), _c('note'),
    ), ('company', 'subscription', 'date_from')),
    FileSpec('billed_through', (
        *_LINE, _c('billed_through', DATE, required=True), _c('amount', AMOUNT),
    ), ('company', 'subscription', 'line')),
    FileSpec('opening_balances', (
        _COMPANY, _c('account_number', required=True), _c('document', required=True),
        _c('date', DATE, required=True), _c('due_date', DATE),
        _c('amount', AMOUNT, required=True), _c('label'),
    ), ('company', 'account_number', 'document')),
)}

# file, column -> file, column that it must be found in, when that file is part of the book
REFERENCES = (
    ('plan_prices', ('plan',), 'plans', ('code',)),
    ('subscriptions', ('company', 'account_number'), 'accounts', ('company', 'account_number')),
    ('subscriptions', ('plan',), 'plans', ('code',)),
    ('holds', ('company', 'subscription'), 'subscriptions', ('company', 'subscription')),
    ('billed_through', ('company', 'subscription', 'line'),
     'subscriptions', ('company', 'subscription', 'line')),
    ('opening_balances', ('company', 'account_number'), 'accounts',
     ('company', 'account_number')),
)

# a file of its own, taken any day and not part of a book
USAGE = FileSpec('usage', (
    _c('key', required=True), _c('subscription', required=True), _c('plan', required=True),
    _c('date', DATE, required=True), _c('quantity', NUMBER, required=True), _c('note'),
), ('key',))
SPECS = {**FILES, USAGE.name: USAGE}
