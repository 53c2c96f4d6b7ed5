"""Registration numbers that belong to no tax stand in the foot of documents."""
from unittest.mock import patch

from odoo.exceptions import ValidationError

from .document_common import DocumentCase, pdf_text


class TestRegistrationInFoot(DocumentCase):

    def test_labels_per_language_and_no_number_twice(self):
        self.company.company_registry = "99999999800013"
        self.assertIn("99999999800013", pdf_text(self.rendered(self.make_invoice())))
        number = self.env['isp.tax.registration'].create({
            'company_id': self.company.id, 'label': "Company no.", 'number': "999 999 998 00013",
            'in_foot': True})
        number.with_context(lang='fr_CA').label = "NEQ"
        english = pdf_text(self.rendered(self.make_invoice()))
        self.assertIn("Company no. 999 999 998 00013", english)
        self.assertNotIn("99999999800013", english)
        self.partner.isp_document_language = 'fr'
        self.assertIn("NEQ 999 999 998 00013", pdf_text(self.rendered(self.make_invoice())))

    def test_the_register_of_a_country_has_its_name(self):
        """A bare number tells nobody what it is."""
        country = self.env['res.country']
        for code, number, wanted in (
            ('FR', "99999999800013", "SIRET 999 999 998 00013"),
            ('FR', "999 999 998", "SIREN 999 999 998"),
            ('FR', "RCS Die 999", "RCS Die 999"),
            ('CA', "1234567-8", "1234567-8"),
        ):
            self.company.write({'country_id': country.search([('code', '=', code)]).id,
                                'company_registry': number})
            legal = self.env['isp.document.data']._company_legal(self.company)
            wanted = wanted.replace(' ', '\N{NO-BREAK SPACE}')
            self.assertEqual(legal, {'en': wanted, 'fr': wanted}, number)
        with patch.object(type(self.env['res.partner']), '_get_company_registry_labels',
                          lambda self: {'CA': f"Number ({self.env.lang})"}):
            legal = self.env['isp.document.data']._company_legal(self.company)
        self.assertIn("Number\N{NO-BREAK SPACE}(en", legal['en'])
        self.assertIn("Number\N{NO-BREAK SPACE}(fr_CA)", legal['fr'])

    def test_a_number_is_printed_somewhere(self):
        with self.assertRaises(ValidationError):
            self.env['isp.tax.registration'].create(
                {'company_id': self.company.id, 'label': "X", 'number': "1"})
