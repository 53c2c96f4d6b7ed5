"""One service on two bills: what changed, as amounts that add up to the difference."""
from . import formats
from .explain_days import HOLD_FREE, HOLD_REDUCED, DaysWriter
from .explain_facts import ONE_TIME, RECURRING, USAGE
from .money import ZERO, round_money, to_decimal
from .proration import full_price


class ServiceComparison:
    """Compares the lines of one service.

    Each bill has at most one main line: the first charge of the latest period, or an instalment.
    Main lines are compared with each other; all other lines stand for themselves: usage,
    one-time charges, credits, what is charged afterwards.

    :param list ours: Facts of the bill
    :param list theirs: Facts of the bill before
    :param writer: words and formats, see ``compare._Writer``
    """

    def __init__(self, ours, theirs, writer):
        self.writer = writer
        self.main, self.ours = _main(ours)
        self.main_before, self.theirs = _main(theirs)

    def changes(self):
        """Differences as (code, text, amount); an amount may be zero."""
        found = []
        if self.main and self.main_before:
            found += self.main_changes(self.main_before, self.main)
        elif self.main:
            found.append(self.appeared(self.main))
        elif self.main_before:
            found.append(self.gone(self.main_before))
        found += self.usage()
        for line in self.ours:
            found.append(self.alone(line, '', line.amount))
        for line in self.theirs:
            found.append(self.alone(line, '_before', -line.amount))
        return found

    # ---- on one bill only --------------------------------------------------------------------

    def appeared(self, line):
        say = self.writer.named
        if line.kind == 'other':
            return 'other', say('c_other', line), line.amount
        if line.instalment:
            return 'instalment', say('c_instalment', line, **_numbers(line)), line.amount
        if line.billed_before:
            return 'again', say('c_again', line), line.amount
        if line.kind == RECURRING and 0 < line.days < line.period_days:
            return 'new', say('c_new_part', line, line.days), line.amount
        return 'new', say('c_new', line), line.amount

    def gone(self, line):
        say, lang = self.writer.named, self.writer.lang
        if line.instalment:
            text = say('c_instalment_before', line, **_numbers(line))
            return 'instalment', text, -line.amount
        if line.kind == 'other':
            return 'other', say('c_other_before', line), -line.amount
        if self.has_ended(line):
            day = formats.long_date(line.service_end, lang)
            return 'ended', say('c_ended', line, date=day), -line.amount
        if any(hold['effect'] == HOLD_FREE and _goes_on(hold, line) for hold in line.holds):
            return 'hold', say('c_absent_hold', line), -line.amount
        day = formats.long_date(line.date_to, lang)
        return 'absent', say('c_absent', line, date=day), -line.amount

    def has_ended(self, line):
        """Whether a service is missing because it ended, not because it was billed long ahead."""
        if not (line.service_end and line.date_to and line.service_end <= line.date_to):
            return False
        credited = any(row.is_correction and row.amount < 0 for row in self.ours)
        return credited or not self.writer.until or line.date_to < self.writer.until

    def alone(self, line, suffix, amount):
        """A line that is not compared with another one."""
        code = _code_of(line, self.main_before if suffix else self.main)
        key = 'c_usage_new' if code == 'usage' and not suffix else f'c_{code}{suffix}'
        return code, self.writer.named(key, line), amount

    def usage(self):
        """Usage of both bills is compared as a sum."""
        ours = [line for line in self.ours if line.kind == USAGE]
        theirs = [line for line in self.theirs if line.kind == USAGE]
        if not ours or not theirs:
            return []
        self.ours = [line for line in self.ours if line.kind != USAGE]
        self.theirs = [line for line in self.theirs if line.kind != USAGE]
        old, new = _sum(theirs), _sum(ours)
        text = self.writer.named('c_usage', ours[0])
        return [('usage', self.writer.from_to(text, old, new), new - old)]

    # ---- on both bills -----------------------------------------------------------------------

    def main_changes(self, old, new):
        """Price, discounts, days and share: their differences add up to that of the charges."""
        found = [
            self.price(old, new), *self.discounts(old, new),
            self.days(new, '', -_not_charged(new)), self.days(old, '_before', _not_charged(old)),
        ]
        if old.share or new.share:
            found.append(('share', self.writer.from_to(
                self.writer.named('c_share', new), _of_others(old), _of_others(new),
            ), _of_others(old) - _of_others(new)))
        return found

    def price(self, old, new):
        """Another plan, another quantity or another price."""
        before, after, writer = _gross(old), _gross(new), self.writer
        if old.label != new.label:
            text = writer.say('c_plan', label=new.label, former=old.label)
            code = 'plan'
        elif old.quantity != new.quantity:
            text = writer.named('c_quantity', new, before=formats.number(old.quantity, writer.lang),
                                after=formats.number(new.quantity, writer.lang))
            code = 'quantity'
        else:
            code, text = 'price', writer.named('c_price', new)
        return code, writer.from_to(text, before, after), after - before

    def discounts(self, old, new):
        """The percent of the line, then the named reductions: started, ended, changed."""
        writer = self.writer
        before, after = _gross(old) - _base(old), _gross(new) - _base(new)
        yield 'discount', writer.from_to(
            writer.named('c_discount', new), -before, -after), before - after
        named_before, named = _named(old, writer.lang), _named(new, writer.lang)
        for name in dict.fromkeys([*named, *named_before]):
            was, now = named_before.get(name, ZERO), named.get(name, ZERO)
            key = 'change' if was and now else 'new' if now else 'end'
            text = writer.named(f'c_discount_{key}', new, name=name)
            if key == 'change':
                text = writer.from_to(text, -was, -now)
            yield 'discount', text, was - now

    def days(self, line, suffix, amount):
        """Days of the full period that are not charged."""
        writer = DaysWriter(line, self.writer.lang)
        kinds = {hold['effect'] for hold, _first, _last, _days in writer.hold_days()}
        say = self.writer.named
        if line.days == line.period_days:
            code = 'hold' if HOLD_REDUCED in kinds else 'proration'
            return code, say(f'c_reduced{suffix}', line), amount
        if kinds & {HOLD_FREE, HOLD_REDUCED}:
            return 'hold', say(f'c_hold{suffix}', line, line.days), amount
        return 'proration', say(f'c_prorata{suffix}', line, line.days), amount


def _main(lines):
    """The line that is compared, and the others."""
    usual = [line for line in lines if _is_usual(line)]
    if not usual:
        return None, list(lines)
    main = max(usual, key=lambda line: (
        line.date_from.toordinal() if line.date_from else 0, line.amount))
    others = list(lines)
    others.remove(main)
    return main, others


def _is_usual(line):
    # a period that is charged again after a credit note is a usual one
    again = line.is_correction and not line.before and line.whole > 0
    if line.is_correction and not again or line.origin != 'run':
        return False
    return line.kind in (RECURRING, 'other') or bool(line.instalment)


def _code_of(line, main):
    """Kind of a line that stands for itself."""
    if line.kind == USAGE:
        return 'usage'
    if line.kind == 'other':
        return 'other'
    if line.amount < 0:
        return 'credit'
    if line.kind == ONE_TIME:
        return 'one_time'
    if line.is_correction or main is None:
        return 'catch_up'
    return 'part' if main.period_start == line.period_start else 'earlier'


def _gross(line):
    """Price of the full period before discounts; after them where no percent gives the price."""
    if line.kind != RECURRING:
        return line.whole
    base = _base(line)
    if full_price(line.price_unit, line.quantity, line.discount, line.unit) != base:
        return base
    return round_money(line.price_unit * line.quantity, line.unit)


def _base(line):
    """Price of the full period after the percent of the line, before named reductions."""
    return line.price_full + line.reduced if line.kind == RECURRING else line.whole


def _not_charged(line):
    """What the days that are not charged would have cost."""
    return line.price_full - line.whole if line.kind == RECURRING else ZERO


def _of_others(line):
    return line.whole - line.amount


def _named(line, lang):
    """Amounts of the named reductions by name."""
    found = {}
    for row in line.reductions if line.kind == RECURRING else ():
        name = line.text(row['label'], lang)
        found[name] = found.get(name, ZERO) + to_decimal(row['amount'])
    return found


def _numbers(line):
    return {name: line.instalment[name] for name in ('number', 'count')}


def _goes_on(hold, line):
    last = hold.get('last')
    return not last or str(last)[:10] > str(line.date_to)


def _sum(lines):
    return sum((line.amount for line in lines), ZERO)
