"""Who pays: an amount split between payers so that the parts add up to it."""
from decimal import Decimal

from .money import ZERO, round_money


def split_by_weight(amount, weights, unit):
    """Split an amount in proportion to weights; each part is cumulated and rounded.

    :param Decimal amount: signed
    :param weights: [(payer, Decimal weight of 0 or more)], not all 0
    :param Decimal unit: smallest amount of the currency
    :return: [(payer, Decimal)] in the same order; the parts add up to the amount
    :raises ValueError: when the weights add up to 0
    """
    total = sum((weight for _payer, weight in weights), ZERO)
    if total <= 0:
        raise ValueError("The weights of the payers must add up to more than 0")
    parts, upto, before = [], ZERO, ZERO
    for payer, weight in weights:
        upto += weight
        reached = round_money(amount * upto / total, unit)
        parts.append((payer, reached - before))
        before = reached
    return parts


def split_share(amount, payer, account, percent, unit):
    """Split an amount between a payer's percentage and the account itself.

    :param Decimal percent: the payer's share, 0 to 100
    :return: [(payer, part), (account, rest)] without parts of no share
    """
    weights = [(payer, percent), (account, Decimal(100) - percent)]
    return split_by_weight(amount, [one for one in weights if one[1]], unit)


def take_up_to(amounts, most):
    """What a payer takes over of amounts, in their order, until a sum is reached.

    :param amounts: signed Decimals; credits give back what was taken of the sum
    :param Decimal most: the payer's sum, 0 or more
    :return: [Decimal], the payer's part of each amount
    """
    taken, parts = ZERO, []
    for amount in amounts:
        part = max(min(amount, most - taken), -taken)
        parts.append(part)
        taken += part
    return parts
