"""Random books: every reader of what an account owes against a calculator of the test's own."""
from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal

from hypothesis import HealthCheck, Phase, example, given, settings
from hypothesis import strategies as st

from odoo import Command

from .test_account_balance import BalanceCase

START = date(2026, 9, 1)
END = date(2027, 3, 1)
#: dollars for a euro, on every day: so that no difference of exchange blurs a fault
RATE = 2
EXAMPLES = max(3, settings.default.max_examples // 100)
#: to look for the shortest failing book takes many minutes: the steps of the found one are enough
PHASES = (Phase.explicit, Phase.generate)


@dataclass(eq=False)
class Item:
    """An open item as a bookkeeper keeps it: a line, and what was set against it."""

    account: str
    currency: str
    amount: Decimal
    day: date
    due: date
    kind: str
    record: object
    parts: list = field(default_factory=list)  # (day, amount) set against it, with its sign

    def open(self, day=END):
        if self.day > day:
            return Decimal(0)
        return self.amount - sum(amount for when, amount, _other in self.parts if when <= day)


class Book:
    """What every account owes, without a thought of how the program reads it."""

    def __init__(self):
        self.items = []

    def add(self, *values):
        self.items.append(Item(*values))
        return self.items[-1]

    @staticmethod
    def match(debt, credit):
        """Set a credit against a debt, each in its own currency."""
        euro = {item: item.open() / (RATE if item.currency == 'CAD' else 1)
                for item in (debt, credit)}
        part, day = min(euro[debt], -euro[credit]), max(debt.day, credit.day)
        for item, sign, other in ((debt, 1, credit), (credit, -1, debt)):
            own = part * (RATE if item.currency == 'CAD' else 1)
            item.parts.append((day, sign * own, other))

    @staticmethod
    def unmatch(item):
        for _day, _amount, other in item.parts:
            other.parts = [part for part in other.parts if part[2] is not item]
        item.parts = []

    def apply(self, account, currency):
        """The oldest credits settle what is due first."""
        own = [item for item in self.items
               if (item.account, item.currency) == (account, currency)]
        for debt in sorted(own, key=lambda item: item.due):
            for credit in sorted(own, key=lambda item: item.day):
                if debt.open() > 0 > credit.open():
                    self.match(debt, credit)

    def owed(self, account, day):
        """{currency: (open, overdue)} at the end of a day; nothing open, no currency."""
        found = defaultdict(list)
        for item in self.items:
            if item.account == account and item.open(day):
                found[item.currency].append((item.open(day), item.due < day))
        return {
            currency: (
                sum(amount for amount, _late in rows),
                max(Decimal(0), sum(amount for amount, late in rows if late or amount < 0)))
            for currency, rows in found.items()}


AMOUNTS = st.integers(1, 60).map(lambda number: Decimal(2 * number))
DAYS = st.integers(0, 120).map(lambda number: START + timedelta(number))
WHO = st.sampled_from(['parent', 'child', 'third'])
STEPS = st.one_of(
    st.tuples(st.just('invoice'), WHO, AMOUNTS, DAYS, st.sampled_from(['EUR', 'EUR', 'CAD'])),
    st.tuples(st.just('refund'), WHO, AMOUNTS, DAYS, st.sampled_from(['EUR', 'EUR', 'CAD'])),
    st.tuples(st.just('pay'), st.sampled_from(['parent', 'child', 'third', 'contact', 'nobody']),
              AMOUNTS, DAYS, st.sampled_from(['EUR', 'EUR', 'CAD'])),
    st.tuples(st.just('match'), st.integers(0, 99), st.integers(0, 99)),
    st.tuples(st.just('register'), st.integers(0, 99), AMOUNTS, DAYS),
    st.tuples(st.just('unmatch'), st.integers(0, 99)),
    st.tuples(st.just('reverse'), st.integers(0, 99), DAYS),
    st.tuples(st.just('draft'), WHO, AMOUNTS, DAYS),
)


class TestAnyBook(BalanceCase):

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        gain, loss = cls.env['account.account'].with_company(cls.fr).create([
            {'code': code, 'name': code, 'account_type': kind,
             'company_ids': [Command.set(cls.fr.ids)]}
            for code, kind in (('766000', 'income_other'), ('666000', 'expense'))])
        cls.fr.write({
            'currency_exchange_journal_id': cls.env['account.journal'].create({
                'name': "Exchange", 'code': 'EXCH', 'type': 'general',
                'company_id': cls.fr.id}).id,
            'income_currency_exchange_account_id': gain.id,
            'expense_currency_exchange_account_id': loss.id})
        cls.env['res.currency.rate'].search(
            [('currency_id', 'in', (cls.cad | cls.eur).ids)]).unlink()
        cls.env['res.currency.rate'].create({
            'currency_id': cls.cad.id, 'company_id': cls.fr.id, 'name': '2020-01-01',
            'rate': RATE})
        cls.contact = cls.env['res.partner'].create(
            {'name': "Clerk of Tess", 'parent_id': cls.child.id})
        cls.nobody = cls.env['res.partner'].create({'name': "Nobody"})
        cls.people = {'parent': cls.parent, 'child': cls.child, 'third': cls.stranger,
                      'contact': cls.contact, 'nobody': cls.nobody}

    def test_every_reader_and_the_calculator_agree(self):
        @settings(max_examples=EXAMPLES, deadline=None, database=None, phases=PHASES,
                  derandomize=EXAMPLES < 30,
                  suppress_health_check=list(HealthCheck))
        @given(st.lists(STEPS, min_size=4, max_size=14), DAYS)
        @example([('invoice', 'child', Decimal(36), START, 'EUR'),
                  ('pay', 'third', Decimal(100), START + timedelta(9), 'CAD'),
                  ('match', 0, 0), ('pay', 'contact', Decimal(20), START + timedelta(30), 'EUR'),
                  ('invoice', 'child', Decimal(30), START + timedelta(30), 'EUR')],
                 START + timedelta(5))
        @example([('pay', 'parent', Decimal(26), START + timedelta(45), 'CAD'),
                  ('invoice', 'third', Decimal(10), START + timedelta(76), 'EUR'),
                  ('match', 0, 0), ('reverse', 0, START + timedelta(1)),
                  ('invoice', 'parent', Decimal(12), START + timedelta(57), 'EUR')],
                 START + timedelta(68))
        def property_(steps, day):
            with self.env.cr.savepoint() as point:
                self.book = Book()
                for name, *words in steps:
                    getattr(self, f'do_{name}')(*words)
                self.compare(day)
                point.rollback()
            self.env.invalidate_all()

        property_()

    # === Steps === #

    def document(self, who, amount, day, currency, move_type):
        return self.env['account.move'].create({
            'move_type': move_type, 'partner_id': self.people[who].id, 'company_id': self.fr.id,
            'journal_id': self.journals[self.fr].id, 'invoice_date': day,
            'invoice_date_due': day + timedelta(20), 'invoice_payment_term_id': False,
            'currency_id': self.currency(currency).id, 'invoice_line_ids': [Command.create({
                'name': "Service", 'price_unit': float(amount), 'tax_ids': False,
                'account_id': self.accounts[self.fr][1].id})]})

    def currency(self, name):
        return {'EUR': self.eur, 'CAD': self.cad}[name]

    def do_invoice(self, who, amount, day, currency):
        move = self.document(who, amount, day, currency, 'out_invoice')
        move.action_post()
        self.book.add(who, currency, amount, day, day + timedelta(20), 'invoice', move)
        for name in ('EUR', 'CAD'):
            self.book.apply(who, name)

    def do_refund(self, who, amount, day, currency):
        move = self.document(who, amount, day, currency, 'out_refund')
        move.action_post()
        self.book.add(who, currency, -amount, day, day + timedelta(20), 'refund', move)

    def do_draft(self, who, amount, day):
        self.document(who, amount, day, 'EUR', 'out_invoice')
        self.document(who, amount, day, 'EUR', 'out_refund').button_cancel()

    def do_pay(self, who, amount, day, currency):
        payment = self.pay(self.people[who], float(amount), day=day,
                           currency_id=self.currency(currency).id)
        owner = {'contact': 'child', 'nobody': None}.get(who, who)
        self.book.add(owner, currency, -amount, day, day, 'payment', payment.move_id)

    def open_items(self, wanted):
        return [item for item in self.book.items if wanted(item.open())]

    def do_match(self, first, second):
        debts = self.open_items(lambda amount: amount > 0)
        credits = self.open_items(lambda amount: amount < 0)
        if debts and credits:
            debt, credit = debts[first % len(debts)], credits[second % len(credits)]
            self.match(debt.record, credit.record)
            self.book.match(debt, credit)

    def do_register(self, place, amount, day):
        """As much as is asked for; too much stays with the account of the invoice."""
        debts = [item for item in self.open_items(lambda amount: amount > 0)
                 if item.kind == 'invoice']
        if debts:
            debt = debts[place % len(debts)]
            payment = self.register(debt.record, amount=float(amount), payment_date=day,
                                    currency_id=self.currency(debt.currency).id)
            credit = self.book.add(debt.account, debt.currency, -amount, day, day, 'payment',
                                   payment.move_id)
            self.book.match(debt, credit)

    def do_unmatch(self, place):
        matched = [item for item in self.book.items if item.parts]
        if matched:
            item = matched[place % len(matched)]
            self.receivable(item.record).remove_move_reconcile()
            self.book.unmatch(item)

    def do_reverse(self, place, day):
        """The credit note settles its whole invoice; what had paid it is open again."""
        invoices = [item for item in self.book.items if item.kind == 'invoice']
        if invoices:
            item = invoices[place % len(invoices)]
            item.kind = 'reversed'
            move = item.record._reverse_moves(
                [{'invoice_date': day, 'date': day, 'invoice_date_due': day}], cancel=True)
            self.book.unmatch(item)
            credit = self.book.add(item.account, item.currency, -item.amount, day,
                                   move.invoice_date_due, 'refund', move)
            self.book.match(item, credit)

    # === Readers === #

    def compare(self, day):
        accounts = self.parent | self.child | self.stranger
        read = self.env['isp.account.balance']._balances
        then, last = read(accounts, self.fr, day), read(accounts, self.fr, END)
        now = read(accounts, self.fr)
        accounts.invalidate_recordset()
        for who in ('parent', 'child', 'third'):
            account = self.people[who].with_company(self.fr)
            owed = self.book.owed(who, END)
            self.assertEqual(self.plain(then[account.id]), self.book.owed(who, day), (who, day))
            self.assertEqual(self.plain(last[account.id]), owed, who)
            self.assertEqual({row.currency_id: row.open for row in now[account.id]},
                             {row.currency_id: row.open for row in last[account.id]})
            self.compare_screen(account, owed)
            for currency in ('EUR', 'CAD'):
                self.compare_paper(account, currency, *owed.get(currency, (Decimal(0),) * 2))

    def plain(self, rows):
        names = {self.eur.id: 'EUR', self.cad.id: 'CAD'}
        return {names[row.currency_id]: (row.open, row.overdue) for row in rows}

    def compare_screen(self, account, owed):
        euros = sum(amount / (RATE if currency == 'CAD' else 1)
                    for currency, (amount, _late) in owed.items())
        shown = next(iter(owed.values()))[0] if len(owed) == 1 else euros
        self.assertEqual(Decimal(str(account.isp_balance)), shown)
        for operator, fits in (('>', euros > 0), ('<', euros < 0), ('=', euros == 0)):
            self.assertEqual(bool(account.search(
                [('id', '=', account.id), ('isp_balance', operator, 0)])), fits, operator)

    def compare_paper(self, account, name, amount, overdue):
        """Statement, reminder, account summary of the next bill and its ages."""
        currency = self.currency(name)
        for kind, due in (('statement', amount), ('reminder', overdue)):
            facts = self.letters._account_facts(kind, account, self.fr, END, currency)
            self.assertEqual(Decimal(facts['amount']), due, (kind, name))
            self.assertEqual(sum(map(Decimal, facts['aging'].values())), amount)
        probe = self.document('third', Decimal(2), END, name, 'out_invoice')
        probe.isp_account_id = account
        summary = self.env['isp.document.summary']._summaries(probe)[probe.id]
        self.assertEqual(Decimal(str(summary['forward'])), amount, name)
        ages = self.env['isp.document.aging']._agings(probe)[probe.id]
        self.assertEqual(sum(map(Decimal, ages.values())), amount + 2, name)
        probe.unlink()
