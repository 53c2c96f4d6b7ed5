"""Hard cases that are about several companies, users and broken records at once."""
from datetime import datetime
from unittest.mock import patch

from odoo import Command
from odoo.exceptions import AccessError
from odoo.tests import new_test_user, tagged
from odoo.tools import mute_logger

from .common import IspCase


@tagged('standard', 'post_install', '-at_install')
class TestHardCases(IspCase):

    def at(self, moment):
        """The clock of the server, in UTC."""
        return patch.object(
            self.env.registry['res.company'], '_isp_now', lambda company: moment,
        )

    def french(self, name="Client Test", start='2026-04-01', **plan):
        plan = self.make_plan(name.upper(), 30.0, company=self.fr, **plan)
        account = self.make_account(name, company=self.fr)
        return self.make_subscription(account, [plan], start, company=self.fr)

    def run_now(self, user=None):
        """A run with the dates that it proposes, computed."""
        env = self.env
        if user:
            env = self.env(user=user, context={'allowed_company_ids': self.fr.ids})
        run = env['isp.bill.run'].with_company(self.fr).create({
            'company_id': self.fr.id, 'send_invoices': False,
        })
        run.action_compute()
        run.sudo()._isp_work()  # as the scheduled job does
        return run

    def test_case_019_five_broken_records(self):
        """Five records, five messages of their own; only the one without e-mail is billed."""
        usd = self.env.ref('base.USD')
        gbp = self.env.ref('base.GBP')
        gbp.active = usd.active = True
        self.env['res.currency.rate'].search([('currency_id', 'in', (usd | gbp).ids)]).unlink()
        product, tax, inactive, no_rate, no_email = (
            self.make_account(name)
            for name in ("Product", "Tax", "Inactive", "Rate", "Without mail")
        )
        no_email.email = False
        old = self.make_plan('OLD-PRODUCT', 30.0)
        other = self.make_tax("Old tax", 5.0, self.ca)
        taxed = self.make_plan('OLD-TAX', 30.0, taxes=other)
        dollars = self.make_plan('USD', 30.0, currency=usd)
        pounds = self.make_plan('GBP', 30.0, currency=gbp)
        lists = {
            currency: self.env['product.pricelist'].create({
                'name': currency.name, 'currency_id': currency.id, 'company_id': self.ca.id,
            }) for currency in usd | gbp
        }
        for account, plan, currency in (
            (product, old, None), (tax, taxed, None), (inactive, pounds, gbp),
            (no_rate, dollars, usd), (no_email, self.fibre, None),
        ):
            values = {'pricelist_id': lists[currency].id} if currency else {}
            self.make_subscription(account, [plan], '2026-11-01', **values)
        old.product_id.active = False
        other.active = False
        gbp.active = False
        run = self.make_run('2026-11-01', send_invoices=False)
        found = {bill.account_id: bill for bill in run.bill_ids}
        self.assertEqual(
            {account: found[account].problem_code
             for account in (product, tax, inactive, no_rate)},
            {product: 'archived_product', tax: 'archived_tax', inactive: 'inactive_currency',
             no_rate: 'no_rate'},
        )
        reasons = {found[account].reason for account in (product, tax, inactive, no_rate)}
        self.assertEqual(len(reasons), 4)
        self.assertFalse(found[no_email].problem_code)
        self.assertTrue(found[no_email].has_no_email)
        run.action_approve()
        run.action_start()
        self.post_only(run)
        self.assertEqual(run.move_ids.isp_account_id, no_email)

    def test_case_038_weekly_twice_across_midnight(self):
        """Two runs on a bill day, the second already tomorrow in Paris: one invoice."""
        subscription = self.french(
            "Weekly", '2023-05-23', unit='week', interval=1,
        )
        self.bill('2023-05-23', company=self.fr)
        dates = []
        for hour in (20, 23):
            with self.at(datetime(2023, 5, 30, hour)):
                run = self.run_now()
            dates.append(str(run.target_date))
            if run.bill_ids:
                run.action_approve()
                run.action_start()
                self.post_only(run)
        self.assertEqual(dates, ['2023-05-30', '2023-05-31'])
        charges = subscription.isp_charge_ids.sorted('date_from')
        self.assertEqual(
            [(str(one.date_from), str(one.date_to)) for one in charges],
            [('2023-05-23', '2023-05-29'), ('2023-05-30', '2023-06-05')],
        )

    def test_case_041_whose_zone(self):
        """A job without a zone and a user in Tokyo see the dates of the company's zone."""
        self.french(start='2026-04-01')
        self.env.user.tz = False
        tokyo = new_test_user(
            self.env, 'tokyo', 'isp_billing.group_manager', tz='Asia/Tokyo',
            company_id=self.fr.id, company_ids=[Command.set(self.fr.ids)],
        )
        found = []
        # 18:00 on 31 March in Paris is 1 April in Tokyo
        for moment in (datetime(2026, 3, 31, 16), datetime(2026, 3, 31, 22, 30)):
            for user in (None, tokyo):
                with self.at(moment):
                    run = self.run_now(user)
                found.append((str(run.target_date), len(run.bill_ids)))
                run.sudo().action_cancel()
        self.assertEqual(found, [('2026-03-31', 0)] * 2 + [('2026-04-01', 1)] * 2)

    @mute_logger('odoo.addons.base.models.ir_rule')
    def test_case_077_one_company_at_a_time(self):
        """A run of a company bills its own, in its journal, taxes and zone; others see nothing."""
        french = self.french("Ours", '2026-11-01')
        quebec = self.make_account("Theirs")
        theirs = self.make_subscription(quebec, [self.fibre], '2026-11-01')
        run = self.bill('2026-11-01', company=self.fr)
        move = run.move_ids
        self.assertEqual(run.bill_ids.account_id, french.isp_account_id)
        self.assertEqual(move.company_id, self.fr)
        self.assertEqual(move.journal_id, self.journals[self.fr])
        self.assertEqual(move.invoice_line_ids.tax_ids, self.vat20)
        self.assertFalse(theirs.isp_charge_ids)
        stranger = new_test_user(
            self.env, 'stranger', 'isp_billing.group_manager,account.group_account_invoice',
            company_id=self.ca.id, company_ids=[Command.set(self.ca.ids)],
        )
        portals = [
            new_test_user(
                self.env, f'portal{number}', 'base.group_portal', partner_id=partner.id,
                company_id=company.id, company_ids=[Command.set(company.ids)],
            )
            for number, (partner, company) in enumerate(
                [(french.isp_account_id, self.fr), (quebec, self.ca)],
            )
        ]
        for records in (run, run.bill_ids, french.isp_charge_ids, move, french):
            own = records.with_user(stranger).with_context(allowed_company_ids=self.ca.ids)
            own.invalidate_recordset()
            self.assertFalse(own.search([('id', 'in', records.ids)]), records._name)
        moves = self.env['account.move'].with_context(allowed_company_ids=False)
        self.assertEqual(
            moves.with_user(portals[0]).search([('isp_bill_run_id', '!=', False)]), move,
        )
        self.assertFalse(
            moves.with_user(portals[1]).search([('isp_bill_run_id', '!=', False)]),
        )
        with self.assertRaises(AccessError):
            move.with_user(portals[1]).read(['amount_total'])
