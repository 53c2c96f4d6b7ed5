"""Hard cases that touch several parts at once."""
from datetime import date, datetime
from unittest.mock import patch

from odoo import Command
from odoo.tests import new_test_user

from .common import IspCase


class TestBadData(IspCase):

    def test_case_019_five_records_five_messages(self):
        """Four cannot be billed, each for its own reason; the fifth is billed and not sent."""
        gbp = self.env.ref('base.GBP')
        gbp.active = True
        aud = self.env.ref('base.AUD')
        aud.active = True
        self.env['res.currency.rate'].search([('currency_id', 'in', (gbp | aud).ids)]).unlink()
        plans = {name: self.make_plan(name.upper(), 30.0) for name in ('product', 'tax')}
        plans['inactive'] = self.make_plan('INACTIVE', 30.0, currency=gbp)
        plans['rate'] = self.make_plan('RATE', 30.0, currency=aud)
        pricelists = {
            name: self.env['product.pricelist'].create({
                'name': name, 'currency_id': currency.id, 'company_id': self.ca.id,
            }) for name, currency in (('inactive', gbp), ('rate', aud))
        }
        accounts = {}
        for name, plan in plans.items():
            accounts[name] = self.make_account(f"Case {name}")
            values = {'pricelist_id': pricelists[name].id} if name in pricelists else {}
            self.make_subscription(accounts[name], [plan], '2026-11-01', **values)
        accounts['mute'] = self.make_account("Case mute", email=False)
        self.make_subscription(accounts['mute'], [self.fibre], '2026-11-01')
        plans['product'].product_id.active = False
        own = self.make_tax("Old tax", 5.0, self.ca)
        plans['tax'].product_id.taxes_id = own
        own.active = False
        gbp.active = False

        run = self.bill('2026-11-01')
        found = {bill.account_id: bill for bill in run.bill_ids}
        self.assertEqual(
            {name: found[account].problem_code for name, account in accounts.items()},
            {'product': 'archived_product', 'tax': 'archived_tax', 'inactive': 'inactive_currency',
             'rate': 'no_rate', 'mute': False},
        )
        reasons = {found[account].reason for name, account in accounts.items() if name != 'mute'}
        self.assertEqual(len(reasons), 4)
        self.assertTrue(all(reasons))
        self.assertEqual(run.move_ids.isp_account_id, accounts['mute'])
        self.assertTrue(found[accounts['mute']].has_no_email)


class TestZones(IspCase):

    def run_at(self, moment, user=None, **values):
        """A run made and worked on at a moment (UTC), with the dates that it proposes."""
        with patch.object(self.env.registry['res.company'], '_isp_now', lambda company: moment):
            runs = self.env['isp.bill.run'].with_company(self.fr)
            if user:
                runs = runs.with_user(user).with_context(allowed_company_ids=self.fr.ids)
            run = runs.create({'company_id': self.fr.id, 'send_invoices': False, **values})
            run.action_compute()
            run.sudo()._isp_work()
            run.action_approve()
            run.action_start()
            self.post_only(run.sudo())
        return run.sudo()

    def test_case_038_two_runs_in_an_evening(self):
        """A weekly line, runs at 20:00 and 23:00 UTC: one invoice in Paris."""
        plan = self.make_plan('WEEK', 7.0, company=self.fr, unit='week')
        account = self.make_account("Client Test", company=self.fr)
        self.make_subscription(account, [plan], '2023-05-23', company=self.fr)
        first = self.run_at(datetime(2023, 5, 30, 20, 0))
        second = self.run_at(datetime(2023, 5, 30, 23, 0))
        self.assertEqual((first.target_date, second.target_date),
                         (date(2023, 5, 30), date(2023, 5, 31)))
        self.assertEqual(len(first.move_ids | second.move_ids), 1)
        self.assertEqual(self.amounts(account), [7.0, 7.0])

    def test_case_041_the_zone_of_the_company_decides(self):
        """A user in Tokyo and the job without a zone see the same day and the same list."""
        plan = self.make_plan('FIBRE-FR', 30.0, company=self.fr)
        accounts = [self.make_account(f"Client {zone}", company=self.fr)
                    for zone in ('Tokyo', 'None')]
        for account in accounts:
            self.make_subscription(account, [plan], '2026-04-01', company=self.fr)
        tokyo = new_test_user(
            self.env, 'tokyo', 'isp_billing.group_manager', company_id=self.fr.id,
            company_ids=[Command.set(self.fr.ids)], tz='Asia/Tokyo',
        )
        # 1 April in Tokyo, still 31 March in Paris
        moment = datetime(2026, 3, 31, 20, 0)
        dates = []
        for user, account in zip((tokyo, None), accounts, strict=True):
            run = self.run_at(moment, user, account_ids=[Command.set(account.ids)])
            dates.append((str(run.target_date), str(run.invoice_date)))
            self.assertEqual(run.bill_ids.ids, [])
        self.assertEqual(dates, [('2026-03-31',) * 2] * 2)


class TestCompanies(IspCase):

    def test_case_077_a_run_sees_its_own_company_only(self):
        plan = self.make_plan('FIBRE-FR', 30.0, company=self.fr)
        ours, theirs = self.make_account(), self.make_account("Client Test", company=self.fr)
        self.make_subscription(ours, [self.fibre], '2026-11-01')
        self.make_subscription(theirs, [plan], '2026-11-01', company=self.fr)
        run = self.bill('2026-11-01', company=self.fr)
        move = run.move_ids
        self.assertEqual(move.isp_account_id, theirs)
        self.assertEqual((move.company_id, move.journal_id), (self.fr, self.journals[self.fr]))
        self.assertEqual(move.invoice_line_ids.tax_ids, self.vat20)
        self.assertEqual(move.isp_charge_ids.company_id, self.fr)
        self.assertEqual(self.amounts(ours), [])
        clerk = new_test_user(
            self.env, 'case77', 'isp_billing.group_clerk', company_id=self.ca.id,
            company_ids=[Command.set(self.ca.ids)],
        )
        for model, domain in (
            ('isp.bill.run', [('id', '=', run.id)]),
            ('isp.bill.run.bill', [('run_id', '=', run.id)]),
            ('isp.charge', [('move_id', '=', move.id)]), ('account.move', [('id', '=', move.id)]),
            ('sale.subscription', [('isp_account_id', '=', theirs.id)]),
        ):
            with self.subTest(model=model):
                records = self.env[model].with_user(clerk).with_context(
                    allowed_company_ids=self.ca.ids)
                self.assertFalse(records.search(domain))
        portal = new_test_user(self.env, 'portal77', 'base.group_portal')
        portal.partner_id.parent_id = ours
        invoices = self.env['account.move'].with_user(portal).with_context(
            allowed_company_ids=portal.company_ids.ids).search([])
        self.assertNotIn(move, invoices)
