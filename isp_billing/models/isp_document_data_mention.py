from odoo import api, models

from ..engine import html_text


class IspDocumentData(models.AbstractModel):
    """Mentions that the law asks for: notes of the fiscal position and of the taxes."""

    _inherit = 'isp.document.data'

    @api.model
    def _facts(self, move, shared, summary, message):
        facts = super()._facts(move, shared, summary, message)
        mentions = self._mentions(move, shared['texts'].__self__)
        if mentions:
            facts['mentions'] = mentions
        return facts

    @api.model
    def _mentions(self, move, reader):
        """Texts below the totals, each in both languages: [{'en': str, 'fr': str}]."""
        found = []
        for record, field in self._mention_sources(move):
            text = self._plain_texts(record, field, reader)
            if text and text not in found:
                found.append(text)
        return found

    @api.model
    def _mention_sources(self, move):
        """Records and fields that hold the mentions, in their order: [(record, field)]."""
        taxes = move.invoice_line_ids.tax_ids.flatten_taxes_hierarchy()
        return [(move.fiscal_position_id, 'note'),
                *((tax, 'invoice_legal_notes') for tax in taxes)]

    @api.model
    def _plain_texts(self, record, field, reader):
        """A field with formatted text as plain text in both languages, None when it is empty."""
        if not record:
            return None
        key = ('plain', record._name, record.id, field)
        if key not in reader.cache:
            plain = {language: html_text.plain_text(text)
                     for language, text in reader.texts(record, field).items()}
            reader.cache[key] = plain if any(plain.values()) else None
        return reader.cache[key]
