from odoo import api, models

from ..const import TEXT_LINES


class IspDocumentData(models.AbstractModel):
    """Sections and notes between the lines of invoices that somebody typed."""

    _inherit = 'isp.document.data'

    @api.model
    def _is_printed(self, line):
        """Whether an invoice line is a line of the document: it has an amount or a text."""
        return line.display_type == 'product' or (
            line.display_type in TEXT_LINES and bool((line.name or '').strip()))

    @api.model
    def _free_line(self, line, texts):
        if line.display_type not in TEXT_LINES:
            return super()._free_line(line, texts)
        name = line.name.strip()
        return {'kind': TEXT_LINES[line.display_type], 'text': {'en': name, 'fr': name}}
