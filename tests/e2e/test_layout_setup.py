"""Two very different companies are set up in the browser, without code, and bill a month.

With ISP_PICTURES=1 (``make pictures``) the invoices are kept as docs/images/layout-*.png.
"""
import json
import os
from datetime import timedelta
from pathlib import Path

import pypdfium2

from tests.odoo.document_common import page_count, pdf_text
from tests.odoo.pdf_quality import complaints

from . import layout_companies
from .common import IspHttpCase

HERE = Path(__file__).resolve().parent
IMAGES = HERE.parents[1] / 'docs' / 'images'
MONTHS = ('2026-08-01', '2026-09-01', '2026-10-01')


class TestLayoutSetup(IspHttpCase):

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env['isp.language.rule'].search([]).active = False
        cls.env['ir.config_parameter'].set_param('web.base.url.freeze', True)
        cls.ca.write({
            'name': "Coopérative Fibre du Littoral", 'street': "88, rue des Capelans",
            'city': "Sept-Îles", 'zip': "G4R 3B6", 'isp_french': 'fr_CA'})
        cls.fr.write({
            'name': "Altitel SAS", 'street': "12 quai des Bateliers", 'city': "Strasbourg",
            'zip': "67000", 'isp_french': 'fr_FR', 'company_registry': "99999999800013"})
        cls.env['res.partner.bank'].create({
            'acc_number': "FR76 9999 9000 0100 0000 0000 115",
            'partner_id': cls.fr.partner_id.id, 'company_id': cls.fr.id})
        everywhere = cls.gst.tax_group_id
        for group in (cls.gst_qst, cls.gst_pst):
            group.children_tax_ids.filtered(lambda tax: tax.amount == 5).tax_group_id = everywhere
        cls.journals[cls.ca].code = cls.journals[cls.fr].code = 'FAC'
        cls.banks = {company: cls.make_bank(company) for company in cls.ca | cls.fr}
        cls.manager.company_ids = cls.ca | cls.fr

    @classmethod
    def make_bank(cls, company):
        """A journal in which payments are received and entered."""
        account = cls.env['account.account'].with_company(company).create({
            'code': '101400', 'name': "Outstanding receipts", 'account_type': 'asset_current',
            'reconcile': True, 'company_ids': [(6, 0, company.ids)]})
        bank = cls.env['account.journal'].create({
            'name': "Bank", 'code': 'BNK', 'type': 'bank', 'company_id': company.id})
        bank.inbound_payment_method_line_ids.payment_account_id = account
        return bank

    def person(self, company, path, doing, settings):
        """A billing manager does something at a form of a company."""
        code = (HERE / 'layout_driver.js').read_text()
        self.browser_js(
            f'/odoo/{path}/new',
            f'const COMPANY = {json.dumps(settings)};\n{code}\n{doing}()'
            '.then(() => console.log("test successful"), (e) => console.error(e.message));',
            ready="!!document.querySelector('.o_form_view .o_field_widget')",
            login='isp-tour', timeout=120, cookies={'cids': str(company.id)})

    def set_up(self, company, name):
        settings = {**getattr(layout_companies, name.upper()),
                    'logo': layout_companies.logo(name)}
        self.person(company, 'isp-tax-registrations', 'registrations', settings)
        self.person(company, 'isp-invoice-messages', 'message', settings)
        self.person(company, 'isp-document-layouts', 'layout', settings)
        layout = self.env['isp.document.layout'].search([('company_id', '=', company.id)])
        self.assertEqual((layout.name, layout.is_default), (settings['layout'], True))
        self.assertTrue(layout.logo)
        return layout

    def invoices(self, company, host, plans, customers, **service):
        """Three months of one customer per language: {language: invoice of the last month}.

        The first month is paid, of the second one a part.
        """
        accounts = {
            language: self.make_account(company=company, isp_document_language=language, **values)
            for language, values in customers.items()}
        self.env['ir.config_parameter'].set_param('web.base.url', f'https://{host}')
        for account in accounts.values():
            home = self.env['res.partner'].create({
                'name': "Home", 'parent_id': account.id, 'type': 'delivery', 'city': account.city,
                'country_id': company.country_id.id, 'state_id': account.state_id.id,
                **service}) if service else account
            self.make_subscription(account, plans, MONTHS[0], company=company,
                                   partner_shipping_id=home.id)
        found = {}
        for month, share in zip(MONTHS, (1, 0.8, 0), strict=True):
            run = self.bill(month, company=company)
            for language, account in accounts.items():
                found[language] = run.move_ids.filtered(
                    lambda move, account=account: move.isp_account_id == account)
                if share:
                    self.pay(found[language], share)
        return found

    def pay(self, move, share):
        """Pay a part of an invoice 18 days after its date."""
        register = self.env['account.payment.register'].with_context(
            active_model='account.move', active_ids=move.ids).create({
                'payment_date': move.invoice_date + timedelta(days=18),
                'journal_id': self.banks[move.company_id].id,
                'amount': move.currency_id.round(move.amount_total * share)})
        register._create_payments()

    def plans(self, company, rows):
        made = []
        for code, kind, price, english, french in rows:
            plan = self.make_plan(code, price, company=company, kind=kind)
            plan.name = english
            plan.with_context(lang=company.isp_french).name = french
            made.append(plan)
        return made

    def check(self, moves, texts):
        for language, move in moves.items():
            self.assertEqual(move._isp_render_documents(), {move.id: None})
            content = move.isp_document_id.raw
            self.assertEqual((language, page_count(content), complaints(content)),
                             (language, 1, []))
            text = ' '.join(pdf_text(content).split())
            for words in texts[language]:
                self.assertIn(words, text)

    def keep(self, moves, name):
        """The pictures of the documentation."""
        if not os.environ.get('ISP_PICTURES'):
            return
        for language, move in moves.items():
            with pypdfium2.PdfDocument(move.isp_document_id.raw) as pdf:
                pdf[0].render(scale=100 / 72).to_pil().save(
                    IMAGES / f'layout-{name}-{language}.png', optimize=True)

    def test_a_quebec_cooperative(self):
        self.set_up(self.ca, 'quebec')
        plans = self.plans(self.ca, (
            ('FIB500', 'internet', 74.95, "Fibre 500", "Fibre 500"),
            ('TEL', 'voice', 24.95, "Home phone", "Téléphonie résidentielle"),
            ('BOX6', 'equipment', 9.95, "Wi-Fi 6 modem rental", "Location du modem Wi-Fi 6"),
            ('IP4', 'addon', 10.0, "Static IP address", "Adresse IP fixe")))
        place = {'street': "27, rue du Quai, app. 4", 'city': "Rimouski", 'zip': "G5L 2B2"}
        moves = self.invoices(self.ca, 'mon.littoral.example', plans, {
            'both': {'name': "Mélodie Tremblay-Roy", **place},
            'fr': {'name': "Anouk Vaillancourt-Lê", **place},
            'en': {'name': "Łukasz Wójcik", **place}}, street="4, chemin du Phare", zip="G5L 7Y4")
        self.check(moves, {
            'fr': ["TPS 5 % Nº 80512 3456 RT0001", "TVQ 9,975 % Nº 1234567890 TQ0001",
                   "lun.–ven., de 8 h à 20 h", "Des frais de retard", "Bordereau de paiement",
                   "Location du modem Wi-Fi 6", "dès le 1er novembre", "1 à 30 jours"],
            'en': ["GST 5% Reg. no. 80512 3456 RT0001", "QST 9.975%", "A late-payment charge",
                   "Payment slip", "Wi-Fi 6 modem rental", "from November 1", "1–30 days late"],
            'both': ["Facture / Invoice", "Location du modem Wi-Fi 6 Wi-Fi 6 modem rental",
                     "Des frais de retard", "A late-payment charge"]})
        self.keep(moves, 'quebec')

    def test_a_french_operator(self):
        self.set_up(self.fr, 'france')
        plans = self.plans(self.fr, (
            ('FIB1000', 'internet', 29.16, "Fibre 1 Gbit/s", "Fibre 1 Gbit/s"),
            ('TVPLUS', 'tv', 8.33, "Television Plus", "Télévision Plus"),
            ('REPET', 'equipment', 4.17, "Wi-Fi repeater rental", "Location du répéteur Wi-Fi"),
            ('SECU', 'addon', 4.17, "Security pack", "Pack Sécurité")))
        place = {'street': "27 rue du Quai", 'city': "La Rochelle", 'zip': "17000"}
        moves = self.invoices(self.fr, 'espace.altitel.example', plans, {
            'both': {'name': "Mélodie Arnaud", **place},
            'fr': {'name': "Gaëlle Le Bihan", **place},
            'en': {'name': "Oliver Whitcombe", **place}})
        self.check(moves, {
            'fr': ["TVA 20 %", "FR 46 999999998", "SIRET 999 999 998 00013", "Total TTC",
                   "Pas d’escompte", "FR76 9999 9000", "Location du répéteur Wi-Fi", "REPET",
                   "le 12 octobre, de 2 h à 4 h"],
            'en': ["VAT 20%", "No discount for early payment", "Wi-Fi repeater rental"],
            'both': ["Facture / Invoice", "Pas d’escompte", "No discount for early payment"]})
        for move in moves.values():
            self.assertNotIn("99999999800013", pdf_text(move.isp_document_id.raw))
            self.assertNotIn("Talon de paiement", pdf_text(move.isp_document_id.raw))
        self.keep(moves, 'france')
