"""The files of a subscriber book: their columns, keys and how they refer to each other.

Rules as data: reading and checking is in ``book.py``. A new column is one line here (and one in
the importer that uses it).
"""
from dataclasses import dataclass, field
from decimal import Decimal

TEXT, DATE, AMOUNT, NUMBER, PERCENT, INTEGER, BOOLEAN, CHOICE, EMAIL = (
    'text', 'date', 'amount', 'number', 'percent', 'integer', 'boolean', 'choice', 'email')


@dataclass(frozen=True)
class Column:
    """One column of a file: its name, kind of value, and whether a row must fill it.

    ``aliases`` are other names of the choices, as ``book_cells.plain`` writes them.
    """

    name: str
    kind: str = TEXT
    required: bool = False
    choices: tuple = ()
    default: object = None
    minimum: object = None
    aliases: dict = field(default_factory=dict, compare=False)


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
    """One typed row; ``values`` holds every column of its file, None where empty.

    ``units`` holds the currencies that are written with amounts, by column; ``faulty`` the columns
    that could not be read or used: a row with any is checked to the end, and not imported.
    """

    file: str
    number: int
    values: dict
    units: dict = field(default_factory=dict)
    faulty: set = field(default_factory=set)

    def __getitem__(self, name):
        return self.values[name]


class Book(dict):
    """The good rows of a book by file; ``refused`` holds the others, as far as they were read."""

    def __init__(self):
        super().__init__((name, []) for name in FILES)
        self.refused = {name: [] for name in FILES}


def _c(name, kind=TEXT, *, required=False, choices=(), default=None, minimum=None):
    return Column(name, CHOICE if choices else kind, required, tuple(choices), default, minimum,
                  {alias: choice for choice in choices
                   for alias in _ALIASES.get((name, choice), '').split('|') if alias})


# How other systems call the choices, without accents and dashes (``book_cells.plain``).  “Mail” is
# an e-mail in French and a letter in English: it is not here.
_ALIASES = {
    ('language', 'en'): 'eng|english|anglais|angl|en us|en ca|en gb|english (us)|english (canada)',
    ('language', 'fr'): 'fra|fre|french|francais|fr fr|fr ca|francais (canada)|french (canada)',
    ('language', 'both'): 'bilingual|bilingue|les deux|en/fr|fr/en|en+fr|fr+en|en fr|fr en',
    ('delivery', 'email'): 'e mail|courriel|courrier electronique|mel|electronic|electronique'
                           '|email|par courriel|by e mail|by email',
    ('delivery', 'paper'): 'papier|poste|courrier|par la poste|courrier postal|postal|post'
                           '|postal mail|letter|print|printed|imprime',
    ('delivery', 'portal'): 'portail|web|online|en ligne|extranet|espace client',
    ('kind', 'voice'): 'voix|telephone|telephonie|phone|voip',
    ('kind', 'tv'): 'television|tele|iptv',
    ('kind', 'equipment'): 'equipement|materiel|hardware',
    ('kind', 'addon'): 'add on|option|supplement',
    ('kind', 'one_time'): 'one time|ponctuel|unique|frais unique|frais uniques',
    ('unit', 'day'): 'days|jour|jours|daily',
    ('unit', 'week'): 'weeks|semaine|semaines|weekly|hebdomadaire',
    ('unit', 'month'): 'months|mois|monthly|mensuel',
    ('unit', 'year'): 'years|an|ans|annee|annees|yearly|annual|annuel',
    ('timing', 'advance'): 'in advance|avance|d avance|a echoir|prepaid',
    ('timing', 'arrears'): 'in arrears|arriere|echu|a terme echu|postpaid',
    ('proration', 'actual'): 'reel|jours reels|actual days',
    ('proration', 'days30'): '30|30 days|30 jours|days 30',
    ('proration', 'none'): 'aucun|aucune|no',
    ('alignment', 'profile'): 'profil',
    ('alignment', 'own'): 'propre',
    ('reason', 'vacation'): 'vacances|holiday',
    ('reason', 'non_payment'): 'non payment|unpaid|impaye|impayes|non paiement',
    ('reason', 'other'): 'autre',
    ('effect', 'charge'): 'charged|facture',
    ('effect', 'no_charge'): 'no charge|free|gratuit|non facture',
    ('effect', 'reduced'): 'reduit',
}


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
        _c('is_company', BOOLEAN, default=False), _c('email', EMAIL), _c('phone'),
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
        _c('price', AMOUNT), _c('discount', PERCENT, default=Decimal(0), minimum=Decimal(0)),
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
        _c('percent', PERCENT, minimum=Decimal(0)), _c('note'),
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
