"""What stands on documents beside charges: references, texts, legal mentions, maturities."""
import os

from .common import IspCase
from .document_common import DocumentCase, pdf_text

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
        other = move._reverse_moves([{'invoice_date': '2026-10-02', 'ref': "PO-9"}])
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
