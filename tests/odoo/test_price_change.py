"""Price changes for many: preview, approval, list and own prices, exceptions, undo, notices."""
from datetime import date
from unittest.mock import patch

from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import new_test_user

from .common import IspCase


class TestPriceChange(IspCase):

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.plan = cls.make_plan('PLAN', 30.0)
        cls.listed, cls.own, cls.excluded = (
            cls.make_account(name, isp_document_language='en')
            for name in ("Listed", "Own Price", "Excluded"))
        cls.at_list = cls.make_subscription(cls.listed, [cls.plan], '2026-11-01')
        cls.at_own = cls.make_subscription(cls.own, [
            {'isp_plan_id': cls.plan.id, 'isp_price_source': 'own', 'price_unit': 25.0,
             'product_uom_qty': 2}], '2026-11-01')
        cls.left_out = cls.make_subscription(cls.excluded, [cls.plan], '2026-11-01')
        cls.manager, cls.approver, cls.clerk = (
            new_test_user(
                cls.env, f'isp-price-{role}', groups=f'base.group_user,isp_billing.group_{role}',
                company_id=cls.ca.id, company_ids=[Command.set(cls.ca.ids)],
            ) for role in ('manager', 'approver', 'clerk'))

    def setUp(self):
        super().setUp()
        today = patch.object(
            self.env.registry['res.company'], '_isp_today', lambda company: date(2026, 11, 20))
        today.start()
        self.addCleanup(today.stop)

    def make(self, **values):
        return self.env['isp.price.change'].with_user(self.manager).with_context(
            allowed_company_ids=self.ca.ids).create({
                'name': "Indexation", 'plan_ids': [Command.set(self.plan.ids)], 'percent': 5.0,
                'date_from': '2027-01-01', 'company_id': self.ca.id, 'currency_id': self.cad.id,
                'excluded_account_ids': [Command.set(self.excluded.ids)], **values,
            })

    def approve(self, change):
        change.with_user(self.approver).action_approve()
        change.sudo()._isp_work()
        return change

    def amounts_on(self, day):
        moves = self.bill(day).move_ids
        return [
            sum(moves.filtered(lambda move, account=account: move.isp_account_id == account)
                .mapped('amount_untaxed_signed'))
            for account in (self.listed, self.own, self.excluded)
        ]

    def test_preview_counts_and_worth(self):
        change = self.make(scope='all', rounding=0.05)
        change.action_preview()
        self.assertEqual((change.list_count, change.own_count, change.kept_count), (1, 1, 1))
        # 30.00 + 2 x 25.00 before; 31.50 + 2 x 26.25 after
        self.assertEqual((change.monthly_before, change.monthly_after), (80.0, 84.0))
        self.assertEqual(change.monthly_difference, 4.0)
        self.assertEqual(str(change.notice_date), '2026-12-02')
        self.assertEqual(self.plan.price_ids.mapped('amount'), [30.0])

    def test_rounding(self):
        change = self.make(percent=3.3, rounding=0.05)
        self.assertEqual(change._isp_new_price(30.0), 31.0)
        change.write({'mode': 'amount', 'amount': 34.99, 'rounding': 0.01})
        self.assertEqual(change._isp_new_price(30.0), 34.99)

    def test_a_plan_that_has_a_price_from_the_day_is_named(self):
        self.env['isp.service.plan.price'].create({
            'plan_id': self.plan.id, 'company_id': self.ca.id, 'currency_id': self.cad.id,
            'date_from': '2027-01-01', 'amount': 33.0})
        change = self.make()
        with self.assertRaisesRegex(UserError, r'PLAN.* already has a price from 2027-01-01'):
            change.with_user(self.approver).action_approve()
        self.assertEqual(change.state, 'draft')

    def test_list_price_only(self):
        self.amounts_on('2026-11-01')
        self.approve(self.make())
        self.assertEqual(self.amounts_on('2026-12-01'), [30.0, 50.0, 30.0])
        self.assertEqual(self.amounts_on('2027-01-01'), [31.5, 50.0, 30.0])

    def test_all(self):
        self.amounts_on('2026-11-01')
        change = self.approve(self.make(scope='all'))
        self.assertEqual(change.state, 'done')
        self.assertEqual(self.amounts_on('2026-12-01'), [30.0, 50.0, 30.0])
        self.assertEqual(self.amounts_on('2027-01-01'), [31.5, 52.5, 30.0])
        line = self.at_own.sale_subscription_line_ids.sorted('isp_date_start')[-1]
        self.assertEqual((line.price_unit, str(line.isp_date_start)), (26.25, '2027-01-01'))

    def test_own_prices_change_with_a_period(self):
        """From the 15th: the first period that starts on or after it, as list prices do."""
        self.amounts_on('2026-11-01')
        self.approve(self.make(scope='all', date_from='2027-01-15'))
        self.amounts_on('2026-12-01')
        self.assertEqual(self.amounts_on('2027-01-01'), [30.0, 50.0, 30.0])
        self.assertEqual(self.amounts_on('2027-02-01'), [31.5, 52.5, 30.0])

    def test_one_time_charges_are_not_charged_again(self):
        """An installation at an own price, charged in November: its line is left alone."""
        install = self.make_plan('INSTALL', 99.0, kind='one_time')
        line = self.env['sale.subscription.line'].create({
            'sale_subscription_id': self.at_own.id, 'isp_plan_id': install.id,
            'isp_date_start': '2026-11-01', 'isp_price_source': 'own', 'price_unit': 49.0})
        self.assertEqual(self.amounts_on('2026-11-01'), [30.0, 99.0, 30.0])
        change = self.approve(
            self.make(scope='all', plan_ids=[Command.set((self.plan | install).ids)]))
        self.assertEqual(change.line_ids.line_id.isp_plan_id, self.plan)
        self.amounts_on('2026-12-01')
        self.assertEqual(self.amounts_on('2027-01-01'), [31.5, 52.5, 30.0])
        with self.assertRaisesRegex(UserError, "charged once"):
            line._isp_change(date(2027, 2, 1), quantity=2)

    def test_what_was_planned_begins_with_the_new_price(self):
        """A third unit from February, planned before: 3 x 26.25, and not at 25.00 again."""
        self.amounts_on('2026-11-01')
        line, kept = (one.sale_subscription_line_ids for one in (self.at_own, self.left_out))
        line._isp_change(date(2027, 2, 1), quantity=3)
        kept._isp_change(date(2027, 2, 1), quantity=2)
        change = self.make(scope='all')
        change.action_preview()
        self.assertEqual((change.list_count, change.own_count, change.kept_count), (1, 1, 1))
        self.assertEqual((change.monthly_before, change.monthly_after), (80.0, 84.0))
        self.approve(change)
        self.assertEqual(change.line_ids.mapped('state'), ['done'] * 4)
        self.amounts_on('2026-12-01')
        self.assertEqual(self.amounts_on('2027-01-01'), [31.5, 52.5, 30.0])
        self.assertEqual(self.amounts_on('2027-02-01'), [31.5, 78.75, 60.0])

    def test_one_bad_line_never_stops_the_others(self):
        for place in range(3):
            self.make_subscription(self.make_account(f"More {place}"), [
                {'isp_plan_id': self.plan.id, 'isp_price_source': 'own', 'price_unit': 20.0},
            ], '2026-11-01')
        change = self.make(scope='all')
        change.with_user(self.approver).action_approve()
        lines = self.env.registry['sale.subscription.line']
        original, bad = lines._isp_change, self.at_own.sale_subscription_line_ids

        def broken(line, *args, **kwargs):
            if line == bad:
                line.env.cr.execute("SELECT 1 / 0")
            return original(line, *args, **kwargs)

        with patch.object(lines, '_isp_change', broken), self.assertLogs(
                'odoo.addons.isp_billing.models.isp_price_change_line', 'WARNING'), \
                patch('odoo.sql_db._logger'):
            change.sudo()._isp_work()
        self.assertEqual(change.state, 'exception')
        self.assertEqual(
            sorted(change.line_ids.mapped('state')), ['done', 'done', 'done', 'done', 'error'])
        failed = change.line_ids.filtered(lambda row: row.state == 'error')
        self.assertIn("division by zero", failed.reason)
        change.action_retry()
        change.sudo()._isp_work()
        self.assertEqual(change.state, 'done')

    def test_in_chunks_and_resumed(self):
        change = self.make(scope='all')
        change.with_user(self.approver).action_approve()
        self.assertEqual(change.sudo()._isp_work(limit=1), 1)
        self.assertEqual((change.state, change.todo_count), ('approved', 1))
        with self.enter_registry_test_mode():
            self.env.ref('isp_billing.ir_cron_price_change').sudo().method_direct_trigger()
        self.assertEqual(change.state, 'done')
        self.assertEqual(len(self.at_own.sale_subscription_line_ids), 2)

    def test_taken_back_before_it_acts(self):
        self.amounts_on('2026-11-01')
        change = self.approve(self.make(scope='all'))
        change.with_user(self.approver).action_undo()
        self.assertEqual(change.state, 'undone')
        self.assertEqual(self.plan.price_ids.mapped('amount'), [30.0])
        self.assertEqual(len(self.at_own.sale_subscription_line_ids), 1)
        self.amounts_on('2026-12-01')
        self.assertEqual(self.amounts_on('2027-01-01'), [30.0, 50.0, 30.0])

    def test_not_taken_back_once_it_acts(self):
        self.ca.isp_profile_id.days_ahead = 20
        change = self.approve(self.make(scope='all'))
        self.amounts_on('2026-12-15')
        with self.assertRaisesRegex(UserError, "acts already"):
            change.with_user(self.approver).action_undo()

    def test_approval_comes_in_time(self):
        self.ca.isp_profile_id.days_ahead = 20
        change = self.make(date_from='2026-12-01')
        self.amounts_on('2026-11-15')
        with self.assertRaisesRegex(UserError, "Choose a later day"):
            change.with_user(self.approver).action_approve()
        self.assertEqual(change.state, 'draft')
        self.assertTrue(change.is_late)

    def test_who_may(self):
        with self.assertRaises(AccessError):
            self.env['isp.price.change'].with_user(self.clerk).create({'name': "No"})
        change = self.make()
        with self.assertRaises(AccessError):
            change.with_user(self.clerk).action_approve()
        self.ca.isp_four_eyes = True
        with self.assertRaisesRegex(UserError, "another person"):
            change.with_user(self.manager).action_approve()
        change.with_user(self.approver).action_approve()
        with self.assertRaisesRegex(UserError, "was approved"):
            change.percent = 50.0
        with self.assertRaisesRegex(UserError, "Only a draft"):
            change.unlink()

    def test_notice_announces_own_prices_too(self):
        """Both are told twice; the excluded account is not."""
        self.env['isp.invoice.message'].create({
            'name': "New price", 'notice': 'price', 'bills_ahead': 2, 'company_id': self.ca.id,
            'body': "{old_price}, then {new_price} from {event_date}",
        })
        self.approve(self.make(scope='all'))
        for day in ('2026-11-20', '2026-12-01'):
            texts = {}
            for move in self.bill(day).move_ids:
                texts[move.isp_account_id.name] = (
                    move.isp_document_data['message'] or {}).get('en', '')
            self.assertEqual(texts, {
                "Listed": "$30.00, then $31.50 from January 1, 2027",
                "Own Price": "$25.00, then $26.25 from January 1, 2027",
                "Excluded": '',
            })
