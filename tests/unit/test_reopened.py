"""Periods that are billed again after everything was credited: by the facts of that day."""
from decimal import Decimal

from .ledger import Ledger, day


def changing(before, after):
    """A ledger of one line whose list price changes after its first run."""
    prices = {'now': before}
    book = Ledger.monthly().add("line", "2026-04-01", price=lambda _day: Decimal(prices['now']))
    assert book.amounts("2026-04-01") == [before]
    return book, lambda: prices.update(now=after)


def test_billed_again_at_the_price_of_the_day():
    """30.00, reversed and opened again, 35.00; the end in the middle goes by 35.00."""
    book, change = changing("30.00", "35.00")
    change()
    book.reverse(1, True)
    assert book.amounts("2026-04-02") == ["35.00"]
    assert book.amounts("2026-04-03") == []
    book.change("line", end=day("2026-04-15"))
    assert book.amounts("2026-04-16") == ["-17.50"]
    assert [row.revision for row in book.rows["line"].popitem()[1]] == [0, 1, 2, 3]


def test_left_closed_it_is_not_billed_again():
    book, change = changing("30.00", "35.00")
    change()
    book.reverse(1, False)
    assert book.amounts("2026-04-02") == []


def test_without_a_credit_the_charged_price_stays():
    book, change = changing("30.00", "35.00")
    change()
    book.change("line", end=day("2026-04-15"))
    assert book.amounts("2026-04-16") == ["-15.00"]


def test_reversed_twice():
    """30.00, 35.00, then 20.00: each life of a period has its own price."""
    prices = {'now': "30.00"}
    book = Ledger.monthly().add("line", "2026-04-01", price=lambda _day: Decimal(prices['now']))
    book.run("2026-04-01")
    for run, price in ((1, "35.00"), (2, "20.00")):
        prices['now'] = price
        book.reverse(run, True)
        assert book.amounts(f"2026-04-0{run + 1}") == [price]
    assert book.total() == Decimal("20.00")


def test_another_payer():
    """Wrong paid; after the reversal Right pays, and a later credit goes to Right."""
    book = Ledger.monthly().add("line", "2026-04-01")
    book.weights = (("wrong", Decimal(1)),)
    book.run("2026-04-01")
    book.reverse(1, True)
    book.weights = (("right", Decimal(1)),)
    (again,) = book.run("2026-04-02")
    assert (again.payer, again.amount, again.revision) == ("right", Decimal("30.00"), 0)
    assert again.is_first
    book.change("line", end=day("2026-04-15"))
    (credit,) = book.run("2026-04-16")
    assert (credit.payer, credit.amount) == ("right", Decimal("-15.00"))


def test_one_of_two_payers_is_credited():
    """What one payer got back is billed to that one again, at the charged price."""
    book = Ledger.monthly().add("line", "2026-04-01")
    book.weights = (("a", Decimal(60)), ("b", Decimal(40)))
    book.run("2026-04-01")
    (rows,) = book.rows["line"].values()
    mine = next(row for row in rows if row.payer == "b")
    book.rows["line"][mine.full] = [row for row in rows if row.payer == "b"]
    book.reverse(1, True)
    book.rows["line"][mine.full] = [
        row for row in rows if row.payer == "a"] + book.rows["line"][mine.full]
    assert [(one.payer, one.amount) for one in book.run("2026-04-02")] == [
        ("b", Decimal("12.00"))]


def test_in_a_period_no_longer_served_nothing_is_billed():
    book = Ledger.monthly().add("line", "2026-04-01")
    book.run("2026-04-01")
    book.reverse(1, True)
    book.change("line", end=day("2026-03-31"))
    assert book.amounts("2026-04-02") == []
