from odoo import api, models


class IspDocumentData(models.AbstractModel):
    """What lines without a charge say: texts that Odoo wrote, found again in both languages."""

    _inherit = 'isp.document.data'

    @api.model
    def _line_text(self, line, texts):
        """Text of a line: {'en': str, 'fr': str}.

        Odoo writes name and sales description of a product in the language of the contact.  They
        are printed in the language of the document and without the internal reference; what
        somebody typed, instead of them or below them, is printed as it is.
        """
        known, typed = self._split_line_text(line, texts)
        return {language: '\n'.join(filter(None, (known.get(language), typed)))
                for language in ('en', 'fr')}

    @api.model
    def _split_line_text(self, line, texts):
        """What Odoo wrote on a line, and what somebody typed.

        :return: ({'en': str, 'fr': str}, str); the first is empty when all was typed
        """
        written, product = _plain(line.name), line.product_id
        if not product:
            return {}, written
        known = self._product_texts(product, texts)
        for text in sorted(known, key=len, reverse=True):
            if f'{written}\n'.startswith(f'{text}\n'):
                return known[text], written[len(text):].strip()
        return ({}, written) if written else (self._product_names(product, texts), '')

    @api.model
    def _product_texts(self, product, texts):
        """Each text that Odoo writes for a product in an installed language, and what it is in
        both languages of documents: {text: {'en': str, 'fr': str}}.
        """
        cache, key = texts.__self__.cache, ('line texts', product.id)
        if key not in cache:
            names = self._product_names(product, texts)
            notes = texts(product, 'description_sale')
            both = {language: _plain(f'{names[language]}\n{notes[language]}') for language in names}
            found = cache[key] = {}
            for code, _name in self.env['res.lang'].get_installed():
                for coded in (True, False):
                    there = product.with_context(lang=code, display_default_code=coded)
                    found[_plain(f"{there.display_name}\n{there.description_sale or ''}")] = both
                    found.setdefault(_plain(there.display_name), names)
                found.setdefault(_plain(there.name), names)
            found.pop('', None)
        return cache[key]

    @api.model
    def _product_names(self, product, texts):
        """Name of a product with what distinguishes the variant: {'en': str, 'fr': str}."""
        names = texts(product, 'name')
        values = product.product_template_attribute_value_ids
        if values:
            # as the product's display_name does
            values = values._without_no_variant_attributes()._filter_single_value_lines()
        if not values:
            return names
        return {language: f"{name} ({', '.join(self._value_names(values, texts, language))})"
                for language, name in names.items()}

    @api.model
    def _value_names(self, values, texts, language):
        return [texts(value.product_attribute_value_id, 'name')[language] for value in values]


def _plain(text):
    """A text without spaces around its lines and empty lines around it."""
    return '\n'.join(line.strip() for line in (text or '').strip().splitlines())
