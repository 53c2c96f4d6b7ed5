from odoo import api, models
from odoo.tools.translate import get_translation

from ..engine import document_words, html_text


class IspDocumentData(models.AbstractModel):
    """Standard terms of a company, and what somebody wrote on one invoice beside them."""

    _inherit = 'isp.document.data'

    @api.model
    def _company_terms(self, company, reader):
        """Standard terms in both languages: their text, or a sentence with the address of
        their web page: {'en': str, 'fr': str}.
        """
        if company.terms_type == 'html' and self.env['ir.config_parameter'].sudo().get_param(
                'account.use_invoice_terms'):
            return {
                language: document_words.words(locale)['terms_page'] % _page(company)
                for language, locale in company._isp_locales().items()}
        return {language: html_text.plain_text(text)
                for language, text in reader.texts(company, 'invoice_terms').items()}

    @api.model
    def _known_terms(self, company):
        """What Odoo writes on invoices as standard terms, in each installed language (set)."""
        found = set()
        for code, _name in self.env['res.lang'].get_installed():
            found.add(html_text.plain_text(company.with_context(lang=code).invoice_terms))
            for page in {_page(company), _page(self.env.company)}:
                found.add(get_translation('account', code, "Terms & Conditions: %s", (page,)))
        return found - {''}

    @api.model
    def _note(self, move, known):
        """What somebody wrote on an invoice in the place of its terms, without the standard terms.

        :param known: see ``_known_terms``
        :rtype: str
        """
        text = html_text.plain_text(move.narration)
        for terms in sorted(known, key=len, reverse=True):
            if f'{text}\n'.startswith(f'{terms}\n'):
                return text[len(terms):].strip()
            if text.endswith(f'\n{terms}'):
                return text[:-len(terms)].strip()
        return text


def _page(company):
    """Address of the page of a company's terms."""
    return f'{company.get_base_url()}/terms'
