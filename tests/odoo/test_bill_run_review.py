"""Reviewing a bill run: holding, releasing, excluding, changes after approval, retries."""
from datetime import date

from odoo import Command
from odoo.exceptions import UserError
from odoo.tests import tagged

from .common import IspCase


@tagged('standard', 'post_install', '-at_install')
class TestBillRunReview(IspCase):
    """Holding, releasing, excluding, changes after approval, retries."""

    def setUp(self):
        super().setUp()
        self.account_a, self.account_b = self.make_account("A"), self.make_account("B")
        self.plan = self.make_plan('PLAN', 30.0)
        self.subscription_a = self.make_subscription(self.account_a, [self.plan], '2026-11-01')
        self.subscription_b = self.make_subscription(self.account_b, [self.plan], '2026-11-01')

    def _bill_of(self, run, account):
        return run.bill_ids.filtered(lambda bill: bill.account_id == account)

    def _start(self, run):
        run.action_approve()
        run.action_start()
        run._isp_work()

    def test_hold_and_release(self):
        run = self.make_run('2026-11-01', send_invoices=False)
        held = self._bill_of(run, self.account_a)
        held._isp_hold("Waiting for a call")
        self._start(run)
        self.assertEqual((held.state, held.reason), ('held', "Waiting for a call"))
        self.assertEqual(run.move_ids.isp_account_id, self.account_b)
        self.assertFalse(self.amounts(self.account_a))

    def test_exclude_comes_with_the_next_run(self):
        run = self.make_run('2026-11-01', send_invoices=False)
        self._bill_of(run, self.account_a)._isp_exclude("Disputed")
        self._start(run)
        self.assertEqual(run.move_ids.isp_account_id, self.account_b)
        december = self.bill('2026-12-01')
        self.assertEqual(self._bill_of(december, self.account_a).amount_untaxed, 60.0)

    def test_case_072_changed_after_approval(self):
        """The changed bill goes back to review, the others post."""
        run = self.make_run('2026-11-01', send_invoices=False)
        run.action_approve()
        self.subscription_a.sale_subscription_line_ids.write(
            {'isp_price_source': 'own', 'price_unit': 35.0})
        run.action_start()
        self.post_only(run)
        changed = self._bill_of(run, self.account_a)
        self.assertEqual((changed.state, changed.amount_untaxed), ('review', 35.0))
        self.assertEqual(self._bill_of(run, self.account_b).state, 'posted')
        changed.action_release()
        self.post_only(run)
        self.assertEqual(changed.move_id.amount_untaxed, 35.0)

    def test_case_020_retry(self):
        """Only the bills with exceptions are computed again after they were mended."""
        self.plan.price_ids.unlink()
        other = self.make_account("C")
        self.make_subscription(other, [self.fibre], '2026-11-01')
        run = self.make_run('2026-11-01', send_invoices=False)
        self.assertEqual(run.exception_count, 2)
        self._start(run)
        posted = run.bill_ids.filtered(lambda bill: bill.state == 'posted')
        self.assertEqual(posted.account_id, other)
        self.env['isp.service.plan.price'].create({
            'plan_id': self.plan.id, 'amount': 30.0, 'currency_id': self.cad.id,
            'date_from': '2026-01-01',
        })
        run.action_retry()
        self.assertEqual(run.state, 'exception')
        self.assertEqual((run.exception_count, run.review_count, run.posted_count), (0, 2, 1))
        run.bill_ids.filtered(lambda bill: bill.state == 'review').action_release()
        run._isp_work()
        self.assertEqual((run.state, len(run.move_ids)), ('done', 3))

    def test_case_073_four_eyes(self):
        self.ca.isp_four_eyes = True
        run = self.make_run('2026-11-01')
        with self.assertRaisesRegex(UserError, "computed by you"):
            run.action_approve()

    def test_case_076_cancel_before_posting(self):
        run = self.make_run('2026-11-01', post_invoices=False)
        run.action_approve()
        run.action_start()
        run._isp_work()
        self.assertEqual(run.move_ids.mapped('state'), ['draft', 'draft'])
        run.action_cancel()
        self.assertEqual(run.state, 'cancelled')
        self.assertFalse(self.amounts(self.account_a))
        again = self.bill('2026-11-01')
        self.assertEqual(again.move_ids.mapped('amount_untaxed'), [30.0, 30.0])

    def test_case_007_draft_deleted(self):
        run = self.make_run('2026-11-01', post_invoices=False)
        run.action_approve()
        run.action_start()
        run._isp_work()
        move = run.move_ids.filtered(lambda m: m.isp_account_id == self.account_a)
        move.unlink()
        self.assertFalse(self.amounts(self.account_a))
        again = self.bill('2026-11-01')
        self.assertEqual(again.move_ids.isp_account_id, self.account_a)
        self.assertEqual(self.amounts(self.account_a), [30.0])

    def test_posted_is_final(self):
        run = self.bill('2026-11-01')
        with self.assertRaisesRegex(UserError, "credit note"):
            run.move_ids[0].button_draft()
        with self.assertRaises(UserError):
            run.move_ids[0].isp_charge_ids.write({'amount': 1.0})
        with self.assertRaises(UserError):
            run.move_ids[0].isp_charge_ids.unlink()
        with self.assertRaisesRegex(UserError, "posted"):
            run.action_cancel()

    def test_credit_note_keeps_or_reopens_the_period(self):
        for reopen, again in ((False, []), (True, [30.0])):
            account = self.make_account(f"Reopen {reopen}")
            self.make_subscription(account, [self.plan], '2026-11-01')
            scope = {'account_ids': [Command.set(account.ids)]}
            move = self.bill('2026-11-01', **scope).move_ids
            move.with_context(isp_reopen_periods=reopen)._reverse_moves(
                [{'invoice_date': '2026-11-02'}]).action_post()
            self.assertEqual(self.amounts(account), [30.0, -30.0])
            mirrored = move.reversal_move_ids.isp_charge_ids
            self.assertEqual(mirrored.move_line_id, move.reversal_move_ids.invoice_line_ids)
            rebilled = self.bill('2026-11-03', **scope)
            self.assertEqual(rebilled.move_ids.mapped('amount_untaxed'), again)

    def test_a_new_invoice_does_not_bill_what_the_next_run_bills(self):
        """Reverse and create invoice, with the periods open: both would charge November."""
        move = self.bill('2026-11-01').move_ids[0]
        wizard = self.env['account.move.reversal'].with_context(
            active_model='account.move', active_ids=move.ids,
        ).create({'journal_id': move.journal_id.id, 'isp_reopen_periods': True})
        with self.assertRaisesRegex(UserError, "billed twice"):
            wizard.modify_moves()
        wizard.isp_reopen_periods = False
        wizard.modify_moves()
        self.assertEqual(self.amounts(move.isp_account_id), [30.0, -30.0])
        self.assertEqual(self.bill('2026-11-03').move_ids.mapped('amount_untaxed'), [])

    def test_negative_is_carried(self):
        run = self.bill('2026-11-01')
        self.subscription_a._isp_hold(date(2026, 11, 11), date(2026, 11, 20))
        credit = self.bill('2026-11-21')
        self.assertEqual(credit.bill_ids.state, 'carried')
        self.assertEqual(credit.bill_ids.amount_untaxed, -10.0)
        december = self.bill('2026-12-01')
        self.assertEqual(self._bill_of(december, self.account_a).move_id.amount_untaxed, 20.0)
        self.assertEqual(len(run.move_ids), 2)

    def test_case_017_locked_period(self):
        self.ca.fiscalyear_lock_date = '2026-10-31'
        run = self.make_run('2026-10-15', compute=False)
        with self.assertRaisesRegex(UserError, "2026-10-31"):
            run.action_compute()
        run = self.bill('2026-11-01')
        self.assertEqual(len(run.move_ids), 2)

    def test_companies_are_apart(self):
        """Case 77: a run of one company has no record of the other."""
        plan = self.make_plan('FR', 30.0, company=self.fr)
        french = self.make_account("Client", company=self.fr)
        self.make_subscription(french, [plan], '2026-11-01', company=self.fr)
        run = self.bill('2026-11-01')
        self.assertEqual(run.move_ids.company_id, self.ca)
        self.assertNotIn(french, run.bill_ids.account_id)

    def test_what_came_due_since_is_another_part(self):
        """A posted bill and a mended exception of the same account live in one run."""
        self.plan.price_ids.unlink()
        line = self.env['sale.subscription.line'].create({
            'sale_subscription_id': self.subscription_a.id, 'isp_plan_id': self.fibre.id,
            'isp_date_start': '2026-11-01',
        })
        run = self.make_run('2026-11-01', send_invoices=False,
                            account_ids=[Command.set(self.account_a.ids)])
        self.assertEqual(run.bill_ids.mapped('state'), ['exception'], "a bad line parks its bill")
        line.unlink()
        self.env['isp.service.plan.price'].create({
            'plan_id': self.plan.id, 'amount': 30.0, 'currency_id': self.cad.id,
            'date_from': '2026-01-01',
        })
        run.action_retry()
        self._start(run)
        self.assertEqual(run.state, 'done')
        self.env['sale.subscription.line'].create({
            'sale_subscription_id': self.subscription_a.id, 'isp_plan_id': self.fibre.id,
            'isp_date_start': '2026-11-01',
        })
        posted = run.bill_ids
        late = run.sudo()._isp_bill_values(self.env['isp.bill.preview']._preview(
            self.account_a, self.ca, run.target_date, run.invoice_date)[0][0])
        self.env['isp.bill.run.bill'].sudo().create(
            {**late, 'state': 'exception', 'reason': "Planted", 'part': 1})
        run.sudo().state = 'exception'
        run.action_retry()
        (run.bill_ids - posted).action_release()
        run._isp_work()
        self.assertEqual(run.bill_ids.mapped('state'), ['posted', 'posted'])
        self.assertEqual(sorted(run.move_ids.mapped('amount_untaxed')), [30.0, 59.95])
        self.assertIn(posted, run.bill_ids)
