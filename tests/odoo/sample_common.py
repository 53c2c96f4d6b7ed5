"""The invented invoice of the layout preview, for the tests of pages."""
from odoo.addons.isp_billing.engine import document_layout, document_view, payment_code

from .document_common import DocumentCase
from .pdf_quality import boxes

MODES = ('en', 'fr', 'both')
QR = {'mem:qr': payment_code.qr_picture('https://isp.example')}


class SampleCase(DocumentCase):
    """The invented invoice of the preview, with as many lines as wanted, and its page."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.layout = cls.env['isp.document.layout'].new({
            'name': "Sample", 'company_id': cls.company.id,
            **cls.env['isp.document.layout'].default_get(
                list(cls.env['isp.document.layout']._fields))})
        cls.layout.company_id = cls.company

    def facts(self, count, settings):
        """The invented invoice with so many lines."""
        facts = self.layout._isp_sample_facts()
        pattern = facts['lines']
        facts['lines'] = [dict(pattern[place % len(pattern)]) for place in range(count)]
        facts['lines'][0] |= {'text': {
            'en': "Fibre 1000 unlimited with a static address and the extended guarantee",
            'fr': "Fibre 1000 illimitée avec adresse fixe et garantie prolongée du modem"},
            'amount': '12345.67', 'price_unit': '12345.67', 'code': "FIB-1000-PLUS"}
        facts['customer'] = {**facts['customer'], 'name': "Marie-Philippe Archambault-Desrosiers"}
        facts['layout'] = {**document_layout.DEFAULTS, **settings}
        return facts | self.env['isp.document.data']._follow_layout(facts, self.company)

    def page(self, facts, mode, images=None):
        """View and HTML of facts."""
        view = document_view.build_view(facts, mode)
        return view, self.env['account.move']._isp_html(
            view, 'mem:logo' if images and 'mem:logo' in images else None)

    def page_boxes(self, facts, mode):
        """What stands where on each page, see ``pdf_quality.boxes``."""
        view, html = self.page(facts, mode)
        return view, boxes(html, facts['paper'], view['slip'], QR, facts['layout'])
