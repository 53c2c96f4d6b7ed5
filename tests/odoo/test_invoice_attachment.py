"""PDFs that travel with invoices: checked on upload, frozen on the invoice, kept as they were."""
import base64
import hashlib
import io

import pikepdf
from weasyprint import HTML

from odoo import Command
from odoo.exceptions import UserError, ValidationError
from odoo.tests import Form

from odoo.addons.isp_billing.engine.pdf_check import PdfRefused

from tests.unit.pdf_corpus import BAD

from .document_common import DocumentCase, encoded, make_pdf, page_count


class TestInvoiceAttachment(DocumentCase):

    def make(self, **values):
        return self.env['isp.invoice.attachment'].create({'name': "Spring offer", **values})

    def test_facts_are_noted_for_each_language(self):
        attachment = self.make(pdf_en=encoded(make_pdf(2)), pdf_fr=encoded(make_pdf(3)))
        self.assertEqual((attachment.pdf_en_pages, attachment.pdf_fr_pages), (2, 3))
        self.assertEqual(len(attachment.pdf_en_sha256), 64)
        self.assertFalse(attachment.missing_language)

    def test_refusals_name_the_record_the_field_and_the_mend(self):
        locked = io.BytesIO()
        pdf = pikepdf.new()
        pdf.add_blank_page()
        pdf.save(locked, encryption=pikepdf.Encryption(user='a', owner='b'))
        for content, words in (
            (b'PK\x03\x04', "not a PDF"), (locked.getvalue(), "protected by a password"),
            (make_pdf(2)[:300], "damaged"), (make_pdf(9), "9 pages; the limit is 8"),
        ):
            with self.assertRaisesRegex(ValidationError, words) as refused:
                self.make(pdf_fr=encoded(content))
            self.assertIn("Spring offer", str(refused.exception))
            self.assertIn("PDF in French", str(refused.exception))

    def test_files_without_tags_are_named(self):
        tagged = HTML(string="<html lang='en'><title>t</title><p>text").write_pdf(pdf_tags=True)
        attachment = self.make(pdf_en=encoded(tagged), pdf_fr=encoded(make_pdf(1)))
        self.assertEqual(attachment.with_context(bin_size=True).untagged, "PDF in French")
        attachment.pdf_fr = encoded(tagged)
        self.assertFalse(attachment.untagged)
        with Form(attachment) as form:
            form.pdf_fr_ca = encoded(make_pdf(1))
            form.pdf_en = encoded(make_pdf(1))
            self.assertEqual(form.untagged, "PDF in English, PDF in French of Canada")
            form.pdf_en = b'bm90IGEgUERG'
            self.assertIn("PDF in English", form.untagged)
            form.pdf_en = encoded(tagged)

    def test_every_reason_to_refuse_has_its_sentence(self):
        codes = {code for _name, _content, code in BAD} | {'too_large', 'external_stream'}
        for code in sorted(codes):
            refused = PdfRefused(code, pages=9, max_pages=8, size=1, max_size=1)
            with self.subTest(code=code):
                self.assertTrue(self.env['isp.invoice.attachment']._isp_refusal(refused))

    def test_a_bad_file_is_refused_or_cleaned_when_asked(self):
        bad = {name: content for name, content, _code in BAD}
        with self.assertRaisesRegex(ValidationError, "Clean what is uploaded"):
            self.make(pdf_en=encoded(bad['a script among the names']))
        attachment = self.make(pdf_en=encoded(bad['a script among the names']),
                               clean_uploads=True)
        stored = base64.b64decode(attachment.pdf_en)
        self.assertNotIn(b'JavaScript', stored)
        self.assertEqual(hashlib.sha256(stored).hexdigest(), attachment.pdf_en_sha256)
        self.assertEqual(page_count(self.make_invoice()._isp_assembled_pdf()[0]), 2)
        attachment.pdf_en = encoded(bad['a program to launch'])
        self.assertNotIn(b'cmd.exe', base64.b64decode(attachment.pdf_en))
        for name in ('locked with a password', 'a bomb on the page', 'without its end'):
            with self.assertRaises(ValidationError) as refused:
                attachment.pdf_en = encoded(bad[name])
            self.assertNotIn("Clean what is uploaded", str(refused.exception))

    def test_limits_are_those_of_the_company(self):
        self.company.isp_attachment_max_pages = 1
        with self.assertRaisesRegex(ValidationError, "limit is 1"):
            self.make(pdf_en=encoded(make_pdf(2)))
        attachment = self.make(pdf_en=encoded(make_pdf(1)))
        with self.assertRaisesRegex(ValidationError, "limit is 1"):
            attachment.pdf_en = encoded(make_pdf(2))

    def test_facts_cannot_be_forged(self):
        attachment = self.make(pdf_en=encoded(make_pdf(1)))
        before = attachment.pdf_en_sha256
        attachment.write({'pdf_en_sha256': 'x' * 64, 'pdf_en_pages': 99})
        self.assertEqual((attachment.pdf_en_sha256, attachment.pdf_en_pages), (before, 1))

    def test_no_pdf_at_all_is_refused(self):
        with self.assertRaisesRegex(ValidationError, "at least one language"):
            self.make()

    def test_invoices_carry_their_language_and_fall_back(self):
        self.make(pdf_en=encoded(make_pdf(1, "en")), pdf_fr=encoded(make_pdf(2, "fr")))
        only_english = self.make(name="Terms", pdf_en=encoded(make_pdf(1, "t")), sequence=20)
        self.assertEqual(only_english.missing_language, 'fr')
        self.partner.isp_document_language = 'fr'
        inserts = self.make_invoice().isp_insert_ids
        self.assertEqual(inserts.mapped('language'), ['fr', 'en'])
        self.assertEqual(inserts.mapped('pages'), [2, 1])

    def carried(self, attachment):
        """Language and pages of what the next invoice carries of an attachment."""
        insert = self.make_invoice().isp_insert_ids.filtered(
            lambda row: row.attachment_id == attachment)
        return insert.language, insert.pages

    def test_french_of_canada_then_the_other_french_then_english(self):
        self.partner.isp_document_language = 'fr'
        flyer = self.make(
            pdf_en=encoded(make_pdf(1, "en")), pdf_fr=encoded(make_pdf(2, "fr")),
            pdf_fr_ca=encoded(make_pdf(3, "ca")))
        self.assertEqual(flyer.pdf_fr_ca_pages, 3)
        self.assertEqual(self.carried(flyer), ('fr_ca', 3))
        self.company.isp_french = 'fr_FR'
        self.assertEqual(self.carried(flyer), ('fr', 2))
        flyer.pdf_fr = False
        self.assertEqual(self.carried(flyer), ('fr_ca', 3))
        self.assertFalse(flyer.missing_language)
        self.company.isp_french = 'fr_CA'
        flyer.write({'pdf_fr': encoded(make_pdf(2, "fr")), 'pdf_fr_ca': False})
        self.assertEqual(self.carried(flyer), ('fr', 2))
        flyer.pdf_fr = False
        self.assertEqual(self.carried(flyer), ('en', 1))
        self.assertEqual(flyer.missing_language, 'fr')

    def test_english_falls_back_to_the_french_of_the_company(self):
        flyer = self.make(pdf_fr=encoded(make_pdf(2)), pdf_fr_ca=encoded(make_pdf(3)))
        self.assertEqual(self.carried(flyer), ('fr_ca', 3))
        self.assertEqual(flyer.missing_language, 'en')

    def test_a_carried_french_of_canada_is_kept(self):
        self.partner.isp_document_language = 'fr'
        old = make_pdf(1, "old")
        flyer = self.make(pdf_fr_ca=encoded(old))
        insert = self.make_invoice().isp_insert_ids
        flyer.pdf_fr_ca = encoded(make_pdf(2, "new"))
        self.assertEqual(insert.file_id.raw, old)

    def test_targets(self):
        tag = self.env['res.partner.category'].create({'name': "VIP"})
        for values in ({'date_end': '2026-09-30'}, {'date_start': '2026-11-01'},
                       {'account_tag_ids': [Command.set(tag.ids)]}, {'kind_tv': True},
                       {'active': False}):
            self.make(pdf_en=encoded(make_pdf()), **values)
        self.assertFalse(self.make_invoice().isp_insert_ids)
        self.partner.category_id = tag
        self.assertEqual(len(self.make_invoice().isp_insert_ids), 1)

    def test_a_carried_file_is_never_overwritten(self):
        old, new = make_pdf(1, "old"), make_pdf(3, "new")
        attachment = self.make(pdf_en=encoded(old))
        move = self.make_invoice()
        attachment.pdf_en = encoded(new)
        self.assertEqual(move.isp_insert_ids.file_id.raw, old)
        self.assertEqual(page_count(move._isp_assembled_pdf()[0]), 2)
        later = self.make_invoice()
        self.assertEqual(later.isp_insert_ids.file_id.raw, new)
        self.assertEqual(page_count(later._isp_assembled_pdf()[0]), 4)
        attachment.pdf_en = False if attachment.pdf_fr else encoded(make_pdf(2, "newest"))
        self.assertEqual(later.isp_insert_ids.file_id.raw, new)

    def test_carried_records_and_files_are_not_deleted(self):
        attachment = self.make(pdf_en=encoded(make_pdf()))
        move = self.make_invoice()
        for change in (
            lambda: attachment.unlink(),
            lambda: move.isp_insert_ids.file_id.unlink(),
            lambda: move.isp_insert_ids.file_id.write({'raw': make_pdf(2)}),
        ):
            with self.assertRaises(UserError), self.env.cr.savepoint():
                change()

    def test_a_broken_insert_is_left_out_and_noted(self):
        first = self.make(pdf_en=encoded(make_pdf(1, "a")))
        self.make(name="Second", pdf_en=encoded(make_pdf(2, "b")), sequence=20)
        move = self.make_invoice()
        insert = move.isp_insert_ids.filtered(lambda row: row.attachment_id == first)
        self.env.cr.execute("UPDATE ir_attachment SET db_datas = %s, store_fname = NULL "
                            "WHERE id = %s", (b'%PDF-1.7 broken', insert.file_id.id))
        self.env.invalidate_all()
        self.assertEqual(page_count(move._isp_assembled_pdf()[0]), 3)
        self.assertEqual(insert.problem, 'changed')
        notes = move.message_ids.filtered(lambda message: "left out" in (message.body or ''))
        self.assertEqual(len(notes), 1)
        move._isp_assembled_pdf()
        self.assertEqual(insert.problem, 'changed')

    def test_separate_files(self):
        self.company.isp_attachment_delivery = 'separate'
        self.make(pdf_en=encoded(make_pdf(2)), pdf_en_name="offer.pdf")
        move = self.make_invoice()
        files = move._isp_delivery_files()
        self.assertEqual([name for name, _content in files],
                         [move._isp_document_filename(), "offer.pdf"])
        self.assertEqual(page_count(files[0][1]), 1)
