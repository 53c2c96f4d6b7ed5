"""Every screen opens for the groups that see it, and every empty list says what to do first."""
from odoo.exceptions import UserError
from odoo.tests import Form, new_test_user
from odoo.tools.safe_eval import safe_eval

from .common import IspCase

ROLES = ('clerk', 'approver', 'manager', 'auditor')
WIZARDS = (
    'isp.bill.explain', 'isp.bill.now', 'isp.bill.reason', 'isp.bill.reverse', 'isp.line.change',
    'isp.service.end', 'isp.book.import.wizard', 'isp.usage.import',
    'isp.bill.day.wizard',
)


class TestViews(IspCase):

    def actions(self):
        data = self.env['ir.model.data'].search([
            ('module', '=', 'isp_billing'), ('model', '=', 'ir.actions.act_window'),
        ])
        return self.env['ir.actions.act_window'].browse(data.mapped('res_id'))

    def menus(self):
        data = self.env['ir.model.data'].search([
            ('module', '=', 'isp_billing'), ('model', '=', 'ir.ui.menu'),
        ])
        return self.env['ir.ui.menu'].browse(data.mapped('res_id'))

    def as_user(self, model, user):
        return self.env[model].with_user(user).with_context(allowed_company_ids=self.ca.ids)

    def test_every_list_has_help(self):
        for action in self.actions().filtered(lambda a: a.view_mode.split(',')[0] != 'form'):
            with self.subTest(action=action.name):
                self.assertIn('o_view_nocontent_smiling_face', action.help or '')
                self.assertGreater(len(action.help), 120)

    def test_short_paths(self):
        for action in (menu.action for menu in self.menus().filtered('action')):
            if action.type == 'ir.actions.act_window' and action.target != 'new':
                with self.subTest(action=action.name):
                    self.assertTrue((action.path or '').startswith('isp-'))

    def test_every_action_opens(self):
        user = new_test_user(
            self.env, 'isp-views-manager',
            groups='base.group_user,isp_billing.group_manager,base.group_system',
            company_id=self.ca.id, company_ids=[(6, 0, self.ca.ids)],
        )
        for action in self.actions():
            with self.subTest(action=action.name):
                model = self.as_user(action.res_model, user)
                views = [(view_id, mode) for view_id, mode in action.views]
                model.get_views(views + [(action.search_view_id.id, 'search')])

    def test_menus_open_for_each_role(self):
        for role in ROLES:
            user = new_test_user(
                self.env, f'isp-views-{role}', groups=f'base.group_user,isp_billing.group_{role}',
                company_id=self.ca.id, company_ids=[(6, 0, self.ca.ids)],
            )
            visible = self.menus().with_user(user)._filter_visible_menus()
            names = set(visible.filtered(lambda m: not m.parent_id.parent_id).mapped('name'))
            self.assertLessEqual({
                "Bill Runs", "Billing Accounts", "Subscriptions", "Invoices", "Plans",
                "Attachments & Messages", "Reporting", "Configuration",
            }, names)
            for menu in visible.filtered('action'):
                with self.subTest(role=role, menu=menu.complete_name):
                    action = menu.sudo().action
                    if action._name == 'ir.actions.server':
                        found = action.with_user(user).with_context(
                            allowed_company_ids=self.ca.ids).run()
                        self.as_user(found['res_model'], user).search(found['domain'], limit=1)
                        continue
                    model = self.as_user(action.res_model, user)
                    model.get_views([(view_id, mode) for view_id, mode in action.views])
                    if action.target != 'new':
                        model.search([], limit=1)

    def test_wizards_have_forms(self):
        for model in WIZARDS:
            with self.subTest(model=model):
                arch = self.env[model].get_view(view_type='form')['arch']
                self.assertIn('<footer', arch)

    def test_subscriptions_of_ours_open_in_our_form(self):
        subscription = self.make_subscription(self.make_account(), [self.fibre], '2026-11-01')
        ours = self.env.ref('isp_billing.sale_subscription_view_form')
        self.assertEqual(subscription.get_formview_id(), ours.id)
        self.assertNotEqual(self.env['sale.subscription'].get_formview_id(), ours.id)

    def test_smart_buttons_lead_on(self):
        account = self.make_account()
        subscription = self.make_subscription(account, [self.fibre], '2026-11-01')
        run = self.bill('2026-11-01')
        move = run.move_ids
        self.assertEqual(len(move), 1)
        for records, method, expected in (
            (account, 'action_view_isp_subscriptions', subscription),
            (account, 'action_view_isp_invoices', move),
            (account, 'action_view_isp_charges', subscription.isp_charge_ids),
            (subscription, 'action_view_isp_invoices', move),
            (subscription, 'action_view_isp_charges', subscription.isp_charge_ids),
            (move, 'action_view_isp_subscriptions', subscription),
            (move, 'action_view_isp_charges', subscription.isp_charge_ids),
            (run, 'action_view_invoices', move),
            (run, 'action_view_bills', run.bill_ids),
            (run, 'action_view_charges', subscription.isp_charge_ids),
        ):
            with self.subTest(model=records._name, method=method):
                action = getattr(records, method)()
                self.assertEqual(
                    self.env[action['res_model']].search(action['domain']), expected,
                )
        self.assertEqual(move.action_view_isp_bill_run()['res_id'], run.id)
        self.assertEqual(move.action_view_isp_account()['res_id'], account.id)
        self.assertEqual(subscription.action_view_isp_account()['res_id'], account.id)

    def test_new_account_gets_its_number(self):
        partner = self.env['res.partner'].with_company(self.ca).with_context(
            isp_new_account=True).create({'name': "Carl Tester"})
        self.assertTrue(partner.with_company(self.ca).isp_account_number)

    def test_numbers_follow_the_company_of_the_record(self):
        plan = self.make_plan('BOX', 30.0, company=self.fr)
        account = self.make_account("Bob Tester", company=self.fr)
        subscription = self.make_subscription(account, [plan], '2026-11-01', company=self.fr)
        number = account.with_company(self.fr).isp_account_number
        run = self.bill('2026-11-01', company=self.fr).with_company(self.ca)
        self.assertTrue(number)
        self.assertEqual(subscription.with_company(self.ca).isp_account_number, number)
        self.assertEqual(run.bill_ids.account_number, number)
        self.assertEqual(run.move_ids.isp_account_number, number)

    def test_start_and_end_of_service(self):
        subscription = self.make_subscription(self.make_account(), [self.fibre], '2026-11-01')
        line = subscription.sale_subscription_line_ids
        action = subscription.action_isp_end()
        self.env[action['res_model']].with_context(**action['context']).create(
            {'last_day': '2026-11-20'}).action_confirm()
        self.assertEqual(str(line.isp_date_end), '2026-11-20')
        self.assertEqual(str(subscription.date), '2026-11-20')

    def test_end_of_one_line(self):
        modem = self.make_plan('MODEM', 10.0, kind='equipment')
        subscription = self.make_subscription(
            self.make_account(), [self.fibre, modem], '2026-11-01')
        keep, ended = subscription.sale_subscription_line_ids
        action = ended.action_isp_end()
        self.env[action['res_model']].with_context(**action['context']).create(
            {'last_day': '2026-11-20'}).action_confirm()
        self.assertEqual(str(ended.isp_date_end), '2026-11-20')
        self.assertFalse(keep.isp_date_end)

    def test_progress_tells_when_deliveries_wait(self):
        self.make_subscription(self.make_account(), [self.fibre], '2026-11-01')
        run = self.bill('2026-11-01')
        run.bill_ids.write({
            'rendered': True, 'delivery_state': 'failed',
            'delivery_retry_at': '2026-11-02 10:00:00',
        })
        progress = run.get_progress()
        self.assertEqual((progress['stage'], progress['waiting']), ('deliver', 1))
        self.assertEqual(progress['retry_at'], '2026-11-02 10:00:00')

    # === Work on the forms, as a clerk does === #

    def clerk(self):
        return new_test_user(
            self.env, 'isp-forms-clerk', groups='base.group_user,isp_billing.group_clerk',
            company_id=self.ca.id, company_ids=[(6, 0, self.ca.ids)],
        )

    def test_new_subscription_by_its_form(self):
        account = self.make_account()
        action = self.env.ref('isp_billing.sale_subscription_action')
        records = self.as_user('sale.subscription', self.clerk()).with_context(
            **safe_eval(action.context))
        with Form(records, view='isp_billing.sale_subscription_view_form') as form:
            form.partner_id = account.with_env(records.env)
            with form.sale_subscription_line_ids.new() as line:
                line.isp_plan_id = self.fibre.with_env(records.env)
                self.assertEqual(line.price_unit, 59.95)
        subscription = form.record
        self.assertTrue(subscription.isp_billed)
        self.assertEqual(subscription.isp_account_id.id, account.id)
        line = subscription.sale_subscription_line_ids
        self.assertEqual(line.price_unit, 59.95)
        self.assertEqual(line.isp_date_start, subscription.date_start)
        self.assertEqual(line.tax_ids, self.gst_qst.with_env(records.env))
        subscription.action_isp_start()
        self.assertEqual(subscription.stage_type, 'in_progress')

    def test_start_needs_a_service(self):
        subscription = self.make_subscription(self.make_account(), [], '2026-11-01')
        with self.assertRaises(UserError):
            subscription.action_isp_start()

    def test_change_from_a_date_by_its_dialog(self):
        gig = self.make_plan('GIG', 89.95)
        subscription = self.make_subscription(self.make_account(), [self.fibre], '2026-11-01')
        line = subscription.sale_subscription_line_ids
        clerk = self.clerk()
        action = self.as_user('sale.subscription.line', clerk).browse(line.id).action_isp_change()
        wizard = self.as_user(action['res_model'], clerk).with_context(**action['context'])
        with Form(wizard) as form:
            form.plan_id = gig.with_env(wizard.env)
            form.when = 'date'
            form.date = '2026-11-16'
        form.record.action_confirm()
        self.assertEqual(str(line.isp_date_end), '2026-11-15')
        self.assertEqual(line.isp_successor_ids.isp_plan_id, gig)

    def test_hold_by_its_dialog(self):
        subscription = self.make_subscription(self.make_account(), [self.fibre], '2026-11-01')
        action = subscription.action_isp_add_hold()
        holds = self.as_user(action['res_model'], self.clerk()).with_context(**action['context'])
        with Form(holds) as form:
            form.date_from = '2026-11-10'
            form.date_to = '2026-11-20'
        self.assertEqual(subscription.isp_hold_ids.account_id, subscription.isp_account_id)

    def test_new_run_by_its_form(self):
        records = self.as_user('isp.bill.run', self.clerk())
        with Form(records) as form:
            form.target_date = '2026-12-01'
        self.assertEqual(form.record.company_id.id, self.ca.id)
        self.assertTrue(form.record.name.startswith('RUN/2026/'))
