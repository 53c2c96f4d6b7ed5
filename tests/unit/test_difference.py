"""Bill = due - charged: hard cases of proration, catch-up and credits, and properties."""
from datetime import timedelta
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from odoo.addons.isp_billing.engine.charges import Hold, LineFacts, Rate, chain_periods
from odoo.addons.isp_billing.engine.difference import (
    Charged,
    PayerPart,
    UnknownPriceError,
    line_differences,
)
from odoo.addons.isp_billing.engine.schedule import Period, Schedule, Timeline

from . import reference
from .ledger import CENT, Ledger, day
from .test_charges import SHARES, chains


def spans(rows):
    return [f"{row.first}..{row.last}" for row in rows]


# === Calendar, catch-up === #


def test_case_028_change_of_bill_day():
    book = Ledger(Timeline((
        (day("2024-01-01"), Schedule(day("2024-01-01"))),
        (day("2024-04-01"), Schedule(day("2024-04-15"))),
    )))
    book.add("line", "2024-03-01")
    assert book.amounts("2024-03-01") == ["30.00"]
    rows = book.run("2024-04-15")
    assert spans(rows) == ["2024-04-01..2024-04-14", "2024-04-15..2024-05-14"]
    assert [str(row.amount) for row in rows] == ["13.55", "30.00"]


def test_case_029_fixed_end_after_twelve_months():
    book = Ledger.monthly().add("line", "2026-01-01", "2026-12-31")
    rows = [row for month in range(1, 13) for row in book.run(f"2026-{month:02}-01")]
    assert len(rows) == 12
    assert spans(rows)[-1] == "2026-12-01..2026-12-31"
    assert book.run("2027-01-01") == []


def test_case_030_not_before_the_start_and_nothing_for_an_earlier_date():
    book = Ledger.monthly(bill_day=10).add("line", "2026-11-10")
    assert book.amounts("2026-11-01") == []
    assert book.amounts("2026-11-10") == ["30.00"]
    assert book.amounts("2026-11-01") == []
    assert book.amounts("2026-12-10") == ["30.00"]


def test_case_031_first_run_catches_up():
    book = Ledger.monthly().add("line", "2024-03-01")
    rows = book.run("2024-06-15")
    assert [row.full.first.month for row in rows] == [3, 4, 5, 6]
    assert book.total() == 120


def test_case_035_arrears_are_due_the_day_after():
    book = Ledger.monthly().add("line", "2024-03-01", timing="arrears")
    assert book.run("2024-03-31") == []
    assert spans(book.run("2024-04-01")) == ["2024-03-01..2024-03-31"]


def test_case_034_late_run_gives_the_same_periods():
    late, in_time = (Ledger.monthly().add("line", "2026-09-01") for _book in range(2))
    for target in ("2026-09-01", "2026-10-01", "2026-11-01"):
        in_time.run(target)
    late.run("2026-09-01")
    late.run("2026-11-02")
    assert late.totals() == in_time.totals()


# === Proration and plan change === #


def test_case_042_stub_up_to_the_calendar_month():
    book = Ledger.monthly("2024-02-01").add("line", "2024-01-15")
    assert book.amounts("2024-01-15") == ["16.45"]
    assert book.amounts("2024-02-01") == ["30.00"]


def test_case_044_upgrade_in_a_billed_month():
    book = Ledger.monthly().add("old", "2024-04-01")
    assert book.amounts("2024-04-01") == ["30.00"]
    book.change("old", end=day("2024-04-15"))
    book.add("new", "2024-04-16", price="50.00")
    assert book.amounts("2024-04-16") == ["-15.00", "25.00"]
    assert book.amounts("2024-05-01") == ["50.00"]


def test_case_045_upgrade_in_arrears():
    book = Ledger.monthly().add("old", "2026-01-01", "2026-01-14", price="100.00", timing="arrears")
    book.add("new", "2026-01-15", price="200.00", timing="arrears")
    assert book.amounts("2026-02-01") == ["45.16", "109.68"]
    assert str(book.total()) == "154.84"


@pytest.mark.parametrize("price", ["30.00", "59.95"])
def test_case_047_there_and_back_on_the_same_day(price):
    book = Ledger.monthly().add("old", "2026-04-01", price=price)
    assert book.amounts("2026-04-01") == [price]
    book.change("old", end=day("04-15"))
    book.add("new", "2026-04-16", price="80.00")
    # the return reopens the old line and leaves the other one without a day
    book.change("old", end=None)
    book.change("new", end=day("04-15"))
    assert book.amounts("2026-04-16") == []
    assert book.amounts("2026-05-01") == [price]


@pytest.mark.parametrize("price", ["30.00", "59.95"])
def test_case_047_there_and_back_after_each_was_billed(price):
    book = Ledger.monthly().add("old", "2026-04-01", price=price)
    book.run("2026-04-01")
    book.change("old", end=day("04-15"))
    book.add("new", "2026-04-16", price="80.00")
    book.run("2026-04-16")
    book.change("old", end=None)
    book.change("new", end=day("04-15"))
    book.run("2026-04-16")
    assert book.total("new") == 0
    assert str(book.total("old")) == price


def test_case_049_downgrade_at_the_next_period_or_at_once():
    book = Ledger.monthly().add("old", "2026-04-01", price="50.00")
    book.run("2026-04-01")
    book.change("old", end=day("04-30"))
    book.add("new", "2026-05-01")
    assert book.amounts("2026-04-16") == []
    assert book.amounts("2026-05-01") == ["30.00"]
    at_once = Ledger.monthly().add("old", "2026-04-01", price="50.00")
    at_once.run("2026-04-01")
    at_once.change("old", end=day("04-15"))
    at_once.add("new", "2026-04-16")
    assert at_once.amounts("2026-04-16") == ["-25.00", "15.00"]


def test_case_050_credit_at_the_price_that_was_charged():
    prices = {True: Decimal("30.00"), False: Decimal("35.00")}
    book = Ledger.monthly()
    book.add("line", "2026-04-01", price=lambda when: prices[when < day("04-10")])
    assert book.amounts("2026-04-01") == ["30.00"]
    prices[True] = Decimal("35.00")
    book.change("line", end=day("04-15"))
    assert book.amounts("2026-04-16") == ["-15.00"]


@pytest.mark.parametrize(("left", "expected"), [("30.00", -20), ("15.00", -15), ("0.00", 0)])
def test_case_051_credits_never_exceed_what_is_left(left, expected):
    facts = LineFacts(
        "line", "recurring", "advance", Timeline.of(Schedule(day("01-01"))), day("04-01"),
        day("04-10"),
    )
    charged = Charged(
        Period(day("04-01"), day("04-30")), Decimal(30), Rate(Decimal(30)), 1, day("04-01"),
        day("04-30"), left=Decimal(left),
    )
    rows = line_differences(
        facts, chain_periods([facts], day("04-30"))["line"], {charged.full: charged}, None,
        day("04-20"), CENT,
    )
    assert sum(row.amount for row in rows) == expected
    assert len(rows) == bool(expected)


def test_a_price_below_zero_is_given_back_and_given_again():
    """A monthly credit of 5.00: ended, 3.39 is charged back; the end taken back, given again."""
    book = Ledger.monthly().add("line", "2026-01-01", price="-5.00")
    assert book.amounts("2026-01-01") == ["-5.00"]
    book.change("line", end=day("01-10"))
    assert book.amounts("2026-01-11") == ["3.39"]
    book.change("line", end=None)
    assert book.amounts("2026-01-12") == ["-3.39"]
    assert book.amounts("2026-01-12") == []


@pytest.mark.parametrize(("left", "expected"), [("-5.00", "3.39"), ("-2.00", "2.00"), ("0", "0")])
def test_of_a_price_below_zero_no_more_is_charged_back_than_is_left(left, expected):
    facts = LineFacts(
        "line", "recurring", "advance", Timeline.of(Schedule(day("01-01"))), day("01-01"),
        day("01-10"),
    )
    charged = Charged(
        Period(day("01-01"), day("01-31")), Decimal(-5), Rate(Decimal(-5)), 1, day("01-01"),
        day("01-31"), left=Decimal(left),
    )
    rows = line_differences(
        facts, chain_periods([facts], day("01-31"))["line"], {charged.full: charged}, None,
        day("01-20"), CENT,
    )
    assert sum(row.amount for row in rows) == Decimal(expected)


def test_case_053_end_in_a_month_billed_for_its_days():
    book = Ledger.monthly().add("line", "2024-03-01", "2024-03-10", price="31.00")
    assert book.amounts("2024-03-01") == ["10.00"]


def test_case_054_credit_of_a_leap_february():
    book = Ledger.monthly().add("line", "2024-02-01", price="29.00")
    book.run("2024-02-01")
    book.change("line", end=day("2024-02-10"))
    assert book.amounts("2024-02-11") == ["-19.00"]
    assert book.amounts("2024-03-01") == []


@pytest.mark.parametrize(("effect", "expected"), [("no_charge", ["-11.00"]), ("charge", [])])
def test_case_056_hold_after_the_month_was_billed(effect, expected):
    book = Ledger.monthly().add("line", "2026-04-01")
    book.run("2026-04-01")
    book.change("line", holds=(Hold(day("04-10"), day("04-20"), effect),))
    assert book.amounts("2026-04-21") == expected
    assert book.amounts("2026-04-21") == []


def test_case_060_thirty_day_method_of_a_line():
    book = Ledger.monthly("2023-01-01", bill_day=1).add("line", "2023-01-15", method="days30")
    assert book.amounts("2023-02-01") == ["17.00", "30.00"]


@pytest.mark.parametrize(("unit", "price", "expected"), [
    ("1", "3000", "1645"), ("0.001", "30.000", "16.452"),
])
def test_case_063_stub_in_a_currency_without_cents_or_with_mills(unit, price, expected):
    book = Ledger.monthly("2024-02-01", unit=unit).add("line", "2024-01-15", price=price)
    assert book.amounts("2024-01-15") == [expected]


def test_case_067_price_of_the_start_of_the_period():
    book = Ledger.monthly().add(
        "line", "2026-03-01", "2026-03-31",
        price=lambda when: Decimal(10) if when <= day("05-31") else Decimal(99),
    )
    assert book.amounts("2026-11-20") == ["10.00"]


# === Opening charges === #


def test_an_opening_charge_settles_the_periods_before_it():
    book = Ledger.monthly().add("line", "2020-01-01")
    facts = book.lines["line"].facts
    opening = Charged(
        Period(day("04-01"), day("04-30")), Decimal(30), None, 0, day("04-01"), day("04-30"),
        is_opening=True,
    )

    def differences(facts):
        periods = chain_periods([facts], day("05-31"))["line"]
        return line_differences(
            facts, periods, {opening.full: opening}, book.lines["line"].rate_at, day("05-01"), CENT,
        )

    assert spans(differences(facts)) == ["2026-05-01..2026-05-31"]
    book.change("line", end=day("04-10"))
    with pytest.raises(UnknownPriceError) as caught:
        differences(book.lines["line"].facts)
    assert caught.value.full == opening.full


def test_a_credit_without_a_known_price_says_what_is_missing():
    charged = Charged(Period(day("04-01"), day("04-30")), Decimal(30), None, 0, day("04-01"),
                      day("04-30"))
    facts = LineFacts("line", "recurring", "advance", Timeline.of(Schedule(day("01-01"))),
                      day("04-01"), day("04-10"))
    with pytest.raises(UnknownPriceError) as caught:
        line_differences(facts, chain_periods([facts], day("04-30"))["line"],
                         {charged.full: charged}, None, day("04-20"), CENT)
    assert caught.value.key == "line"
    assert str(caught.value) == "No price is known for 2026-04-01 .. 2026-04-30 of 'line'"


# === Rows of corrections === #


def corrections(charged, first="04-01", end=None):
    """Rows for a line with a ledger of one period."""
    facts = LineFacts("line", "recurring", "advance", Timeline.of(Schedule(day("01-01"))),
                      day(first), end and day(end))
    return line_differences(
        facts, chain_periods([facts], day("04-30"))["line"], {charged.full: charged},
        lambda _day: Rate(Decimal(99)), day("04-20"), CENT,
    )


APRIL = Period(day("04-01"), day("04-30"))
WHOLE = Charged(APRIL, Decimal(30), Rate(Decimal(30)), 2, day("04-01"), day("04-30"))


def test_a_correction_says_which_days_are_given_back_and_what_it_rests_on():
    (row,) = corrections(WHOLE, "04-03", "04-10")
    assert (row.first, row.last, row.days) == (day("04-01"), day("04-30"), 22)
    assert (row.full, row.rate, row.charged) == (APRIL, WHOLE.rate, WHOLE)
    assert (row.due.days, row.revision, row.payer, row.weights) == (8, 3, None, ())
    assert row.amount == -22


def test_a_correction_of_a_period_never_served_has_the_days_of_the_charge():
    (row,) = corrections(WHOLE, "04-01", "03-31")
    assert (row.first, row.last, row.due) == (day("04-01"), day("04-30"), None)
    assert row.amount == -30


def test_a_small_catch_up_is_charged_too():
    (row,) = corrections(Charged(
        APRIL, Decimal("29.50"), Rate(Decimal(30)), 0, day("04-01"), day("04-30"),
    ))
    assert str(row.amount) == "0.50"


def test_a_payer_without_a_row_of_its_own_is_charged_first():
    """Its draft was deleted: the row went with it, the other payer's is still there."""
    weights = (("payer", Decimal(1)), ("account", Decimal(2)))
    charged = Charged(
        APRIL, Decimal(20), Rate(Decimal(30)), 0, day("04-01"), day("04-30"),
        parts=(PayerPart("account", Decimal(20), Decimal(20), 0),), weights=weights,
    )
    (row,) = corrections(charged)
    assert (row.payer, row.amount, row.revision, row.is_first) == ("payer", 10, 0, True)
    assert (row.weights, row.first, row.last) == (weights, day("04-01"), day("04-30"))
    (row, other) = corrections(charged, end="04-15")
    assert (row.payer, row.amount, row.due.days) == ("payer", 5, 15)
    assert (other.payer, other.amount, other.revision, other.due.days) == ("account", -10, 1, 15)


# === Properties === #

targets = st.dates(day("2024-01-01"), day("2025-06-30"))


def book_of(chain):
    """A ledger with the lines of a random chain."""
    schedule, _grid, unit, facts, rates, _services, _pauses = chain
    book = Ledger(Timeline.of(schedule), unit)
    for line, rate in zip(facts, rates, strict=True):
        book.add(
            line.key, str(line.start), str(line.end) if line.end else None, str(rate.unit_price),
            method=rate.method, timing=line.timing, holds=line.holds, ahead=line.days_ahead,
        )
    return book


@given(chains(), st.lists(targets, min_size=1, max_size=5))
def test_runs_on_the_way_change_nothing(chain, dates):
    """Billing on several days adds up to billing once on the last of them."""
    several, once = book_of(chain), book_of(chain)
    for target in dates:
        several.run(target)
    once.run(max(dates))
    assert several.totals() == once.totals()
    assert several.preview(max(dates)) == []


@given(chains(), targets)
def test_the_bill_is_what_the_reference_owes(chain, target):
    _schedule, grid, unit, _facts, _rates, services, pauses = chain
    book = book_of(chain)
    book.run(target)
    owed = reference.owed(services, grid, pauses, target, unit)
    for number in range(len(services)):
        assert book.total(number) == owed.get(number, 0)


@st.composite
def histories(draw):
    """Things that happen to a chain between runs: (what, number of days, share)."""
    return draw(st.lists(
        st.tuples(
            st.sampled_from(["run", "run", "end", "reopen", "change", "hold", "forget_hold"]),
            st.integers(-40, 60), st.integers(0, 100),
        ), min_size=2, max_size=10,
    ))


@given(chains(), histories(), targets)
def test_whatever_happens_the_balance_is_what_is_due(chain, history, first):
    """Ends, changes, holds and runs in any order: the ledger holds what the facts now owe.

    Credits never take back more than was charged, and a second run finds nothing.
    """
    book, today = book_of(chain), first
    for what, offset, percent in history:
        last_key = max(book.lines)
        facts = book.lines[last_key].facts
        when = today + timedelta(days=offset)
        if what == "run":
            today = max(today, when)
            book.run(today)
        elif what == "end":
            book.change(last_key, end=max(when, facts.start - timedelta(days=1)))
        elif what == "reopen":
            book.change(last_key, end=None)
        elif what == "change" and facts.start <= when and not facts.end:
            book.change(last_key, end=when - timedelta(days=1))
            book.add(last_key + 1, str(when), price=str(percent * book.unit),
                     method=chain[4][0].method, timing=facts.timing, holds=facts.holds,
                     ahead=facts.days_ahead)
        elif what in ("hold", "forget_hold"):
            found = (Hold(when, when + timedelta(days=20), "reduced", Decimal(percent)),)
            for key in book.lines:
                book.change(key, holds=found if what == "hold" else ())
    rows = book.run(today)
    assert all(row.amount or row.is_first for row in rows)
    assert book.preview(today) == []
    check_against_reference(book, chain, today)


def check_against_reference(book, chain, today):
    """Each period of each line holds what the reference says, and never less than nothing."""
    grid, unit = chain[1], book.unit
    lines = [book.lines[key] for key in sorted(book.lines)]
    services = [
        reference.Service(
            line.facts.start, line.facts.end, Fraction(line.rate_at(line.facts.start).unit_price),
            line.rate_at(line.facts.start).method, line.facts.timing, line.facts.days_ahead,
        ) for line in lines
    ]
    pauses = [
        reference.Pause(
            hold.first, hold.last, SHARES.get(hold.effect, Fraction(hold.percent) / 100),
        )
        for hold in lines[0].facts.holds
    ]
    last_day = max(
        [today + timedelta(days=lines[0].facts.days_ahead)]
        + [charged.full.last for key in book.lines for charged in book.charged(key).values()]
    )
    expected = reference.what_is_due(services, grid, pauses, last_day, unit)
    charged = {
        (key, (full.first, full.last)): value.amount for key in book.lines
        for full, value in book.charged(key).items()
    }
    for key, due in expected.items():
        if key in charged or due.billable_on <= today:
            assert charged.pop(key, 0) == due.amount
    assert not any(charged.values())


@given(chains(), histories(), targets)
def test_no_prefix_of_the_ledger_is_negative(chain, history, first):
    """Credits never exceed what was charged, at any moment."""
    book, today = book_of(chain), first
    for what, offset, _percent in history:
        key = max(book.lines)
        start = book.lines[key].facts.start
        if what == "end":
            end = max(today + timedelta(days=offset), start - timedelta(days=1))
            book.change(key, end=end)
        elif what == "reopen":
            book.change(key, end=None)
        else:
            today += timedelta(days=abs(offset))
            book.run(today)
    for periods in book.rows.values():
        for rows in periods.values():
            balance = Decimal(0)
            for number, row in enumerate(rows):
                balance += row.amount
                assert balance >= 0
                assert row.revision == number
                assert row.amount % book.unit == 0
