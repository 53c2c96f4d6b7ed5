"""Unit prices as they are printed: enough decimals, and in the terms of the amount beside them."""
from decimal import Decimal

from .money import round_money, to_decimal

#: more decimals are never printed
MOST_DECIMALS = 6


def price_text(price, least, most):
    """A price as text, without zeros beyond the decimals of its currency.

    :param int least: decimals of the currency
    :param int most: decimals that prices have
    :rtype: str
    """
    value = round_money(to_decimal(price), Decimal(1).scaleb(-max(least, most)))
    needed = -value.normalize().as_tuple().exponent
    return f'{value:.{max(least, needed)}f}'


def unit_price(amount, quantity, discount, decimals):
    """The price of which quantity x price less discount is the amount (Decimal), None without one.

    It has the decimals of the currency, or as many more as are needed to give the amount to the
    last cent.

    :param amount: before taxes
    :param discount: in percent
    :param int decimals: of the currency
    """
    amount, unit = to_decimal(amount), Decimal(1).scaleb(-decimals)
    count = to_decimal(quantity) * (1 - to_decimal(discount) / 100)
    if not count:
        return None
    for digits in range(decimals, MOST_DECIMALS + 1):
        price = round_money(amount / count, Decimal(1).scaleb(-digits))
        if round_money(price * count, unit) == amount:
            return price
    return None


def settle(line, decimals):
    """Give the last reduction of a line the cents by which its columns miss the amount.

    Price and reductions were each rounded when their taxes were taken off.

    :param dict line: frozen line of a whole period, with ``reductions``
    :param int decimals: of the currency
    """
    unit, rows = Decimal(1).scaleb(-decimals), line['reductions']
    count = Decimal(line['quantity']) * (1 - Decimal(line['discount']) / 100)
    counted = round_money(count * Decimal(line['price_unit']), unit)
    missed = Decimal(line['amount']) - counted - sum(Decimal(row['price_unit']) for row in rows)
    if missed and abs(missed) <= len(rows) * unit:
        rows[-1]['price_unit'] = str(Decimal(rows[-1]['price_unit']) + missed)
