from odoo import api, models
from odoo.fields import Domain
from odoo.tools import SQL, is_html_empty

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
    'payment.provider': {
        'pre_msg': True, 'pending_msg': True, 'auth_msg': True, 'done_msg': True,
        'cancel_msg': True},
    'uom.uom': {'name': False},
}
#: e-mails to customers, and the languages that each one is in
MAIL_TEMPLATES = {
    'isp_billing.mail_template_invoice_en': ('en',),
    'isp_billing.mail_template_invoice_fr': ('fr',),
    'isp_billing.mail_template_invoice_both': ('en', 'fr'),
    'isp_billing.mail_template_language_changed': ('en', 'fr'),
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
            if model not in self.env:
                continue
            for record in self._isp_records(model, company, run):
                texts += [
                    {'record': record, 'field': name, 'prose': prose,
                     'texts': self._isp_stored_texts(record, name, company),
                     'languages': self._isp_languages_of(record)}
                    for name, prose in names.items() if name in record._fields]
        return (texts + self._isp_tax_texts(company) + self._isp_attachment_texts(company)
                + self._isp_discount_texts(company, run) + self._isp_mail_texts())

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
        if model == 'payment.provider':
            domain.append(('state', '!=', 'disabled'))
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
            'fr': next((text for code, text in stored.items() if code[:3] == 'fr_' and text), ''),
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
    def _isp_discount_texts(self, company, run=None):
        """Labels of discounts that are still given: each wording once, where a reader wants it.

        :param run: isp.bill.run; only the discounts of accounts that it bills
        """
        domain = Domain('company_id', '=', company.id) & (
            Domain('last_day', '=', False) | Domain('last_day', '>=', company._isp_today()))
        if run:
            bills = self.env['isp.bill.run.bill'].sudo()._search([('run_id', '=', run.id)])
            domain &= Domain('account_id', 'in', bills.subselect('account_id'))
        discounts = self.env['isp.line.discount'].sudo()
        self.env.flush_all()
        texts = []
        for first, accounts in self.env.execute_query(SQL(
                "SELECT MIN(id), ARRAY_AGG(DISTINCT account_id) FROM isp_line_discount "
                "WHERE id IN %s GROUP BY name ORDER BY 1",
                discounts._search(domain).subselect())):
            discount = discounts.browse(first)
            stored = self._isp_stored_texts(discount, 'name', company)
            wanting = {language for language, text in stored.items() if not text}
            readers = self.env['res.partner'].sudo().browse(accounts) if wanting else ()
            if any(wanting & reader._isp_read_languages(company) for reader in readers):
                texts.append({'record': discount, 'field': 'name', 'texts': stored,
                              'languages': wanting})
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
        """Subjects and bodies of the e-mails to customers.

        A template holds what it says in each of its languages itself: it stands for the texts of
        those languages.
        """
        texts = []
        for name, languages in MAIL_TEMPLATES.items():
            template = self.env.ref(name, raise_if_not_found=False)
            for field in ('subject', 'body_html') if template else ():
                text = template.sudo()[field]
                written = '' if is_html_empty(text) else text
                for language in languages:
                    other = 'fr' if language == 'en' else 'en'
                    texts.append({
                        'record': template.sudo(), 'field': field, 'only': {language},
                        'texts': {language: written, other: template.sudo().name}})
        return texts
