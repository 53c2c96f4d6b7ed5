"""The role table of docs/administrators/roles.md, walked."""
import re
from pathlib import Path

from odoo.exceptions import AccessError, UserError
from odoo.tests import new_test_user
from odoo.tools import mute_logger

from .common import IspCase

ROLES = ('clerk', 'approver', 'manager', 'auditor')
OPERATIONS = {'R': 'read', 'W': 'write', 'C': 'create', 'D': 'unlink'}
TABLES = Path(__file__).parents[2] / 'docs' / 'administrators' / 'roles.md'


def rows_of(heading):
    """Rows of the table under a heading: [(technical name, {role: cell})]."""
    text = TABLES.read_text(encoding='utf-8').split(f'## {heading}\n')[1].split('\n## ')[0]
    found = []
    for line in text.splitlines():
        cells = [cell.strip() for cell in line.strip('|').split('|')]
        name = re.fullmatch(r'`([\w.]+)`', cells[1]) if len(cells) == 6 else None
        if name:
            found.append((name.group(1), dict(zip(ROLES, cells[2:], strict=True))))
    return found


class TestRoles(IspCase):

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.users = {
            role: new_test_user(
                cls.env, f'isp-{role}', groups=f'base.group_user,isp_billing.group_{role}',
                company_id=cls.ca.id, company_ids=[(6, 0, cls.ca.ids)],
            ) for role in ROLES
        }
        cls.account = cls.make_account()
        cls.subscription = cls.make_subscription(cls.account, [cls.fibre], '2026-11-01')

    def as_role(self, records, role):
        context = {'allowed_company_ids': self.ca.ids}
        return records.with_user(self.users[role]).with_context(**context)

    # === Records === #

    def test_records_of_the_table(self):
        rows = rows_of('Records')
        self.assertGreater(len(rows), 20)
        for model, cells in rows:
            for role, letters in cells.items():
                records = self.as_role(self.env[model], role)
                for letter, operation in OPERATIONS.items():
                    with self.subTest(model=model, role=role, operation=operation):
                        self.assertEqual(records.has_access(operation), letter in letters)

    def test_table_names_every_model_of_the_module(self):
        listed = {model for model, _cells in rows_of('Records')}
        own = self.env['ir.model'].search([('model', '=like', 'isp.%'), ('abstract', '=', False)])
        lines_of_wizards = {
            'isp.book.import.summary', 'isp.book.import.issue', 'isp.usage.import.issue',
        }
        self.assertEqual(set(own.mapped('model')) - listed - lines_of_wizards, set())

    def test_auditor_writes_nothing(self):
        models = set(self.env['ir.model'].search([
            '|', ('model', '=like', 'isp.%'), ('model', 'in', (
                'sale.subscription', 'sale.subscription.line', 'sale.subscription.template',
                'sale.subscription.stage', 'account.move', 'account.move.line', 'account.payment',
                'res.partner', 'product.product', 'product.pricelist', 'account.journal',
                'account.tax', 'res.company',
            )),
        ]).mapped('model'))
        for model in models:
            records = self.as_role(self.env[model], 'auditor')
            for operation in ('write', 'create', 'unlink'):
                with self.subTest(model=model, operation=operation):
                    self.assertFalse(records.has_access(operation))

    def test_auditor_reads_every_record_of_a_run(self):
        run = self.make_run('2026-11-01')
        for records in (run, run.bill_ids, run.line_ids, self.subscription,
                        self.subscription.sale_subscription_line_ids, self.fibre, self.account):
            with self.subTest(model=records._name):
                self.assertTrue(self.as_role(records, 'auditor').read(['display_name']))

    # === Companies === #

    @mute_logger('odoo.addons.base.models.ir_rule')
    def test_other_companies_are_out_of_sight(self):
        plan = self.make_plan('BOX', 30.0, company=self.fr)
        account = self.make_account("Bob Tester", company=self.fr)
        subscription = self.make_subscription(account, [plan], '2026-11-01', company=self.fr)
        hold = subscription._isp_hold('2026-12-01', '2026-12-05')
        run = self.bill('2026-11-01', company=self.fr)
        charges = self.env['isp.charge'].search([('run_id', '=', run.id)])
        self.assertTrue(charges)
        numbers = account.isp_number_ids
        for records in (run, run.bill_ids, run.line_ids, charges, subscription, hold, plan,
                        plan.price_ids, numbers, self.fr.isp_profile_id, run.move_ids):
            for role in ROLES:
                with self.subTest(model=records._name, role=role):
                    other = self.as_role(records, role)
                    other.invalidate_recordset()
                    self.assertFalse(other.search([('id', 'in', records.ids)]))
                    with self.assertRaises(AccessError):
                        other.check_access('read')

    # === Actions === #

    def call(self, action, role):
        """Call an action as a role, on a record in the state that the action needs."""
        model, method = action.rsplit('.', 1)
        getattr(self, f'call_{method}')(role, model)

    def call_action_compute(self, role, _model):
        self.as_role(self.make_run('2026-11-01', compute=False), role).action_compute()

    def call_action_draft(self, role, _model):
        self.as_role(self.make_run('2026-11-01'), role).action_draft()

    def call_action_approve(self, role, _model):
        self.as_role(self.make_run('2026-11-01'), role).action_approve()

    def call_action_start(self, role, _model):
        run = self.make_run('2026-11-01')
        run.action_approve()
        self.as_role(run, role).action_start()

    def call_action_cancel(self, role, _model):
        self.as_role(self.make_run('2026-11-01'), role).action_cancel()

    def call_action_reverse(self, role, _model):
        run = self.as_role(self.bill('2026-11-01'), role)
        action = run.action_reverse()
        self.as_role(self.env[action['res_model']], role).with_context(
            **action['context']).create({'reason': "Wrong price"}).action_confirm()
        self.assertEqual(run.state, 'reversing')

    def call_action_retry(self, role, _model):
        self.as_role(self.make_run('2026-11-01'), role).action_retry()

    def call_action_make_documents(self, role, _model):
        run = self.bill('2026-11-01')
        run.bill_ids.render_error = "It was not ready after 105 seconds."
        self.as_role(run, role).action_make_documents()
        self.assertFalse(run.bill_ids.render_error)

    def call_get_progress(self, role, _model):
        run = self.as_role(self.make_run('2026-11-01'), role)
        self.assertEqual(run.get_progress()['state'], 'computed')

    def call_action_confirm(self, role, model):
        bill = self.make_run('2026-11-01').bill_ids
        wizard = self.as_role(self.env[model], role).create({
            'bill_ids': [(6, 0, bill.ids)], 'target': 'held', 'reason': "Disputed",
        })
        wizard.action_confirm()
        self.assertEqual(bill.state, 'held')

    def call_action_release(self, role, _model):
        bill = self.make_run('2026-11-01').bill_ids
        bill._isp_hold("Disputed")
        self.as_role(bill, role).action_release()

    def call_action_credit(self, role, model):
        invoice = self.bill('2026-11-01').move_ids
        self.as_role(self.env[model], role).create({
            'move_id': invoice.id, 'amount': 10.0, 'reason': "No service",
        }).action_credit()
        self.assertEqual(invoice.reversal_move_ids.amount_total, 9.99)

    def write_off(self, role, model):
        """A write-off of a posted invoice above the limit, written by a role."""
        if not self.env['account.journal'].search([
            ('type', '=', 'general'), ('company_id', '=', self.ca.id)]):
            self.env['account.journal'].create({
                'name': "Miscellaneous", 'code': 'MISC', 'type': 'general',
                'company_id': self.ca.id})
        return self.as_role(self.env[model], role).create({
            'move_id': self.bill('2026-11-01').move_ids.id, 'reason': "Insolvent",
            'account_id': self.accounts[self.ca][1].id,
        })

    def call_action_write_off(self, role, model):
        row = self.write_off(role, model)
        row.action_write_off()
        self.assertEqual(row.state, 'requested' if role == 'clerk' else 'done')

    def call_action_approve_write_off(self, role, model):
        row = self.write_off('clerk', model)
        row.action_write_off()
        self.as_role(row, role).action_approve_write_off()
        self.assertEqual((row.state, row.move_id.amount_residual), ('done', 0.0))

    def call_action_refuse_write_off(self, role, model):
        row = self.write_off('clerk', model)
        row.action_write_off()
        self.as_role(row, role).action_refuse_write_off()
        self.assertEqual(row.state, 'refused')

    def call_action_check(self, role, model):
        self.as_role(self.env[model], role).action_check()

    def call_action_check_books(self, role, _model):
        self.as_role(self.bill('2026-11-01'), role).action_check_books()

    @mute_logger('odoo.addons.base.models.ir_model', 'odoo.addons.base.models.ir_rule',
                 'odoo.addons.isp_billing.models.isp_book_check')
    def test_actions_of_the_table(self):
        rows = rows_of('Actions')
        self.assertEqual(len(rows), 18)
        for action, cells in rows:
            for role, cell in cells.items():
                with self.subTest(action=action, role=role), self.env.cr.savepoint() as savepoint:
                    if cell == 'yes':
                        self.call(action, role)
                    else:
                        with self.assertRaises(AccessError):
                            self.call(action, role)
                    savepoint.rollback()
                self.env.invalidate_all()

    def test_state_is_out_of_reach_of_clients(self):
        run = self.make_run('2026-11-01')
        for role in ROLES:
            with self.subTest(role=role), self.assertRaises(AccessError):
                self.as_role(run, role).write({'state': 'approved'})

    def test_second_person(self):
        self.ca.isp_four_eyes = True
        run = self.as_role(self.make_run('2026-11-01', compute=False), 'manager')
        run.action_compute()
        run.sudo()._isp_work()
        with self.assertRaises(UserError):
            run.action_approve()
        self.as_role(run, 'approver').action_approve()
        self.assertEqual(run.state, 'approved')
