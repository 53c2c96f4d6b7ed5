"""One-time charges in monthly parts."""
from datetime import date

from odoo.tools import mute_logger

from .common import IspCase
from .document_common import pdf_text


class TestInstalments(IspCase):

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.account = cls.make_account(isp_document_language='en')
        cls.install = cls.make_plan('INSTALL', 100.0, kind='one_time')

    def subscribe(self, number, start='2024-01-31', **values):
        subscription = self.make_subscription(self.account, [
            {'isp_plan_id': self.install.id, 'isp_instalments': number, **values}], start)
        return subscription, subscription.sale_subscription_line_ids

    def months(self, *days):
        return [self.bill(day).move_ids.amount_untaxed_signed for day in days]

    def test_three_parts_add_up(self):
        """100.00 in 3: 33.33, 33.34, 33.33 on the 31st, 29th and 31st; then nothing."""
        self.subscribe(3)
        self.assertEqual(
            self.months('2024-01-31', '2024-02-28', '2024-02-29', '2024-03-31', '2024-04-30'),
            [33.33, 0.0, 33.34, 33.33, 0.0])

    def test_late_ones_come_together(self):
        subscription, _line = self.subscribe(4)
        self.assertEqual(self.months('2024-03-31'), [75.0])
        self.assertEqual(
            [row.detail['instalment'] for row in subscription.isp_charge_ids.sorted('date_from')],
            [[1, 4], [2, 4], [3, 4]])

    def test_the_rest_falls_due_with_the_end(self):
        """The service ends after two of twelve: the other ten are on the final bill."""
        subscription, line = self.subscribe(12)
        self.assertEqual(self.months('2024-01-31', '2024-02-29'), [8.33, 8.34])
        line._isp_end(date(2024, 3, 10))
        run = self.bill('2024-03-11')
        self.assertEqual(run.move_ids.amount_untaxed, 83.33)
        self.assertEqual(sum(self.amounts(subscription)), 100.0)
        self.assertEqual(self.months('2024-04-30'), [0.0])

    def test_ended_before_its_day_nothing_is_due(self):
        _subscription, line = self.subscribe(3)
        line._isp_end(date(2024, 1, 20))
        self.assertEqual(self.months('2024-01-31', '2024-02-29'), [0.0, 0.0])

    def test_on_the_document(self):
        self.subscribe(3)
        move = self.bill('2024-01-31').move_ids
        self.assertEqual(move._isp_render_documents(), {move.id: None})
        self.assertIn("instalment 1 of 3", pdf_text(move.isp_document_id.raw))

    def test_discount_is_shared_by_the_parts(self):
        """10 % off 100.00 in 3 parts: 30.00 each."""
        _subscription, line = self.subscribe(3)
        self.env['isp.line.discount'].create({
            'name': "Welcome", 'line_id': line.id, 'kind': 'percent', 'value': 10.0,
            'date_from': '2024-01-31'})
        self.assertEqual(self.months('2024-01-31', '2024-02-29', '2024-03-31'), [30.0] * 3)

    @mute_logger('odoo.sql_db')
    def test_number(self):
        for number in (0, -1, 121):
            with self.assertRaises(Exception), self.env.cr.savepoint():  # noqa: B017
                self.subscribe(number)
                self.env.flush_all()
