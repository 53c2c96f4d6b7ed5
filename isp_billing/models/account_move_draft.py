from odoo import models


class AccountMove(models.Model):
    """What is reset to draft counts for no account, and an invoice forgets its document.

    The next posting freezes the document anew.
    """

    _inherit = 'account.move'

    def button_draft(self):
        """Override of `account`; a sealed invoice is refused before (``_detach_attachments``)."""
        result = super().button_draft()
        self.filtered(lambda move: move.state == 'draft')._isp_unmatch()
        self.filtered(lambda move: move.state == 'draft' and (
            move.isp_language or move.isp_document_data))._isp_thaw()
        return result

    def _isp_unmatch(self):
        """Undo the matches of drafts with items of billing accounts.

        Odoo keeps them: a draft payment would go on settling an invoice, and a draft invoice
        would keep the money that was paid on it from the account.
        """
        # sudo: an item of another account that is matched belongs to what is undone
        items = self.sudo().line_ids.filtered(
            lambda line: line.account_id.account_type == 'asset_receivable')
        items.filtered(lambda line: (
            line | line.matched_debit_ids.debit_move_id | line.matched_credit_ids.credit_move_id
        ).isp_account_id).remove_move_reconcile()

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
