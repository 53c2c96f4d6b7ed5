"""What an account owes: one source for screen, paper, statement, reminder and portal."""
from datetime import date

from odoo import Command
from odoo.exceptions import UserError
from odoo.tests import new_test_user

from .common import IspCase


class BalanceCase(IspCase):
    """A French company with a bank, a family of two accounts, and a third party."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env = cls.env(context=dict(cls.env.context, allowed_company_ids=[cls.fr.id]))
        bank, outstanding = cls.env['account.account'].with_company(cls.fr).create([
            {'code': '512000', 'name': "Bank", 'account_type': 'asset_cash',
             'company_ids': [Command.set(cls.fr.ids)]},
            {'code': '511000', 'name': "Outstanding", 'account_type': 'asset_current',
             'reconcile': True, 'company_ids': [Command.set(cls.fr.ids)]}])
        cls.bank = cls.env['account.journal'].create({
            'name': "Bank", 'code': 'BNK', 'type': 'bank', 'company_id': cls.fr.id,
            'default_account_id': bank.id})
        cls.bank.inbound_payment_method_line_ids.payment_account_id = outstanding
        cls.parent = cls.make_account("Parent SAS", company=cls.fr)
        cls.child = cls.make_account("Tess Child", company=cls.fr, parent_id=cls.parent.id)
        cls.stranger = cls.make_account("Third Party", company=cls.fr)
        cls.letters = cls.env['isp.account.letter']

    def invoice(self, account, amount=30.0, day='2026-10-01', due='2026-10-21', post=True,
                move_type='out_invoice', **values):
        """An invoice of an amount before 20 % of tax."""
        move = self.env['account.move'].create({
            'move_type': move_type, 'partner_id': account.id, 'company_id': self.fr.id,
            'journal_id': self.journals[self.fr].id, 'invoice_date': day,
            'invoice_date_due': due, 'invoice_payment_term_id': False, **values,
            'invoice_line_ids': [Command.create({
                'name': "Service", 'price_unit': amount, 'tax_ids': self.vat20.ids,
                'account_id': self.accounts[self.fr][1].id})]})
        if post:
            move.action_post()
        return move

    def pay(self, partner, amount, day='2026-10-10', **values):
        """A payment of somebody, matched with nothing."""
        payment = self.env['account.payment'].create({
            'payment_type': 'inbound', 'partner_type': 'customer', 'partner_id': partner.id,
            'amount': amount, 'date': day, 'journal_id': self.bank.id, **values})
        payment.action_post()
        return payment

    @staticmethod
    def receivable(move):
        return move.line_ids.filtered(lambda line: line.account_type == 'asset_receivable')

    def match(self, *moves):
        lines = self.env['account.move.line']
        for move in moves:
            lines |= self.receivable(move)
        lines.reconcile()

    def register(self, invoices, **values):
        return self.env['account.payment.register'].with_context(
            active_model='account.move', active_ids=invoices.ids,
        ).create({'journal_id': self.bank.id, 'payment_date': '2026-10-10', **values},
                 )._create_payments()

    def figures(self, account, day=date(2026, 11, 1)):
        """What every reader says of an account: {reader: amount}."""
        account.invalidate_recordset(['isp_balance', 'isp_overdue'])
        found = {'screen': account.with_company(self.fr).isp_balance}
        rows = self.env['isp.account.balance']._balances(account, self.fr)[account.id]
        found['reader'] = float(sum(row.open for row in rows))
        facts = self.letters._account_facts('statement', account, self.fr, day)
        found['statement'] = float(facts['balance'])
        found['ages'] = sum(float(amount) for amount in facts['aging'].values())
        probe = self.invoice(account, day=day.isoformat(), due=day.isoformat(), post=False)
        found['paper'] = self.env['isp.document.summary']._summaries(probe)[probe.id]['forward']
        found['paper ages'] = sum(float(amount) for amount in self.env[
            'isp.document.aging']._agings(probe)[probe.id].values()) - probe.amount_total
        probe.unlink()
        return found

    def assert_owes(self, account, amount):
        figures = self.figures(account, date(2027, 1, 1))
        found = {name: round(value, 2) for name, value in figures.items()}
        self.assertEqual(found, dict.fromkeys(found, amount))


class TestWhoseMoney(BalanceCase):

    def test_case_101_paid_by_register_payment(self):
        """Kind: an entry is booked on the commercial entity and read as the money of its account.

        Whoever owes by the invoice is who is settled, also when Odoo books it on the parent.
        """
        self.invoice(self.parent, 100.0)
        first = self.invoice(self.child)
        self.register(first)
        bill = self.invoice(self.child, day='2026-11-01', due='2026-11-21')
        self.assert_owes(self.child, 36.0)
        self.assert_owes(self.parent, 120.0)
        self.assertEqual(bill.isp_document_data['summary']['due'], '36.00')
        facts = self.letters._account_facts('statement', self.child, self.fr, date(2026, 11, 2))
        self.assertEqual([row['amount'] for row in facts['payments']], ['36.00'])
        facts = self.letters._account_facts('statement', self.parent, self.fr, date(2026, 11, 2))
        self.assertFalse(facts['payments'])

    def test_case_102_paid_by_a_third_party(self):
        """Kind: as 101; the payer is somebody else, and pays too much."""
        first = self.invoice(self.child)
        payment = self.pay(self.stranger, 50.0)
        self.assert_owes(self.stranger, -50.0)
        self.match(first, payment.move_id)
        self.invoice(self.child, day='2026-11-01')
        self.assert_owes(self.child, 36.0)
        self.assert_owes(self.stranger, -14.0)
        self.receivable(first).remove_move_reconcile()
        self.assert_owes(self.child, 72.0)
        self.assert_owes(self.stranger, -50.0)

    def test_one_payment_for_several_accounts(self):
        """Each gets its part; on their statements, too."""
        own, other = self.invoice(self.child, 10.0), self.invoice(self.parent, 20.0)
        payment = self.pay(self.stranger, 40.0)
        self.match(own, other, payment.move_id)
        for account, amount, paid in ((self.child, 0.0, '12.00'), (self.parent, 0.0, '24.00'),
                                      (self.stranger, -4.0, '4.00')):
            self.assert_owes(account, amount)
            facts = self.letters._account_facts('statement', account, self.fr, date(2026, 11, 2))
            self.assertEqual([row['amount'] for row in facts['payments']], [paid])

    def test_too_much_on_an_invoice_stays_with_its_account(self):
        """Register Payment books on the parent; what is left belongs to who was billed."""
        self.register(self.invoice(self.child), amount=50.0)
        self.assert_owes(self.child, -14.0)
        self.assert_owes(self.parent, 0.0)

    def test_case_103_a_payment_matched_with_nothing(self):
        """Kind: the screen reads what names an account, the paper also what names a partner."""
        self.invoice(self.child, 367.41)
        self.assert_owes(self.child, 440.89)
        self.pay(self.child, 200.0)
        self.assert_owes(self.child, 240.89)

    def test_a_difference_of_exchange_belongs_to_the_item(self):
        """An accountant matches at another rate; the difference is booked on the parent."""
        accounts = self.env['account.account'].with_company(self.fr).create([
            {'code': code, 'name': code, 'account_type': kind,
             'company_ids': [Command.set(self.fr.ids)]}
            for code, kind in (('766000', 'income_other'), ('666000', 'expense'))])
        self.fr.write({
            'currency_exchange_journal_id': self.env['account.journal'].create({
                'name': "Exchange", 'code': 'EXCH', 'type': 'general',
                'company_id': self.fr.id}).id,
            'income_currency_exchange_account_id': accounts[0].id,
            'expense_currency_exchange_account_id': accounts[1].id})
        self.env['res.currency.rate'].create([
            {'currency_id': self.cad.id, 'company_id': self.fr.id, 'name': day, 'rate': rate}
            for day, rate in (('2026-01-01', 1.5), ('2026-10-05', 1.2))])
        invoice = self.invoice(self.child, 100.0, currency_id=self.cad.id)
        payment = self.pay(self.stranger, 60.0, currency_id=self.cad.id)
        accountant = new_test_user(self.env, 'matches', groups='account.group_account_manager',
                                   company_id=self.fr.id, company_ids=self.fr.ids)
        lines = self.receivable(invoice) | self.receivable(payment.move_id)
        lines.with_user(accountant).with_context(allowed_company_ids=self.fr.ids).reconcile()
        (row,) = self.env['isp.account.balance']._balances(self.child, self.fr)[self.child.id]
        self.assertEqual((row.currency_id, float(row.open)), (self.cad.id, 60.0))
        self.assertFalse(
            self.env['isp.account.balance']._balances(self.stranger, self.fr)[self.stranger.id])
        moves = self.receivable(invoice).matched_credit_ids.exchange_move_id
        moves |= self.receivable(payment.move_id).matched_debit_ids.exchange_move_id
        items = self.receivable(moves)
        corrected = items.matched_debit_ids.debit_move_id | items.matched_credit_ids.credit_move_id
        self.assertTrue(items)
        self.assertEqual(items.isp_account_id, corrected.isp_account_id)

    def test_the_account_of_a_payment_is_fixed_once_it_counts(self):
        payment = self.pay(self.stranger, 50.0)
        accountant = new_test_user(self.env, 'moves money', groups='account.group_account_manager',
                                   company_id=self.fr.id, company_ids=self.fr.ids)
        own = payment.with_user(accountant).with_context(allowed_company_ids=self.fr.ids)
        with self.assertRaisesRegex(UserError, "Reset it to draft"):
            own.isp_account_id = self.child
        own.action_draft()
        own.isp_account_id = self.child
        own.action_post()
        self.assert_owes(self.child, -50.0)

    def test_as_of_a_day(self):
        """What was matched with a later entry is open on the day."""
        invoice = self.invoice(self.child)
        self.register(invoice)
        read = self.env['isp.account.balance']._balances
        balance = read(self.child, self.fr, date(2026, 10, 9))[self.child.id]
        self.assertEqual([(float(row.open), float(row.overdue)) for row in balance], [(36.0, 0.0)])
        self.assertFalse(read(self.child, self.fr, date(2026, 10, 10))[self.child.id])
        self.assertFalse(read(self.child, self.fr, date(2026, 9, 30))[self.child.id])

    def test_a_payment_before_the_account_was_opened(self):
        """It belongs to the account as soon as there is one, and to nobody else's."""
        guest = self.env['res.partner'].create({'name': "Not Yet"})
        payment = self.pay(guest, 25.0)
        self.assertFalse(payment.isp_account_id)
        guest.with_company(self.fr).action_isp_open_account()
        self.assertEqual(payment.isp_account_id, guest)
        self.assert_owes(guest, -25.0)

    def test_accounts_are_found_by_their_balance(self):
        self.invoice(self.child)
        self.pay(self.parent, 10.0)
        partners = self.env['res.partner'].with_company(self.fr)
        everybody = self.parent | self.child | self.stranger
        for operator, found in (('>', self.child), ('<', self.parent), ('=', self.stranger),
                                ('>=', self.child | self.stranger)):
            self.assertEqual(partners.search(
                [('id', 'in', everybody.ids), ('isp_balance', operator, 0)]), found, operator)
        self.assertEqual(partners.search(
            [('id', 'in', everybody.ids), ('isp_balance', '=', 36.0)]), self.child)
        self.assertEqual(partners.search(
            [('id', 'in', everybody.ids), ('isp_overdue', '<', 1.0)]), self.parent | self.stranger)


class TestCredits(BalanceCase):

    def assert_bill(self, move, residual, due):
        """The invoice, its paper and its ages agree."""
        facts = move.isp_document_data
        self.assertEqual(move.amount_residual, residual)
        self.assertEqual(facts['summary']['due'], due)
        self.assertEqual(self.env['isp.document.aging']._agings(move)[move.id]['current'], due)

    def test_case_104_prepaid_bills(self):
        """Kind: money that is matched with nothing is subtracted on paper, and nowhere else."""
        self.pay(self.child, 108.0, day='2026-09-15')
        self.assert_owes(self.child, -108.0)
        for month, residual, due in ((10, 0.0, '-72.00'), (11, 0.0, '-36.00'), (12, 0.0, '0.00')):
            bill = self.invoice(self.child, day=f'2026-{month}-01', due=f'2026-{month}-21')
            self.assert_bill(bill, residual, due)
        self.assert_owes(self.child, 0.0)

    def test_case_105_an_open_credit_note(self):
        """Kind: as 104; what is asked for on paper is what stays open."""
        self.invoice(self.child, 10.0, move_type='out_refund', day='2026-10-05')
        bill = self.invoice(self.child, day='2026-11-01', due='2026-11-21')
        self.assert_bill(bill, 24.0, '24.00')
        self.assert_owes(self.child, 24.0)

    def test_case_105_a_prepayment_of_the_table(self):
        """17.42 paid before, bill of 36.00: 18.58 on paper, open, on screen."""
        self.pay(self.child, 17.42, day='2026-10-05')
        bill = self.invoice(self.child, day='2026-11-01', due='2026-11-21')
        self.assert_bill(bill, 18.58, '18.58')
        self.assert_owes(self.child, 18.58)

    def test_an_invoice_that_is_dated_back_asks_for_what_is_open(self):
        """A later bill has used the credit already."""
        self.pay(self.child, 36.0, day='2026-10-05')
        self.invoice(self.child, day='2026-12-01', due='2026-12-21')
        bill = self.invoice(self.child, 10.0, day='2026-11-01', due='2026-11-21')
        self.assert_bill(bill, 12.0, '12.00')
        self.assert_owes(self.child, 12.0)

    def test_a_payment_between_draft_and_posting(self):
        draft = self.invoice(self.child, day='2026-11-01', due='2026-11-21', post=False)
        old = self.invoice(self.child, 10.0, day='2026-09-01', due='2026-09-21')
        self.pay(self.child, 20.0, day='2026-11-03')
        draft.action_post()
        self.assertEqual(old.amount_residual, 0.0)
        self.assert_bill(draft, 28.0, '28.00')

    def test_a_later_payment_is_on_the_bill_that_it_settles(self):
        """Entered before the invoice was posted, dated after it."""
        self.pay(self.child, 17.42, day='2026-11-03')
        bill = self.invoice(self.child, day='2026-11-01', due='2026-11-21')
        self.assertEqual(bill.amount_residual, 18.58)
        self.assertEqual(bill.isp_document_data['summary']['due'], '18.58')

    def test_the_oldest_credit_settles_the_oldest_debt(self):
        """What is overdue is the same before and after."""
        self.fr.isp_apply_credits = False
        old = self.invoice(self.child, 10.0, day='2026-08-01', due='2026-08-21')
        second = self.pay(self.child, 20.0, day='2026-09-20')
        first = self.pay(self.child, 20.0, day='2026-09-10')
        self.assertEqual(old.amount_residual, 12.0)
        self.fr.isp_apply_credits = True
        bill = self.invoice(self.child, day='2026-11-01', due='2026-11-21')
        self.assertEqual((old.amount_residual, bill.amount_residual), (0.0, 8.0))
        self.assertFalse(self.receivable((first | second).move_id).filtered('amount_residual'))
        third = self.pay(self.child, 20.0, day='2026-11-05')
        self.invoice(self.child, 5.0, day='2026-12-01', due='2026-12-21')
        self.assertEqual(bill.amount_residual, 0.0)
        self.assertEqual(self.receivable(third.move_id).amount_residual, -6.0)

    def test_what_is_never_applied(self):
        """Drafts, cancelled entries, other accounts, other currencies, or with the setting off."""
        self.invoice(self.child, 10.0, move_type='out_refund', post=False)
        self.invoice(self.child, 10.0, move_type='out_refund', post=False).button_cancel()
        self.pay(self.parent, 10.0)
        self.pay(self.stranger, 10.0)
        self.cad.active = True
        self.pay(self.child, 10.0, currency_id=self.cad.id)
        self.assertEqual(self.invoice(self.child, day='2026-11-01').amount_residual, 36.0)
        self.fr.isp_apply_credits = False
        self.pay(self.child, 10.0)
        self.assertEqual(self.invoice(self.child, day='2026-12-01').amount_residual, 36.0)

    def test_reset_to_draft_after_matching(self):
        """Kind: a draft counts for nobody and stayed matched; paper said 36.00, screen 16.00."""
        payment = self.pay(self.child, 20.0, day='2026-09-10')
        invoice = self.invoice(self.child)
        self.assertEqual(invoice.amount_residual, 16.0)
        payment.action_draft()
        self.assertEqual(invoice.amount_residual, 36.0)
        self.assert_owes(self.child, 36.0)
        payment.action_post()
        self.assert_owes(self.child, 16.0)
        invoice.button_draft()
        self.assert_owes(self.child, -20.0)
        invoice.action_post()
        self.assertEqual(invoice.amount_residual, 16.0)
        self.assert_owes(self.child, 16.0)

    def test_paid_by_a_contact_that_is_merged(self):
        """Kind: items of a contact without an account count on paper and were never applied."""
        guest = self.env['res.partner'].create({'name': "Same Person"})
        self.pay(guest, 5.0, day='2026-09-10')
        self.env['base.partner.merge.automatic.wizard'].create({
            'dst_partner_id': self.stranger.id,
            'partner_ids': [Command.set((self.stranger | guest).ids)]}).action_merge()
        self.env.invalidate_all()
        self.assert_owes(self.stranger, -5.0)
        self.assert_bill(self.invoice(self.stranger, day='2026-11-01'), 31.0, '31.00')
        self.assert_owes(self.stranger, 31.0)

    def test_case_107_billed_again_after_a_reversal(self):
        """Kind: as 105; the credit comes from the reversal of a run that was paid."""
        plan = self.make_plan('line', 30.0, company=self.fr)
        self.make_subscription(self.child, [plan], '2026-10-01', company=self.fr)
        run = self.bill('2026-10-01', company=self.fr)
        self.register(run.move_ids)
        run._isp_reverse("wrong price", date=date(2026, 10, 12))
        run._isp_work()
        self.assertEqual(run.state, 'reversed')
        self.assert_owes(self.child, -36.0)
        again = self.bill('2026-10-01', company=self.fr).move_ids
        self.assertEqual(again.amount_residual, 0.0)
        self.assertEqual(again.isp_document_data['summary']['due'], '0.00')
        self.assert_owes(self.child, 0.0)

    def test_a_final_bill_settles_what_is_open(self):
        """Kind: as 105; no further invoice will come that could use the credit."""
        plan = self.make_plan('line', 30.0, company=self.fr)
        subscription = self.make_subscription(self.child, [plan], '2026-10-01', company=self.fr)
        invoice = self.bill('2026-10-01', company=self.fr).move_ids
        subscription.sale_subscription_line_ids.isp_date_end = '2026-10-15'
        credit = self.bill('2026-11-01', company=self.fr).move_ids
        self.assertEqual((credit.move_type, credit.amount_total), ('out_refund', 18.58))
        self.assertEqual((credit.amount_residual, invoice.amount_residual), (0.0, 17.42))
        self.assert_owes(self.child, 17.42)

    def test_queries_do_not_grow_with_the_invoices(self):
        counts = []
        for number in (2, 8):
            accounts = [self.make_account(f"Many {number} {place}", company=self.fr)
                        for place in range(number)]
            for account in accounts:
                self.pay(account, 10.0)
            self.fr.isp_apply_credits = False
            moves = self.env['account.move'].union(*(self.invoice(one) for one in accounts))
            self.fr.isp_apply_credits = True
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            moves._isp_apply_credits()
            self.env.flush_all()
            counts.append(self.env.cr.sql_log_count - before)
            self.assertEqual(set(moves.mapped('amount_residual')), {26.0})
        self.assertLessEqual(counts[1], counts[0] + 4, counts)
