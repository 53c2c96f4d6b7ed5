from odoo import api, models


class IspDocumentData(models.AbstractModel):
    """What the customer's own books need of a document."""

    _inherit = 'isp.document.data'

    @api.model
    def _facts(self, move, shared, summary, message):
        facts = super()._facts(move, shared, summary, message)
        reference = self._customer_reference(move)
        if reference:
            facts['reference'] = reference
        return facts

    @api.model
    def _customer_reference(self, move):
        """The customer's reference, such as a purchase order number (str, may be empty).

        A credit note has that of the invoice that it corrects, unless somebody typed another one:
        what is written there without asking names the corrected invoice, or its run.
        """
        own, origin = (move.ref or '').strip(), move.reversed_entry_id
        names = [name for name in (origin.name, origin.isp_bill_run_id.name) if name]
        if origin and (not own or any(name in own for name in names)):
            return (origin.ref or '').strip()
        return own
