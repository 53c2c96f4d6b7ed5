import base64

from markupsafe import Markup

from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ..engine import flyer_render, formats, pdf_assemble

LANGUAGES = ('en', 'fr')
WORDS = {
    'en': {'code': "Your code", 'until': "Offer ends %s", 'call': "Call %s"},
    'fr': {'code': "Votre code", 'until': "Offre valable jusqu’au %s", 'call': "Appelez le %s"},
}


class IspQuickFlyer(models.TransientModel):
    """A flyer of one page in English and French, for those with no designer."""

    _name = 'isp.quick.flyer'
    _description = "Quick Flyer"
    _inherit = ['isp.exact.money']
    _isp_money = ('price',)

    company_id = fields.Many2one(
        'res.company', required=True, default=lambda self: self.env.company,
    )
    currency_id = fields.Many2one(related='company_id.currency_id')
    name = fields.Char(required=True, help="Name of the attachment; not printed.")
    title_en = fields.Char(string="Title in English")
    title_fr = fields.Char(string="Title in French")
    text_en = fields.Text(string="Text in English", help="About 420 characters fit.")
    text_fr = fields.Text(string="Text in French", help="About 420 characters fit.")
    has_price = fields.Boolean(string="Show a price")
    price = fields.Monetary()
    note_en = fields.Char(string="Under the price, in English", help="Such as: a month for a year.")
    note_fr = fields.Char(string="Under the price, in French")
    code = fields.Char(
        string="Promotional code", help="Kept on the attachment too, to count its use.")
    date_end = fields.Date(string="Offer ends", help="Also the last day of the attachment.")
    terms_en = fields.Char(string="Small print in English")
    terms_fr = fields.Char(string="Small print in French")
    picture = fields.Binary(help="JPEG or PNG; it is made small for print.")
    colour = fields.Selection(
        [('blue', "Blue"), ('green', "Green"), ('plum', "Plum"), ('orange', "Orange")],
        required=True, default='blue',
    )

    @api.constrains('name', 'title_en', 'title_fr')
    def _check_title(self):
        for flyer in self:
            if not flyer._isp_languages():
                raise ValidationError(self.env._("Write a title in at least one language."))

    def action_create(self):
        """Make the PDFs and the attachment, and open it."""
        self.ensure_one()
        values = {
            'name': self.name, 'company_id': self.company_id.id, 'date_end': self.date_end,
            'promo_code': self.code,
        }
        for language in self._isp_languages():
            field = f'pdf_{language}'
            values[field] = base64.b64encode(self._isp_pdf(language))
            values[f'{field}_name'] = f'{self[f"title_{language}"]}.pdf'
        attachment = self.env['isp.invoice.attachment'].create(values)
        return {
            'type': 'ir.actions.act_window', 'res_model': 'isp.invoice.attachment',
            'view_mode': 'form', 'res_id': attachment.id,
        }

    def action_preview(self):
        """Open the PDF without keeping it."""
        self.ensure_one()
        language = self.env.context.get('isp_language') or self._isp_languages()[0]
        return {'type': 'ir.actions.act_url', 'target': 'new',
                'url': f'/isp/flyer/{self.id}/{language}'}

    def _isp_languages(self):
        """Languages with a title (list)."""
        self.ensure_one()
        return [language for language in LANGUAGES if self[f'title_{language}']]

    def _isp_pdf(self, language):
        """The flyer in one language (bytes).

        :raises ValidationError: when the picture cannot be used or the text needs a second page
        """
        self.ensure_one()
        pictures = self._isp_pictures()
        html = self.env['ir.qweb'].sudo()._render(
            'isp_billing.quick_flyer_page', {'v': self._isp_view(language, pictures)},
            minimal_qcontext=True, lang='en_US', inherit_branding=False)
        content = flyer_render.render_flyer(
            Markup('<!DOCTYPE html>') + html, self.company_id._isp_paper(), self.colour, pictures)
        if pdf_assemble.page_count(content) > 1:
            raise ValidationError(self.env._(
                "The text of the flyer does not fit on one page. Shorten the text or the title."))
        return content

    def _isp_pictures(self):
        """Bytes of the logo and the picture by address."""
        pictures = {}
        logo = self.company_id._isp_frozen_logo().raw
        if logo:
            pictures['mem:logo'] = logo
        if self.picture:
            try:
                pictures['mem:picture'] = flyer_render.picture_for_print(
                    base64.b64decode(self.with_context(bin_size=False).picture))
            except flyer_render.PictureRefused as refused:
                raise ValidationError(self.env._(
                    "The picture cannot be used: it must be a JPEG or PNG that is not damaged, "
                    "of at most 40 million pixels.")) from refused
        return pictures

    def _isp_view(self, language, pictures):
        """Ready texts of the page (dict)."""
        company, words = self.company_id, WORDS[language]
        locale = company._isp_locales()[language]
        phone = company.isp_support_phone or company.phone
        website = (company.website or '').removeprefix('https://').removeprefix('http://').strip('/')
        return {
            'lang': locale.replace('_', '-'), 'company': company.name,
            'logo': 'mem:logo' in pictures, 'picture': 'mem:picture' in pictures,
            'title': self[f'title_{language}'] or '', 'text': self[f'text_{language}'] or '',
            'price': self.has_price and formats.money(
                self.price, self.currency_id.name, locale, self.currency_id.decimal_places),
            'price_note': self[f'note_{language}'],
            'code': self.code, 'code_label': words['code'],
            'until': self.date_end and words['until'] % formats.long_date(
                self.date_end.isoformat(), locale),
            'call': ' · '.join(part for part in (phone and words['call'] % phone, website) if part)
            or company.name,
            'terms': self[f'terms_{language}'],
        }
