"""A charge said in sentences: its rule, its dates, its days and its arithmetic.

``17 of 31 days × $30.00 = $16.45``, ``17 jours sur 31 × 30,00 $ = 16,45 $``.  An equation is only
written when it holds: where the parts of a period were rounded so that they add up to the whole,
a sentence says by how much; facts that do not give the amount are not said to.
"""
from decimal import Decimal

from . import formats
from .explain_days import DaysWriter
from .explain_facts import ONE_TIME, RECURRING, USAGE, Facts
from .explain_words import words
from .money import ZERO, to_decimal
from .proration import full_price

#: units of usage that plans do not print
USAGE_UNITS = {'minute': 'min', 'hour': 'h', 'sms': 'SMS'}


def sentences(facts, lang):
    """The arithmetic of a charge, one sentence per step.

    :param Facts facts: the charge
    :param str lang: language code, such as ``fr_CA``
    :return: list of str, the first one says most
    """
    writer = ChargeWriter(facts, lang)
    if facts.kind == 'other':
        return []
    if facts.origin == 'opening':
        return writer.opening()
    if facts.origin == 'reversal':
        return writer.reversal()
    found = writer.correction() if facts.is_correction else writer.first_charge()
    return found + writer.share()


def heading(facts, lang):
    """Service and days: ``Fibre 500, 2026-10-15 – 2026-10-31``."""
    if not facts.date_from:
        return facts.label
    return f'{facts.label}, {formats.period(*facts.span, lang)}'


def rule(facts, lang):
    """The rule that the arithmetic follows, '' for lines that were typed by hand."""
    texts = words(lang)
    if facts.kind == 'other' or not facts.period_start:
        return ''
    period = formats.period(facts.period_start, facts.period_end, lang)
    if facts.kind == ONE_TIME:
        return texts['rule_one_time'].format(date=formats.long_date(facts.date_from, lang))
    if facts.kind == USAGE:
        return texts['rule_usage'].format(period=period)
    text = texts[f'rule_{facts.method}'].format(period=period)
    return f'{text}, {texts[facts.timing]}' if facts.timing else text


class ChargeWriter(DaysWriter):
    """Writes the sentences of one charge."""

    def opening(self):
        if not self.facts.price_known:
            return [self.texts['opening_unknown']]
        if self.facts.opening:
            first, last, total = self.facts.opening
            return [self.say(
                'opening_part', total=self.money(to_decimal(total)),
                period=formats.period(formats.to_date(first), formats.to_date(last), self.lang),
                amount=self.money(self.facts.amount))]
        return [self.say('opening', amount=self.money(self.facts.amount))]

    def reversal(self):
        return [
            self.say('reversal', amount=self.money(self.facts.amount)),
            self.texts['reopens' if self.facts.reopens else 'closed'],
        ]

    def first_charge(self):
        if self.facts.usage:
            return self.usage()
        if self.facts.instalment:
            return [self.instalment()]
        if self.facts.kind == ONE_TIME:
            return self.one_time()
        if self.facts.kind == USAGE:
            return [self.say('usage_total', amount=self.money(self.facts.whole))]
        whole = self.facts.whole
        return [*self.replaced(), *self.new_bill_day(), *self.days_of_period(whole),
                *self.held(whole)]

    def correction(self):
        """What was charged before, what is due now, and the difference in days."""
        facts = self.facts
        whole, due = facts.whole, facts.before + facts.whole
        if not facts.before and whole > 0:
            return [self.texts['again'], *self.first_charge()]
        if facts.kind == USAGE:
            return self.usage_again(due)
        lost = (facts.days_before or 0) - facts.days
        amount = self.money(whole)
        if facts.kind != RECURRING:
            found = [self.say('correction' if due else 'one_time_credit', amount=amount)]
        elif whole < 0 < lost and self._fits(lost, -whole):
            found = [self.say('credit_days', lost, days=lost, of=facts.period_days, amount=amount)]
        elif lost < 0 < whole and self._fits(-lost, whole):
            found = [self.say('more_days', -lost, days=-lost, of=facts.period_days, amount=amount)]
        else:
            found = [self.say('correction', amount=amount)]
        found.append(self.say('before', amount=self.money(facts.before)))
        found += self.due_now(due)
        return found + (self.held(due) if facts.kind == RECURRING else [])

    def due_now(self, due):
        """What is due now, with its days where they give it (list of str)."""
        facts, equation = self.facts, None
        if facts.kind == RECURRING and facts.days and (
                facts.days < facts.period_days or self.terms() != self.terms(reduced=False)):
            equation = self.equation(due)
        if not equation:
            return [self.say('due_now', amount=self.money(due))]
        text, gap = equation
        return [self.say('due_now', amount=text), *self.rounding(gap, due)]

    def usage_again(self, due):
        """What was recorded after its period was billed: the whole period is counted anew."""
        facts = self.facts
        found = [
            self.say('usage_after', amount=self.money(facts.whole)),
            self.say('before', amount=self.money(facts.before)),
            self.say('due_now', amount=self.money(due)),
        ]
        tiers = facts.usage['tiers'] if facts.usage else []
        if sum((to_decimal(tier['amount']) for tier in tiers), ZERO) != due:
            return found
        return [*found, self.texts['usage_whole'], *(self.tier(tier) for tier in tiers)]

    def usage(self):
        """A sentence per tier, and their sum when there are several."""
        facts, tiers = self.facts, self.facts.usage['tiers']
        found = [self.tier(tier) for tier in tiers]
        gross = sum((to_decimal(tier['amount']) for tier in tiers), ZERO)
        base = full_price(gross, Decimal(1), facts.discount, facts.unit)
        if gross != facts.whole and base - facts.reduced == facts.whole:
            return found + self.usage_less(gross, base)
        if len(tiers) != 1 or not to_decimal(tiers[0]['price']):
            found.append(self.say('usage_total', amount=self.money(self.facts.whole)))
        return found

    def usage_less(self, gross, base):
        """What the discounts of the line take off usage."""
        facts, head = self.facts, self.say('usage_total', amount=self.money(gross))
        if facts.discount:
            percent = formats.percent(facts.discount, self.lang)
            math = f'{self.money(gross)} {formats.MINUS} {percent}'
            head = self.say('usage_math', math=math, amount=self.money(base))
        if not facts.reductions:
            return [head]
        return [head, *self.reductions(),
                self.say('after_discounts', amount=self.money(facts.whole))]

    def tier(self, tier):
        quantity = self.quantity(tier['quantity'])
        if not to_decimal(tier['price']):
            return self.say('tier_free', quantity=quantity)
        return self.say('tier', quantity=quantity, price=self.price(tier['price']),
                        amount=self.money(tier['amount']))

    def quantity(self, value):
        unit = self.facts.usage.get('unit')
        if unit in formats.UNITS:
            return formats.quantity_with_unit(value, unit, self.lang)
        text = formats.number(value, self.lang)
        name = USAGE_UNITS.get(unit) or self.facts.text(unit, self.lang)
        return f'{text}{formats.NBSP}{name}' if name else text

    def instalment(self):
        plan = self.facts.instalment
        return self.say('instalment', number=plan['number'], count=plan['count'],
                        total=self.money(plan['total']), amount=self.money(self.facts.whole))

    def one_time(self):
        facts, math = self.facts, self.math()
        base = full_price(facts.price_unit, facts.quantity, facts.discount, facts.unit)
        if facts.reductions:
            head = self.say('one_time_math', math=math, amount=self.money(base)) if math else (
                self.say('one_time', amount=self.money(base)))
            return [head, *self.reductions(),
                    self.say('after_discounts', amount=self.money(facts.whole))]
        if math and base == facts.whole:
            return [self.say('one_time_math', math=math, amount=self.money(facts.whole))]
        return [self.say('one_time', amount=self.money(facts.whole))]

    def share(self):
        share = self.facts.share
        if not share:
            return []
        total, amount = self.money(share['of']), self.money(self.facts.amount)
        if share.get('percent') is None:
            return [self.say('share', total=total, amount=amount)]
        return [self.say('share_percent', total=total, amount=amount,
                         percent=formats.percent(share['percent'], self.lang))]

    def new_bill_day(self):
        day = self.facts.new_bill_day
        if not day:
            return []
        return [self.say('new_bill_day', date=formats.long_date(day, self.lang))]

    def replaced(self):
        facts = self.facts
        if not facts.replaces:
            return []
        return [self.say('replaces', former=facts.replaces,
                         date=formats.long_date(facts.service_start or facts.date_from, self.lang))]


__all__ = ['Facts', 'heading', 'rule', 'sentences']
