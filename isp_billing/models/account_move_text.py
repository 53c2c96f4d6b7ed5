from odoo import api, fields, models

from ..const import TEXT_LINES
from ..engine import text_language

SHOWN = 3


class AccountMove(models.Model):
    """What somebody typed on an invoice is printed as it is: a warning when it may not be read."""

    _inherit = 'account.move'

    isp_text_warning = fields.Char(
        string="Language of the texts", compute='_compute_isp_text_warning',
        help="The language of a text is guessed by its common words.",
    )

    @api.depends('state', 'journal_id', 'partner_id', 'isp_account_id', 'narration',
                 'invoice_line_ids.name', 'invoice_line_ids.product_id')
    def _compute_isp_text_warning(self):
        for move in self:
            looks = move.state == 'draft' and move.isp_has_document
            move.isp_text_warning = looks and move._isp_typed_text_warning()

    def _isp_typed_text_warning(self):
        """A sentence about the texts in the wrong language, '' when there is none."""
        self.ensure_one()
        language = self._isp_resolve_language()[0]
        wrong = [text for text in self._isp_typed_texts()
                 if text_language.guess(text) not in (None, language)]
        if not wrong:
            return ''
        names = ', '.join(self.env._("“%(text)s”", text=text[:60]) for text in wrong[:SHOWN])
        if language == 'both':
            return self.env._(
                "%(texts)s: written in one language, and printed so in both. Use a product or a "
                "plan with a name in each language, or write both languages.", texts=names)
        if language == 'fr':
            return self.env._(
                "%(texts)s: seems to be in English. This invoice is printed in French.",
                texts=names)
        return self.env._(
            "%(texts)s: seems to be in French. This invoice is printed in English.", texts=names)

    def _isp_typed_texts(self):
        """Texts that stand on the document as somebody typed them (list of str)."""
        self.ensure_one()
        reader = self.company_id._isp_text_reader()
        builder, texts = self.env['isp.document.data'], []
        for line in self.invoice_line_ids:
            if line.display_type in TEXT_LINES:
                texts.append((line.name or '').strip())
            elif line.display_type == 'product' and not line.isp_plan_id:
                texts.append(builder._split_line_text(line, reader.texts)[1])
        texts.append(builder._note(self, builder._known_terms(self.company_id)))
        return [text for text in texts if text]
