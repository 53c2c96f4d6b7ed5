import hashlib
from pathlib import Path

from odoo import api, models
from odoo.exceptions import UserError

from odoo.addons.base.models.ir_model import MODULE_UNINSTALL_FLAG

# What may not change in a file that an invoice stands on.
CONTENT = {'raw', 'datas', 'db_datas', 'store_fname', 'checksum', 'mimetype'}
PLACE = {'res_model', 'res_id', 'res_field', 'company_id'}


class IrAttachment(models.Model):
    """Sealed documents and the inserts of posted invoices are never altered or deleted."""

    _inherit = 'ir.attachment'

    @api.model
    def _get_path(self, bin_data, sha):
        """Take away the rest of a write that was cut off: no content has this name.

        Odoo would call it a collision ever after, also when there is space again.
        """
        path = Path(self._full_path(f'{sha[:2]}/{sha}'))
        if path.is_file() and path.stat().st_size != len(bin_data) and (
            hashlib.sha1(path.read_bytes(), usedforsecurity=False).hexdigest() != sha
        ):
            path.unlink()
        return super()._get_path(bin_data, sha)

    @api.model
    def _file_write(self, bin_value, checksum):
        """Write the file whole or not at all: Odoo leaves its beginning on a full disk."""
        try:
            return super()._file_write(bin_value, checksum)
        except OSError:
            Path(self._full_path(f'{checksum[:2]}/{checksum}')).unlink(missing_ok=True)
            raise

    def write(self, vals):
        if vals.keys() & (CONTENT | PLACE):
            self._isp_check_sealed(with_inserts=bool(vals.keys() & CONTENT))
        return super().write(vals)

    def unlink(self):
        """Before Odoo only unties the file for the audit trail: sealed is sealed."""
        self._isp_check_sealed(with_inserts=True)
        return super().unlink()

    def _isp_check_sealed(self, with_inserts):
        """Refuse to touch files that invoices stand on.

        :raises UserError: naming the invoice
        """
        if self.env.context.get(MODULE_UNINSTALL_FLAG):
            return
        candidates = self.sudo().filtered(
            lambda file: file.res_model in ('account.move', 'isp.invoice.attachment'))
        if not candidates:
            return
        sealed = self.env['account.move'].sudo().search(
            ['|', ('isp_document_id', 'in', candidates.ids),
             ('isp_einvoice_id', 'in', candidates.ids)], limit=1)
        if sealed:
            raise UserError(self.env._(
                "The document of invoice %(invoice)s is sealed: it is neither changed nor "
                "deleted. Correct the invoice with a credit note.", invoice=sealed.name))
        insert = with_inserts and self.env['isp.invoice.insert'].sudo().search(
            [('file_id', 'in', candidates.ids)], limit=1)
        if insert:
            raise UserError(self.env._(
                "The file %(name)s went out with invoice %(invoice)s and is kept as it is. "
                "Upload a new one instead.", name=insert.name, invoice=insert.move_id.name))
