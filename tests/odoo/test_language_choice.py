"""Choices of language: the log, the portal page, the signed link of the e-mails."""
import re
from datetime import timedelta
from unittest.mock import patch

from odoo import fields
from odoo.exceptions import UserError
from odoo.tests import Form, HttpCase, new_test_user, tagged
from odoo.tools import mute_logger

from odoo.addons.isp_billing.models import isp_account_choice

from .document_common import DocumentCase, pdf_text


class TestChoiceLog(DocumentCase):

    def log(self, partner=None):
        rows = (partner or self.partner).isp_language_choice_ids.sorted('id')
        return [(row.previous, row.language, row.channel) for row in rows]

    def test_each_change_is_recorded_with_its_author(self):
        self.partner.isp_document_language = 'fr'
        self.partner.write({'isp_document_language': 'both', 'city': "Gaspé"})
        self.partner.write({'isp_document_language': 'both'})
        self.partner.isp_document_language = False
        self.assertEqual(self.log(), [
            (False, 'fr', 'form'), ('fr', 'both', 'form'), ('both', False, 'form')])
        row = self.partner.isp_language_choice_ids[:1]
        self.assertEqual((row.company_id, row.user_id), (self.company, self.env.user))
        self.assertLess(fields.Datetime.now() - row.date, timedelta(minutes=5))

    def test_a_new_account_with_a_language(self):
        account = self.make_account("Nadia Roy", isp_document_language='en')
        self.assertEqual(self.log(account), [(False, 'en', 'form')])
        self.assertEqual(self.log(self.make_account("Paul Roy")), [])

    def test_a_file_import_is_told_apart(self):
        self.env['res.partner'].with_context(import_file=True).load(
            ['.id', 'isp_document_language'], [[str(self.partner.id), 'French']])
        self.assertEqual(self.log(), [(False, 'fr', 'import')])

    def test_the_form_records_and_shows_what_decides(self):
        with Form(self.partner) as form:
            form.isp_document_language = 'both'
        self.assertEqual(self.log(), [(False, 'both', 'form')])
        self.assertEqual(self.partner.isp_language_effective,
                         "Both, French first (Recorded choice of the account)")
        self.partner.isp_document_language = False
        self.assertEqual(self.partner.isp_language_effective, "English (Company default)")

    def test_the_log_is_never_changed_nor_deleted(self):
        self.partner.isp_document_language = 'fr'
        row = self.partner.isp_language_choice_ids
        with self.assertRaises(UserError):
            row.language = 'en'
        with self.assertRaises(UserError):
            row.unlink()

    def test_a_choice_holds_from_the_next_document(self):
        before = self.make_invoice()
        draft = self.make_invoice(post=False)
        self.partner._isp_choose_language('fr', 'portal')
        self.assertEqual(before.isp_language, 'en')
        draft._post()
        self.assertEqual((draft.isp_language, draft.isp_language_step), ('fr', 'account'))
        self.assertEqual(self.log(), [(False, 'fr', 'portal')])


class TestToken(DocumentCase):

    def account_of(self, token):
        return self.env['isp.language.choice']._isp_from_token(token)

    def test_a_token_names_one_account_of_one_company(self):
        token = self.env['isp.language.choice']._isp_token(self.partner, self.company)
        account = self.account_of(token)
        self.assertEqual((account, account.env.company), (self.partner, self.company))

    def test_forged_foreign_and_expired_tokens(self):
        choices = self.env['isp.language.choice']
        token = choices._isp_token(self.partner, self.company)
        for bad in ('', 'x', '%%%', token[:-4] + 'AAAA', token[:20], 'é'):
            with self.subTest(token=bad):
                self.assertFalse(self.account_of(bad))
        with patch.object(type(choices), '_isp_scope', 'something else'):
            foreign = choices._isp_token(self.partner, self.company)
        self.assertFalse(self.account_of(foreign))
        with patch.object(isp_account_choice, 'LINK_HOURS', -1):
            expired = choices._isp_token(self.partner, self.company)
        self.assertFalse(self.account_of(expired))


@tagged('standard', 'post_install', '-at_install')
class TestPages(DocumentCase, HttpCase):

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.user = new_test_user(
            cls.env, 'isp-portal-language', groups='base.group_portal', password='a-long-secret',
            partner_id=cls.partner.id)
        cls.number = cls.partner.isp_number_ids

    def token_of(self, page):
        return re.search(r'name="csrf_token" value="([^"]+)"', page).group(1)

    def test_the_customer_chooses_on_the_portal(self):
        self.authenticate('isp-portal-language', 'a-long-secret')
        self.assertIn('/my/billing-language', self.url_open('/my/home').text)
        page = self.url_open('/my/billing-language')
        self.assertIn(self.number.number, page.text)
        done = self.url_open('/my/billing-language', data={
            'csrf_token': self.token_of(page.text), 'account': str(self.number.id),
            'language': 'both'})
        self.assertIn("Votre choix est enregistré.", done.text)
        self.assertIn("Your choice is recorded.", done.text)
        self.partner.invalidate_recordset()
        self.assertEqual(self.partner.isp_document_language, 'both')
        row = self.partner.isp_language_choice_ids
        self.assertEqual((row.channel, row.user_id), ('portal', self.user))

    @mute_logger('odoo.http')
    def test_nobody_chooses_for_another_account_or_without_the_form(self):
        other = self.make_account("Zoé Autre").isp_number_ids
        self.authenticate('isp-portal-language', 'a-long-secret')
        csrf = self.token_of(self.url_open('/my/billing-language').text)
        for values in ({'account': str(other.id), 'language': 'fr', 'csrf_token': csrf},
                       {'account': str(self.number.id), 'language': 'de', 'csrf_token': csrf},
                       {'account': str(self.number.id), 'language': 'fr'}):
            with self.subTest(values=values):
                self.assertIn(
                    self.url_open('/my/billing-language', data=values).status_code, (400, 404))
        self.assertFalse(self.env['isp.language.choice'].search([
            ('partner_id', 'in', (self.partner | other.partner_id).ids)]))

    @mute_logger('odoo.http')
    def test_the_link_of_an_email_asks_before_it_changes(self):
        move = self.make_invoice()
        address = move._isp_language_url().removeprefix(self.company.get_base_url())
        page = self.url_open(address)
        self.assertEqual(page.status_code, 200)
        self.assertFalse(self.partner.isp_language_choice_ids)
        self.assertEqual(self.url_open(address, data={'language': 'fr'}).status_code, 400)
        self.assertFalse(self.partner.isp_language_choice_ids)
        done = self.url_open(address, data={
            'csrf_token': self.token_of(page.text), 'language': 'fr'})
        self.assertIn("Votre choix est enregistré.", done.text)
        self.partner.invalidate_recordset()
        self.assertEqual(self.partner.isp_document_language, 'fr')
        row = self.partner.isp_language_choice_ids
        self.assertEqual((row.language, row.channel), ('fr', 'email_link'))
        self.assertEqual(move.isp_language, 'en')

    def test_a_bad_link_says_so_in_both_languages(self):
        page = self.url_open('/isp/language/AAAA')
        self.assertEqual(page.status_code, 410)
        self.assertIn("Ce lien n’est plus valable.", page.text)
        self.assertIn("This link does not hold any more.", page.text)

    def test_the_portal_offers_the_other_language(self):
        move = self.make_invoice()
        page = self.url_open(f'/my/invoices/{move.id}?access_token={move.access_token}')
        self.assertIn("En français", page.text)
        answer = self.url_open(
            f'/my/invoices/{move.id}/translation?access_token={move.access_token}')
        self.assertEqual(answer.headers['Content-Type'], 'application/pdf')
        self.assertIn("Traduction de l’original en anglais", pdf_text(answer.content))
        refused = self.url_open(f'/my/invoices/{move.id}/translation', allow_redirects=False)
        self.assertEqual(refused.status_code, 303)
