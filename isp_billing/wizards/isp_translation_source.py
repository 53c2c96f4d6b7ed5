from odoo import api, models
from odoo.tools import is_html_empty

#: fields of each model that hold texts which customers read, and whether they hold sentences
SOURCES = {
    'isp.service.plan': {'name': False, 'description': True},
    'isp.invoice.message': {'body': True},
    'isp.tax.registration': {'label': False},
    'isp.document.layout': {
        'address': False, 'support_hours': True, 'footer': False, 'terms': True,
        'reminder_text': True},
    'res.company': {
        'isp_support_hours': True, 'isp_payment_instructions': True, 'invoice_terms': True},
    'account.payment.term': {'note': True},
    'uom.uom': {'name': False},
}


class IspTranslationGap(models.TransientModel):
    """Where the texts stand that customers read.

    A text is a dict: ``record`` and ``field`` that hold it, ``texts`` stored for ``en`` and
    ``fr``, ``prose`` when its language can be guessed, ``languages`` when its readers need others
    than those of the company, ``only`` when it is written for some of them.
    """

    _inherit = 'isp.translation.gap'

    @api.model
    def _isp_texts(self, company, run=None):
        """All texts that customers of a company read (list); other modules may add some."""
        texts = []
        for model, names in SOURCES.items():
            for record in self._isp_records(model, company, run):
                texts += [
                    {'record': record, 'field': name, 'prose': prose,
                     'texts': self._isp_stored_texts(record, name, company),
                     'languages': self._isp_languages_of(record)}
                    for name, prose in names.items()]
        return (texts + self._isp_tax_texts(company) + self._isp_attachment_texts(company)
                + self._isp_mail_texts())

    # ---- records -----------------------------------------------------------------------------

    @api.model
    def _isp_records(self, model, company, run=None):
        """Records of a model whose texts reach the customers of a company."""
        records = self.env[model].sudo()
        if model == 'res.company':
            return company.sudo()
        if model == 'uom.uom':
            return self._isp_products(company).uom_id
        domain = [('company_id', 'in', [False, company.id])]
        if model == 'account.payment.term':
            return self._isp_payment_terms(records.search(domain), company)
        if 'date_end' in records._fields:
            domain += ['|', ('date_end', '=', False), ('date_end', '>=', company._isp_today())]
        found = records.search(domain)
        return self._isp_without_strange_notes(found, run) if model == 'isp.invoice.message' \
            else found

    @api.model
    def _isp_products(self, company):
        """Products that the plans of a company sell."""
        return self.env['isp.service.plan'].sudo().search(
            [('company_id', 'in', [False, company.id])]).product_id

    @api.model
    def _isp_payment_terms(self, terms, company):
        """Those of some payment terms that accounts of a company have."""
        partners = self.env['res.partner'].sudo().with_company(company)
        rows = partners._read_group(
            [('isp_is_account', '=', True), ('property_payment_term_id', 'in', terms.ids)],
            ['property_payment_term_id'])
        return terms.browse([term.id for (term,) in rows])

    @api.model
    def _isp_without_strange_notes(self, messages, run):
        """Without notes that are over, and those of accounts that a run does not bill."""
        notes = messages.filtered('account_id')
        if not notes:
            return messages
        over = notes.filtered(lambda note: note.once and note.log_count)
        if run:
            billed = self.env['isp.bill.run.bill'].sudo().search([
                ('run_id', '=', run.id), ('account_id', 'in', notes.account_id.ids)]).account_id
            over |= notes.filtered(lambda note: note.account_id not in billed)
        return messages - over

    @api.model
    def _isp_languages_of(self, record):
        """Languages that the readers of a record need (set), None: those of the company."""
        return record._isp_needed_languages() if record._name == 'isp.invoice.message' else None

    # ---- texts -------------------------------------------------------------------------------

    @api.model
    def _isp_stored_texts(self, record, name, company):
        """What is really stored: {'en', 'fr'}, French of the company or the other French.

        Odoo's fallback to English is left out.
        """
        field = record._fields[name]
        stored = field._get_stored_translations(record) if field.translate else {}
        stored = {code: '' if is_html_empty(text) else text
                  for code, text in (stored or {'en_US': record[name] or ''}).items()}
        codes = company._isp_text_languages()
        return {
            'en': next((stored[code] for code in codes['en'] if stored.get(code)), ''),
            'fr': next((stored[code] for code in ('fr_CA', 'fr_FR') if stored.get(code)), ''),
        }

    @api.model
    def _isp_tax_texts(self, company):
        """Names of taxes that are printed because no registration names them."""
        taxes = self._isp_products(company).taxes_id._filter_taxes_by_company(company)
        taxes |= self.env['account.tax'].sudo().search([('original_tax_ids', 'in', taxes.ids)])
        registrations = company.sudo().isp_tax_registration_ids
        data, reader = self.env['isp.document.data'], company._isp_text_reader()
        named = {
            data._tax_label_source(tax, reader) for tax in taxes.flatten_taxes_hierarchy()
            if not registrations._isp_for_tax(tax)}
        texts = []
        for record in sorted(named, key=lambda record: (record._name, record.id)):
            stored = self._isp_stored_texts(record, 'name', company)
            stored['fr'] = stored['fr'] or data._tax_name_in_french(stored['en'])
            texts.append({'record': record, 'field': 'name', 'texts': stored})
        return texts

    @api.model
    def _isp_attachment_texts(self, company):
        """Attachments in use: a PDF stands for the text of its language."""
        return [
            {'record': attachment, 'field': field, 'texts': {
                language: attachment.name if attachment._isp_has_file(language) else ''
                for language in ('en', 'fr')}, 'only': {language}}
            for attachment in self._isp_records('isp.invoice.attachment', company)
            for language, field in (('en', 'pdf_en'), ('fr', 'pdf_fr'))
        ]

    @api.model
    def _isp_mail_texts(self):
        """Subjects and bodies of the e-mails of invoices; each language has its own template."""
        templates = {
            language: self.env.ref(f'isp_billing.mail_template_invoice_{language}').sudo()
            for language in ('en', 'fr')}
        texts = []
        for language, template in templates.items():
            for name in ('subject', 'body_html'):
                written = '' if is_html_empty(template[name]) else template[name]
                other = 'fr' if language == 'en' else 'en'
                texts.append({
                    'record': template, 'field': name, 'only': {language},
                    'texts': {language: written, other: template.name}})
        return texts
