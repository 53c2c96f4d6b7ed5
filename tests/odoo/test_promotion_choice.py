"""Refusing promotions: the log, the portal page, the signed link, and what it changes."""
import re

from odoo.exceptions import UserError
from odoo.tests import HttpCase, new_test_user, tagged
from odoo.tools import mute_logger

from .document_common import DocumentCase, encoded, make_pdf


class TestPromotionLog(DocumentCase):

    def log(self):
        rows = self.partner.isp_promotion_choice_ids.sorted('id')
        return [(row.refused, row.channel) for row in rows]

    def test_each_change_is_recorded(self):
        self.partner.isp_no_promotions = True
        self.partner.write({'isp_no_promotions': True})
        self.partner._isp_choose_promotions(False, 'portal')
        self.assertEqual(self.log(), [(True, 'form'), (False, 'portal')])
        row = self.partner.isp_promotion_choice_ids[:1]
        self.assertEqual((row.company_id, row.user_id), (self.company, self.env.user))
        with self.assertRaises(UserError):
            row.refused = True
        with self.assertRaises(UserError):
            row.unlink()

    def test_a_new_account_and_a_file_import(self):
        account = self.make_account("Nadia Roy", isp_no_promotions=True)
        self.assertEqual(account.isp_promotion_choice_ids.mapped('refused'), [True])
        self.assertFalse(self.make_account("Paul Roy").isp_promotion_choice_ids)
        self.env['res.partner'].with_context(import_file=True).load(
            ['.id', 'isp_no_promotions'], [[str(self.partner.id), '1']])
        self.assertEqual(self.log(), [(True, 'import')])

    def test_promotions_stay_away_and_legal_notices_come(self):
        attachments = self.env['isp.invoice.attachment']
        offer = attachments.create({'name': "Offer", 'pdf_en': encoded(make_pdf(1, "offer"))})
        notice = attachments.create({
            'name': "New terms", 'pdf_en': encoded(make_pdf(1, "terms")),
            'exclude_opted_out': False})
        self.assertEqual(self.make_invoice().isp_insert_ids.attachment_id, offer | notice)
        self.partner._isp_choose_promotions(True, 'portal')
        self.assertEqual(self.make_invoice().isp_insert_ids.attachment_id, notice)
        self.partner._isp_choose_promotions(False, 'portal')
        self.assertEqual(self.make_invoice().isp_insert_ids.attachment_id, offer | notice)

    def test_a_token_of_the_language_is_worth_nothing_here(self):
        token = self.env['isp.language.choice']._isp_token(self.partner, self.company)
        self.assertFalse(self.env['isp.promotion.choice']._isp_from_token(token))
        own = self.env['isp.promotion.choice']._isp_token(self.partner, self.company)
        self.assertEqual(self.env['isp.promotion.choice']._isp_from_token(own), self.partner)
        self.assertFalse(self.env['isp.language.choice']._isp_from_token(own))

    def test_the_emails_of_invoices_hold_the_link(self):
        for language in ('en', 'fr', 'both'):
            self.partner.isp_document_language = language
            move = self.make_invoice()
            template = move._isp_mail_template()
            body = template._render_field('body_html', move.ids)[move.id]
            with self.subTest(language=language):
                self.assertIn('/isp/promotions/', body)


@tagged('standard', 'post_install', '-at_install')
class TestPromotionPages(DocumentCase, HttpCase):

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.user = new_test_user(
            cls.env, 'isp-portal-promotions', groups='base.group_portal',
            password='a-long-secret', partner_id=cls.partner.id)
        cls.number = cls.partner.isp_number_ids

    def token_of(self, page):
        return re.search(r'name="csrf_token" value="([^"]+)"', page).group(1)

    def test_the_customer_refuses_on_the_portal(self):
        self.authenticate('isp-portal-promotions', 'a-long-secret')
        self.assertIn('/my/billing-promotions', self.url_open('/my/home').text)
        page = self.url_open('/my/billing-promotions')
        self.assertIn(self.number.number, page.text)
        done = self.url_open('/my/billing-promotions', data={
            'csrf_token': self.token_of(page.text), 'account': str(self.number.id),
            'promotions': 'no'})
        self.assertIn("Your choice is recorded.", done.text)
        self.partner.invalidate_recordset()
        self.assertTrue(self.partner.isp_no_promotions)
        row = self.partner.isp_promotion_choice_ids
        self.assertEqual((row.refused, row.channel, row.user_id), (True, 'portal', self.user))

    @mute_logger('odoo.http')
    def test_nobody_chooses_for_another_account_or_without_the_form(self):
        other = self.make_account("Zoé Autre").isp_number_ids
        address = '/my/billing-promotions'
        self.assertIn('/web/login', self.url_open(address).url)
        self.authenticate('isp-portal-promotions', 'a-long-secret')
        csrf = self.token_of(self.url_open(address).text)
        for values in ({'account': str(other.id), 'promotions': 'no', 'csrf_token': csrf},
                       {'account': str(self.number.id), 'promotions': '1', 'csrf_token': csrf},
                       {'account': str(self.number.id), 'csrf_token': csrf},
                       {'account': str(self.number.id), 'promotions': 'no'}):
            with self.subTest(values=values):
                self.assertIn(self.url_open(address, data=values).status_code, (400, 404))
        self.assertFalse(self.env['isp.promotion.choice'].search([
            ('partner_id', 'in', (self.partner | other.partner_id).ids)]))

    @mute_logger('odoo.http')
    def test_the_link_of_an_email_asks_before_it_changes(self):
        move = self.make_invoice()
        address = move._isp_promotions_url().removeprefix(self.company.get_base_url())
        page = self.url_open(address)
        self.assertEqual(page.status_code, 200)
        self.assertIn("Promotions avec vos factures", page.text)
        self.assertEqual(self.url_open(address, data={'promotions': 'no'}).status_code, 400)
        self.assertFalse(self.partner.isp_promotion_choice_ids)
        done = self.url_open(address, data={
            'csrf_token': self.token_of(page.text), 'promotions': 'no'})
        self.assertIn("Votre choix est enregistré.", done.text)
        self.partner.invalidate_recordset()
        self.assertTrue(self.partner.isp_no_promotions)
        self.assertEqual(self.partner.isp_promotion_choice_ids.channel, 'email_link')
        self.assertEqual(self.url_open('/isp/promotions/AAAA').status_code, 410)
