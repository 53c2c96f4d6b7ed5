"""Translated texts of records in English and French, as documents print them."""


def french_text(record, field, codes, english):
    """The French wording of a field: the first French that has one, else the English text.

    Odoo falls back to English alone, so a French text that equals the English one may be no
    translation at all: the other French is tried then.  But where the first French was written
    and is the same word ("Fibre 500"), it holds.

    :param codes: language codes, best first
    :param str english: what stands there without a translation
    :rtype: str
    """
    for place, code in enumerate(codes):
        text = record.with_context(lang=code)[field] or ''
        if text and text != english:
            same = place and _is_written(record, field, codes[:place])
            return english if same else text
    return english


def _is_written(record, field, codes):
    """Whether a text is stored for one of these languages (bool)."""
    definition = record._fields[field]
    while definition.related and not definition.store:
        *path, field = definition.related.split('.')
        record = record.mapped('.'.join(path))[:1]
        definition = record._fields[field]
    readable = record and definition.translate and definition.store
    stored = definition._get_stored_translations(record) if readable else None
    return any((stored or {}).get(code) for code in codes)


class TextReader:
    """Reads translated fields in English and French, each text once."""

    def __init__(self, company):
        self.languages = company._isp_text_languages()
        self.cache = {}

    def texts(self, record, field):
        """Wording of a field: {'en': str, 'fr': str}; French falls back as ``french_text`` says."""
        key = (record._name, record.id, field)
        if key not in self.cache:
            english = record.with_context(lang=self.languages['en'][0])[field] or ''
            self.cache[key] = {'en': english, 'fr': french_text(
                record, field, self.languages['fr'], english)}
        return self.cache[key]
