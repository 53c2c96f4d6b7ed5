import hashlib

from odoo import fields, models
from odoo.exceptions import UserError

from ..engine import facturx
from ..engine.pdf_archive import EInvoice
from ..sentences import say

BUILDER = 'account.edi.xml.cii'


class AccountMove(models.Model):
    """The electronic invoice (Factur-X) inside the sealed document.

    Odoo's module ``account_edi_ubl_cii`` makes the XML.  It is no dependency: where it is not
    installed no customer can have its format, and the documents carry no XML.
    """

    _inherit = 'account.move'

    isp_einvoice_id = fields.Many2one(
        'ir.attachment', string="Electronic invoice", copy=False, readonly=True,
        index='btree_not_null', ondelete='set null',
        help="The XML that the sealed document carries.",
    )

    def _isp_einvoice_format(self):
        """Format of the electronic invoice (str): that of the send dialog, else the customer's."""
        self.ensure_one()
        chosen = self.env.context.get('isp_einvoice_formats') or {}
        if self.id in chosen:
            return chosen[self.id] or ''
        send = self.env['account.move.send']
        return send._get_default_invoice_edi_format(
            self, sending_methods=send._get_default_sending_methods(self)) or ''

    def _isp_einvoice(self):
        """The electronic invoice that the document is to carry (EInvoice), None without one.

        :raises UserError: when the customer wants one and it cannot be made
        """
        self.ensure_one()
        if BUILDER not in self.env or not self.is_sale_document() \
                or self._isp_einvoice_format() != 'facturx':
            return None
        xml, errors = self.env[BUILDER]._export_invoice(self)
        if errors:
            raise UserError(say(self.env)._(
                "The electronic invoice (Factur-X) of %(invoice)s lacks something: %(errors)s "
                "Complete it, or choose another eInvoice format on the customer %(customer)s.",
                invoice=self.name, errors=' '.join(sorted(errors)),
                customer=self.commercial_partner_id.display_name))
        return EInvoice(self._isp_complete_einvoice(xml), self.invoice_date or self.date)

    def _isp_complete_einvoice(self, xml):
        """The XML of a Factur-X invoice with the days of service and the corrected invoices; other
        formats as they are."""
        self.ensure_one()
        if not facturx.is_facturx(xml):
            return xml
        charges = {charge.move_line_id: charge for charge in self.isp_charge_ids
                   if charge.move_line_id}
        lines = []  # in the order in which Odoo writes them
        for line in self.invoice_line_ids.filtered(lambda line: line.display_type == 'product'):
            charge = charges.get(line)
            first, last = (charge.date_from, charge.date_to) if charge else (
                line.isp_period_from, line.isp_period_to)
            lines.append((first, last) if first and last else None)
        known = [days for days in lines if days]
        if self.isp_period_from and self.isp_period_to:
            period = (self.isp_period_from, self.isp_period_to)
        else:
            period = known and (min(days[0] for days in known), max(days[1] for days in known))
        return facturx.with_periods(
            self._isp_with_origins(xml), period or None, lines)

    def _isp_with_origins(self, xml):
        """The XML of a credit note with the invoices that it corrects (BT-25, BT-26)."""
        if self.move_type != 'out_refund':
            return xml
        data = self.env['isp.document.data'].sudo()
        return facturx.with_origins(xml, [
            (origin.isp_opening_document or origin.name, origin.invoice_date)
            for origin in data._origins(self.sudo())[self.sudo()]])

    def _isp_keep_einvoice(self, einvoice):
        """Store the XML where Odoo looks for it, so that all its doors give out these bytes."""
        file = self.env['ir.attachment'].sudo().create({
            'name': self.env[BUILDER]._export_invoice_filename(self), 'raw': einvoice.xml,
            'mimetype': 'application/xml', 'res_model': 'account.move', 'res_id': self.id,
            'res_field': 'ubl_cii_xml_file', 'company_id': self.company_id.id,
        })
        self._isp_update_columns({'isp_einvoice_id': 'int'}, [(self.id, file.id)])
        self.invalidate_recordset(['ubl_cii_xml_id', 'ubl_cii_xml_file'])
        self.sudo()._isp_log_sentence(say(self.env)._(
            "The sealed document carries the electronic invoice Factur-X %(level)s, "
            "SHA-256 %(digest)s.", level=einvoice.level,
            digest=hashlib.sha256(einvoice.xml).hexdigest()))

    def _get_invoice_legal_documents(self, filetype, allow_fallback=False):
        """Give the XML of the sealed document, or one made now with its service periods."""
        self.ensure_one()
        if filetype == 'ubl' and self.isp_has_document and self.state == 'posted' \
                and not self.isp_document_id and self._isp_einvoice_format() == 'facturx':
            self._isp_legal_pdf()
        found = super()._get_invoice_legal_documents(filetype, allow_fallback=allow_fallback)
        if filetype == 'ubl' and found and self.isp_has_document and not self.isp_einvoice_id:
            found['content'] = self._isp_complete_einvoice(found['content'])
        return found
