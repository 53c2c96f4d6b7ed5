from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import is_html_empty

from ..const import DOCUMENT_LANGUAGES

#: fields of each model that hold texts which customers read
SOURCES = {
    'isp.service.plan': ('name', 'description'),
    'isp.invoice.message': ('body',),
    'isp.tax.registration': ('label',),
    'uom.uom': ('name',),
}
NAMES_IN_GAP = 5


class IspTranslationGap(models.TransientModel):
    """One text that customers read and that is missing in one of their languages."""

    _name = 'isp.translation.gap'
    _description = "Missing Translation"
    _order = 'model_name, record_name, id'

    company_id = fields.Many2one('res.company', required=True)
    model_name = fields.Char(string="Kind", required=True)
    res_model = fields.Char(required=True)
    res_id = fields.Many2oneReference(model_field='res_model', string="Record")
    record_name = fields.Char(string="Text of", required=True)
    field_name = fields.Char(string="Field", required=True)
    language = fields.Selection([('en', "English"), ('fr', "French")], required=True)
    source = fields.Char(string="In the other language")

    # ---- finding -----------------------------------------------------------------------------

    @api.model
    def _isp_gaps(self, company, languages):
        """Values of the gaps of a company in some languages, best known first.

        A text is missing when nothing is stored for the language itself: what Odoo shows instead
        does not count.  A name that is right in both languages, such as “Fibre 500”, is confirmed
        by writing it in French too.

        :param languages: set of 'en' and 'fr'
        :return: list of dicts of this model's fields
        """
        gaps = []
        for model, names in SOURCES.items():
            if model not in self.env:
                continue
            for record in self._isp_records(model, company):
                for name in names:
                    gaps += self._isp_field_gaps(record, name, company, languages)
        return (gaps + self._isp_attachment_gaps(company, languages)
                + self._isp_mail_gaps(company, languages))

    @api.model
    def _isp_records(self, model, company):
        """Records of a model whose texts reach the customers of a company."""
        records = self.env[model].sudo()
        if model == 'uom.uom':
            return self.env['isp.service.plan'].sudo().search(
                [('company_id', 'in', [False, company.id])]).product_id.uom_id
        domain = [('company_id', 'in', [False, company.id])]
        if 'date_end' in records._fields:
            domain += ['|', ('date_end', '=', False), ('date_end', '>=', company._isp_today())]
        return records.search(domain)

    @api.model
    def _isp_field_gaps(self, record, name, company, languages):
        english, french = self._isp_stored_texts(record, name, company)
        if not english and not french:
            return []
        texts = {'en': english, 'fr': french}
        return [
            self._isp_gap(
                record, name, company, language, texts['fr' if language == 'en' else 'en'])
            for language in sorted(languages) if not texts[language]
        ]

    @api.model
    def _isp_stored_texts(self, record, name, company):
        """What is really stored: (English, French of the company or the other French).

        Odoo's fallback to English is left out.
        """
        field = record._fields[name]
        stored = field._get_stored_translations(record) if field.translate else {}
        stored = stored or {'en_US': record[name] or ''}
        languages = company._isp_text_languages()
        english = next((stored[code] for code in languages['en'] if stored.get(code)), '')
        french = next((stored[code] for code in ('fr_CA', 'fr_FR') if stored.get(code)), '')
        return english, french

    @api.model
    def _isp_attachment_gaps(self, company, languages):
        """Attachments in use that have no PDF in a language."""
        attachments = self._isp_records('isp.invoice.attachment', company)
        return [
            self._isp_gap(attachment, f'pdf_{language}', company, language, attachment.name)
            for attachment in attachments for language in sorted(languages)
            if not attachment._isp_has_file(language)
        ]

    @api.model
    def _isp_mail_gaps(self, company, languages):
        """E-mails of invoices without a text; each language has its own template."""
        templates = {
            language: self.env.ref(f'isp_billing.mail_template_invoice_{language}').sudo()
            for language in sorted(languages)
        }
        return [
            self._isp_gap(template, 'body_html', company, language, template.name)
            for language, template in templates.items() if is_html_empty(template.body_html)
        ]

    @api.model
    def _isp_gap(self, record, name, company, language, source):
        return {
            'company_id': company.id, 'res_model': record._name, 'res_id': record.id,
            'model_name': self.env['ir.model']._get(record._name).name,
            'record_name': record.display_name, 'language': language, 'source': source,
            'field_name': record._fields[name]._description_string(self.env),
        }

    # ---- showing -----------------------------------------------------------------------------

    @api.model
    def action_isp_open(self):
        """Find the gaps of the present company in both languages, and list them."""
        company = self.env.company
        gaps = self.sudo()  # auditors see the list and write nothing
        gaps.search([('create_uid', '=', self.env.uid)]).unlink()
        gaps.create(self._isp_gaps(company, {'en', 'fr'}))
        action = self.env['ir.actions.act_window']._for_xml_id(
            'isp_billing.isp_translation_gap_action')
        return {**action, 'domain': [('create_uid', '=', self.env.uid),
                                     ('company_id', '=', company.id)]}

    def action_isp_open_record(self):
        """Open the record that the text belongs to."""
        self.ensure_one()
        return {
            'type': 'ir.actions.act_window', 'res_model': self.res_model, 'res_id': self.res_id,
            'view_mode': 'form', 'name': self.record_name,
        }


class IspBillRun(models.Model):
    """Bill runs that look at the translations before anything is posted."""

    _inherit = 'isp.bill.run'

    isp_translation_warning = fields.Char(compute='_compute_isp_translation_warning')

    def _isp_languages_in_use(self):
        """Languages that the documents of the run need (set of 'en' and 'fr')."""
        self.ensure_one()
        company = self.company_id
        bills = self.env['isp.bill.run.bill'].sudo().with_company(company)
        scope = Domain('run_id', '=', self.id)
        used = {
            language for language, _label in DOCUMENT_LANGUAGES if bills.search_count(
                scope & Domain('account_id.isp_document_language', '=', language), limit=1)
        }
        unchosen = bills._search(scope & Domain('account_id.isp_document_language', '=', False))
        places = self.env['res.partner'].sudo().with_context(active_test=False)._read_group(
            Domain('id', 'in', unchosen.subselect('address_id')), ['country_id', 'state_id'],
            ['id:min'])
        for _country, _state, place_id in places:
            place = self.env['res.partner'].sudo().browse(place_id)
            used.add(place._isp_country_language_rule(company, place)
                     or company.isp_document_language)
        return {'en', 'fr'} if 'both' in used else used

    def _isp_translation_gap_text(self):
        """A sentence about the missing texts, '' when none is missing."""
        self.ensure_one()
        gaps = self.env['isp.translation.gap']._isp_gaps(
            self.company_id, self._isp_languages_in_use())
        if not gaps:
            return ''
        names = list(dict.fromkeys(
            f"{gap['model_name']} {gap['record_name']}" for gap in gaps))
        more = "…" if len(names) > NAMES_IN_GAP else ""
        return self.env._(
            "%(count)s texts are missing in the language of their customers: %(names)s. See "
            "Configuration, Missing Translations.", count=len(gaps),
            names=", ".join(names[:NAMES_IN_GAP]) + more)

    @api.depends('state', 'bill_ids')
    def _compute_isp_translation_warning(self):
        for run in self:
            looks = run.state == 'computed' and run.company_id.isp_translation_gate != 'ignore'
            run.isp_translation_warning = run._isp_translation_gap_text() if looks else False

    def action_approve(self):
        """Refuse when texts are missing and the company wants that."""
        for run in self:
            text = run.company_id.isp_translation_gate == 'refuse' and (
                run._isp_translation_gap_text())
            if text:
                raise UserError(self.env._("Run %(run)s: %(text)s", run=run.name, text=text))
        return super().action_approve()
