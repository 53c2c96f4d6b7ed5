"""Random inputs that the property tests share."""
from datetime import date
from decimal import Decimal

from hypothesis import strategies as st

UNITS = {
    "EUR": Decimal("0.01"), "XPF": Decimal("1"), "TND": Decimal("0.001"), "CHF": Decimal("0.05"),
}
METHODS = ("actual", "days30", "none")
INTERVALS = (1, 2, 3, 6, 12)

units = st.sampled_from(sorted(UNITS.values()))
methods = st.sampled_from(METHODS)
days = st.dates(date(2020, 1, 1), date(2030, 12, 31))


def prices(unit=Decimal("0.01"), most=100_000):
    """Prices in multiples of a currency's unit."""
    return st.integers(0, most).map(lambda count: count * unit)
