from odoo import models


class AccountMove(models.Model):
    """An invoice that is reset to draft forgets its document: the next posting freezes it anew."""

    _inherit = 'account.move'

    def button_draft(self):
        """Override of `account`; a sealed invoice is refused before (``_detach_attachments``)."""
        result = super().button_draft()
        self.filtered(lambda move: move.state == 'draft' and (
            move.isp_language or move.isp_document_data))._isp_thaw()
        return result

    def _isp_thaw(self):
        """Drop the frozen language, facts, layout, messages and inserts of unsealed drafts."""
        frozen = self.filtered(lambda move: not move.isp_document_id).sudo()
        frozen.isp_message_log_ids.unlink()
        frozen.isp_insert_ids.unlink()
        frozen._isp_update_columns({
            'isp_language': 'varchar', 'isp_language_step': 'varchar',
            'isp_document_data': 'jsonb', 'isp_layout_version_id': 'int',
            'isp_translation_id': 'int',
        }, [(move.id, None, None, None, None, None) for move in frozen])
