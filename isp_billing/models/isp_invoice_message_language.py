from odoo import api, fields, models

from ..engine import text_language


class IspInvoiceMessage(models.Model):
    """Whether the accounts that get a message can read it: told to the person who writes it."""

    _inherit = 'isp.invoice.message'

    language_warning = fields.Char(
        string="Language of the texts", compute='_compute_language_warning',
        help="The language of a text is guessed by its common words.",
    )

    @api.depends('body', 'account_id', 'document_language', 'company_id')
    @api.depends_context('lang')
    def _compute_language_warning(self):
        for message in self:
            languages = message._isp_needed_languages() \
                or message.company_id._isp_languages_in_use()
            message.language_warning = ' '.join(
                message._isp_language_sentence(language, problem)
                for language, problem in text_language.problems(
                    message._isp_texts_now(), languages))

    def _isp_needed_languages(self):
        """Languages that the readers need (set); None when it is for accounts of any language."""
        self.ensure_one()
        language = self.document_language
        if self.account_id:
            language = self.account_id._isp_resolve_language(self.company_id)[0]
        if not language:
            return None
        return {'en', 'fr'} if language == 'both' else {language}

    def _isp_texts_now(self):
        """The texts as they would be after saving: {'en': str, 'fr': str}."""
        self.ensure_one()
        lang = self.env.lang or 'en_US'
        saved = self._origin
        stored = dict(self._fields['body']._get_stored_translations(saved) or {}) if saved else {}
        if not stored:  # Odoo stores a first text as English, whatever the screen is in
            stored['en_US'] = self.body
        if not saved or self.body != saved.body:
            stored[lang] = self.body
        codes = self.company_id._isp_text_languages()
        return {
            'en': next((stored[code] for code in codes['en'] if stored.get(code)), ''),
            'fr': next((text for code, text in stored.items() if code[:3] == 'fr_' and text), ''),
        }

    def _isp_language_sentence(self, language, problem):
        """What is wrong, and what to do (str)."""
        if problem == 'missing' and language == 'fr':
            return self.env._(
                "There is no text in French: bills in French would carry the English one. Write "
                "it with the language button of the text.")
        if problem == 'missing':
            return self.env._(
                "There is no text in English: bills in English would carry the French one. Write "
                "it with the language button of the text.")
        if language == 'fr':
            return self.env._("The text for bills in French seems to be in English.")
        return self.env._("The text for bills in English seems to be in French.")
