"""Every public method is an endpoint: outsiders change nothing by any of ours.

The methods are found in the registry, so that a new one is attacked without being listed here.
"""
import inspect
import re
from unittest.mock import patch

from odoo import Command, sql_db
from odoo.service.model import call_kw
from odoo.tests import new_test_user
from odoo.tools import mute_logger

from .common import IspCase

WRITES = re.compile(r'\s*(INSERT INTO|UPDATE|DELETE FROM)\s+"?(\w+)', re.I)
#: tables that any call may touch: marks of other parts of Odoo, never an amount
HARMLESS = {'ir_cron_trigger', 'ir_cron_progress', 'bus_presence'}
#: methods of the ORM that stand in our classes, tested by the rights on records
ORM = {'create', 'write', 'unlink', 'copy', 'copy_data', 'init'}
OTHER = 'manager of another company'
#: what roles may do in their own company, or see (docs/administrators/roles.md)
ALLOWED = {
    # an account number of the caller's own company for a shared contact
    ('res.partner', 'action_isp_open_account', OTHER),
    ('isp.book.check', 'action_check', 'auditor'), ('isp.book.check', 'action_check', OTHER),
    # findings of the caller's own company are looked for anew
    ('isp.health.finding', 'action_check', OTHER), ('isp.health.finding', 'action_isp_open', OTHER),
    ('isp.translation.gap', 'action_isp_open', 'auditor'),
    ('isp.translation.gap', 'action_isp_open', OTHER),
}


class TestRemoteCalls(IspCase):

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        account = cls.make_account()
        subscription = cls.make_subscription(account, [cls.fibre], '2026-10-01')
        cls.env['isp.service.hold'].create({
            'subscription_id': subscription.id, 'date_from': '2026-12-01',
            'date_to': '2026-12-05'})
        posted = cls.bill('2026-10-01')
        computed = cls.make_run('2026-11-01')
        line = subscription.sale_subscription_line_ids
        cls.env['isp.line.discount'].create({
            'line_id': line.id, 'name': "D", 'value': 10.0, 'date_from': '2026-11-01'})
        cls.env['isp.price.change'].create({
            'name': "Rise", 'company_id': cls.ca.id, 'date_from': '2099-01-01', 'percent': 1.0,
            'plan_ids': [Command.set(cls.fibre.ids)]})
        for model, values in {
            'isp.bill.now': {'account_id': account.id},
            'isp.bill.reason': {'bill_ids': computed.bill_ids.ids, 'target': 'held',
                                'reason': "x"},
            'isp.bill.reverse': {'run_id': posted.id, 'reason': "x"},
            'isp.line.change': {'line_id': line.id},
            'isp.service.end': {'subscription_id': subscription.id},
            'isp.usage.import': {'file': b'a2V5'},
        }.items():
            cls.env[model].with_company(cls.ca).create(values)
        cls.samples = {
            'res.partner': account, 'res.company': cls.ca, 'account.move': posted.move_ids,
            'isp.bill.run': computed, 'sale.subscription': subscription,
        }
        groups = {'portal': 'base.group_portal', 'employee': 'base.group_user'}
        cls.outsiders = {}
        for title, role, company in (
            ('portal', 'portal', cls.ca), ('employee', 'employee', cls.ca),
            ('auditor', 'auditor', cls.ca), (OTHER, 'manager', cls.fr),
        ):
            cls.outsiders[title] = new_test_user(
                cls.env, f'remote-{role}', company_id=company.id,
                groups=groups.get(role) or f'base.group_user,isp_billing.group_{role}',
                company_ids=[Command.set(company.ids)])

    def methods(self):
        """(model, method name, function) of every public method of our modules."""
        for name, cls in sorted(self.env.registry.models.items()):
            for attribute in dir(cls):
                function = getattr(cls, attribute, None)
                if attribute.startswith('_') or attribute in ORM or not callable(function) or (
                    getattr(function, '_api_private', False)
                ):
                    continue
                if any(attribute in one.__dict__ and 'isp_billing' in one.__module__
                       for one in cls.__mro__):
                    yield name, attribute, function

    def sample(self, name):
        model = self.env[name]
        if model._abstract:
            return model
        if name in self.samples:
            return self.samples[name]
        domain = [('company_id', '=', self.ca.id)] if (
            'company_id' in model._fields and model._fields['company_id'].store) else []
        return model.sudo().search(domain, limit=1, order='id desc')

    def tables_written(self, user, name, attribute, function):
        """Tables that a remote call of a user wrote to (set); what it raises does not matter."""
        records, written = self.sample(name), set()
        execute = sql_db.Cursor.execute

        def watch(cursor, query, params=None, log_exceptions=True):
            found = WRITES.match(str(getattr(query, 'code', query)))
            if found:
                written.add(found[2])
            return execute(cursor, query, params, log_exceptions)

        account = self.samples['res.partner'].id
        wanted = [account for one in list(inspect.signature(function).parameters.values())[1:]
                  if one.default is one.empty and one.kind is one.POSITIONAL_OR_KEYWORD]
        args = wanted if getattr(function, '_api_model', False) else [records.ids, *wanted]
        savepoint = self.env.cr.savepoint()
        try:
            with patch.object(sql_db.Cursor, 'execute', watch):
                env = self.env(user=user, su=False, context={
                    'allowed_company_ids': user.company_id.ids})
                call_kw(env[name], attribute, args, {})
                env.flush_all()
        except Exception:  # noqa: BLE001 - refused in whatever words
            written.clear()
        finally:
            savepoint.close(rollback=True)
            self.env.invalidate_all()
        return written - HARMLESS

    @mute_logger('odoo.sql_db', 'odoo.models.unlink')
    def test_outsiders_change_nothing(self):
        count = 0
        self.env.flush_all()
        for name, attribute, function in self.methods():
            for title, user in self.outsiders.items():
                if (name, attribute, title) in ALLOWED:
                    continue
                count += 1
                with self.subTest(model=name, method=attribute, user=title):
                    self.assertEqual(
                        self.tables_written(user, name, attribute, function), set())
        self.assertGreater(count, 400)
