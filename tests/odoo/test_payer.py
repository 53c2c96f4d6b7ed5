"""Another account pays: everything, a percentage or up to an amount; credits go back to whoever
paid."""
from datetime import date

from odoo.exceptions import ValidationError
from odoo.tests import Form

from .common import IspCase


class TestPayer(IspCase):

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.plan = cls.make_plan('PLAN', 30.0)
        cls.parent_account = cls.make_account("Parent", isp_document_language='en')
        cls.child = cls.make_account("Child", isp_document_language='en')

    def pays(self, child=None, payer=None, **values):
        (child or self.child).with_company(self.ca).write({
            'isp_payer_id': (payer or self.parent_account).id, **values,
        })

    def subscribe(self, child=None, start='2024-04-01', plan=None):
        return self.make_subscription(child or self.child, [plan or self.plan], start)

    def paid(self, day, *accounts):
        """What each account is billed before tax on a day."""
        moves = self.bill(day).move_ids
        return [
            sum(moves.filtered(lambda move, account=account: move.isp_account_id == account)
                .mapped('amount_untaxed_signed'))
            for account in accounts or (self.parent_account, self.child)
        ]

    def test_everything_on_one_invoice_of_the_payer(self):
        """Three children and the payer's own service: one invoice, accounts named on its lines."""
        children = self.child | self.make_account("Second") | self.make_account("Third")
        for child in children:
            self.pays(child)
            self.subscribe(child)
        self.subscribe(self.parent_account, plan=self.fibre)
        run = self.bill('2024-04-01')
        move = run.move_ids
        self.assertEqual(len(move), 1)
        self.assertEqual(move.isp_account_id, self.parent_account)
        self.assertEqual(move.amount_untaxed, 149.95)
        for child in children:
            self.assertIn(child.isp_account_number, " ".join(move.invoice_line_ids.mapped('name')))
        self.assertEqual(move.isp_charge_ids.account_id, children | self.parent_account)
        self.assertEqual(move.isp_charge_ids.payer_id, self.parent_account)

    def test_a_percentage(self):
        """60 % of 30.00: 18.00 and 12.00, two ledger rows of one period."""
        self.pays(isp_payer_share='percent', isp_payer_percent=60.0)
        subscription = self.subscribe()
        self.assertEqual(self.paid('2024-04-01'), [18.0, 12.0])
        charges = subscription.isp_charge_ids
        self.assertEqual(
            {(row.payer_id, row.amount, row.revision) for row in charges},
            {(self.parent_account, 18.0, 0), (self.child, 12.0, 0)})
        self.assertEqual(self.paid('2024-04-01'), [0.0, 0.0])
        self.assertEqual(self.paid('2024-05-01'), [18.0, 12.0])

    def test_thirds_add_up(self):
        self.pays(isp_payer_share='percent', isp_payer_percent=33.333)
        self.subscribe(start='2024-04-16')
        parent, child = self.paid('2024-04-16')
        self.assertEqual((parent, child), (5.0, 10.0))
        self.assertEqual(self.paid('2024-05-01'), [10.0, 20.0])

    def test_up_to_an_amount(self):
        """20.00 of 30.00, then 20.00 of 45.00; never more than is due."""
        self.pays(isp_payer_share='amount', isp_payer_amount=20.0)
        subscription = self.subscribe()
        self.assertEqual(self.paid('2024-04-01'), [20.0, 10.0])
        subscription.sale_subscription_line_ids._isp_change(date(2024, 5, 1), price=15.0)
        self.assertEqual(self.paid('2024-05-01'), [15.0, 0.0])

    def test_up_to_an_amount_over_several_services(self):
        self.pays(isp_payer_share='amount', isp_payer_amount=40.0)
        self.make_subscription(
            self.child, [self.plan, self.make_plan('TV', 20.0, kind='tv')], '2024-04-01')
        self.assertEqual(self.paid('2024-04-01'), [40.0, 10.0])

    def test_a_credit_goes_back_to_whoever_paid(self):
        """Shared 60/40, then the payer steps back: the credit follows the charge, not the rule."""
        self.pays(isp_payer_share='percent', isp_payer_percent=60.0)
        subscription = self.subscribe()
        self.paid('2024-04-01')
        self.child.with_company(self.ca).isp_payer_id = False
        subscription._isp_end(date(2024, 4, 15))
        self.assertEqual(self.paid('2024-04-20'), [-9.0, -6.0])
        self.assertEqual(self.paid('2024-05-01'), [0.0, 0.0])

    def test_a_credit_of_an_amount_share(self):
        self.pays(isp_payer_share='amount', isp_payer_amount=20.0)
        subscription = self.subscribe()
        self.paid('2024-04-01')
        subscription._isp_end(date(2024, 4, 15))
        self.assertEqual(self.paid('2024-04-20'), [-10.0, -5.0])

    def test_a_payer_comes_later(self):
        """Charged alone in April, shared from May; a credit for April is the child's alone."""
        subscription = self.subscribe()
        self.assertEqual(self.paid('2024-04-01'), [0.0, 30.0])
        self.pays(isp_payer_share='percent', isp_payer_percent=50.0)
        subscription._isp_hold(date(2024, 4, 11), date(2024, 4, 20))
        self.assertEqual(self.paid('2024-05-01'), [15.0, 5.0])

    def test_partial_posting(self):
        """The payer's bill is held: the child's part is posted, the rest comes once."""
        self.pays(isp_payer_share='percent', isp_payer_percent=60.0)
        self.subscribe()
        run = self.make_run('2024-04-01')
        held = run.bill_ids.filtered(lambda bill: bill.account_id == self.parent_account)
        held._isp_exclude("Asked to wait")
        run.action_approve()
        run.action_start()
        self.post_only(run)
        self.assertEqual(run.move_ids.mapped('amount_untaxed'), [12.0])
        self.assertEqual(self.paid('2024-04-02'), [18.0, 0.0])
        self.assertEqual(self.paid('2024-04-03'), [0.0, 0.0])

    def test_retry_of_one_part_leaves_the_other_bill_alone(self):
        """The child's exception is computed again while the payer's bill waits: no third bill."""
        self.pays(isp_payer_share='percent', isp_payer_percent=60.0)
        self.subscribe()
        self.subscribe(self.parent_account, plan=self.fibre)
        run = self.make_run('2024-04-01')
        own = run.bill_ids.filtered(lambda bill: bill.account_id == self.child)
        own._isp_set_state(('ready',), 'exception', "Refused")
        run._isp_recompute(own)
        self.assertEqual(
            sorted((bill.account_id.name, bill.amount_untaxed) for bill in run.bill_ids),
            [("Child", 12.0), ("Parent", 77.95)])

    def test_reversal_of_one_part(self):
        """The child's invoice is credited and billed again; the payer's stays."""
        self.pays(isp_payer_share='percent', isp_payer_percent=60.0)
        self.subscribe()
        moves = self.bill('2024-04-01').move_ids
        mine = moves.filtered(lambda move: move.isp_account_id == self.child)
        mine.with_context(isp_reopen_periods=True)._reverse_moves(cancel=True)
        self.assertEqual(self.paid('2024-04-02'), [0.0, 12.0])

    def test_reversal_that_leaves_the_period_closed(self):
        self.pays(isp_payer_share='percent', isp_payer_percent=60.0)
        subscription = self.subscribe()
        moves = self.bill('2024-04-01').move_ids
        moves.filtered(lambda move: move.isp_account_id == self.child)._reverse_moves(cancel=True)
        self.assertEqual(self.paid('2024-04-02'), [0.0, 0.0])
        subscription._isp_end(date(2024, 4, 15))
        self.assertEqual(self.paid('2024-04-20'), [-9.0, 0.0])

    def test_guards(self):
        other = self.make_account("Other")
        self.pays()
        with self.assertRaisesRegex(ValidationError, "cannot be paid"), self.env.cr.savepoint():
            self.pays(other, self.child)
        with self.assertRaisesRegex(ValidationError, "cannot be paid"), self.env.cr.savepoint():
            self.pays(self.parent_account, other)
        with self.assertRaisesRegex(ValidationError, "0 to 100"), self.env.cr.savepoint():
            self.pays(isp_payer_share='percent', isp_payer_percent=120.0)

    def test_on_the_form_of_the_account(self):
        child = self.child.with_company(self.ca)
        with Form(child) as form:
            form.isp_payer_id = self.parent_account
            form.isp_payer_share = 'percent'
            form.isp_payer_percent = 25.0
        self.assertEqual(self.parent_account.with_company(self.ca).isp_paid_ids, child)
        self.assertFalse(self.parent_account.with_company(self.fr).isp_paid_ids)
        self.subscribe()
        self.assertEqual(self.paid('2024-04-01'), [7.5, 22.5])
