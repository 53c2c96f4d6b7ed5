import hashlib

from odoo import fields, models

from ..engine import pdf_assemble


class IspInvoiceInsert(models.Model):
    """A PDF that one invoice carries, frozen when the invoice was posted."""

    _name = 'isp.invoice.insert'
    _description = "Insert of an Invoice"
    _order = 'move_id, sequence, id'

    move_id = fields.Many2one('account.move', required=True, index=True, ondelete='cascade')
    company_id = fields.Many2one(related='move_id.company_id', store=True, index=True)
    attachment_id = fields.Many2one(
        'isp.invoice.attachment', required=True, index=True, ondelete='restrict',
    )
    name = fields.Char(string="File name", required=True)
    language = fields.Selection([('en', "English"), ('fr', "French")], required=True)
    file_id = fields.Many2one(
        'ir.attachment', string="Stored file", index=True, ondelete='restrict',
    )
    sha256 = fields.Char(string="SHA-256", required=True)
    pages = fields.Integer()
    sequence = fields.Integer()
    problem = fields.Selection(
        [('missing', "File is lost"), ('changed', "File was changed"),
         ('broken', "File cannot be read")],
        help="Why this insert was left out when the invoice was assembled.",
    )

    def _isp_contents(self):
        """Bytes of the inserts that are still what was frozen.

        A lost, changed or unreadable file is left out and noted; it never stops the others.

        :return: list of (insert, bytes), in order
        """
        contents = []
        for insert in self.sorted(lambda insert: (insert.sequence, insert.id)):
            content = insert.sudo().file_id.raw or b''
            problem = insert._isp_problem(content)
            if problem != insert.problem:
                insert._isp_note_problem(problem)
            if not problem:
                contents.append((insert, content))
        return contents

    def _isp_problem(self, content):
        """What is wrong with stored bytes: key of ``problem``, or False."""
        self.ensure_one()
        if not content:
            return 'missing'
        if hashlib.sha256(content).hexdigest() != self.sha256:
            return 'changed'
        return False if pdf_assemble.can_append(content) else 'broken'

    def _isp_note_problem(self, problem):
        """Record what was left out, once, on the invoice."""
        self.sudo().problem = problem
        if problem:
            label = dict(self._fields['problem']._description_selection(self.env))[problem]
            self.move_id.sudo()._message_log(body=self.env._(
                "The insert %(name)s was left out of the document: %(problem)s. Upload the PDF "
                "again for the next invoices.", name=self.name, problem=label,
            ))
