"""The number of queries of a preview does not grow with the number of accounts."""
from odoo.tests import tagged

from .common import IspCase


@tagged('standard', 'post_install', '-at_install')
class TestRunQueries(IspCase):

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        plan = cls.make_plan('fibre', 30.00, allow_several=True)
        cls.accounts = cls.env['res.partner'].union(*(
            cls.make_account(f"Quinn Number{place}") for place in range(12)
        ))
        for account in cls.accounts:
            cls.make_subscription(account, [plan], '2026-03-01')

    def queries(self, accounts):
        """Queries of a preview that starts with empty caches."""
        preview = self.env['isp.bill.preview']
        day = self.today.replace(month=3)
        preview._preview(accounts, self.ca, day, day)  # what a process reads once
        self.env.flush_all()
        self.env.invalidate_all()
        before = self.env.cr.sql_log_count
        preview._preview(accounts, self.ca, day, day)
        return self.env.cr.sql_log_count - before

    def test_case_082_a_preview_of_many_asks_no_more_than_one_of_few(self):
        few, many = self.queries(self.accounts[:2]), self.queries(self.accounts)
        self.assertLessEqual(many, few + 1)
