"""Language rules of countries and provinces: data that warns or blocks."""
from odoo.exceptions import ValidationError
from odoo.tests import TransactionCase, tagged

from .common import IspCase


class TestRules(IspCase):

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.quebec_rule = cls.env.ref('isp_billing_fr.isp_language_rule_quebec')
        cls.account = cls.make_account("Wilma Oakes").with_company(cls.ca)
        cls.proof = {'isp_french_contract_date': '2026-03-01',
                     'isp_express_choice_date': '2026-03-02',
                     'isp_express_choice_by': "Wilma Oakes"}

    def resolve(self, account, company=None, address=None):
        return account._isp_resolve_language(company or self.ca, address)

    def problem(self, account=None, company=None, address=None):
        found = (account or self.account)._isp_language_problem(company or self.ca, address)
        return found and found[0]

    def test_the_rule_decides_where_the_customer_did_not(self):
        ontario = self.make_account("Ann Ontario", state=self.ontario)
        french = self.make_account("Anne France", company=self.fr)
        self.assertEqual(self.resolve(self.account), ('both', 'country'))
        self.assertEqual(self.resolve(ontario), ('en', 'company'))
        self.assertEqual(self.resolve(french, self.fr), ('fr', 'country'))
        self.account.isp_document_language = 'fr'
        self.assertEqual(self.resolve(self.account), ('fr', 'account'))

    def test_an_address_without_a_province_is_one_beside_the_company(self):
        """Nobody in Quebec gets English for want of a province."""
        self.ca.state_id = self.quebec
        bare = self.make_account("Bare Address")
        for values in ({'state_id': False}, {'state_id': False, 'country_id': False}):
            bare.write(values)
            self.assertEqual(self.resolve(bare), ('both', 'country'), values)
        bare.country_id = self.env.ref('base.us')
        self.assertEqual(self.resolve(bare), ('en', 'company'))
        self.ca.state_id = self.ontario
        bare.country_id = self.canada
        self.assertEqual(self.resolve(bare), ('en', 'company'))

    def test_the_service_address_counts(self):
        ontario = self.make_account("Ann Ontario", state=self.ontario)
        self.assertEqual(self.resolve(ontario, address=self.account), ('both', 'country'))

    def test_english_alone_in_quebec_needs_the_whole_proof(self):
        for language, expected in (('fr', None), ('both', None), ('en', 'warn')):
            self.account.isp_document_language = language
            self.assertEqual(self.problem(), expected, language)
        for name in self.proof:
            self.account.write({**self.proof, name: False})
            self.assertEqual(self.problem(), 'warn', name)
        self.account.write(self.proof)
        self.assertIsNone(self.problem())

    def test_a_proof_holds_in_its_company_alone(self):
        self.account.isp_document_language = 'en'
        self.account.write(self.proof)
        self.assertFalse(self.account._isp_has_language_proof(self.fr))
        self.assertTrue(self.account._isp_has_language_proof(self.ca))

    def test_the_choice_comes_after_the_french_contract(self):
        with self.assertRaises(ValidationError):
            self.account.write({**self.proof, 'isp_express_choice_date': '2026-02-28'})

    def test_who_recorded_the_proof_is_noted(self):
        self.account.write(self.proof)
        note = self.account.message_ids[:1]
        self.assertIn("express choice 2026-03-02 by Wilma Oakes", str(note.body))

    def test_france_has_no_way_round(self):
        french = self.make_account("Anne France", company=self.fr).with_company(self.fr)
        french.isp_document_language = 'en'
        french.write(self.proof)
        self.assertEqual(self.problem(french, self.fr), 'block')
        french.isp_document_language = 'both'
        self.assertIsNone(self.problem(french, self.fr))

    def test_the_company_decides_for_all_its_rules(self):
        self.account.isp_document_language = 'en'
        self.ca.isp_language_rule_action = 'block'
        self.assertEqual(self.problem(), 'block')
        self.ca.isp_language_rule_action = 'rule'
        self.assertEqual(self.problem(), 'warn')

    def test_rules_are_data(self):
        self.account.isp_document_language = 'en'
        self.quebec_rule.active = False
        self.assertIsNone(self.problem())
        self.env['isp.language.rule'].create({
            'name': "Canada", 'country_id': self.canada.id, 'requirement': 'fr_required',
            'action': 'block', 'company_id': self.ca.id})
        self.assertEqual(self.problem(), 'block')
        self.assertIsNone(self.problem(company=self.fr))

    def test_the_account_form_warns(self):
        self.account.isp_document_language = 'en'
        self.assertIn("English alone", self.account.isp_language_warning)
        self.assertIn("Quebec", self.account.isp_language_warning)
        self.account.write(self.proof)
        self.assertFalse(self.account.isp_language_warning)
        away = self.make_account("Ann Ontario", state=self.ontario).with_company(self.ca)
        away.isp_document_language = 'en'
        self.assertFalse(away.isp_language_warning)
        self.make_subscription(
            away, [self.fibre], '2026-11-01', partner_shipping_id=self.account.id)
        away.invalidate_recordset()
        self.assertIn("Quebec", away.isp_language_warning)


class TestRuns(IspCase):

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.account = cls.make_account("Wilma Oakes", isp_document_language='en')
        cls.make_subscription(cls.account, [cls.fibre], '2026-11-01')

    def test_a_run_flags_the_bill(self):
        bill = self.make_run('2026-11-01').bill_ids
        self.assertEqual(bill.state, 'ready')
        self.assertTrue(bill.has_language_warning)
        self.assertIn("Language", bill.flag_text)

    def test_a_run_blocks_the_bill_by_setting(self):
        self.ca.isp_language_rule_action = 'block'
        bill = self.make_run('2026-11-01').bill_ids
        self.assertEqual((bill.state, bill.problem_code), ('exception', 'language_rule'))
        self.assertIn("record the proof", bill.reason)

    def test_a_run_has_nothing_to_say_when_all_is_well(self):
        self.account.with_company(self.ca).isp_document_language = 'both'
        bill = self.make_run('2026-11-01').bill_ids
        self.assertEqual((bill.state, bill.has_language_warning), ('ready', False))


@tagged('standard', 'post_install', '-at_install')
class TestRecords(TransactionCase):

    def test_the_french_module_brings_quebec_and_france(self):
        quebec = self.env.ref('isp_billing_fr.isp_language_rule_quebec')
        self.assertEqual(
            (quebec.state_ids.code, quebec.default_language, quebec.requirement, quebec.action),
            ('QC', 'both', 'fr_or_proof', 'warn'))
        france = self.env.ref('isp_billing_fr.isp_language_rule_france')
        self.assertEqual(
            (france.country_id.code, france.default_language, france.requirement, france.action),
            ('FR', 'fr', 'fr_required', 'block'))
