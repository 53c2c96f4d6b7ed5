import hashlib

from odoo import api, fields, models

from ..const import DOCUMENT_LANGUAGES
from ..engine import pictures

LETTER_COUNTRIES = {'CA', 'US', 'MX', 'PR'}
ENGLISH_LOCALES = {
    'US': 'en_US', 'CA': 'en_CA', 'FR': 'en_GB', 'BE': 'en_GB', 'CH': 'en_GB', 'LU': 'en_GB',
    'MC': 'en_GB'}


class ResCompany(models.Model):
    _inherit = 'res.company'

    isp_document_language = fields.Selection(
        DOCUMENT_LANGUAGES, string="Language of invoices", default='en', required=True,
        help="For accounts without a recorded choice.",
    )
    isp_french = fields.Selection(
        [('fr_CA', "French of Canada"), ('fr_FR', "French of France")], string="French",
        required=True, default='fr_FR',
        help="Words, dates and amounts of the invoices in French.",
    )
    isp_attachment_delivery = fields.Selection(
        [('merged', "In one PDF, behind the invoice"), ('separate', "As separate files")],
        string="Attachments travel", required=True, default='merged',
    )
    isp_both_flyers = fields.Selection(
        [('fr_en', "Both files, French first"), ('en_fr', "Both files, English first"),
         ('one', "The French file alone")],
        string="Attachments in both languages", required=True, default='fr_en',
        help="What accounts get that read both languages, when an attachment has both files.",
    )
    isp_attachment_max_kb = fields.Integer(
        string="Largest attachment (KB)", required=True, default=2048,
    )
    isp_attachment_max_pages = fields.Integer(
        string="Most pages of an attachment", required=True, default=8,
    )
    isp_insert_max_pages = fields.Integer(
        string="Most pages of attachments per invoice", default=12,
        help="What finds no room is left out, in the order of the attachments. 0: no limit.",
    )
    isp_insert_max_kb = fields.Integer(
        string="Most KB of attachments per invoice", default=4096,
        help="What finds no room is left out, in the order of the attachments. 0: no limit.",
    )
    isp_message_count = fields.Integer(
        string="Messages per invoice", required=True, default=3,
        help="Those of the highest priority are printed.",
    )
    isp_message_chars = fields.Integer(
        string="Characters in the message box", required=True, default=480,
        help="What fits beside the account summary. A message that is longer is marked; a "
             "second message is printed when both fit.",
    )
    isp_support_phone = fields.Char(
        string="Telephone for questions about bills", help="Empty: the company's telephone.",
    )
    isp_support_hours = fields.Char(string="Hours of this telephone", translate=True)
    isp_payment_instructions = fields.Text(
        string="How to pay", translate=True,
        help="Printed on invoices. Empty: a text made of what is set up (portal, account number "
             "or bank account, payment slip).",
    )
    isp_payment_slip = fields.Boolean(
        string="Payment slip", default=True, help="A slip to detach at the foot of invoices.",
    )
    isp_print_duplex = fields.Boolean(
        string="Printed on both sides",
        help="Where several documents are printed at once, each begins on a sheet of its own: a "
             "blank page follows those with an odd number of pages.",
    )
    isp_tax_registration_ids = fields.One2many(
        'isp.tax.registration', 'company_id', string="Tax registrations",
    )

    _isp_attachment_limits = models.Constraint(
        'CHECK (isp_attachment_max_kb > 0 AND isp_attachment_max_pages > 0)',
        "The limits of invoice attachments must be positive.",
    )

    @api.model_create_multi
    def create(self, vals_list):
        """French of Canada for Canadian companies, unless something else is said."""
        companies = super().create(vals_list)
        for company, vals in zip(companies, vals_list, strict=True):
            if 'isp_french' not in vals:
                company.isp_french = company._isp_country_french(company.country_id)
        return companies

    def _isp_locales(self):
        """Codes that say how documents are written: {'en': 'en_CA', 'fr': 'fr_CA'}."""
        self.ensure_one()
        return {
            'en': ENGLISH_LOCALES.get(self.country_id.code, 'en_US'),
            'fr': self.isp_french or 'fr_FR',
        }

    def _isp_text_languages(self):
        """Languages whose texts a document may use, best first, of those installed.

        :return: {'en': [codes], 'fr': [codes]}; both end in en_US, Odoo's own fallback
        """
        self.ensure_one()
        installed = {code for code, _name in self.env['res.lang'].get_installed()}
        locales = self._isp_locales()
        other = 'fr_FR' if locales['fr'] == 'fr_CA' else 'fr_CA'
        # French of Belgium or Switzerland comes last: better than English on a bill in French
        more = sorted(code for code in installed if code[:3] == 'fr_')
        french = [code for code in dict.fromkeys((locales['fr'], other, *more))
                  if code in installed]
        english = [locales['en']] if locales['en'] in installed else []
        return {'en': list(dict.fromkeys([*english, 'en_US'])), 'fr': [*french, 'en_US']}

    def _isp_language_code(self, language):
        """Installed language code for texts and e-mails in a document language (str)."""
        return self._isp_text_languages()['en' if language == 'en' else 'fr'][0]

    def _isp_paper(self):
        """Paper of the documents: ``Letter`` in North America, else ``A4``."""
        self.ensure_one()
        return 'Letter' if self.country_id.code in LETTER_COUNTRIES else 'A4'

    def _isp_frozen_logo(self):
        """A stored copy of the present logo that later changes leave alone.

        One copy per distinct logo, not per invoice.

        :return: ir.attachment (sudo), empty when the company has no logo of its own
        """
        self.ensure_one()
        files = self.env['ir.attachment'].sudo()
        if self.uses_default_logo or not self.partner_id.image_512:
            return files
        current = files.search([
            ('res_model', '=', 'res.partner'), ('res_id', '=', self.partner_id.id),
            ('res_field', '=', 'image_512'),
        ], limit=1)
        content = current.raw
        if not content:
            return files
        name = f'isp-logo-{hashlib.sha256(content).hexdigest()}'
        kept = files.search([
            ('res_model', '=', 'res.company'), ('res_id', '=', self.id), ('name', '=', name),
        ], limit=1)
        return kept or files.create({
            'name': name, 'raw': pictures.print_logo(content),
            'res_model': 'res.company', 'res_id': self.id,
        })
