"""Invoices per second of a bill run, beside OCA's contracts on the same book and database.

1,000 subscribers of two lines under two taxes. Rounds alternate; each round bills the next month
in a process of its own, and both commit after as many invoices. Ours includes preview, approval,
ledger and frozen document facts; theirs creates invoices and posts them.
``ISP_BENCH_N`` and ``ISP_BENCH_ROUNDS`` change the size, ``ISP_BENCH_PROFILE=1`` adds a profile.
"""
import os

from tests.bench._world import MONTHS, ROUNDS, SUBSCRIBERS, spread, world


def main():
    """Measure and print; returns 1 when the two do not agree on the money."""
    with world(['contract']) as book:
        company, found = book.ids['c_company'], {'ours': [], 'contracts': []}
        for number in range(ROUNDS):
            names = list(found) if number % 2 == 0 else list(found)[::-1]
            for name in names:
                found[name].append(book.do(name, company=company, day=MONTHS[number]))
        report(found)
        if os.environ.get('ISP_BENCH_PROFILE'):
            print(book.do('ours', company=company, day=MONTHS[ROUNDS], profile=True)['profile'])
    return int(disagree(found))


def disagree(found):
    """Whether a round has another count or another total than the first one."""
    results = {
        (round_['count'], round(round_['total'], 2)) for rounds in found.values()
        for round_ in rounds
    }
    if len(results) > 1:
        print(f"counts and totals differ: {sorted(results)}")
    return len(results) > 1


def report(found):
    print(f"{SUBSCRIBERS} subscribers, two lines, two taxes; {ROUNDS} rounds each")
    print("                        least / median / most")
    for name, rounds in found.items():
        title = "bill run" if name == 'ours' else "OCA contract"
        print(f"{title:13} invoices/s {spread([x['count'] / x['seconds'] for x in rounds])}")
        print(f"{'':13} CPU ms each {spread([1000 * x['cpu'] / x['count'] for x in rounds])}")
        print(f"{'':13} peak RSS MB {spread([x['rss_mb'] for x in rounds])}"
              f" (grown by {spread([x['grown_mb'] for x in rounds])})")
        for step in rounds[0]['steps']:
            seconds = spread([x['steps'][step] for x in rounds])
            print(f"{'':13} {step}: s {seconds}")
    rates = [
        ours['count'] / ours['seconds'] / (theirs['count'] / theirs['seconds'])
        for ours, theirs in zip(found['ours'], found['contracts'], strict=True)
    ]
    print(f"ratio of invoices/s, bill run : OCA contract  {spread(rates)}")
