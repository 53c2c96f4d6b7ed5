"""Ends: credit or not, early-termination fees and the law, taken back, started again, suspended."""
from datetime import date
from unittest.mock import patch

from odoo import Command
from odoo.exceptions import UserError, ValidationError
from odoo.tests import Form, new_test_user

from .common import IspCase


class EndCase(IspCase):

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.account = cls.make_account(isp_document_language='en')
        cls.plan = cls.make_plan('PLAN', 30.0)
        cls.subscription = cls.make_subscription(cls.account, [cls.plan], '2024-04-01')
        cls.line = cls.subscription.sale_subscription_line_ids
        cls.profile = cls.ca.isp_profile_id
        cls.clerk = new_test_user(
            cls.env, 'isp-end-clerk', groups='base.group_user,isp_billing.group_clerk',
            company_id=cls.ca.id, company_ids=[Command.set(cls.ca.ids)],
        )

    def as_clerk(self, record):
        return record.with_user(self.clerk).with_context(
            allowed_company_ids=self.ca.ids, lang='en_US')

    def dialog(self, record=None):
        record = self.as_clerk(record or self.subscription)
        action = record.action_isp_end()
        return Form(record.env[action['res_model']].with_context(**action['context']))

    def end(self, day, record=None, **values):
        with self.dialog(record) as form:
            form.last_day = day
            for name, value in values.items():
                form[name] = value
        form.record.action_confirm()
        return form

    def billed(self, *days):
        return [self.bill(day).move_ids.amount_untaxed_signed for day in days]


class TestServiceEnd(EndCase):

    def test_with_credit_of_unused_days(self):
        self.billed('2024-04-01')
        with self.dialog() as form:
            form.last_day = '2024-04-15'
            self.assertTrue(form.credit_unused)
            self.assertIn("-15.00\N{NO-BREAK SPACE}$ with the change", form.outcome)
        form.record.action_confirm()
        run = self.bill('2024-04-16')
        self.assertTrue(run.bill_ids.is_final)
        self.assertEqual(run.move_ids.move_type, 'out_refund')
        self.assertEqual(run.move_ids.amount_untaxed, 15.0)

    def test_without_credit(self):
        """The dialog's choice, and the profile's default: the month stays paid."""
        self.billed('2024-04-01')
        self.end('2024-04-15', credit_unused=False)
        self.assertEqual(self.billed('2024-04-16', '2024-05-01'), [0.0, 0.0])
        self.assertIn("not credited", self.subscription.message_ids[0].body)

    def test_default_of_the_profile(self):
        self.billed('2024-04-01')
        self.profile.credit_unused = False
        with self.dialog() as form:
            self.assertFalse(form.credit_unused)
        self.subscription._isp_end(date(2024, 4, 15))
        self.assertEqual(self.billed('2024-05-01'), [0.0])

    def test_without_credit_before_it_was_billed(self):
        """The period in which the service ends is due whole, also when it is billed later."""
        self.line._isp_end(date(2024, 4, 15), credit=False)
        self.assertEqual(self.billed('2024-05-01'), [30.0])

    def test_arrears_are_billed_for_their_days_whatever_the_choice(self):
        account = self.make_account("Arrears")
        subscription = self.make_subscription(
            account, [self.make_plan('AFTER', 30.0, timing='arrears')], '2024-04-01')
        self.line._isp_end(date(2024, 3, 31))
        subscription._isp_end(date(2024, 4, 15), credit=False)
        self.assertEqual(self.billed('2024-05-01'), [15.0])

    def test_end_is_taken_back_before_it_is_billed(self):
        self.billed('2024-04-01')
        self.end('2024-04-15')
        self.assertTrue(self.subscription.isp_can_undo_end)
        self.as_clerk(self.subscription).action_isp_undo_end()
        self.assertFalse(self.line.isp_date_end)
        self.assertFalse(self.subscription.date)
        self.assertEqual(self.billed('2024-05-01'), [30.0])
        with self.assertRaisesRegex(UserError, "already billed, or there is none"):
            self.subscription._isp_undo_end()

    def test_instalments_go_on_when_the_end_is_taken_back(self):
        """120.00 in 12: an end in May would bring the rest at once; taken back, it does not."""
        install = self.make_plan('INSTALL', 120.0, kind='one_time')
        line = self.env['sale.subscription.line'].create({
            'sale_subscription_id': self.subscription.id, 'isp_plan_id': install.id,
            'isp_date_start': '2024-04-01', 'isp_instalments': 12})
        self.billed('2024-04-01')
        self.end('2024-04-15')
        self.as_clerk(self.subscription).action_isp_undo_end()
        self.assertFalse(line.isp_date_end)
        self.assertEqual(self.billed('2024-05-01'), [40.0])
        self.end('2024-05-31')
        self.assertEqual(self.billed('2024-06-01'), [100.0])
        self.assertFalse(self.subscription.isp_can_undo_end)

    def test_taking_back_gives_the_former_end(self):
        self.line._isp_end(date(2024, 6, 30))
        self.line._isp_end(date(2024, 5, 31))
        self.line._isp_undo_end()
        self.assertEqual(str(self.line.isp_date_end), '2024-06-30')

    def test_billed_end_is_not_taken_back(self):
        self.billed('2024-04-01')
        self.end('2024-04-15')
        self.billed('2024-04-16')
        self.assertFalse(self.subscription.isp_can_undo_end)
        with self.assertRaisesRegex(UserError, "Start the service again"):
            self.subscription._isp_undo_end()

    def test_started_again_in_the_same_month(self):
        """15 days, a gap of 5, then 10 days: 15.00 and 10.00 of 30.00; own price kept."""
        self.line.write({'isp_price_source': 'own', 'price_unit': 27.0, 'product_uom_qty': 2})
        self.billed('2024-04-01')
        self.end('2024-04-15')
        self.subscription.close_subscription()
        self.billed('2024-04-16')
        record = self.as_clerk(self.subscription)
        action = record.action_isp_restart()
        dialog = record.env[action['res_model']].with_context(**action['context'])
        with patch.object(self.env.registry['res.company'], '_isp_today',
                          lambda company: date(2024, 4, 20)), Form(dialog) as form:
            form.date = '2024-04-21'
            self.assertIn("10 of 30 days", form.outcome)
            self.assertIn("18.00", form.outcome)
        form.record.action_confirm()
        again = self.line.isp_successor_ids
        self.assertEqual(
            (again.isp_price_source, again.price_unit, again.product_uom_qty), ('own', 27.0, 2.0))
        self.assertEqual(self.subscription.stage_id.type, 'in_progress')
        self.assertEqual(self.billed('2024-04-21', '2024-05-01'), [18.0, 54.0])
        self.assertEqual(sum(self.amounts(self.subscription)), 54.0 - 27.0 + 18.0 + 54.0)

    def test_start_again_is_after_the_end(self):
        self.end('2024-04-15')
        with self.assertRaisesRegex(UserError, "served up to 2024-04-15"):
            self.subscription._isp_restart(date(2024, 4, 15))

    def test_started_again_from_the_next_day(self):
        self.billed('2024-04-01')
        self.end('2024-04-15')
        self.subscription._isp_restart(date(2024, 4, 16))
        self.assertEqual(self.billed('2024-04-16', '2024-05-01'), [0.0, 30.0])
        self.assertEqual(sum(self.amounts(self.subscription)), 60.0)


class TestSuspension(EndCase):

    def suspend(self, **values):
        record = self.as_clerk(self.subscription)
        action = record.action_isp_suspend()
        with Form(record.env[action['res_model']].with_context(**action['context'])) as form:
            form.date_from = '2024-04-11'
            form.date_to = '2024-04-20'
            for name, value in values.items():
                form[name] = value
        return form.record

    def test_effect_of_the_profile(self):
        self.billed('2024-04-01')
        self.profile.write({'suspension_effect': 'reduced', 'suspension_percent': 40.0})
        hold = self.suspend()
        self.assertEqual((hold.reason, hold.effect, hold.percent), ('non_payment', 'reduced', 40.0))
        # 10 days at 40 % of 1.00: 6.00 back
        self.assertEqual(self.billed('2024-05-01'), [24.0])

    def test_keep_charging(self):
        self.billed('2024-04-01')
        self.suspend(effect='charge')
        self.assertEqual(self.billed('2024-05-01'), [30.0])

    def test_no_charge_is_the_default(self):
        self.billed('2024-04-01')
        self.assertEqual(self.suspend().effect, 'no_charge')
        self.assertEqual(self.billed('2024-05-01'), [20.0])

    def test_paid_and_served_again(self):
        hold = self.subscription._isp_hold(date(2024, 4, 11), reason='non_payment')
        with patch.object(self.env.registry['res.company'], '_isp_today',
                          lambda company: date(2024, 4, 21)):
            self.as_clerk(hold).action_isp_lift()
        self.assertEqual(str(hold.date_to), '2024-04-20')


class TestTerminationFee(EndCase):

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.fee = cls.make_plan('LEAVING', 120.0, kind='one_time', fee_kind='termination')
        cls.plan.write({
            'term_months': 12, 'termination_rule': 'declining', 'termination_plan_id': cls.fee.id,
        })

    def test_declining_fee_on_the_final_bill(self):
        """5 of 12 months are over: 120 x 7 / 12 = 70.00 beside the credit."""
        self.billed('2024-04-01', '2024-05-01', '2024-06-01', '2024-07-01', '2024-08-01')
        self.env['isp.fee.rule'].search([]).active = False
        with self.dialog() as form:
            form.last_day = '2024-08-31'
            self.assertEqual(form.fee_amount, 70.0)
            self.assertTrue(form.charge_fee)
            self.assertIn("70.00", form.outcome)
        form.record.action_confirm()
        fee = self.line.isp_fee_line_ids
        self.assertEqual((fee.isp_plan_id, fee.price_unit), (self.fee, 70.0))
        run = self.bill('2024-09-01')
        self.assertEqual(run.move_ids.amount_untaxed, 70.0)
        self.assertTrue(run.bill_ids.is_final)
        self.assertFalse(self.subscription.isp_can_undo_end)

    def test_fixed_fee_and_share(self):
        self.plan.termination_rule = 'fixed'
        self.assertEqual(self.line._isp_termination_fee(date(2024, 8, 31)), 120)
        self.plan.write({'termination_rule': 'share', 'termination_percent': 50.0})
        self.assertEqual(self.line._isp_termination_fee(date(2024, 8, 31)), 105)
        self.assertEqual(self.line._isp_termination_fee(date(2025, 3, 31)), 0)
        self.assertEqual(str(self.line._isp_term_end()), '2025-03-31')

    def test_price_change_does_not_start_the_commitment_anew(self):
        successor = self.line._isp_change(date(2024, 7, 1), price=20.0)
        self.assertEqual(str(successor._isp_term_end()), '2025-03-31')

    def test_end_and_its_fee_are_taken_back_together(self):
        self.env['isp.fee.rule'].search([]).active = False
        self.billed('2024-04-01')
        self.end('2024-04-15')
        self.assertTrue(self.line.isp_fee_line_ids)
        self.subscription._isp_undo_end()
        self.assertFalse(self.line.isp_fee_line_ids)
        self.assertEqual(self.billed('2024-05-01'), [30.0])

    def test_blocked_in_canada_since_june_2026(self):
        """A consumer is not charged after 2026-06-12; the dialog says why."""
        self.plan.term_months = 36
        with self.dialog() as form:
            form.last_day = '2026-06-11'
            self.assertFalse(form.fee_blocked)
            self.assertEqual(form.fee_amount, 33.33)
            form.last_day = '2026-06-12'
            self.assertTrue(form.fee_blocked)
            self.assertIn("27.04", form.fee_note)
            self.assertFalse(form.charge_fee)
        form.record.charge_fee = True
        with self.assertRaisesRegex(UserError, "27.04"):
            form.record.action_confirm()
        form.record.charge_fee = False
        form.record.action_confirm()
        self.assertFalse(self.line.isp_fee_line_ids)

    def test_business_is_warned(self):
        self.plan.term_months = 36
        self.account.is_company = True
        with self.dialog() as form:
            form.last_day = '2026-06-12'
            self.assertFalse(form.fee_blocked)
            self.assertIn("small businesses", form.fee_note)
            self.assertFalse(form.charge_fee)
            form.charge_fee = True
        form.record.action_confirm()
        self.assertTrue(self.line.isp_fee_line_ids)
        self.assertIn("27.04", self.subscription.message_ids[0].body)

    def test_a_rule_needs_its_fee(self):
        with self.assertRaisesRegex(ValidationError, "choose the one-time charge"):
            self.make_plan('OTHER', 10.0, term_months=12, termination_rule='fixed')


class TestFeeRules(EndCase):

    def add(self, plan, day, account=None, company=None):
        return self.make_subscription(
            account or self.account, [plan], day, company=company).sale_subscription_line_ids

    def test_set_up_fee_in_canada(self):
        plan = self.make_plan('SETUP', 50.0, kind='one_time', fee_kind='set_up')
        self.assertFalse(self.add(plan, '2026-06-11').isp_fee_warning)
        with self.assertRaisesRegex(ValidationError, "27.04"), self.env.cr.savepoint():
            self.add(plan, '2026-06-12')
        business = self.make_account("Shop", is_company=True)
        line = self.add(plan, '2026-06-12', business)
        self.assertIn("CRTC 2026-43", line.sale_subscription_id.isp_fee_warning)

    def test_moving_a_fee_behind_the_day_is_refused(self):
        plan = self.make_plan('MOVE', 50.0, kind='one_time', fee_kind='change')
        line = self.add(plan, '2026-06-11')
        with self.assertRaisesRegex(ValidationError, "27.04"):
            line.isp_date_start = '2026-07-01'

    def test_installation_is_no_fee(self):
        plan = self.make_plan('INSTALLED', 50.0, kind='one_time')
        self.assertFalse(self.add(plan, '2026-07-01').isp_fee_warning)

    def test_paper_bill(self):
        plan = self.make_plan('PAPER', 2.0, kind='addon', fee_kind='paper_bill')
        with self.assertRaisesRegex(ValidationError, "paper bill"):
            self.add(plan, '2024-07-01')

    def test_late_fee_is_warned_of(self):
        plan = self.make_plan('LATE', 5.0, kind='one_time', fee_kind='late')
        self.assertIn("35 %", self.add(plan, '2026-07-01').isp_fee_warning)

    def test_france_and_quebec(self):
        """The French module brings rules of France and Quebec."""
        if self.env['ir.module.module']._get('isp_billing_fr').state != 'installed':
            self.skipTest("The French module is not installed.")
        plan = self.make_plan(
            'RAPPEL', 10.0, company=self.fr, kind='one_time', fee_kind='recovery')
        person = self.make_account("Bob", company=self.fr)
        with self.assertRaisesRegex(ValidationError, "L111-8"), self.env.cr.savepoint():
            self.add(plan, '2026-07-01', person, self.fr)
        shop = self.make_account("Boutique", company=self.fr, is_company=True)
        self.assertFalse(self.add(plan, '2026-07-01', shop, self.fr).isp_fee_warning)
        leaving = self.make_plan('LEAVE', 10.0, kind='one_time', fee_kind='termination')
        self.assertIn("214.1", self.add(leaving, '2020-07-01').isp_fee_warning)
        ontario = self.make_account("Olive", state=self.ontario)
        self.assertFalse(self.add(leaving, '2020-07-01', ontario).isp_fee_warning)

    def test_archived_rule_holds_no_more(self):
        self.env.ref('isp_billing.isp_fee_rule_ca_set_up').active = False
        plan = self.make_plan('SETUP', 50.0, kind='one_time', fee_kind='set_up')
        self.assertFalse(self.add(plan, '2026-07-01').isp_fee_warning)
