#!/usr/bin/env python3
"""Write the demo's subscriber book: the CSV files of an import, always the same for a month.

    python -m tools.make_demo_book [--month 2026-11] [--out demo/book]

The first bill run of the book is that of the first day of the month: everything before it is
told by the last billed-through dates and by the opening balances. The story of each account is
in ``demo/README.md``.
"""
import argparse
import csv
import io
import random
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path

from tools.demo import catalogue, people

ROOT = Path(__file__).resolve().parents[1]
BOOK_MONTH = date(2026, 11, 1)  # month of the committed files
SEED = 20_190
CANADA, FRANCE = "Harfang Internet inc.", "Garance Télécom SAS"
CURRENCIES = {CANADA: 'CAD', FRANCE: 'EUR'}
MID_MONTH = "Monthly, 15th"
BUSINESS = "Business, 30 days"
# Share of sales tax that an old unpaid invoice carries, by province or country.
TAX = {'QC': '0.14975', 'ON': '0.13', 'BC': '0.12', '': '0.20'}
ONE_DAY = timedelta(days=1)

HEADERS = {
    'plans': 'code name_en name_fr kind interval unit timing speed_down speed_up data_cap_gb '
             'term_months description_en description_fr',
    'plan_prices': 'plan company currency date_from amount',
    'accounts': 'company account_number name is_company email phone street city zip state '
                'country language delivery profile',
    'subscriptions': 'company subscription line account_number plan start end quantity price '
                     'discount replaces service_street service_city service_zip service_state '
                     'service_country',
    'holds': 'company subscription date_from date_to reason effect percent note',
    'billed_through': 'company subscription line billed_through amount',
    'opening_balances': 'company account_number document date due_date amount label',
}


def shift(day, months):
    """The same day of another month, ``months`` later (days 1 to 28)."""
    years, index = divmod(day.month - 1 + months, 12)
    return date(day.year + years, index + 1, day.day)


def money(amount):
    """An amount as text with two decimals, rounded half up."""
    return str(Decimal(amount).quantize(Decimal('0.01'), rounding=ROUND_HALF_UP))


def with_check_digit(body):
    """The account number made of ``body`` and its Luhn digit."""
    total = 0
    for place, char in enumerate(reversed(body)):
        digit = int(char) * (1 if place % 2 else 2)
        total += digit - 9 if digit > 9 else digit
    return body + str(-total % 10)


class BookMaker:
    """Builds the rows of the book for one month; the random numbers only choose who has what."""

    def __init__(self, month):
        self.month = month
        self.last = shift(month, -1)  # first day of the month before
        self.random = random.Random(SEED)
        self.rows = {name: [] for name in HEADERS}
        self.counts = {CANADA: 0, FRANCE: 0}
        self.used_names = set()
        self.story = []

    # -- catalogue -----------------------------------------------------------------------------

    def plans(self):
        columns = ('code', 'name_en', 'name_fr', 'kind', 'interval', 'unit', 'timing',
                   'speed_down', 'speed_up', 'data_cap_gb', 'term_months')
        for plan in catalogue.PLANS:
            row = dict(zip(columns, (value or '' for value in plan), strict=True))
            texts = catalogue.DESCRIPTIONS.get(row['code'], ('', ''))
            row['description_en'], row['description_fr'] = texts
            self.rows['plans'].append(row)
        for code, currency, months, amount in catalogue.PRICE_CHANGES:
            company = CANADA if currency == 'CAD' else FRANCE
            self._price(code, company, shift(self.month, months), amount)
        for code, (cad, eur) in catalogue.PRICES.items():
            for company, amount in ((CANADA, cad), (FRANCE, eur)):
                if amount:
                    first = catalogue.FIRST_PRICES.get((code, CURRENCIES[company]), amount)
                    self._price(code, company, date(2020, 1, 1), first)

    def _price(self, plan, company, day, amount):
        self.rows['plan_prices'].append({
            'plan': plan, 'company': company, 'currency': CURRENCIES[company],
            'date_from': day.isoformat(), 'amount': amount})

    # -- accounts ------------------------------------------------------------------------------

    def account(self, company, state, business=False, **overrides):
        """Add an account and return its row; ``state`` is '' in France."""
        self.counts[company] += 1
        number = self.counts[company]
        body = f"{2 if company == CANADA else 7}{number * 37 + 1000:07d}"
        name, language = self._name(state, business)
        street, city, code = self._address(state)
        row = {
            'company': company, 'account_number': with_check_digit(body), 'name': name,
            'is_company': 'yes' if business else 'no', 'email': self._email(name, number),
            'phone': self._phone(state, number), 'street': street, 'city': city, 'zip': code,
            'state': state, 'country': 'CA' if state else 'FR', 'language': language,
            'delivery': '', 'profile': BUSINESS if business else ''}
        row.update(overrides)
        self.rows['accounts'].append(row)
        return row

    def _name(self, state, business):
        french = {'QC': 0.8, 'ON': 0.2, 'BC': 0.06, '': 1.0}[state]
        is_french = self.random.random() < french
        language = 'fr' if is_french else 'en'
        if state == 'QC' and self.random.random() < 0.14:
            language = 'both'
        if not state:
            language = self.random.choices(('', 'fr', 'both'), (55, 35, 10))[0]
        while True:
            name = self._business_name(state) if business else self._person(is_french)
            if name not in self.used_names:
                self.used_names.add(name)
                return name, language

    def _person(self, is_french):
        first = people.FIRST_FR if is_french else people.FIRST_EN
        last = people.LAST_FR if is_french else people.LAST_EN
        return f"{self.random.choice(first)} {self.random.choice(last)}"

    def _business_name(self, state):
        pool = {'QC': people.BUSINESS_QC, '': people.BUSINESS_FR}.get(state, people.BUSINESS_EN)
        return self.random.choice(pool)

    def _address(self, state):
        towns = {'QC': people.TOWNS_QC, 'ON': people.TOWNS_ON, 'BC': people.TOWNS_BC,
                 '': people.TOWNS_FR}[state]
        city, pattern = self.random.choice(towns)
        digit = lambda: str(self.random.randint(1, 9))  # noqa: E731
        letter = lambda: self.random.choice('ABCEGHJKLMNPRSTV')  # noqa: E731
        code = pattern.replace('@', digit() + letter() + digit()).replace('#', digit())
        streets = {'QC': people.STREETS_QC, '': people.STREETS_FR}.get(state, people.STREETS_EN)
        house = self.random.randint(3, 990)
        street = self.random.choice(streets)
        comma = ', ' if state == 'QC' else ' '
        return f"{house}{comma}{street}", city, code

    def _email(self, name, number):
        plain = name.lower().translate(str.maketrans("àâäéèêëîïôöùûüç'&", "aaaeeeeiioouuuc--"))
        plain = plain.replace('œ', 'oe').replace(' ', '.')
        plain = ''.join(char for char in plain if char.isalnum() or char in '.-')
        while '..' in plain:
            plain = plain.replace('..', '.')
        return f"{plain}@client{number:03d}.example"

    def _phone(self, state, number):
        if not state:
            return f"+33 4 65 71 {number // 100:02d} {number % 100:02d}"
        area = {'QC': ('418', '819', '581'), 'ON': ('613', '343'), 'BC': ('250', '604')}[state]
        return f"+1 {self.random.choice(area)}-555-01{self.random.randint(0, 99):02d}"

    # -- subscriptions -------------------------------------------------------------------------

    def subscription(self, account, plans, start, service=None, **line_overrides):
        """Add a subscription of the account with one line per plan; returns its code."""
        prefix = 'HI' if account['company'] == CANADA else 'GT'
        known = {row['subscription'] for row in self.rows['subscriptions']}
        code = f"{prefix}-{len([c for c in known if c.startswith(prefix)]) + 1001}"
        service = service or account
        for number, plan in enumerate(plans, start=1):
            self.line(account, code, str(number), plan, start, service, **line_overrides)
        return code

    def line(self, account, code, key, plan, start, service=None, **overrides):
        """Add one line."""
        service = service or account
        row = {
            'company': account['company'], 'subscription': code, 'line': key,
            'account_number': account['account_number'], 'plan': plan,
            'start': start.isoformat(), 'quantity': '1'}
        row |= {f'service_{name}': service[name]
                for name in ('street', 'city', 'zip', 'state', 'country')}
        row.update(overrides)
        self.rows['subscriptions'].append(row)
        return row

    def bill_through(self):
        """Give every line that has none yet its last billed-through date and amount."""
        for row in self.rows['subscriptions']:
            if row.pop('_new', False) or date.fromisoformat(row['start']) >= self.last:
                continue
            through = self._billed_through(row)
            if through:
                self.rows['billed_through'].append({
                    'company': row['company'], 'subscription': row['subscription'],
                    'line': row['line'], 'billed_through': through.isoformat(),
                    'amount': money(self._full_price(row))})

    def _full_price(self, row):
        price = Decimal(row.get('price') or self._list_price(row['plan'], row['company']))
        discount = Decimal(row.get('discount') or 0)
        return price * Decimal(row['quantity']) * (100 - discount) / 100

    def _list_price(self, plan, company):
        return catalogue.PRICES[plan][0 if company == CANADA else 1] or '0'

    def _billed_through(self, row):
        plan = next(plan for plan in catalogue.PLANS if plan[0] == row['plan'])
        kind, interval, unit, timing = plan[3:7]
        start = date.fromisoformat(row['start'])
        profile = next(a['profile'] for a in self.rows['accounts']
                       if (a['company'], a['account_number'])
                       == (row['company'], row['account_number']))
        if kind == 'one_time':
            return start
        if timing == 'arrears':
            return self.last - ONE_DAY
        if profile == MID_MONTH:
            return self.month.replace(day=14)
        if (interval, unit) == (1, 'month'):
            return self.month - ONE_DAY
        months = interval * (12 if unit == 'year' else 1)
        anchor = start if start.day == 1 else shift(start.replace(day=1), 1)
        end = anchor
        while end < self.month:
            end = shift(end, months)
        return end - ONE_DAY

    def table(self):
        """Return {file name: CSV text}."""
        return {f'{name}.csv': to_csv(HEADERS[name].split(), rows)
                for name, rows in self.rows.items()}


def to_csv(columns, rows):
    """Return rows as CSV text with a header."""
    out = io.StringIO(newline='')
    writer = csv.DictWriter(out, columns, extrasaction='ignore', restval='',
                            lineterminator='\n')
    writer.writeheader()
    writer.writerows(rows)
    return out.getvalue()


def build(month=BOOK_MONTH):
    """Return the book of a month as {file name: CSV text}."""
    from tools.demo import story
    maker = BookMaker(month)
    story.tell(maker)
    return maker.table()


def write(folder, month=BOOK_MONTH):
    """Write the book of a month into a folder and return the folder."""
    folder = Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in build(month).items():
        (folder / name).write_text(text, encoding='utf-8')
    return folder


def main():
    """Command line."""
    parser = argparse.ArgumentParser(description=__doc__.split('\n', 1)[0])
    parser.add_argument('--month', default=BOOK_MONTH.strftime('%Y-%m'))
    parser.add_argument('--out', default=str(ROOT / 'demo' / 'book'))
    arguments = parser.parse_args()
    folder = write(arguments.out, date.fromisoformat(f'{arguments.month}-01'))
    for path in sorted(folder.glob('*.csv')):
        print(f'{path.name:24}{len(path.read_text(encoding="utf-8").splitlines()) - 1:6} rows')


if __name__ == '__main__':
    main()
