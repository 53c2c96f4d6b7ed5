"""A credit or small amount waits only where a bill will follow that it can come on."""
from datetime import date

from odoo import Command

from .common import IspCase


class TestBillGroup(IspCase):

    def profile(self, **values):
        return self.env['isp.billing.profile'].create({
            'name': "Test", 'company_id': self.ca.id, **values})

    def account_of(self, profile, name="Ada Tester"):
        account = self.make_account(name)
        account.with_company(self.ca).isp_billing_profile_id = profile
        return account

    def bills(self, day):
        run = self.bill(day)
        return sorted(run.bill_ids.mapped(lambda bill: (bill.amount_untaxed, bill.state)))

    def test_credit_of_an_ended_subscription_with_invoices_of_its_own(self):
        """One invoice per subscription: 15 of 30 days of 30.00 unused = a credit note of 15.00."""
        account = self.account_of(self.profile(consolidation='subscription'))
        tv = self.make_plan('TV', 30.0)
        self.make_subscription(account, [self.fibre], '2026-11-01')
        ended = self.make_subscription(account, [tv], '2026-11-01')
        self.bill('2026-11-01')
        ended.sale_subscription_line_ids._isp_end(date(2026, 11, 15))
        run = self.bill('2026-12-01')
        credit = run.move_ids.filtered(lambda move: move.move_type == 'out_refund')
        self.assertEqual(credit.amount_untaxed, 15.0)
        self.assertEqual(sorted(run.bill_ids.mapped('amount_untaxed')), [-15.0, 59.95])
        self.assertEqual(self.bills('2027-01-01'), [(59.95, 'posted')])

    def test_credit_of_a_running_subscription_still_waits_for_its_next_bill(self):
        account = self.account_of(self.profile(consolidation='subscription', days_ahead=0))
        subscription = self.make_subscription(account, [self.fibre], '2026-11-01')
        self.bill('2026-11-01')
        self.env['isp.service.hold'].create({
            'subscription_id': subscription.id, 'date_from': '2026-11-11',
            'date_to': '2026-11-20'})
        self.assertEqual(self.bills('2026-11-25'), [(-19.98, 'carried')])
        self.assertEqual(self.bills('2026-12-01'), [(39.97, 'posted')])

    def test_credit_with_one_invoice_per_period(self):
        """59.95 of December less 15.00 unused of November, on one invoice."""
        account = self.account_of(self.profile(split_periods=True))
        tv = self.make_plan('TV', 30.0)
        subscription = self.make_subscription(account, [self.fibre, tv], '2026-11-01')
        self.bill('2026-11-01')
        subscription.sale_subscription_line_ids.filtered(
            lambda line: line.isp_plan_id == tv)._isp_end(date(2026, 11, 15))
        self.assertEqual(self.bills('2026-12-01'), [(44.95, 'posted')])
        self.assertEqual(self.bills('2027-01-01'), [(59.95, 'posted')])

    def test_small_amounts_with_one_invoice_per_period_add_up(self):
        """3.00 a month, smallest bill 8.00 with taxes: 3.45, 6.90 carried, then 10.35 = 9.00."""
        account = self.account_of(self.profile(split_periods=True, minimum_amount=8.0))
        small = self.make_plan('SMALL', 3.0)
        self.make_subscription(account, [small], '2026-11-01')
        self.assertEqual(self.bills('2026-11-01'), [(3.0, 'carried')])
        self.assertEqual(self.bills('2026-12-01'), [(6.0, 'carried')])
        self.assertEqual(self.bills('2027-01-01'), [(9.0, 'posted')])
        self.assertEqual(self.bills('2027-02-01'), [(3.0, 'carried')])

    def test_credit_in_another_currency(self):
        """A service in EUR ends, the one in CAD runs on: nothing in EUR will follow."""
        account = self.make_account()
        self.eur.active = True
        self.env['res.currency.rate'].create({
            'currency_id': self.eur.id, 'name': '2026-01-01', 'rate': 0.7,
            'company_id': self.ca.id})
        pricelist = self.env['product.pricelist'].create({
            'name': "EUR", 'currency_id': self.eur.id, 'company_id': self.ca.id})
        tv = self.make_plan('TV', 30.0, currency=self.eur)
        self.make_subscription(account, [self.fibre], '2026-11-01')
        ended = self.make_subscription(account, [tv], '2026-11-01', pricelist_id=pricelist.id)
        self.bill('2026-11-01')
        ended.sale_subscription_line_ids._isp_end(date(2026, 11, 15))
        self.assertEqual(self.bills('2026-12-01'), [(-15.0, 'posted'), (59.95, 'posted')])

    def paid_for(self, own):
        """A child whose November was paid by its parent, and who pays for itself since."""
        parent, child = self.make_account("Parent"), self.make_account("Child")
        subscription = self.make_subscription(child, [self.fibre], '2026-11-01')
        if own:
            self.make_subscription(parent, [self.fibre], '2026-11-01')
        child.with_company(self.ca).write({'isp_payer_id': parent.id, 'isp_payer_share': 'all'})
        self.bill('2026-11-01')
        child.with_company(self.ca).isp_payer_id = False
        subscription.sale_subscription_line_ids._isp_end(date(2026, 11, 15))
        return parent, child

    def test_credit_goes_to_whoever_paid_before(self):
        """15 of 30 days of 59.95 = 29.97, as a credit note: the parent gets no bill any more."""
        parent, child = self.paid_for(own=False)
        run = self.bill('2026-12-01')
        self.assertEqual(run.bill_ids.account_id, parent)
        self.assertEqual((run.move_ids.move_type, run.move_ids.amount_untaxed),
                         ('out_refund', 29.97))
        self.assertEqual(run.move_ids.partner_id, parent)
        self.assertEqual(self.amounts(child), [59.95, -29.97])
        self.assertEqual(self.bills('2027-01-01'), [])

    def test_credit_of_a_former_payer_comes_on_its_own_bill(self):
        """In whatever chunks the accounts are computed: 59.95 − 29.97 = 29.98, one bill."""
        self.paid_for(own=True)
        run = self.make_run('2026-12-01', compute=False)
        run.action_compute()
        while run.state == 'computing':
            run._isp_compute_chunk({}, 1)
        self.assertEqual(run.bill_ids.mapped('amount_untaxed'), [29.98])
        run.action_approve()
        run.action_start()
        self.post_only(run)
        self.assertEqual(run.move_ids.amount_untaxed, 29.98)
        accounts = run.account_total
        self.assertEqual(accounts, run.bill_count + run.nothing_due_count + run.already_count)

    def test_bill_now_of_an_account_that_another_one_pays_for(self):
        """What is shown is what a run of this account bills: the payer's bill."""
        parent, child = self.make_account("Parent"), self.make_account("Child")
        for account in (parent, child):
            self.make_subscription(account, [self.fibre], '2026-11-01')
        child.with_company(self.ca).write({'isp_payer_id': parent.id, 'isp_payer_share': 'all'})
        wizard = self.env['isp.bill.now'].with_company(self.ca).create({
            'account_id': child.id, 'company_id': self.ca.id, 'target_date': '2026-11-01'})
        self.assertTrue(wizard.can_bill)
        action = wizard.action_confirm()
        move = self.env[action['res_model']].browse(action['res_id'])
        self.assertEqual((move.isp_account_id, move.amount_untaxed), (parent, 119.9))
        self.assertEqual(wizard.action_confirm()['res_id'], move.id, "pressed twice, one invoice")

    def test_taxes_that_floats_get_wrong(self):
        """140.00 → 7.00 + 13.97; 59.95 → 3.00 + 5.98; 60.00 → 3.00 + 5.99."""
        for price, gst, qst, total in (
            (140.0, 7.0, 13.97, 160.97), (59.95, 3.0, 5.98, 68.93), (60.0, 3.0, 5.99, 68.99),
        ):
            with self.subTest(price=price):
                account = self.make_account(f"Account {price}")
                plan = self.make_plan(f'P{price}', price)
                self.make_subscription(account, [plan], '2026-11-01')
                run = self.bill('2026-11-01', account_ids=[Command.set(account.ids)])
                move = run.move_ids
                taxes = sorted(-line.balance for line in move.line_ids if line.tax_line_id)
                self.assertEqual((taxes, move.amount_total), ([gst, qst], total))
                self.assertEqual(run.bill_ids.amount_total, total)
