"""Factur-X: Odoo's XML inside our sealed document, which is an archive PDF then."""
import io
from datetime import date
from unittest.mock import patch
from xml.etree import ElementTree

import pikepdf
from aiosmtpd.controller import Controller

from odoo import Command
from odoo.exceptions import UserError

from .common import IspCase
from .document_common import encoded, make_pdf, page_count, pdf_text
from .mail_common import Inbox, free_port
from .pdf_quality import archive_complaints, complaints, facturx_complaints

RAM = '{urn:un:unece:uncefact:data:standard:ReusableAggregateBusinessInformationEntity:100}'


def embedded(content):
    """The only embedded file of a PDF: (name, bytes, relationship)."""
    with pikepdf.open(io.BytesIO(content)) as pdf:
        (name, file), = pdf.attachments.items()
        return name, file.get_file().read_bytes(), str(file.obj.AFRelationship)


def texts(xml, path):
    """Texts of all elements of a path of RAM names."""
    return [''.join(found.itertext()).strip() for found in ElementTree.fromstring(xml).iterfind(
        './/' + '/'.join(RAM + name for name in path.split('/')))]


class EInvoiceCase(IspCase):

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.fr.write({'vat': "FR23334175221", 'phone': "+33 1 23 45 67 89",
                      'email': "factures@rivelin.example", 'isp_document_language': 'fr'})
        cls.bank = cls.env['res.partner.bank'].create({
            'acc_number': "FR7630006000011234567890189", 'partner_id': cls.fr.partner_id.id,
            'allow_out_payment': True})
        cls.access = cls.make_plan('ACCES', 49.9, company=cls.fr)
        cls.box = cls.make_plan('BOX', 5.0, company=cls.fr, kind='equipment')
        cls.shop = cls.make_account("Librairie du Pont", company=cls.fr, is_company=True,
                                    zip="75011", city="Paris")
        cls.make_subscription(cls.shop, [
            cls.access, {'isp_plan_id': cls.box.id, 'isp_date_start': '2026-10-11'},
        ], '2026-10-01', company=cls.fr)
        cls.set_format(cls.shop, 'facturx')

    @classmethod
    def set_format(cls, partner, name):
        partner.with_company(cls.fr).invoice_edi_format = name

    def posted(self, **values):
        """The invoice of the shop for October: two lines, one of them for 21 of 31 days."""
        run = self.bill('2026-10-11', company=self.fr, **values)
        return run.move_ids

    def rendered(self, move):
        self.assertEqual(move._isp_render_documents(), {move.id: None})
        return move.isp_document_id.raw


class TestEInvoice(EInvoiceCase):

    def test_xml_of_a_run_has_amounts_number_and_service_periods(self):
        move = self.posted()
        name, xml, relationship = embedded(self.rendered(move))
        self.assertEqual((name, relationship), ('factur-x.xml', '/Alternative'))
        settlement = 'ApplicableHeaderTradeSettlement'
        summary = f'{settlement}/SpecifiedTradeSettlementHeaderMonetarySummation'
        self.assertEqual(ElementTree.fromstring(xml).findtext(f'{{*}}ExchangedDocument/{RAM}ID'),
                         move.name)
        self.assertEqual(texts(xml, f'{summary}/TaxBasisTotalAmount'),
                         [f'{move.amount_untaxed:.2f}'])
        self.assertEqual(texts(xml, f'{summary}/GrandTotalAmount'), [f'{move.amount_total:.2f}'])
        self.assertEqual(texts(xml, f'{summary}/TaxTotalAmount'), [f'{move.amount_tax:.2f}'])
        self.assertEqual(texts(xml, f'{settlement}/BillingSpecifiedPeriod/StartDateTime'),
                         ['20261001'])
        self.assertEqual(texts(xml, f'{settlement}/BillingSpecifiedPeriod/EndDateTime'),
                         ['20261031'])
        line = 'SpecifiedLineTradeSettlement'
        self.assertEqual(
            sorted(zip(texts(xml, f'{line}/BillingSpecifiedPeriod/StartDateTime'),
                       texts(xml, f'{line}/BillingSpecifiedPeriod/EndDateTime'),
                       texts(xml, f'{line}/SpecifiedTradeSettlementLineMonetarySummation'),
                       strict=True)),
            [('20261001', '20261031', '49.90'), ('20261011', '20261031', '3.39')])
        order = [child.tag.removeprefix(RAM) for child in
                 ElementTree.fromstring(xml).find(f'.//{RAM}{settlement}')]
        self.assertEqual(order.index('BillingSpecifiedPeriod'),
                         order.index('ApplicableTradeTax') + 1)
        self.assertIn(move.name, pdf_text(move.isp_document_id.raw))

    def test_case_119_credit_names_the_days_that_are_given_back(self):
        """XML and paper of a credit name the days given back: 16 of 31, 16 to 31 October."""
        self.env['isp.language.rule'].search([]).active = False
        self.posted()
        subscription = self.env['sale.subscription'].search([('partner_id', '=', self.shop.id)])
        subscription._isp_end(date(2026, 10, 15))
        credit = self.bill('2026-11-01', company=self.fr).move_ids
        self.assertEqual(credit.move_type, 'out_refund')
        _name, xml, _relationship = embedded(self.rendered(credit))
        periods = {
            path: set(zip(texts(xml, f'{path}/BillingSpecifiedPeriod/StartDateTime'),
                          texts(xml, f'{path}/BillingSpecifiedPeriod/EndDateTime'), strict=True))
            for path in ('SpecifiedLineTradeSettlement', 'ApplicableHeaderTradeSettlement')}
        self.assertEqual(set().union(*periods.values()), {('20261016', '20261031')})
        self.assertIn("16 jours sur 31", pdf_text(credit.isp_document_id.raw).replace('\xa0', ' '))

    def test_document_is_an_archive_in_each_mode(self):
        self.env['isp.language.rule'].search([]).active = False  # English alone is tried, too
        first = self.posted()
        for mode in ('fr', 'en', 'both'):
            self.shop.with_company(self.fr).isp_document_language = mode
            move = first.copy({'invoice_date': '2026-10-12'})
            move._post()
            with self.subTest(mode=mode):
                content = self.rendered(move)
                self.assertEqual(archive_complaints(content), [])
                self.assertEqual(complaints(content, carries='factur-x.xml'), [])

    def test_credit_note_is_one_too(self):
        credit = self.posted()._reverse_moves([{'invoice_date': '2026-10-20'}])
        credit._post()
        content = self.rendered(credit)
        _name, xml, _relationship = embedded(content)
        self.assertEqual(ElementTree.fromstring(xml).findtext(
            f'{{*}}ExchangedDocument/{RAM}TypeCode'), '381')
        self.assertEqual(texts(xml, 'ApplicableHeaderTradeSettlement/BillingSpecifiedPeriod'
                                    '/StartDateTime'), ['20261001'])
        self.assertEqual(archive_complaints(content), [])

    def test_xml_keeps_the_official_rules(self):
        move = self.posted()
        credit = move._reverse_moves([{'invoice_date': '2026-10-20'}])
        credit._post()
        for document in move | credit:
            with self.subTest(kind=document.move_type):
                self.rendered(document)
                xml = document.isp_einvoice_id.raw
                self.assertEqual(facturx_complaints(xml), [])
        broken = xml.replace(b'<ram:GrandTotalAmount>', b'<ram:GrandTotalAmount>9')
        self.assertTrue([text for text in facturx_complaints(broken) if 'BR-FXEXT-CO-15' in text])

    def test_odoo_finds_the_same_xml_at_all_its_doors(self):
        move = self.posted()
        legal = move._get_invoice_legal_documents('ubl', allow_fallback=True)
        self.assertTrue(move.isp_document_id, "asking for the XML seals the document")
        _name, xml, _relationship = embedded(move.isp_document_id.raw)
        self.assertEqual(legal['content'], xml)
        self.assertEqual(move.ubl_cii_xml_id, move.isp_einvoice_id)
        self.assertFalse(move._need_ubl_cii_xml('facturx'))
        with self.assertRaisesRegex(UserError, "sealed"):
            move.isp_einvoice_id.unlink()

    def test_same_facts_give_the_same_bytes(self):
        move = self.posted()
        content = self.rendered(move)
        again = move._isp_make_pdf(move.isp_document_data, move._isp_einvoice())
        self.assertEqual(again, content)

    def test_odoo_can_read_it_back(self):
        move = self.posted()
        content = self.rendered(move)
        journal = self.env['account.journal'].create({
            'name': "Purchases", 'code': 'ACH', 'type': 'purchase', 'company_id': self.fr.id,
            'default_account_id': self.accounts[self.fr][1].id})
        file = self.env['ir.attachment'].create({'name': 'x.pdf', 'raw': content})
        bill = journal.with_company(self.fr)._create_document_from_attachment(file.ids)
        self.assertEqual(bill.ref, move.name)
        self.assertAlmostEqual(bill.amount_untaxed, 53.29)


class TestOtherDocuments(EInvoiceCase):

    def test_without_the_format_nothing_is_claimed(self):
        self.set_format(self.shop, False)
        move = self.posted()
        content = self.rendered(move)
        self.assertEqual(complaints(content), [])
        with pikepdf.open(io.BytesIO(content)) as pdf:
            self.assertFalse(pdf.attachments)
            for key in ('/OutputIntents', '/AF', '/Metadata'):
                self.assertNotIn(key, pdf.Root)
        self.assertFalse(move.isp_einvoice_id)
        self.assertEqual(content, move._isp_make_pdf(move.isp_document_data))

    def test_copies_and_drafts_carry_no_xml(self):
        draft = self.posted().copy()
        self.assertEqual(complaints(draft._isp_legal_pdf()), [])

    def test_what_is_missing_is_named_and_can_be_mended(self):
        self.fr.phone = False
        move = self.posted()
        reason = move._isp_render_documents()[move.id]
        self.assertIn(move.name, reason)
        self.assertIn("Rivelin Test SAS", reason)
        self.assertIn("Librairie du Pont", reason)
        self.assertFalse(move.isp_document_id)
        self.fr.phone = "+33 1 23 45 67 89"
        self.assertEqual(archive_complaints(self.rendered(move)), [])

    def test_an_untaxed_line_is_an_error_not_a_document(self):
        move = self.env['account.move'].create({
            'move_type': 'out_invoice', 'partner_id': self.shop.id, 'company_id': self.fr.id,
            'journal_id': self.journals[self.fr].id, 'isp_account_id': self.shop.id,
            'invoice_date': '2026-10-01', 'invoice_line_ids': [Command.create({
                'name': "Fee", 'price_unit': 10.0, 'tax_ids': [Command.clear()]})]})
        move._post()
        self.assertIn(move.name, move._isp_render_documents()[move.id])
        self.assertFalse(move.isp_document_id)


class TestSending(EInvoiceCase):

    def send(self, move, **settings):
        """Send with Odoo's own dialog, or with settings that it does not show."""
        if settings:
            self.env['account.move.send']._generate_and_send_invoices(
                move, sending_methods=['email'], **settings)
        else:
            self.env['account.move.send.wizard'].with_context(
                active_model='account.move', active_ids=move.ids).create({}).action_send_and_print()
        return move.message_ids.filtered('attachment_ids')[:1]

    def test_odoo_dialog_sends_the_archive_and_the_xml(self):
        move = self.posted()
        files = {file.mimetype: file.raw for file in self.send(move).attachment_ids}
        self.assertEqual(files['application/pdf'], move.isp_document_id.raw)
        self.assertEqual(archive_complaints(move.isp_document_id.raw), [])
        self.assertEqual(embedded(files['application/pdf'])[1], files['application/xml'])

    def test_format_chosen_when_sending_holds(self):
        self.set_format(self.shop, False)
        move = self.posted()
        self.send(move, invoice_edi_format='facturx')
        self.assertEqual(archive_complaints(move.isp_document_id.raw), [])

    def test_xml_for_a_document_that_was_sealed_without_has_its_periods(self):
        self.set_format(self.shop, False)
        move = self.posted()
        before = self.rendered(move)
        self.send(move, invoice_edi_format='facturx')
        self.assertEqual(move.isp_document_id.raw, before)
        self.assertFalse(move.isp_einvoice_id)
        self.assertEqual(texts(move.ubl_cii_xml_id.raw, 'ApplicableHeaderTradeSettlement'
                               '/BillingSpecifiedPeriod/EndDateTime'), ['20261031'])

    def test_flyers_travel_beside_the_archive(self):
        self.fr.isp_attachment_delivery = 'merged'
        self.env['isp.invoice.attachment'].create({
            'name': "Offre", 'company_id': self.fr.id, 'pdf_fr': encoded(make_pdf(2))})
        move = self.posted()
        files = move._isp_delivery_files()
        self.assertEqual([page_count(content) for _name, content in files], [1, 2])
        self.assertEqual(files[0][1], move.isp_document_id.raw)
        self.assertEqual(move._isp_delivery_facts()['mode'], 'separate')

    def test_printed_copy_has_the_flyer_and_keeps_the_xml(self):
        self.shop.with_company(self.fr).isp_delivery_channel = 'paper'
        self.env['isp.invoice.attachment'].create({
            'name': "Offre", 'company_id': self.fr.id, 'pdf_fr': encoded(make_pdf(2))})
        move = self.posted()
        content, _name = move._isp_assembled_pdf()
        self.assertEqual(page_count(content), 3)
        self.assertEqual(embedded(content)[1], move.isp_einvoice_id.raw)
        with pikepdf.open(io.BytesIO(content)) as pdf:
            self.assertNotIn('pdfaid:part', pdf.open_metadata())

    def test_a_run_renders_and_delivers_it(self):
        inbox, port = Inbox(), free_port()
        self.env['ir.mail_server'].search([]).active = False
        self.env['ir.mail_server'].create({
            'name': "loopback", 'smtp_host': '127.0.0.1', 'smtp_port': port})
        server = Controller(inbox, hostname='127.0.0.1', port=port)
        server.start()
        self.addCleanup(server.stop)
        with patch.object(type(self.env['ir.mail_server']), '_disable_send', lambda *args: False):
            run = self.bill('2026-10-11', company=self.fr, deliver=True)
        self.assertEqual(archive_complaints(run.move_ids.isp_document_id.raw), [])
        self.assertEqual(run.bill_ids.mapped('delivery_state'), ['sent'])
        (_to, mail), = inbox.mails
        self.assertEqual([part.get_content() for part in mail.iter_attachments()],
                         [run.move_ids.isp_document_id.raw])
