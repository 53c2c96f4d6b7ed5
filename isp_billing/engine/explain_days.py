"""Days and prices of a charge as equations that hold."""
from datetime import timedelta
from decimal import Decimal

from . import formats
from .explain_facts import Facts
from .explain_words import say, words
from .money import round_money, to_decimal
from .proration import DAYS_30, NONE, full_price, months_of, thirtieths

HOLD_FREE, HOLD_REDUCED = 'no_charge', 'reduced'
MONTH_DAYS = (28, 31)


class DaysWriter:
    """Writes the price of a full period, the days of it that are charged, and its holds."""

    def __init__(self, facts: Facts, lang):
        self.facts, self.lang, self.texts = facts, lang, words(lang)

    # ---- numbers -----------------------------------------------------------------------------

    def money(self, amount):
        return formats.money(amount, self.facts.currency, self.lang, self.facts.decimals)

    def price(self, amount):
        """A unit price: with more decimals than the currency has where it needs them."""
        amount = to_decimal(amount)
        own = -self.facts.unit.as_tuple().exponent
        least = own if self.facts.decimals is None else self.facts.decimals
        needed = -amount.normalize().as_tuple().exponent
        return formats.money(amount, self.facts.currency, self.lang, max(least, min(needed, 6)))

    def signed(self, amount):
        """An amount with its sign, also when it is positive."""
        return ('+' if amount > 0 else '') + self.money(amount)

    def say(self, key, many=None, /, **values):
        return say(self.texts, key, self.lang, many, **values)

    # ---- days --------------------------------------------------------------------------------

    def days_of_period(self, amount):
        """Price of the full period where it is made of something, then the days of it."""
        facts, price = self.facts, self.facts.price_full
        part = facts.days < facts.period_days or amount != price
        if part and self._is_whole(amount):
            return [*self.made_price(), self.say('whole', amount=self.money(amount))]
        if facts.days == facts.period_days and amount == price:
            return self.made_price(always=True)
        equation = self.equation(amount)
        if not equation:
            return [*self.made_price(),
                    self.say('plain', facts.days, days=facts.days, of=facts.period_days,
                             amount=self.money(amount))]
        text, gap = equation
        return [*self.made_price(), text, *self.rounding(gap, amount)]

    def rounding(self, gap, amount):
        """Why an amount is not the sum of its products, nothing when it is."""
        if not gap:
            return []
        return [self.say('rounding', price=self.money(self.facts.price_full),
                         gap=self.signed(gap), amount=self.money(amount))]

    def equation(self, amount):
        """The days as a sum of products: (sentence, gap left by rounding), None if it is not so.

        Holds at a reduced price are counted where they give the amount: one that was entered
        after the charge does not explain it.
        """
        return self._equation(self.terms(), amount) or self._equation(
            self.terms(reduced=False), amount)

    def _is_whole(self, amount):
        """Whether an amount is the price of a period without proration, at its highest share."""
        terms = self.terms()
        return self.facts.method == NONE and bool(terms) and amount == max(
            price for _days, price in terms)

    def _equation(self, terms, amount):
        """The gap is at most the smallest amount of the currency for each product.

        A slice is the difference of two rounded values, so that slices add up to the price.
        """
        facts = self.facts
        if not terms or facts.method == NONE or not facts.period_days:
            return None
        of, suffix = facts.period_days, ''
        if facts.method == DAYS_30:
            terms, suffix = self.thirtieths(terms, amount)
            of = thirtieths(facts.period_days)
        total = sum(round_money(price * days / of, facts.unit) for days, price in terms)
        gap = amount - total
        if abs(gap) > facts.unit * len(terms):
            return None
        text = ' + '.join(
            self.say('term', days, days=days, of=of, price=self.money(price))
            for days, price in terms
        )
        return f'{text} = {self.money(total)}{suffix}', gap

    def thirtieths(self, terms, amount):
        """Days as they count in months of 30 days, and what is said about it.

        The days up to the end of the period count for what is left of the 30, or of 30 for each
        month of a longer period.
        """
        facts, of = self.facts, thirtieths(self.facts.period_days)
        suffix = self.texts['days30'] if months_of(facts.period_days) else ''
        if len(terms) != 1:
            return terms, suffix
        (days, price), = terms
        for counted in (min(days, of), of - (facts.period_days - days)):
            worth = round_money(price * counted / of, facts.unit)
            if counted >= 0 and abs(worth - amount) <= facts.unit:
                if counted != days:
                    suffix = self.say('days30_counted', days, days=days, counted=counted)
                return [(counted, price)], suffix
        return terms, suffix

    def terms(self, reduced=True):
        """(days, price of the full period on these days): the usual ones, then reduced ones."""
        facts = self.facts
        rows = [(days, to_decimal(hold.get('percent') or 0))
                for hold, _first, _last, days in self.hold_days()
                if reduced and hold['effect'] == HOLD_REDUCED and hold.get('percent')]
        usual = facts.days - sum(days for days, _percent in rows)
        if usual < 0:
            return []
        terms = [(usual, facts.price_full)] if usual else []
        return terms + [
            (days, round_money(facts.price_full * percent / 100, facts.unit))
            for days, percent in rows
        ]

    def _fits(self, days, amount):
        """Whether days not served or served in addition are worth the amount, but for a cent."""
        facts = self.facts
        if facts.method == NONE:
            return False
        of, more = facts.period_days, 0
        if facts.method == DAYS_30:
            # the end of the period counts for what it has more or less than months of 30 days
            of = thirtieths(facts.period_days)
            more = max(2, abs(facts.period_days - of))
        spare = facts.unit + facts.price_full * more / of
        return abs(facts.price_full * days / of - amount) <= spare

    # ---- price of the full period ------------------------------------------------------------

    def math(self):
        """``2 × $15.00 − 10%``, '' when the unit price is all."""
        facts = self.facts
        if facts.quantity == 1 and not facts.discount:
            return ''
        text = self.price(facts.price_unit)
        if facts.quantity != 1:
            text = f'{formats.number(facts.quantity, self.lang)} × {text}'
        if facts.discount:
            text += f' {formats.MINUS} {formats.percent(facts.discount, self.lang)}'
        return text

    def made_price(self, always=False):
        """How the price of the full period is made, nothing when it is the unit price."""
        facts, math = self.facts, self.math()
        base = full_price(facts.price_unit, facts.quantity, facts.discount, facts.unit)
        if base - facts.reduced != facts.price_full:
            base, math = facts.price_full + facts.reduced, ''
        if not (math or always or facts.reductions):
            return []
        price = self.money(base)
        found = [self.say('full_math', math=math, price=price) if math
                 else self.say('full', price=price)]
        if facts.reductions:
            found += self.reductions()
            found.append(self.say('after_reductions', price=self.money(facts.price_full)))
        return found

    def reductions(self):
        """A sentence per named discount: ``Welcome discount, month 2 of 3: −$10.00``."""
        facts, found = self.facts, []
        monthly = MONTH_DAYS[0] <= facts.period_days <= MONTH_DAYS[1]
        for row in facts.reductions:
            key = 'reduction'
            if row.get('number') and row.get('count'):
                key += '_month' if monthly else '_period'
            found.append(self.say(
                key, label=facts.text(row['label'], self.lang), number=row.get('number'),
                count=row.get('count'), amount=self.money(-to_decimal(row['amount'])),
            ))
        return found

    # ---- holds -------------------------------------------------------------------------------

    def hold_days(self):
        """Holds within the served part of the full period: (hold, first, last, days)."""
        facts, found = self.facts, []
        if not facts.period_start:
            return found
        begin = max(filter(None, (facts.period_start, facts.service_start)))
        end = min(filter(None, (facts.period_end, facts.service_end)))
        for hold in sorted(facts.holds, key=lambda row: formats.to_date(row['first'])):
            first = max(begin, formats.to_date(hold['first']))
            last = min(end, formats.to_date(hold['last'])) if hold.get('last') else end
            if first <= last:
                found.append((hold, first, last, (last - first).days + 1))
        return found

    def held(self, amount):
        """A sentence per hold; none where the holds known today do not give what was charged."""
        facts, rows = self.facts, self.hold_days()
        free = sum(days for hold, _first, _last, days in rows if _is_free(hold))
        if not rows or self.service_days() - free != facts.days:
            return []
        if not (self._equation(self.terms(), amount) or self._is_whole(amount)):
            rows = [row for row in rows if _is_free(row[0]) or row[0]['effect'] != HOLD_REDUCED]
        return [self.hold(*row) for row in rows]

    def service_days(self):
        """Days of the full period between the first and the last day of service (int)."""
        facts = self.facts
        begin = max(filter(None, (facts.period_start, facts.service_start)))
        end = min(filter(None, (facts.period_end, facts.service_end)))
        return max((end + timedelta(days=1) - begin).days, 0)

    def hold(self, hold, first, last, days):
        key = 'hold_free' if _is_free(hold) else f"hold_{hold['effect']}"
        what = self.texts['suspended' if hold.get('reason') == 'non_payment' else 'on_hold']
        return self.say(key, days, days=days, what=what,
                        percent=formats.percent(hold.get('percent') or 0, self.lang),
                        period=formats.period(first, last, self.lang))


def _is_free(hold):
    return hold['effect'] == HOLD_FREE or (
        hold['effect'] == HOLD_REDUCED and not Decimal(str(hold.get('percent') or 0)))
