"""Registration numbers that belong to no tax stand in the foot of documents."""
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

    def test_a_number_is_printed_somewhere(self):
        with self.assertRaises(ValidationError):
            self.env['isp.tax.registration'].create(
                {'company_id': self.company.id, 'label': "X", 'number': "1"})
