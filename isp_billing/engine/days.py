"""Days as spans with a share of the price: ((first day, last day, share), ...) in order."""
from datetime import timedelta

ONE_DAY = timedelta(days=1)


def changed_days(before, after):
    """Days whose share differs between two states of a period.

    :param before: spans that were charged; days in none of them have no share
    :param after: spans that are due
    :return: (first day, last day, number of days), None when no day differs
    """
    cuts = set()
    for first, last, _share in (*before, *after):
        cuts |= {first, last + ONE_DAY}
    cuts = sorted(cuts)
    changed = [
        (first, following - ONE_DAY)
        for first, following in zip(cuts, cuts[1:], strict=False)
        if _share_on(first, before) != _share_on(first, after)
    ]
    return hull(changed)


def hull(spans):
    """First and last day of spans and the number of their days, None of none."""
    if not spans:
        return None
    days = sum((span[1] - span[0]).days + 1 for span in spans)
    return min(span[0] for span in spans), max(span[1] for span in spans), days


def _share_on(day, spans):
    return next((share for first, last, share in spans if first <= day <= last), 0)
