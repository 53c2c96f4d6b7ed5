"""No role sets a result, whichever way it tries: the fields are found in the registry.

A new field is tried the day it is added: it is refused, or somebody says in
``stored_fields_allowed.py`` who may write it.
"""
import logging

from odoo import Command
from odoo.tools import mute_logger

from odoo.addons.isp_billing.models.account_move_guard import FIXED, FIXED_LINES

from .common import IspCase
from .document_common import encoded, make_pdf
from .stored_fields import GROUPS, Caller, fields_of, present
from .stored_fields_allowed import DELETES, WRITES

_logger = logging.getLogger(__name__)
#: what a client may add to a call: keys of Odoo's own that switch its checks off, and guesses
CONTEXTS = (
    {}, {'skip_readonly_check': True, 'force_delete': True, 'dynamic_unlink': True},
    {'isp_own_write': True, 'install_mode': True, 'import_file': True, 'tracking_disable': True},
)
QUIET = ('odoo.sql_db', 'odoo.models.unlink', 'odoo.addons.base.models.ir_model',
         'odoo.addons.base.models.ir_rule', 'odoo.addons.account.models.account_move')


class TestStoredFields(IspCase):

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env['isp.invoice.attachment'].create(
            {'name': "Offer",
             'pdf_en': encoded(make_pdf(1)), 'pdf_fr': encoded(make_pdf(1))})
        cls.env['isp.invoice.message'].create({'name': "News", 'body': "Look at this"})
        cls.account = cls.make_account(isp_delivery_channel='portal')
        cls.subscription = cls.make_subscription(cls.account, [cls.fibre], '2026-10-01')
        cls.posted = cls.bill('2026-10-01', deliver=True)
        computed = cls.make_run('2026-11-01')
        line = cls.subscription.sale_subscription_line_ids
        usage = cls.make_plan('DATA', None, kind='usage', timing='arrears', tier_ids=[
            Command.create({'company_id': cls.ca.id, 'date_from': '2000-01-01', 'price': 1.0})])
        metered = cls.make_subscription(cls.make_account("Meter"), [usage], '2026-10-01')
        for model, values in {
            'isp.service.hold': {'subscription_id': cls.subscription.id,
                                 'date_from': '2026-12-01', 'date_to': '2026-12-05'},
            'isp.line.discount': {'line_id': line.id, 'name': "D", 'value': 10.0,
                                  'date_from': '2026-12-01'},
            'isp.price.change': {'name': "Rise", 'date_from': '2099-01-01', 'percent': 1.0,
                                 'plan_ids': [Command.set(cls.fibre.ids)]},
            'isp.bill.schedule': {'name': "Month", 'user_id': cls.env.ref('base.user_admin').id},
            'isp.document.layout': {'name': "Page"},
            'isp.tax.registration': {'label': "GST", 'number': "1", 'in_foot': True},
            'isp.usage.record': {'key': 'k', 'day': '2026-10-02', 'quantity': 1.0,
                                 'line_id': metered.sale_subscription_line_ids.id},
            'isp.bill.day.change': {'line_id': line.id, 'date_from': '2026-12-01',
                                    'previous_day': 1, 'bill_day': 5},
            'isp.rerate': {'company_id': cls.ca.id, 'plan_id': cls.fibre.id, 'reason': "x",
                           'date_from': '2026-10-01', 'mode': 'list'},
        }.items():
            cls.env[model].with_company(cls.ca).create(values)
        move = cls.posted.move_ids
        cls.env['isp.write.off'].create({
            'move_id': move.id, 'reason': "x", 'amount': 1.0,
            'account_id': cls.accounts[cls.ca][1].id})
        cls.env['mail.mail'].create({'subject': "Invoice", 'isp_move_id': move.id})
        cls.samples = {
            'res.partner': cls.account, 'res.company': cls.ca, 'account.move': move,
            'account.move.line': move.invoice_line_ids[:1],
            'sale.subscription': cls.subscription, 'sale.subscription.line': line,
            'isp.bill.run': computed, 'account.journal': cls.journals[cls.ca],
        }
        cls.caller = Caller(cls, cls.ca)
        cls.env.flush_all()

    def sample(self, name):
        if name in self.samples:
            return self.samples[name]
        model = self.env[name].sudo().with_context(active_test=False)
        own = 'company_id' in model._fields and model._fields['company_id'].store
        return model.search([('company_id', 'in', (self.ca.id, False))] if own else [], limit=1,
                            order='company_id, id desc' if own else 'id desc')

    @mute_logger(*QUIET)
    def test_case_161_every_field_is_refused_or_named(self):
        """161: anyone with Odoo's right to invoice wrote the facts of posted documents by a remote
        call. Every stored field of ours, and of Odoo what a document prints, in every role."""
        tried, accepted = dict.fromkeys(GROUPS, 0), {}
        for model, names in fields_of(self.env).items():
            record = self.sample(model)
            self.assertTrue(record or not model.startswith('isp.') or not any(
                self.env[model].with_user(user).has_access('write')
                for user in self.caller.users.values()), f"a record of {model} to try it on")
            for name in names:
                field = self.env[model]._fields[name]
                if field.type == 'one2many':
                    continue  # fields of its own records, which are walked themselves
                value = present(record, name) if record else False
                for role in GROUPS:
                    tried[role] += 1
                    if not self.caller.refused(
                            role, model, 'write', record.ids or [0], {name: value}):
                        accepted.setdefault((model, name), set()).add(role)
        _logger.info("Fields tried by remote calls: %s; refused: %s", tried, {
            role: count - sum(role in roles for roles in accepted.values())
            for role, count in tried.items()})
        unexpected = {
            key: sorted(roles - WRITES.get(key, set())) for key, roles in accepted.items()
            if roles - WRITES.get(key, set())}
        self.assertEqual(unexpected, {})
        stale = {key for key in WRITES if key not in accepted}
        self.assertEqual(stale, set(), "allowed in the list, refused by the server")
        self.assertGreater(sum(tried.values()), 5000)

    @mute_logger(*QUIET)
    def test_posted_documents_in_every_way(self):
        """Write, save of the form, import, commands through the document, with every context."""
        move, line = self.samples['account.move'], self.samples['account.move.line']
        other = self.make_account("Other").id
        values = {
            'isp_account_id': other, 'isp_document_sha256': '0' * 64, 'isp_language': 'fr',
            'isp_document_id': False, 'isp_delivery_state': 'none', 'ref': "x", 'narration': "x",
            'invoice_date_due': '2030-01-01', 'payment_reference': "x", 'state': 'draft',
            'partner_shipping_id': other, 'partner_bank_id': False, 'name': "F/1",
            'invoice_payment_term_id': False, 'amount_total': 1.0, 'payment_state': 'paid',
            'isp_document_data': {}, 'isp_period_from': '2020-01-01',
            'isp_message_log_ids': [Command.clear()], 'isp_insert_ids': [Command.clear()],
        }
        lines = {'name': "x", 'quantity': 2.0, 'price_unit': 1.0, 'discount': 50.0,
                 'tax_ids': [Command.clear()], 'account_id': self.accounts[self.ca][2].id,
                 'isp_period_from': '2020-01-01', 'isp_plan_id': False}
        for role in ('invoicing', 'accountant', 'clerk', 'manager', 'administrator'):
            for context in CONTEXTS:
                calls = [
                    *((('account.move', 'write', move.ids, {name: value}), name)
                      for name, value in values.items()),
                    *((('account.move', 'web_save', move.ids, {name: value}, {'id': {}}), name)
                      for name, value in values.items()),
                    *((('account.move.line', 'write', line.ids, {name: value}), name)
                      for name, value in lines.items()),
                    *((('account.move', 'write', move.ids, {
                        command: [Command.update(line.id, {name: value})]}), name)
                      for command in ('line_ids', 'invoice_line_ids')
                      for name, value in lines.items()),
                    (('account.move', 'write', move.ids, {
                        'invoice_line_ids': [Command.create({'name': "x", 'price_unit': 1.0})],
                    }), "new line"),
                    (('account.move.line', 'create', [{
                        'move_id': move.id, 'name': "x", 'display_type': 'line_note'}]), "note"),
                    (('account.move', 'unlink', move.ids), "unlink"),
                    (('account.move.line', 'unlink', line.ids), "unlink"),
                    (('account.move', 'button_draft', move.ids), "draft"),
                    (('account.move', 'button_cancel', move.ids), "cancel"),
                ]
                for call, what in calls:
                    with self.subTest(role=role, call=call[:2], what=what, context=context):
                        self.assertTrue(self.caller.refused(role, *call, **context))

    @mute_logger(*QUIET)
    def test_import_changes_nothing(self):
        """``load`` reports instead of raising: the document is as before."""
        move = self.samples['account.move']
        before = move.isp_document_sha256, move.ref, move.isp_account_id
        for role in ('invoicing', 'manager', 'administrator'):
            for name, text in (('isp_document_sha256', '0' * 64), ('ref', "x"),
                               ('isp_account_id/.id', str(self.make_account("L").id))):
                env = self.env(user=self.caller.users[role], su=False, context={
                    'allowed_company_ids': self.ca.ids})
                with self.subTest(role=role, name=name):
                    result = env['account.move'].load(['.id', name], [[str(move.id), text]])
                    self.assertFalse(result['ids'])
                    self.assertIn("by hand", result['messages'][0]['message'])
                    self.env.invalidate_all()
                    self.assertEqual(
                        (move.isp_document_sha256, move.ref, move.isp_account_id), before)

    @mute_logger(*QUIET)
    def test_nothing_is_made_with_results(self):
        """Create and copy with a result, and the defaults of a client's context."""
        count = 0
        for model in fields_of(self.env):
            records = self.env[model]
            results = sorted(
                records._isp_result_fields() if model == 'account.move' else
                 records._isp_results() - records._isp_given_once)
            for role in GROUPS:
                if not records.with_user(self.caller.users[role]).has_access('create'):
                    continue
                for name in results:
                    if records._fields[name].type == 'one2many' or (
                            (model, name) == ('isp.bill.run', 'name')):  # drawn, whatever is given
                        continue
                    count += 1
                    record = self.sample(model)
                    value = present(record, name) if record else False
                    with self.subTest(model=model, role=role, field=name):
                        self.assertTrue(self.caller.refused(role, model, 'create', [{name: value}]))
                        if record:
                            self.assertTrue(self.caller.refused(
                                role, model, 'copy', record.ids, {name: value}))
        self.assertGreater(count, 50)
        values = {'move_type': 'out_invoice', 'partner_id': self.account.id,
                  'journal_id': self.journals[self.ca].id}
        env = self.env(user=self.caller.users['invoicing'], su=False, context={
            'allowed_company_ids': self.ca.ids, 'default_isp_document_sha256': 'x',
            'default_isp_bill_run_id': self.posted.id})
        move = env['account.move'].create(values)
        self.assertFalse(move.isp_document_sha256 or move.isp_bill_run_id)

    @mute_logger(*QUIET)
    def test_deleting(self):
        """Each role deletes what the list names, and no result."""
        accepted = {}
        ours = ('isp.', 'account.move', 'sale.subscription')
        for model in (name for name in fields_of(self.env) if name.startswith(ours)):
            record = self.sample(model)
            for role in GROUPS:
                if not self.caller.refused(role, model, 'unlink', record.ids or [0]):
                    accepted.setdefault(model, set()).add(role)
        unexpected = {model: sorted(roles - DELETES.get(model, set()))
                      for model, roles in accepted.items() if roles - DELETES.get(model, set())}
        self.assertEqual(unexpected, {})

    def test_what_goes_on_after_posting(self):
        """What the list of fixed fields leaves out stays open for who may edit invoices."""
        move = self.samples['account.move']
        self.assertFalse(
            {'invoice_user_id', 'is_move_sent', 'activity_ids', 'message_follower_ids'} & FIXED)
        self.assertFalse({'analytic_distribution', 'matching_number'} & FIXED_LINES)
        env = self.env(user=self.caller.users['accountant'], su=False, context={
            'allowed_company_ids': self.ca.ids})
        own = env['account.move'].browse(move.id)
        own.write({'invoice_user_id': env.uid})
        own.message_post(body="Called the customer.")
        own.activity_schedule('mail.mail_activity_data_todo', user_id=env.uid)
        journal = self.env['account.journal'].create({
            'name': "Bank", 'code': 'BNKT', 'type': 'bank', 'company_id': self.ca.id})
        journal.inbound_payment_method_line_ids.payment_account_id = \
            self.accounts[self.ca][0].copy({'account_type': 'asset_current', 'code': '110999'})
        payment = env['account.payment.register'].with_context(
            active_model='account.move', active_ids=move.ids,
        ).create({'journal_id': journal.id})
        payment.action_create_payments()
        self.assertEqual((move.payment_state, move.amount_residual), ('paid', 0.0))
        move.line_ids.with_env(env).remove_move_reconcile()
        self.assertEqual(move.payment_state, 'not_paid')
