"""Who subscribes to what in the demo, and what happened to them in the month before the run."""
from datetime import date, timedelta
from decimal import Decimal

from tools.make_demo_book import CANADA, FRANCE, MID_MONTH, TAX, money, shift

# province or '' for France: ordinary households, businesses
HOUSEHOLDS = (('QC', 88), ('ON', 30), ('BC', 20), ('', 52))
BUSINESSES = (('QC', 9), ('ON', 3), ('BC', 3), ('', 6))
INTERNET = (('FIB100', 25), ('FIB500', 40), ('FIB1000', 20), ('RUR50', 15))


def tell(maker):
    """Fill a book: ordinary accounts first, then those with something to show."""
    maker.plans()
    for state, count in HOUSEHOLDS:
        for _number in range(count):
            _household(maker, state)
    for state, count in BUSINESSES:
        for _number in range(count):
            _business(maker, state)
    for chapter in (_mid_month_profile, _new_customers, _plan_changes, _holds, _terminations,
                    _cottage, _quiet_letters, _exceptions):
        chapter(maker)
    maker.bill_through()
    _opening_balances(maker)


def _company(state):
    return CANADA if state else FRANCE


def _pick_internet(maker, state):
    choices = [(plan, weight) for plan, weight in INTERNET if state or plan != 'RUR50']
    return maker.random.choices(*zip(*choices, strict=True))[0]


def _start(maker):
    """A start between 2 and 30 months before the run, on any day up to the 28th."""
    months = maker.random.randint(2, 30)
    return shift(maker.month, -months).replace(day=maker.random.choice((1, 1, 1, 7, 12, 15, 21)))


def _bundle(maker, state):
    plans = [_pick_internet(maker, state)]
    for plan, chance in (('MODEM', 0.7), ('VOIP', 0.35), ('TVBASE', 0.3)):
        if maker.random.random() < chance:
            plans.append(plan)
    if state and 'TVBASE' in plans and maker.random.random() < 0.4:
        plans.append('TVSPORT')
    return plans


def _household(maker, state):
    account = maker.account(_company(state), state)
    start = _start(maker)
    code = maker.subscription(account, _bundle(maker, state), start)
    chance = maker.random.random()
    if chance < 0.08:
        first = next(row for row in maker.rows['subscriptions'] if row['subscription'] == code)
        first['discount'] = '10'
    elif chance < 0.14:
        maker.line(account, code, '8', 'SHIELD', start.replace(day=1))
    elif chance < 0.2:
        maker.line(account, code, '9', 'STATIC', start.replace(day=1))


def _business(maker, state):
    account = maker.account(_company(state), state, business=True)
    start = _start(maker).replace(day=1)
    code = maker.subscription(account, ['FIB1000', 'VOIPB', 'STATIC'], start)
    lines = [row for row in maker.rows['subscriptions'] if row['subscription'] == code]
    lines[1]['quantity'] = str(maker.random.choice((1, 2, 4)))
    if maker.random.random() < 0.5:
        street, city, code = maker._address(state)
        branch = dict(account, street=street, city=city, zip=code)
        maker.subscription(account, ['FIB100', 'MODEM'], start, service=branch)


def _mid_month_profile(maker):
    """Accounts billed on the 15th: not due on the first of the month."""
    for state in ('QC', 'QC', 'QC', 'ON', 'BC', 'QC'):
        account = maker.account(CANADA, state, profile=MID_MONTH)
        maker.subscription(account, _bundle(maker, state), shift(maker.month, -8))


def _new_customers(maker):
    """Started in the month before: first bill with a part period and an installation."""
    for number, state in enumerate(('QC', 'QC', 'QC', 'ON', 'BC', '', '', '')):
        account = maker.account(_company(state), state)
        start = maker.last.replace(day=5 + 3 * number)
        maker.subscription(account, [_pick_internet(maker, state), 'MODEM', 'INSTALL'], start)
    for state in ('QC', ''):  # starts after the run: nothing due yet
        account = maker.account(_company(state), state)
        maker.subscription(account, ['FIB500', 'MODEM'], maker.month.replace(day=18))


def _plan_changes(maker):
    """Changed plan on the 16th of the month before, which was already billed."""
    for state, old, new in (('QC', 'FIB100', 'FIB500'), ('QC', 'FIB1000', 'FIB100'),
                            ('BC', 'FIB500', 'FIB1000'), ('', 'FIB100', 'FIB1000')):
        account = maker.account(_company(state), state)
        start = shift(maker.month, -9)
        code = maker.subscription(account, [old, 'MODEM'], start)
        changed = maker.last.replace(day=16)
        first = next(row for row in maker.rows['subscriptions'] if row['subscription'] == code)
        first['end'] = (changed - timedelta(days=1)).isoformat()
        maker.line(account, code, '1b', new, changed, replaces='1')


def _holds(maker):
    """On holiday, or suspended, in the month before."""
    for state, first, last, reason, effect, percent in (
            ('QC', 5, 20, 'vacation', 'no_charge', ''),
            ('ON', 1, 15, 'vacation', 'reduced', '25'),
            ('', 8, 22, 'vacation', 'no_charge', ''),
            ('QC', 10, 24, 'non_payment', 'charge', '')):
        account = maker.account(_company(state), state)
        code = maker.subscription(account, _bundle(maker, state), shift(maker.month, -11))
        maker.rows['holds'].append({
            'company': account['company'], 'subscription': code,
            'date_from': maker.last.replace(day=first).isoformat(),
            'date_to': maker.last.replace(day=last).isoformat(),
            'reason': reason, 'effect': effect, 'percent': percent})


def _terminations(maker):
    """Left in the month before (credit for unused days), or leaves in the month of the run."""
    for state, end in (('QC', maker.last.replace(day=10)), ('', maker.last.replace(day=20)),
                       ('ON', maker.month.replace(day=15))):
        account = maker.account(_company(state), state)
        maker.subscription(account, ['FIB500', 'MODEM'], shift(maker.month, -14),
                           end=end.isoformat())
    account = maker.account(CANADA, 'QC')  # keeps Internet, gives up television
    code = maker.subscription(account, ['FIB500', 'TVBASE'], shift(maker.month, -7))
    television = [row for row in maker.rows['subscriptions'] if row['subscription'] == code][1]
    television['end'] = maker.last.replace(day=12).isoformat()


def _cottage(maker):
    """A Quebec household with a cottage in Ontario: two service addresses, two tax rules."""
    account = maker.account(CANADA, 'QC', name="Famille Beaurivage-Dunmore", language='both')
    start = shift(maker.month, -5)
    maker.subscription(account, ['FIB500', 'VOIP', 'MODEM'], start)
    cottage = dict(account, street="41 Old Beaver Dam Road", city="Hawkesbury", zip="K6A 2L7",
                   state='ON')
    maker.subscription(account, ['RUR50'], start, service=cottage)


def _quiet_letters(maker):
    """Bills on paper, and on the portal only."""
    for state, channel in (('QC', 'paper'), ('QC', 'paper'), ('BC', 'paper'), ('', 'paper'),
                           ('QC', 'portal'), ('', 'portal')):
        account = maker.account(_company(state), state, delivery=channel)
        maker.subscription(account, _bundle(maker, state), shift(maker.month, -20))


def _exceptions(maker):
    """What the run must park or mark, and must not guess."""
    account = maker.account(FRANCE, '', name="Sidonie Sansprix")  # no price in euros
    maker.subscription(account, ['FIB500', 'TVSPORT'], shift(maker.month, -4))
    for _number in range(2):  # product archived
        account = maker.account(CANADA, 'QC')
        maker.subscription(account, ['DSL10'], shift(maker.month, -28))
    account = maker.account(CANADA, 'ON', name="Fergus Longwait")  # 14 months never billed
    maker.subscription(account, ['FIB100'], shift(maker.month, -14), _new=True)
    for state in ('QC', 'BC', ''):  # no e-mail address
        account = maker.account(_company(state), state, email='')
        maker.subscription(account, ['FIB500', 'MODEM'], shift(maker.month, -10))


def _opening_balances(maker):
    """Unpaid invoices of the three months before, and some money received too early."""
    monthly = {}
    for row in maker.rows['subscriptions']:
        key = (row['company'], row['account_number'])
        monthly[key] = monthly.get(key, Decimal(0)) + maker._full_price(row)
    number = 0
    for account in maker.rows['accounts']:
        key = (account['company'], account['account_number'])
        if not monthly.get(key) or maker.random.random() > 0.2:
            continue
        total = monthly[key] * (1 + Decimal(TAX[account['state']]))
        late = maker.random.choices((1, 2, 3), (70, 22, 8))[0]
        for months in range(late, 0, -1):
            number += 1
            day = shift(maker.month, -months)
            paid = Decimal('0.5') if months == late and maker.random.random() < 0.15 else 1
            _open_document(maker, account, f"F-{day:%Y%m}-{number:04d}", day, total * paid,
                           "Invoice" if account['language'] == 'en' else "Facture")
    for account in maker.random.sample(maker.rows['accounts'], 9):
        number += 1
        day = maker.last + timedelta(days=maker.random.randint(3, 25))
        _open_document(maker, account, f"P-{day:%Y%m}-{number:04d}", day,
                       -Decimal(maker.random.choice(('20', '50', '86.17', '114.92'))),
                       "Payment received" if account['language'] == 'en' else "Paiement reçu")


def _open_document(maker, account, document, day, amount, label):
    due = day + timedelta(days=20) if amount > 0 else day
    maker.rows['opening_balances'].append({
        'company': account['company'], 'account_number': account['account_number'],
        'document': document, 'date': day.isoformat(), 'due_date': due.isoformat(),
        'amount': money(amount), 'label': f"{label} {document}"})


def month_of(day):
    """First day of the month of ``day``."""
    return date(day.year, day.month, 1)
