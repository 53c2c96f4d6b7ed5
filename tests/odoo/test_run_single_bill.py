"""Single bills of a run that has posted, its money by what becomes of it, and drafts that move."""
from datetime import date

from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, new_test_user

from .common import IspCase


class TestSingleBill(IspCase):

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.plain = cls.make_plan('PLAIN', 100.0, cls.fr)
        cls.accounts_of_run = cls.env['res.partner']
        for name in ("Anna", "Bela", "Cleo"):
            account = cls.make_account(name, cls.fr)
            cls.make_subscription(account, [cls.plain], '2026-04-01', cls.fr)
            cls.accounts_of_run |= account

    def user(self, role, name=None):
        user = new_test_user(
            self.env, name or f'single-{role}', groups=f'base.group_user,isp_billing.group_{role}',
            company_id=self.fr.id, company_ids=[Command.set(self.fr.ids)])
        return self.env(user=user, su=False, context={'allowed_company_ids': self.fr.ids})

    def bill_of(self, run, name):
        return run.bill_ids.filtered(lambda bill: bill.account_id.name == name)

    def posted_run(self):
        """A run with two bills posted and sent, and one held."""
        run = self.make_run('2026-04-01', self.fr)
        self.bill_of(run, "Bela")._isp_hold("Wait")
        run.action_approve()
        run.action_start()
        self.post_only(run)
        run.bill_ids.filtered('move_id').write({'rendered': True, 'delivery_state': 'portal'})
        run._isp_set_state(('running',), 'exception')
        return run

    def test_case_128_a_bill_of_a_posted_run_is_computed_and_released_alone(self):
        """Kind: what happens to one bill is written on the whole run."""
        run = self.posted_run()
        was = (run.state, run.computed_by_id, run.approved_by_id, run.delivered_count)
        self.assertEqual(was, ('exception', self.env.user, self.env.user, 2))
        bill = self.bill_of(run, "Bela")
        bill._isp_set_state(('held',), 'exception', "Fixed meanwhile")
        clerk, approver = self.user('clerk'), self.user('approver')
        bill.with_env(clerk).action_recompute()
        bill = self.bill_of(run, "Bela")
        self.assertEqual((bill.state, bill.computed_by_id), ('review', clerk.user))
        self.assertEqual(
            (run.state, run.computed_by_id, run.approved_by_id, run.delivered_count), was)
        with self.assertRaises(AccessError):
            bill.with_env(clerk).action_release()
        bill.with_env(approver).action_release()
        self.assertEqual(
            (run.state, run.computed_by_id, run.approved_by_id, run.delivered_count), was)
        self.assertEqual(bill.state, 'ready')
        self.assertIn(run, run.search(run._isp_work_domain()))
        run._isp_take_up()
        self.assertEqual(run.state, 'running')
        self.post_only(run)
        self.assertEqual((bill.state, run.delivered_count), ('posted', 2))
        self.assertEqual(bill.move_id.amount_total, 120.0)
        self.assertNotIn(run, run.search([('state', '=', 'computed')]))

    def test_case_128_four_eyes_look_at_who_computed_the_bill(self):
        self.fr.isp_four_eyes = True
        run = self.make_run('2026-04-01', self.fr, compute=False)
        first, second = self.user('approver'), self.user('approver', 'single-second')
        run.with_env(first).action_compute()
        run._isp_work()
        bela = self.bill_of(run, "Bela")
        bela._isp_set_state(('ready',), 'exception', "Planted")
        run.with_env(second).action_approve()
        run.with_env(second).action_start()
        self.post_only(run)
        run._isp_set_state(('running',), 'exception')
        run.with_env(second).action_retry()
        bela = self.bill_of(run, "Bela")
        with self.assertRaisesRegex(UserError, "computed by you"):
            bela.with_env(second).action_release()
        bela.with_env(first).action_release()
        self.assertEqual((run.state, bela.state), ('exception', 'ready'))

    def test_case_129_to_be_posted_held_and_posted_stand_apart(self):
        """Kind: one total for bills of different fates, in the run, its taxes and its comparison.

        Three bills of 120.00: one held, two to be posted, then posted. An empty run between two
        months is nothing to compare with.
        """
        run = self.make_run('2026-04-01', self.fr)
        self.bill_of(run, "Bela")._isp_hold("Wait")
        money = ('amount_ready', 'amount_held', 'amount_posted', 'amount_total')
        self.assertEqual([run[name] for name in money], [240.0, 120.0, 0.0, 240.0])
        self.assertEqual(run._isp_tax_totals(), {
            ('amount_ready', 'EUR', "TVA 20 %"): (200.0, 40.0),
            ('amount_held', 'EUR', "TVA 20 %"): (100.0, 20.0),
        })
        run.action_approve()
        run.action_start()
        self.post_only(run)
        run._isp_set_state(('running',), 'exception')
        self.assertEqual([run[name] for name in money], [0.0, 120.0, 240.0, 240.0])
        self.assertEqual((run.amount_untaxed, run.amount_tax), (200.0, 40.0))
        columns, rows = self.env['isp.bill.run.xlsx']._taxes(run)
        self.assertEqual(len(columns), 5)
        self.assertEqual(list(rows), [
            ["Held or to review", 'EUR', "TVA 20 %", 100.0, 20.0],
            ["Posted", 'EUR', "TVA 20 %", 200.0, 40.0],
        ])
        empty = self.make_run('2026-04-02', self.fr,
                              account_ids=[Command.set(self.accounts_of_run[0].ids)])
        self.assertFalse(empty.bill_ids)
        retry = self.make_run('2026-04-03', self.fr)
        retry.bill_ids._isp_exclude("Not now")
        retry._isp_set_state(('computed',), 'done')
        may = self.make_run('2026-05-01', self.fr)
        self.assertEqual((may.previous_run_id, may.previous_total), (run, 240.0))
        self.assertEqual(may.previous_difference, may.amount_ready - 240.0)
        alone = self.make_run('2026-05-01', self.fr, compute=False,
                              account_ids=[Command.set(self.accounts_of_run[0].ids)])
        self.assertFalse(alone.previous_run_id, "another scope")

    def test_case_125_days_to_pay_count_from_the_date_of_the_draft(self):
        """Kind: the due date stays behind when the invoice date moves, by whichever way."""
        self.fr.isp_profile_id.due_days = 20
        run = self.make_run('2026-04-01', self.fr, post_invoices=False)
        run.action_approve()
        run.action_start()
        self.post_only(run)
        written, formed, dated = run.move_ids
        self.assertEqual(set(run.move_ids.mapped('invoice_date_due')), {date(2026, 4, 21)})
        written.invoice_date = '2026-04-20'
        with Form(formed) as form:
            form.invoice_date = date(2026, 4, 20)
            self.assertEqual(form.invoice_date_due, date(2026, 5, 10))
        for move in written, formed:
            self.assertEqual(move.invoice_date_due, date(2026, 5, 10))
            terms = move.line_ids.filtered(lambda line: line.display_type == 'payment_term')
            self.assertEqual(terms.mapped('date_maturity'), [date(2026, 5, 10)])
        dated.write({'invoice_date': '2026-04-20', 'invoice_date_due': '2026-04-30'})
        self.assertEqual(dated.invoice_date_due, date(2026, 4, 30), "a day of its own is kept")

    def test_case_125_a_locked_period_moves_the_due_date_too(self):
        self.fr.isp_profile_id.due_days = 20
        self.fr.fiscalyear_lock_date = '2026-04-19'
        run = self.bill('2026-04-01', self.fr, lock_choice='move')
        self.assertEqual(set(run.move_ids.mapped('invoice_date')), {date(2026, 4, 20)})
        self.assertEqual(set(run.move_ids.mapped('invoice_date_due')), {date(2026, 5, 10)})

    def test_case_188_managers_restore_an_archived_product_from_the_exception(self):
        """Kind: an exception names a fix that whoever reads it has no right to."""
        product = self.plain.product_id
        product.product_tmpl_id.active = False
        run = self.make_run('2026-04-01', self.fr)
        bill = run.bill_ids[0]
        self.assertEqual((bill.state, bill.problem_code), ('exception', 'archived_product'))
        self.assertIn("A manager restores it", bill.reason)
        with self.assertRaisesRegex(AccessError, "A manager"):
            bill.with_env(self.user('clerk')).action_restore()
        bill.with_env(self.user('manager')).action_restore()
        self.assertTrue(product.active and product.product_tmpl_id.active)
        self.assertEqual(self.bill_of(run, "Anna").state, 'ready')
        self.assertIn("Restored", run.message_ids[0].body)

    def test_case_130_a_manager_deletes_a_draft_run(self):
        """Kind: the audit row of a deletion is written after the record has gone."""
        run = self.make_run('2026-04-01', self.fr, compute=False)
        run_id, name = run.id, run.name
        run.with_env(self.user('manager')).unlink()
        row = self.env['isp.audit'].search(
            [('model', '=', 'isp.bill.run'), ('res_id', '=', run_id), ('action', '=', 'unlink')])
        self.assertEqual((row.run_ref, row.run_name, row.record_name), (run_id, name, name))
        self.assertFalse(run.exists())
        self.assertFalse(self.env['isp.audit']._isp_verify())
