"""Guards of runs: locked periods, other runs, unusual amounts, too many items, small amounts."""
from datetime import date

from odoo import Command
from odoo.exceptions import UserError

from .common import IspCase


class TestLocks(IspCase):

    def setUp(self):
        super().setUp()
        for place in range(4):
            self.make_subscription(
                self.make_account(f"Lou Number{place}"), [self.fibre], '2026-09-01')

    def test_case_017_stop_or_move(self):
        """Lock 2026-09-30, run dated 2026-09-15: refused, or all dated 2026-10-01 and listed."""
        self.ca.fiscalyear_lock_date = '2026-09-30'
        run = self.make_run('2026-09-15', compute=False, send_invoices=False)
        with self.assertRaisesRegex(UserError, "2026-09-30"):
            run.action_compute()
        self.assertEqual((run.state, run.is_moved), ('draft', False))
        run.lock_choice = 'move'
        run.action_compute()
        run._isp_work()
        self.assertTrue(run.is_moved)
        self.assertEqual((run.moved_from, run.moved_lock, run.invoice_date),
                         (date(2026, 9, 15), date(2026, 9, 30), date(2026, 10, 1)))
        self.assertIn("2026-10-01 instead of 2026-09-15", run.message_ids[0].body)
        run.action_approve()
        run.action_start()
        self.post_only(run)
        self.assertEqual(len(run.move_ids), 4)
        self.assertEqual(set(run.move_ids.mapped('invoice_date')), {date(2026, 10, 1)})
        self.assertEqual(set(run.move_ids.mapped('date')), {date(2026, 10, 1)})
        self.assertEqual(set(run.move_ids.mapped('isp_period_from')), {date(2026, 9, 1)})
        self.assertFalse(self.env['account.move'].search([
            ('company_id', '=', self.ca.id), ('state', '=', 'draft')]), "no stray draft")

    def test_move_over_every_kind_of_lock(self):
        self.ca.write({'sale_lock_date': '2026-10-31', 'tax_lock_date': '2026-11-30',
                       'fiscalyear_lock_date': '2026-09-30'})
        run = self.make_run('2026-09-15', lock_choice='move')
        self.assertEqual((run.invoice_date, run.moved_from), (date(2026, 12, 1), date(2026, 9, 15)))
        run.action_draft()
        run.invoice_date = '2026-12-15'
        self.assertFalse(run.is_moved)

    def test_locked_after_the_approval(self):
        """Odoo would date the entries elsewhere without a word; the bills are parked instead."""
        run = self.make_run('2026-09-15', send_invoices=False, lock_choice='move')
        run.action_approve()
        run.action_start()
        self.ca.sudo().fiscalyear_lock_date = '2026-09-30'
        self.post_only(run)
        self.assertEqual(set(run.bill_ids.mapped('problem_code')), {'locked'})
        self.assertFalse(run.move_ids)
        run.bill_ids._isp_exclude("Next run")
        self.assertEqual(len(self.bill('2026-10-01').move_ids), 4)

    def test_case_030_earlier_run_date_is_harmless(self):
        """F19: November, then October, then November again: each period once, said in words."""
        self.bill('2026-11-01')._isp_work()
        again = self.make_run('2026-10-01', compute=False)
        self.assertIn("already billed up to 2026-11-01", again.scope_warning)
        self.assertIn("Nothing is billed twice", again.scope_warning)
        again.action_compute()
        again._isp_work()
        self.assertEqual((again.bill_count, again.already_count), (0, 4))
        third = self.bill('2026-11-01')
        self.assertFalse(third.bill_ids)
        charges = self.env['isp.charge'].search([('company_id', '=', self.ca.id)])
        self.assertEqual(len(charges), 12)

    def test_open_run_of_the_same_scope(self):
        first = self.make_run('2026-11-01')
        second = self.make_run('2026-11-01', compute=False)
        self.assertIn(f"Run {first.name} of the same accounts is still open", second.scope_warning)
        account = self.make_account("Apart Tester")
        other = self.make_run('2026-11-01', account_ids=[Command.set(account.ids)])
        third = self.make_run(
            '2026-11-01', compute=False,
            account_ids=[Command.set(first.bill_ids.account_id[:1].ids)])
        self.assertNotIn(other.name, third.scope_warning)
        self.assertIn(first.name, third.scope_warning)


class TestVariance(IspCase):

    def setUp(self):
        super().setUp()
        self.profile = self.ca.isp_profile_id
        self.profile.write({
            'variance_percent': 20.0, 'variance_amount': 5.0, 'variance_bills': 3})
        self.plan = self.make_plan(
            'TEN', 10.0, taxes=self.env['account.tax'], untaxed=True, allow_several=True)
        self.account, self.other = self.make_account("Vera"), self.make_account("Olga")
        self.subscription = self.make_subscription(self.account, [self.plan], '2026-08-01')
        self.make_subscription(self.other, [self.plan], '2026-08-01')
        for month in (8, 9, 10):
            self.assertEqual(len(self.bill(date(2026, month, 1)).move_ids), 2)

    def bill_of(self, run, account):
        return run.bill_ids.filtered(lambda bill: bill.account_id == account)

    def add(self, price, account=None):
        self.make_subscription(account or self.account, [
            {'isp_plan_id': self.plan.id, 'isp_price_source': 'own', 'price_unit': price}],
            '2026-11-01')

    def test_unusual_amount_goes_to_review(self):
        self.add(25.0)
        run = self.make_run('2026-11-01', send_invoices=False)
        bill, usual = self.bill_of(run, self.account), self.bill_of(run, self.other)
        self.assertEqual((bill.state, bill.problem_code), ('review', 'variance'))
        self.assertTrue(bill.has_variance)
        self.assertIn("35.00", bill.reason)
        self.assertIn("25.00", bill.reason)
        self.assertIn("last 3 bills", bill.reason)
        self.assertEqual((usual.state, usual.has_variance), ('ready', False))
        run.action_approve()
        run.action_start()
        self.post_only(run)
        self.assertEqual((bill.state, usual.state), ('review', 'posted'), "never by itself")
        bill.action_release()
        self.post_only(run)
        self.assertEqual(bill.state, 'posted')

    def test_never_approved_by_a_schedule(self):
        self.add(25.0)
        schedule = self.env['isp.bill.schedule'].create({
            'name': "Month", 'company_id': self.ca.id, 'auto_approve': True,
            'user_id': self.env.ref('base.user_admin').id})
        run = schedule._isp_make_run(date(2026, 11, 1), self.profile)
        run._isp_work()
        self.assertEqual((run.state, run.review_count), ('computed', 1))
        self.assertFalse(run.approved_by_id)

    def test_limits(self):
        """20 % and 5.00 of an average of 10.00: 14.99 and 12.00 are usual, 15.01 is not."""
        for price, unusual in ((2.0, False), (4.99, False), (5.01, True)):
            self.profile.variance_percent = 20.0
            account = self.make_account(f"Limit {price}")
            self.make_subscription(account, [self.plan], '2026-10-01')
            self.bill('2026-10-01', account_ids=[Command.set(account.ids)])
            self.add(price, account)
            run = self.make_run('2026-11-01', account_ids=[Command.set(account.ids)])
            self.assertEqual(run.bill_ids.has_variance, unusual, price)

    def test_less_than_usual_and_number_of_bills(self):
        self.subscription.sale_subscription_line_ids.isp_date_end = '2026-11-03'
        run = self.make_run('2026-11-01')
        self.assertIn("less than the average", self.bill_of(run, self.account).reason)
        self.profile.variance_percent = 0.0
        run.action_compute()
        run._isp_work()
        self.assertEqual(self.bill_of(run, self.account).state, 'ready')

    def test_first_bill_and_retry(self):
        new = self.make_account("Nora")
        self.add(500.0, new)
        self.add(25.0)
        run = self.make_run('2026-11-01')
        self.assertEqual(self.bill_of(run, new).state, 'ready')
        run.action_retry()
        self.assertEqual(self.bill_of(run, self.account).state, 'review')

    def test_reversed_bills_do_not_count(self):
        self.add(90.0)
        run = self.make_run('2026-11-01', send_invoices=False)
        self.bill_of(run, self.account).action_release()
        run.action_approve()
        run.action_start()
        self.post_only(run)
        run._isp_reverse("Wrong price")
        run._isp_work()
        again = self.make_run('2026-11-02')
        self.assertIn("last 3 bills (10.00", self.bill_of(again, self.account).reason)

    def test_queries_do_not_grow(self):
        accounts = self.env['res.partner'].union(*(
            self.make_account(f"Query {place}") for place in range(12)))
        for account in accounts:
            self.make_subscription(account, [self.plan], '2026-10-01')
        run = self.bill('2026-10-01', account_ids=[Command.set(accounts.ids)])

        def queries(some):
            previews = run._isp_previews(some)[0]
            self.env.flush_all()
            before = self.env.cr.sql_log_count
            run._isp_review_variance(previews)
            return self.env.cr.sql_log_count - before

        run.target_date = date(2026, 11, 1)
        queries(accounts)
        self.assertLessEqual(queries(accounts), queries(accounts[:2]) + 1)


class TestAmounts(IspCase):

    def setUp(self):
        super().setUp()
        self.profile = self.ca.isp_profile_id
        self.account = self.make_account("Mina")
        self.small = self.make_plan('SMALL', 2.0, taxes=self.env['account.tax'], untaxed=True)

    def test_brake_on_items(self):
        """An account with more charges than the limit is parked, the run goes on."""
        self.profile.brake_items = 3
        plans = [self.make_plan(f'ITEM{place}', 5.0) for place in range(4)]
        self.make_subscription(self.account, plans, '2026-11-01')
        fine = self.make_account("Fine")
        self.make_subscription(fine, plans[:3], '2026-11-01')
        run = self.bill('2026-11-01')
        states = {bill.account_id: (bill.state, bill.problem_code) for bill in run.bill_ids}
        self.assertEqual(
            states, {self.account: ('exception', 'brake_items'), fine: ('posted', False)})
        self.assertIn("4 charges", run.bill_ids.filtered('problem_code').reason)
        self.profile.brake_items = 0
        run.action_retry()
        # the run is posting: the approver has not seen this bill
        self.assertEqual((run.ready_count, run.review_count), (0, 1))

    def test_minimum_is_carried(self):
        """2.00 a month with a smallest bill of 5.00: nothing, nothing, 6.00 in the third month."""
        self.profile.minimum_amount = 5.0
        self.make_subscription(self.account, [self.small], '2026-09-01')
        for month in (9, 10):
            run = self.bill(date(2026, month, 1))
            self.assertEqual(run.bill_ids.state, 'carried')
            self.assertIn("below the smallest", run.bill_ids.reason)
            self.assertFalse(run.move_ids)
            self.assertFalse(self.amounts(self.account))
        run = self.bill('2026-11-01')
        self.assertEqual(run.move_ids.amount_total, 6.0)
        self.assertEqual(self.amounts(self.account), [2.0, 2.0, 2.0])

    def test_minimum_never_on_a_final_bill(self):
        self.profile.minimum_amount = 5.0
        self.make_subscription(self.account, [
            {'isp_plan_id': self.small.id, 'isp_date_end': '2026-11-30'}], '2026-11-01')
        self.assertEqual(self.bill('2026-11-01').bill_ids.state, 'carried')
        final = self.bill('2026-11-30')
        self.assertEqual((final.bill_ids.is_final, final.bill_ids.state), (True, 'posted'))
        self.assertEqual(final.move_ids.amount_total, 2.0)

    def test_case_062_zero_bill(self):
        """Ledger rows without a document by default; a document of 0.00 where the profile says."""
        other = self.make_account("Zoe")
        for account in (self.account, other):
            self.make_subscription(account, [
                {'isp_plan_id': self.fibre.id, 'discount': 100.0}], '2026-11-01')
        run = self.bill('2026-11-01', account_ids=[Command.set(self.account.ids)])
        self.assertEqual((run.bill_ids.state, len(run.move_ids)), ('posted', 0))
        self.profile.zero_policy = 'document'
        run = self.bill('2026-11-01', account_ids=[Command.set(other.ids)])
        move = run.move_ids
        self.assertEqual((move.state, move.amount_total, len(move.invoice_line_ids)),
                         ('posted', 0.0, 1))
        self.assertEqual(move.isp_charge_ids.move_line_id, move.invoice_line_ids)
        self.assertEqual(self.amounts(other), [0.0])
        results = move._isp_render_documents()
        self.assertIsNone(results[move.id])
        self.assertFalse(self.bill('2026-11-01').bill_ids)

    def test_purchase_orders(self):
        """One invoice for each number, which stands on it as the customer's reference."""
        self.profile.consolidation = 'po'
        plan = self.make_plan('SEVERAL', 10.0, allow_several=True)
        for number in ('PO-1', 'PO-2', 'PO-1', False):
            self.make_subscription(self.account, [plan], '2026-11-01', isp_po_number=number)
        run = self.bill('2026-11-01')
        references = {move.ref: len(move.invoice_line_ids) for move in run.move_ids}
        self.assertEqual(references, {'PO-1': 2, 'PO-2': 1, False: 1})
        self.profile.consolidation = 'account'
        december = self.bill('2026-12-01')
        self.assertEqual(december.move_ids.ref, "PO-1, PO-2")

    def test_contact_for_invoices(self):
        """The invoice goes to the contact for invoices; account, balance and language stay."""
        contact = self.env['res.partner'].create({
            'parent_id': self.account.id, 'type': 'invoice', 'name': "Payables",
            'email': "payables@customer.example", 'street': "99 Paper Street",
            'city': "Exampleville", 'country_id': self.canada.id, 'state_id': self.quebec.id,
        })
        self.make_subscription(self.account, [self.fibre], '2026-11-01')
        move = self.bill('2026-11-01').move_ids
        self.assertEqual((move.partner_id, move.isp_account_id), (contact, self.account))
        self.assertEqual(move.line_ids.filtered(
            lambda line: line.account_type == 'asset_receivable').isp_account_id, self.account)
        self.assertIn("payables@customer.example", move._isp_recipient())
        data = move.isp_document_data
        self.assertEqual(data['customer']['name'], "Mina, Payables")
        self.assertIn("99 Paper Street", str(data['customer']['address']))
        self.assertEqual(
            data['account_number'], self.account.with_company(self.ca).isp_account_number)
        self.assertEqual(move.amount_total, 68.93, "taxes of the service address")

    def test_contact_for_deliveries_is_the_service_address(self):
        """A new subscription takes the contact for deliveries as its service address."""
        cottage = self.env['res.partner'].create({
            'parent_id': self.account.id, 'type': 'delivery', 'name': "Cottage",
            'country_id': self.canada.id, 'state_id': self.ontario.id,
        })
        subscription = self.make_subscription(self.account, [self.fibre], '2026-11-01')
        self.assertEqual(subscription.partner_shipping_id, cottage)
        self.assertEqual(self.bill('2026-11-01').move_ids.amount_tax, 7.79)
