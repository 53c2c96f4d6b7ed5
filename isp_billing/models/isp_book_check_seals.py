"""Sealed documents against their seals: file, frozen facts, entry, accounts; and the seals."""
import hashlib
from datetime import timedelta

from odoo import fields, models

CHUNK = 200
#: sealed documents are read again within two days, and every four weeks ever after
FRESH_DAYS, ROUND = 2, 28


class IspBookCheck(models.Model):
    _inherit = 'isp.book.check'

    def _isp_check_seals(self):
        """Chain the new seals; in a check of the whole book, compute all of them again first."""
        seals = self.env['isp.document.seal'].sudo()
        found = [] if self.run_id else seals._isp_verify(self.company_id)
        seals._isp_link(self.company_id)
        return [self._isp_finding(
            'seal_altered', 'I7', 'error', False, [], "\n".join(found[:20]), len(found),
        )] if found else [], False

    def _isp_check_files(self):
        """Compare sealed documents with their seals: the bytes of the files, the frozen facts, the
        entry and its accounts; all within four weeks."""
        today = fields.Date.today()
        self.env.cr.execute(
            """
            SELECT s.move_id, s.number, s.file_sha256, a.id,
                   s.facts_sha256, s.entry_sha256, s.accounts_sha256
              FROM isp_document_seal s
              JOIN account_move m ON m.id = s.move_id
              JOIN ir_attachment a ON a.id = coalesce(m.isp_document_id, s.file_id)
             WHERE s.company_id = %s AND (s.moment > %s OR s.move_id %% %s = %s) AND s.move_id > %s
             ORDER BY s.move_id LIMIT %s
            """, [self.company_id.id, today - timedelta(days=FRESH_DAYS), ROUND,
                  today.toordinal() % ROUND, self.cursor or 0, CHUNK],
        )
        rows = self.env.cr.fetchall()
        found = {'document_altered': [], 'facts_altered': [], 'accounts_altered': []}
        present = self.env['isp.document.seal']._isp_fingerprints(
            [row[0] for row in rows]) if rows else {}
        files = self.env['ir.attachment'].browse([row[3] for row in rows])
        for (move_id, number, digest, _file, *said), file in zip(rows, files, strict=True):
            if self._isp_file_differs(move_id, file, digest):
                found['document_altered'].append((move_id, number))
            facts, entry, accounts = present[move_id]
            if (facts, entry) != tuple(said[:2]):
                found['facts_altered'].append((move_id, number))
            if accounts != said[2]:
                found['accounts_altered'].append((move_id, number))
        files.invalidate_recordset()
        self.cursor = rows[-1][0] if rows else self.cursor
        return [self._isp_finding(
            code, 'I7', 'warning' if code == 'accounts_altered' else 'error', 'account.move',
            [move for move, _number in bad], "\n".join(number for _move, number in bad[:20]),
        ) for code, bad in found.items() if bad], len(rows) == CHUNK

    def _isp_file_differs(self, move_id, file, digest):
        """Whether a file is not the one of the seal.

        One that the disk lost is made again and put back, which is no finding; one that another
        row of the database points to is, also when it was put back.
        """
        if hashlib.sha256(file.raw or b'').hexdigest() == digest:
            return False
        pointed_to = file.store_fname
        if self.env['account.move'].browse(move_id)._isp_lost_documents():
            return True
        return file.store_fname != pointed_to
