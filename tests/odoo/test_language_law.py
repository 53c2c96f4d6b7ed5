"""What the law of a place means for choices, invoices made by hand, and the proof of a choice."""
import re

from odoo.exceptions import UserError, ValidationError
from odoo.tests import Form, HttpCase, new_test_user, tagged
from odoo.tools import mute_logger

from .document_common import DocumentCase, pdf_text


class LawCase(DocumentCase):

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.rule = cls.env['isp.language.rule'].create({
            'name': "Quebec", 'country_id': cls.env.ref('base.ca').id,
            'state_ids': cls.env.ref('base.state_ca_qc').ids, 'default_language': 'both',
            'requirement': 'fr_or_proof', 'action': 'block', 'company_id': cls.company.id})
        cls.today = cls.company._isp_today()

    def offered(self, channel='portal'):
        return self.partner._isp_offered_languages(self.company, channel)


class TestOffered(LawCase):

    def test_a_language_that_would_block_the_bill_is_not_offered(self):
        self.assertEqual(self.offered(), {'fr', 'both'})
        self.company.isp_language_rule_action = 'warn'
        self.assertEqual(self.offered(), {'en', 'fr', 'both'})
        self.company.isp_language_rule_action = 'rule'
        self.rule.active = False
        self.assertEqual(self.offered(), {'en', 'fr', 'both'})

    def test_after_the_french_contract_the_portal_offers_english(self):
        self.partner.isp_french_contract_date = self.today
        self.assertEqual(self.offered(), {'en', 'fr', 'both'})
        self.assertEqual(self.offered('email_link'), {'fr', 'both'})
        self.rule.requirement = 'fr_required'
        self.assertEqual(self.offered(), {'fr', 'both'})

    def test_the_choice_on_the_portal_is_the_express_choice(self):
        self.partner.isp_french_contract_date = self.today
        self.partner._isp_choose_language('en', 'portal')
        self.assertEqual(
            (self.partner.isp_express_choice_date, self.partner.isp_express_choice_by),
            (self.today, self.env.user.name))
        self.assertIsNone(self.partner._isp_language_problem(self.company))

    def test_no_express_choice_without_contract_by_link_or_for_french(self):
        self.rule.action = 'warn'
        self.partner._isp_choose_language('en', 'portal')
        self.assertFalse(self.partner.isp_express_choice_date)
        self.partner.isp_french_contract_date = self.today
        self.partner._isp_choose_language('en', 'email_link')
        self.partner._isp_choose_language('both', 'portal')
        self.assertFalse(self.partner.isp_express_choice_date)

    def test_a_proof_is_not_dated_in_the_future(self):
        for name in ('isp_french_contract_date', 'isp_express_choice_date'):
            with self.subTest(field=name), self.assertRaises(ValidationError):
                self.partner[name] = '2999-01-01'


class TestByHand(LawCase):

    def test_an_invoice_in_english_alone_is_refused_where_french_must_be(self):
        self.partner.isp_document_language = 'en'
        move = self.make_invoice(post=False)
        self.assertIn("English alone", move.isp_language_problem)
        with self.assertRaisesRegex(UserError, "record the proof"):
            move._post()
        self.assertEqual(move.state, 'draft')
        self.rule.action = 'warn'
        move._post()
        self.assertEqual((move.state, move.isp_language), ('posted', 'en'))
        self.assertFalse(move.isp_language_problem)

    def test_french_both_and_proven_english_pass(self):
        self.assertEqual(self.make_invoice().isp_language, 'both')
        self.partner.isp_document_language = 'fr'
        self.assertEqual(self.make_invoice().isp_language, 'fr')
        self.partner.write({
            'isp_document_language': 'en', 'isp_french_contract_date': self.today,
            'isp_express_choice_date': self.today, 'isp_express_choice_by': "Anouk"})
        self.assertEqual(self.make_invoice().isp_language, 'en')

    def test_a_credit_note_follows_its_invoice_whatever_the_rule_says_now(self):
        self.rule.active = False
        self.partner.isp_document_language = 'en'
        move = self.make_invoice()
        self.rule.active = True
        credit = move._reverse_moves([{'invoice_date': '2026-10-02'}])
        credit._post()
        self.assertEqual((credit.isp_language, credit.isp_language_step), ('en', 'origin'))


class TestContactLanguage(LawCase):
    """Odoo fills in the language of a contact; a person who changes it makes a choice."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env['res.lang']._activate_lang('fr_FR')
        cls.rule.action = 'warn'
        cls.partner.lang = 'en_US'

    def change(self, **vals):
        self.partner.web_save(vals, {'lang': {}})

    def log(self):
        rows = self.partner.isp_language_choice_ids.sorted('id')
        return [(row.previous, row.language, row.channel) for row in rows]

    def test_changed_on_the_form(self):
        self.change(lang='fr_CA')
        self.assertEqual(self.partner.isp_document_language, 'fr')
        self.change(lang='fr_FR')
        self.change(lang='en_US')
        self.assertEqual(self.log(), [(False, 'fr', 'form'), ('fr', 'en', 'form')])

    def test_changed_by_a_program_or_filled_in_it_is_no_choice(self):
        self.partner.lang = 'fr_CA'
        self.assertFalse(self.log())
        account = self.make_account("Nadia Roy", lang='fr_CA')
        self.assertFalse(account.isp_document_language)

    def test_changed_by_an_import(self):
        self.env['res.partner'].with_context(import_file=True).load(
            ['.id', 'lang'], [[str(self.partner.id), 'fr_CA']])
        self.assertEqual(self.log(), [(False, 'fr', 'import')])

    def test_what_was_said_about_the_bills_wins(self):
        self.change(lang='fr_CA', isp_document_language='both')
        self.change(lang='en_US')
        self.assertEqual(self.log(), [(False, 'both', 'form')])

    def test_it_never_blocks_the_bills(self):
        self.partner.lang = 'fr_CA'
        self.rule.action = 'block'
        self.change(lang='en_US')
        self.assertFalse(self.partner.isp_document_language)

    def test_contacts_without_account_have_no_bills(self):
        contact = self.env['res.partner'].create({'name': "Nobody", 'lang': 'en_US'})
        contact.web_save({'lang': 'fr_CA'}, {'lang': {}})
        self.assertFalse(contact.isp_document_language)


class TestWho(LawCase):

    def test_the_person_is_written_down_in_words(self):
        self.rule.active = False
        user = new_test_user(self.env, 'isp-clerk-words', groups='isp_billing.group_clerk',
                             name="Paule Commis", company_id=self.company.id,
                             company_ids=[(6, 0, self.company.ids)])
        partner = self.partner.with_user(user)
        partner.isp_document_language = 'fr'
        self.partner._isp_choose_language('both', 'email_link')
        user.name = "Paule Tremblay"
        rows = self.partner.isp_language_choice_ids.sorted('id')
        self.assertEqual(rows.mapped('person'), [
            "Paule Commis", '"Anouk Vaillancourt-Lê" <anouk@client.example>'])

    def test_nobody_writes_down_that_the_customer_chose(self):
        self.rule.active = False
        user = new_test_user(self.env, 'isp-clerk-forger', groups='isp_billing.group_clerk',
                             company_id=self.company.id, company_ids=[(6, 0, self.company.ids)])
        partner = self.partner.with_user(user)
        for channel in ('portal', 'email_link'):
            partner.with_context(isp_choice_channel=channel).isp_document_language = 'fr'
            partner.isp_document_language = False
        self.assertEqual(set(self.partner.isp_language_choice_ids.mapped('channel')), {'form'})

    def test_the_form_shows_it(self):
        with Form(self.partner) as form:
            form.isp_document_language = 'fr'
        self.assertEqual(self.partner.isp_language_choice_ids.person, self.env.user.name)


@tagged('standard', 'post_install', '-at_install')
class TestPages(LawCase, HttpCase):

    def token_of(self, page):
        return re.search(r'name="csrf_token" value="([^"]+)"', page).group(1)

    @mute_logger('odoo.http')
    def test_the_link_does_not_offer_what_is_not_allowed(self):
        address = self.make_invoice()._isp_language_url().removeprefix(
            self.company.get_base_url())
        page = self.url_open(address).text
        self.assertNotIn('value="en"', page)
        self.assertIn("À votre adresse, les factures doivent être en français.", page)
        refused = self.url_open(address, data={
            'csrf_token': self.token_of(page), 'language': 'en'})
        self.assertEqual(refused.status_code, 404)
        self.assertFalse(self.partner.isp_language_choice_ids)
        self.rule.active = False
        self.assertIn('value="en"', self.url_open(address).text)

    @mute_logger('odoo.http')
    def test_the_portal_offers_it_after_the_french_contract(self):
        user = new_test_user(
            self.env, 'isp-portal-law', groups='base.group_portal', password='a-long-secret',
            partner_id=self.partner.id)
        user.lang = 'en_US'
        self.authenticate('isp-portal-law', 'a-long-secret')
        page = self.url_open('/my/billing-language').text
        self.assertNotIn('value="en"', page)
        # the pages of who signs in begin in the language of the bills
        self.assertIn("les factures doivent être en français", page)
        values = {'csrf_token': self.token_of(page), 'account': str(self.partner.isp_number_ids.id),
                  'language': 'en'}
        self.assertEqual(self.url_open('/my/billing-language', data=values).status_code, 404)
        self.partner.isp_french_contract_date = self.today
        page = self.url_open('/my/billing-language').text
        self.assertIn('value="en"', page)
        done = self.url_open('/my/billing-language', data={
            **values, 'csrf_token': self.token_of(page)})
        self.assertIn("Your choice is recorded.", done.text)
        self.partner.invalidate_recordset()
        self.assertEqual(self.partner.isp_document_language, 'en')
        self.assertEqual(self.partner.isp_express_choice_by, user.name)
        self.assertIn("Invoice", pdf_text(self.rendered(self.make_invoice())))
