"""Bills that are corrected: the ledger of charges says what the posted documents say."""
from datetime import date

from odoo import Command
from odoo.exceptions import UserError

from .common import IspCase


class CorrectionCase(IspCase):

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.none = cls.env['account.tax']
        cls.plans = {
            price: cls.make_plan(f'P{price}', float(price), taxes=cls.none, untaxed=True, kind=kind)
            for price, kind in ((30, 'internet'), (20, 'tv'), (10, 'voice'))
        }
        cls.account = cls.make_account("Corrected")

    def billed(self, *prices, account=None, day='2026-04-01', **values):
        """An account that was billed for a month: (subscription, invoice)."""
        account = account or self.account
        subscription = self.make_subscription(
            account, [self.plans[price] for price in prices], day, **values)
        return subscription, self.run_of(account, day)

    def run_of(self, account, day, **values):
        """What a run bills an account (account.move)."""
        return self.bill(day, account_ids=[Command.set(account.ids)], **values).move_ids

    def credit_draft(self, move, day='2026-04-05', reopens=False):
        return move.with_context(isp_reopen_periods=reopens)._reverse_moves(
            [{'invoice_date': day, 'date': day}])

    def set_price(self, line, price):
        line.move_id.write({'invoice_line_ids': [
            Command.update(line.id, {'price_unit': price})]})

    def assertAgree(self, account=None):
        """Ledger and documents say the same, line by line and in total; returns the total."""
        account = account or self.account
        charges = self.env['isp.charge'].search([('payer_id', '=', account.id)])
        self.assertEqual(set(charges.move_id.mapped('state')) - {'posted'}, set())
        for line, rows in charges.filtered('amount').grouped('move_line_id').items():
            self.assertEqual(float(line._isp_amount()), round(sum(rows.mapped('amount')), 2))
        moves = self.env['account.move'].search([
            ('isp_account_id', '=', account.id), ('state', '=', 'posted')])
        total = round(sum(charges.mapped('amount')), 2)
        self.assertEqual(round(sum(moves.mapped('amount_untaxed_in_currency_signed')), 2), total)
        return total


class TestCreditNoteEdited(CorrectionCase):

    def test_case_108_draft_lowered(self):
        """Kind: ledger rows made from the first draft. 30.00, lowered to 10.00; ends on the 15th.

        Ledger −10.00, and the end credits 15.00.
        """
        subscription, invoice = self.billed(30)
        credit = self.credit_draft(invoice)
        self.assertFalse(credit.isp_charge_ids, "a draft is not in the ledger")
        self.set_price(credit.invoice_line_ids, 10.0)
        credit.action_post()
        self.assertEqual(self.amounts(subscription), [30.0, -10.0])
        self.assertEqual(self.assertAgree(), 20.0)
        subscription._isp_end(date(2026, 4, 15))
        self.assertEqual(self.run_of(self.account, '2026-04-16').amount_untaxed_signed, -15.0)
        self.assertEqual(self.assertAgree(), 5.0)

    def test_case_109_lines_deleted(self):
        """Kind: ledger rows made from the first draft. 30 + 20 + 10, two lines deleted.

        Ledger −10.00; the end on October 15 credits 25.80.
        """
        subscription, invoice = self.billed(30, 20, 10, day='2026-10-01')
        credit = self.credit_draft(invoice, '2026-10-05')
        credit.invoice_line_ids.filtered(lambda line: line.price_unit != 10.0).unlink()
        credit.action_post()
        self.assertEqual(credit.isp_charge_ids.mapped('amount'), [-10.0])
        subscription._isp_end(date(2026, 10, 15))
        self.assertEqual(self.run_of(self.account, '2026-10-16').amount_untaxed_signed, -25.8)
        self.assertEqual(self.assertAgree(), 24.2)

    def test_split_quantity_and_discount(self):
        """Lines split in two, a quantity of a half, a discount: the ledger follows the amounts."""
        _subscription, invoice = self.billed(30, 20)
        credit = self.credit_draft(invoice)
        line = credit.invoice_line_ids.filtered(lambda one: one.price_unit == 30.0)
        other = credit.invoice_line_ids - line
        credit.write({'invoice_line_ids': [
            Command.update(line.id, {'price_unit': 12.0}),
            Command.create({'name': "The rest", 'product_id': line.product_id.id,
                            'price_unit': 8.0, 'tax_ids': [Command.clear()],
                            'account_id': line.account_id.id}),
            Command.update(other.id, {'quantity': 0.5, 'discount': 50.0}),
        ]})
        credit.action_post()
        self.assertEqual(sorted(credit.isp_charge_ids.mapped('amount')), [-12.0, -8.0, -5.0])
        self.assertEqual(self.assertAgree(), 25.0)

    def test_more_than_is_left_is_refused(self):
        """Raised above what is left, a line of nothing billed, other taxes: refused by name."""
        _subscription, invoice = self.billed(30)
        first, second = self.credit_draft(invoice), self.credit_draft(invoice)
        self.set_price(first.invoice_line_ids, 30.01)
        with self.assertRaisesRegex(UserError, r"credits .*30[.,]01.* and .*30[.,]00.* is left"):
            first.action_post()
        self.set_price(first.invoice_line_ids, 20.0)
        first.write({'invoice_line_ids': [Command.create({
            'name': "Goodwill", 'price_unit': 5.0, 'tax_ids': [Command.clear()]})]})
        with self.assertRaisesRegex(UserError, "“Goodwill” is no line of invoice"):
            first.action_post()
        first.invoice_line_ids[-1].unlink()
        first.invoice_line_ids.tax_ids = self.gst
        with self.assertRaisesRegex(UserError, "account, currency and taxes"):
            first.action_post()
        first.invoice_line_ids.tax_ids = self.none
        # both in one batch share what is left: 20 + 30 of 30
        with self.assertRaisesRegex(UserError, r"30[.,]00.* and .*10[.,]00.* is left"):
            (first | second).action_post()
        self.set_price(second.invoice_line_ids, 10.0)
        (first | second).action_post()
        self.assertEqual(self.assertAgree(), 0.0)
        with self.assertRaisesRegex(UserError, "credited already"):
            self.credit_draft(invoice)

    def test_draft_deleted_or_cancelled(self):
        """A draft that goes leaves nothing behind; the next one starts with everything."""
        _subscription, invoice = self.billed(30)
        self.credit_draft(invoice).unlink()
        self.credit_draft(invoice).button_cancel()
        credit = self.credit_draft(invoice)
        self.assertEqual(credit.amount_untaxed, 30.0)
        credit.action_post()
        self.assertEqual(self.assertAgree(), 0.0)

    def test_several_credit_notes(self):
        """10.00, then the next draft starts with 20.00; reverse and create charges again."""
        subscription, invoice = self.billed(30)
        credit = self.credit_draft(invoice)
        self.set_price(credit.invoice_line_ids, 10.0)
        credit.action_post()
        second = invoice._reverse_moves([{'invoice_date': '2026-04-06'}], cancel=True)
        self.assertEqual((second.state, second.amount_untaxed), ('posted', 20.0))
        self.assertEqual(self.amounts(subscription), [30.0, -10.0, -20.0])
        self.assertEqual(self.assertAgree(), 0.0)

    def test_corrected_invoice(self):
        """Reverse and create: what the corrected invoice says is charged, and is all there is."""
        subscription, invoice = self.billed(30)
        wizard = self.env['account.move.reversal'].with_context(
            active_model='account.move', active_ids=invoice.ids,
        ).create({'journal_id': invoice.journal_id.id, 'date': '2026-04-05'})
        corrected = self.env['account.move'].browse(wizard.modify_moves()['res_id'])
        self.set_price(corrected.invoice_line_ids, 25.0)
        corrected.action_post()
        self.assertEqual(self.amounts(subscription), [30.0, -30.0, 25.0])
        self.assertEqual(self.assertAgree(), 25.0)
        self.assertFalse(self.run_of(self.account, '2026-04-06'))
        subscription._isp_end(date(2026, 3, 31))
        self.assertEqual(self.run_of(self.account, '2026-04-07').amount_untaxed_signed, -25.0)
        self.assertEqual(self.assertAgree(), 0.0)

    def test_a_credit_note_taken_back(self):
        """A credit note of 30.00 is reversed itself: 30.00 stands again, once."""
        subscription, invoice = self.billed(30)
        credit = self.credit_draft(invoice)
        credit.action_post()
        back = self.credit_draft(credit)
        back.action_post()
        self.assertEqual(self.amounts(subscription), [30.0, -30.0, 30.0])
        self.assertEqual(self.assertAgree(), 30.0)
        self.assertFalse(self.run_of(self.account, '2026-04-06'))

    def test_credit_line_of_a_bill(self):
        """A bill of 30.00 − 10.00 is credited once; its credit is not taken back twice."""
        subscription, _invoice = self.billed(30)
        subscription._isp_hold(date(2026, 4, 11), date(2026, 4, 20))
        may = self.run_of(self.account, '2026-05-01')
        self.assertEqual(may.amount_untaxed, 20.0)
        self.credit_draft(may, '2026-05-02').action_post()
        self.assertEqual(self.assertAgree(), 30.0)
        with self.assertRaisesRegex(UserError, "credited already"):
            self.credit_draft(may, '2026-05-03')

    def test_foreign_currency(self):
        """A credit note in dollars of a Canadian company billed in euros."""
        self.env['res.currency.rate'].create({
            'currency_id': self.eur.id, 'company_id': self.ca.id, 'name': '2026-01-01',
            'rate': 0.5})
        plan = self.make_plan('EURO', 40.0, currency=self.eur, taxes=self.none, untaxed=True)
        account = self.make_account("Foreign", currency_id=self.eur.id)
        pricelist = self.env['product.pricelist'].create({
            'name': "Euro", 'currency_id': self.eur.id, 'company_id': self.ca.id})
        self.make_subscription(account, [plan], '2026-04-01', pricelist_id=pricelist.id)
        invoice = self.run_of(account, '2026-04-01')
        self.assertEqual((invoice.currency_id, invoice.amount_untaxed), (self.eur, 40.0))
        credit = self.credit_draft(invoice)
        self.set_price(credit.invoice_line_ids, 15.0)
        credit.currency_id = self.cad
        with self.assertRaisesRegex(UserError, "account, currency and taxes"):
            credit.action_post()
        credit.currency_id = self.eur
        self.set_price(credit.invoice_line_ids, 15.0)
        credit.action_post()
        self.assertEqual(credit.isp_charge_ids.mapped('amount'), [-15.0])
        self.assertEqual(credit.isp_charge_ids.currency_id, self.eur)


class TestDraftOfRun(CorrectionCase):

    def drafts(self, *prices):
        self.make_subscription(
            self.account, [self.plans[price] for price in prices], '2026-04-01')
        run = self.make_run('2026-04-01', post_invoices=False, account_ids=[
            Command.set(self.account.ids)])
        run.action_approve()
        run.action_start()
        run._isp_work()
        return run.move_ids

    def refused(self, move, words):
        with self.assertRaisesRegex(UserError, words), self.env.cr.savepoint():
            move.action_post()

    def test_case_110_draft_of_a_run(self):
        """Kind: a document is never compared with what was charged.

        A line deleted, or 20.00 lowered to 5.00, or other taxes, currency, customer: refused with
        the record, the line and the way that works.
        """
        move = self.drafts(30, 20)
        line = move.invoice_line_ids.filtered(lambda one: one.price_unit == 20.0)
        self.set_price(line, 5.0)
        self.refused(move, r"says .*5[.,]00.* and .*20[.,]00.* was charged.*Delete this draft")
        self.set_price(line, 20.0)
        line.tax_ids = self.gst
        self.refused(move, "has the taxes GST 5%, and it was charged with –")
        line.tax_ids = self.none
        customer = move.partner_id
        move.partner_id = self.make_account("Stranger")
        self.refused(move, "its customer is Stranger, but .*Corrected was charged")
        move.partner_id = customer
        line.unlink()
        self.refused(move, r"the line of P20 .*20[.,]00.*\) was deleted")
        move.unlink()
        again = self.run_of(self.account, '2026-04-02')
        self.assertEqual(again.amount_untaxed, 50.0)
        self.assertEqual(self.assertAgree(), 50.0)

    def test_other_lines_and_words_are_free(self):
        """What the ledger does not speak of may be changed: texts, and lines of something else."""
        move = self.drafts(30)
        move.write({'invoice_line_ids': [
            Command.update(move.invoice_line_ids.id, {'name': "In other words"}),
            Command.create({'name': "Visit", 'price_unit': 50.0, 'tax_ids': [Command.clear()]}),
        ]})
        move.action_post()
        self.assertEqual(self.amounts(self.account), [30.0])

    def test_a_copy_claims_nothing(self):
        """A copy of an invoice is one by hand; a line that claims a plan needs its charge."""
        _subscription, invoice = self.billed(30)
        copy = invoice.copy({'invoice_date': '2026-04-02'})
        self.assertFalse(copy.invoice_line_ids.isp_plan_id)
        copy.sudo().invoice_line_ids.isp_plan_id = self.plans[30]
        self.refused(copy, "is of plan P30, and no charge of the ledger")
        copy.sudo().invoice_line_ids.isp_plan_id = False
        copy.action_post()
        self.assertEqual(self.amounts(self.account), [30.0])

    def test_case_111_reversal_of_a_document_that_differs(self):
        """Kind: a document that differs from its charges, planted in SQL past every check.

        Ledger 50.00, documents 35.00 (20.00 became 5.00) and 30.00 (the line is gone): the
        reversal gives back what the documents say, and both are billed again whole.
        """
        five, free = (
            self.make_plan(code, price, taxes=self.none, untaxed=True, kind='tv')
            for code, price in (('FIVE', 5.0), ('FREE', 0.0)))
        other = self.make_account("Other")
        self.make_subscription(self.account, [self.plans[30], five], '2026-04-01')
        self.make_subscription(other, [self.plans[30], free], '2026-04-01')
        run = self.run_of(self.account | other, '2026-04-01').isp_bill_run_id
        self.assertEqual(sorted(run.move_ids.mapped('amount_untaxed')), [30.0, 35.0])
        (five | free).price_ids.amount = 20.0
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE isp_charge SET amount = 20, price_unit = 20, price_full = 20 "
            "WHERE plan_id IN %s", [tuple((five | free).ids)])
        self.env.invalidate_all()
        run._isp_reverse("Edited", date(2026, 4, 5))
        run._isp_work()
        credits = run.reversal_ids.credit_id
        self.assertEqual(sorted(credits.mapped('amount_untaxed')), [30.0, 35.0])
        for account in (self.account, other):
            self.assertEqual(round(sum(self.amounts(account)), 2), 0.0)
            self.assertEqual(self.run_of(account, '2026-04-06').amount_untaxed, 50.0)


class TestBilledAgain(CorrectionCase):

    def reverse_run(self, invoice, day=date(2026, 4, 5)):
        invoice.isp_bill_run_id._isp_reverse("Wrong", day)
        invoice.isp_bill_run_id._isp_work()

    def again(self, invoice, account, how):
        if how == 'run':
            self.reverse_run(invoice)
        else:
            self.credit_draft(invoice, reopens=True).action_post()
        return self.run_of(account, '2026-04-06')

    def test_case_112_list_price(self):
        """Kind: a reopened period is billed again by old facts. 30.00, then the list says 35.00.

        What follows goes by the new price: the end in the middle credits 17.50.
        """
        for how in ('run', 'note'):
            plan = self.make_plan(f'LIST{how}', 30.0, taxes=self.none, untaxed=True)
            account = self.make_account(f"List {how}")
            subscription = self.make_subscription(account, [plan], '2026-04-01')
            invoice = self.run_of(account, '2026-04-01')
            plan.price_ids.amount = 35.0
            self.assertEqual(self.again(invoice, account, how).amount_untaxed, 35.0)
            self.assertEqual(self.amounts(account), [30.0, -30.0, 35.0])
            self.assertFalse(self.run_of(account, '2026-04-07'), "once")
            subscription._isp_end(date(2026, 4, 15))
            self.assertEqual(self.run_of(account, '2026-04-16').amount_untaxed_signed, -17.5)
            self.assertEqual(self.assertAgree(account), 17.5)

    def test_case_112_tax_of_another_province(self):
        """100.00 in Quebec, moved to Ontario and billed again: 113.00 with HST."""
        plan = self.make_plan('HUNDRED', 100.0)
        for how in ('run', 'note'):
            account = self.make_account(f"Moving {how}")
            self.make_subscription(account, [plan], '2026-04-01')
            invoice = self.run_of(account, '2026-04-01')
            self.assertEqual(invoice.amount_total, 114.98)
            account.state_id = self.ontario
            again = self.again(invoice, account, how)
            self.assertEqual(again.amount_total, 113.0)
            self.assertEqual(again.invoice_line_ids.tax_ids, self.hst)

    def test_case_112_payer(self):
        """Wrong paid 30.00; billed again, Right pays it and Wrong nothing."""
        for how in ('run', 'note'):
            wrong, right = self.make_account(f"Wrong {how}"), self.make_account(f"Right {how}")
            child = self.make_account(f"Child {how}")
            child.with_company(self.ca).write(
                {'isp_payer_id': wrong.id, 'isp_payer_share': 'all'})
            self.make_subscription(child, [self.plans[30]], '2026-04-01')
            invoice = self.run_of(wrong, '2026-04-01')
            self.assertEqual(invoice.isp_account_id, wrong)
            child.with_company(self.ca).isp_payer_id = right
            if how == 'run':
                self.reverse_run(invoice)
            else:
                self.credit_draft(invoice, reopens=True).action_post()
            again = self.run_of(wrong | right | child, '2026-04-06')
            self.assertEqual(again.isp_account_id, right)
            self.assertEqual(again.amount_untaxed, 30.0)
            self.assertEqual((self.assertAgree(wrong), self.assertAgree(right)), (0.0, 30.0))
            self.assertFalse(self.run_of(wrong | right | child, '2026-04-07'))

    def test_free_period_is_billed_again(self):
        """Charged 0.00 by mistake beside 30.00; the credit note reopens it too, then 20.00."""
        plan = self.make_plan('FREE', 0.0, taxes=self.none, untaxed=True, kind='tv')
        self.make_subscription(self.account, [self.plans[30], plan], '2026-04-01')
        invoice = self.run_of(self.account, '2026-04-01')
        plan.price_ids.amount = 20.0
        self.assertEqual(self.again(invoice, self.account, 'note').amount_untaxed, 50.0)

    def test_part_reopened_keeps_the_charged_price(self):
        """10.00 of 30.00 credited and reopened, the list says 35.00: 10.00 again, at 30.00."""
        plan = self.make_plan('PART', 30.0, taxes=self.none, untaxed=True)
        self.make_subscription(self.account, [plan], '2026-04-01')
        invoice = self.run_of(self.account, '2026-04-01')
        credit = self.credit_draft(invoice, reopens=True)
        self.set_price(credit.invoice_line_ids, 10.0)
        credit.action_post()
        plan.price_ids.amount = 35.0
        self.assertEqual(self.run_of(self.account, '2026-04-06').amount_untaxed, 10.0)
        self.assertEqual(self.assertAgree(), 30.0)

    def test_a_dated_change_keeps_the_charged_price(self):
        """Hard case 50 stands: without a credit note, the past is settled at what was charged."""
        plan = self.make_plan('FIFTY', 30.0, taxes=self.none, untaxed=True)
        subscription = self.make_subscription(self.account, [plan], '2026-04-01')
        self.run_of(self.account, '2026-04-01')
        plan.price_ids.amount = 35.0
        subscription._isp_end(date(2026, 4, 15))
        self.assertEqual(self.run_of(self.account, '2026-04-16').amount_untaxed_signed, -15.0)

    def test_goodwill_stays_given(self):
        """10.00 given for good, the rest reopened: 35.00 − 10.00 are billed."""
        plan = self.make_plan('GOOD', 30.0, taxes=self.none, untaxed=True)
        self.make_subscription(self.account, [plan], '2026-04-01')
        invoice = self.run_of(self.account, '2026-04-01')
        credit = self.credit_draft(invoice)
        self.set_price(credit.invoice_line_ids, 10.0)
        credit.action_post()
        plan.price_ids.amount = 35.0
        self.assertEqual(self.again(invoice, self.account, 'note').amount_untaxed, 25.0)
        self.assertEqual(self.assertAgree(), 25.0)

    def test_case_132_hold_without_end(self):
        """Kind: a credit waits for a bill that never comes. 30.00, held from the 11th: −20.00."""
        subscription, _invoice = self.billed(30)
        subscription._isp_hold(date(2026, 4, 11))
        credit = self.run_of(self.account, '2026-04-12')
        self.assertEqual((credit.move_type, credit.amount_untaxed), ('out_refund', 20.0))
        self.assertEqual(self.assertAgree(), 10.0)

    def test_hold_up_to_the_end_of_service(self):
        """The same where the hold lasts to the last day of service; one that ends carries."""
        other = self.make_account("Comes back")
        for account, until in ((self.account, date(2026, 6, 30)), (other, date(2026, 6, 29))):
            subscription, _invoice = self.billed(30, account=account)
            subscription._isp_end(date(2026, 6, 30))
            subscription._isp_hold(date(2026, 4, 11), until)
        self.assertEqual(
            self.run_of(self.account, '2026-04-12').amount_untaxed_signed, -20.0)
        self.assertFalse(self.run_of(other, '2026-04-12'))
