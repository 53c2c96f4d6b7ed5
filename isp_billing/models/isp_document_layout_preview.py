import base64

from odoo import fields, models
from odoo.exceptions import AccessError

from ..engine import document_layout, document_sample, document_view, payment_code, pictures


class IspDocumentLayout(models.Model):
    """The preview beside the form of a layout: the real PDF of values that are not saved yet."""

    _inherit = 'isp.document.layout'

    preview_move_id = fields.Many2one(
        'account.move', string="Show it on", store=False, compute='_compute_preview_move_id',
        readonly=False, help="Invoice in the preview. Empty: an invented one.",
    )

    def _compute_preview_move_id(self):
        self.preview_move_id = False

    def isp_preview(self, values, language, move_id=False):
        """A document with these settings.

        :param dict values: changed values of the form, as the web client saves them
        :param str language: ``en``, ``fr`` or ``both``
        :param int move_id: an invoice to show; an invented one when empty
        :return: {'problem': text to show, 'pdf': PDF in base64}; no PDF when there is a problem
        """
        self.check_access('read')
        known = {name: value for name, value in values.items() if name in self._fields}
        draft = self.new(known, origin=self[:1])
        if not draft.company_id:
            draft.company_id = self.env.company
        try:
            if draft.company_id._origin not in self.env.companies:
                raise AccessError(self.env._(
                    "You have no access to %s.", draft.company_id.sudo().display_name))
            problem = draft._isp_colour_problem() or draft._isp_room_problem()
            if problem:
                return {'problem': problem, 'pdf': False}
            facts = draft._isp_preview_facts(move_id)
            content = self._isp_preview_pdf(facts, language, draft._isp_preview_logo(facts))
            return {'problem': False, 'pdf': base64.b64encode(content).decode()}
        finally:
            # drafts of one record share their values: the next preview begins afresh
            self.env.invalidate_all()

    def _isp_preview_facts(self, move_id=False):
        """Facts of the chosen invoice or of an invented one, with the settings of this layout."""
        move = self.env['account.move'].browse(move_id or []).exists()
        if move:
            move.check_access('read')
            facts = dict(move._isp_present_data())
        else:
            facts = self._isp_sample_facts()
        builder = self.env['isp.document.data']
        facts['layout'] = {
            **document_layout.DEFAULTS, **self.sudo()._isp_settings(logo=False)}
        return facts | builder._follow_layout(facts, self.company_id)

    def _isp_sample_facts(self):
        """Facts of an invented invoice of the company, with the registrations of the form."""
        company = self.company_id.sudo()
        builder = self.env['isp.document.data'].sudo().with_company(company)
        shared = builder._shared(company, self.env['account.move'])
        currency = company.currency_id
        facts = {key: shared[key] for key in
                 ('company', 'locales', 'paper', 'logo', 'support', 'terms')}
        facts['company'] = {**shared['company'], 'legal': builder._company_legal(
            company, self.sudo().registration_ids)}
        facts['payment'] = {
            'slip': True, 'qr': {'type': 'link', 'content': shared['base_url']},
            'reference': 'F2026-000127', 'portal_host': shared['host'], 'iban': '',
            'instructions': shared['instructions'],
        }
        facts = document_sample.sample_facts(
            facts, company.country_id.code or '', currency.name, currency.decimal_places,
            self.sudo()._isp_sample_registrations())
        bank = builder._bank_facts(company._isp_billing_journal()._isp_bank_account(), currency)
        if bank.get('iban') and currency.name == 'EUR':
            facts['payment'] |= {'iban': bank['iban'], 'qr': {
                'type': 'epc', 'content': payment_code.epc_content(
                    company.name, bank['iban'], facts['summary']['due'],
                    facts['number'], bank['bic'])}}
        return facts

    def _isp_preview_logo(self, facts):
        """The own logo of the form, else the one that is stored (bytes, may be empty)."""
        own = base64.b64decode(self.with_context(bin_size=False).logo or b'')
        if own:
            return pictures.print_logo(own)
        stored = self.env['ir.attachment'].sudo().browse(facts.get('logo') or [])
        return stored.exists().raw or b''

    def _isp_preview_pdf(self, facts, language, logo):
        """The PDF of facts that belong to no invoice."""
        view = document_view.build_view(facts, language)
        images = {'mem:logo': logo} if logo else {}
        if view['qr']:
            images['mem:qr'] = payment_code.qr_picture(view['qr']['content'])
        return self.env['account.move']._isp_pdf_of_view(facts, view, images)
