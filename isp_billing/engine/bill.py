"""A future document as plain values: what a preview shows and a bill run posts.

Ids stand for records, so that a bill can be hashed, compared and tested without a database.
"""
import hashlib
import json
from dataclasses import asdict, dataclass, field
from datetime import date
from decimal import Decimal

from .money import ZERO, plain_text


@dataclass(frozen=True)
class ChargeLine:
    """One charge to write, with all facts that it will keep (rule 2 of the design).

    ``account_id`` is the account that has the service, which may not be the one that pays;
    ``detail`` is JSON: reductions, instalment, usage, weights of the payers.
    """

    account_id: int
    line_id: int
    subscription_id: int
    plan_id: int
    product_id: int
    income_account_id: int
    tax_ids: tuple
    kind: str
    period_start: date
    period_end: date
    revision: int
    date_from: date
    date_to: date
    days: int
    period_days: int
    quantity: Decimal
    price_unit: Decimal
    discount: Decimal
    price_full: Decimal
    method: str
    amount: Decimal
    is_full: bool
    detail: str = ""

    @property
    def unit_value(self):
        """What one unit costs for a full period after all reductions (Decimal), 0 when unknown.

        Taxes of an amount per unit count by it: a charge counts for as many units as its amount
        is worth, so that the parts of a period, and what is given back of it, add up.
        """
        return abs(self.price_full) / self.quantity if self.quantity else ZERO

    @property
    def sort_key(self):
        return (
            self.subscription_id, self.period_start, self.revision, self.line_id, self.period_end,
        )


@dataclass(frozen=True)
class Problem:
    """Why something cannot be billed: a stable code and a sentence with the mend."""

    code: str
    message: str


@dataclass
class BillPreview:
    """One future document: lines of one payer, currency, fiscal position, journal and group.

    :param problems: what parks the bill; a bill with problems is never posted
    :param flags: stable codes of what a person may want to look at
    :param review: why a person has to look at the bill before it is posted, not part of the result
    :param totals: {'untaxed', 'tax', 'total'} as text and 'taxes', from Odoo's tax engine
    """

    account_id: int
    payer_id: int
    company_id: int
    currency_id: int
    fiscal_position_id: int
    journal_id: int
    group_key: str
    address_id: int
    lines: list = field(default_factory=list)
    problems: list = field(default_factory=list)
    flags: set = field(default_factory=set)
    totals: dict = field(default_factory=dict)
    due_days: int = 0
    is_final: bool = False
    is_last: bool = False
    carries_credit: bool = False
    review: str = ''

    @property
    def key(self):
        return (
            self.account_id, self.payer_id, self.currency_id, self.fiscal_position_id,
            self.journal_id, self.group_key,
        )

    @property
    def net(self):
        """Sum of the charges before tax (Decimal)."""
        return sum((line.amount for line in self.lines), ZERO)

    @property
    def is_zero(self):
        """Whether each line is 0.00, so that no document is made."""
        return all(not line.amount for line in self.lines)

    @property
    def is_refund(self):
        return self.net < 0

    def fingerprint(self, invoice_date):
        """SHA-256 of the result: accounts, taxes, dates and amounts (rule 7 of the design)."""
        facts = {
            'key': self.key,
            'invoice_date': invoice_date,
            'due_days': self.due_days,
            # amounts by tax, without the names: they are in the language of whoever computes
            'totals': {
                **self.totals,
                'taxes': [
                    {name: tax[name] for name in ('id', 'base', 'amount')}
                    for tax in self.totals.get('taxes', ())
                ],
            },
            'lines': [asdict(line) for line in sorted(self.lines, key=lambda x: x.sort_key)],
            'problems': sorted(problem.code for problem in self.problems),
            'carries_credit': self.carries_credit,
        }
        text = json.dumps(facts, sort_keys=True, default=_as_text)
        return hashlib.sha256(text.encode()).hexdigest()


def _as_text(value):
    """Dates in ISO form, decimals without trailing zeros: equal values give equal text."""
    if isinstance(value, Decimal):
        return plain_text(value)
    return str(value)
