"""Discounts and promotional prices: what they take off, for how long, and what charges keep."""
from datetime import date, timedelta

from lxml import etree

from odoo import Command
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import Form, new_test_user
from odoo.tools import mute_logger
from odoo.tools.safe_eval import safe_eval

from .common import IspCase
from .document_common import pdf_text


class DiscountCase(IspCase):

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.account = cls.make_account(isp_document_language='en')
        cls.plan = cls.make_plan('PLAN', 30.0)
        cls.large = cls.make_plan('LARGE', 50.0)
        cls.subscription = cls.make_subscription(cls.account, [cls.plan], '2024-01-15')
        cls.line = cls.subscription.sale_subscription_line_ids

    def discount(self, line=None, **values):
        return self.env['isp.line.discount'].create({
            'name': "Welcome", 'line_id': (line or self.line).id, **values,
        })

    def months(self, *days, company=None):
        """Amounts before tax of the bills of the account on these days, 0.0 without one."""
        return [self.bill(day, company=company).move_ids.amount_untaxed_signed for day in days]


class TestLineDiscount(DiscountCase):

    def test_percent_over_a_stub_and_n_periods(self):
        """20 % for 3 full periods: the stub is discounted too and does not count."""
        discount = self.discount(kind='percent', value=20.0, periods=3)
        self.assertEqual(discount.date_from, self.ca._isp_today())
        discount.date_from = '2024-01-15'
        self.assertEqual(str(discount.last_day), '2024-04-30')
        self.assertEqual(
            self.months('2024-01-15', '2024-02-01', '2024-03-01', '2024-04-01', '2024-05-01'),
            [13.16, 24.0, 24.0, 24.0, 30.0],
        )
        charge = self.subscription.isp_charge_ids.filtered(
            lambda one: str(one.period_start) == '2024-02-01')
        self.assertEqual(charge.detail, {'reductions': [[discount.id, '6.00']]})
        self.assertEqual((charge.price_unit, charge.price_full), (30.0, 24.0))

    def test_a_planned_line_is_discounted_from_its_first_day(self):
        """What was charged ends before the plan changes: the proposal is not a day of the old."""
        self.months('2024-01-15')
        self.line._isp_change(date(2024, 3, 10), price=40.0)
        planned = self.subscription.sale_subscription_line_ids - self.line
        discount = self.discount(planned, kind='percent', value=50.0)
        self.assertEqual(str(discount.date_from), '2024-03-10')
        # 9 of 31 days of 30.00; then 22 of 31 days of half of 40.00, and April
        self.assertEqual(
            self.months('2024-02-01', '2024-03-01', '2024-04-01'), [30.0, 8.71, 34.19])

    def test_amount_over_a_stub_and_n_periods(self):
        self.discount(kind='amount', value=10.0, periods=2, date_from='2024-01-15')
        self.assertEqual(
            self.months('2024-01-15', '2024-02-01', '2024-03-01', '2024-04-01'),
            [10.97, 20.0, 20.0, 30.0],
        )

    def test_promotional_price_then_list_price(self):
        self.discount(kind='price', value=9.99, periods=2, date_from='2024-01-15')
        self.assertEqual(
            self.months('2024-01-15', '2024-02-01', '2024-03-01', '2024-04-01'),
            [5.48, 9.99, 9.99, 30.0],
        )

    def test_promotional_price_never_raises(self):
        self.discount(kind='price', value=39.99, date_from='2024-01-15')
        self.assertEqual(self.months('2024-01-15', '2024-02-01'), [16.45, 30.0])

    def test_between_dates(self):
        """In force for periods that begin between the two days, whole."""
        self.discount(kind='percent', value=50.0, date_from='2024-02-01', date_to='2024-03-10')
        self.assertEqual(
            self.months('2024-01-15', '2024-02-01', '2024-03-01', '2024-04-01'),
            [16.45, 15.0, 15.0, 30.0],
        )

    def test_order_of_two(self):
        """Each applies to what is left: 30 - 10 % - 5 = 22.00; 30 - 5 - 10 % = 22.50."""
        percent = self.discount(kind='percent', value=10.0, date_from='2024-01-15', sequence=1)
        self.discount(kind='amount', value=5.0, date_from='2024-01-15', sequence=2)
        self.months('2024-01-15')
        self.assertEqual(self.months('2024-02-01'), [22.0])
        other = self.make_subscription(self.make_account("Other"), [self.plan], '2024-02-01')
        line = other.sale_subscription_line_ids
        percent.copy({'line_id': line.id, 'sequence': 2, 'date_from': '2024-02-01'})
        self.discount(line, kind='amount', value=5.0, date_from='2024-02-01', sequence=1)
        self.assertEqual(self.months('2024-02-01'), [22.5])

    def test_never_below_zero(self):
        """More off than the price: 0.00, a ledger row and no document (case 62)."""
        self.discount(kind='amount', value=45.0, date_from='2024-02-01', periods=1)
        self.months('2024-01-15')
        run = self.bill('2024-02-01')
        self.assertFalse(run.move_ids)
        self.assertEqual(self.amounts(self.subscription), [16.45, 0.0])
        self.assertEqual(self.months('2024-03-01'), [30.0])

    def test_on_several_units(self):
        self.line.product_uom_qty = 3
        self.discount(kind='price', value=20.0, date_from='2024-02-01')
        self.months('2024-01-15')
        self.assertEqual(self.months('2024-02-01'), [60.0])

    def test_label_on_the_document(self):
        discount = self.discount(
            name="Welcome offer", kind='percent', value=50.0, date_from='2024-01-15')
        discount.with_context(lang='fr_CA').name = "Offre de bienvenue"
        move = self.bill('2024-01-15').move_ids
        move._isp_render_documents()
        self.assertIn("Welcome offer", pdf_text(move.isp_document_id.raw))
        (line,) = move.isp_document_data['lines']
        self.assertEqual(line['reductions'][0]['text']['fr'], "Offre de bienvenue")

    def test_credit_is_at_the_discounted_price(self):
        """Half of a discounted month is credited as half of what it cost."""
        discount = self.discount(kind='percent', value=50.0, date_from='2024-01-15')
        self.months('2024-01-15', '2024-02-01', '2024-03-01', '2024-04-01')
        discount.date_to = '2024-04-01'
        self.line._isp_end(date(2024, 4, 15))
        self.assertEqual(self.months('2024-04-20'), [-7.5])

    def test_end_stops_the_next_period(self):
        discount = self.discount(kind='percent', value=50.0, date_from='2024-01-15')
        self.months('2024-01-15', '2024-02-01')
        discount.date_to = '2024-02-29'
        self.assertEqual(self.months('2024-03-01'), [30.0])

    def test_survives_a_plan_change(self):
        """The periods go on counting on the successor; one that does not survive ends."""
        self.discount(kind='percent', value=10.0, date_from='2024-01-15', periods=3)
        self.discount(kind='amount', value=1.0, date_from='2024-01-15', keep_on_change=False)
        self.assertEqual(self.months('2024-01-15', '2024-02-01'), [14.26, 26.0])
        self.line._isp_change(date(2024, 3, 1), plan=self.large)
        self.assertEqual(
            self.months('2024-03-01', '2024-04-01', '2024-05-01'), [45.0, 45.0, 50.0],
        )

    def test_promotional_price_is_that_of_its_plan(self):
        """20.00 for three months goes on with another quantity, and not with a dearer plan."""
        self.discount(kind='price', value=20.0, date_from='2024-01-15', periods=6)
        self.assertFalse(self.line.isp_discount_ids.keep_on_change)
        self.assertEqual(self.months('2024-01-15', '2024-02-01'), [10.97, 20.0])
        two = self.line._isp_change(date(2024, 3, 1), quantity=2)
        self.assertEqual(self.months('2024-03-01'), [40.0])
        two._isp_change(date(2024, 4, 1), plan=self.large, quantity=1)
        self.assertEqual(self.months('2024-04-01'), [50.0])

    def test_change_in_a_discounted_month(self):
        """30 at 50 % to 50 at 50 % on the 16th of April: -7.50 and +12.50."""
        self.discount(kind='percent', value=50.0, date_from='2024-01-15')
        self.months('2024-01-15', '2024-02-01', '2024-03-01', '2024-04-01')
        self.line._isp_change(date(2024, 4, 16), plan=self.large)
        self.assertEqual(self.months('2024-04-16', '2024-05-01'), [5.0, 25.0])

    def test_a_hold_in_a_discounted_month(self):
        self.discount(kind='percent', value=50.0, date_from='2024-01-15')
        self.months('2024-01-15', '2024-02-01', '2024-03-01', '2024-04-01')
        self.subscription._isp_hold(date(2024, 4, 1), date(2024, 4, 10))
        self.assertEqual(self.months('2024-05-01'), [10.0])

    def test_in_arrears_and_in_euro(self):
        plan = self.make_plan('BOX', 35.0, company=self.fr, timing='arrears')
        account = self.make_account("Bob Tester", company=self.fr)
        subscription = self.make_subscription(account, [plan], '2024-03-01', company=self.fr)
        self.discount(subscription.sale_subscription_line_ids, kind='price', value=9.99,
                      periods=1, date_from='2024-03-01')
        self.assertEqual(
            self.months('2024-03-01', '2024-04-01', '2024-05-01', company=self.fr),
            [0.0, 9.99, 35.0],
        )

    def test_reversal_gives_back_what_was_paid_and_bills_it_again(self):
        self.discount(kind='percent', value=20.0, date_from='2024-01-15', periods=1)
        self.months('2024-01-15')
        move = self.bill('2024-02-01').move_ids
        wizard = self.env['account.move.reversal'].with_context(
            active_model='account.move', active_ids=move.ids,
        ).create({'journal_id': move.journal_id.id, 'isp_reopen_periods': True})
        wizard.reverse_moves()
        credit = move.reversal_move_ids
        if credit.state == 'draft':
            credit._post()
        self.assertEqual(credit.amount_untaxed, 24.0)
        self.assertEqual(self.months('2024-02-01', '2024-03-01'), [24.0, 30.0])


class TestDiscountGuards(DiscountCase):

    def test_charged_days_keep_their_price(self):
        self.months('2024-01-15')
        with self.assertRaisesRegex(ValidationError, "Let it start on 2024-02-01"):
            self.discount(kind='percent', value=10.0, date_from='2024-01-20')
        self.assertEqual(str(self.discount(kind='percent', value=10.0).date_from), '2024-02-01')

    def test_given_discounts_are_ended_not_changed(self):
        discount = self.discount(kind='percent', value=10.0, date_from='2024-01-15')
        discount.value = 20.0
        self.months('2024-01-15')
        with self.assertRaisesRegex(UserError, "already given"):
            discount.value = 30.0
        with self.assertRaisesRegex(UserError, "End it instead"):
            discount.unlink()
        discount.write({'date_to': '2024-02-01', 'name': "Hello"})
        action = discount.action_isp_end_now()
        self.assertEqual(str(discount.date_to), '2024-01-31')
        self.assertFalse(action)

    @mute_logger('odoo.sql_db')
    def test_values(self):
        for values in (
            {'kind': 'percent', 'value': 101.0}, {'kind': 'amount', 'value': -1.0},
            {'kind': 'amount', 'value': 1.0, 'periods': -1},
            {'kind': 'amount', 'value': 1.0, 'date_to': '2024-01-01'},
        ):
            with self.subTest(**values), self.assertRaises(Exception), \
                    self.env.cr.savepoint():  # noqa: B017
                self.discount(date_from='2024-01-15', **values)

    def test_by_its_dialog_as_a_clerk(self):
        clerk = new_test_user(
            self.env, 'isp-discount-clerk', groups='base.group_user,isp_billing.group_clerk',
            company_id=self.ca.id, company_ids=[Command.set(self.ca.ids)],
        )
        line = self.line.with_user(clerk).with_context(allowed_company_ids=self.ca.ids)
        action = line.action_isp_add_discount()
        records = line.env[action['res_model']].with_context(**action['context'])
        with Form(records, view='isp_billing.isp_line_discount_view_dialog') as form:
            form.name = "Loyalty"
            form.kind = 'amount'
            form.value = 5.0
            form.date_from = '2024-02-01'
            form.periods = 2
            form.reason = "Called to leave"
        self.months('2024-01-15')
        self.assertEqual(
            self.months('2024-02-01', '2024-03-01', '2024-04-01'), [25.0, 25.0, 30.0],
        )
        auditor = new_test_user(
            self.env, 'isp-discount-auditor', groups='base.group_user,isp_billing.group_auditor',
            company_id=self.ca.id, company_ids=[Command.set(self.ca.ids)],
        )
        with self.assertRaises(AccessError):
            form.record.with_user(auditor).write({'date_to': '2024-03-01'})

    def test_filters_of_the_list(self):
        today = self.ca._isp_today()
        running = self.discount(kind='percent', value=10.0, date_from='2024-01-15')
        soon = self.discount(
            kind='percent', value=10.0, date_from='2024-01-15', date_to=today + timedelta(days=5))
        over = self.discount(kind='percent', value=10.0, date_from='2024-01-15', periods=2)
        self.assertEqual(self.filtered('running'), running | soon)
        self.assertEqual(self.filtered('ending_soon'), soon)
        self.assertEqual(self.filtered('ended'), over)

    def filtered(self, name):
        """Discounts of the test line that a filter of the list finds."""
        arch = self.env.ref('isp_billing.isp_line_discount_view_search').arch
        (domain,) = etree.fromstring(arch).xpath(f"//filter[@name='{name}']/@domain")
        return self.line.isp_discount_ids & self.env['isp.line.discount'].search(
            safe_eval(domain))

    def test_name_with_its_value_in_the_language_of_the_reader(self):
        self.env['res.lang']._activate_lang('fr_CA')
        discount = self.env['isp.line.discount'].create({
            'line_id': self.line.id, 'name': "Welcome", 'kind': 'percent', 'value': 12.5,
            'date_from': '2030-01-01',
        })
        self.assertEqual(discount.display_name, "Welcome (12.5%)")
        self.assertEqual(
            discount.with_context(lang='fr_CA').display_name, "Welcome (12,5\u00a0%)")
