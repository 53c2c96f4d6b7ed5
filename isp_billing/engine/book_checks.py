"""The checks of the books as data: ``data/book_checks.sql`` read into a list.

The file is plain SQL, so that an accountant's own tool can run it. Each query stands under a line

    -- check: code | invariant | severity | model of the records | scope

``scope`` is ``run`` for checks that are also asked of the invoices of a single run before they are
sent, ``book`` for those that only make sense of the whole book. ``exact`` behind it: the query only
names what is doubtful, and Odoo's own engine decides.
"""
import re
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

FILE = Path(__file__).parents[1] / 'data' / 'book_checks.sql'
HEAD = re.compile(r'^-- check: (.+)$', re.MULTILINE)
SEVERITIES = ('error', 'warning', 'advice')


@dataclass(frozen=True)
class BookCheck:
    """A query that returns rows in fault: (record id, company id, detail).

    :param code: stable name
    :param invariant: I1 to I12, what the check proves
    :param severity: error, warning or advice
    :param model: model of the record ids
    :param of_run: whether it is asked of a single run, too
    :param exact: whether what it names is computed again before it is a finding
    :param sql: one statement with the parameters ``company`` and ``run``
    """

    code: str
    invariant: str
    severity: str
    model: str
    of_run: bool
    sql: str
    exact: bool = False


@lru_cache(maxsize=1)
def load(path=FILE):
    """All checks, in the order of the file (tuple of :class:`BookCheck`).

    :raises ValueError: when a head is malformed or a code stands twice
    """
    _preface, *parts = HEAD.split(Path(path).read_text(encoding='utf-8'))
    checks = tuple(
        _parse(head, body) for head, body in zip(parts[::2], parts[1::2], strict=True)
    )
    if len({check.code for check in checks}) != len(checks):
        raise ValueError(f"{path}: a code stands twice")
    return checks


def _parse(head, body):
    words = [word.strip() for word in head.split('|')]
    scope = words[-1].split()
    if len(words) != 5 or words[2] not in SEVERITIES or scope[0] not in ('run', 'book') or (
            scope[1:] not in ([], ['exact'])):
        raise ValueError(f"Malformed head of a check: {head}")
    lines = [line for line in body.strip().splitlines() if not line.startswith('--')]
    sql = '\n'.join(lines).strip().removesuffix(';')
    if ';' in sql:
        raise ValueError(f"Check {words[0]} is more than one statement")
    return BookCheck(
        words[0], words[1], words[2], words[3], scope[0] == 'run', sql,
        scope[1:] == ['exact'])
