"""Health check: each finding appears when its cause is there, and goes with it."""
from datetime import timedelta
from unittest.mock import patch

from odoo import Command, fields
from odoo.exceptions import AccessError
from odoo.tests import new_test_user

from odoo.addons.isp_billing.engine import pdf_render
from odoo.addons.isp_billing.models import isp_health_check

from .common import IspCase


class TestHealthCheck(IspCase):

    def check(self, company=None):
        """Codes of the findings of a company, or of the whole database."""
        found = self.env['isp.health.check']._isp_run()
        company = company or self.env['res.company']
        return {row.code: row for row in found if row.company_id == company}

    def test_english_is_not_active(self):
        self.assertNotIn('no_english', self.check())
        languages = [('fr_FR', "French")]
        with patch.object(type(self.env['res.lang']), 'get_installed', lambda lang: languages):
            found = self.check()
        self.assertEqual(found['no_english'].level, 'error')

    def test_french_is_not_loaded(self):
        with patch.object(type(self.env['res.lang']), 'get_installed',
                          lambda lang: [('en_US', "English")]):
            self.assertIn('no_french', self.check())
        self.env['res.lang']._activate_lang('fr_CA')
        self.assertNotIn('no_french', self.check())

    def test_mail_server(self):
        self.env['ir.mail_server'].search([]).active = False
        self.assertIn('no_mail_server', self.check())
        self.env['ir.mail_server'].create({'name': "Out", 'smtp_host': 'mail.example'})
        self.assertNotIn('no_mail_server', self.check())

    def test_job_off_and_late(self):
        job = self.env.ref('isp_billing.ir_cron_bill_run')
        now = fields.Datetime.now()
        job.write({'lastcall': now - timedelta(days=2), 'nextcall': now - timedelta(hours=3)})
        self.assertIn('job_late', self.check())
        job.nextcall = now
        self.assertNotIn('job_late', self.check())
        job.active = False
        found = self.check()
        self.assertEqual((found['job_off'].res_model, found['job_off'].res_id),
                         ('ir.cron', job.id))

    def test_pdf_engine(self):
        self.assertNotIn('no_pdf', self.check())
        with patch.object(pdf_render, 'render_pdf', side_effect=OSError("cannot load pango")):
            self.assertIn("pango", self.check()['no_pdf'].title)

    def test_fonts(self):
        gone = {'mem:x.ttf': pdf_render.MODULE / 'static' / 'fonts' / 'Missing.ttf'}
        with patch.object(pdf_render, 'FONTS', {**pdf_render.FONTS, 'gone': gone}):
            self.assertIn("Missing.ttf", self.check()['no_fonts'].title)

    def test_characters_without_a_glyph(self):
        self.assertNotIn('no_character', self.check(self.ca))
        partner = self.make_account("王小明", company=self.ca)
        found = self.check(self.ca)['no_character']
        self.assertEqual((found.res_model, found.res_id), ('res.partner', partner.id))
        self.assertIn("王 小 明", found.title)
        self.assertNotIn('no_character', self.check(self.fr))
        partner.name = "Wang Xiaoming, Владимир"
        self.assertNotIn('no_character', self.check(self.ca))
        plan = self.make_plan('party', 10.0)
        plan.with_context(lang='fr_CA').name = "Fête 🎉"
        self.assertEqual(self.check(self.ca)['no_character'].res_model, plan._name)
        plan.with_context(lang='fr_CA').name = "Fête"
        move = self.env['account.move'].create({
            'move_type': 'out_invoice', 'partner_id': partner.id,
            'journal_id': self.journals[self.ca].id, 'invoice_line_ids': [
                Command.create({'name': "Visit ☺ 小", 'price_unit': 1})]})
        found = self.check(self.ca)['no_character']
        self.assertEqual((found.res_model, found.res_id), ('account.move', move.id))

    def test_many_names_without_glyphs_are_counted(self):
        for place in range(23):
            self.make_account(f"王 {place}", company=self.ca)
        found = self.env['isp.health.check']._isp_run().filtered(
            lambda row: row.code == 'no_character')
        self.assertEqual(len(found), 21)
        self.assertTrue(any(row.title.startswith("3 more") for row in found))

    def test_journal_without_mark(self):
        self.assertNotIn('no_journal', self.check(self.ca))
        self.journals[self.ca].isp_billing = False
        self.assertEqual(self.check(self.ca)['no_journal'].level, 'error')

    def test_journal_with_translated_prefix(self):
        self.assertNotIn('journal_prefix', self.check(self.ca))
        self.journals[self.ca].code = 'FAC'
        found = self.check(self.ca)['journal_prefix']
        self.assertEqual(found.res_id, self.journals[self.ca].id)

    def test_company_without_accounting(self):
        company = self.env['res.company'].create({'name': "Empty Test Ltd"})
        self.assertEqual(self.check(company)['no_chart'].level, 'warning')

    def test_default_profile(self):
        self.ca.isp_profile_id = False
        self.assertIn('no_profile', self.check(self.ca))

    def test_tax_numbers(self):
        self.assertIn("GST 5%", self.check(self.ca)['no_tax_number'].title)
        self.env['isp.tax.registration'].create({
            'label': "GST", 'number': '100000000 RT0001', 'company_id': self.ca.id,
            'tax_ids': [Command.set(self.gst.ids)],
        })
        self.assertNotIn('no_tax_number', self.check(self.ca))

    def test_plan_without_tax(self):
        plan = self.make_plan('FREE', 10.0, taxes=self.env['account.tax'])
        found = self.check(self.ca)['plan_no_tax']
        self.assertEqual((found.res_model, found.res_id), ('isp.service.plan', plan.id))
        self.assertEqual(found.action_open()['res_id'], plan.id)
        plan.untaxed = True
        self.assertNotIn('plan_no_tax', self.check(self.ca))

    def test_plan_without_price(self):
        plan = self.make_plan('NOPRICE', None)
        self.assertNotIn('plan_no_price', self.check(self.ca))
        self.make_subscription(self.make_account(), [plan], '2020-01-01')
        self.assertIn('NOPRICE', self.check(self.ca)['plan_no_price'].title)

    def test_audit_trail(self):
        self.assertIn('no_audit_trail', self.check(self.ca))
        self.ca.restrictive_audit_trail = True
        self.assertNotIn('no_audit_trail', self.check(self.ca))

    def test_company_card(self):
        self.assertNotIn('no_address', self.check(self.ca))
        self.ca.city = False
        self.assertIn('no_address', self.check(self.ca))

    def test_run_that_does_not_move(self):
        run = self.make_run('2026-11-01', compute=False)
        run.action_compute()
        self.assertNotIn('run_stuck', self.check(self.ca))
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE isp_bill_run SET write_date = write_date - interval '2 hours' WHERE id = %s",
            [run.id],
        )
        run.invalidate_recordset()
        self.assertEqual(self.check(self.ca)['run_stuck'].res_id, run.id)

    def test_log_has_no_warnings(self):
        self.journals[self.ca].isp_billing = False
        with patch.object(isp_health_check, '_logger') as logger:
            self.check()
        self.assertEqual({call[0] for call in logger.method_calls}, {'info'})
        lines = [call.args[0] % call.args[1:] for call in logger.info.call_args_list]
        self.assertTrue(any(self.ca.name in line for line in lines))

    def test_each_check_replaces_the_findings(self):
        self.check()
        first = self.env['isp.health.finding'].search([])
        self.check()
        self.assertFalse(first.exists())
        self.assertTrue(self.env['isp.health.finding'].search_count([]))

    def test_nightly_job_checks(self):
        self.env['isp.health.finding'].search([]).unlink()
        with self.enter_registry_test_mode():
            self.env.ref('isp_billing.ir_cron_health_check').method_direct_trigger()
        self.assertTrue(self.env['isp.health.finding'].search_count([]))

    def test_every_target_opens(self):
        self.journals[self.ca].isp_billing = False
        self.env['ir.mail_server'].search([]).active = False
        self.check()
        for finding in self.env['isp.health.finding'].search([]).filtered('has_target'):
            with self.subTest(code=finding.code):
                self.assertTrue(finding.action_open()['res_model'])

    def test_auditor_reads_and_does_not_check(self):
        auditor = new_test_user(
            self.env, 'isp-health-auditor', groups='base.group_user,isp_billing.group_auditor',
        )
        findings = self.env['isp.health.finding'].with_user(auditor).with_context(
            allowed_company_ids=auditor.company_ids.ids)
        findings.search([]).read(['title', 'mend'])
        with self.assertRaises(AccessError):
            findings.action_check()

    def test_the_menu_shows_what_is_wrong_now(self):
        """What was mended since the night is not shown as wrong; an auditor changes nothing."""
        stale = self.env['isp.health.finding'].create({
            'code': 'no_journal', 'level': 'error', 'title': "Mended long ago", 'mend': "Nothing",
            'company_id': self.ca.id, 'checked_at': '2026-01-01 00:00:00', 'level_order': 0,
        })
        menu = self.env.ref('isp_billing.isp_health_finding_menu')
        open_it = menu.action.with_context(active_model='isp.health.finding')
        roles = {
            role: new_test_user(
                self.env, f'isp-health-{role}', groups=f'base.group_user,isp_billing.group_{role}',
                company_id=self.ca.id, company_ids=[Command.set(self.ca.ids)])
            for role in ('auditor', 'clerk')
        }
        action = open_it.with_user(roles['auditor']).run()
        self.assertEqual(action['res_model'], 'isp.health.finding')
        self.assertTrue(stale.exists())
        action = open_it.with_user(roles['clerk']).run()
        self.assertEqual(action['res_model'], 'isp.health.finding')
        self.assertFalse(stale.exists())
