"""Every amount is explained where people look at it, in their language."""
from odoo import Command
from odoo.tests import new_test_user

from .common import IspCase

A0, MINUS = '\u00a0', '\u2212'


class ExplainMixin:
    """Bills of one account from October on."""

    @classmethod
    def make_bills(cls):
        cls.env['res.lang']._activate_lang('fr_CA')
        cls.ca.isp_french = 'fr_CA'
        cls.slow = cls.make_plan('slow', 30.00)
        cls.fast = cls.make_plan('fast', 45.00)
        cls.account = cls.make_account()
        cls.subscription = cls.make_subscription(cls.account, [cls.slow], '2026-10-15')

    def moves(self):
        return self.env['account.move'].search(
            [('isp_account_id', '=', self.account.id)], order='invoice_date, id')

    def charges(self, move):
        return move.isp_charge_ids.sorted(lambda c: (c.period_start, c.line_id.id, c.revision))

    def compared(self, move, lang='en_US'):
        page = self.env['isp.bill.comparison'].with_context(lang=lang)._explain(move)[move]
        return [change.sentence for change in page['changes']] + (
            [page['tax'].sentence] if page['tax'] else [page['note']])


class TestExplain(ExplainMixin, IspCase):

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.make_bills()

    def test_charge_in_the_language_of_the_reader(self):
        self.bill('2026-10-15')
        charge = self.charges(self.moves())
        self.assertEqual(charge.explanation, "17 of 31 days × $30.00 = $16.45")
        self.assertEqual(
            charge.with_context(lang='fr_CA').explanation,
            f"17 jours sur 31 × 30,00{A0}$ = 16,45{A0}$")

    def test_line_of_a_bill_says_what_the_charge_will_say(self):
        run = self.make_run('2026-10-15')
        line = run.bill_ids.line_ids
        before = line.explanation
        run.action_approve()
        run.action_start()
        self.post_only(run)
        self.assertEqual(before, "17 of 31 days × $30.00 = $16.45")
        self.assertEqual(self.charges(self.moves()).explanation, before)
        line.invalidate_recordset()
        self.assertEqual(line.explanation, before)

    def test_first_bill_has_none_before_it(self):
        self.bill('2026-10-15')
        self.assertEqual(self.compared(self.moves()), [
            "This is the first bill: there is none before it to compare with."])

    def test_plan_change_in_a_charged_period(self):
        self.bill('2026-10-15')
        self.bill('2026-11-01')
        line = self.subscription.sale_subscription_line_ids
        line._isp_change(self.today.replace(day=16), plan=self.fast)
        self.bill('2026-12-01')
        _october, november, december = self.moves()
        self.assertEqual(self.compared(november), [
            "Slow, only 17 of 31 days on the bill before: +$13.55",
            "Taxes, from $2.46 to $4.49: +$2.03",
        ])
        self.assertEqual([charge.explanation.split('\n') for charge in self.charges(december)], [
            [f"15 of 30 days no longer served, at the price charged: {MINUS}$15.00",
             "Charged before: $30.00", "Due now: 15 of 30 days × $30.00 = $15.00"],
            ["Replaces Slow from November 16, 2026", "15 of 30 days × $45.00 = $22.50"],
            ["Full period: $45.00"],
        ])
        self.assertEqual(self.compared(december), [
            "Fast instead of Slow, from $30.00 to $45.00: +$15.00",
            f"Credit for Slow, 2026-11-16 – 2026-11-30: {MINUS}$15.00",
            "Earlier period: Fast, 2026-11-16 – 2026-11-30: +$22.50",
            "Taxes, from $4.49 to $7.87: +$3.38",
        ])
        self.assertEqual(self.compared(december, 'fr_CA')[:2], [
            f"Fast au lieu de Slow, de 30,00{A0}$ à 45,00{A0}${A0}: +15,00{A0}$",
            f"Crédit pour Slow, 2026-11-16 – 2026-11-30{A0}: {MINUS}15,00{A0}$",
        ])

    def test_hold_discount_and_new_service(self):
        self.bill('2026-10-15')
        self.bill('2026-11-01')
        line = self.subscription.sale_subscription_line_ids
        self.env['isp.line.discount'].create({
            'line_id': line.id, 'name': "Welcome discount", 'kind': 'amount', 'value': 10.0,
            'date_from': '2026-12-01', 'periods': 3,
        })
        self.subscription.write({'sale_subscription_line_ids': [Command.create({
            'isp_plan_id': self.make_plan('modem', 5.0, kind='equipment').id,
            'isp_date_start': '2026-12-01'})]})
        self.env['isp.service.hold'].create({
            'subscription_id': self.subscription.id, 'date_from': '2026-11-11',
            'date_to': '2026-11-20'})
        self.bill('2026-12-01')
        december = self.moves()[-1]
        self.assertEqual([charge.explanation.split('\n') for charge in self.charges(december)], [
            [f"10 of 30 days no longer served, at the price charged: {MINUS}$10.00",
             "Charged before: $30.00", "Due now: 20 of 30 days × $30.00 = $20.00",
             "10 days on hold free of charge, 2026-11-11 – 2026-11-20"],
            ["Full period: $30.00", f"Welcome discount, month 1 of 3: {MINUS}$10.00",
             "Full period after discounts: $20.00"],
            ["Full period: $5.00"],
        ])
        self.assertEqual(self.compared(december)[:3], [
            f"Discount started on Slow: Welcome discount: {MINUS}$10.00",
            f"Credit for Slow, 2026-11-11 – 2026-11-20: {MINUS}$10.00",
            "New: Modem: +$5.00",
        ])
        self.bill('2027-01-01')
        january = self.moves()[-1]
        self.assertIn("Welcome discount, month 2 of 3", self.charges(january)[0].explanation)
        self.assertEqual(self.compared(january)[:1], [
            "Credit on the bill before only: Slow, 2026-11-11 – 2026-11-20: +$10.00"])

    def test_ended_service_and_credit_note(self):
        self.bill('2026-10-15')
        self.bill('2026-11-01')
        november = self.moves()[-1]
        reversal = november._reverse_moves([{'invoice_date': '2026-11-05'}])
        reversal._post(soft=False)
        self.assertEqual(reversal.isp_charge_ids.explanation.split('\n'), [
            f"Credit note, the charge is taken back: {MINUS}$30.00",
            "The period is not billed again"])
        self.bill('2026-12-01')
        self.assertEqual(self.compared(self.moves()[-1]), [
            "Nothing has changed since the bill before."])

    def test_share_of_a_payer(self):
        payer = self.make_account("Paul Payer")
        self.account.with_company(self.ca).write({
            'isp_payer_id': payer.id, 'isp_payer_share': 'percent', 'isp_payer_percent': 60.0})
        run = self.make_run('2026-11-01')
        texts = run.bill_ids.line_ids.mapped('explanation')
        self.assertTrue(any("Your share, 60% of $30.00: $18.00" in text for text in texts), texts)
        self.assertTrue(any("Your share, 40% of $30.00: $12.00" in text for text in texts), texts)

    def test_credit_of_a_shared_service(self):
        """10 of 30 days, of which each payer gets the part back that it was charged."""
        payer = self.make_account("Paul Payer")
        self.account.with_company(self.ca).write({
            'isp_payer_id': payer.id, 'isp_payer_share': 'percent', 'isp_payer_percent': 60.0})
        self.bill('2026-10-15')
        self.bill('2026-11-01')
        self.env['isp.service.hold'].create({
            'subscription_id': self.subscription.id, 'date_from': '2026-11-11',
            'date_to': '2026-11-20'})
        run = self.make_run('2026-12-01')
        credits = run.bill_ids.line_ids.filtered('revision')
        due = [
            f"10 of 30 days no longer served, at the price charged: {MINUS}$10.00",
            "Charged before: $30.00", "Due now: 20 of 30 days × $30.00 = $20.00",
            "10 days on hold free of charge, 2026-11-11 – 2026-11-20"]
        expected = {
            payer: [*due, f"Your share, 60% of {MINUS}$10.00: {MINUS}$6.00"],
            self.account: [*due, f"Your share, 40% of {MINUS}$10.00: {MINUS}$4.00"],
        }
        self.assertEqual(
            {line.bill_id.payer_id: line.explanation.split('\n') for line in credits}, expected)
        run.action_approve()
        run.action_start()
        self.post_only(run)
        charges = run.move_ids.isp_charge_ids.filtered('revision')
        self.assertEqual(
            {charge.payer_id: charge.explanation.split('\n') for charge in charges}, expected)
        credits.invalidate_recordset()
        self.assertEqual(
            {line.bill_id.payer_id: line.explanation.split('\n') for line in credits}, expected)
        self.assertEqual(self.compared(self.moves()[-2])[:2], [
            "Slow, only 17 of 31 days on the bill before: +$13.55",
            f"Part of Slow that another account pays, from $9.87 to $18.00: {MINUS}$8.13"])

    def test_forecast_of_a_shared_service(self):
        payer = self.make_account("Paul Payer")
        self.account.with_company(self.ca).write({
            'isp_payer_id': payer.id, 'isp_payer_share': 'percent', 'isp_payer_percent': 60.0})
        for account, share in (
            (payer, "60% of $16.45: $9.87"), (self.account, "40% of $16.45: $6.58"),
        ):
            wizard = self.env['isp.bill.explain'].create({
                'account_id': account.id, 'what': 'next', 'target_date': '2026-10-15'})
            self.assertIn("17 of 31 days × $30.00 = $16.45", wizard.explanation)
            self.assertIn(f"Your share, {share}", wizard.explanation)

    def test_new_service_that_starts_before_the_bill(self):
        """Its part of a period and its first full one are on one bill: it is new, not resumed."""
        self.bill('2026-10-15')
        self.bill('2026-11-01')
        self.subscription.write({'sale_subscription_line_ids': [Command.create({
            'isp_plan_id': self.make_plan('modem', 5.0, kind='equipment').id,
            'isp_date_start': '2026-11-20'})]})
        run = self.make_run('2026-12-01')
        forecast = self.env['isp.bill.comparison']._explain(run.bill_ids)[run.bill_ids]
        self.bill('2026-12-01')
        december = self.compared(self.moves()[-1])
        self.assertEqual(december[:2], [
            "New: Modem: +$5.00", "Earlier period: Modem, 2026-11-20 – 2026-11-30: +$1.83"])
        self.assertEqual(
            [change.sentence for change in forecast['changes']], december[:2])

    def test_usage_recorded_late(self):
        data = self.make_plan('data', None, kind='usage', timing='arrears', usage_included=100.0)
        self.env['isp.usage.tier'].create({
            'plan_id': data.id, 'date_from': '2026-01-01', 'price': 1.5,
            'currency_id': self.cad.id})
        subscription = self.make_subscription(self.account, [data], '2026-10-01')
        record = {'line_id': subscription.sale_subscription_line_ids.id}
        self.env['isp.usage.record'].create({
            'key': 'late-1', 'day': '2026-10-20', 'quantity': 110.0, **record})
        self.bill('2026-11-01')
        self.env['isp.usage.record'].create({
            'key': 'late-2', 'day': '2026-10-31', 'quantity': 4.0, **record})
        self.bill('2026-12-01')
        charge = self.env['isp.charge'].search([('plan_id', '=', data.id), ('revision', '=', 1)])
        self.assertEqual(charge.explanation.split('\n'), [
            "Usage recorded after its period was billed: $6.00", "Charged before: $15.00",
            "Due now: $21.00", "All usage of the period, counted again:",
            f"100{A0}GB included in the price", f"14{A0}GB × $1.50 = $21.00"])

    def test_new_bill_day(self):
        self.bill('2026-10-15')
        self.bill('2026-11-01')
        self.subscription._isp_change_bill_day(15, self.today.replace(month=12, day=1))
        self.bill('2026-12-01')
        self.bill('2026-12-15')
        stub, full = self.charges(self.moves()[-2]), self.charges(self.moves()[-1])
        self.assertEqual(stub.explanation.split('\n'), [
            "The bill day has changed, this is the part of a period up to December 15, 2026",
            "14 of 30 days × $30.00 = $14.00"])
        self.assertEqual(full.explanation, "Full period: $30.00")

    def test_bill_after_the_reversal_of_a_run(self):
        """The wrong bill is no bill to compare with, and its credit note is none of a month."""
        self.bill('2026-10-15')
        run = self.bill('2026-11-01')
        wrong = run.move_ids
        self.env['isp.bill.reverse'].create({
            'run_id': run.id, 'reason': "Wrong price"}).action_confirm()
        run._isp_work()
        self.assertEqual(run.state, 'reversed')
        credit = wrong.reversal_move_ids
        self.assertEqual(self.compared(credit), [
            f"This credit note takes back what invoice {wrong.name} charged, in whole or in part."])
        self.assertEqual(self.compared(credit, 'fr_CA'), [
            f"Cette note de crédit annule, en tout ou en partie, les frais de la facture "
            f"{wrong.name}."])
        again = self.bill('2026-11-01').move_ids
        self.assertEqual(self.compared(again)[:1], [
            "Slow, only 17 of 31 days on the bill before: +$13.55"])

    def test_instalments_and_arrears(self):
        fee = self.make_plan('fee', 100.0, kind='one_time')
        self.make_subscription(self.account, [
            {'isp_plan_id': fee.id, 'isp_instalments': 3}], '2026-11-01')
        self.bill('2026-11-01')
        fees = self.moves().isp_charge_ids.filtered(lambda c: c.plan_id == fee)
        self.assertEqual(fees.explanation, "Instalment 1 of 3, total $100.00: $33.33")

    def test_usage_by_tier(self):
        data = self.make_plan('data', None, kind='usage', timing='arrears', usage_included=100.0)
        self.env['isp.usage.tier'].create({
            'plan_id': data.id, 'date_from': '2026-01-01', 'price': 1.5,
            'currency_id': self.cad.id})
        subscription = self.make_subscription(self.account, [data], '2026-10-01')
        self.env['isp.usage.record'].create({
            'key': 'explain-1', 'day': '2026-10-20', 'quantity': 110.0,
            'line_id': subscription.sale_subscription_line_ids.id})
        self.bill('2026-11-01')
        charge = self.env['isp.charge'].search([('plan_id', '=', data.id)])
        self.assertEqual(charge.explanation.split('\n'), [
            f"100{A0}GB included in the price", f"10{A0}GB × $1.50 = $15.00", "Usage: $15.00"])

    def test_prices_with_tax_are_compared_with_tax(self):
        tax = self.make_tax(
            "VAT 20 within", 20.0, self.fr, price_include_override='tax_included')
        plan = self.make_plan('ttc', 30.0, company=self.fr, taxes=tax)
        account = self.make_account("Zoé Essai", company=self.fr)
        self.make_subscription(account, [plan], '2026-10-15', company=self.fr)
        self.bill('2026-10-15', company=self.fr)
        move = self.bill('2026-11-01', company=self.fr).move_ids
        page = self.env['isp.bill.comparison'].with_context(lang='fr_FR')._explain(move)[move]
        self.assertEqual(page['totals'][0], ("Cette facture, taxes comprises", f"30,00{A0}€"))
        self.assertEqual([change.sentence for change in page['changes']], [
            f"Ttc, seulement 17 jours sur 31 sur la facture précédente{A0}: +13,55{A0}€"])
        self.assertIsNone(page['tax'])

    def test_forecast_is_the_bill(self):
        self.bill('2026-10-15')
        wizard = self.env['isp.bill.explain'].create({'account_id': self.account.id})
        self.assertEqual((wizard.what, wizard.move_id), ('invoice', self.moves()))
        self.assertIn("17 of 31 days × $30.00 = $16.45", wizard.explanation)
        wizard.write({'what': 'next', 'target_date': '2026-11-01'})
        forecast = wizard.explanation
        self.assertIn("only 17 of 31 days on the bill before", forecast)
        charges = self.env['isp.charge'].search_count([])
        self.bill('2026-11-01')
        self.assertEqual(self.env['isp.charge'].search_count([]), charges + 1)
        real = self.env['isp.bill.comparison']._explain(self.moves()[-1])[self.moves()[-1]]
        for sentence in [change.text for change in real['changes']]:
            self.assertIn(sentence, forecast)
        wizard.write({'target_date': '2026-11-15'})
        self.assertIn("Nothing falls due for this account up to this day.", wizard.explanation)

    def test_invoice_form_of_each_role(self):
        self.bill('2026-10-15')
        for role in ('clerk', 'approver', 'auditor'):
            user = new_test_user(
                self.env, f'isp-explain-{role}', groups=f'base.group_user,isp_billing.group_{role}',
                company_id=self.ca.id, company_ids=[Command.set(self.ca.ids)])
            move = self.moves().with_user(user).with_context(allowed_company_ids=self.ca.ids)
            self.assertIn("17 of 31 days", move.isp_explanation)
            self.assertIn('isp_explanation', move.get_view(view_type='form')['arch'])
            if role == 'auditor':  # who writes nothing has the tab alone
                continue
            wizard = self.env['isp.bill.explain'].with_user(user).with_context(
                allowed_company_ids=self.ca.ids).create({'account_id': self.account.id})
            wizard.write({'what': 'next', 'target_date': '2026-11-01'})
            self.assertIn("30.00", wizard.explanation)

    def test_line_typed_by_hand(self):
        self.bill('2026-10-15')
        run = self.bill('2026-11-01', post_invoices=False)
        run.move_ids.invoice_line_ids = [Command.create({
            'name': "Thanks", 'price_unit': -2.0, 'quantity': 1, 'tax_ids': []})]
        self.assertIn(f"Other line: Thanks: {MINUS}$2.00", self.compared(run.move_ids))


class TestExplainQueries(IspCase):

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        plan = cls.make_plan('fibre-many', 30.00, allow_several=True)
        accounts = [cls.make_account(f"Nora Number{place}") for place in range(10)]
        lines = cls.env['sale.subscription.line']
        for account in accounts:
            lines |= cls.make_subscription(
                account, [plan], '2026-10-15').sale_subscription_line_ids
        cls.env['isp.line.discount'].create([{
            'line_id': line.id, 'name': "Welcome", 'kind': 'amount', 'value': 5.0,
            'date_from': '2026-10-15', 'periods': 3,
        } for line in lines])
        cls.bill('2026-10-15')
        cls.bill('2026-11-01')
        for line in lines:
            line.isp_date_end = '2026-11-20'
        cls.bill('2026-12-01')

    def queries(self, records, read):
        read(records)
        self.env.flush_all()
        self.env.invalidate_all()
        before = self.env.cr.sql_log_count
        read(records)
        return self.env.cr.sql_log_count - before

    def test_no_query_per_charge(self):
        charges = self.env['isp.charge'].search([])
        self.assertEqual(len(charges), 30)
        few = charges.filtered(lambda c: c.account_id in charges.account_id[:2])

        def read(rows):
            return rows.mapped('explanation')

        self.assertLessEqual(self.queries(charges, read), self.queries(few, read) + 1)

    def test_no_query_per_bill(self):
        moves = self.env['account.move'].search([('isp_bill_run_id', '!=', False)])

        def read(rows):
            return self.env['isp.bill.comparison']._explain(rows)

        self.assertLessEqual(self.queries(moves, read), self.queries(moves[:3], read) + 2)
