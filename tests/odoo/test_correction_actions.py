"""Credit an amount, credit a line, write off: actions of a posted invoice."""
from datetime import date
from decimal import Decimal

from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, new_test_user

from .test_correction import CorrectionCase


class ActionCase(CorrectionCase):

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.taxed = {
            price: cls.make_plan(f'T{price}', float(price), kind=kind)
            for price, kind in ((30, 'internet'), (20, 'tv'), (10, 'voice'))
        }
        bank, outstanding = cls.env['account.account'].with_company(cls.ca).create([
            {'code': code, 'name': code, 'account_type': kind, 'reconcile': kind != 'asset_cash',
             'company_ids': [Command.set(cls.ca.ids)]}
            for code, kind in (('512000', 'asset_cash'), ('512100', 'asset_current'))])
        cls.bank = cls.env['account.journal'].create({
            'name': "Bank", 'code': 'BNKT', 'type': 'bank', 'company_id': cls.ca.id,
            'default_account_id': bank.id})
        cls.bank.inbound_payment_method_line_ids.payment_account_id = outstanding

    def invoice(self, *prices, account=None, day='2026-04-01'):
        account = account or self.account
        self.make_subscription(account, [self.taxed[price] for price in prices], day)
        return self.run_of(account, day)

    def dialog(self, move, **values):
        values = {'reason': "No service", 'date': '2026-04-05', **values}
        return self.env['isp.invoice.credit'].create({'move_id': move.id, **values})

    def credited(self, move, amount, **values):
        action = self.dialog(move, amount=amount, **values).action_credit()
        return self.env['account.move'].browse(action['res_id'])

    def pay(self, move, amount):
        self.env['account.payment.register'].with_context(
            active_model='account.move', active_ids=move.ids,
        ).create({'amount': amount, 'journal_id': self.bank.id, 'payment_date': '2026-04-03'},
                 )._create_payments()


class TestCreditAmount(ActionCase):

    def test_amount_over_lines_with_two_taxes(self):
        """68.99 of three lines with GST and QST; 23.00 with tax is 23.00, to the cent."""
        move = self.invoice(30, 20, 10)
        self.assertEqual(move.amount_total, 68.99)
        with Form(self.env['isp.invoice.credit'].with_context(
            default_move_id=move.id)) as form:
            form.amount = 23.0
            form.reason = "Three days without service"
            self.assertEqual(form.amount_left, 68.99)
            self.assertEqual((form.amount_total, form.amount_due), (23.0, 45.99))
            self.assertEqual(form.amount_untaxed + form.amount_tax, 23.0)
        action = form.record.action_credit()
        credit = self.env['account.move'].browse(action['res_id'])
        self.assertEqual((credit.state, credit.amount_total), ('posted', 23.0))
        self.assertEqual(
            (credit.amount_untaxed, credit.amount_tax),
            (form.record.amount_untaxed, form.record.amount_tax))
        self.assertEqual(move.amount_residual, 45.99)
        self.assertEqual((credit.isp_credit_kind, credit.isp_credit_reason),
                         ('error', "Three days without service"))
        self.assertFalse(credit.isp_reopens)
        audit = self.env['isp.audit'].sudo().search([
            ('model', '=', 'account.move'), ('res_id', '=', credit.id)])
        self.assertEqual(audit.mapped('reason'), ["Three days without service"])
        rest = self.credited(move, 45.99)
        self.assertEqual(rest.amount_total, 45.99)
        self.assertEqual((move.amount_residual, self.assertAgree()), (0.0, 0.0))
        with self.assertRaisesRegex(UserError, "credited already"):
            self.credit_draft(move)

    def test_more_than_is_left(self):
        move = self.invoice(30)
        self.credited(move, 20.0)
        with self.assertRaisesRegex(UserError, r"20[.,]00.* and .*14[.,]50.* is left of invoice"):
            self.credited(move, 20.0)
        with self.assertRaisesRegex(UserError, "Enter what is credited"):
            self.credited(move, 0.0)
        dialog = self.dialog(move, amount=20.0)
        self.assertIn("is left", dialog.problem)
        with self.assertRaisesRegex(UserError, "only a posted invoice"):
            move.reversal_move_ids.action_isp_credit()

    def test_an_amount_that_taxes_cannot_reach(self):
        """With 20 % no credit note comes to 0.03: it is 0.02, shown before."""
        plan = self.make_plan('FRENCH', 30.0, company=self.fr)
        account = self.make_account("Françoise", company=self.fr)
        self.make_subscription(account, [plan], '2026-04-01', company=self.fr)
        move = self.bill('2026-04-01', company=self.fr).move_ids
        dialog = self.dialog(move, amount=0.03)
        self.assertEqual(dialog.amount_total, 0.02)
        self.assertEqual(self.env['account.move'].browse(
            dialog.action_credit()['res_id']).amount_total, 0.02)

    def test_a_line_then_the_end_of_service(self):
        """10.00 of the line of 30.00; the end on the 15th credits 15.00 and 10.00."""
        move = self.invoice(30, 20)
        dialog = self.dialog(move, mode='lines', kind='goodwill')
        line = dialog.line_ids.filtered(lambda one: one.billed == 30.0)
        line.amount = 30.01
        self.assertIn("30", dialog.problem)
        with self.assertRaisesRegex(UserError, "is left of it"):
            dialog.action_credit()
        line.amount = 10.0
        self.assertFalse(dialog.problem)
        dialog.action_credit()
        subscription = move.isp_charge_ids.subscription_id
        self.assertEqual(self.assertAgree(), 40.0)
        subscription._isp_end(date(2026, 4, 15))
        end = self.run_of(self.account, '2026-04-16')
        self.assertEqual(end.amount_untaxed_signed, -25.0)
        self.assertEqual(self.assertAgree(), 15.0)

    def test_periods_reopen_or_not(self):
        """An error is billed again when asked; goodwill never is."""
        for kind, again in (('error', 5.0), ('goodwill', 0.0)):
            account = self.make_account(f"Again {kind}")
            move = self.invoice(30, account=account)
            dialog = self.dialog(move, mode='lines', kind=kind, reopens=True)
            dialog.line_ids.amount = 5.0
            dialog.action_credit()
            self.assertEqual(
                sum(self.run_of(account, '2026-04-06').mapped('amount_untaxed')), again)
        with self.assertRaisesRegex(UserError, "goodwill is not billed again"):
            move._isp_credit({move.invoice_line_ids: Decimal(1)}, 'goodwill', "x",
                             date(2026, 4, 7), reopens=True)

    def test_paid_and_partly_paid(self):
        """What was paid stays open on the credit note; shown before."""
        move, other = self.invoice(30), self.invoice(30, account=self.make_account("Paid"))
        self.pay(move, 20.0)
        dialog = self.dialog(move, amount=34.49)
        self.assertEqual((dialog.amount_due, dialog.amount_open), (0.0, 20.0))
        credit = self.env['account.move'].browse(dialog.action_credit()['res_id'])
        self.assertEqual((move.amount_residual, credit.amount_residual), (0.0, 20.0))
        self.pay(other, 34.49)
        self.assertEqual(self.credited(other, 34.49).amount_residual, 34.49)

    def test_shares_of_payers(self):
        """A payer's part is credited on the payer's invoice alone."""
        payer = self.make_account("Payer")
        self.account.with_company(self.ca).write({
            'isp_payer_id': payer.id, 'isp_payer_share': 'percent', 'isp_payer_percent': 60.0})
        self.make_subscription(self.account, [self.plans[30]], '2026-04-01')
        moves = self.run_of(self.account | payer, '2026-04-01')
        theirs = moves.filtered(lambda one: one.isp_account_id == payer)
        self.assertEqual(theirs.amount_total, 18.0)
        self.credited(theirs, 8.0)
        self.assertEqual((self.assertAgree(payer), self.assertAgree()), (10.0, 12.0))
        with self.assertRaisesRegex(UserError, "is left"):
            self.credited(theirs, 10.01)

    def test_invoice_by_hand(self):
        """An invoice without charges is credited the same way."""
        move = self.env['account.move'].create({
            'move_type': 'out_invoice', 'partner_id': self.account.id,
            'journal_id': self.journals[self.ca].id, 'invoice_date': '2026-04-01',
            'invoice_line_ids': [Command.create({
                'name': "Visit", 'price_unit': 50.0, 'tax_ids': [Command.set(self.gst.ids)]})]})
        move.action_post()
        self.assertEqual(self.credited(move, 21.0).amount_untaxed, 20.0)
        with self.assertRaisesRegex(UserError, "is left"):
            self.credited(move, 31.51)
        rest = self.credit_draft(move)
        self.assertEqual(rest.amount_untaxed, 30.0)
        rest.unlink()
        self.assertEqual(self.credited(move, 31.5).amount_untaxed, 30.0)
        with self.assertRaisesRegex(UserError, "credited already"):
            self.credit_draft(move)


class TestWriteOff(ActionCase):

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env['account.journal'].create({
            'name': "Miscellaneous", 'code': 'MISC', 'type': 'general', 'company_id': cls.ca.id})
        cls.loss = cls.env['account.account'].with_company(cls.ca).create({
            'code': '650000', 'name': "Bad debts", 'account_type': 'expense',
            'company_ids': [Command.set(cls.ca.ids)]})
        cls.ca.write({'isp_write_off_account_id': cls.loss.id, 'isp_write_off_limit': 20.0})
        cls.users = {
            role: new_test_user(
                cls.env, f'wo-{role}', groups=f'base.group_user,isp_billing.group_{role}',
                company_id=cls.ca.id, company_ids=[Command.set(cls.ca.ids)],
            ) for role in ('clerk', 'approver')
        }

    def write_off(self, move, role='clerk', **values):
        rows = self.env['isp.write.off'].with_user(self.users[role])
        return rows.with_context(allowed_company_ids=self.ca.ids).create({
            'move_id': move.id, 'reason': "Insolvent", 'date': '2026-04-05', **values})

    def test_below_the_limit(self):
        """14.49 left of 34.49 by a clerk: the entry settles the invoice, on its account."""
        move = self.invoice(30)
        self.pay(move, 20.0)
        row = self.write_off(move)
        self.assertEqual((row.amount, row.account_id), (14.49, self.loss))
        row.action_write_off()
        self.assertEqual(row.state, 'done')
        self.assertEqual(move.amount_residual, 0.0)
        items = row.entry_id.line_ids
        self.assertEqual({line.account_id: line.balance for line in items}, {
            self.loss: 14.49, self.accounts[self.ca][0]: -14.49})
        receivable = items.filtered('credit')
        self.assertEqual(receivable.isp_account_id, self.account)
        self.assertTrue(receivable.reconciled)
        self.assertEqual(self.env['isp.audit'].sudo().search([
            ('model', '=', 'isp.write.off'), ('res_id', '=', row.id), ('action', '=', 'write'),
        ]).mapped('reason'), ["Insolvent"])
        with self.assertRaisesRegex(UserError, "decided already"):
            row.action_write_off()

    def test_above_the_limit(self):
        """34.49 waits for an approver; nobody changes or decides it past the buttons."""
        move = self.invoice(30)
        row = self.write_off(move)
        row.action_write_off()
        self.assertEqual((row.state, move.amount_residual), ('requested', 34.49))
        for values in ({'amount': 1.0}, {'state': 'done'}):
            with self.assertRaises(AccessError):
                row.write(values)
        with self.assertRaises(AccessError):
            self.write_off(move, state='requested')
        with self.assertRaises(AccessError):
            row.action_approve_write_off()
        with self.assertRaisesRegex(UserError, "waits already"):
            self.write_off(move).action_write_off()
        approved = row.with_user(self.users['approver'])
        approved.action_approve_write_off()
        self.assertEqual((row.state, move.amount_residual), ('done', 0.0))
        self.assertEqual((row.requested_by_id, row.decided_by_id),
                         (self.users['clerk'], self.users['approver']))

    def test_second_person_and_refusal(self):
        move = self.invoice(30)
        self.ca.isp_four_eyes = True
        row = self.write_off(move, 'approver')
        row.action_write_off()
        self.assertEqual(row.state, 'requested')
        with self.assertRaisesRegex(UserError, "Another person"):
            row.action_approve_write_off()
        row.action_refuse_write_off()
        self.assertEqual((row.state, move.amount_residual), ('refused', 34.49))

    def test_more_than_is_open(self):
        move = self.invoice(30)
        with self.assertRaisesRegex(UserError, "is open on invoice"):
            self.write_off(move, amount=34.50).action_write_off()
        row = self.write_off(move, amount=10.0)
        row.action_write_off()
        self.assertEqual((row.state, move.amount_residual), ('done', 24.49))
        self.assertEqual(self.credited(move, 34.49).amount_residual, 10.0)

    def test_foreign_currency(self):
        """40.00 EUR at 0.5 EUR for a dollar: 80.00 CAD of loss, nothing left in either."""
        self.env['res.currency.rate'].create({
            'currency_id': self.eur.id, 'company_id': self.ca.id, 'name': '2026-01-01',
            'rate': 0.5})
        plan = self.make_plan('EURO', 40.0, currency=self.eur, taxes=self.none, untaxed=True)
        account = self.make_account("Foreign")
        pricelist = self.env['product.pricelist'].create({
            'name': "Euro", 'currency_id': self.eur.id, 'company_id': self.ca.id})
        self.make_subscription(account, [plan], '2026-04-01', pricelist_id=pricelist.id)
        move = self.run_of(account, '2026-04-01')
        self.assertEqual(self.credited(move, 15.0).amount_total, 15.0)
        row = self.write_off(move, 'approver')
        self.assertEqual(row.amount, 25.0)
        row.action_write_off()
        self.assertEqual(move.amount_residual, 0.0)
        loss = row.entry_id.line_ids.filtered(lambda line: line.account_id == self.loss)
        self.assertEqual((loss.amount_currency, loss.balance), (25.0, 50.0))
        self.assertEqual(self.assertAgree(account), 25.0)
