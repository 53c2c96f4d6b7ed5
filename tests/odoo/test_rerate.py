"""Charged periods settled at another price: corrections, never a changed row."""
from datetime import date

from odoo import Command
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import Form, new_test_user
from odoo.tools import mute_logger

from .common import IspCase


class TestRerate(IspCase):

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.account = cls.make_account(isp_document_language='en')
        cls.plan = cls.make_plan('PLAN', 30.0)
        cls.subscription = cls.make_subscription(cls.account, [cls.plan], '2024-04-01')
        cls.line = cls.subscription.sale_subscription_line_ids
        cls.approver, cls.clerk = (
            new_test_user(
                cls.env, f'isp-rerate-{role}', groups=f'base.group_user,isp_billing.group_{role}',
                company_id=cls.ca.id, company_ids=[Command.set(cls.ca.ids)],
            ) for role in ('approver', 'clerk'))
        cls.ca.isp_profile_id.negative_policy = 'credit_note'
        for day in ('2024-04-01', '2024-05-01', '2024-06-01'):
            cls.bill(day)

    def rerate(self, day, price=None, line=True, user=None):
        return self.env['isp.rerate'].with_user(user or self.approver).with_context(
            allowed_company_ids=self.ca.ids).create({
                'company_id': self.ca.id, 'plan_id': self.plan.id, 'date_from': day,
                'line_id': self.line.id if line else False, 'reason': "Entered wrongly",
                'mode': 'list' if price is None else 'price', 'price': price or 0.0,
            })

    def billed(self, *days):
        return [
            sum(self.bill(day).move_ids.mapped('amount_untaxed_signed')) for day in days
        ]

    def test_corrections_from_a_day_on(self):
        """May and June at 24.00: twice -6.00; April stays, July follows the list price."""
        before = self.subscription.isp_charge_ids
        facts = before.read(['amount', 'price_unit', 'revision'])
        self.rerate('2024-05-01', 24.0)
        self.assertEqual(self.billed('2024-06-15', '2024-06-16', '2024-07-01'), [-12.0, 0.0, 30.0])
        self.assertEqual(before.read(['amount', 'price_unit', 'revision']), facts)
        rows = (self.subscription.isp_charge_ids - before).filtered(lambda row: row.amount < 0)
        self.assertEqual(
            [(row.amount, row.price_unit, row.revision, row.detail) for row in rows],
            [(-6.0, 24.0, 1, {'rerate': True})] * 2)

    def test_a_later_credit_follows_the_new_price(self):
        """Half of June at 24.00 is 12.00, also when nothing was billed between."""
        self.rerate('2024-06-01', 24.0)
        self.line._isp_end(date(2024, 6, 15))
        self.assertEqual(self.billed('2024-06-16', '2024-07-01'), [-18.0, 0.0])
        self.assertEqual(sum(self.amounts(self.subscription)), 72.0)

    def test_credit_after_the_correction(self):
        self.rerate('2024-06-01', 36.0)
        self.assertEqual(self.billed('2024-06-05'), [6.0])
        self.line._isp_end(date(2024, 6, 15))
        self.assertEqual(self.billed('2024-06-16'), [-18.0])

    def test_a_second_decision_wins(self):
        self.rerate('2024-06-01', 36.0)
        self.billed('2024-06-05')
        self.rerate('2024-06-01', 30.0)
        self.assertEqual(self.billed('2024-06-06', '2024-06-07'), [-6.0, 0.0])

    def test_plan_at_its_corrected_list_price(self):
        """The plan's price was entered wrongly: mended, then all its subscribers re-rated."""
        other = self.make_subscription(self.make_account("Other"), [self.plan], '2024-07-01')
        self.billed('2024-07-01')
        self.plan.price_ids.amount = 28.0
        self.assertEqual(self.billed('2024-07-02'), [0.0])
        self.rerate('2024-07-01', line=False)
        run = self.bill('2024-07-03')
        self.assertEqual(run.move_ids.mapped('amount_untaxed_signed'), [-2.0, -2.0])
        self.assertEqual(self.amounts(other), [30.0, -2.0])

    def test_discount_is_taken_of_the_new_price(self):
        line = self.make_subscription(
            self.make_account("Discounted"), [self.plan], '2024-07-01').sale_subscription_line_ids
        self.env['isp.line.discount'].create({
            'name': "Half", 'line_id': line.id, 'kind': 'percent', 'value': 50.0,
            'date_from': '2024-07-01'})
        self.billed('2024-07-01')
        self.line = line
        self.rerate('2024-07-01', 20.0)
        self.assertEqual(self.billed('2024-07-02'), [-5.0])

    def test_shared_charge_goes_to_both_payers(self):
        payer = self.make_account("Payer")
        child = self.make_account("Child")
        child.with_company(self.ca).write({
            'isp_payer_id': payer.id, 'isp_payer_share': 'percent', 'isp_payer_percent': 60.0})
        self.line = self.make_subscription(
            child, [self.plan], '2024-07-01').sale_subscription_line_ids
        self.billed('2024-07-01')
        self.rerate('2024-07-01', 20.0)
        moves = self.bill('2024-07-02').move_ids
        self.assertEqual(
            {(move.isp_account_id, move.amount_untaxed_signed) for move in moves},
            {(payer, -6.0), (child, -4.0)})

    def test_dialog_shows_the_difference(self):
        line = self.line.with_user(self.approver).with_context(
            allowed_company_ids=self.ca.ids, lang='en_US')
        action = line.action_isp_rerate()
        with Form(line.env[action['res_model']].with_context(**action['context'])) as form:
            form.date_from = '2024-05-01'
            form.mode = 'price'
            form.price = 24.0
            form.reason = "Promised on the phone"
            self.assertEqual(form.charge_count, 2)
            self.assertIn("-6.00", form.outcome)
        self.assertFalse(self.env['isp.rerate'].search([]))
        form.record.action_confirm()
        rerate = self.env['isp.rerate'].search([])
        self.assertEqual((rerate.user_id, rerate.reason), (self.approver, "Promised on the phone"))
        self.assertIn("Promised on the phone", self.subscription.message_ids[0].body)

    @mute_logger('odoo.addons.base.models.ir_model')
    def test_who_and_why(self):
        with self.assertRaises(AccessError):
            self.rerate('2024-05-01', 24.0, user=self.clerk)
        rerate = self.rerate('2024-05-01', 24.0)
        with self.assertRaises(UserError):
            rerate.sudo().price = 1.0
        with self.assertRaises(UserError):
            rerate.sudo().unlink()
        with self.assertRaises(ValidationError):
            rerate.sudo().copy({'reason': " "})
