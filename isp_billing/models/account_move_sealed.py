import hashlib
import logging
import os
from pathlib import Path

from odoo import models
from odoo.exceptions import UserError
from odoo.tools import SQL

from ..engine.pdf_archive import EInvoice
from ..sentences import say

_logger = logging.getLogger(__name__)


class AccountMove(models.Model):
    """Sealed documents as they leave: proven by their fingerprint each time."""

    _inherit = 'account.move'

    def _isp_sealed_pdf(self):
        """The sealed document, the very bytes that were sealed.

        A file that the disk lost or altered is laid out again from the frozen facts. When that
        gives the same bytes they are put back, otherwise nothing leaves.

        :rtype: bytes
        :raises UserError: when they cannot be had any more
        """
        self.ensure_one()
        move = self.sudo()
        content = move.isp_document_id.raw or b''
        if move._isp_is_sealed(content):
            return content
        content = move._isp_lay_out_again()
        if not content:
            raise UserError(say(self.env)._(
                "The stored document of invoice %(invoice)s is lost or was altered, and it cannot "
                "be made again as it was. Put its file back from a backup.",
                invoice=move.display_name))
        move._isp_put_back(content)
        return content

    def _isp_is_sealed(self, content):
        return hashlib.sha256(content).hexdigest() == self._isp_sealed_sha256()

    def _isp_lay_out_again(self):
        """The sealed bytes from the frozen facts, None when other bytes come out."""
        xml = self.isp_einvoice_id.raw
        try:
            content = self._isp_make_pdf(
                self.isp_document_data, xml and EInvoice(xml, self.invoice_date or self.date))
        except Exception as error:  # whatever it is: the caller says what to do
            _logger.warning("Document of invoice %s again: %s", self.id, error)
            return None
        return content if self._isp_is_sealed(content) else None

    def _isp_put_back(self, content):
        """Write the sealed bytes where they were, and note it on the invoice."""
        file = self.isp_document_id
        if not file.store_fname:
            return
        # never over the file of another document, which a forged row may point to
        checksum = file._compute_checksum(content)
        name = f'{checksum[:2]}/{checksum}'
        path = Path(file._full_path(name))
        part = path.with_name(f'{path.name}.{os.getpid()}.part')
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            part.write_bytes(content)
            part.replace(path)
        except OSError as error:
            _logger.warning("Document of invoice %s is not put back: %s", self.id, error)
            part.unlink(missing_ok=True)
            return
        if file.store_fname != name:
            self.env.cr.execute(SQL(
                "UPDATE ir_attachment SET store_fname = %s, checksum = %s, file_size = %s "
                "WHERE id = %s", name, checksum, len(content), file.id))
            file.invalidate_recordset()
        file.invalidate_recordset(['raw', 'datas'])
        _logger.warning("The file of the document of invoice %s was lost or altered", self.id)
        self._isp_log_sentence(say(self.env)._(
            "The file of the sealed document was lost or altered. It was made again with the same "
            "fingerprint and put back."))

    def _isp_lost_documents(self):
        """Reasons why sealed documents cannot leave: {move id: text}, nothing for the others."""
        found = {}
        for move in self:
            try:
                move._isp_sealed_pdf()
            except (UserError, OSError) as error:
                found[move.id] = say(self.env).error(error)
        return found
