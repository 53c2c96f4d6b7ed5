"""Random corrections of an invoice, against an independent count in units of the currency."""
import random
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction

from odoo.exceptions import UserError

from .test_correction import CorrectionCase

MONTH = 30  # April


class Count:
    """What each service was billed and given, in cents; knows nothing of the program."""

    def __init__(self, prices):
        self.billed = {price: price * 100 for price in prices}
        self.given = dict.fromkeys(prices, 0)
        self.closed = dict.fromkeys(prices, 0)

    def left(self, price):
        return self.billed[price] - self.given[price]

    def give(self, price, cents):
        """A credit for good; True when it is allowed."""
        if not 0 < cents <= self.left(price):
            return False
        self.given[price] += cents
        return True

    def end(self, price, days):
        """The service ends after some days: unused days are given back, at most what is left."""
        due = Fraction(self.billed[price] * days, MONTH)
        unused = self.billed[price] - int(due + Fraction(1, 2))
        self.given[price] += min(unused, self.left(price))

    def total(self):
        return sum(map(self.left, self.billed))


class TestRandomCorrections(CorrectionCase):

    def test_sequences(self):
        """Ledger = documents = count, by line and in total; never more than was billed."""
        for seed in range(3):
            with self.subTest(seed=seed):
                self.play(random.Random(seed), self.make_account(f"Random {seed}"))

    def play(self, chance, account):
        prices = chance.sample([30, 20, 10], chance.randint(1, 3))
        subscription, invoice = self.billed(*prices, account=account)
        lines = {int(line.price_unit): line for line in invoice.invoice_line_ids}
        count = Count(prices)
        for _step in range(chance.randint(2, 5)):
            chance.choice([self.lines, self.amount, self.edited])(chance, invoice, lines, count)
            self.compare(account, invoice, lines, count)
        days = chance.randint(1, MONTH - 1)
        subscription._isp_end(date(2026, 4, 1) + timedelta(days=days - 1))
        self.run_of(account, '2026-05-01')
        for price in prices:
            count.end(price, days)
        self.compare(account, invoice, lines, count)

    def compare(self, account, invoice, lines, count):
        self.assertEqual(round(self.assertAgree(account) * 100), count.total())
        for price, line in lines.items():
            rows = self.env['isp.charge'].search([
                ('line_id', '=', invoice.isp_charge_ids.filtered(
                    lambda row, line=line: row.move_line_id == line).line_id.id)])
            self.assertEqual(round(sum(rows.mapped('amount')) * 100), count.left(price))
            self.assertGreaterEqual(count.left(price), 0)

    def cents(self, chance, most):
        return chance.choice([most, chance.randint(1, most + 300), chance.randint(1, 500)])

    def lines(self, chance, invoice, lines, count):
        """Credit lines: one after the other, each whole or refused."""
        for price, line in lines.items():
            cents = self.cents(chance, count.left(price))
            self.attempt(count.give(price, cents), lambda line=line, cents=cents: (
                invoice._isp_credit({line: Decimal(cents) / 100}, 'goodwill', "Random",
                                    date(2026, 4, 5))))

    def amount(self, chance, invoice, lines, count):
        """Credit an amount: what the document gives of each line is counted."""
        left = count.total()
        cents = self.cents(chance, left)
        dialog = self.env['isp.invoice.credit'].create({
            'move_id': invoice.id, 'amount': cents / 100, 'reason': "Random",
            'date': '2026-04-05'})
        credit = self.attempt(cents <= left, dialog.action_credit)
        if credit:
            move = self.env['account.move'].browse(credit['res_id'])
            self.assertEqual(round(move.amount_total * 100), cents)
            for line in move.invoice_line_ids:
                self.assertTrue(count.give(
                    int(line.isp_origin_line_id.price_unit), round(line.price_subtotal * 100)))

    def edited(self, chance, invoice, lines, count):
        """A stock credit note: lines deleted, lowered or raised, then posted."""
        if not count.total():
            return
        credit = self.credit_draft(invoice)
        wanted = {}
        for line in credit.invoice_line_ids:
            price = int(line.isp_origin_line_id.price_unit)
            if chance.random() < 0.3 and len(credit.invoice_line_ids) > 1:
                line.unlink()
                continue
            wanted[price] = self.cents(chance, count.left(price))
            line.write({'quantity': 1.0, 'price_unit': wanted[price] / 100})
        allowed = all(0 < cents <= count.left(price) for price, cents in wanted.items())
        self.attempt(allowed, credit.action_post)
        if not allowed:
            credit.unlink()
            return
        for price, cents in wanted.items():
            self.assertTrue(count.give(price, cents))

    def attempt(self, allowed, work):
        """Do what is allowed; what is not must be refused."""
        if allowed:
            return work()
        with self.assertRaises(UserError), self.env.cr.savepoint():
            work()
        return None
