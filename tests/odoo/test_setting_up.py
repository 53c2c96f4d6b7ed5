"""Setting up: what is silently wrong is said before the first run posts; names; roles; switches."""
import socket

from odoo.tests import Form, new_test_user

from .common import IspCase


class TestSettingUp(IspCase):

    def codes(self, company=None):
        found = self.env['isp.health.check']._isp_run()
        company = company or self.env['res.company']
        return {row.code: row for row in found if row.company_id == company}

    def test_case_181_the_audit_trail_has_a_switch(self):
        """Kind: the health check asks for what cannot be done in Community."""
        self.ca.restrictive_audit_trail = False
        found = self.codes(self.ca)['no_audit_trail']
        self.assertEqual(found.action_open()['res_model'], 'res.config.settings')
        arch = self.env['res.config.settings'].get_view()['arch']
        app = arch[arch.index('name="isp_billing"'):]
        self.assertIn('name="restrictive_audit_trail"', app)
        settings = self.env['res.config.settings'].with_company(self.ca).create({})
        settings.restrictive_audit_trail = True
        self.assertTrue(self.ca.restrictive_audit_trail)
        self.assertNotIn('no_audit_trail', self.codes(self.ca))

    def test_case_182_silently_wrong_set_ups(self):
        """Kind: a set-up that fails nowhere and makes what goes out useless."""
        parameters = self.env['ir.config_parameter'].sudo()
        for address, wrong in (
            ('http://127.0.0.1:8069', True), ('https://127.0.0.1', True), ('https://odoo', True),
            ('http://portal.example.com', True), ('https://192.168.1.4', True),
            ('https://[::1]:8069', True), ('https://odoo.local', True),
            ('https://portal.example.com', False), ('https://portal.example.com:8443', False),
        ):
            parameters.set_param('web.base.url', address)
            self.assertEqual('base_url' in self.codes(self.ca), wrong, address)
        found = self.codes(self.ca)
        self.assertIn('no_payment_provider', found)
        self.assertEqual('no_unaccent' in self.codes(), not self.env.registry.has_unaccent)
        account = self.make_account()
        line = self.make_subscription(
            account, [self.fibre], '2026-10-01').sale_subscription_line_ids
        self.assertNotIn('price_zero', found)
        line.write({'isp_price_source': 'own', 'price_unit': 0})
        self.assertEqual(self.codes(self.ca)['price_zero'].res_id, line.sale_subscription_id.id)
        self.make_plan('GIFT', 0)
        self.assertEqual(self.codes(self.ca)['plan_free'].level, 'advice')
        self.ca.email = False
        self.assertIn('no_company_email', self.codes(self.ca))
        self.env.ref('mail.ir_cron_mail_scheduler_action').active = False
        self.assertIn('job_off', self.codes())

    def test_case_182_a_test_of_a_mail_server_that_failed_is_remembered(self):
        """Kind: something was found wrong, and nobody is told later."""
        with socket.socket() as taken:  # a port where nobody answers
            taken.bind(('127.0.0.1', 0))
            server = self.env['ir.mail_server'].create({
                'name': "Out", 'smtp_host': '127.0.0.1', 'smtp_port': taken.getsockname()[1]})
            answer = server.test_smtp_connection()
        self.assertEqual(answer['params']['type'], 'danger')
        self.assertEqual(self.codes()['mail_server_failed'].res_id, server.id)
        server.smtp_port = 2525
        self.assertNotIn('mail_server_failed', self.codes())

    def test_case_182_a_run_says_it_before_it_posts(self):
        """Kind: the check is green or elsewhere, and the run seals what is wrong."""
        self.env['ir.config_parameter'].sudo().set_param('web.base.url', 'http://127.0.0.1:8069')
        self.make_subscription(self.make_account(), [self.fibre], '2026-10-01')
        run = self.make_run('2026-11-01')
        clerk = new_test_user(
            self.env, 'setting_up_clerk', groups='isp_billing.group_clerk',
            company_id=self.ca.id, company_ids=[self.ca.id])
        self.assertIn('127.0.0.1', run.with_user(clerk).with_context(
            allowed_company_ids=self.ca.ids).setup_warning)
        self.env['ir.config_parameter'].sudo().set_param(
            'web.base.url', 'https://portal.example.com')
        self.env.invalidate_all()
        self.assertNotIn('127.0.0.1', run.setup_warning or '')

    def test_case_187_a_user_has_several_roles(self):
        """Kind: the form allows less than the guide says."""
        roles = ('auditor', 'clerk', 'approver', 'manager')
        groups = [self.env.ref(f'isp_billing.group_{role}') for role in roles]
        privileges = [group.privilege_id for group in groups]
        self.assertEqual(len(set(privileges)), 4)  # the form gives one choice to each privilege
        self.assertEqual(len({privilege.category_id for privilege in privileges}), 1)
        user = new_test_user(self.env, 'two_roles', groups='isp_billing.group_clerk')
        with Form(user, 'base.view_users_form') as form:
            form.group_ids.add(groups[0])
        self.assertTrue(user.has_group('isp_billing.group_clerk'))
        self.assertTrue(user.has_group('isp_billing.group_auditor'))

    def test_case_190_names_made_in_a_french_database(self):
        """Kind: what the program names has the name of the language that it was made in."""
        languages = self.env['res.lang']
        languages._activate_lang('fr_FR')
        french = self.env(context=dict(self.env.context, lang='fr_FR'))
        company = french['res.company'].create({'name': "Essai SARL"})
        pricelist = french['sale.subscription']._isp_list_pricelist(
            company, french.ref('base.CHF'))
        made = {
            company.isp_profile_id: ("Monthly, first day", "Mensuel"),
            pricelist: ("Plan prices (CHF)", "(CHF)"),
            french['account.journal']._isp_opening_journal(self.fr): ("Opening balances", ""),
        }
        for record, (english, part) in made.items():
            self.assertEqual(record.with_context(lang='en_US').name, english)
            name = record.with_context(lang='fr_FR').name
            self.assertNotEqual(name, english)
            self.assertIn(part, name)
        languages._activate_lang('fr_CA')  # a language that comes later
        for record, (english, _part) in made.items():
            self.assertNotEqual(record.with_context(lang='fr_CA').name, english)
