"""Audit rows: who changed what, refused changes, and a chain that shows tampering."""
import json
from datetime import date
from types import SimpleNamespace
from unittest.mock import patch

import psycopg2

from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import new_test_user
from odoo.tools import mute_logger

from odoo.addons.isp_billing.models import isp_audit

from .common import IspCase


class TestAudit(IspCase):

    def setUp(self):
        super().setUp()
        self.env.cr.execute("SELECT coalesce(max(id), 0) FROM isp_audit")
        self.last = self.env.cr.fetchone()[0]

    def rows(self, model=None):
        """Rows written since the test began, oldest first."""
        self.env.flush_all()
        domain = [('id', '>', self.last)] + ([('model', '=', model)] if model else [])
        return self.env['isp.audit'].search(domain, order='id')

    def as_user(self, role):
        user = new_test_user(
            self.env, f'isp-audit-{role}', groups=f'base.group_user,isp_billing.group_{role}',
            company_id=self.ca.id, company_ids=[Command.set(self.ca.ids)])
        return self.env(user=user, context={'allowed_company_ids': self.ca.ids})

    def test_price_before_and_after(self):
        env = self.as_user('manager')
        price = self.fibre.price_ids.with_env(env)
        price.with_context(isp_audit_reason="Rise of January").amount = 64.95
        row = self.rows('isp.service.plan.price')
        self.assertEqual((row.action, row.user_id, row.channel), ('write', env.user, 'shell'))
        self.assertEqual((row.user_name, row.reason), (env.user.name, "Rise of January"))
        self.assertEqual(json.loads(row.changes), {'amount': [59.95, 64.95]})
        self.assertIn("59.95 → 64.95", row.change_text)
        self.assertEqual(row.action_open_record()['res_id'], price.id)
        price.amount = 64.95
        self.assertEqual(len(self.rows('isp.service.plan.price')), 1, "nothing changed, no row")

    def test_names_in_the_dialog_of_translations(self):
        env = self.as_user('manager')
        plan = self.fibre.with_env(env)
        plan.update_field_translations('name', {'fr_CA': "Fibre optique"})
        row = self.rows('isp.service.plan')
        self.assertEqual((row.action, row.user_id), ('write', env.user))
        before, after = json.loads(row.changes)['name']
        self.assertNotIn("Fibre optique", before)
        self.assertIn("fr_CA: Fibre optique", after.split('\n'))
        plan.update_field_translations('name', {'fr_CA': "Fibre optique"})
        self.assertEqual(len(self.rows('isp.service.plan')), 1, "nothing changed, no row")

    def test_every_audited_model(self):
        """Creation, change and deletion of each kind of record leave a row."""
        subscription = self.make_subscription(self.make_account(), [self.fibre], '2026-11-01')
        metered = self.make_plan('METER', None, kind='usage', timing='arrears')
        self.last = self.rows()[-1:].id
        records = {
            'isp.service.plan': ({'name': "X", 'code': 'AUD', 'company_id': self.ca.id,
                                  'product_id': self.fibre.product_id.id}, {'interval': 2}),
            'isp.service.plan.price': (
                {'plan_id': self.fibre.id, 'amount': 5.0, 'date_from': '2027-01-01',
                 'company_id': self.ca.id, 'currency_id': self.cad.id}, {'amount': 6.0}),
            'isp.billing.profile': ({'name': "P", 'company_id': self.ca.id}, {'due_days': 7}),
            'isp.service.hold': (
                {'subscription_id': subscription.id, 'date_from': '2026-12-01',
                 'date_to': '2026-12-05'}, {'reason': 'other'}),
            'isp.tax.registration': (
                {'label': "GST", 'number': "123", 'company_id': self.ca.id, 'in_foot': True},
                {'number': "124"}),
            'isp.language.rule': ({'name': "R", 'country_id': self.canada.id},
                                  {'requirement': 'fr_required'}),
            'isp.fee.rule': (
                {'name': "F", 'country_id': self.canada.id, 'fee_kind': 'late',
                 'date_from': '2026-01-01', 'note': "A law"},
                {'name': "G"}),
            'isp.usage.tier': (
                {'plan_id': metered.id, 'currency_id': self.cad.id, 'date_from': '2027-01-01',
                 'price': 1.0},
                {'price': 2.0}),
            'isp.line.discount': (
                {'line_id': subscription.sale_subscription_line_ids.id, 'name': "D",
                 'value': 10.0, 'date_from': '2026-11-01'}, {'value': 20.0}),
        }
        for model, (values, change) in records.items():
            with self.subTest(model=model):
                record = self.env[model].create(values)
                record.write(change)
                name = record.display_name
                record.unlink()
                rows = self.rows(model)
                self.assertEqual(rows.mapped('action'), ['create', 'write', 'unlink'])
                self.assertEqual(set(json.loads(rows[1].changes)), set(change))
                self.assertEqual(rows[2].record_name, name)
                with self.assertRaisesRegex(UserError, "no longer exists"):
                    rows[2].action_open_record()

    def test_prices_of_a_deleted_plan(self):
        plan = self.make_plan('GONE', 10.0)
        plan.unlink()
        self.assertEqual(self.rows('isp.service.plan.price').mapped('action'), ['create', 'unlink'])

    def test_prices_of_a_pricelist(self):
        pricelist = self.env['product.pricelist'].create({
            'name': "Staff", 'currency_id': self.cad.id, 'company_id': self.ca.id,
            'item_ids': [Command.create({'compute_price': 'fixed', 'fixed_price': 20.0})]})
        item = pricelist.item_ids
        item.fixed_price = 25.0
        item.unlink()
        rows = self.rows('product.pricelist.item')
        self.assertEqual(rows.mapped('action'), ['create', 'write', 'unlink'])
        self.assertEqual(json.loads(rows[1].changes), {'fixed_price': [20.0, 25.0]})
        self.assertEqual(rows.company_id, self.ca)

    def test_price_plan_and_days_of_a_service(self):
        """Own prices, discounts and changes of a service; a new one at the list price is none."""
        line = self.make_subscription(
            self.make_account(), [self.fibre], '2026-11-01').sale_subscription_line_ids
        self.assertFalse(self.rows('sale.subscription.line'))
        line.write({'isp_price_source': 'own', 'price_unit': 40.0})
        row = self.rows('sale.subscription.line')
        self.assertEqual(json.loads(row.changes), {
            'isp_price_source': ['plan', 'own'], 'price_unit': [59.95, 40.0]})
        self.assertIn(line.sale_subscription_id.display_name, row.record_name)
        line._isp_change(date(2026, 12, 1), price=45.0)
        actions = self.rows('sale.subscription.line').mapped('action')
        self.assertEqual(actions, ['write', 'write', 'create'])
        line.sale_subscription_id.isp_alignment = 'own'
        self.assertEqual(
            json.loads(self.rows('sale.subscription').changes),
            {'isp_alignment': ['profile', 'own']})

    def test_who_pays_and_the_profile_of_an_account(self):
        payer, account = self.make_account("Parent"), self.make_account("Child")
        self.assertFalse(self.rows('res.partner'), "a new contact is no policy")
        account.with_company(self.ca).write({
            'isp_payer_id': payer.id, 'isp_payer_share': 'percent', 'isp_payer_percent': 60.0,
            'street': "Elsewhere"})
        changes = json.loads(self.rows('res.partner').changes)
        self.assertEqual(set(changes), {'isp_payer_id', 'isp_payer_share', 'isp_payer_percent'})
        self.assertEqual(changes['isp_payer_id'][1]['id'], payer.id)
        self.assertEqual(self.rows('res.partner').company_id, self.ca)

    def test_settings_of_the_company(self):
        self.ca.write({'isp_four_eyes': True, 'street': "2 Test Street"})
        row = self.rows('res.company')
        self.assertEqual(json.loads(row.changes), {'isp_four_eyes': [False, True]})
        self.assertEqual((row.company_id, row.chain), (self.ca, self.ca.id))
        self.ca.street = "3 Test Street"
        self.assertEqual(len(self.rows('res.company')), 1)

    def test_run_and_decisions(self):
        """A run leaves its states and the decisions on bills; the job leaves no row per bill."""
        for place in range(20):
            self.make_subscription(
                self.make_account(f"Audrey Number{place}"), [self.fibre], '2026-11-01')
        env = self.as_user('approver')
        run = self.make_run('2026-11-01', send_invoices=False)
        bills = run.bill_ids[:3].with_env(env)
        bills._isp_hold("Waits for a call")
        bills[0].action_release()
        bills[1]._isp_exclude("Disputed")
        run.with_env(env).action_approve()
        run.with_env(env).action_start()
        run._isp_work()
        states = [
            json.loads(row.changes)['state'][1] for row in self.rows('isp.bill.run')
            if 'state' in json.loads(row.changes)
        ]
        self.assertEqual(
            states, ['draft', 'computing', 'computed', 'approved', 'running', 'exception'])
        approval = self.rows('isp.bill.run').filtered(lambda row: '"approved"' in row.changes)[0]
        self.assertEqual(approval.user_id, env.user)
        decisions = self.rows('isp.bill.run.bill')
        self.assertEqual(
            decisions.mapped('action'), ['hold', 'hold', 'hold', 'release', 'exclude'])
        self.assertEqual(set(decisions.mapped('user_id')), {env.user})
        self.assertEqual(decisions[0].reason, "Waits for a call")
        self.assertEqual(set(decisions.mapped('run_name')), {run.name})
        self.assertEqual(set(decisions.mapped('run_ref')), {run.id})
        run._isp_reverse("Wrong price")
        row = self.rows('isp.bill.run')[-1]
        self.assertEqual(row.reason, "Wrong price")
        run._isp_work()
        self.assertEqual(len(self.rows('isp.bill.run.bill')), 5)

    def test_one_statement_for_many(self):
        """Rows of one call are written together: queries do not grow with the records."""
        subscriptions = [
            self.make_subscription(self.make_account(f"Ada {place}"), [self.fibre], '2026-11-01')
            for place in range(12)
        ]

        def queries(some):
            values = [{'subscription_id': one.id, 'date_from': '2027-01-01',
                       'date_to': '2027-01-02'} for one in some]
            holds = self.env['isp.service.hold'].create(values)
            self.env.flush_all()
            before = self.env.cr.sql_log_count
            holds.write({'note': "x"})
            self.env.flush_all()
            return self.env.cr.sql_log_count - before

        few = queries(subscriptions[:2])
        self.assertLessEqual(queries(subscriptions[2:]), few + 1)
        self.assertGreaterEqual(len(self.rows('isp.service.hold')), 24)

    def test_nobody_changes_or_deletes(self):
        self.ca.isp_four_eyes = True
        row = self.rows('res.company')
        for role in ('clerk', 'approver', 'manager', 'auditor'):
            records = row.with_env(self.as_user(role))
            for operation in ('write', 'create', 'unlink'):
                self.assertFalse(records.has_access(operation))
        with self.assertRaises(UserError):
            row.sudo().write({'reason': "x"})
        with self.assertRaises(UserError):
            row.sudo().unlink()
        for query in ("UPDATE isp_audit SET reason = 'x'", "DELETE FROM isp_audit",
                      "TRUNCATE isp_audit"):
            with (
                self.subTest(query=query), mute_logger('odoo.sql_db'),
                self.assertRaisesRegex(psycopg2.Error, "never changed or deleted"),
                self.env.cr.savepoint(),
            ):
                self.env.cr.execute(query)

    def test_who_reads(self):
        self.ca.isp_four_eyes = True
        self.fr.isp_four_eyes = True
        rows = self.rows('res.company')
        auditor = self.as_user('auditor')
        self.assertEqual(
            auditor['isp.audit'].search([('id', 'in', rows.ids)]).company_id.id, self.ca.id)
        self.assertEqual(auditor['isp.audit'].action_verify()['params']['type'], 'success')
        with self.assertRaises(AccessError):
            self.as_user('clerk')['isp.audit'].action_verify()

    def test_channels(self):
        audit = self.env['isp.audit']
        for context, channel in (
            ({'import_file': True}, 'import'), ({'cron_id': 1}, 'job'), ({}, 'shell'),
            ({'install_mode': True}, 'install'),
        ):
            self.assertEqual(audit.with_context(**context)._isp_channel(), channel)

    def test_a_client_does_not_choose_the_channel(self):
        """The context of a request comes from whoever sends it."""
        for path, channel in (('/web/dataset/call_kw', 'form'), ('/jsonrpc', 'rpc'),
                              ('/json/2/x/y', 'rpc'), ('/my/isp', 'portal')):
            with self.subTest(path=path), patch.object(
                isp_audit, 'request', SimpleNamespace(httprequest=SimpleNamespace(path=path)),
            ):
                audit = self.env['isp.audit'].with_context(cron_id=1, install_mode=True)
                self.assertEqual(audit._isp_channel(), channel)

    def tamper(self, query, *values):
        """What somebody with the password of the database could do."""
        self.env.flush_all()
        self.env.cr.execute("ALTER TABLE isp_audit DISABLE TRIGGER USER")
        self.env.cr.execute(query, values)
        self.env.cr.execute("ALTER TABLE isp_audit ENABLE TRIGGER USER")
        self.env.invalidate_all()

    def test_tampering_is_found(self):
        """One row of many changed with the trigger off, one taken out, the end cut off."""
        price = self.fibre.price_ids
        for cents in range(60):
            price.amount = 60 + cents / 100
        self.assertEqual(self.env['isp.audit']._isp_verify(), [])
        row = self.rows('isp.service.plan.price')[30]
        self.tamper(
            "UPDATE isp_audit SET changes = replace(changes, '60.3', '10.3') WHERE id = %s", row.id)
        (found,) = self.env['isp.audit']._isp_verify()
        self.assertIn(str(row.number), found)
        self.assertIn("was changed", found)
        self.env['isp.health.check']._isp_run()
        finding = self.env['isp.health.finding'].search([('code', '=', 'audit_tampered')])
        self.assertEqual(finding.level, 'error')

    def test_missing_rows_are_found(self):
        price = self.fibre.price_ids
        for cents in range(10):
            price.amount = 60 + cents / 100
        middle = self.rows('isp.service.plan.price')[5]
        number = middle.number
        self.tamper("DELETE FROM isp_audit WHERE id = %s", middle.id)
        found = self.env['isp.audit']._isp_verify()
        self.assertTrue(any(f"rows {number} to {number} are missing" in one for one in found))

    def test_a_cut_end_is_found(self):
        self.ca.isp_four_eyes = True
        self.tamper("DELETE FROM isp_audit WHERE id = %s", self.rows('res.company')[-1].id)
        (found,) = self.env['isp.audit']._isp_verify()
        self.assertIn("it ends at row", found)

    def test_choices_are_shown_by_their_labels(self):
        self.ca.isp_profile_id.negative_policy = 'credit_note'
        row = self.rows('isp.billing.profile')
        self.assertIn("Carry to the next bill → Make a credit note", row.change_text)
