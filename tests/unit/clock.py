"""A simulated clock and the lives of subscriptions, for the engine alone and for real records.

The clock ticks in UTC; a company lives by the dates of its own zone. Lives are drawn from a seed:
the same seed gives the same subscriptions and the same events on the same days.
"""
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from fractions import Fraction
from random import Random
from zoneinfo import ZoneInfo

from . import reference, reference_money
from .strategies import next_bill_day

DAY = timedelta(days=1)
FIRST = date(2027, 1, 1)  # 36 months from here: a leap day, and three years of clock changes
MONTHS = 36
#: zone of the company: smallest amount of its currency
ZONES = {
    "America/St_Johns": Decimal("0.01"), "Europe/Paris": Decimal("0.01"),
    "Pacific/Noumea": Decimal("1"), "Africa/Tunis": Decimal("0.001"),
}
CURRENCIES = {
    "America/St_Johns": "CAD", "Europe/Paris": "EUR", "Pacific/Noumea": "XPF",
    "Africa/Tunis": "TND",
}
EVENTS = ("change", "change", "hold", "hold", "discount", "bill_day", "end")


@dataclass(frozen=True)
class Event:
    """Something that happens on a day: what, and how far from the day it acts."""

    day: date
    kind: str
    offset: int
    values: dict


@dataclass(frozen=True)
class Life:
    """A subscription and what will happen to it."""

    number: int
    zone: str
    start: date
    price: Decimal
    quantity: int
    interval: int
    timing: str
    method: str
    bill_day: int  # 0: its own anchor
    events: tuple

    @property
    def unit(self):
        return ZONES[self.zone]

    @property
    def grid(self):
        """The reference's grid of full periods at the start."""
        bill_day = self.bill_day or self.start.day
        return reference.Grid(
            next_bill_day(self.start, bill_day), self.interval, False, bill_day,
        )


def last_day(months=MONTHS):
    """Last day of the simulation."""
    return date(FIRST.year + (months // 12), months % 12 + 1, 1) - DAY


def life(seed, number, months=MONTHS):
    """Draw a subscription."""
    random = Random(f"{seed}/{number}")
    zone = list(ZONES)[number % len(ZONES)]
    days = (last_day(months) - FIRST).days
    start = FIRST + random.randrange(max(1, days * 2 // 3)) * DAY
    # four lives in ten are quiet: for them it is known on which day each period is billed
    count = 0 if random.random() < 0.4 else random.randint(1, 7)
    left = (last_day(months) - start).days
    alive = sorted(start + random.randint(0, left) * DAY for _number in range(count))
    events = tuple(_event(random, day, ZONES[zone]) for day in alive)
    return Life(
        number, zone, start, random.randint(1, 9999) * ZONES[zone], random.choice([1, 1, 1, 2, 3]),
        random.choice([1, 1, 1, 1, 2, 3, 6, 12]), random.choice(["advance", "advance", "arrears"]),
        random.choice(["actual", "actual", "days30", "none"]), random.choice([0, 0, 1, 15, 31]),
        events,
    )


def _event(random, day, unit):
    kind = random.choice(EVENTS)
    values = {
        "change": lambda: {"price": random.randint(1, 9999) * unit},
        "hold": lambda: {
            "length": random.randint(0, 70), "percent": random.randint(0, 100),
            "effect": random.choice(["charge", "no_charge", "no_charge", "reduced"]),
        },
        "discount": lambda: {
            "kind": random.choice(["percent", "percent", "amount", "price"]),
            "value": random.randint(1, 100), "periods": random.choice([0, 1, 2, 6]),
        },
        "bill_day": lambda: {"bill_day": random.randint(1, 31)},
        "end": lambda: {"credit": random.random() < 0.6},
    }[kind]()
    return Event(day, kind, random.randint(-15, 25), values)


def ticks(zone, seed, months=MONTHS):
    """Local dates of a company's runs: the job comes a few times a day, by the clock of UTC.

    :return: list of (date, whether it is the first run of the date); every day is met
    """
    random, local = Random(f"{seed}/{zone}"), ZoneInfo(zone)
    found, seen, day = [], set(), FIRST - DAY
    while day <= last_day(months) + DAY:
        for hour in sorted(random.sample(range(24), 3)):
            instant = datetime.combine(day, time(hour, random.randrange(60)), UTC)
            here = instant.astimezone(local).date()
            if FIRST <= here <= last_day(months):
                found.append((here, here not in seen))
                seen.add(here)
        day += DAY
    missed = {FIRST + n * DAY for n in range((last_day(months) - FIRST).days + 1)} - seen
    return sorted(found + [(day, True) for day in missed], key=lambda one: one[0])


# === What the reference says === #


@dataclass
class Facts:
    """Dated facts of a subscription at the end, from the books or from records.

    :param lines: [(first day, last day or None, price of a unit, whether its end is credited)]
    :param calendar: {first day: :class:`reference.Grid`}
    """

    life: Life
    lines: list
    calendar: dict
    pauses: list
    promos: list
    ahead: int = 0

    def due(self, until):
        """{(number of the line, full period): :class:`reference.Due`}."""
        calendar, unit = tuple(sorted(self.calendar.items())), self.life.unit
        chain_start, known, services = self.lines[0][0], {}, []

        def price_of(number, unit_price):
            def price(full, begins):
                if (number, full) not in known:
                    known[number, full] = reference_money.price(
                        Fraction(unit_price), self.life.quantity, 0, self.promos, calendar,
                        chain_start, begins, unit,
                    )
                return known[number, full]
            return price

        for number, (start, end, unit_price, credited) in enumerate(self.lines):
            services.append(reference.Service(
                start, end, price_of(number, unit_price), self.life.method, self.life.timing,
                self.ahead, credited,
            ))
        return reference.what_is_due(services, calendar, self.pauses, until, unit)

    def faults(self, charged, until):
        """What differs from the ledger at the end.

        :param charged: {(number of the line, full period): (amount, date of the first run)}
        :return: list of sentences, empty when all is well
        """
        horizon = max([until, *(full[1] for _number, full in charged)])
        due, found = self.due(horizon), []
        for key, one in due.items():
            if one.billable_on <= until and key not in charged:
                found.append(f"{self.life.number}: {key} was never billed")
        for key, (amount, billed_on) in charged.items():
            expected = due[key].amount if key in due else 0
            if amount != expected:
                found.append(f"{self.life.number}: {key} holds {amount}, not {expected}")
            if not self.life.events and billed_on != due[key].billable_on:
                found.append(f"{self.life.number}: {key} was billed on {billed_on}")
            found += self.drift(key)
        return found

    def drift(self, key):
        """Anchor drift: a period begins on the bill day, or on the last day of a short month."""
        first = key[1][0]
        wanted = {grid.bill_day for grid in self.calendar.values()}
        length = reference.length_of_month(first.year, first.month)
        if first.day in {min(day, length) for day in wanted}:
            return []
        return [f"{self.life.number}: {first} is no bill day of {sorted(wanted)}"]
