"""Reversal of a posted run: credit notes, reopened periods, money that was paid."""
from datetime import date
from unittest.mock import patch

from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import new_test_user
from odoo.tools import mute_logger

from .common import IspCase

LOGGER = 'odoo.addons.isp_billing.models.isp_bill_run_reverse'


class TestBillRunReverse(IspCase):

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.plan = cls.make_plan('HUNDRED', 100.0, taxes=cls.env['account.tax'], untaxed=True)
        cls.env['account.journal'].create({
            'name': "Bank", 'code': 'BNKT', 'type': 'bank', 'company_id': cls.ca.id,
        })

    def make_billed(self, count=1, plan=None):
        accounts = [self.make_account(f"Rita Number{place}") for place in range(count)]
        for account in accounts:
            self.make_subscription(account, [plan or self.plan], '2026-11-01')
        return accounts, self.bill('2026-11-01')

    def pay(self, move, amount):
        """Receive money for an invoice, as an entry of the bank."""
        bank = self.env['account.account'].search([
            ('account_type', '=', 'asset_cash'), ('company_ids', 'in', self.ca.ids)], limit=1)
        receivable = move.line_ids.filtered(lambda x: x.account_type == 'asset_receivable')
        entry = self.env['account.move'].create({
            'move_type': 'entry', 'date': '2026-11-10', 'isp_account_id': move.isp_account_id.id,
            'journal_id': self.env['account.journal'].search(
                [('type', '=', 'bank'), ('company_id', '=', self.ca.id)], limit=1).id,
            'line_ids': [
                Command.create({'account_id': bank.id, 'debit': amount}),
                Command.create({
                    'account_id': receivable.account_id.id, 'credit': amount,
                    'partner_id': move.partner_id.id,
                }),
            ],
        })
        entry.action_post()
        (receivable | entry.line_ids.filtered('credit')).reconcile()

    def reverse(self, run, **values):
        run._isp_reverse("Wrong price", date(2026, 11, 15), **values)
        run._isp_work()
        return run

    def balance(self, account):
        account.invalidate_recordset(['isp_balance'])
        return account.with_company(self.ca).isp_balance

    def test_case_074_reversal(self):
        """One credit note per invoice; account and tax sum to 0.00; billed again once."""
        accounts, run = self.make_billed(5, self.fibre)
        charges = self.env['isp.charge'].search([('run_id', '=', run.id)])
        invoices = run.move_ids
        self.reverse(run)
        self.assertEqual(run.state, 'reversed')
        self.assertEqual(run.bill_ids.mapped('state'), ['reversed'] * 5)
        self.assertEqual(run.reversed_count, 5)
        credits = run.reversal_ids.credit_id
        self.assertEqual(len(credits), 5)
        self.assertEqual(credits.reversed_entry_id, invoices)
        self.assertEqual(set(credits.mapped('state')), {'posted'})
        self.assertEqual(set(credits.mapped('invoice_date')), {date(2026, 11, 15)})
        self.assertEqual(set(invoices.mapped('payment_state')), {'reversed'})
        sums = {}
        for line in (invoices | credits).line_ids:
            key = line.partner_id, line.account_id, line.tax_line_id, line.tax_ids
            sums[key] = sums.get(key, 0.0) + line.balance
        self.assertEqual({round(amount, 2) for amount in sums.values()}, {0.0})
        self.assertTrue(charges.exists(), "nothing is deleted")
        for account in accounts:
            self.assertEqual(self.amounts(account), [59.95, -59.95])
        with self.assertRaisesRegex(UserError, "reversed already"):
            run.action_reverse()
        with self.assertRaisesRegex(UserError, "reversed already"):
            run._isp_reverse("Again")
        again = self.bill('2026-11-20')
        self.assertEqual(again.move_ids.mapped('amount_untaxed'), [59.95] * 5)
        self.assertEqual(
            set(again.move_ids.mapped('isp_period_from')), {date(2026, 11, 1)})
        self.assertFalse(self.bill('2026-11-21').bill_ids)

    def test_partly_paid(self):
        """100.00 invoiced, 40.00 paid, reversed: 0.00 due, 40.00 open, −40.00; re-bill +60.00."""
        (account, other), run = self.make_billed(2)
        invoice = run.move_ids.filtered(lambda move: move.isp_account_id == account)
        self.pay(invoice, 40.0)
        self.assertEqual(invoice.amount_residual, 60.0)
        wizard = self.env['isp.bill.reverse'].create({'run_id': run.id, 'reason': "Wrong price"})
        self.assertEqual(
            (wizard.invoice_count, wizard.paid_count, wizard.paid_amount), (2, 1, 40.0))
        wizard.date = '2026-11-15'
        wizard.action_confirm()
        self.assertEqual(run.state, 'reversing')
        run._isp_work()
        row = run.reversal_ids.filtered('is_paid')
        self.assertEqual(row.account_id, account)
        self.assertEqual((row.amount_total, row.amount_paid, row.amount_credited),
                         (100.0, 40.0, 100.0))
        self.assertEqual(invoice.amount_residual, 0.0)
        self.assertEqual((row.credit_id.amount_total, row.credit_id.amount_residual), (100.0, 40.0))
        self.assertEqual((self.balance(account), self.balance(other)), (-40.0, 0.0))
        self.assertEqual(run.reversal_paid_count, 1)
        action = run.action_view_reversals()
        self.assertEqual(len(self.env[action['res_model']].search(action['domain'])), 2)
        note = run.message_ids[0].body
        self.assertIn(invoice.name, note)
        self.assertIn("40.00", note)
        self.assertIn("Wrong price", note)
        again = self.bill('2026-11-20')
        self.assertEqual(sorted(again.move_ids.mapped('amount_total')), [100.0, 100.0])
        self.assertEqual(self.balance(account), 60.0)

    def test_resumed_chunk_by_chunk(self):
        """A reversal that was stopped goes on where it was; no invoice is credited twice."""
        _accounts, run = self.make_billed(5)
        run._isp_reverse("Wrong price")
        run._isp_reverse_chunk(2)
        self.assertEqual(run.bill_ids.mapped('state').count('reversed'), 2)
        self.assertEqual(run.state, 'reversing')
        run.invalidate_recordset()
        run._isp_work()
        self.assertEqual(run.state, 'reversed')
        self.assertEqual(len(run.reversal_ids.credit_id), 5)
        self.assertEqual(len(run.move_ids.reversal_move_ids), 5)

    def test_one_failure_never_stops_the_others(self):
        accounts, run = self.make_billed(3)
        moves = self.env.registry['account.move']
        original = moves._post

        def failing(records, soft=True):
            if accounts[1] in records.isp_account_id:
                raise UserError("No fiscal year is open")
            return original(records, soft=soft)

        with patch.object(moves, '_post', failing), mute_logger(LOGGER):
            self.reverse(run)
        self.assertEqual(run.state, 'exception')
        self.assertEqual(run.reversal_failed_count, 1)
        self.assertEqual(sorted(run.bill_ids.mapped('state')), ['posted', 'reversed', 'reversed'])
        failed = run.reversal_ids.filtered(lambda row: row.state == 'failed')
        self.assertEqual((failed.account_id, failed.reason),
                         (accounts[1], "No fiscal year is open"))
        self.assertFalse(failed.move_id.reversal_move_ids, "no stray draft")
        self.reverse(run)
        self.assertEqual(run.state, 'reversed')
        self.assertEqual(len(run.reversal_ids.credit_id), 3)
        self.assertEqual(self.amounts(accounts[1]), [100.0, -100.0])

    def test_credited_by_hand_before(self):
        """What was credited before is not credited again, by neither document nor ledger."""
        accounts, run = self.make_billed(1)
        run.move_ids._reverse_moves([{'invoice_date': '2026-11-05'}]).action_post()
        self.reverse(run)
        self.assertEqual(run.reversal_ids.state, 'nothing')
        self.assertEqual(run.state, 'reversed')
        self.assertEqual(self.amounts(accounts[0]), [100.0, -100.0])
        with self.assertRaisesRegex(UserError, "credited already"):
            run.move_ids._reverse_moves([{'invoice_date': '2026-11-16'}])

    def test_period_credited_by_a_later_bill(self):
        """A hold credited 20.00 on the next bill: the credit note gives the other 80.00."""
        plan = self.make_plan('THREE', 30.0)
        account = self.make_account()
        subscription = self.make_subscription(account, [plan], '2026-11-01')
        november = self.bill('2026-11-01')
        subscription._isp_hold(date(2026, 11, 11), date(2026, 11, 20))
        december = self.bill('2026-12-01')
        self.assertEqual(december.move_ids.amount_untaxed, 20.0)
        self.reverse(november)
        credit = november.reversal_ids.credit_id
        self.assertEqual(credit.amount_untaxed, 20.0)
        self.assertEqual(credit.isp_charge_ids.amount, -20.0)
        again = self.bill('2026-12-02')
        self.assertEqual(again.move_ids.amount_untaxed, 20.0)
        documents = (november | december | again).move_ids | credit
        net = sum(documents.mapped('amount_untaxed_signed'))
        self.assertEqual(round(net, 2), 50.0, "20.00 of November and 30.00 of December")
        self.assertEqual(round(sum(self.amounts(account)), 2), 50.0)

    def test_modify_cancels_a_cut_credit_note(self):
        """The stock "reverse and create" posts the cut credit note too."""
        plan = self.make_plan('THREE', 30.0)
        account = self.make_account()
        subscription = self.make_subscription(account, [plan], '2026-11-01')
        november = self.bill('2026-11-01').move_ids
        subscription._isp_hold(date(2026, 11, 11), date(2026, 11, 20))
        self.bill('2026-12-01')
        credit = november._reverse_moves([{'invoice_date': '2026-12-02'}], cancel=True)
        self.assertEqual((credit.state, credit.amount_untaxed), ('posted', 20.0))
        self.assertEqual(november.payment_state, 'partial')

    def test_documents_as_a_choice(self):
        accounts, run = self.make_billed(2)
        for account in accounts:
            account.with_company(self.ca).isp_delivery_channel = 'paper'
        self.reverse(run, documents='send')
        self.assertEqual(run.state, 'reversed')
        rows = run.reversal_ids
        self.assertEqual(rows.mapped('rendered'), [True, True])
        self.assertEqual(rows.mapped('delivery_state'), ['print', 'print'])
        self.assertTrue(all(move.isp_document_id for move in rows.credit_id))
        _accounts, run = self.make_billed(1)
        self.reverse(run, documents='pdf')
        self.assertTrue(all(move.isp_document_id for move in run.reversal_ids.credit_id))
        self.assertEqual(set(run.reversal_ids.mapped('delivery_state')), {'none'})
        _accounts, run = self.make_billed(1)
        self.reverse(run)
        self.assertFalse(run.reversal_ids.credit_id.isp_document_id)

    def test_bills_that_wait_come_with_the_next_run(self):
        accounts = [self.make_account(f"Rolf Number{place}") for place in range(2)]
        for account in accounts:
            self.make_subscription(account, [self.plan], '2026-11-01')
        run = self.make_run('2026-11-01', send_invoices=False)
        held = run.bill_ids[0]
        held._isp_hold("Disputed")
        run.action_approve()
        run.action_start()
        run._isp_work()
        self.assertEqual(run.state, 'exception')
        self.reverse(run)
        self.assertEqual((run.state, held.state), ('reversed', 'excluded'))
        with self.assertRaisesRegex(UserError, "finished"):
            held.action_release()
        self.assertEqual(len(self.bill('2026-11-20').move_ids), 2)

    def test_the_books_are_right_afterwards(self):
        """The check of the books finds nothing after a reversal, and nothing when billed again."""
        (account, _other), run = self.make_billed(2, self.fibre)
        run._isp_work()
        self.pay(run.move_ids.filtered(lambda move: move.isp_account_id == account), 40.0)
        self.reverse(run)
        self.assertEqual(run.state, 'reversed')
        for again in (False, True):
            if again:
                self.bill('2026-11-20')._isp_work()
            check = self.env['isp.book.check'].create({'company_id': self.ca.id})
            check._isp_execute()
            self.assertEqual(
                check.finding_ids.filtered(lambda one: one.severity == 'error').mapped('code'), [])

    def test_refused(self):
        """No reason, a locked day, nothing posted, the wrong role: refused in words."""
        _accounts, run = self.make_billed(1)
        with self.assertRaisesRegex(UserError, "why"):
            run._isp_reverse(" ")
        self.ca.fiscalyear_lock_date = '2026-10-31'
        with self.assertRaisesRegex(UserError, "locked"):
            run._isp_reverse("Wrong price", date(2026, 10, 31))
        draft = self.make_run('2026-12-01')
        with self.assertRaisesRegex(UserError, "Cancel it"):
            draft.action_reverse()
        clerk = new_test_user(
            self.env, 'isp-reverse-clerk', groups='base.group_user,isp_billing.group_clerk',
            company_id=self.ca.id, company_ids=[Command.set(self.ca.ids)])
        with self.assertRaises(AccessError):
            run.with_user(clerk).with_context(allowed_company_ids=self.ca.ids).action_reverse()
        self.assertFalse(run.reversal_ids)
        self.assertEqual(run.bill_ids.state, 'posted')
