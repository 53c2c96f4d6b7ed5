import hashlib
import logging

import psycopg2

from odoo import fields, models
from odoo.tools import split_every

from ..engine import pdf_assemble
from ..engine.file_names import clean_name
from ..engine.sentences import Sentence, stored
from ..sentences import SentenceChar, say
from .account_move_document import DELIVERY_STATES

_logger = logging.getLogger(__name__)

#: states in which nothing is left to do
DELIVERED = ('sent', 'print', 'portal')
#: mails that go out between two commits
GROUP = 20


class AccountMove(models.Model):
    """What the customer receives, and how it gets there."""

    _inherit = 'account.move'

    isp_delivery_state = fields.Selection(
        DELIVERY_STATES, string="Delivery", default='none', copy=False, readonly=True, index=True,
    )
    isp_delivery_reason = SentenceChar(string="Delivery problem", copy=False, readonly=True)
    isp_delivered_date = fields.Datetime(string="Delivered on", copy=False, readonly=True)
    isp_delivered_mode = fields.Selection(
        [('merged', "One PDF"), ('separate', "Separate files"),
         ('mixed', "One PDF and separate files")],
        string="Delivered as", copy=False, readonly=True,
    )
    isp_delivered_sha256 = fields.Char(
        string="SHA-256 of the delivered files", copy=False, readonly=True,
    )
    isp_delivery_ids = fields.One2many(
        'isp.invoice.delivery', 'move_id', string="Delivery log", copy=False, readonly=True,
    )

    # ---- assembly ----------------------------------------------------------------------------

    def _isp_assembled_pdf(self):
        """What the customer gets as one PDF: the invoice, and its inserts when they travel merged.

        :return: (bytes, file name)
        """
        self.ensure_one()
        name, content = self._isp_delivery_files()[0]
        return content, name

    def _isp_delivery_files(self):
        """Files that leave, in order: [(file name, bytes)]."""
        return [(name, content) for name, content, _inserts in self._isp_delivery_parts()]

    def _isp_delivery_parts(self):
        """Files that leave, with the inserts in each: [(file name, bytes, inserts)].

        A broken or lost insert is left out and noted on the invoice.
        """
        self.ensure_one()
        invoice, name = self._isp_legal_pdf(), self._isp_document_filename()
        inserts = self.sudo().isp_insert_ids
        contents = inserts._isp_contents()
        merged = [(row, content) for row, content in contents if not row._isp_travels_apart()]
        whole = pdf_assemble.append(invoice, [content for _row, content in merged])
        return [
            (name, whole, inserts.browse(row.id for row, _content in merged)),
            *((clean_name(row.name, 'insert'), content, row)
              for row, content in contents if row._isp_travels_apart()),
        ]

    def _isp_delivery_facts(self):
        """Mode, file names, parts and fingerprint of what leaves now (dict)."""
        self.ensure_one()
        files = self._isp_delivery_parts()
        merged = files[0][2]
        names = [files[0][0], *merged.mapped('name'), *(name for name, *_rest in files[1:])]
        mode = self.company_id.isp_attachment_delivery
        if merged or len(files) > 1:
            mode = 'merged' if len(files) == 1 else 'mixed' if merged else 'separate'
        digests = [hashlib.sha256(content) for _name, content, _inserts in files]
        whole = digests[0] if len(files) == 1 else hashlib.sha256(
            b''.join(digest.digest() for digest in digests))
        return {
            'mode': mode, 'files': '\n'.join(names), 'sha256': whole.hexdigest(),
            'parts': [
                {'name': name, 'sha256': digest.hexdigest(),
                 'inserts': [[row.id, row.name, row.sha256] for row in inserts]}
                for (name, _content, inserts), digest in zip(files, digests, strict=True)],
        }

    # ---- delivery ----------------------------------------------------------------------------

    def _isp_deliver_documents(self, commit=None):
        """Bring the documents to their customers, by the channel of each account.

        Safe to call again: what was delivered is skipped, and an e-mail that could not leave is
        the same e-mail (same Message-ID) the next time.

        :param commit: callable that commits, called after each small group of e-mails because
            they leave before the caller's commit; without it nothing is committed
        :return: {move id: (state, reason)}
        """
        moves = self.filtered(lambda move: move.isp_has_document and move.state == 'posted')
        result = {
            move.id: (move.isp_delivery_state, move.isp_delivery_reason or '')
            for move in moves if move.isp_delivery_state in DELIVERED
        }
        todo = moves.filtered(lambda move: move.id not in result)
        waiting = todo & todo._isp_waiting_dialog_mails().isp_dialog_move_id
        result |= waiting._isp_busy()  # Odoo's mail queue sends it: not a second time by us
        todo -= waiting
        unrendered = todo.filtered(lambda move: not move.isp_document_id)
        failed = {move: reason for move, reason in unrendered._isp_render_documents().items()
                  if reason}
        failed |= todo.filtered('isp_document_id')._isp_lost_documents()
        result |= todo._isp_set_delivery({move: ('failed', failed[move]) for move in failed})
        by_channel = todo.filtered(lambda move: move.id not in failed).grouped(
            lambda move: move._isp_delivery_channel())
        for channel, batch in by_channel.items():
            if channel == 'email':
                result |= batch._isp_deliver_by_email(commit)
            else:
                state = 'print' if channel == 'paper' else 'portal'
                result |= batch._isp_set_delivery({move.id: (state, '') for move in batch})
        return result

    def _isp_delivery_channel(self):
        """Channel of the invoice: ``email``, ``paper`` or ``portal``."""
        self.ensure_one()
        account = self._isp_document_account().with_company(self.company_id)
        return account.isp_delivery_channel or 'email'

    def _isp_recipient(self):
        """E-mail addresses that the invoice goes to, '' when there is none that can be used."""
        self.ensure_one()
        return (self.partner_id | self._isp_document_account())._isp_recipient()

    def _isp_deliver_by_email(self, commit=None):
        """Send the invoices by e-mail: {move id: (state, reason)}."""
        recipients = {move: move._isp_recipient() for move in self}
        result = self._isp_set_delivery({
            move.id: ('no_email', say(self.env)._("%(customer)s has no e-mail address.",
                                                customer=move.partner_id.display_name))
            for move in self if not recipients[move]
        })
        to_send = self.filtered(lambda move: recipients[move])
        for ids in split_every(GROUP, to_send.ids):
            group = self.browse(ids).try_lock_for_update()
            result |= (self.browse(ids) - group)._isp_busy()
            mails, failed = group._isp_prepare_mails(recipients)
            result |= group._isp_set_delivery(
                {move.id: ('failed', reason) for move, reason in failed.items()})
            if commit:
                commit()
            result |= (group & self.browse().concat(*mails))._isp_send_mails(mails)
            if commit:
                commit()
        return result

    def _isp_busy(self):
        """Outcome of invoices that another process delivers now; nothing is written on them."""
        reason = say(self.env)._("Another process is sending this e-mail.")
        return {move.id: ('failed', reason) for move in self}

    def _isp_send_mails(self, mails):
        """Hand the e-mails of a group to the mail server: {move id: (state, reason)}."""
        batch = self.env['mail.mail'].sudo().union(*(mails[move] for move in self))
        batch = batch.try_lock_for_update()
        ours = self.filtered(lambda move: mails[move] in batch)
        batch.filtered(lambda mail: mail.state == 'exception').write({'state': 'outgoing'})
        reason = ''
        try:
            batch.send(raise_exception=False)
        except psycopg2.Error:
            raise
        except Exception as error:  # a lost connection stops the group, not the run
            _logger.warning("E-mail of invoices %s: %s", self.ids, error)
            reason = say(self.env).error(error)
        batch.invalidate_recordset(['state', 'failure_reason', 'failure_type'])
        states = {}
        for move in ours:
            mail = mails[move]
            states[move.id] = ('sent', '') if mail.state == 'sent' else (
                'failed', mail.failure_reason or reason)
        batch.filtered(lambda mail: mail.state != 'sent').write({'state': 'outgoing'})
        # where each one went, whatever the customer's address is by now
        recipients = {move.id: mails[move].email_to for move in ours}
        return ours._isp_set_delivery(states, recipients) | (self - ours)._isp_busy()

    def _isp_set_aside(self, reasons):
        """Note on invoices that reached nobody yet why their document cannot leave.

        :param dict reasons: text by move id, empty for those that can
        """
        self._isp_set_delivery({
            move.id: ('failed', reasons[move.id]) for move in self
            if reasons.get(move.id) and move.isp_delivery_state not in DELIVERED})

    def _isp_set_delivery(self, states, recipients=None, with_files=True):
        """Note the outcome on the invoices and in their log.

        :param dict states: (state, reason) by move id
        :param dict recipients: addresses by move id, of those that went by e-mail
        :param bool with_files: note which files were delivered, too
        :return: the same dict
        """
        moves, recipients = self.browse(list(states)), recipients or {}
        now = fields.Datetime.now()
        rows, log = [], []
        for move in moves:
            state, reason = states[move.id]
            reason = _on_one_line(reason)
            done = state in DELIVERED
            facts = move._isp_delivery_facts() if done and with_files else {}
            rows.append((
                move.id, state, stored(reason) or None, now if done else None, facts.get('mode'),
                facts.get('sha256'), state == 'sent' or move.is_move_sent))
            again = state == 'sent' and move.id in recipients
            if again or (state, reason) != (
                    move.isp_delivery_state, move.isp_delivery_reason or ''):
                log.append({
                    'move_id': move.id, 'date': now, 'state': state, 'reason': reason,
                    'recipient': recipients.get(move.id, False), **facts})
        self._isp_update_columns({
            'isp_delivery_state': 'varchar', 'isp_delivery_reason': 'varchar',
            'isp_delivered_date': 'timestamp', 'isp_delivered_mode': 'varchar',
            'isp_delivered_sha256': 'varchar', 'is_move_sent': 'bool',
        }, rows)
        self.env['isp.invoice.delivery'].sudo().create(log)
        return states

    def action_isp_send_again(self):
        """Deliver once more, as a new delivery; the log keeps the earlier ones."""
        self.check_access('write')
        sent = self.filtered(lambda move: move.isp_delivery_state in DELIVERED)
        sent.sudo()._isp_update_columns(
            {'isp_delivery_state': 'varchar'}, [(move.id, 'to_send') for move in sent])
        results = self.sudo()._isp_deliver_documents()
        failed = [reason for state, reason in results.values() if state in ('failed', 'no_email')]
        return {
            'type': 'ir.actions.client', 'tag': 'display_notification',
            'params': {
                'type': 'warning' if failed else 'success',
                'message': failed[0] if failed else self.env._("The document was delivered."),
                'next': {'type': 'ir.actions.act_window_close'},
            },
        }


def _on_one_line(reason):
    """A reason as it is noted: a sentence of ours, or the start of a message of others."""
    if isinstance(reason, Sentence) and reason.parts:
        return reason
    return ' '.join((reason or '').split())[:250]
