"""Common ground of the browser tests: the little ISP of the model tests behind a real server."""
from contextlib import contextmanager
from unittest.mock import patch

from odoo.tests import HttpCase, new_test_user, tagged

from tests.odoo.common import IspMixin


@tagged('standard', 'post_install', '-at_install')
class IspHttpCase(IspMixin, HttpCase):
    """Browser tests: three subscribers of one plan, nothing billed yet."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.make_world()
        cls.fibre = cls.make_plan('FIBRE', 59.95)
        cls.accounts_of_tour = cls.env['res.partner']
        for name in ("Ada Tester", "Bea Tester", "Cal Tester"):
            account = cls.make_account(name)
            account.with_company(cls.ca).isp_delivery_channel = 'portal'
            cls.make_subscription(account, [cls.fibre], cls.ca._isp_today().replace(day=1))
            cls.accounts_of_tour |= account
        cls.manager = new_test_user(
            cls.env, 'isp-tour', groups='base.group_user,isp_billing.group_manager',
            lang='en_US', company_id=cls.ca.id, company_ids=[(6, 0, cls.ca.ids)],
        )

    @contextmanager
    def worked_at_once(self):
        """Scheduled jobs do not run beside a browser test: work where the job would be woken."""
        def work(runs):
            for run in runs.sudo():
                run._isp_work()

        with patch.object(self.registry['isp.bill.run'], '_isp_trigger', work):
            yield
