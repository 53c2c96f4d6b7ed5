from odoo import fields, models


class AccountMove(models.Model):
    """Messages and inserts of an invoice where the customer meets them."""

    _inherit = 'account.move'

    isp_message_log_ids = fields.One2many(
        'isp.invoice.message.log', 'move_id', string="Messages of the document", copy=False,
        readonly=True,
    )

    def _isp_log_messages(self, data):
        """Note which messages the invoices carry; a second freezing replaces the first.

        :param dict data: frozen facts by move id
        """
        moves = self.sudo()
        moves.isp_message_log_ids.unlink()
        moves.env['isp.invoice.message.log'].create([{
            'move_id': move.id, 'account_id': move._isp_document_account().id,
            'message_id': row['message_id'], 'sequence': place,
            'text_en': row['en'], 'text_fr': row['fr'], 'bills_left': row['bills_left'],
            'no_room': row['no_room'], 'no_email': row['no_email'],
            **{f'on_{where}': row[f'on_{where}'] for where in ('invoice', 'email', 'portal')},
        } for move in moves for place, row in enumerate(data[move.id].get('messages', ()))])

    def _isp_channel_messages(self, channel, language=None):
        """Texts of the messages in the e-mail or on the portal (list of str).

        :param str channel: ``email`` or ``portal``
        :param str language: ``en`` or ``fr``; that of the document when empty
        """
        self.ensure_one()
        language = language or self._isp_printed_language()
        rows = self.sudo().isp_message_log_ids.filtered(f'on_{channel}')
        return [row[f'text_{language}'] for row in rows]

    def _isp_note_opened(self):
        """The customer opened the document on the portal, and with it what is merged."""
        self.sudo().isp_insert_ids.filtered(
            lambda insert: not insert._isp_travels_apart())._isp_note_opened()

    def _isp_portal_inserts(self):
        """Inserts that are files of their own and can be shown (isp.invoice.insert, sudo)."""
        self.ensure_one()
        if not self.isp_has_document or self.state != 'posted':
            return self.env['isp.invoice.insert']
        return self.sudo().isp_insert_ids.filtered(
            lambda insert: not insert.left_out and insert._isp_travels_apart())
