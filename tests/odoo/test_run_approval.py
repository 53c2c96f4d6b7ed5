"""Nothing is posted that nobody approved, whichever way a person or a client tries."""
from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import new_test_user

from .common import IspCase


class TestRunApproval(IspCase):

    def setUp(self):
        super().setUp()
        self.subscription = self.make_subscription(
            self.make_account(), [self.fibre], '2026-11-01')

    def as_role(self, role, login=None, **context):
        user = new_test_user(
            self.env, login or f'approval-{role}',
            groups=f'base.group_user,isp_billing.group_{role}', company_id=self.ca.id,
            company_ids=[Command.set(self.ca.ids)])
        return self.env(user=user, su=False, context={
            'allowed_company_ids': self.ca.ids, **context})

    def running(self):
        run = self.make_run('2026-11-01')
        run.action_approve()
        run.action_start()
        return run

    def test_defaults_of_the_context_set_no_state(self):
        env = self.as_role(
            'approver', default_state='running', default_computed_by_id=self.env.uid,
            default_approved_by_id=self.env.uid, default_request_key="x", default_stage="post")
        run = env['isp.bill.run'].create({'target_date': '2026-11-01'})
        self.assertEqual(run.state, 'draft')
        self.assertFalse(run.computed_by_id | run.approved_by_id)
        self.assertFalse(run.request_key or run.stage)

    def test_a_price_change_is_approved_by_its_button_alone(self):
        env = self.as_role('manager', default_state='approved', default_approved_by_id=2)
        values = {'name': "Rise", 'company_id': self.ca.id, 'date_from': '2099-01-01',
                  'plan_ids': [Command.set(self.fibre.ids)], 'percent': 5.0}
        change = env['isp.price.change'].create(values)
        self.assertEqual((change.state, change.approved_by_id.id), ('draft', False))
        for attack in ({'state': 'approved'}, {'approved_by_id': env.uid},
                       {'line_ids': [Command.create({})]}):
            with self.subTest(attack=attack), self.assertRaises(AccessError):
                change.write(attack)
        with self.assertRaises(AccessError):
            env['isp.price.change'].create({**values, 'state': 'approved'})
        with self.assertRaises(AccessError):
            env['isp.price.change.line'].create({'change_id': change.id})
        change.action_preview()
        self.assertEqual(change.list_count, 1)
        with self.assertRaises(AccessError):
            change.with_env(self.as_role('clerk')).action_preview()

    def test_case_072_a_clerk_cannot_post_a_changed_bill_by_computing_it_again(self):
        """59.95 approved, 99.00 now: computed again it still has to be released, by an approver."""
        run = self.running()
        self.fibre.price_ids.amount = 99.0
        run._isp_post_chunk({})
        self.assertEqual(run.bill_ids.state, 'review')
        clerk = self.as_role('clerk')
        run.bill_ids.with_env(clerk).action_recompute()
        self.assertEqual((run.bill_ids.state, run.bill_ids.amount_untaxed), ('review', 99.0))
        self.assertIn("after the run was approved", run.bill_ids.reason)
        self.post_only(run)
        self.assertFalse(run.move_ids)
        with self.assertRaises(AccessError):
            run.bill_ids.with_env(clerk).action_release()
        run.bill_ids.with_env(self.as_role('approver')).action_release()
        self.post_only(run)
        self.assertEqual(run.move_ids.amount_untaxed, 99.0)

    def test_excluded_and_held_bills_enter_an_approved_run_by_an_approver(self):
        for take, state in (('_isp_exclude', 'excluded'), ('_isp_hold', 'held')):
            with self.subTest(state=state):
                run = self.make_run('2026-11-01')
                getattr(run.bill_ids, take)("Not now")
                run.action_approve()
                clerk = self.as_role('clerk', f'clerk-{state}')
                with self.assertRaises(AccessError):
                    run.bill_ids.with_env(clerk).action_release()
                self.assertEqual(run.bill_ids.state, state)
                run.bill_ids.with_env(self.as_role('approver', f'appr-{state}')).action_release()
                self.assertEqual(run.bill_ids.state, 'ready')

    def test_before_the_approval_a_clerk_releases_what_is_held(self):
        run = self.make_run('2026-11-01')
        run.bill_ids._isp_hold("Wait")
        run.bill_ids.with_env(self.as_role('clerk')).action_release()
        self.assertEqual(run.bill_ids.state, 'ready')

    def test_case_073_whoever_computed_again_does_not_approve(self):
        self.ca.isp_four_eyes = True
        run = self.make_run('2026-11-01')
        approver = self.as_role('approver')
        run.bill_ids.sudo().write({'state': 'exception'})
        run.with_env(approver).action_retry()
        self.assertEqual((run.computed_by_id, run.bill_ids.state), (approver.user, 'ready'))
        with self.assertRaisesRegex(UserError, "computed by you"):
            run.with_env(approver).action_approve()
        run.with_env(self.as_role('approver', 'approval-second')).action_approve()
        self.assertEqual(run.state, 'approved')

    def test_case_073_nor_release_into_an_approved_run(self):
        self.ca.isp_four_eyes = True
        run = self.make_run('2026-11-01', compute=False)
        first = self.as_role('approver')
        run.with_env(first).action_compute()
        run._isp_work()
        run.bill_ids._isp_hold("Wait")
        run.with_env(self.as_role('approver', 'approval-second')).action_approve()
        with self.assertRaisesRegex(UserError, "computed by you"):
            run.bill_ids.with_env(first).action_release()

    def test_case_076_charges_of_nothing_go_with_a_cancelled_run(self):
        free = self.make_plan('FREE', 0.0)
        account = self.make_account("Free Rider")
        self.make_subscription(account, [free], '2026-11-01')
        run = self.bill('2026-11-01', account_ids=[Command.set(account.ids)])
        self.assertEqual((self.amounts(account), len(run.move_ids)), ([0.0], 0))
        run.action_cancel()
        self.assertEqual((self.amounts(account), len(run.bill_ids)), ([], 0))
        free.price_ids.amount = 5.0
        again = self.bill('2026-11-01', account_ids=[Command.set(account.ids)])
        self.assertEqual(again.move_ids.amount_untaxed, 5.0)

    def test_a_run_has_one_bill_of_a_key(self):
        run = self.make_run('2026-11-01')
        values = run.bill_ids.copy_data({'run_id': run.id})[0]
        values.pop('part', None)
        with self.assertRaises(Exception) as caught, self.env.cr.savepoint():
            self.env['isp.bill.run.bill'].create(values)
            self.env.flush_all()
        self.assertIn("isp_bill_run_bill", str(caught.exception))
