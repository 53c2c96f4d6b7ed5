"""French: there after installation, and in what a run writes down for its readers."""
from odoo import Command
from odoo.tests import new_test_user, tagged

from .common import IspCase


@tagged('standard', 'post_install', '-at_install')
class TestFrench(IspCase):

    def test_installed_with_its_terms(self):
        """Installing the French module leaves menus and fields in French, not only the flag."""
        menu = self.env.ref('isp_billing.isp_bill_run_menu')
        self.assertEqual(menu.with_context(lang='en_US').name, "Bill Runs")
        self.assertEqual(menu.with_context(lang='fr_FR').name, "Lancements de facturation")
        self.assertEqual(menu.with_context(lang='fr_CA').name, "Traitements de facturation")

    def test_reasons_are_in_the_language_of_the_reader(self):
        clerk = new_test_user(
            self.env, 'commis', groups='isp_billing.group_clerk', lang='fr_CA',
            company_id=self.ca.id, company_ids=[Command.set(self.ca.ids)],
        )
        plan = self.make_plan('PRICELESS', None)
        self.make_subscription(self.make_account(), [plan], '2026-11-01')
        runs = self.env['isp.bill.run'].with_user(clerk).with_context(
            allowed_company_ids=self.ca.ids, lang='fr_CA')
        run = runs.create({
            'target_date': '2026-11-01', 'invoice_date': '2026-11-01',
        })
        run.action_compute()
        run.with_user(self.env.ref('base.user_root'))._isp_work()
        self.assertIn("PRICELESS", run.bill_ids.reason)
        self.assertIn("n’a pas de prix en CAD", run.bill_ids.reason)

    def test_language_never_changes_a_result(self):
        """The approved result is the same whoever computes it, in whichever language."""
        account = self.make_account()
        self.make_subscription(account, [self.fibre], '2026-11-01')
        self.vat20.tax_group_id.with_context(lang='fr_FR').name = "Autre nom"
        self.gst.tax_group_id.with_context(lang='fr_FR').name = "TPS"
        prints = set()
        for lang in ('en_US', 'fr_FR', 'fr_CA'):
            previews, *_counts = self.env['isp.bill.preview'].with_context(lang=lang)._preview(
                account, self.ca, self.today, self.today)
            prints.add(previews[0].fingerprint(self.today))
        self.assertEqual(len(prints), 1)
