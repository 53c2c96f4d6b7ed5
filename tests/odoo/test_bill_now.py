"""What would be billed on a date, and billing one account at once."""
import os
from datetime import date
from unittest.mock import patch

from odoo import Command
from odoo.exceptions import ConcurrencyError, UserError
from odoo.tests import Form, new_test_user
from odoo.tools import mute_logger

from .common import IspCase

COUNT = 1000 if os.environ.get('ISP_PROVE') else 60


class TestBillNow(IspCase):

    def setUp(self):
        super().setUp()
        self.account = self.make_account()
        self.subscription = self.make_subscription(self.account, [self.fibre], '2026-11-01')
        self.lock = patch.object(
            type(self.ca), '_isp_today', lambda company: date(2026, 11, 3))
        self.lock.start()
        self.addCleanup(self.lock.stop)

    def as_role(self, role):
        user = new_test_user(
            self.env, f'isp-now-{role}', groups=f'base.group_user,isp_billing.group_{role}',
            company_id=self.ca.id, company_ids=[Command.set(self.ca.ids)])
        return self.env(user=user, context={
            'allowed_company_ids': self.ca.ids, 'lang': 'en_US'})

    def dialog(self, target='2026-11-01', env=None, **values):
        return (env or self.env)['isp.bill.now'].create({
            'account_id': self.account.id, 'company_id': self.ca.id, 'target_date': target,
            'send_invoices': False, **values,
        })

    def test_dialog_shows_and_bills(self):
        env = self.as_role('approver')
        wizard = self.dialog(env=env)
        for text in ("Fibre", "59.95", "3.00", "5.98", "68.93", "11/01/2026", "11/30/2026"):
            self.assertIn(text, wizard.preview)
        self.assertTrue(wizard.can_bill)
        self.assertFalse(wizard.needs_approval)
        action = wizard.action_confirm()
        move = self.env['account.move'].browse(action['res_id'])
        self.assertEqual((move.state, move.amount_total), ('posted', 68.93))
        run = move.isp_bill_run_id
        self.assertEqual((run.state, run.approved_by_id), ('running', env.user))
        run._isp_work()
        self.assertEqual(run.state, 'done')
        self.assertTrue(move.isp_document_id)

    def test_case_006_double_click(self):
        """Two requests of one dialog: one invoice, the same; the next period untouched."""
        wizard = self.dialog()
        first = wizard.action_confirm()
        wizard.invalidate_recordset()
        second = wizard.action_confirm()
        self.assertEqual(first['res_id'], second['res_id'])
        self.assertEqual(self.amounts(self.account), [59.95])
        # another dialog for the same date finds nothing, and never the next period
        again = self.dialog()
        self.assertFalse(again.can_bill)
        self.assertIn("Nothing is due", again.preview)
        with self.assertRaisesRegex(UserError, "Nothing is due"), self.env.cr.savepoint():
            again.action_confirm()
        self.assertEqual(self.amounts(self.account), [59.95])
        self.assertEqual(len(self.env['isp.bill.run'].search([
            ('account_ids', 'in', self.account.ids)])), 1)

    def test_case_006_twin_committed_meanwhile(self):
        """The twin request was committed after ours began: ours is repeated by the server."""
        wizard = self.dialog()
        wizard.action_confirm()
        runs = type(self.env['isp.bill.run'])
        with patch.object(runs, 'search', lambda this, *args, **kwargs: this.browse()), \
                mute_logger('odoo.sql_db'), self.assertRaises(ConcurrencyError):
            self.env['isp.bill.run']._isp_bill_now(
                self.account, self.ca, date(2026, 11, 1), wizard.request_key)
        self.assertEqual(self.amounts(self.account), [59.95])

    def test_what_was_shown_is_billed(self):
        """A price that changed since the dialog was opened is not billed."""
        shown = self.dialog().shown_hash
        self.fibre.price_ids.amount = 64.95
        with self.assertRaisesRegex(UserError, "no longer what was shown"):
            self.env['isp.bill.run']._isp_bill_now(
                self.account, self.ca, date(2026, 11, 1), 'key', shown)

    def test_four_eyes_and_clerks(self):
        """Where somebody else has to approve, the run is left computed, and the key finds it."""
        wizard = self.dialog(env=self.as_role('clerk'))
        self.assertTrue(wizard.needs_approval)
        action = wizard.action_confirm()
        run = self.env['isp.bill.run'].browse(action['res_id'])
        self.assertEqual((action['res_model'], run.state), ('isp.bill.run', 'computed'))
        self.assertEqual(wizard.action_confirm()['res_id'], run.id)
        run.action_cancel()
        self.ca.isp_four_eyes = True
        wizard = self.dialog(env=self.as_role('manager'))
        self.assertTrue(wizard.needs_approval)
        run = self.env['isp.bill.run'].browse(wizard.action_confirm()['res_id'])
        self.assertEqual(run.state, 'computed')
        with self.assertRaisesRegex(UserError, "computed by you"):
            run.with_env(wizard.env).action_approve()

    def test_exceptions_are_shown_and_not_billed(self):
        self.fibre.price_ids.unlink()
        wizard = self.dialog()
        self.assertIn("no price", wizard.preview)
        self.assertFalse(wizard.can_bill)
        with self.assertRaisesRegex(UserError, "no price"), self.env.cr.savepoint():
            wizard.action_confirm()
        self.assertFalse(self.env['isp.bill.run'].search([('account_ids', 'in', self.account.ids)]))

    def test_carried_credit(self):
        self.bill('2026-11-01')
        self.subscription._isp_hold(date(2026, 11, 11), date(2026, 11, 20))
        wizard = self.dialog('2026-11-21')
        self.assertIn("carried to the next bill", wizard.preview)
        with self.assertRaisesRegex(UserError, "deducted from the next bill"):
            wizard.action_confirm()

    def test_any_date(self):
        """Months ahead and in the past, by the form; nothing is written."""
        account, env = self.account, self.as_role('clerk')
        with Form(env['isp.bill.now'].with_context(default_account_id=account.id)) as form:
            form.target_date = date(2027, 1, 1)
            self.assertEqual(form.preview.count("59.95"), 3)
            self.assertIn("179.85", form.preview)
            form.target_date = date(2026, 10, 1)
            self.assertIn("Nothing is due", form.preview)
        self.assertFalse(self.amounts(account))
        action = self.subscription.action_isp_bill_account()
        self.assertEqual(action['context']['default_account_id'], account.id)

    def test_case_071_preview_of_any_account_equals_the_bill(self):
        """N lines: 0 moves, numbers, rows; the bill is equal per line to the cent."""
        plans = [self.make_plan(f'P{place}', round(7.0 + place / 3, 2), allow_several=True)
                 for place in range(6)]
        accounts = [self.account]
        for place in range(COUNT // 6):
            account = self.make_account(f"Paul Number{place}")
            accounts.append(account)
            self.make_subscription(account, plans, f'2026-10-{1 + place % 28:02d}')
        runs, target = self.env['isp.bill.run'], date(2026, 11, 1)
        before = self.env['account.move'].search_count([])
        sequence = self.journals[self.ca].id
        shown = {}
        for account in accounts:
            (bill,) = runs._isp_account_previews(account, self.ca, target, target)
            for line in bill.lines:
                key = line.line_id, line.period_start, line.revision
                shown[key] = (line.date_from, line.date_to, line.days, float(line.amount))
        self.assertGreaterEqual(len(shown), COUNT)
        self.assertEqual(self.env['account.move'].search_count([]), before)
        self.assertFalse(self.env['isp.charge'].search([('company_id', '=', self.ca.id)]))
        self.assertFalse(runs.search([('company_id', '=', self.ca.id)]))
        run = self.bill('2026-11-01')
        names = run.move_ids.sorted('id').mapped('sequence_number')
        self.assertEqual(min(names), 1, f"journal {sequence}: no number was used")
        billed = {
            (charge.line_id.id, charge.period_start, charge.revision):
            (charge.date_from, charge.date_to, charge.days, charge.amount)
            for charge in self.env['isp.charge'].search([('run_id', '=', run.id)])
        }
        self.assertEqual(billed, shown)
