"""Usage: recorded once by key, rated by tier, billed in arrears and once."""
import base64
from decimal import Decimal

from psycopg2 import errors

from odoo import Command
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import new_test_user
from odoo.tools import mute_logger

from .common import IspCase


class TestUsage(IspCase):

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.data = cls.make_plan(
            'DATA', None, kind='usage', timing='arrears', usage_included=100, usage_unit='gb',
            tier_ids=[
                Command.create({'currency_id': cls.cad.id, 'date_from': '2020-01-01',
                                'above': above, 'price': price})
                for above, price in ((0, 0.50), (50, 0.30))
            ],
        )
        cls.account = cls.make_account()
        cls.subscription = cls.make_subscription(
            cls.account, [cls.fibre, cls.data], '2026-09-01')
        cls.line = cls.subscription.sale_subscription_line_ids.filtered(
            lambda line: line.isp_plan_id == cls.data)
        cls.records = cls.env['isp.usage.record'].with_company(cls.ca)

    def use(self, key, day, quantity, **values):
        return self.records.create({
            'key': key, 'line_id': self.line.id, 'day': day, 'quantity': quantity, **values,
        })

    def usage_amounts(self):
        return self.env['isp.charge'].search(
            [('line_id', '=', self.line.id)], order='period_start, revision',
        ).mapped('amount')

    def test_billed_in_arrears_by_tier(self):
        self.use('a', '2026-09-03', 120)
        self.use('b', '2026-09-20', 60)
        self.bill('2026-09-15')
        self.assertEqual(self.usage_amounts(), [])
        run = self.bill('2026-10-01')
        self.assertEqual(self.usage_amounts(), [34.00])
        line = run.move_ids.invoice_line_ids.filtered(lambda line: line.isp_plan_id == self.data)
        self.assertEqual((line.quantity, line.price_subtotal), (1.0, 34.00))
        self.assertEqual((str(line.isp_period_from), str(line.isp_period_to)),
                         ('2026-09-03', '2026-09-20'))
        charge = line.move_id.isp_charge_ids.filtered(lambda one: one.kind == 'usage')
        self.assertEqual(charge.detail['usage'], {
            'quantity': '180', 'included': '100',
            'rows': [['50', '0.5', '25.00'], ['30', '0.3', '9.00']],
        })
        self.assertEqual(self.line.isp_charge_ids.mapped('kind'), ['usage'])

    def test_a_late_record_is_billed_once_on_the_next_bill(self):
        self.use('a', '2026-09-03', 180)
        self.bill('2026-10-01')
        late = self.use('late', '2026-09-30', 10)
        run = self.bill('2026-11-01')
        self.assertEqual(self.usage_amounts(), [34.00, 3.00])
        charge = late.charge_id
        self.assertEqual((charge.move_id, charge.revision), (run.move_ids, 1))
        self.assertEqual((str(charge.date_from), str(charge.date_to)),
                         ('2026-09-30', '2026-09-30'))
        self.bill('2026-12-01')
        self.assertEqual(self.usage_amounts(), [34.00, 3.00])

    def test_what_is_included_costs_nothing_and_makes_no_line(self):
        self.use('a', '2026-09-03', 100)
        run = self.bill('2026-10-01')
        self.assertEqual(self.usage_amounts(), [0.00])
        self.assertNotIn(self.data, run.move_ids.invoice_line_ids.isp_plan_id)

    def test_volume_prices(self):
        self.data.usage_mode = 'volume'
        self.use('a', '2026-09-03', 180)
        self.bill('2026-10-01')
        self.assertEqual(self.usage_amounts(), [24.00])

    def test_a_correction_is_credited(self):
        self.use('a', '2026-09-03', 180)
        self.bill('2026-10-01')
        self.use('a-1', '2026-09-03', -30)
        self.bill('2026-11-01')
        self.assertEqual(self.usage_amounts(), [34.00, -9.00])

    def test_an_ended_service_is_billed_on_its_final_bill(self):
        self.use('a', '2026-09-03', 120)
        self.subscription._isp_end(self.env['isp.usage.record']._fields['day'].to_date('2026-09-10'))
        self.bill('2026-10-01')
        self.assertEqual(self.usage_amounts(), [10.00])

    def test_plan_without_tiers_is_an_exception_and_the_others_are_billed(self):
        self.data.tier_ids.unlink()
        self.use('a', '2026-09-03', 120)
        other = self.make_account("Bob Tester")
        self.make_subscription(other, [self.fibre], '2026-09-01')
        run = self.bill('2026-10-01')
        self.assertEqual(run.bill_ids.filtered(
            lambda bill: bill.account_id == self.account).problem_code, 'no_price')
        self.assertEqual(self.amounts(other), [59.95, 59.95])

    def test_tiers_and_records_that_were_billed_no_longer_change(self):
        record = self.use('a', '2026-09-03', 120)
        self.bill('2026-10-01')
        with self.assertRaises(UserError):
            self.data.tier_ids[0].price = 9
        with self.assertRaises(UserError):
            self.data.tier_ids.unlink()
        with self.assertRaises(UserError):
            record.quantity = 1
        with self.assertRaises(UserError):
            record.unlink()
        record.note = "still a note"

    def test_new_tiers_act_from_their_day(self):
        self.use('a', '2026-09-03', 120)
        self.bill('2026-10-01')
        self.env['isp.usage.tier'].create({
            'plan_id': self.data.id, 'currency_id': self.cad.id, 'date_from': '2026-10-01',
            'above': 0, 'price': 1,
        })
        self.use('late', '2026-09-04', 10)
        self.use('b', '2026-10-05', 120)
        self.bill('2026-11-01')
        self.assertEqual(self.usage_amounts(), [10.00, 5.00, 20.00])

    def test_a_deleted_draft_frees_its_records(self):
        record = self.use('a', '2026-09-03', 120)
        run = self.bill('2026-10-01', post_invoices=False)
        self.assertTrue(record.charge_id)
        run.move_ids.unlink()
        record.invalidate_recordset()
        self.assertFalse(record.charge_id)
        self.bill('2026-10-01')
        self.assertEqual(self.usage_amounts(), [10.00])

    def test_usage_outside_the_service_is_refused(self):
        with self.assertRaises(ValidationError):
            self.use('a', '2026-08-31', 1)
        with self.assertRaises(ValidationError):
            self.data.timing = 'advance'

    # === Taking usage === #

    def row(self, key, day='2026-09-03', quantity=5, **values):
        return {'key': key, 'subscription': self.subscription.code, 'plan': 'DATA', 'date': day,
                'quantity': quantity, **values}

    def test_rows_of_another_system_are_taken_once(self):
        rows = [self.row('x1'), self.row('x2', quantity='1234.5')]
        self.assertEqual(self.records.isp_record_usage(rows),
                         {'created': 2, 'known': 0, 'issues': []})
        self.assertEqual(self.records.isp_record_usage(rows),
                         {'created': 0, 'known': 2, 'issues': []})
        self.assertEqual(sum(self.records.search([]).mapped('quantity')), 1239.5)

    def test_bad_rows_are_refused_alone(self):
        found = self.records.isp_record_usage([
            self.row('good'), self.row('bad day', day='2026-13-01'),
            self.row('before', day='2026-01-01'), self.row('nobody', subscription='NOPE'),
            self.row('good', quantity=6),
        ])
        self.assertEqual(found['created'], 1)
        self.assertEqual([(one['row'], one['column']) for one in found['issues']],
                         [(3, 'date'), (4, 'date'), (5, 'plan'), (6, 'key')])
        self.assertTrue(all(one['reason'] for one in found['issues']))

    def test_csv_file(self):
        text = (
            f"key;subscription;plan;date;quantity;note\n"
            f"k1;{self.subscription.code};DATA;2026-09-03;12,5;\n"
            f"k2;{self.subscription.code};DATA;never;wrong;\n"
        )
        wizard = self.env['isp.usage.import'].with_company(self.ca).create({
            'file': base64.b64encode(text.encode()), 'company_id': self.ca.id,
        })
        wizard.action_check()
        self.assertEqual((wizard.state, wizard.created_count, wizard.issue_count),
                         ('checked', 1, 1))
        self.assertFalse(self.records.search([]))
        wizard.action_import()
        self.assertEqual(self.records.search([]).mapped('quantity'), [12.5])
        self.assertEqual(wizard.issue_ids.mapped('row'), [3, 3], "two faults of one row")
        self.assertEqual(wizard.issue_count, 1)

    def records_of(self, user):
        return self.env['isp.usage.record'].with_user(user).with_context(
            allowed_company_ids=self.ca.ids)

    def test_who_may_record_usage(self):
        auditor = new_test_user(
            self.env, 'usage.auditor', 'isp_billing.group_auditor', company_id=self.ca.id,
            company_ids=[Command.set(self.ca.ids)],
        )
        with self.assertRaises(AccessError):
            self.records_of(auditor).isp_record_usage([self.row('x')])
        clerk = new_test_user(
            self.env, 'usage.clerk', 'isp_billing.group_clerk', company_id=self.ca.id,
            company_ids=[Command.set(self.ca.ids)],
        )
        self.assertEqual(
            self.records_of(clerk).isp_record_usage([self.row('x')])['created'], 1)

    def test_quantities_are_exact(self):
        """Ten times a tenth is one, not 0.9999999."""
        self.data.usage_included = 0
        for number in range(10):
            self.use(f'k{number}', '2026-09-03', 0.1)
        days = self.env['isp.billing.engine']._usage_days(self.line)[self.line.id]
        self.assertEqual(days[0].quantity, Decimal('1.0'))

    def counted(self, key, quantity, day='2026-09-05'):
        return {'key': key, 'subscription': self.subscription.code, 'plan': 'DATA', 'date': day,
                'quantity': quantity}

    def test_quantities_of_machines(self):
        """Small floats are numbers, not text in exponents; impossible counts are refused."""
        result = self.records.isp_record_usage([
            self.counted('tiny', 1e-07), self.counted('third', 0.1),
            self.counted('nan', float('nan')), self.counted('much', 10 ** 12),
            self.counted('long', '9' * 200), self.counted('most', 999999999999),
        ])
        self.assertEqual((result['created'], result['known']), (3, 0))
        self.assertEqual(
            [(one['row'], one['column']) for one in result['issues']],
            [(4, 'quantity'), (5, 'quantity'), (6, 'quantity')])
        self.assertIn("too large", result['issues'][1]['reason'])
        stored = self.records.search([('key', 'in', ['tiny', 'third'])], order='key')
        self.assertEqual(stored.mapped('quantity'), [0.1, 1e-07])
        with mute_logger('odoo.sql_db'), self.assertRaises(errors.CheckViolation), (
            self.env.cr.savepoint()
        ):
            self.use('hand', '2026-09-05', 1e30)
            self.env.flush_all()

    def test_rows_in_one_statement_have_every_field(self):
        self.records.isp_record_usage([{**self.counted('full', 2), 'note': "5145550000"}])
        record = self.records.search([('key', '=', 'full')])
        self.assertEqual(
            (record.line_id, record.subscription_id, record.account_id, record.company_id,
             record.plan_id, record.note, record.source, record.create_uid),
            (self.line, self.subscription, self.account, self.ca, self.data, "5145550000", 'api',
             self.env.user))
        self.assertFalse(record.charge_id)

    def test_what_is_no_list_of_records_is_refused_in_words(self):
        for rows in (None, "abc", {'key': 'a'}, ['a'], [['a']]):
            with self.subTest(rows=rows), self.assertRaisesRegex(UserError, "list of records"):
                self.records.isp_record_usage(rows)

    def test_nobody_but_the_run_marks_usage_as_billed(self):
        record = self.use('billed', '2026-09-03', 120)
        self.bill('2026-10-01')
        charge = record.charge_id
        self.assertTrue(charge)
        clerk = new_test_user(
            self.env, 'usage-mark', groups='base.group_user,isp_billing.group_clerk',
            company_id=self.ca.id, company_ids=[Command.set(self.ca.ids)])
        env = self.env(user=clerk, su=False, context={
            'allowed_company_ids': self.ca.ids, 'default_charge_id': charge.id})
        with self.assertRaises(AccessError):
            record.with_env(env).charge_id = False
        values = {'key': 'free', 'line_id': self.line.id, 'day': '2026-09-04', 'quantity': 5}
        with self.assertRaises(AccessError):
            env['isp.usage.record'].create({**values, 'charge_id': charge.id})
        self.assertFalse(env['isp.usage.record'].create(values).charge_id)
        with self.assertRaisesRegex(UserError, "already billed"):
            record.with_env(env).unlink()
