"""Amounts that people enter: exact or refused, and zero only when it is meant."""
from psycopg2 import IntegrityError

from odoo.exceptions import ValidationError
from odoo.tests import Form
from odoo.tools import mute_logger

from .common import IspCase


class TestExactMoney(IspCase):

    def test_case_183_no_amount_is_rounded_silently(self):
        """Kind: amounts finer than the currency are rounded or kept without a word."""
        account = self.make_account()
        line = self.make_subscription(
            account, [self.fibre], '2026-10-01').sale_subscription_line_ids
        price = self.fibre.price_ids[:1]
        day = '2031-01-01'
        discount = {'line_id': line.id, 'name': "Off", 'kind': 'amount', 'value': 1.239}
        inputs = [
            (lambda: price.write({'amount': 79.999})),
            (lambda: self.env['isp.service.plan.price'].create({
                'plan_id': self.fibre.id, 'currency_id': price.currency_id.id, 'date_from': day,
                'amount': 79.999})),
            (lambda: self.fibre.write({'price_ids': [(1, price.id, {'amount': 0.001})]})),
            (lambda: line.write({'isp_price_source': 'own', 'price_unit': 79.999})),
            (lambda: self.env['isp.line.discount'].create(discount)),
            (lambda: self.env['isp.price.change'].create({
                'name': "Dearer", 'plan_ids': self.fibre.ids, 'mode': 'amount', 'amount': 79.999,
                'date_from': day, 'company_id': self.ca.id})),
            (lambda: self.ca.isp_profile_id.write({'minimum_amount': 4.999})),
            (lambda: self.ca.isp_profile_id.write({'variance_amount': 4.999})),
            (lambda: account.with_company(self.ca).write({'isp_payer_amount': 9.999})),
            (lambda: self.env['isp.line.change'].create({
                'line_id': line.id, 'own_price': True, 'price_unit': 79.999})),
            (lambda: self.env['isp.quick.flyer'].create({
                'name': "Flyer", 'title_en': "Fast", 'price': 79.999})),
        ]
        for number, enter in enumerate(inputs):
            with self.subTest(number), self.assertRaisesRegex(ValidationError, "decimals"), \
                    self.env.cr.savepoint():
                enter()
        self.env.invalidate_all()
        price.write({'amount': 79.99})
        self.assertEqual(price.amount, 79.99)
        price.write({'amount': 0.1 + 0.2})  # what arithmetic leaves behind is no decimal
        self.assertEqual(price.amount, 0.3)
        percent = self.env['isp.line.discount'].create(dict(discount, kind='percent', value=33.333))
        self.assertEqual(percent.value, 33.333)
        yen = self.env.ref('base.JPY')
        yen.active = True
        with self.assertRaisesRegex(ValidationError, "JPY"), self.env.cr.savepoint():
            self.env['isp.service.plan.price'].create({
                'plan_id': self.fibre.id, 'currency_id': yen.id, 'date_from': day, 'amount': 10.5})

    def test_case_184_a_price_of_zero_is_confirmed(self):
        """Kind: what a key press has opened is saved as a price of nothing."""
        values = {'plan_id': self.fibre.id, 'currency_id': self.ca.currency_id.id,
                  'date_from': '2031-01-01', 'amount': 0.0}
        with self.assertRaises(IntegrityError), mute_logger('odoo.sql_db'), \
                self.env.cr.savepoint():
            self.env['isp.service.plan.price'].create(values)
        given = self.env['isp.service.plan.price'].create(dict(values, free=True))
        self.assertEqual(given.amount, 0.0)
        form = Form(self.fibre)
        with form.price_ids.new() as row:
            self.assertFalse(row.date_from)  # without it the web client drops the row
            row.date_from, row.amount = '2032-01-01', 5
        form.save()
