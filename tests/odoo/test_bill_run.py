"""Bill runs: from subscriptions to posted invoices, hard cases by their numbers."""
from datetime import date, datetime
from unittest.mock import patch

from odoo import Command
from odoo.exceptions import UserError
from odoo.tests import tagged

from .common import IspCase


def _periods(charges):
    return [(c.date_from, c.date_to) for c in charges.sorted('date_from')]


@tagged('standard', 'post_install', '-at_install')
class TestBillRun(IspCase):

    def test_first_month_quebec(self):
        """59.95 + GST 3.00 + QST 5.98 = 68.93, in preview and invoice alike."""
        account = self.make_account()
        self.make_subscription(account, [self.fibre], '2026-11-01')
        run = self.make_run('2026-11-01')
        bill = run.bill_ids
        self.assertEqual(run.state, 'computed')
        self.assertEqual(
            (bill.state, bill.amount_untaxed, bill.amount_tax, bill.amount_total),
            ('ready', 59.95, 8.98, 68.93),
        )
        run.action_approve()
        run.action_start()
        self.post_only(run)
        move = bill.move_id
        self.assertEqual(bill.state, 'posted')
        self.assertEqual(move.state, 'posted')
        self.assertEqual((move.amount_untaxed, move.amount_tax, move.amount_total),
                         (59.95, 8.98, 68.93))
        self.assertEqual(move.isp_account_id, account)
        self.assertEqual((move.isp_period_from, move.isp_period_to),
                         (date(2026, 11, 1), date(2026, 11, 30)))
        self.assertEqual(str(move.invoice_date_due), '2026-11-21')

    def test_taxes_by_service_address(self):
        """The province of the service address decides, not the billing address."""
        expected = {
            self.quebec: 8.98, self.ontario: 7.79, self.columbia: 7.20,
        }
        for state, tax in expected.items():
            account = self.make_account(f"Lives Elsewhere {state.code}")
            address = self.env['res.partner'].create({
                'name': "Cottage", 'parent_id': account.id, 'type': 'delivery',
                'country_id': self.canada.id, 'state_id': state.id,
            })
            self.make_subscription(
                account, [self.fibre], '2026-11-01', partner_shipping_id=address.id,
            )
            run = self.bill('2026-11-01', account_ids=[Command.set(account.ids)])
            self.assertEqual(run.bill_ids.amount_tax, tax, state.name)
            self.assertEqual(run.move_ids.amount_tax, tax, state.name)

    def test_export_and_france(self):
        account = self.make_account("Abroad", country=self.env.ref('base.us'))
        self.make_subscription(account, [self.fibre], '2026-11-01')
        run = self.bill('2026-11-01', account_ids=[Command.set(account.ids)])
        self.assertEqual(run.move_ids.amount_tax, 0.0)
        plan = self.make_plan('FIBRE-FR', 29.99, company=self.fr)
        french = self.make_account("Client Test", company=self.fr)
        self.make_subscription(french, [plan], '2026-11-01', company=self.fr)
        run = self.bill('2026-11-01', company=self.fr)
        self.assertEqual(run.move_ids.amount_total, 35.99)
        self.assertEqual(run.move_ids.currency_id, self.eur)

    def test_case_001_run_twice(self):
        """Run executed twice: the same invoices once; the second pass says already charged."""
        for number in range(20):
            account = self.make_account(f"Customer {number}")
            self.make_subscription(account, [self.fibre], '2026-11-01')
        first = self.bill('2026-11-01')
        self.assertEqual(len(first.move_ids), 20)
        second = self.bill('2026-11-01')
        self.assertFalse(second.move_ids)
        self.assertFalse(second.bill_ids)
        self.assertEqual((second.already_count, second.nothing_due_count), (20, 0))
        self.assertEqual(self.env['isp.charge'].search_count([('company_id', '=', self.ca.id)]), 20)

    def test_second_run_computed_before_the_first_posts(self):
        """Two runs computed side by side: the second finds everything charged when it posts."""
        account = self.make_account()
        self.make_subscription(account, [self.fibre], '2026-11-01')
        first, second = self.make_run('2026-11-01'), self.make_run('2026-11-01')
        for run in first, second:
            run.action_approve()
            run.action_start()
            self.post_only(run)
        self.assertEqual((first.bill_ids.state, second.bill_ids.state), ('posted', 'already'))
        self.assertEqual(len((first | second).move_ids), 1)

    def test_compute_writes_nothing(self):
        """Case 71: a preview makes no move, no number, no ledger row, and equals the bill."""
        for number in range(10):
            account = self.make_account(f"Customer {number}")
            self.make_subscription(account, [self.fibre], f'2026-10-{10 + number}')
        moves = self.env['account.move'].search_count([])
        run = self.make_run('2026-11-01')
        self.assertEqual(self.env['account.move'].search_count([]), moves)
        self.assertFalse(self.env['isp.charge'].search([('company_id', '=', self.ca.id)]))
        preview = {
            bill.account_id: (bill.amount_untaxed, bill.amount_tax, bill.line_ids.mapped('amount'))
            for bill in run.bill_ids
        }
        self.assertEqual(len(preview), 10)
        run.action_approve()
        run.action_start()
        self.post_only(run)
        for move in run.move_ids:
            self.assertEqual(
                (move.amount_untaxed, move.amount_tax,
                 move.invoice_line_ids.mapped('price_subtotal')),
                preview[move.isp_account_id],
            )

    test_case_071_preview_equals_bill = test_compute_writes_nothing

    def _run_with_failure(self, make_failure):
        accounts = [self.make_account(f"Customer {number}") for number in range(10)]
        subscriptions = [
            self.make_subscription(account, [self.fibre], '2026-11-01') for account in accounts
        ]
        run = self.make_run('2026-11-01')
        run.action_approve()
        run.action_start()
        with make_failure(accounts[4]):
            self.post_only(run)
        return run, subscriptions[4]

    def test_case_013_user_error(self):
        """One account raises a user error: 9 invoices, one exception that names the reason."""
        moves = self.env.registry['account.move']
        original = moves._post

        def failing(account):
            def _post(records, soft=True):
                if any(move.partner_id == account for move in records):
                    raise UserError("No fiscal year is open")
                return original(records, soft=soft)
            return patch.object(moves, '_post', _post)

        run, subscription = self._run_with_failure(failing)
        states = run.bill_ids.mapped('state')
        self.assertEqual((states.count('posted'), states.count('exception')), (9, 1))
        self.assertEqual(run.bill_ids.filtered(lambda b: b.state == 'exception').reason,
                         f"{subscription.display_name} – No fiscal year is open")
        names = sorted(run.move_ids.mapped('name'))
        numbers = [int(name.rsplit('/', 1)[1]) for name in names]
        self.assertEqual(numbers, list(range(numbers[0], numbers[0] + 9)), "no gap in the numbers")

    def test_case_014_sql_error(self):
        """The same with an error of the database itself."""
        moves = self.env.registry['account.move']
        original = moves._post

        def failing(account):
            def _post(records, soft=True):
                if any(move.partner_id == account for move in records):
                    records.env.cr.execute("SELECT 1 / 0")
                return original(records, soft=soft)
            return patch.object(moves, '_post', _post)

        with self.assertLogs('odoo.addons.isp_billing', level='WARNING'):
            run, _subscription = self._run_with_failure(failing)
        states = run.bill_ids.mapped('state')
        self.assertEqual((states.count('posted'), states.count('exception')), (9, 1))
        self.assertIn("division by zero",
                      run.bill_ids.filtered(lambda b: b.state == 'exception').reason)

    def test_case_015_no_income_account(self):
        """Without account on product and category the journal's is used; if none, one exception."""
        plan = self.make_plan('BARE', 10.0)
        plan.product_id.property_account_income_id = False
        first, second = self.make_account("First"), self.make_account("Second")
        self.make_subscription(first, [plan], '2026-11-01')
        run = self.bill('2026-11-01')
        self.assertEqual(run.move_ids.invoice_line_ids.account_id, self.accounts[self.ca][1])
        self.journals[self.ca].default_account_id = False
        self.make_subscription(second, [plan], '2026-11-01')
        other = self.make_account("Other")
        self.make_subscription(other, [self.fibre], '2026-11-01')
        run = self.bill('2026-11-01')
        states = {bill.account_id: (bill.state, bill.problem_code) for bill in run.bill_ids}
        self.assertEqual(states, {second: ('exception', 'no_account'), other: ('posted', False)})

    def test_case_016_no_first_day(self):
        """A running line without a first day is an exception; all others are billed."""
        bad, good = self.make_account("Bad"), self.make_account("Good")
        subscription = self.make_subscription(bad, [self.fibre], '2026-11-01')
        subscription.sale_subscription_line_ids.isp_date_start = False
        subscription.recurring_next_date = False
        self.make_subscription(good, [self.fibre], '2026-11-01')
        run = self.bill('2026-11-01')
        states = {bill.account_id: (bill.state, bill.problem_code) for bill in run.bill_ids}
        self.assertEqual(states, {bad: ('exception', 'no_start'), good: ('posted', False)})
        self.assertIn(subscription.display_name, run.bill_ids.filtered(
            lambda b: b.state == 'exception').reason)

    def test_case_029_fixed_end(self):
        """Twelve months from 2026-01-01: twelve invoices, none on 2027-01-01."""
        account = self.make_account()
        self.make_subscription(account, [
            {'isp_plan_id': self.fibre.id, 'isp_date_end': '2026-12-31'},
        ], '2026-01-01')
        runs = [self.bill(date(2026, month, 1)) for month in range(1, 13)]
        self.assertEqual([len(run.move_ids) for run in runs], [1] * 12)
        self.assertEqual(_periods(runs[-1].move_ids.isp_charge_ids),
                         [(date(2026, 12, 1), date(2026, 12, 31))])
        self.assertFalse(self.bill('2027-01-01').move_ids)

    def test_case_030_not_yet_started(self):
        """Start 2026-11-10: nothing on 11-01, one on 11-10; an earlier run date bills nothing."""
        account = self.make_account()
        self.make_subscription(account, [self.fibre], '2026-11-10')
        self.assertFalse(self.bill('2026-11-01').move_ids)
        self.assertEqual(len(self.bill('2026-11-10').move_ids), 1)
        self.assertFalse(self.bill('2026-11-05').bill_ids)

    def test_case_031_catch_up(self):
        """Start 2024-03-01, first run 2024-06-15: one invoice of four lines."""
        account = self.make_account()
        plan = self.make_plan('CATCHUP', 30.0)
        self.make_subscription(account, [plan], '2024-03-01')
        run = self.bill('2024-06-15')
        self.assertEqual(len(run.move_ids), 1)
        self.assertEqual(str(run.move_ids.invoice_date), '2024-06-15')
        self.assertEqual(run.move_ids.invoice_line_ids.mapped('price_subtotal'), [30.0] * 4)
        self.assertEqual([p[0].month for p in _periods(run.move_ids.isp_charge_ids)], [3, 4, 5, 6])

    def test_case_031_one_invoice_per_period(self):
        account = self.make_account()
        self.ca.isp_profile_id.split_periods = True
        self.make_subscription(account, [self.make_plan('CATCHUP', 30.0)], '2024-03-01')
        self.assertEqual(len(self.bill('2024-06-15').move_ids), 4)

    def test_case_033_brake(self):
        """A backlog of 13 periods with brake 12: parked for review, the run goes on."""
        late, fine = self.make_account("Late"), self.make_account("Fine")
        self.make_subscription(late, [self.fibre], '2025-11-01')
        self.make_subscription(fine, [self.fibre], '2026-11-01')
        run = self.bill('2026-11-01')
        states = {bill.account_id: (bill.state, bill.problem_code) for bill in run.bill_ids}
        self.assertEqual(states, {late: ('exception', 'brake'), fine: ('posted', False)})

    def test_case_035_arrears(self):
        """In arrears: not on the last day of the period, but on the day after."""
        plan = self.make_plan('METERED', 30.0, timing='arrears')
        account = self.make_account()
        self.make_subscription(account, [plan], '2024-03-01')
        self.assertFalse(self.bill('2024-03-31').move_ids)
        run = self.bill('2024-04-01')
        self.assertEqual(_periods(run.move_ids.isp_charge_ids),
                         [(date(2024, 3, 1), date(2024, 3, 31))])

    def test_case_036_company_zone(self):
        """22:30 UTC on 31 March is 1 April in Paris: April is due and dated so."""
        plan = self.make_plan('FIBRE-FR', 30.0, company=self.fr)
        account = self.make_account("Client Test", company=self.fr)
        self.make_subscription(account, [plan], '2026-04-01', company=self.fr)
        companies = self.env.registry['res.company']
        moment = datetime(2026, 3, 31, 22, 30)
        with patch.object(companies, '_isp_now', lambda company: moment):
            run = self.env['isp.bill.run'].with_company(self.fr).create({
                'company_id': self.fr.id, 'send_invoices': False,
            })
            run.action_compute()
            run._isp_work()
        self.assertEqual((str(run.target_date), str(run.invoice_date)), ('2026-04-01',) * 2)
        run.action_approve()
        run.action_start()
        self.post_only(run)
        self.assertEqual(_periods(run.move_ids.isp_charge_ids),
                         [(date(2026, 4, 1), date(2026, 4, 30))])

    def test_case_042_calendar_alignment(self):
        """Start 2024-01-15 at 30.00 in advance: 16.45 (17/31), then 30.00."""
        account = self.make_account()
        self.make_subscription(account, [self.make_plan('THIRTY', 30.0)], '2024-01-15')
        first = self.bill('2024-01-15')
        line = first.move_ids.invoice_line_ids
        self.assertEqual((line.quantity, line.price_unit, line.price_subtotal), (1.0, 16.45, 16.45))
        charge = first.move_ids.isp_charge_ids
        self.assertEqual((charge.days, charge.period_days, charge.price_full), (17, 31, 30.0))
        self.assertEqual(self.bill('2024-02-01').move_ids.amount_untaxed, 30.0)

    def test_case_053_end_mid_month(self):
        """Last served day 2024-03-10 at 31.00 in advance: 10.00."""
        account = self.make_account()
        self.make_subscription(account, [
            {'isp_plan_id': self.make_plan('P31', 31.0).id, 'isp_date_end': '2024-03-10'},
        ], '2024-03-01')
        self.assertEqual(self.bill('2024-03-01').move_ids.amount_untaxed, 10.0)

    def test_case_054_termination_credit(self):
        """Terminated 2024-02-11 (first unserved day), February billed 29.00: credit 19.00."""
        account = self.make_account()
        subscription = self.make_subscription(account, [self.make_plan('P29', 29.0)], '2024-02-01')
        self.bill('2024-02-01')
        subscription._isp_end(date(2024, 2, 10))
        run = self.bill('2024-03-01')
        self.assertEqual(run.move_ids.move_type, 'out_refund')
        self.assertEqual(run.move_ids.amount_untaxed, 19.0)
        self.assertEqual(self.amounts(subscription), [29.0, -19.0])
        self.assertFalse(self.bill('2024-04-01').bill_ids)

    def test_case_063_currencies(self):
        """USD subscription of a EUR company stays USD; XPF and TND keep their own decimals."""
        cases = [('USD', 30.0, '2024-01-01', 30.0), ('XPF', 3000.0, '2024-01-15', 1645.0),
                 ('TND', 30.0, '2024-01-15', 16.452)]
        for name, price, start, expected in cases:
            currency = self.env['res.currency'].with_context(active_test=False).search(
                [('name', '=', name)])
            currency.active = True
            self.env['res.currency.rate'].create({
                'currency_id': currency.id, 'name': '2020-01-01', 'company_id': self.fr.id,
                'company_rate': 2.0,
            })
            plan = self.make_plan(f'CUR-{name}', price, company=self.fr, currency=currency)
            account = self.make_account(f"Client {name}", company=self.fr)
            pricelist = self.env['sale.subscription']._isp_list_pricelist(self.fr, currency)
            self.make_subscription(
                account, [plan], start, company=self.fr, pricelist_id=pricelist.id)
            run = self.bill(start, company=self.fr, account_ids=[Command.set(account.ids)])
            self.assertEqual(run.move_ids.currency_id, currency)
            self.assertEqual(run.move_ids.amount_untaxed, expected, name)

    def test_currency_without_rate_is_an_exception(self):
        currency = self.env.ref('base.AUD')
        currency.active = True
        plan = self.make_plan('AUD', 30.0, currency=currency)
        account = self.make_account()
        pricelist = self.env['sale.subscription']._isp_list_pricelist(self.ca, currency)
        self.make_subscription(account, [plan], '2026-11-01', pricelist_id=pricelist.id)
        run = self.make_run('2026-11-01')
        self.assertEqual(run.bill_ids.problem_code, 'no_rate')
