"""What is due, by the second calculator (``tests/unit/reference.py``) from facts read in plain SQL.

It knows neither the product's engine nor its models: lines, prices, holds and discounts are read
from their tables, walked through day by day, and compared with the ledger, line by line and period
by period. The books of the fault tests are monthly; what else there may be is left out and said.
"""
from collections import defaultdict
from fractions import Fraction

from tests.unit import reference, reference_money

#: bills that are not settled yet: what their accounts owe waits for a person or for the next bill
WAITING = ('ready', 'held', 'excluded', 'carried', 'exception', 'review')

LINES = """
    SELECT l.id, l.isp_replaced_line_id, s.id AS subscription, l.isp_account_id AS account,
           l.isp_date_start, l.isp_date_end, l.isp_price_source = 'own' AS own_price,
           l.price_unit::text AS price_unit, l.product_uom_qty::text AS quantity,
           coalesce(l.discount, 0)::text AS discount, l.isp_credit_unused,
           s.isp_bill_day, s.isp_alignment = 'own' AS own_anchor,
           coalesce(s.isp_anchor_date, s.date_start) AS anchor, l.isp_plan_id AS plan,
           p.timing, coalesce(p.proration_method, profile.proration_method) AS method,
           cur.id AS currency, cur.rounding::text AS unit,
           p.interval = 1 AND p.unit = 'month' AND NOT EXISTS (
               SELECT 1 FROM isp_bill_day_change c WHERE c.line_id = l.id
           ) AND NOT EXISTS (
               SELECT 1 FROM isp_charge c WHERE c.line_id = l.id AND c.origin <> 'run'
           ) AS known
      FROM sale_subscription_line l
      JOIN sale_subscription s ON s.id = l.sale_subscription_id AND s.isp_billed
      JOIN sale_subscription_stage stage ON stage.id = s.stage_id AND stage.type <> 'draft'
      JOIN isp_service_plan p ON p.id = l.isp_plan_id AND p.kind NOT IN ('one_time', 'usage')
      JOIN res_company company ON company.id = s.company_id
      JOIN isp_billing_profile profile ON profile.id = company.isp_profile_id
      JOIN res_currency cur ON cur.id = company.currency_id
     WHERE l.isp_date_start IS NOT NULL
     ORDER BY l.isp_date_start, l.id
"""
PRICES = """
    SELECT plan_id, currency_id, date_from, amount::text FROM isp_service_plan_price ORDER BY 3
"""
HOLDS = """
    SELECT subscription_id, date_from, date_to, effect, coalesce(percent, 0)::text
      FROM isp_service_hold
"""
DISCOUNTS = """
    SELECT line_id, kind, value::text, date_from, date_to, nullif(periods, 0)
      FROM isp_line_discount ORDER BY sequence, id
"""
CHARGED = """
    SELECT line_id, period_start, period_end, sum(amount)::text FROM isp_charge GROUP BY 1, 2, 3
"""
#: until when an account must be settled, where no bill of it waits
SETTLED = """
    SELECT b.account_id, max(r.target_date)
      FROM isp_bill_run_bill b JOIN isp_bill_run r ON r.id = b.run_id
     WHERE r.state IN ('done', 'exception')
     GROUP BY 1 HAVING bool_and(b.state <> ALL (%s)) AND bool_or(b.state = 'posted')
"""


def differences(cursor):
    """What the ledger and the calculator do not agree on.

    :return: (number of periods that were compared, list of sentences)
    """
    book = Book(cursor)
    found, compared = [], 0
    for chain in book.chains():
        account = chain[0]['account']
        until = book.settled.get(account)
        if until is None or not all(line['known'] for line in chain):
            continue
        due = book.due(chain, until)
        for key in due.keys() | {key for line in chain for key in book.charged[line['id']]}:
            line, first, _last = key
            charged = book.charged[line].get(key)
            one = due.get(key)
            wanted = one.amount if one and (charged is not None or one.billable_on <= until) else 0
            compared += 1
            if (charged or 0) != wanted:
                found.append(f"account {account}, line {line}, {first}: "
                             f"{float(charged or 0):.2f} charged, {float(wanted):.2f} due")
    return compared, sorted(found)


class Book:
    """The facts of a database, read once."""

    def __init__(self, cursor):
        cursor.execute(LINES)
        names = [column.name for column in cursor.description]
        self.lines = {row[0]: dict(zip(names, row, strict=True)) for row in cursor.fetchall()}
        self.prices, self.holds, self.promos = (defaultdict(list) for _each in range(3))
        cursor.execute(PRICES)
        for plan, currency, day, amount in cursor.fetchall():
            self.prices[plan, currency].append((day, Fraction(amount)))
        cursor.execute(HOLDS)
        for subscription, first, last, effect, percent in cursor.fetchall():
            share = {'charge': Fraction(1), 'no_charge': Fraction(0)}.get(
                effect, Fraction(percent) / 100)
            self.holds[subscription].append(reference.Pause(first, last, share))
        cursor.execute(DISCOUNTS)
        for line, kind, value, first, last, periods in cursor.fetchall():
            self.promos[line].append(
                reference_money.Promo(kind, Fraction(value), first, last, periods))
        self.charged = defaultdict(dict)
        cursor.execute(CHARGED)
        for line, first, last, amount in cursor.fetchall():
            self.charged[line][line, first, last] = Fraction(amount)
        cursor.execute(SETTLED, [list(WAITING)])
        self.settled = dict(cursor.fetchall())

    def chains(self):
        """Lines in chains of replacement, oldest first."""
        chains = defaultdict(list)
        for line in self.lines.values():
            root = line
            while root['isp_replaced_line_id'] in self.lines:
                root = self.lines[root['isp_replaced_line_id']]
            chains[root['id']].append(line)
        return chains.values()

    def due(self, chain, until):
        """{(line, first, last day of the full period): :class:`reference.Due`}."""
        first, unit = chain[0], Fraction(chain[0]['unit'])
        day = first['anchor'].day if first['own_anchor'] else first['isp_bill_day']
        grid = reference.Grid(first['anchor'].replace(day=1), 1, False, day)
        promos = [promo for line in chain for promo in self.promos[line['id']]]
        services = [
            reference.Service(
                line['isp_date_start'], line['isp_date_end'],
                self.price_of(line, promos, grid, first['isp_date_start'], unit), line['method'],
                line['timing'], 0, line['isp_credit_unused'],
            ) for line in chain
        ]
        charged = [key[2] for line in chain for key in self.charged[line['id']]]
        found = reference.what_is_due(
            services, grid, self.holds[first['subscription']], max([until, *charged]), unit)
        return {(chain[number]['id'], *full): due for (number, full), due in found.items()}

    def price_of(self, line, promos, grid, chain_start, unit):
        """Price of a full period by the first service day in it, computed once for each."""
        known = {}

        def price(_full, begins):
            if begins not in known:
                known[begins] = reference_money.price(
                    self.unit_price(line, begins), Fraction(line['quantity']),
                    Fraction(line['discount']), promos, grid, chain_start, begins, unit)
            return known[begins]

        return price

    def unit_price(self, line, day):
        if line['own_price']:
            return Fraction(line['price_unit'])
        return [amount for since, amount in self.prices[line['plan'], line['currency']]
                if since <= day][-1]
