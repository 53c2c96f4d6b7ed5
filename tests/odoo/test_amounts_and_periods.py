"""Amounts and periods where more than one rule meets: levies, positions, usage, days given back."""
from datetime import date
from decimal import Decimal

from odoo import Command
from odoo.exceptions import UserError

from .common import IspCase


class TestAmountsAndPeriods(IspCase):

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.account = cls.make_account()
        cls.french = cls.make_account("Odile Essai", company=cls.fr)
        cls.vat_in = cls.make_tax(
            "TVA 20 TTC", 20.0, cls.fr, "TVA 20 %", price_include_override='tax_included')
        cls.levy = cls.make_tax("Levy", 0.46, cls.fr, "Levy", amount_type='fixed')

    def figures(self, target, company=None):
        """Totals of the preview, which are those of the invoice."""
        run = self.make_run(target, company=company or self.fr, send_invoices=False)
        bill = run.bill_ids
        preview = (bill.amount_untaxed, bill.amount_tax, bill.amount_total)
        run.action_approve()
        run.action_start()
        self.post_only(run)
        move, sign = run.move_ids, -run.move_ids.direction_sign
        self.assertEqual(preview, (
            sign * move.amount_untaxed, sign * move.amount_tax, sign * move.amount_total))
        self.assertEqual(bill.state, 'posted')
        return move

    def make_usage(self, code, **values):
        return self.make_plan(
            code, None, kind='usage', timing='arrears', usage_included=100, usage_unit='gb',
            tier_ids=[Command.create({
                'currency_id': self.cad.id, 'date_from': '2020-01-01', 'above': 0, 'price': 0.5,
            })], **values)

    def use(self, line, day, quantity):
        return self.env['isp.usage.record'].with_company(self.ca).create({
            'key': f'{line.id} {day}', 'line_id': line.id, 'day': day, 'quantity': quantity})

    # === 114: taxes of an amount per unit === #

    def test_case_114_levy_of_an_amount_per_unit(self):
        """A tax of an amount per unit counts the units that a charge is worth, in the preview and
        on the invoice: all of them for a full period, by days for a part, none for nothing.
        """
        plan = self.make_plan('LEVY', 20.0, company=self.fr, taxes=self.vat_in | self.levy)
        subscription = self.make_subscription(self.french, [
            {'isp_plan_id': plan.id, 'product_uom_qty': 3}], '2026-09-01', company=self.fr)
        self.assertEqual(self.figures('2026-09-01').amount_total, 61.38)
        # half of September is given back with half of its levy
        subscription._isp_end(date(2026, 9, 15))
        move = self.figures('2026-10-01')
        self.assertEqual((move.move_type, move.amount_total), ('out_refund', 30.69))

    def test_levy_by_units_discounts_and_methods(self):
        """Every set-up: preview = invoice, and the parts of a period have the levy of the whole."""
        vat = self.vat20
        for number, (taxes, quantity, discount, rounding, price) in enumerate((
            (vat | self.levy, 3, 0, 'round_per_line', 20.0),
            (vat | self.levy, 3, 0, 'round_globally', 20.0),
            (self.vat_in | self.levy, 2.5, 10, 'round_per_line', 19.99),
            (self.vat_in | self.levy, 7, 33.33, 'round_globally', 7.77),
            (vat | self.make_tax("Eco", 1.0, self.fr, "Eco", amount_type='fixed',
                                 include_base_amount=True, sequence=0), 3, 0, 'round_per_line', 30),
            (self.levy, 2, 100, 'round_per_line', 5.0),
        )):
            with self.subTest(number=number):
                self.fr.tax_calculation_rounding_method = rounding
                account = self.make_account(f"Levy {number}", company=self.fr)
                self.fr.isp_profile_id.zero_policy = 'document'
                plan = self.make_plan(f'LEVY{number}', price, company=self.fr, taxes=taxes)
                subscription = self.make_subscription(account, [{
                    'isp_plan_id': plan.id, 'product_uom_qty': quantity, 'discount': discount,
                }], '2026-09-01', company=self.fr, isp_alignment='profile')
                whole = self.figures('2026-09-01')
                self.env['isp.bill.run'].flush_model()
                line = subscription.sale_subscription_line_ids
                line._isp_change(date(2026, 9, 12), price=price, quantity=quantity)
                if whole.amount_total:
                    # another line with the same price: what is given back is charged again
                    move = self.figures('2026-09-20')
                    again, back = move.line_ids, whole.line_ids
                    levies = [
                        sum(lines.filtered(lambda one: one.tax_line_id.amount_type == 'fixed')
                            .mapped('amount_currency')) for lines in (again, back)]
                    if not discount:
                        self.assertAlmostEqual(levies[0], 0.0, 6)
                    self.assertAlmostEqual(
                        levies[1], -whole.currency_id.round(
                            quantity * sum(taxes.filtered(lambda tax: tax.amount_type == 'fixed')
                                           .mapped('amount'))), 6)
                else:
                    self.assertFalse(whole.amount_tax)
                subscription._isp_end(date(2026, 9, 20))
                self.bill('2026-10-01', company=self.fr)

    # === 115: prices that include taxes which a position takes away === #

    def test_case_115_price_with_tax_under_a_position(self):
        """A list price that includes its taxes is one with the taxes of the service address, as
        on Odoo's own invoice, whatever the position maps.
        """
        product_plan = self.make_plan('BOX', 29.99, company=self.fr, taxes=self.vat_in)
        position = self.env['account.fiscal.position']
        mapped = {
            'zero': {'amount': 0.0, 'price_include_override': 'tax_included'},
            'ten included': {'amount': 10.0, 'price_include_override': 'tax_included'},
            'ten added': {'amount': 10.0, 'price_include_override': 'tax_excluded'},
        }
        for name, values in mapped.items():
            with self.subTest(name=name):
                one = position.create({'name': name, 'company_id': self.fr.id})
                self.make_tax(
                    name, values.pop('amount'), self.fr, name,
                    original_tax_ids=[Command.set(self.vat_in.ids)],
                    fiscal_position_ids=[Command.set(one.ids)], **values)
                account = self.make_account(f"Client {name}", company=self.fr)
                account.with_company(self.fr).property_account_position_id = one
                subscription = self.make_subscription(
                    account, [{'isp_plan_id': product_plan.id, 'product_uom_qty': 2}],
                    '2026-09-01', company=self.fr)
                move = self.figures('2026-09-01')
                product_plan.product_id.list_price = 29.99
                own = self.env['account.move'].with_company(self.fr).create({
                    'move_type': 'out_invoice', 'partner_id': account.id,
                    'fiscal_position_id': one.id, 'invoice_date': '2026-09-01',
                    'journal_id': self.journals[self.fr].id,
                    'invoice_line_ids': [Command.create({
                        'product_id': product_plan.product_id.id, 'quantity': 2})],
                })
                self.assertEqual(
                    (move.amount_untaxed, move.amount_tax, move.amount_total),
                    (own.amount_untaxed, own.amount_tax, own.amount_total))
                if name == 'zero':
                    self.assertEqual((move.amount_untaxed, move.amount_total), (49.98, 49.98))
                    self.assertEqual(self.amounts(account), [49.98])
                    self.assertEqual(subscription.sale_subscription_line_ids.price_unit, 24.99)

    def test_case_115_one_box(self):
        """29.99 with 20 % included, position maps to 0 %: 24.99."""
        one = self.env['account.fiscal.position'].create(
            {'name': "Zero", 'company_id': self.fr.id})
        self.make_tax("Zero", 0.0, self.fr, "0", original_tax_ids=[Command.set(self.vat_in.ids)],
                      fiscal_position_ids=[Command.set(one.ids)])
        self.french.with_company(self.fr).property_account_position_id = one
        box = self.make_plan('BOX', 29.99, company=self.fr, taxes=self.vat_in)
        self.make_subscription(self.french, [box], '2026-09-01', company=self.fr)
        self.assertEqual(self.figures('2026-09-01').amount_total, 24.99)

    # === 116: days that were charged with another grid === #

    def test_case_116_interval_of_a_charged_plan(self):
        """What the periods count by is fixed once a period was charged; where it was moved
        nevertheless, it is an exception and never "already charged".
        """
        subscription = self.make_subscription(self.account, [self.fibre], '2026-01-01')
        for target in ('2026-01-01', '2026-02-01', '2026-03-01'):
            self.bill(target)
        for values in ({'interval': 3}, {'unit': 'week'}, {'calendar_periods': True},
                       {'kind': 'one_time'}):
            with self.subTest(values=values), self.assertRaisesRegex(UserError, "were charged"):
                self.fibre.write(values)
        self.fibre.write({'interval': 1, 'unit': 'month', 'calendar_periods': False})
        self.env.cr.execute("UPDATE isp_service_plan SET interval = 3 WHERE id = %s",
                            [self.fibre.id])
        self.env.invalidate_all()
        run = self.make_run('2026-04-01')
        self.assertEqual((run.bill_ids.state, run.bill_ids.problem_code),
                         ('exception', 'charged_days'))
        self.assertEqual(len(subscription.isp_charge_ids), 3)

    def test_case_116_collision_in_the_ledger(self):
        """A refused row is "already charged" only where the ledger holds exactly its days."""
        subscription = self.make_subscription(self.account, [self.fibre], '2026-01-01')
        line, writer = subscription.sale_subscription_line_ids, self.env['isp.invoice.writer']
        runs = [self.make_run('2026-01-01', send_invoices=False) for _each in range(3)]
        previews = [run._isp_previews(self.account)[0][0] for run in runs]
        jobs = [run._isp_job(run.bill_ids, preview)
                for run, preview in zip(runs, previews, strict=True)]
        self.assertTrue(writer._write_invoices(jobs[:1])[0].move_id)
        (same,) = writer._write_invoices(jobs[1:2])
        self.assertEqual((same.already, same.error), (True, ''))
        jobs[2].charges[0].update(period_end=date(2026, 3, 31), date_to=date(2026, 3, 31))
        (other,) = writer._write_invoices(jobs[2:])
        self.assertFalse(other.already)
        self.assertIn("charged meanwhile", other.error)
        self.assertEqual(len(line.isp_charge_ids), 1)

    # === 117: opening charges === #

    def opening(self, plan, start, through, amount, **values):
        account = self.make_account(f"Opened {plan.code} {through}")
        subscription = self.make_subscription(account, [plan], start, **values)
        self.env['isp.billing.engine']._write_opening_charges([{
            'line': subscription.sale_subscription_line_ids,
            'through': date.fromisoformat(through), 'amount': Decimal(amount)}])
        return account

    def test_case_117_opening_charge_of_another_grid(self):
        """What a former system charged is worth what it was for its own period."""
        plan = self.make_plan('THIRTY', 30.0)
        account = self.opening(plan, '2019-05-15', '2026-04-14', '30.00')
        self.bill('2026-04-15')
        self.assertEqual(self.amounts(account), [14.00, 16.00])
        charge = account.env['isp.charge'].search(
            [('account_id', '=', account.id), ('origin', '=', 'opening')])
        self.assertIn("30.00", charge.explanation)
        self.assertIn("2026-03-15", charge.explanation)
        self.bill('2026-05-01')
        self.assertEqual(self.amounts(account), [14.00, 16.00, 30.00])

    # === 120, 121: usage === #

    def test_case_120_usage_with_discounts(self):
        """What a line takes off is taken off usage as well: 160 GB, 100 included, 0.50 each."""
        data = self.make_usage('DATA')
        for number, (values, discount, expected, late) in enumerate((
            ({'discount': 10.0}, {}, 27.00, 9.00),
            ({}, {'kind': 'percent', 'value': 50}, 15.00, 10.00 / 2),
            ({'discount': 10.0}, {'kind': 'amount', 'value': 5}, 22.00, 9.00),
            ({}, {'kind': 'price', 'value': 0.2}, 12.00, 4.00),
            ({'discount': 100.0}, {}, 0.00, 0.00),
        )):
            with self.subTest(number=number):
                account = self.make_account(f"Usage {number}")
                subscription = self.make_subscription(
                    account, [{'isp_plan_id': data.id, **values}], '2026-09-01')
                line = subscription.sale_subscription_line_ids
                if discount:
                    self.env['isp.line.discount'].create({
                        'line_id': line.id, 'name': "Promotion", 'date_from': '2026-09-01',
                        'date_to': '2026-09-30', **discount})
                self.use(line, '2026-09-10', 160)
                run = self.bill('2026-10-01')
                self.assertEqual(self.amounts(account), [expected])
                move = run.move_ids.filtered(
                    lambda one, account=account: one.isp_account_id == account)
                if expected:
                    (row,) = self.env['isp.document.data']._build(move)[move.id]['lines']
                    taken = sum(float(one['price_unit']) for one in row.get('reductions', ()))
                    self.assertAlmostEqual(
                        float(row['price_unit']) * (1 - float(row['discount']) / 100) + taken,
                        expected, 2)
                    self.assertIn(f"{expected:.2f}", line.isp_charge_ids.explanation)
                # late records have the discounts of their period
                self.use(line, '2026-09-20', 20)
                self.bill('2026-11-01')
                self.assertEqual(
                    round(sum(self.amounts(account)), 2), round(expected + late, 2))

    def test_case_121_allowance_goes_by_days(self):
        """Two usage plans of 100 GB, changed on 16 April: each includes what its days are worth."""
        one, two = self.make_usage('ONE'), self.make_usage('TWO')
        subscription = self.make_subscription(self.account, [one], '2026-04-01')
        first = subscription.sale_subscription_line_ids
        second = first._isp_change(date(2026, 4, 16), plan=two)
        self.use(first, '2026-04-10', 80)
        self.use(second, '2026-04-20', 80)
        self.use(second, '2026-05-20', 110)
        self.bill('2026-05-01')
        self.assertEqual(self.amounts(self.account), [15.00, 15.00])
        self.bill('2026-06-01')
        self.assertEqual(self.amounts(self.account), [15.00, 15.00, 5.00])
        # what was included is a fact of the charge
        two.usage_included = 10
        self.use(second, '2026-05-21', 1)
        self.bill('2026-07-01')
        self.assertEqual(self.amounts(self.account), [15.00, 15.00, 5.00, 0.50])

    # === 119: days given back === #

    def test_case_119_days_that_are_given_back(self):
        """A credit names the days that it gives back, wherever it is shown."""
        plan = self.make_plan('TV', 24.99)
        subscription = self.make_subscription(self.account, [plan], '2026-10-01')
        self.bill('2026-10-01')
        subscription._isp_end(date(2026, 10, 15))
        run = self.bill('2026-11-01')
        move, days = run.move_ids, (date(2026, 10, 16), date(2026, 10, 31))
        line, charge = move.invoice_line_ids, move.isp_charge_ids
        self.assertEqual((charge.date_from, charge.date_to), days)
        self.assertEqual((charge.days, charge.period_days, charge.amount), (16, 31, -12.90))
        self.assertEqual((line.isp_period_from, line.isp_period_to), days)
        self.assertEqual((move.isp_period_from, move.isp_period_to), days)
        self.assertIn("(2026-10-16 – 2026-10-31)", line.name)
        (preview,) = run.bill_ids.line_ids
        self.assertEqual((preview.date_from, preview.date_to, preview.days), (*days, 16))
        (row,) = self.env['isp.document.data']._build(move)[move.id]['lines']
        self.assertEqual((row['from'], row['to'], row['days'], row['period_days']),
                         ('2026-10-16', '2026-10-31', 16, 31))
        self.assertIn("16 of 31 days no longer served", charge.explanation)
        self.assertIn("15 of 31 days", charge.explanation)
        (explained,) = move._isp_explain()['lines']
        self.assertEqual(explained['heading'], "Tv, 2026-10-16 – 2026-10-31")
        # and when it goes on after all, the same days are charged again
        subscription.sale_subscription_line_ids.isp_date_end = False
        (again,) = self.bill('2026-10-31').move_ids.isp_charge_ids
        self.assertEqual((again.date_from, again.date_to, again.days, again.amount),
                         (*days, 16, 12.90))

    def test_credit_note_of_what_is_left_names_these_days(self):
        """16–31 October were given back: the credit note of the invoice gives back 1–15."""
        plan = self.make_plan('TV', 24.99)
        subscription = self.make_subscription(self.account, [plan], '2026-10-01')
        move = self.bill('2026-10-01').move_ids
        subscription._isp_end(date(2026, 10, 15))
        self.bill('2026-11-01')
        credit = move._reverse_moves([{'invoice_date': '2026-11-05'}])
        credit._post(soft=False)
        charge = credit.isp_charge_ids
        self.assertEqual(
            (charge.date_from, charge.date_to, charge.days, charge.amount),
            (date(2026, 10, 1), date(2026, 10, 15), 15, -12.09))

    def test_case_119_plan_change_in_the_preview(self):
        """A plan change on 16 November gives back 16–30 November of the former plan."""
        plan, other = self.make_plan('TV', 30.0), self.make_plan('TV2', 60.0)
        subscription = self.make_subscription(self.account, [plan], '2026-11-01')
        self.bill('2026-11-01')
        line = subscription.sale_subscription_line_ids
        outcome = self.env['isp.bill.outcome']._outcome(
            subscription, self.ca, date(2026, 11, 16),
            lambda env: line.with_env(env)._isp_change(
                date(2026, 11, 16), plan=other.with_env(env)))
        self.assertEqual(
            [(one.date_from, one.date_to, one.days, one.amount) for one in outcome.after],
            [(date(2026, 11, 16), date(2026, 11, 30), 15, Decimal(amount))
             for amount in ('-15.00', '30.00')])

    # === 127: preview of a change === #

    def test_case_127_preview_of_an_upgrade(self):
        """The preview of a change shows what the next bill will hold, with what is charged anew of
        a period that was billed ahead.
        """
        slow, fast = self.make_plan('SLOW', 74.95), self.make_plan('FAST', 94.95)
        subscription = self.make_subscription(self.account, [slow], '2026-11-01')
        self.bill('2026-12-01')
        line = subscription.sale_subscription_line_ids
        outcome = self.env['isp.bill.outcome']._outcome(
            subscription, self.ca, date(2026, 11, 30),
            lambda env: line.with_env(env)._isp_change(date(2026, 11, 30), plan=fast.with_env(env)))
        self.assertEqual(str(outcome.total_after), '20.66')
        self.assertEqual(outcome.target, date(2026, 12, 1))
        line._isp_change(date(2026, 11, 30), plan=fast)
        (bill,) = self.make_run('2026-12-01').bill_ids
        self.assertEqual(bill.amount_untaxed, 20.66)

    # === 131: smallest bill === #

    def test_case_131_small_amounts_are_billed_when_they_reach_the_smallest(self):
        """What was carried month after month is no surprise: no brake parks it."""
        profile = self.ca.isp_profile_id
        profile.write({'minimum_amount': 5.0, 'brake_periods': 12, 'brake_items': 12})
        small = self.make_plan('SMALL', 0.30, untaxed=True)
        small.product_id.taxes_id = False
        self.make_subscription(self.account, [small], '2025-01-01')
        states = []
        for number in range(18):
            day = date(2025 + number // 12, number % 12 + 1, 1)
            run = self.bill(day)
            states.append(run.bill_ids.state)
        self.assertEqual(states[:16], ['carried'] * 16)
        self.assertEqual(states[16:], ['posted', 'carried'])
        self.assertEqual(round(sum(self.amounts(self.account)), 2), 5.10)
        # what is due all at once is still looked at
        other = self.make_account("Late Tester")
        self.make_subscription(other, [self.fibre], '2025-01-01')
        run = self.make_run('2026-07-01')
        bill = run.bill_ids.filtered(lambda one: one.account_id == other)
        self.assertEqual(bill.problem_code, 'brake')
