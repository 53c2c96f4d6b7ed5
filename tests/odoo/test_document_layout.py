"""Layouts: which one an invoice takes, its versions, what stays the same for ever, the preview."""
import base64
import io

from PIL import Image

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import new_test_user

from .document_common import DocumentCase, pdf_text


def picture(colour):
    """A small picture (base64) of one colour."""
    target = io.BytesIO()
    Image.new('RGB', (60, 20), colour).save(target, 'PNG')
    return base64.b64encode(target.getvalue())


class LayoutCase(DocumentCase):

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.layout = cls.make_layout("Default")

    @classmethod
    def make_layout(cls, name, **values):
        return cls.env['isp.document.layout'].create(
            {'name': name, 'company_id': cls.company.id, **values})


class TestLayoutChoice(LayoutCase):

    def test_account_then_profile_then_default(self):
        profile = self.env['isp.billing.profile'].create(
            {'name': "Shops", 'company_id': self.company.id})
        shops, own = self.make_layout("Shops"), self.make_layout("Own")
        def chosen():
            return self.make_invoice().isp_layout_version_id.layout_id
        self.assertEqual(chosen(), self.layout)
        self.partner.isp_billing_profile_id = profile
        profile.layout_id = shops
        self.assertEqual(chosen(), shops)
        self.partner.isp_layout_id = own
        self.assertEqual(chosen(), own)

    def test_a_company_without_layout_has_the_built_in_one(self):
        self.layout.is_default = False
        move = self.make_invoice()
        self.assertFalse(move.isp_layout_version_id)
        self.company.isp_payment_slip = False
        self.assertIn("Payment slip", pdf_text(self.rendered(move)))
        self.assertNotIn("Payment slip", pdf_text(self.rendered(self.make_invoice())))

    def test_the_first_is_the_default_and_there_is_one(self):
        self.assertTrue(self.layout.is_default)
        other = self.make_layout("Other")
        self.assertFalse(other.is_default)
        other.is_default = True
        self.assertFalse(self.layout.is_default)
        copied = other.copy()
        self.assertFalse(copied.is_default)
        self.assertEqual(copied.version_number, 1)

    def test_a_default_is_not_archived_and_a_layout_not_deleted(self):
        with self.assertRaises(ValidationError) as refused:
            self.layout.active = False
        self.assertIn("is the default layout", str(refused.exception))
        other = self.make_layout("Other", is_default=True)
        self.layout.active = False
        self.assertFalse(self.layout.is_default)
        self.assertFalse(self.make_layout("Third").is_default)
        self.assertTrue(other.is_default)
        with self.assertRaisesRegex(UserError, "Archive the layout"):
            other.unlink()

    def test_an_archived_layout_or_one_of_another_company_is_not_taken(self):
        own = self.make_layout("Own")
        self.partner.isp_layout_id = own
        own.active = False
        self.assertEqual(self.make_invoice().isp_layout_version_id.layout_id, self.layout)
        main = self.env.ref('base.main_company')
        foreign = self.layout.with_context(allowed_company_ids=main.ids).create(
            {'name': "Foreign", 'company_id': main.id})
        self.partner.isp_layout_id = foreign
        self.assertEqual(self.make_invoice().isp_layout_version_id.layout_id, self.layout)
        with self.assertRaisesRegex(UserError, "stays with its company"):
            foreign.company_id = self.company

    def test_texts_that_have_no_room_are_refused(self):
        self.layout.address = "Service to members\n410, rue du Quai\nRimouski QC  G5L 1A1"
        def refused(change):
            with self.assertRaises(ValidationError) as found:
                change()
            return str(found.exception)
        self.assertIn("seven lines", refused(
            lambda: self.layout.write({'address': '\n'.join(["One more line"] * 7)})))
        self.assertIn("three lines, about 291 letters", refused(
            lambda: self.layout.write({'footer': "Members of the board " * 20})))
        self.assertIn("three lines", refused(lambda: self.layout.update_field_translations(
            'footer', {'fr_CA': "Le conseil " * 40})))
        self.assertFalse(self.layout.footer)

    def test_settings_reach_the_page(self):
        self.layout.write({
            'show_unit_prices': False, 'show_codes': True, 'show_slip': False, 'paper': 'A4',
            'website': "www.other.example", 'footer': False, 'font': 'roboto'})
        self.product.default_code = "FIB-500"
        move = self.make_invoice()
        text = pdf_text(self.rendered(move))
        self.assertIn("FIB-500", text)
        self.assertIn("www.other.example", text)
        for words in ("Unit price", "Payment slip"):
            self.assertNotIn(words, text)
        self.assertEqual(move.isp_document_data['paper'], 'A4')

    def test_footer_and_terms_in_both_languages(self):
        self.layout.write({'footer': "English foot", 'terms': "English terms"})
        self.layout.with_context(lang='fr_CA').write(
            {'footer': "Pied français", 'terms': "Conditions françaises"})
        english = pdf_text(self.rendered(self.make_invoice()))
        self.partner.isp_document_language = 'fr'
        french = pdf_text(self.rendered(self.make_invoice()))
        self.assertIn("English foot", english)
        self.assertIn("English terms", english)
        self.assertIn("Pied français", french)
        self.assertIn("Conditions françaises", french)

    def test_own_logo(self):
        before = self.rendered(self.make_invoice())
        self.layout.logo = picture('red')
        move = self.make_invoice()
        self.assertTrue(move.isp_document_data['logo'])
        # the code to pay is a picture, too
        self.assertEqual(self.rendered(move).count(b'/Image'), before.count(b'/Image') + 1)

    def test_past_due_stamp_and_age(self):
        self.layout.write({'show_past_due': True, 'show_aging': True})
        first = self.make_invoice(invoice_date='2026-07-01', invoice_date_due='2026-07-21')
        self.assertNotIn("PAST DUE", pdf_text(self.rendered(first)).upper())
        move = self.make_invoice(invoice_date='2026-10-01')
        self.assertEqual(move.isp_document_data['aging'], {
            'current': '114.98', 'd30': '0.00', 'd60': '0.00', 'd90': '114.98', 'older': '0.00'})
        text = pdf_text(self.rendered(move))
        self.assertIn("PAST DUE", text.upper())
        self.assertIn("61–90 days", text)

    def test_unmatched_payments_come_off_the_oldest(self):
        ages = self.env['isp.document.aging']._ages(
            [(100, 50.0), (10, 30.0), (0, 20.0), (-3, -60.0)], self.env.ref('base.CAD'))
        self.assertEqual(ages, {'current': '20.00', 'd30': '20.00', 'd60': '0.00', 'd90': '0.00',
                                'older': '0.00'})


class TestLayoutVersions(LayoutCase):

    def test_each_change_is_a_version_and_no_change_is_none(self):
        self.assertEqual(self.layout.version_number, 1)
        self.layout.color_primary = '#5a1846'
        self.assertEqual(self.layout.version_number, 2)
        self.layout.write({'color_primary': '#5A1846', 'name': "Renamed", 'sequence': 3})
        self.assertEqual(self.layout.version_number, 2)
        self.layout.with_context(lang='fr_CA').footer = "Pied"
        self.assertEqual(self.layout.version_number, 3)
        self.layout.update_field_translations('footer', {'fr_CA': "Autre pied"})
        self.assertEqual(self.layout.version_number, 4)

    def test_versions_are_never_changed(self):
        version = self.layout.version_ids
        with self.assertRaises(UserError):
            version.settings = {}
        with self.assertRaises(UserError):
            version.unlink()

    def test_a_later_edit_changes_no_byte(self):
        self.layout.write({'logo': picture('green'), 'footer': "As it was"})
        move = self.make_invoice()
        version = move.isp_layout_version_id
        before = move._isp_make_pdf(move.isp_document_data)
        self.layout.write({
            'color_primary': '#5a1846', 'font': 'roboto', 'show_unit_prices': False,
            'grouping': 'address', 'footer': "Other", 'logo': picture('blue'), 'paper': 'A4',
            'show_slip': False, 'window': 'right', 'show_check_digit': True})
        self.assertEqual(self.rendered(move), before)
        self.assertEqual(move.isp_layout_version_id, version)
        self.assertEqual(version.settings, move.isp_document_data['layout'])
        later = self.make_invoice()
        self.assertEqual(later.isp_layout_version_id.number, version.number + 1)
        self.assertNotEqual(self.rendered(later), before)

    def test_pale_colours_are_refused_with_a_better_one(self):
        with self.assertRaises(ValidationError) as refused:
            self.layout.color_totals = '#ffcc00'
        self.assertRegex(str(refused.exception), r'nearest colour.*#[0-9a-f]{6}')
        with self.assertRaises(ValidationError) as refused:
            self.layout.color_primary = 'red'
        self.assertIn("written as #", str(refused.exception))
        self.layout.color_accent = '#ffff00'


class TestLayoutPreview(LayoutCase):

    def preview(self, values, language='en', move=None, layout=None):
        layouts = self.layout if layout is None else layout
        result = layouts.isp_preview(values, language, move.id if move else False)
        return result['problem'], pdf_text(base64.b64decode(result['pdf'] or b''))  \
            if result['pdf'] else ''

    def test_unsaved_values_in_each_language(self):
        version = self.layout.version_number
        for language, words in (('en', ["Amount due"]), ('fr', ["Montant dû"]),
                                ('both', ["Montant dû", "Amount due"])):
            problem, text = self.preview({'show_codes': True, 'footer': "Try me"}, language)
            self.assertFalse(problem)
            for word in [*words, "FIB500", "Nordet Fibre inc.", "80512 3456 RT0001"]:
                self.assertIn(word, text)
        self.assertEqual(self.layout.version_number, version)
        self.assertFalse(self.layout.footer)
        self.assertNotIn("FIB500", self.preview({})[1])

    def test_a_layout_that_was_never_saved(self):
        layouts = self.env['isp.document.layout']
        values = layouts.default_get(list(layouts._fields))
        values['logo'] = picture('red').decode()
        problem, text = self.preview(values, layout=layouts)
        self.assertFalse(problem)
        self.assertIn("Friend referred", text)

    def test_a_real_invoice(self):
        move = self.make_invoice()
        _problem, text = self.preview({'show_slip': False}, move=move)
        self.assertIn(move.name, text)
        self.assertNotIn("Payment slip", text)

    def test_colours_that_cannot_be_read_are_explained(self):
        problem, text = self.preview({'color_primary': '#88ccff'})
        self.assertIn("nearest colour", problem)
        self.assertEqual(text, '')

    def test_texts_that_have_no_room_are_explained(self):
        problem, text = self.preview({'footer': "Members of the board " * 20})
        self.assertIn("three lines", problem)
        self.assertEqual(text, '')

    def test_tax_registrations_of_the_form_before_they_are_saved(self):
        gst, qst = self.registrations
        group = self.chart.ref('tax_group_gst')
        problem, text = self.preview({'registration_ids': [
            [1, gst.id, {'number': "11111 1111 RT0001"}], [2, qst.id, False],
            [0, 'virtual_1', {'label': "HST", 'number': "22222 2222 RT0002", 'sequence': 20,
                              'tax_group_ids': [[4, group.id, False]]}],
            [0, 'virtual_2', {'label': "BN", 'number': "333333333", 'in_foot': True}]]}, 'fr')
        self.assertFalse(problem)
        text = ' '.join(text.split())
        for words in ("TPS 5 % Nº 11111 1111 RT0001", "TVH 5 % Nº 22222 2222 RT0002",
                      "BN 333333333"):
            self.assertIn(words, text)
        self.assertNotIn("1234567890 TQ0001", text)
        self.assertEqual(gst.number, "80512 3456 RT0001")
        self.assertTrue(qst.exists())
        self.assertIn("1234567890 TQ0001", self.preview({})[1])

    def test_tax_registrations_are_saved_with_the_form(self):
        gst, qst = self.registrations
        manager = new_test_user(
            self.env, 'layout-manager', groups='base.group_user,isp_billing.group_manager',
            company_id=self.company.id, company_ids=[(6, 0, self.company.ids)])
        layout = self.layout.with_user(manager).with_context(
            allowed_company_ids=self.company.ids)
        self.assertEqual(layout.registration_ids, self.registrations)
        layout.write({'registration_ids': [
            [1, gst.id, {'number': "11111 1111 RT0001"}], [2, qst.id, False],
            [0, 'virtual_1', {'label': "BN", 'number': "333333333", 'in_foot': True}]]})
        self.assertEqual(gst.number, "11111 1111 RT0001")
        self.assertFalse(qst.exists())
        self.assertEqual(layout.registration_ids.mapped('label'), ["GST", "BN"])
        self.assertEqual(self.company.isp_tax_registration_ids, layout.registration_ids)
        made = self.env['isp.document.layout'].create({
            'name': "With a number", 'company_id': self.company.id, 'registration_ids': [
                [0, 0, {'label': "TVP", 'number': "4", 'in_foot': True}]]})
        self.assertIn("TVP 4", made.registration_ids.mapped('display_name'))
        # as the browser sends those that the form shows of a new layout, and one that is deleted
        added = made.registration_ids.filtered(lambda row: row.label == "TVP")
        other = self.env['isp.document.layout'].create({
            'name': "As it is", 'company_id': self.company.id,
            'registration_ids': [[4, row.id] for row in made.registration_ids]})
        self.assertEqual(other.registration_ids, made.registration_ids)
        other.write({'registration_ids': [[2, added.id]]})
        self.assertFalse(added.exists())

    def test_another_company_is_not_shown(self):
        main = self.env.ref('base.main_company')
        clerk = new_test_user(
            self.env, 'layout-clerk-2', groups='base.group_user,isp_billing.group_clerk',
            company_id=main.id, company_ids=[(6, 0, main.ids)])
        layouts = self.env['isp.document.layout'].with_user(clerk).with_context(
            allowed_company_ids=main.ids)
        values = layouts.default_get(list(layouts._fields))
        self.assertTrue(layouts.isp_preview(values, 'en')['pdf'])
        with self.assertRaises(AccessError):
            layouts.isp_preview({**values, 'company_id': self.company.id}, 'en')

    def test_an_invoice_of_another_company_is_not_shown(self):
        clerk = new_test_user(
            self.env, 'layout-clerk', groups='base.group_user,isp_billing.group_manager',
            company_id=self.env.ref('base.main_company').id,
            company_ids=[(6, 0, self.env.ref('base.main_company').ids)])
        move = self.make_invoice()
        layouts = self.env['isp.document.layout'].with_user(clerk).with_context(
            allowed_company_ids=self.env.ref('base.main_company').ids)
        values = layouts.default_get(list(layouts._fields))
        with self.assertRaises(UserError):
            layouts.isp_preview(values, 'en', move.id)
