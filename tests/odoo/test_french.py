"""French: there after installation, and in what a run writes down for its readers."""
from odoo import Command
from odoo.tests import new_test_user, tagged

from .common import IspCase


@tagged('standard', 'post_install', '-at_install')
class TestFrench(IspCase):

    def test_installed_with_its_terms(self):
        """Installing the French module leaves menus and fields in French, not only the flag."""
        menu = self.env.ref('isp_billing.isp_bill_run_menu')
        self.assertEqual(menu.with_context(lang='en_US').name, "Bill Runs")
        self.assertEqual(menu.with_context(lang='fr_FR').name, "Lancements de facturation")
        self.assertEqual(menu.with_context(lang='fr_CA').name, "Traitements de facturation")

    def test_stage_before_the_start(self):
        """“Raison”, the word of `subscription_oca`, is the one for a reason."""
        stage = self.env.ref('subscription_oca.subscription_stage_ready')
        for lang in ('fr_FR', 'fr_CA'):
            self.assertEqual(stage.with_context(lang=lang).name, "Prêt à démarrer")

    def words(self, view, lang):
        """Text of a view of another module in a language."""
        return self.env.ref(view).with_context(lang=lang).arch_db

    def test_paying_speaks_the_words_of_each_country(self):
        """Corrections of what customers read in the pages of `payment` and `account_payment`."""
        for view, france, canada in (
            ('payment.form', "Autres moyens de paiement", "Autres modes de paiement"),
            ('payment.form', "Vos moyens de paiement", "Vos modes de paiement"),
            ('payment.confirm', "Moyen de paiement", "Mode de paiement"),
            ('payment.state_header', "Enregistrement de votre moyen de paiement.",
             "Enregistrement de votre mode de paiement."),
            ('payment.state_header', "Merci\u202f!", "Merci!"),
            ('payment.payment_status', "un e-mail qui confirme", "un courriel qui confirme"),
            ('payment.portal_my_home_payment', "Gérer vos moyens de paiement",
             "Gérer vos modes de paiement"),
            ('payment.pay', "La devise est manquante", "La devise est manquante"),
            ('account_payment.portal_invoice_success', "Référence de paiement\u00a0:",
             "Référence de paiement\u00a0:"),
            ('account_payment.portal_invoice_payment', "<strong>Échéance</strong>",
             "<strong>Versement</strong>"),
            ('account_payment.portal_invoice_payment', "Escompte pour paiement anticipé",
             "Escompte pour paiement anticipé"),
            ('account.portal_invoice_page', "Prochaine échéance", "Prochain versement"),
            ('account.portal_my_invoices', "Montant à payer", "Montant dû"),
            ('account.portal_my_invoices', "Date d’émission", "Date de facturation"),
            ('account.portal_my_invoices', "Facture provisoire", "Facture provisoire"),
        ):
            with self.subTest(view=view, words=france):
                self.assertIn(france, self.words(view, 'fr_FR'))
                self.assertIn(canada, self.words(view, 'fr_CA'))

    def test_pages_of_signing_in_and_of_the_account(self):
        for view, france, canada in (
            ('auth_signup.reset_password', "E-mail", "Courriel"),
            ('auth_signup.signup', "compte\u202f?", "compte?"),
            ('auth_signup.login', "compte\u202f?", "compte?"),
            ('portal.address_form_fields', "numéro de TVA", "numéro d’inscription aux taxes"),
            ('portal.portal_my_security', "continuer\u202f?", "Mettre mon courriel"),
            ('account.report_invoice_document', "Avoir provisoire", "Note de crédit provisoire"),
            ('account.report_invoice_document', "N° TVA", "Nº d’inscription aux taxes"),
            ('http_routing.404', "pages populaires\u202f?", "pages populaires?"),
        ):
            with self.subTest(view=view, words=canada):
                self.assertIn(france, self.words(view, 'fr_FR'))
                self.assertIn(canada, self.words(view, 'fr_CA'))
        self.assertNotRegex(self.words('portal.address_form_fields', 'fr_CA'), "TVA|E-mail")

    def test_e_mails_of_odoo_that_it_never_updates(self):
        template = self.env.ref('account.email_template_edi_credit_note')
        subjects = {lang: template.with_context(lang=lang).subject for lang in ('fr_FR', 'fr_CA')}
        self.assertIn("Avoir (Réf. ", subjects['fr_FR'])
        self.assertIn("Note de crédit (Réf. ", subjects['fr_CA'])
        self.assertIn("avoir", template.with_context(lang='fr_FR').body_html)
        self.assertNotIn("note de crédit", template.with_context(lang='fr_FR').body_html)
        self.assertIn("note de crédit", template.with_context(lang='fr_CA').body_html)

    def test_an_e_mail_that_somebody_rewrote_stays(self):
        template = self.env.ref('account.email_template_edi_credit_note')
        template.with_context(lang='fr_CA').subject = "Votre crédit"
        self.env['ir.module.module']._load_module_terms(['account'], ['fr_CA'], overwrite=True)
        self.assertEqual(template.with_context(lang='fr_CA').subject, "Votre crédit")

    def test_no_page_of_paying_keeps_the_words_that_were_corrected(self):
        for view in ('payment.form', 'payment.confirm', 'payment.state_header', 'payment.pay',
                     'payment.portal_my_home_payment', 'payment.payment_status',
                     'payment.payment_methods', 'payment.token_form'):
            with self.subTest(view=view):
                self.assertNotRegex(self.words(view, 'fr_FR').lower(),
                                    "modes? de paiement|sauvegarde|device")
                self.assertNotRegex(self.words(view, 'fr_CA').lower(),
                                    "moyens? de paiement|sauvegarde|device|e-mail")

    def test_reasons_are_in_the_language_of_the_reader(self):
        clerk = new_test_user(
            self.env, 'commis', groups='isp_billing.group_clerk', lang='fr_CA',
            company_id=self.ca.id, company_ids=[Command.set(self.ca.ids)],
        )
        plan = self.make_plan('PRICELESS', None)
        self.make_subscription(self.make_account(), [plan], '2026-11-01')
        runs = self.env['isp.bill.run'].with_user(clerk).with_context(
            allowed_company_ids=self.ca.ids, lang='fr_CA')
        run = runs.create({
            'target_date': '2026-11-01', 'invoice_date': '2026-11-01',
        })
        run.action_compute()
        run.with_user(self.env.ref('base.user_root'))._isp_work()
        self.assertIn("PRICELESS", run.bill_ids.reason)
        self.assertIn("n’a pas de prix en CAD", run.bill_ids.reason)

    def test_language_never_changes_a_result(self):
        """The approved result is the same whoever computes it, in whichever language."""
        account = self.make_account()
        self.make_subscription(account, [self.fibre], '2026-11-01')
        self.vat20.tax_group_id.with_context(lang='fr_FR').name = "Autre nom"
        self.gst.tax_group_id.with_context(lang='fr_FR').name = "TPS"
        prints = set()
        for lang in ('en_US', 'fr_FR', 'fr_CA'):
            previews, *_counts = self.env['isp.bill.preview'].with_context(lang=lang)._preview(
                account, self.ca, self.today, self.today)
            prints.add(previews[0].fingerprint(self.today))
        self.assertEqual(len(prints), 1)
