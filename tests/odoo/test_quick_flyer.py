"""The quick flyer: a page in each language that passes the check of uploads."""
import io
from datetime import date

from PIL import Image

from odoo.exceptions import ValidationError

from .document_common import DocumentCase, encoded, page_count, pdf_text


def picture(kind='JPEG', size=(2400, 1600)):
    target = io.BytesIO()
    Image.new('RGB', size, '#88bbdd').save(target, kind)
    return target.getvalue()


class TestQuickFlyer(DocumentCase):

    def make(self, **values):
        return self.env['isp.quick.flyer'].create({
            'name': "Spring", 'title_en': "Faster for less", 'title_fr': "Plus vite, moins cher",
            'text_en': "Twice the speed.", 'text_fr': "Deux fois plus vite.", 'has_price': True,
            'price': 59.95, 'note_en': "a month", 'note_fr': "par mois", 'code': "VITE2",
            'date_end': date(2026, 12, 1), **values})

    def attachment(self, flyer):
        return self.env['isp.invoice.attachment'].browse(flyer.action_create()['res_id'])

    def test_both_languages_become_one_attachment(self):
        attachment = self.attachment(self.make(picture=encoded(picture())))
        self.assertEqual((attachment.pdf_en_pages, attachment.pdf_fr_pages), (1, 1))
        self.assertEqual((attachment.promo_code, attachment.date_end),
                         ("VITE2", date(2026, 12, 1)))
        files = attachment._isp_stored_files()
        english = pdf_text(files[attachment.id, 'en'].raw)
        french = pdf_text(files[attachment.id, 'fr'].raw)
        for words in ("Faster for less", "$59.95", "a month", "VITE2", "December 1, 2026"):
            self.assertIn(words, english)
        for words in ("Plus vite, moins cher", "59,95 $", "par mois", "1er décembre 2026"):
            self.assertIn(words, french)
        self.assertNotIn("Faster", french)
        self.assertLess(len(files[attachment.id, 'en'].raw), 200 * 1024)

    def test_french_of_france_is_written_and_kept_as_such(self):
        self.company.isp_french = 'fr_FR'
        attachment = self.attachment(self.make())
        self.assertTrue(attachment.pdf_fr_sha256)
        self.assertFalse(attachment.pdf_fr_ca_sha256 or attachment.missing_language)

    def test_case_153_both_languages_get_both_flyers(self):
        """Kind: who reads both languages gets one of them, and nobody says so."""
        attachment = self.attachment(self.make(date_end=False, text_en="One.", text_fr="Un."))
        self.assertTrue(attachment.pdf_fr_sha256 and attachment.pdf_en_sha256)
        self.assertFalse(attachment.pdf_fr_ca_sha256)
        self.partner.with_company(self.company).isp_document_language = 'both'
        for setting, languages in (
            ('fr_en', ['fr', 'en']), ('en_fr', ['en', 'fr']), ('one', ['fr'])):
            self.company.isp_both_flyers = setting
            attachment.cap_times = 0
            invoice = self.make_invoice()
            self.assertEqual(invoice.isp_insert_ids.mapped('language'), languages)
            self.assertEqual(page_count(invoice._isp_assembled_pdf()[0]), 1 + len(languages))
        attachment.cap_times = 4  # two files are one time
        self.assertEqual(len(self.make_invoice().isp_insert_ids), 1)

    def test_one_language_is_enough_and_none_is_refused(self):
        attachment = self.attachment(self.make(title_fr=False))
        self.assertEqual(attachment.missing_language, 'fr')
        with self.assertRaisesRegex(ValidationError, "at least one language"):
            self.make(title_fr=False, title_en=False)

    def test_it_travels_with_the_invoice(self):
        self.attachment(self.make(date_end=False))
        self.assertEqual(page_count(self.make_invoice()._isp_assembled_pdf()[0]), 2)

    def test_pictures_are_checked(self):
        for content in (b'not a picture', picture('GIF'), picture()[:400],
                        b'<svg xmlns="http://www.w3.org/2000/svg"/>'):
            with self.assertRaisesRegex(ValidationError, "JPEG or PNG"):
                self.make(picture=encoded(content))._isp_pdf('en')
        self.assertTrue(self.make(picture=encoded(picture('PNG', (300, 200))))._isp_pdf('en'))

    def test_a_text_that_is_too_long_is_refused(self):
        with self.assertRaisesRegex(ValidationError, "does not fit"):
            self.make(text_en="Very long words. " * 200)._isp_pdf('en')

    def test_markup_is_text(self):
        flyer = self.make(title_en='<img src="http://evil.example/x.png">Sale')
        text = pdf_text(flyer._isp_pdf('en')).replace('\n', '').replace(' ', '')
        self.assertIn('<imgsrc="http://evil.example/x.png">Sale', text)
