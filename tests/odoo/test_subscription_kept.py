"""What a charged subscription keeps, archived parties, next bills and services entered late."""
from datetime import date
from unittest.mock import patch

from odoo import Command
from odoo.exceptions import UserError
from odoo.tests import Form

from odoo.addons.isp_billing.models import isp_service_plan, sale_subscription
from odoo.addons.isp_billing.models.sale_subscription_line import CHARGED_FACTS, CHARGED_TO

from .common import IspCase


class TestKept(IspCase):

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env = cls.env(context={**cls.env.context, 'lang': 'en_US'})
        cls.account = cls.make_account("Kept Customer")
        cls.subscription = cls.make_subscription(cls.account, [cls.fibre], '2026-11-01')
        cls.line = cls.subscription.sale_subscription_line_ids

    def other_value(self, record, name):
        """A value of a field that the record does not have."""
        field = record._fields[name]
        if field.type == 'many2one':
            known = {
                'company_id': self.fr, 'partner_id': self.other, 'isp_account_id': self.other,
                'currency_id': self.eur, 'isp_plan_id': self.second,
                'product_id': self.second.product_id,
                'sale_subscription_id': self.elsewhere,
                'isp_replaced_line_id': self.elsewhere.sale_subscription_line_ids,
                'pricelist_id': self.euro_list,
            }
            return known[name].id
        if field.type == 'selection':
            values = field.get_values(self.env)
            # of the kinds of plans, internet and others are charged alike
            return next(v for v in reversed(values) if v != record[name])
        if field.type == 'date':
            return '2025-05-05'
        return not record[name] if field.type == 'boolean' else record[name] + 1

    def test_case_122_whose_charges_they_are_is_fixed_in_every_way(self):
        """Kind: a fact that charges rest on is overwritten, and the past goes with it."""
        self.other = self.make_account("Somebody Else")
        self.second = self.make_plan('SECOND', 10.0)
        self.elsewhere = self.make_subscription(self.other, [self.fibre], '2026-11-01')
        self.euro_list = self.env['product.pricelist'].create(
            {'name': "Euro", 'currency_id': self.eur.id})
        self.bill('2026-11-01', account_ids=[Command.set(self.account.ids)])
        for record, names in (
            (self.subscription, sale_subscription.KEPT_ONCE_CHARGED),
            (self.line, CHARGED_FACTS | CHARGED_TO),
            (self.fibre, isp_service_plan.GRID_FACTS),
        ):
            for name in sorted(names):
                if record == self.fibre and name == 'company_id':
                    value = self.fr.id
                else:
                    value = self.other_value(record, name)
                before = record[name]
                with self.subTest(field=name, model=record._name):
                    with self.assertRaisesRegex(UserError, "charged"):
                        # the context of a client opens nothing
                        record.with_context(isp_stage_moves=True, isp_own_moves=True).write(
                            {name: value})
                    record.invalidate_recordset()
                    self.assertEqual(record[name], before)
        with self.assertRaisesRegex(UserError, "end its service"):
            self.subscription.isp_account_id = self.other
        result = self.env['sale.subscription'].with_context(import_file=True).load(
            ['.id', 'isp_account_id/.id'], [[str(self.subscription.id), str(self.other.id)]])
        self.assertIn("already charged", result['messages'][0]['message'])
        self.assertEqual(self.line.isp_account_id, self.account)

    def test_case_122_a_transfer_settles_both_accounts(self):
        """15 of 30 days each: 29.98 of 59.95 stay on the old account, 29.98 on the new one."""
        self.bill('2026-11-01')
        self.subscription._isp_end(date(2026, 11, 15))
        new = self.make_account("New Tenant")
        self.make_subscription(new, [self.fibre], '2026-11-16')
        self.bill('2026-11-16')
        self.assertEqual(self.amounts(self.account), [59.95, -29.97])
        self.assertEqual(self.amounts(new), [29.98])

    def test_case_123_what_is_archived_and_still_runs_is_an_exception(self):
        """Kind: a record that somebody put away goes on being billed, and nothing says so."""
        address = self.env['res.partner'].create({
            'name': "Put away house", 'type': 'delivery', 'parent_id': self.account.id,
            'country_id': self.canada.id, 'state_id': self.quebec.id})
        payer = self.make_account("Payer")
        served = self.make_account("Served")
        served.with_company(self.ca).write({
            'isp_payer_id': payer.id, 'isp_payer_share': 'percent', 'isp_payer_percent': 100.0})
        self.make_subscription(served, [self.fibre], '2026-11-01')
        self.subscription.partner_shipping_id = address
        for record, account in (
            (self.subscription, self.account), (self.account, self.account),
            (address, self.account), (payer, payer), (served, payer),
        ):
            with self.subTest(record=record.display_name):
                record.active = False
                run = self.make_run('2026-11-01')
                bill = run.with_context(active_test=False).bill_ids.filtered(
                    lambda bill, account=account: bill.account_id == account)
                self.assertEqual((bill.state, bill.problem_code), ('exception', 'archived'))
                self.assertIn(record.display_name, bill.reason)
                bill.action_restore()
                self.assertTrue(record.active)
                self.assertEqual(set(run.bill_ids.mapped('state')), {'ready'})

    def test_case_123_what_ended_is_billed_to_its_end(self):
        """An archived customer whose service has ended gets the last bill; a plan that is no
        longer sold keeps its subscribers."""
        self.fibre.active = False
        self.line.isp_date_end = '2026-11-10'
        self.account.active = False
        run = self.make_run('2026-11-10')
        self.assertEqual(run.with_context(active_test=False).bill_ids.state, 'ready')

    def test_case_124_the_next_bill_before_the_first_one(self):
        """Kind: a date of the form is shown in place of what the engine says."""
        future = self.make_account("Future")
        with patch.object(type(self.env['res.company']), '_isp_today',
                          lambda company: date(2026, 11, 20)):
            subscription = self.make_subscription(future, [self.fibre], '2027-01-15')
            self.assertEqual(subscription.recurring_next_date, date(2027, 1, 15))
            self.assertEqual(self.env['sale.subscription'].search(
                [('recurring_next_date', '=', '2027-01-15')]), subscription, "lists and filters")
            forecast = self.env['isp.bill.explain'].create(
                {'account_id': future.id, 'company_id': self.ca.id})
            self.assertEqual(forecast.target_date, date(2027, 1, 15))
        line = subscription.sale_subscription_line_ids
        line.isp_date_start = '2027-02-10'
        self.assertEqual(subscription.recurring_next_date, date(2027, 2, 10))
        line.isp_date_end = '2027-02-09'
        self.assertFalse(subscription.recurring_next_date, "nothing to bill any more")
        draft = self.env['sale.subscription.stage'].search([('type', '=', 'draft')], limit=1)
        line.isp_date_end = False
        subscription.stage_id = draft
        self.assertFalse(subscription.recurring_next_date, "a draft is not billed")

    def test_case_124_the_next_bill_follows_charges_that_go(self):
        run = self.bill('2026-11-01', post_invoices=False,
                        account_ids=[Command.set(self.account.ids)])
        self.assertEqual(self.subscription.recurring_next_date, date(2026, 12, 1))
        run.move_ids.unlink()
        self.assertEqual(self.subscription.recurring_next_date, date(2026, 11, 1))

    def test_case_126_a_line_added_later_starts_today_and_says_what_it_bills(self):
        """Kind: what is entered late bills the past without a word.

        Since March, in November: nine periods of 10.00, said before anything is saved.
        """
        extra = self.make_plan('EXTRA', 10.0)
        old = self.make_account("Since March")
        subscription = self.make_subscription(old, [self.fibre], '2026-03-01')
        with patch.object(type(self.env['res.company']), '_isp_today',
                          lambda company: date(2026, 11, 20)):
            for month in range(3, 12):
                self.bill(f'2026-{month:02}-01', account_ids=[Command.set(old.ids)])
            view = self.env.ref('isp_billing.sale_subscription_view_form')
            form = Form(subscription, view=view)
            with form.sale_subscription_line_ids.new() as line:
                self.assertEqual(line.isp_date_start, date(2026, 11, 20))
                line.isp_plan_id = extra
            self.assertFalse(form.isp_back_billing)
            with form.sale_subscription_line_ids.edit(1) as line:
                line.isp_date_start = date(2026, 3, 1)
            self.assertIn("9 periods", form.isp_back_billing)
            self.assertIn("90.00", form.isp_back_billing)
            self.assertEqual(len(subscription.sale_subscription_line_ids), 1, "nothing is saved")
            form.save()
            self.assertIn("90.00", subscription.isp_back_billing)
            preview = self.env['isp.bill.now'].create({
                'account_id': old.id, 'company_id': self.ca.id}).preview
            self.assertIn("9 periods since", preview)
            self.assertIn("90.00", preview)
            self.bill('2026-11-20', account_ids=[Command.set(old.ids)])
            subscription.invalidate_recordset()
            self.assertFalse(subscription.isp_back_billing)

    def test_case_126_a_draft_says_it_before_it_is_started(self):
        old = self.make_account("Draft Since March")
        subscription = self.make_subscription(old, [self.fibre], '2026-03-01')
        subscription.stage_id = self.env['sale.subscription.stage'].search(
            [('type', '=', 'draft')], limit=1)
        self.assertEqual(subscription.isp_line_start, date(2026, 3, 1))
        with patch.object(type(self.env['res.company']), '_isp_today',
                          lambda company: date(2026, 11, 20)):
            subscription.invalidate_recordset()
            self.assertIn("539.55", subscription.isp_back_billing)
        self.assertEqual(subscription.stage_id.type, 'draft')
