"""What stands on documents beside charges: references, texts, legal mentions, maturities."""
import os

import lxml.html

from odoo import Command

from odoo.addons.isp_billing.engine import (
    document_layout,
    document_view,
    pdf_grammar,
    pdf_render,
)

from .common import IspCase
from .document_common import DocumentCase, pdf_text
from .pdf_quality import accessibility_complaints, faults
from .sample_common import MODES, QR, SampleCase
from .test_document_quality import LEAN, RICH

PICTURES = os.environ.get('ISP_CONTENTS')


def keep(name, content):
    """Keep a page for looking at it."""
    if PICTURES:
        import pypdfium2
        for number, page in enumerate(pypdfium2.PdfDocument(content)):
            page.render(scale=1.3).to_pil().save(f'{PICTURES}/{name}_{number}.png')


class ContentsCase(DocumentCase):

    def text(self, move, name=''):
        """Text of the document of an invoice."""
        content = self.rendered(move)
        keep(f'{name}_{move.isp_language}', content)
        return pdf_text(content)


class TestReference(ContentsCase):

    def test_the_reference_of_the_customer_is_printed(self):
        for language, label in (('en', "Your reference"), ('fr', "Votre référence"),
                                ('both', "Votre référence / Your reference")):
            self.partner.isp_document_language = language
            text = self.text(self.make_invoice(ref=" PO-7788 "), 'reference')
            self.assertIn(label, text)
            self.assertIn("PO-7788", text)
        self.assertNotIn("Votre référence", self.text(self.make_invoice()))

    def test_many_numbers_take_several_lines(self):
        self.env['isp.document.layout'].create({
            'name': "L", 'company_id': self.company.id, 'window': 'left'})
        self.partner.isp_document_language = 'both'
        numbers = ", ".join(f"BC-2026-{number}" for number in range(4711, 4717))
        text = self.text(self.make_invoice(ref=numbers), 'references')
        self.assertIn(numbers.replace(' ', ''), ''.join(text.split()))

    def test_a_credit_note_has_the_reference_of_its_invoice(self):
        move = self.make_invoice(ref="PO-7788")
        wizard = self.env['account.move.reversal'].with_context(
            active_model='account.move', active_ids=move.ids).create({
                'journal_id': self.journal.id, 'reason': "wrong price", 'date': '2026-10-02'})
        wizard.refund_moves()
        self.assertIn(move.name, wizard.new_move_ids.ref)
        wizard.new_move_ids._post()
        self.assertEqual(wizard.new_move_ids.isp_document_data['reference'], "PO-7788")
        self.assertIn("PO-7788", self.text(wizard.new_move_ids, 'reference_credit'))
        invoice = self.make_invoice(ref="PO-7788")
        other = invoice._reverse_moves([{'invoice_date': '2026-10-02', 'ref': "PO-9"}])
        other._post()
        self.assertEqual(other.isp_document_data['reference'], "PO-9")
        plain = self.make_invoice()
        credit = plain._reverse_moves([{'invoice_date': '2026-10-02'}])
        credit._post()
        self.assertNotIn('reference', credit.isp_document_data)


class TestReferenceOfRun(IspCase):

    def test_purchase_order_number_of_a_subscription(self):
        shop = self.make_account("Librairie du Pont", company=self.fr, is_company=True)
        self.make_subscription(
            shop, [self.make_plan('FIBRE500', 40, company=self.fr)], '2026-10-01',
            company=self.fr, isp_po_number='BC-2026-4711')
        move = self.bill('2026-10-01', company=self.fr).move_ids
        self.assertEqual(move._isp_render_documents(), {move.id: None})
        self.assertIn("BC-2026-4711", pdf_text(move.isp_document_id.raw))


class TestTexts(ContentsCase):

    def typed(self, *lines, **values):
        """An invoice that somebody typed: texts, or (text, price)."""
        types = {'#': 'line_section', '=': 'line_subsection', '-': 'line_note'}
        return self.env['account.move'].create({
            'move_type': 'out_invoice', 'partner_id': self.partner.id,
            'journal_id': self.journal.id, 'isp_account_id': self.partner.id,
            'invoice_date': '2026-10-01', 'invoice_date_due': '2026-10-21',
            'invoice_line_ids': [
                Command.create({'display_type': types[line[0]], 'name': line[2:]})
                if isinstance(line, str) else Command.create({
                    'name': line[0], 'price_unit': line[1],
                    'tax_ids': [Command.set(self.tax.ids)]})
                for line in lines], **values})

    def test_sections_and_notes_stand_in_their_order(self):
        lines = ("# Works in the building", "= Basement", ("Cable", 120.0),
                 "- Technician came on September 12,\nticket 5543", "= Roof", ("Antenna", 60.0),
                 ("Free test", 0.0))
        layout = self.env['isp.document.layout'].create({
            'name': "L", 'company_id': self.company.id})
        for settings in ({}, {'grouping': 'kind', 'show_codes': True, 'show_periods': False}):
            layout.write(settings)
            for language in ('en', 'fr', 'both'):
                self.partner.isp_document_language = language
                move = self.typed(*lines)
                move._post()
                text = self.text(move, f'texts{len(settings)}')
                places = [text.index(words) for words in (
                    "Works in the building", "Basement", "Cable", "Technician came", "ticket 5543",
                    "Roof", "Antenna")]
                self.assertEqual(places, sorted(places))
                self.assertEqual(text.count("Works in the building"), 1)

    def test_a_note_stays_below_its_line_when_lines_are_grouped(self):
        def line(kind, text, **more):
            return {'kind': kind, 'text': {'en': text, 'fr': text}, **more}
        money = {'amount': '1.00', 'place': None}
        rows = [line('note', "above"), line('tv', "tv", **money), line('note', "of tv"),
                line('internet', "net", **money), line('note', "of net")]
        for grouping in ('auto', 'kind'):
            found = document_layout.groups(
                {'kind': 'invoice', 'lines': rows},
                {**document_layout.DEFAULTS, 'grouping': grouping},
                document_view.KINDS, 'en', 8)
            self.assertEqual([[row['text']['en'] for row in group[2]] for group in found],
                             [["net", "of net"], ["above", "tv", "of tv"]])

    def test_the_language_of_sections_and_notes_is_looked_at(self):
        self.partner.isp_document_language = 'fr'
        move = self.typed("- The technician came in the morning and repaired the line for you",
                          ("Fibre", 10.0))
        self.assertIn("The technician came", move.isp_text_warning)

    def rounding(self, strategy, **values):
        accounts = self.env['account.account']
        company = ('company_ids', '=', self.company.id)
        return self.env['account.cash.rounding'].create({
            'name': "0.05", 'rounding': 0.05, 'strategy': strategy, 'rounding_method': 'HALF-UP',
            'profit_account_id': accounts.search(
                [company, ('account_type', '=', 'income')], limit=1).id,
            'loss_account_id': accounts.search(
                [company, ('account_type', '=', 'expense')], limit=1).id})

    def test_cash_rounding_is_a_row_of_its_own(self):
        for strategy in ('add_invoice_line', 'biggest_tax'):
            for language in ('en', 'fr', 'both'):
                self.partner.isp_document_language = language
                move = self.typed(
                    ("Cable", 10.01), invoice_cash_rounding_id=self.rounding(strategy).id)
                move._post()
                facts = move.isp_document_data
                self.assertEqual(
                    (facts['untaxed'], [tax['amount'] for tax in facts['taxes']],
                     facts['rounding'], facts['total']),
                    ('10.01', ['0.50', '1.00'], '-0.01', '11.50'), strategy)
                text = self.text(move, f'rounding_{strategy}')
                self.assertIn("Rounding" if language == 'en' else "Arrondi", text)
        credit = move._reverse_moves([{'invoice_date': '2026-10-02'}])
        credit._post()
        self.assertEqual((credit.isp_document_data['untaxed'],
                          credit.isp_document_data.get('rounding')), ('10.01', '-0.01'))


class TestMentions(ContentsCase):

    def test_note_of_the_fiscal_position(self):
        position = self.env['account.fiscal.position'].create({
            'name': "First nations", 'company_id': self.company.id,
            'note': "<p>Exempt under section 87 of the Indian Act</p>"})
        position.update_field_translations('note', {'fr_CA': {
            "Exempt under section 87 of the Indian Act":
            "Exonéré selon l’article 87 de la Loi sur les Indiens"}})
        for language in ('en', 'fr', 'both'):
            self.partner.isp_document_language = language
            text = self.text(self.make_invoice(fiscal_position_id=position.id), 'position')
            self.assertEqual("Exempt under section 87" in text, language != 'fr')
            self.assertEqual("Exonéré selon" in text, language != 'en')

    def test_bases_where_a_tax_is_not_on_everything(self):
        plain = self.make_invoice()
        self.assertFalse(any(tax.get('base') for tax in plain.isp_document_data['taxes']))
        gst = self.chart.ref('gst_sale_tax_5')
        move = self.make_invoice(lines=2, post=False)
        move.invoice_line_ids[1].tax_ids = gst
        move._post()
        self.assertEqual([tax['base'] for tax in move.isp_document_data['taxes']],
                         ['200.00', '100.00'])
        self.assertIn("base $100.00", self.text(move, 'bases'))

    def test_business_customer_of_canada(self):
        self.partner.write({'vat': "123456782RT0001", 'is_company': True})
        self.partner.isp_document_language = 'both'
        text = self.text(self.make_invoice(), 'gst_number')
        self.assertIn("Votre nº TPS/TVH / \nYour GST/HST no.", text)
        self.assertIn("123456782RT0001", text)


class FranceCase(IspCase):
    """A French operator and a shop."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env['isp.language.rule'].search([]).active = False
        cls.fr.write({'isp_document_language': 'fr', 'isp_french': 'fr_FR'})
        cls.vat10 = cls.make_tax("TVA 10", 10.0, cls.fr, "TVA 10 %")
        cls.exempt = cls.make_tax(
            "Exo", 0.0, cls.fr, "Exonéré",
            invoice_legal_notes="<p>Exonération de TVA, article 262 ter I du CGI</p>")
        cls.shop = cls.make_account(
            "Librairie du Pont", company=cls.fr, is_company=True, street="3 rue du Pont",
            zip="75011", city="Paris", vat='FR40303265045', company_registry='30326504500018')

    def invoice(self, *lines, **values):
        """A posted invoice of (text, quantity, price, discount, taxes)."""
        move = self.env['account.move'].with_company(self.fr).create({
            'move_type': 'out_invoice', 'partner_id': self.shop.id,
            'journal_id': self.journals[self.fr].id, 'invoice_date': '2026-10-01',
            'isp_account_id': self.shop.id, 'invoice_line_ids': [Command.create({
                'name': name, 'quantity': quantity, 'price_unit': price, 'discount': discount,
                'tax_ids': [Command.set(taxes.ids)]})
                for name, quantity, price, discount, taxes in lines], **values})
        move.action_post()
        return move

    def text(self, move, name):
        self.assertEqual(move._isp_render_documents(), {move.id: None})
        keep(f'{name}_{move.isp_language}', move.isp_document_id.raw)
        return pdf_text(move.isp_document_id.raw)


class TestFrance(FranceCase):

    def test_mentions_of_a_business_customer(self):
        for language in ('en', 'fr', 'both'):
            self.shop.with_company(self.fr).isp_document_language = language
            move = self.invoice(
                ("Abonnement fibre", 1, 100, 0, self.vat20), ("Bouquet TV", 1, 50, 0, self.vat10),
                ("Export", 1, 7, 0, self.exempt), ref="BC-2026-4711")
            text = self.text(move, 'mentions')
            for words in ("FR40303265045", "303 265 045 00018",
                          "Exonération de TVA, article 262 ter I du CGI"):
                self.assertIn(words, text)
            label = {'en': "Your VAT no.", 'fr': "Votre n° TVA",
                     'both': "Votre n° TVA / Your VAT no."}[language]
            self.assertIn(label, text)
            for amount in (("€100.00", "€50.00", "€7.00") if language == 'en' else
                           ("100,00 €", "50,00 €", "7,00 €")):
                self.assertIn(f"base {amount}", text)

    def test_windows_of_envelopes_stay_free(self):
        layout = self.env['isp.document.layout'].create({
            'name': "L", 'company_id': self.fr.id})
        for window in ('left', 'right'):
            layout.window = window
            self.shop.with_company(self.fr).isp_document_language = 'both'
            self.text(self.invoice(("Abonnement fibre", 1, 100, 0, self.vat20),
                                   ref="BC-2026-4711"), f'window_{window}')

    def test_a_person_has_no_numbers(self):
        person = self.make_account("Odile Essai", company=self.fr)
        move = self.invoice(("Fibre", 1, 10, 0, self.vat20), partner_id=person.id,
                            isp_account_id=person.id)
        self.assertNotIn('customer_numbers', move.isp_document_data)

    def test_taxes_of_a_foreign_currency_in_that_of_the_books(self):
        dollar = self.env.ref('base.USD')
        dollar.active = True
        self.env['res.currency.rate'].create({
            'name': '2026-01-01', 'currency_id': dollar.id, 'company_rate': 1.1,
            'company_id': self.fr.id})
        for language in ('en', 'fr', 'both'):
            self.shop.with_company(self.fr).isp_document_language = language
            move = self.invoice(("Liaison", 1, 110, 0, self.vat20), currency_id=dollar.id)
            self.assertTrue(move.tax_totals['display_in_company_currency'])
            text = self.text(move, 'currency')
            amounts = ("€100.00", "€20.00") if language == 'en' else ("100,00 €", "20,00 €")
            for amount in amounts:
                self.assertIn(amount, text)
        self.fr.display_invoice_tax_company_currency = False
        move = self.invoice(("Liaison", 1, 110, 0, self.vat20), currency_id=dollar.id)
        self.assertNotIn('company_currency', move.isp_document_data)

    def term(self, *lines, **values):
        """A payment term: (percent, days)."""
        term = self.env['account.payment.term'].create({
            'name': "Term", 'note': "<p>Payment in parts</p>", 'line_ids': [Command.create({
                'value': 'percent', 'value_amount': percent, 'nb_days': days})
                for percent, days in lines], **values})
        term.update_field_translations(
            'note', {'fr_FR': {"Payment in parts": "Paiement échelonné"}})
        return term

    def test_an_invoice_that_is_paid_in_parts(self):
        term = self.term((30, 0), (70, 60))
        for language in ('en', 'fr', 'both'):
            self.shop.with_company(self.fr).isp_document_language = language
            move = self.invoice(("Raccordement", 1, 1000, 0, self.vat20),
                                invoice_payment_term_id=term.id)
            self.assertEqual(move.isp_document_data['maturities'], [
                {'date': '2026-10-01', 'amount': '360.00'},
                {'date': '2026-11-30', 'amount': '840.00'}])
            text = self.text(move, 'parts')
            words = {'en': ("First payment by 1 October 2026", "Due on 30 November 2026",
                            "€840.00", "Payment in parts", "First due date"),
                     'fr': ("Premier versement au plus tard le 1er octobre 2026",
                            "À payer le 30 novembre 2026", "840,00 €", "Paiement échelonné",
                            "Première échéance"),
                     'both': ("À payer le / Due on 30 novembre 2026", "Payment in parts")}[language]
            for wanted in words:
                self.assertIn(wanted, text)
        self.assertEqual(document_view.mail_texts(move.isp_document_data, 'en')['due_date'],
                         "1 October 2026 (first payment)")
        credit = move._reverse_moves([{'invoice_date': '2026-10-02'}])
        credit._post()
        self.assertFalse({'maturities', 'early', 'mentions'} & set(credit.isp_document_data))

    def test_discount_for_early_payment(self):
        term = self.term((100, 30), early_discount=True, discount_percentage=2, discount_days=7,
                         early_pay_discount_computation='included')
        for language in ('en', 'fr', 'both'):
            self.shop.with_company(self.fr).isp_document_language = language
            move = self.invoice(("Raccordement", 1, 1000, 0, self.vat20),
                                invoice_payment_term_id=term.id)
            self.assertEqual(move.isp_document_data['early'], {
                'date': '2026-10-08', 'rate': '2.0', 'amount': '1176.00'})
            text = self.text(move, 'early')
            for wanted in {'en': ("Discount of 2% for early payment", "8 October", "€1,176.00"),
                           'fr': ("Escompte de 2 % pour paiement anticipé", "8 octobre 2026"),
                           'both': ("1 176,00 €",)}[language]:
                self.assertIn(wanted, text)
        mixed = self.term((100, 30), early_discount=True, discount_percentage=2, discount_days=7,
                          early_pay_discount_computation='mixed')
        facts = self.invoice(("Raccordement", 1, 1000, 0, self.vat20),
                             invoice_payment_term_id=mixed.id).isp_document_data
        self.assertEqual([(tax['base'], tax['amount']) for tax in facts['taxes']],
                         [('980.00', '196.00')])
        self.assertEqual((facts['untaxed'], facts['total']), ('1000.00', '1196.00'))


class TestPages(SampleCase):
    """Everything at once: nothing small, pale, cut or overlapping, and read aloud in order."""

    def everything(self, settings):
        """The invented invoice with all that a document can say."""
        facts = self.facts(5, settings)
        text = "Exempt under section 87 of the Indian Act, certificate 1234567890"
        facts |= {
            'reference': ", ".join(f"BC-2026-{number}" for number in range(4711, 4717)),
            'customer_numbers': [
                {'type': 'vat', 'name': {'en': "VAT", 'fr': "TVA"}, 'number': "FR40303265045"},
                {'type': 'registry', 'name': {'en': "SIRET", 'fr': "SIRET"},
                 'number': "303 265 045 00018"}],
            'mentions': [{'en': text, 'fr': f"Exonéré{text[6:]}"}], 'rounding': '-0.02',
            'maturities': [{'date': '2026-10-01', 'amount': '12345.67'},
                           {'date': '2026-11-30', 'amount': '12345.67'}],
            'early': {'date': '2026-10-08', 'amount': '12345.67', 'rate': '2.0'},
            'company_currency': {'currency': 'EUR', 'decimals': 2, 'untaxed': '12345.67'},
        }
        for tax in facts['taxes']:
            tax |= {'base': '12345.67', 'company_amount': '1234.56', 'number': "1234567890 TQ0001"}
        facts['lines'] = [
            {'kind': 'section', 'text': {'en': "Works", 'fr': "Travaux"}},
            {'kind': 'subsection', 'text': {'en': "Basement", 'fr': "Sous-sol"}}, *facts['lines'],
            {'kind': 'note', 'text': {'en': text, 'fr': text}}]
        facts['lines'][2] |= {'price_unit': '345.6789', 'quantity': '0.0004',
                              'quantity_decimals': 4}
        return facts

    def test_pages_of_each_mode_and_window(self):
        for settings in ({}, {'window': 'left'}, {'window': 'right'}, RICH, LEAN):
            for mode in MODES:
                with self.subTest(settings=settings, mode=mode):
                    view, pages = self.page_boxes(self.everything(settings), mode)
                    self.assertEqual(faults(pages), [])
                    self.assertEqual(len(view['annexes']), 3)

    def test_screen_readers_find_the_head_of_each_cell(self):
        for mode in MODES:
            facts = self.everything({})
            view, html = self.page(facts, mode)
            for table in lxml.html.fromstring(html).iter('table'):
                counts = {sum(int(cell.get('colspan', 1)) for cell in row)
                          for row in table.iter('tr')}
                self.assertEqual(len(counts), 1)
            self.assertTrue(pdf_grammar.parse(str(html)) is not None)
            content = pdf_render.render_pdf(**self.env['account.move']._isp_request(
                facts, view, dict(QR)))
            keep(f'everything_{mode}', content)
            self.assertEqual(accessibility_complaints(content), [])
