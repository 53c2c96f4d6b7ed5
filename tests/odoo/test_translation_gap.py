"""The parity gate: missing texts are listed, and a bill run warns or refuses before posting."""
from odoo.exceptions import UserError

from .common import IspCase
from .document_common import encoded, make_pdf


class TestGaps(IspCase):

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        for code in ('fr_FR', 'fr_CA'):
            cls.env['res.lang']._activate_lang(code)
        cls.env = cls.env(context=dict(
            cls.env.context, lang='en_US', allowed_company_ids=cls.ca.ids))
        cls.ca = cls.ca.with_env(cls.env)
        cls.ca.isp_french = 'fr_CA'
        cls.fibre = cls.fibre.with_env(cls.env)
        cls.account = cls.make_account("Ada Tester", isp_document_language='fr')
        cls.make_subscription(cls.account, [cls.fibre], '2026-11-01')

    def gaps(self, languages=('en', 'fr')):
        found = self.env['isp.translation.gap']._isp_gaps(self.ca, set(languages))
        return {(gap['res_model'], gap['record_name'], gap['language']) for gap in found
                if gap['res_model'] != 'uom.uom'}

    def gap_of(self, record, language='fr'):
        return (record._name, record.display_name, language)

    def test_a_plan_without_its_french_name(self):
        self.assertIn(self.gap_of(self.fibre), self.gaps())
        self.assertNotIn(self.gap_of(self.fibre, 'en'), self.gaps())
        self.assertNotIn(self.gap_of(self.fibre), self.gaps({'en'}))
        self.fibre.with_context(lang='fr_FR').name = "Offre fibre"
        self.assertNotIn(self.gap_of(self.fibre), self.gaps())

    def test_a_name_that_is_the_same_is_confirmed_by_writing_it(self):
        self.fibre.with_context(lang='fr_CA').name = self.fibre.name
        self.assertNotIn(self.gap_of(self.fibre), self.gaps())

    def test_messages_attachments_tax_labels_and_emails(self):
        message = self.env['isp.invoice.message'].create({
            'name': "News", 'body': "Faster soon", 'company_id': self.ca.id})
        label = self.env['isp.tax.registration'].create({
            'company_id': self.ca.id, 'label': "GST", 'number': "1",
            'tax_ids': self.gst.ids})
        flyer = self.env['isp.invoice.attachment'].create({
            'name': "Flyer", 'company_id': self.ca.id, 'pdf_en': encoded(make_pdf()),
            'pdf_en_name': 'f.pdf'})
        template = self.env.ref('isp_billing.mail_template_invoice_fr')
        self.assertNotIn(self.gap_of(template), self.gaps())
        template.body_html = False
        records = (message, label, flyer, template)
        for record in records:
            self.assertIn(self.gap_of(record), self.gaps(), record)
        message.with_context(lang='fr_CA').body = "Plus vite bientôt"
        label.with_context(lang='fr_CA').label = "TPS"
        flyer.write({'pdf_fr': encoded(make_pdf(text='fr')), 'pdf_fr_name': 'd.pdf'})
        template.body_html = "<p>Bonjour</p>"
        for record in records:
            self.assertNotIn(self.gap_of(record), self.gaps(), record)

    def test_texts_of_the_company_and_its_layouts(self):
        layout = self.env['isp.document.layout'].create({
            'name': "Home", 'company_id': self.ca.id, 'terms': "Pay by the due date."})
        self.assertIn(self.gap_of(layout), self.gaps())
        layout.with_context(lang='fr_CA').terms = "Payez avant l’échéance."
        self.assertNotIn(self.gap_of(layout), self.gaps())
        for field, english, french in (
                ('isp_support_hours', "8 to 20", "8 h à 20 h"),
                ('isp_payment_instructions', "Pay at the counter.", "Payez au comptoir."),
                ('invoice_terms', "<p>The terms.</p>", "<p>Les modalités.</p>")):
            with self.subTest(field=field):
                self.assertNotIn(self.gap_of(self.ca), self.gaps())
                self.ca[field] = english
                self.assertIn(self.gap_of(self.ca), self.gaps())
                self.ca.with_context(lang='fr_CA')[field] = french
                self.assertNotIn(self.gap_of(self.ca), self.gaps())

    def test_names_of_taxes_without_registration(self):
        group = self.env['account.tax.group'].create(
            {'name': "Cable levy", 'company_id': self.ca.id})
        tax = self.env['account.tax'].create({
            'name': "Levy 2%", 'amount': 2.0, 'type_tax_use': 'sale', 'company_id': self.ca.id,
            'country_id': self.canada.id, 'tax_group_id': group.id})
        self.assertNotIn(self.gap_of(group), self.gaps())
        self.fibre.product_id.taxes_id |= tax
        self.assertIn(self.gap_of(group), self.gaps())
        group.with_context(lang='fr_CA').name = "Taxe sur le câble"
        self.assertNotIn(self.gap_of(group), self.gaps())
        group.with_context(lang='fr_CA').name = ""
        self.env['isp.tax.registration'].create({
            'company_id': self.ca.id, 'label': "Levy", 'number': "1", 'tax_ids': tax.ids})
        self.assertNotIn(self.gap_of(group), self.gaps())

    def test_notes_of_payment_terms_that_accounts_have(self):
        term = self.env['account.payment.term'].create({
            'name': "Net 10", 'note': "Pay in ten days.", 'company_id': self.ca.id})
        self.assertNotIn(self.gap_of(term), self.gaps())
        self.account.with_company(self.ca).property_payment_term_id = term
        self.assertIn(self.gap_of(term), self.gaps())
        term.with_context(lang='fr_CA').note = "Payez dans les dix jours."
        self.assertNotIn(self.gap_of(term), self.gaps())

    def test_labels_of_discounts_whose_reader_wants_them(self):
        english = self.make_account("Eve English", isp_document_language='en')
        self.make_subscription(english, [self.fibre], '2026-11-01')

        def discount(account, **values):
            line = self.env['sale.subscription.line'].search(
                [('isp_account_id', '=', account.id)], limit=1)
            return self.env['isp.line.discount'].create({
                'name': "Welcome", 'line_id': line.id, 'kind': 'percent', 'value': 10.0,
                **values})

        foreign = discount(english)
        self.assertNotIn(self.gap_of(foreign), self.gaps())
        ours = discount(self.account)
        self.assertIn(self.gap_of(foreign), self.gaps())
        run = self.make_run('2026-11-01')
        self.assertIn("Welcome", run.isp_translation_warning)
        for record in (foreign, ours):
            record.with_context(lang='fr_CA').name = "Bienvenue"
        self.assertNotIn(self.gap_of(foreign), self.gaps())
        old = discount(self.account, name="Old", date_from='2020-01-01', date_to='2020-02-01')
        self.assertNotIn(self.gap_of(old), self.gaps())

    def test_e_mails_that_hold_both_languages(self):
        for name in ('mail_template_invoice_both', 'mail_template_language_changed'):
            template = self.env.ref(f'isp_billing.{name}')
            self.assertNotIn(self.gap_of(template), self.gaps())
            template.subject = False
            self.assertIn(self.gap_of(template), self.gaps())
            self.assertIn(self.gap_of(template, 'en'), self.gaps())

    def test_messages_of_payment_providers(self):
        if 'payment.provider' not in self.env:
            self.skipTest("no online payment")
        provider = self.env['payment.provider'].create({
            'name': "Demo pay", 'company_id': self.ca.id, 'state': 'disabled',
            'done_msg': "<p>Your payment was received, thank you.</p>"})
        gaps = (provider._name, provider.display_name, 'fr')
        self.assertNotIn(gaps, self.gaps())
        self.env.cr.execute(
            "UPDATE payment_provider SET state = 'test' WHERE id = %s", [provider.id])
        provider.invalidate_recordset()
        self.assertIn(gaps, self.gaps())

    def test_a_text_that_is_in_the_other_language(self):
        message = self.env['isp.invoice.message'].create({
            'name': "News", 'body': "Votre forfait sera plus rapide.", 'company_id': self.ca.id})
        gaps = [gap for gap in self.env['isp.translation.gap']._isp_gaps(self.ca, {'en', 'fr'})
                if gap['res_id'] == message.id and gap['res_model'] == message._name]
        self.assertEqual([(gap['language'], gap['problem']) for gap in gaps], [('en', 'other')])

    def test_what_is_over_or_of_another_company_is_no_gap(self):
        old = self.env['isp.invoice.message'].create({
            'name': "Old", 'body': "Old news", 'company_id': self.ca.id,
            'date_end': '2020-01-31'})
        self.assertNotIn(self.gap_of(old), self.gaps())
        foreign = self.make_plan('RIVE', 10, company=self.fr)
        self.assertNotIn(self.gap_of(foreign), self.gaps())

    def test_the_list_opens_and_leads_to_the_record(self):
        action = self.env['isp.translation.gap'].with_company(self.ca).action_isp_open()
        rows = self.env['isp.translation.gap'].search(action['domain'])
        row = rows.filtered(lambda gap: gap.record_name == self.fibre.display_name)[:1]
        self.assertEqual(row.language, 'fr')
        target = row.action_isp_open_record()
        self.assertEqual((target['res_model'], target['res_id']),
                         ('isp.service.plan', self.fibre.id))

    def test_a_run_warns_refuses_or_ignores(self):
        run = self.make_run('2026-11-01')
        self.assertIn(self.fibre.display_name, run.isp_translation_warning)
        self.ca.isp_translation_gate = 'ignore'
        run.invalidate_recordset()
        self.assertFalse(run.isp_translation_warning)
        self.ca.isp_translation_gate = 'refuse'
        with self.assertRaisesRegex(UserError, "missing in the language"):
            run.action_approve()
        self.ca.isp_translation_gate = 'warn'
        run.action_approve()
        self.assertEqual(run.state, 'approved')

    def test_languages_in_use_come_from_choices_rules_and_the_company(self):
        run = self.make_run('2026-11-01')
        self.assertEqual(run._isp_languages_in_use(), {'fr'})
        account = self.account.with_company(self.ca)
        account.isp_document_language = False
        self.assertEqual(run._isp_languages_in_use(), {'en', 'fr'})
        self.env['isp.language.rule'].search([]).active = False
        self.assertEqual(run._isp_languages_in_use(), {self.ca.isp_document_language})

    def test_only_languages_in_use_count(self):
        self.ca.isp_translation_gate = 'refuse'
        self.account.with_company(self.ca).isp_document_language = 'en'
        run = self.make_run('2026-11-01')
        self.assertEqual(run._isp_languages_in_use(), {'en'})
        run.action_approve()
        self.assertEqual(run.state, 'approved')
