"""Rounding of money: Decimal only, half up, at the currency's own precision."""
from decimal import ROUND_HALF_UP, Decimal

ZERO = Decimal(0)


def to_decimal(value):
    """An exact Decimal of what a database or a form gave.

    Floats go through their shortest text (``repr``), so that 16.45 is 16.45 and not
    16.449999999999999289457264239899814128875732421875.

    :param value: int, float, str or Decimal
    :rtype: Decimal
    """
    if isinstance(value, Decimal):
        return value
    return Decimal(repr(value) if isinstance(value, float) else value)


def round_money(amount, unit):
    """Round half up, away from zero, to a multiple of ``unit``.

    :param Decimal amount: exact amount
    :param Decimal unit: smallest amount of the currency, such as ``0.01``, ``1`` or ``0.001``
    :raises ValueError: when the unit is not positive
    """
    if unit <= 0:
        raise ValueError(f"The rounding unit of a currency must be positive, not {unit}")
    return (amount / unit).quantize(Decimal(1), rounding=ROUND_HALF_UP) * unit


def is_exact(amount, decimals):
    """Whether an amount has no more decimals than its currency.

    :param Decimal amount: exact amount
    :param int decimals: of the currency, such as 2
    """
    return amount == amount.quantize(Decimal(1).scaleb(-decimals), rounding=ROUND_HALF_UP)


def plain_text(value):
    """A Decimal as text without exponent or trailing zeros: equal values give equal text."""
    return format(value.normalize(), 'f')
