"""A Quebec Internet provider with its chart, plans and accounts, for the tests of documents."""
import base64
import io

import pikepdf
from pypdf import PdfReader

from odoo import Command
from odoo.tests import TransactionCase, tagged


def make_pdf(pages=1, text=''):
    """A small good PDF (bytes); a different text gives different bytes."""
    pdf = pikepdf.new()
    for place in range(pages):
        page = pdf.add_blank_page(page_size=(612, 792))
        page.obj.Contents = pdf.make_stream(f'% {text} {place}\nq Q'.encode())
    target = io.BytesIO()
    pdf.save(target, deterministic_id=True)
    return target.getvalue()


def encoded(content):
    """Bytes as a binary field takes them."""
    return base64.b64encode(content)


def pdf_text(content):
    """Text of a PDF with ordinary spaces."""
    text = '\n'.join(page.extract_text() for page in PdfReader(io.BytesIO(content)).pages)
    return text.replace('\u00a0', ' ').replace('\u202f', ' ')


def page_count(content):
    return len(PdfReader(io.BytesIO(content)).pages)


@tagged('standard', 'post_install', '-at_install')
class DocumentCase(TransactionCase):
    """One company in Quebec; invoices of its ISP journal are made by ``make_invoice``."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env = cls.env(context=dict(cls.env.context, tracking_disable=True))
        quebec = cls.env.ref('base.state_ca_qc')
        cls.company = cls.env['res.company'].create({
            'name': "Nordet Fibre inc.", 'country_id': quebec.country_id.id,
            'state_id': quebec.id, 'street': "410, rue du Quai", 'city': "Rimouski",
            'zip': "G5L 1A1", 'phone': "1 888 555-0177", 'email': "facturation@nordet.example",
            'website': "https://nordet.example", 'currency_id': cls.env.ref('base.CAD').id,
            'isp_french': 'fr_CA', 'isp_tz': 'America/Montreal',
        })
        # the tests say themselves which language holds; the rules have their own tests
        cls.env['isp.language.rule'].search([]).active = False
        cls.env.user.company_ids |= cls.company
        cls.env = cls.env(context=dict(
            cls.env.context, allowed_company_ids=[cls.company.id], lang='en_US'))
        cls.company = cls.company.with_env(cls.env)
        cls.env['account.chart.template'].try_loading('ca_2023', cls.company, install_demo=False)
        cls.chart = cls.env['account.chart.template'].with_company(cls.company)
        cls.tax = cls.chart.ref('gstqst_sale_tax_14975')
        cls.journal = cls.env['account.journal'].search(
            [('type', '=', 'sale'), ('company_id', '=', cls.company.id)], limit=1)
        cls.journal.isp_billing = True
        cls.registrations = cls.env['isp.tax.registration'].create([
            {'company_id': cls.company.id, 'label': "GST", 'number': "80512 3456 RT0001",
             'tax_group_ids': [Command.set(cls.chart.ref('tax_group_gst').ids)]},
            {'company_id': cls.company.id, 'label': "QST", 'number': "1234567890 TQ0001",
             'tax_group_ids': [Command.set(cls.chart.ref('tax_group_qst').ids)]},
        ])
        cls.registrations[0].with_context(lang='fr_CA').label = "TPS"
        cls.registrations[1].with_context(lang='fr_CA').label = "TVQ"
        cls.product = cls.env['product.product'].create({
            'name': "Fibre 500", 'type': 'service', 'taxes_id': [Command.set(cls.tax.ids)]})
        cls.product.with_context(lang='fr_CA').name = "Fibre 500 illimitée"
        cls.partner = cls.make_account("Anouk Vaillancourt-Lê", street="14, rang du Nord")

    @classmethod
    def make_account(cls, name, **values):
        """A customer with an account number and an e-mail address."""
        partner = cls.env['res.partner'].create({
            'name': name, 'street': "1, rue Principale", 'city': "Rimouski", 'zip': "G5L 2B2",
            'country_id': cls.env.ref('base.ca').id, 'state_id': cls.env.ref('base.state_ca_qc').id,
            'email': f"{name.split()[0].lower()}@client.example", **values})
        partner.action_isp_open_account()
        return partner

    @classmethod
    def make_invoice(cls, partner=None, lines=1, price=100.0, post=True, **values):
        """An invoice of the ISP journal."""
        partner = partner or cls.partner
        move = cls.env['account.move'].create({
            'move_type': 'out_invoice', 'partner_id': partner.id, 'journal_id': cls.journal.id,
            'isp_account_id': partner.id, 'invoice_date': '2026-10-01',
            'invoice_date_due': '2026-10-21', 'isp_period_from': '2026-10-01',
            'isp_period_to': '2026-10-31',
            'invoice_line_ids': [Command.create({
                'product_id': cls.product.id, 'price_unit': price, 'name': cls.product.name,
                'tax_ids': [Command.set(cls.tax.ids)]}) for _place in range(lines)],
            **values})
        if post:
            move._post()
        return move

    def rendered(self, move):
        """Bytes of the sealed document."""
        self.assertEqual(move._isp_render_documents(), {move.id: None})
        return move.isp_document_id.raw
