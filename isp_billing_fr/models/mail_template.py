from odoo import api, models

#: e-mails of other modules that Odoo loads once and never updates: {template: {language: {field:
#: (what Odoo wrote, our words)}}}
CORRECTIONS = {
    'account.email_template_edi_credit_note': {
        'fr_FR': {
            'subject': ("Avoir (Ref ", "Avoir (Réf. "),
            'body_html': ("note de crédit", "avoir"),
        },
        'fr_CA': {'subject': ("Avoir (Ref ", "Note de crédit (Réf. ")},
    },
}


class MailTemplate(models.Model):
    _inherit = 'mail.template'

    @api.model
    def _isp_correct_french(self, langs):
        """Put our words into e-mails of other modules, where Odoo's own still stand there.

        A text that somebody rewrote does not hold them any more and stays as it is.

        :param langs: language codes that were loaded
        """
        for name, corrections in CORRECTIONS.items():
            template = self.env.ref(name, raise_if_not_found=False)
            for lang in corrections.keys() & set(langs) if template else ():
                for field, (theirs, ours) in corrections[lang].items():
                    template._isp_replace_words(field, lang, theirs, ours)

    def _isp_replace_words(self, field, lang, theirs, ours):
        """Replace words in one language of a translated field."""
        definition = self._fields[field]
        stored = definition._get_stored_translations(self) or {}
        if theirs not in (stored.get(lang) or ''):
            return
        if not callable(definition.translate):
            self.with_context(lang=lang)[field] = stored[lang].replace(theirs, ours)
            return
        terms = definition.get_translation_dictionary(stored['en_US'], {lang: stored[lang]})
        self.update_field_translations(field, {lang: {
            source: words[lang].replace(theirs, ours) for source, words in terms.items()
            if theirs in words.get(lang, '')}})
