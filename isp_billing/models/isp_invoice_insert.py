import hashlib

from odoo import api, fields, models
from odoo.exceptions import UserError

from ..const import FILE_LANGUAGES
from ..engine import pdf_assemble
from ..sentences import say

#: an insert that had no room is not broken: nothing is to be decided about it
BROKEN = ('missing', 'changed', 'broken')


class IspInvoiceInsert(models.Model):
    """A PDF that one invoice carries, frozen when the invoice was posted."""

    _name = 'isp.invoice.insert'
    _description = "Insert of an Invoice"
    _order = 'move_id, sequence, id'

    move_id = fields.Many2one(
        'account.move', string="Invoice", required=True, index=True, ondelete='cascade',
    )
    company_id = fields.Many2one(related='move_id.company_id', store=True, index=True)
    account_id = fields.Many2one(
        'res.partner', string="Billing account", compute='_compute_account_id', store=True,
        index=True,
    )
    attachment_id = fields.Many2one(
        'isp.invoice.attachment', required=True, index=True, ondelete='restrict',
    )
    name = fields.Char(string="File name", required=True)
    language = fields.Selection(FILE_LANGUAGES, required=True)
    file_id = fields.Many2one(
        'ir.attachment', string="Stored file", index=True, ondelete='restrict',
    )
    sha256 = fields.Char(string="SHA-256", required=True)
    pages = fields.Integer()
    sequence = fields.Integer()
    size = fields.Integer(string="Bytes")
    delivery = fields.Selection(
        [('merged', "In one PDF, behind the invoice"), ('separate', "As a separate file")],
        string="Travels", help="Empty: as the settings of the company say.",
    )
    problem = fields.Selection(
        [('missing', "File is lost"), ('changed', "File was changed"),
         ('broken', "File cannot be read"), ('no_room', "No room left on this invoice")],
        help="Why this insert was left out when the invoice was assembled.",
    )
    left_out = fields.Boolean(
        string="Not delivered", compute='_compute_left_out', store=True,
    )
    decision = fields.Selection(
        [('replaced', "Assembled again"), ('kept', "Left as it is")], readonly=True,
        help="What was decided about an insert that was left out.",
    )

    @api.depends('move_id.isp_account_id', 'move_id.partner_id')
    def _compute_account_id(self):
        for insert in self:
            insert.account_id = insert.move_id._isp_document_account()

    @api.depends('problem')
    def _compute_left_out(self):
        for insert in self:
            insert.left_out = bool(insert.problem)

    def _isp_contents(self):
        """Bytes of the inserts that are still what was frozen.

        A lost, changed or unreadable file is left out and noted; it never stops the others.

        :return: list of (insert, bytes), in order
        """
        contents = []
        for insert in self.sorted(lambda insert: (insert.sequence, insert.id)):
            if insert.problem == 'no_room':
                continue
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
            self.move_id.sudo()._isp_log_sentence(say(self.env)._(
                "The insert %(name)s was left out of the document: %(problem)s. Upload the PDF "
                "again for the next invoices.", name=self.name, problem=label,
            ))

    def _isp_travels_apart(self):
        """Whether this insert is a file of its own (bool).

        Never on paper: what is printed is the one PDF. Always beside an electronic invoice: with
        pages added it would be no archive any more.
        """
        self.ensure_one()
        move = self.sudo().move_id
        if move._isp_delivery_channel() == 'paper':
            return False
        if move.isp_einvoice_id:
            return True
        return (self.delivery or self.company_id.isp_attachment_delivery) == 'separate'

    @api.model
    def _isp_within_budget(self, company, rows):
        """Mark the inserts of one invoice that find no room, in their order.

        :param list rows: values of inserts, changed in place
        """
        pages, kilobytes = company.isp_insert_max_pages, company.isp_insert_max_kb
        used_pages = used_bytes = 0
        for row in rows:
            if row['problem']:
                continue
            if (pages and used_pages + row['pages'] > pages) or (
                    kilobytes and used_bytes + row['size'] > kilobytes * 1024):
                row['problem'] = 'no_room'
                continue
            used_pages += row['pages']
            used_bytes += row['size']

    # ---- decisions ---------------------------------------------------------------------------

    def action_replace(self):
        """Assemble with the file that the attachment has now, and note who decided."""
        self._isp_check_decider()
        for insert in self.filtered(lambda insert: insert.problem in BROKEN):
            attachment = insert.attachment_id.sudo()
            files = attachment._isp_stored_files()
            values = attachment._isp_insert_vals(
                insert.move_id, insert.language, files, insert.sequence)
            content = self.env['ir.attachment'].sudo().browse(values['file_id']).raw or b''
            if hashlib.sha256(content).hexdigest() != values['sha256'] \
                    or not pdf_assemble.can_append(content):
                raise UserError(self.env._(
                    "The PDF of %(name)s is still lost or damaged. Upload it again in the "
                    "attachment, then press this button once more.", name=attachment.name))
            keep = ('language', 'name', 'file_id', 'sha256', 'pages', 'size')
            insert.sudo().write({
                **{key: values[key] for key in keep}, 'problem': False, 'decision': 'replaced'})
            insert.move_id.sudo()._isp_log_sentence(say(self.env)._(
                "%(user)s had the insert %(name)s assembled again. Send the document again if "
                "the customer shall have it.", user=self.env.user.name, name=insert.name))

    def action_keep(self):
        """Leave the insert out for good, and note who decided."""
        self._isp_check_decider()
        for insert in self.filtered(lambda insert: insert.problem in BROKEN):
            insert.sudo().decision = 'kept'
            insert.move_id.sudo()._isp_log_sentence(say(self.env)._(
                "%(user)s decided that the insert %(name)s stays left out.",
                user=self.env.user.name, name=insert.name))

    def _isp_check_decider(self):
        """Only those who may send invoices decide about their inserts."""
        self.check_access('read')
        if not (self.env.user.has_group('isp_billing.group_clerk')
                or self.env.user.has_group('isp_billing.group_approver')):
            raise UserError(self.env._("Only a billing clerk or approver decides this."))
