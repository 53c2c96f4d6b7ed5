import hashlib

from odoo import fields, models

from ..engine import pdf_assemble
from ..sentences import SentenceChar, say
from .account_move_document import DELIVERY_STATES


class IspInvoiceDelivery(models.Model):
    """One attempt to bring an invoice to its customer. Rows are only added."""

    _name = 'isp.invoice.delivery'
    _description = "Delivery of an Invoice"
    _order = 'id desc'

    move_id = fields.Many2one('account.move', required=True, index=True, ondelete='cascade')
    company_id = fields.Many2one(related='move_id.company_id', store=True, index=True)
    date = fields.Datetime(required=True, default=fields.Datetime.now)
    user_id = fields.Many2one('res.users', default=lambda self: self.env.user)
    state = fields.Selection(DELIVERY_STATES, required=True)
    reason = SentenceChar()
    recipient = fields.Char()
    mode = fields.Selection(
        [('merged', "One PDF"), ('separate', "Separate files"),
         ('mixed', "One PDF and separate files")],
        help="Whether the inserts stood behind the invoice in one PDF or beside it.",
    )
    files = fields.Text(help="What was delivered, in order.")
    sha256 = fields.Char(string="SHA-256", help="Fingerprint of the delivered files, in order.")
    parts = fields.Json(
        export_string_translation=False,
        help="Each delivered file: name, SHA-256, and the inserts in it with theirs.",
    )

    # ---- comparison --------------------------------------------------------------------------

    def action_compare(self):
        """Assemble again what was delivered, as it was delivered, and say whether it is equal."""
        self.check_access('read')
        compared = self.filtered('parts')
        differences = {row: row._isp_differences() for row in compared}
        different = [row for row in compared if differences[row]]
        for row in different:
            row.move_id.sudo()._isp_log_sentence(say(self.env)._(
                "What was delivered on %(date)s cannot be assembled again byte for byte: "
                "%(reasons)s", date=fields.Datetime.to_string(row.date),
                reasons=say(self.env).join(differences[row], ' ')))
        if different:
            message = '\n'.join(
                f"{row.move_id.name}: {' '.join(differences[row])}" for row in different[:10])
        elif compared:
            message = self.env._(
                "%(count)s deliveries were assembled again. They are equal to what was delivered, "
                "byte for byte.", count=len(compared))
        else:
            message = self.env._("Nothing was delivered here that could be compared.")
        return {
            'type': 'ir.actions.client', 'tag': 'display_notification', 'params': {
                'type': 'danger' if different else 'success' if compared else 'warning',
                'sticky': bool(different), 'message': message}}

    def _isp_differences(self):
        """Sentences on what is not as it was delivered (list of str); none when all is equal.

        The inserts, their order and the way they travelled are those of the delivery, whatever
        the settings say today.
        """
        self.ensure_one()
        invoice = self.sudo().move_id.isp_document_id.raw or b''
        if hashlib.sha256(invoice).hexdigest() != self.sudo().move_id.isp_document_sha256:
            return [say(self.env)._("The sealed invoice is lost or was changed.")]
        found = []
        for place, part in enumerate(self.parts):
            contents, problems = self._isp_part_inserts(part)
            found += problems
            if problems:
                continue
            content = contents[0] if place else pdf_assemble.append(invoice, contents)
            if hashlib.sha256(content).hexdigest() != part['sha256']:
                found.append(say(self.env)._(
                    "%(file)s is assembled otherwise today, from the same invoice and inserts.",
                    file=part['name']))
        return found

    def _isp_part_inserts(self, part):
        """Bytes of the inserts of a delivered file, and sentences on those that are not there."""
        contents, problems = [], []
        inserts = self.env['isp.invoice.insert'].sudo()
        for key, name, sha256 in part['inserts']:
            content = inserts.browse(key).exists().file_id.raw or b''
            if hashlib.sha256(content).hexdigest() == sha256:
                contents.append(content)
            elif inserts.browse(key).exists().decision == 'replaced':
                problems.append(say(self.env)._(
                    "The insert %(name)s was assembled again with another file since.", name=name))
            else:
                problems.append(say(self.env)._(
                    "The insert %(name)s is lost or was changed.", name=name))
        return contents, problems
