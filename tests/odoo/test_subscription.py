"""Subscriptions: dated lines, holds, and each upstream behaviour that is replaced."""
from datetime import date
from unittest.mock import patch

from odoo.exceptions import UserError, ValidationError
from odoo.tests import tagged

from .common import IspCase


@tagged('standard', 'post_install', '-at_install')
class TestUpstream(IspCase):
    """One test per row of "What we override upstream": a new wheel shows at once what moved."""

    def setUp(self):
        super().setUp()
        self.account = self.make_account()
        self.plan = self.make_plan('PLAN', 30.0)
        self.subscription = self.make_subscription(self.account, [self.plan], '2026-11-01')
        self.line = self.subscription.sale_subscription_line_ids

    def _invoices(self):
        return self.env['account.move'].search_count([('company_id', '=', self.ca.id)])

    def test_daily_job_leaves_ours_alone(self):
        """The upstream job bills nothing of ours, and an empty date of ours stops nobody."""
        other_plan = self.make_plan('OTHER', 10.0)
        template = self.env['sale.subscription.template'].create({
            'name': "Monthly", 'invoicing_mode': 'draft', 'recurring_rule_type': 'months',
        })
        theirs = self.env['sale.subscription'].create({
            'partner_id': self.account.id, 'company_id': self.ca.id, 'template_id': template.id,
            'pricelist_id': self.subscription.pricelist_id.id, 'date_start': '2026-01-01',
            'in_progress': True, 'recurring_next_date': '2026-01-01',
            'sale_subscription_line_ids': [(0, 0, {
                'product_id': other_plan.product_id.id, 'price_unit': 10.0,
            })],
        })
        theirs.in_progress = True
        self.subscription.write({'recurring_next_date': False, 'date': False, 'in_progress': True})
        self.env['sale.subscription'].cron_subscription_management()
        self.assertEqual(theirs.account_invoice_ids_count, 1)
        self.assertFalse(self.subscription.invoice_ids)

    def test_invoice_buttons_make_no_loose_documents(self):
        before = self._invoices()
        self.assertFalse(self.subscription.create_invoice())
        self.assertFalse(self.subscription.create_sale_order())
        self.subscription.generate_invoice()
        action = self.subscription.manual_invoice()
        self.assertEqual(action['res_model'], 'isp.bill.now')
        self.assertEqual(action['context']['default_account_id'], self.account.id)
        self.assertEqual(self._invoices(), before)

    def test_case_058_stage_never_moves_dates(self):
        """Stage moved away and back: start, anchor and next date unchanged."""
        stages = self.env['sale.subscription.stage']
        draft = stages.search([('type', '=', 'draft')], limit=1)
        running = stages.search([('type', '=', 'in_progress')], limit=1)
        self.bill('2026-11-01')
        for stage in draft, running:
            self.subscription.stage_id = stage
        self.assertEqual(str(self.subscription.date_start), '2026-11-01')
        self.assertEqual(str(self.subscription.recurring_next_date), '2026-12-01')

    def test_template_never_moves_dates(self):
        self.subscription.recurring_next_date = '2026-12-01'
        self.subscription._onchange_template_id()
        self.assertEqual(str(self.subscription.recurring_next_date), '2026-12-01')

    def test_closing_ends_the_lines(self):
        """The last arrears are billed after closing, because only the lines' end decides."""
        with patch.object(self.env.registry['res.company'], '_isp_today',
                          lambda company: date(2026, 11, 20)):
            self.subscription.close_subscription()
        self.assertEqual(str(self.line.isp_date_end), '2026-11-20')
        run = self.bill('2026-12-01')
        self.assertEqual(run.move_ids.amount_untaxed, 20.0)

    def test_draft_is_not_billed(self):
        self.subscription.stage_id = self.env['sale.subscription.stage'].search(
            [('type', '=', 'draft')], limit=1)
        self.assertFalse(self.make_run('2026-11-01').bill_ids)

    def test_case_009_copy_is_a_draft(self):
        self.bill('2026-11-01')
        copy = self.subscription.copy()
        self.assertFalse(copy.isp_charge_ids)
        self.assertFalse(copy.recurring_next_date)
        self.assertFalse(copy.in_progress)
        self.assertEqual(copy.stage_id.type, 'draft')
        self.assertNotEqual(copy.code, self.subscription.code)
        self.assertEqual(copy.sale_subscription_line_ids.isp_plan_id, self.plan)
        self.assertFalse(copy.sale_subscription_line_ids.isp_date_start)

    def test_case_040_default_start_is_today(self):
        """Upstream evaluates the default once, when the server starts."""
        with patch.object(self.env.registry['res.company'], '_isp_today',
                          lambda company: date(2030, 5, 6)):
            values = self.env['sale.subscription'].default_get(['date_start'])
        self.assertEqual(str(values['date_start']), '2030-05-06')

    def test_case_068_total_follows_the_line(self):
        self.assertEqual(self.subscription.recurring_total, 30.0)
        self.line.write({'isp_price_source': 'own', 'price_unit': 50.0})
        self.assertEqual(self.subscription.recurring_total, 50.0)

    def test_currency_of_the_pricelist_holds(self):
        self.assertEqual(self.subscription.currency_id, self.cad)

    def test_picture_is_not_stored(self):
        self.assertFalse(self.env['sale.subscription']._fields['image'].store)

    def test_line_taxes_follow_the_service_address(self):
        ontario = self.env['res.partner'].create({
            'name': "Lake house", 'parent_id': self.account.id, 'type': 'delivery',
            'country_id': self.canada.id, 'state_id': self.ontario.id,
        })
        self.assertEqual(self.line.tax_ids, self.gst_qst)
        self.subscription.partner_shipping_id = ontario
        self.assertEqual(self.line.tax_ids, self.hst)

    def test_charged_line_is_not_overwritten(self):
        self.bill('2026-11-01')
        for values in ({'price_unit': 5.0}, {'isp_plan_id': self.fibre.id},
                       {'product_uom_qty': 2.0}, {'discount': 10.0}):
            with self.assertRaisesRegex(UserError, "Change from a date"):
                self.line.write(values)
        self.subscription.pricelist_id = self.subscription.pricelist_id.copy()
        self.assertEqual(self.line.price_unit, 30.0)

    def test_pause_is_a_hold(self):
        today = date(2026, 11, 11)
        companies = self.env.registry['res.company']
        self.bill('2026-11-01')
        with patch.object(companies, '_isp_today', lambda company: today):
            self.subscription.action_pause()
        hold = self.subscription.isp_hold_ids
        self.assertEqual((hold.date_from, hold.date_to, hold.effect),
                         (today, False, 'no_charge'))
        with patch.object(companies, '_isp_today', lambda company: date(2026, 11, 21)):
            self.subscription.action_resume()
        self.assertEqual(hold.date_to, date(2026, 11, 20))
        self.bill('2026-12-01')
        self.assertEqual(self.amounts(self.subscription), [30.0, -10.0, 30.0])

    def test_pause_until_is_lifted_by_the_job(self):
        companies = self.env.registry['res.company']
        with patch.object(companies, '_isp_today', lambda company: date(2026, 11, 11)):
            self.subscription.action_pause(paused_until=date(2026, 11, 15))
        self.assertEqual(self.subscription.isp_hold_ids.date_to, date(2026, 11, 14))
        with patch.object(companies, '_isp_today', lambda company: date(2026, 11, 15)):
            self.env['sale.subscription'].cron_subscription_management()
        self.assertFalse(self.subscription.is_paused)

    def test_indexes(self):
        self.env.cr.execute(
            "SELECT tablename || '.' || indexdef FROM pg_indexes WHERE tablename IN "
            "('account_move', 'sale_subscription', 'sale_subscription_line')"
        )
        text = "\n".join(row[0] for row in self.env.cr.fetchall())
        for column in ('(subscription_id)', '(sale_subscription_id)', '(stage_id)',
                       '(recurring_next_date)'):
            self.assertIn(column, text)

    def test_deletion_is_refused_once_charged(self):
        self.bill('2026-11-01')
        with self.assertRaisesRegex(UserError, "has charges"):
            self.subscription.unlink()
        with self.assertRaisesRegex(UserError, "has charges"):
            self.line.unlink()
        fresh = self.make_subscription(self.make_account("New"), [self.plan], '2026-12-01')
        fresh.sale_subscription_line_ids.unlink()
        fresh.unlink()

    def test_next_date_mirrors_the_engine(self):
        self.bill('2026-11-01')
        self.assertEqual(str(self.subscription.recurring_next_date), '2026-12-01')

    def test_order_of_a_subscription_makes_no_further_one(self):
        order = self.env['sale.order'].create({
            'partner_id': self.account.id, 'order_subscription_id': self.subscription.id,
            'order_line': [(0, 0, {'product_id': self.plan.product_id.id})],
        })
        self.plan.product_id.product_tmpl_id.write({
            'subscribable': True, 'subscription_template_id': self.subscription.template_id.id,
        })
        order.action_confirm()
        self.assertFalse(order.subscription_ids)

    def test_confirmed_order_bills_the_first_period(self):
        """Lines born from an order carry an opening charge for what the order bills."""
        self.plan.product_id.product_tmpl_id.write({
            'subscribable': True, 'subscription_template_id': self.subscription.template_id.id,
        })
        customer = self.make_account("Ordering")
        order = self.env['sale.order'].create({
            'partner_id': customer.id, 'pricelist_id': self.subscription.pricelist_id.id,
            'order_line': [(0, 0, {'product_id': self.plan.product_id.id, 'price_unit': 30.0})],
        })
        with patch.object(self.env.registry['res.company'], '_isp_today',
                          lambda company: date(2026, 11, 1)):
            order.action_confirm()
        subscription = order.subscription_ids
        self.assertTrue(subscription.isp_billed)
        self.assertEqual(subscription.isp_charge_ids.origin, 'opening')
        self.assertFalse(self.bill('2026-11-01', account_ids=[(6, 0, customer.ids)]).bill_ids)
        december = self.bill('2026-12-01', account_ids=[(6, 0, customer.ids)])
        self.assertEqual(december.move_ids.amount_untaxed, 30.0)


@tagged('standard', 'post_install', '-at_install')
class TestLines(IspCase):
    """Dated changes, ends, holds and prices."""

    def setUp(self):
        super().setUp()
        self.account = self.make_account()
        self.small = self.make_plan('SMALL', 30.0)
        self.large = self.make_plan('LARGE', 50.0)
        self.subscription = self.make_subscription(self.account, [self.small], '2024-04-01')
        self.line = self.subscription.sale_subscription_line_ids

    def test_case_011_overlapping_service(self):
        with self.assertRaisesRegex(ValidationError, "already runs"):
            self.make_subscription(self.account, [
                {'isp_plan_id': self.small.id, 'isp_date_end': '2024-04-10'},
            ], '2024-03-10')
        self.small.allow_several = True
        self.make_subscription(self.account, [self.small], '2024-03-10')

    def test_case_044_upgrade(self):
        """30 to 50 on 2024-04-16, billed: -15.00 and +25.00, May 50.00."""
        self.bill('2024-04-01')
        self.line._isp_change(date(2024, 4, 16), plan=self.large)
        change = self.bill('2024-04-16')
        self.assertEqual(sorted(change.move_ids.invoice_line_ids.mapped('price_subtotal')),
                         [-15.0, 25.0])
        self.assertEqual(change.move_ids.amount_untaxed, 10.0)
        self.assertEqual(self.bill('2024-05-01').move_ids.amount_untaxed, 50.0)

    def test_case_045_arrears_change(self):
        first = self.make_plan('A100', 100.0, timing='arrears')
        second = self.make_plan('A200', 200.0, timing='arrears')
        account = self.make_account("Arrears")
        subscription = self.make_subscription(account, [first], '2024-01-01')
        subscription.sale_subscription_line_ids._isp_change(date(2024, 1, 15), plan=second)
        run = self.bill('2024-02-01', account_ids=[(6, 0, account.ids)])
        self.assertEqual(run.move_ids.invoice_line_ids.mapped('price_subtotal'), [45.16, 109.68])
        self.assertEqual(run.move_ids.amount_untaxed, 154.84)

    def test_case_047_there_and_back_the_same_day(self):
        self.bill('2024-04-01')
        successor = self.line._isp_change(date(2024, 4, 16), plan=self.large)
        back = successor._isp_change(date(2024, 4, 16), plan=self.small)
        self.assertEqual(back, self.line)
        self.assertFalse(self.line.isp_date_end)
        self.assertFalse(self.bill('2024-04-16').bill_ids)
        self.assertEqual(self.bill('2024-05-01').move_ids.amount_untaxed, 30.0)

    def test_case_050_charged_price_is_a_fact(self):
        """List price raised after April was billed at 30.00: the credit is 15.00, not 17.50."""
        self.bill('2024-04-01')
        self.env['isp.service.plan.price'].create({
            'plan_id': self.small.id, 'company_id': self.ca.id, 'currency_id': self.cad.id,
            'date_from': '2024-04-10', 'amount': 35.0,
        })
        self.line._isp_end(date(2024, 4, 15))
        self.assertEqual(self.bill('2024-04-16').move_ids.amount_untaxed, 15.0)
        self.assertEqual(self.amounts(self.account), [30.0, -15.0])

    def test_case_056_hold(self):
        """Suspended 2024-04-10..04-20 without charge: 11.00 on the next bill."""
        self.bill('2024-04-01')
        hold = self.subscription._isp_hold(date(2024, 4, 10), date(2024, 4, 20))
        may = self.bill('2024-05-01')
        self.assertEqual(sorted(may.move_ids.invoice_line_ids.mapped('price_subtotal')),
                         [-11.0, 30.0])
        self.assertEqual(hold.account_id, self.account)

    def test_hold_that_keeps_charging(self):
        self.bill('2024-04-01')
        self.subscription._isp_hold(date(2024, 4, 10), date(2024, 4, 20), effect='charge')
        self.assertEqual(self.bill('2024-05-01').move_ids.amount_untaxed, 30.0)

    def test_overlapping_holds_are_refused(self):
        self.subscription._isp_hold(date(2024, 4, 10), date(2024, 4, 20))
        with self.assertRaisesRegex(ValidationError, "already on hold"):
            self.subscription._isp_hold(date(2024, 4, 20), date(2024, 4, 25))

    def test_case_060_thirty_day_month(self):
        plan = self.make_plan('D30', 30.0, proration_method='days30')
        for start, target, expected in (
            ('2024-01-15', '2024-01-15', 17.0), ('2024-01-01', '2024-01-01', 30.0),
            ('2024-02-01', '2024-02-01', 30.0),
        ):
            account = self.make_account(f"Thirty {start}")
            self.make_subscription(account, [plan], start)
            run = self.bill(target, account_ids=[(6, 0, account.ids)])
            self.assertEqual(run.move_ids.amount_untaxed, expected)

    def test_case_062_free_month(self):
        """A discount of 100 %: a ledger row of 0.00 and no document."""
        account = self.make_account("Free")
        subscription = self.make_subscription(account, [
            {'isp_plan_id': self.small.id, 'discount': 100.0},
        ], '2024-04-01')
        run = self.bill('2024-04-01', account_ids=[(6, 0, account.ids)])
        self.assertEqual((run.bill_ids.state, run.bill_ids.is_zero), ('posted', True))
        self.assertFalse(run.move_ids)
        self.assertEqual(self.amounts(subscription), [0.0])
        self.assertFalse(self.bill('2024-04-01', account_ids=[(6, 0, account.ids)]).bill_ids)

    def test_case_067_late_month_at_its_own_price(self):
        plan = self.make_plan('LATE', 10.0, date_from='2026-01-01')
        self.env['isp.service.plan.price'].create({
            'plan_id': plan.id, 'company_id': self.ca.id, 'currency_id': self.cad.id,
            'date_from': '2026-06-01', 'amount': 99.0,
        })
        account = self.make_account("Late")
        self.make_subscription(account, [
            {'isp_plan_id': plan.id, 'isp_date_end': '2026-03-31'}], '2026-03-01')
        run = self.bill('2026-11-01', account_ids=[(6, 0, account.ids)])
        self.assertEqual(run.move_ids.amount_untaxed, 10.0)

    def test_one_time_charge_once(self):
        plan = self.make_plan('INSTALL', 75.0, kind='one_time')
        account = self.make_account("New")
        subscription = self.make_subscription(account, [plan], '2024-04-10')
        self.assertEqual(self.bill('2024-05-01').move_ids.filtered(
            lambda m: m.isp_account_id == account).amount_untaxed, 75.0)
        subscription.sale_subscription_line_ids.isp_date_start = '2024-04-20'
        self.assertFalse(self.bill('2024-06-01', account_ids=[(6, 0, account.ids)]).bill_ids)

    def test_quarterly_and_yearly(self):
        """Aligned quarters start on the first bill day after the start."""
        quarter = self.make_plan('QUARTER', 92.0, interval=3)
        year = self.make_plan('YEAR', 366.0, interval=1, unit='year')
        account = self.make_account("Long")
        self.make_subscription(account, [quarter, year], '2024-01-15')
        self.bill('2024-02-01', account_ids=[(6, 0, account.ids)])
        charges = self.env['isp.charge'].search([('account_id', '=', account.id)])
        quarters = charges.filtered(lambda c: c.plan_id == quarter).sorted('date_from')
        self.assertEqual([(str(c.date_from), str(c.date_to), c.amount) for c in quarters],
                         [('2024-01-15', '2024-01-31', 17.0), ('2024-02-01', '2024-04-30', 92.0)])
        years = charges.filtered(lambda c: c.plan_id == year).sorted('date_from')
        self.assertEqual([(str(c.date_from), str(c.date_to)) for c in years],
                         [('2024-01-15', '2024-01-31'), ('2024-02-01', '2025-01-31')])

    def test_bill_day_is_fixed_once_charged(self):
        self.assertEqual(self.subscription.isp_bill_day, 1)
        fresh = self.make_subscription(self.make_account("Fresh"), [self.small], '2024-05-01')
        self.bill('2024-04-01')
        self.ca.isp_profile_id.bill_day = 15
        self.assertEqual((self.subscription.isp_bill_day, fresh.isp_bill_day), (1, 15))

    def test_the_grid_of_charged_periods_is_fixed(self):
        """Neither start, anchor, alignment nor currency move what was charged."""
        quarter = self.make_plan('QUARTER', 90.0, interval=3)
        account = self.make_account("Fixed")
        subscription = self.make_subscription(account, [quarter], '2024-01-01')
        line = subscription.sale_subscription_line_ids
        line.isp_date_start = '2024-02-01'
        line.isp_date_start = '2024-01-01'
        self.bill('2024-01-01', account_ids=[(6, 0, account.ids)])
        euros = self.env['sale.subscription']._isp_list_pricelist(self.ca, self.eur)
        for values in ({'date_start': '2024-03-01'}, {'isp_anchor_date': '2024-03-01'},
                       {'isp_alignment': 'own'}, {'pricelist_id': euros.id}):
            with self.assertRaisesRegex(UserError, "already charged"):
                subscription.write(values)
        subscription.write({'date_start': '2024-01-01', 'isp_alignment': 'profile'})
        with self.assertRaisesRegex(UserError, "count from its first day"):
            line.isp_date_start = '2024-02-01'
        self.bill('2024-04-01', account_ids=[(6, 0, account.ids)])
        self.assertEqual(self.amounts(subscription), [90.0, 90.0])

    def test_anniversary(self):
        self.ca.isp_profile_id.bill_day_rule = 'anniversary'
        account = self.make_account("Anniversary")
        subscription = self.make_subscription(account, [self.small], '2024-01-31')
        self.bill('2024-03-31', account_ids=[(6, 0, account.ids)])
        self.assertEqual(
            [(str(c.date_from), str(c.date_to))
             for c in subscription.isp_charge_ids.sorted('date_from')],
            [('2024-01-31', '2024-02-28'), ('2024-02-29', '2024-03-30'),
             ('2024-03-31', '2024-04-29')],
        )

    def test_without_proration_a_change_waits_for_the_next_period(self):
        plan = self.make_plan('WHOLE', 30.0, proration_method='none')
        account = self.make_account("Whole")
        subscription = self.make_subscription(account, [plan], '2024-04-11')
        self.assertEqual(
            self.bill('2024-04-11', account_ids=[(6, 0, account.ids)]).move_ids.amount_untaxed,
            30.0)
        line = subscription.sale_subscription_line_ids
        successor = line._isp_change(date(2024, 4, 20), plan=self.large)
        self.assertEqual(str(successor.isp_date_start), '2024-05-01')

    def test_change_dialog(self):
        self.bill('2024-04-01')
        wizard = self.env['isp.line.change'].with_context(default_line_id=self.line.id).create(
            {'line_id': self.line.id, 'plan_id': self.large.id, 'when': 'date'})
        self.assertEqual(str(wizard.date), '2024-05-01')
        wizard.action_confirm()
        self.assertEqual(str(self.line.isp_date_end), '2024-04-30')
        self.assertEqual(self.bill('2024-05-01').move_ids.amount_untaxed, 50.0)

    def test_account_number_has_its_check_digit(self):
        self.assertTrue(self.account.with_company(self.ca).isp_account_number)
        with self.assertRaisesRegex(ValidationError, "check digit"):
            self.account.with_company(self.ca).isp_account_number = '12345678'
        self.ca.isp_account_check_digit = False
        self.make_account("Migrated").with_company(self.ca).isp_account_number = 'OLD-4711'
        found = self.env['res.partner'].with_company(self.ca).search(
            [('isp_account_number', '=', self.account.with_company(self.ca).isp_account_number)])
        self.assertEqual(found, self.account)
