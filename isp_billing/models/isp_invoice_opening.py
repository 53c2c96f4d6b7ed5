from odoo import api, fields, models


class IspInvoiceOpening(models.Model):
    """A customer opened one insert once. Rows are only added: nobody waits for a counter."""

    _name = 'isp.invoice.opening'
    _description = "Opening of an Insert"
    _order = 'id desc'
    _log_access = False

    insert_id = fields.Many2one(
        'isp.invoice.insert', required=True, index=True, ondelete='cascade', readonly=True,
    )
    company_id = fields.Many2one(related='insert_id.company_id')
    date = fields.Datetime(
        required=True, readonly=True, default=fields.Datetime.now, index=True,
    )


class IspInvoiceInsert(models.Model):
    _inherit = 'isp.invoice.insert'

    opening_ids = fields.One2many('isp.invoice.opening', 'insert_id', string="Openings")
    opened_date = fields.Datetime(
        string="First opened", compute='_compute_opened',
        help="When the customer first opened the document on the portal.",
    )
    opened_count = fields.Integer(string="Times opened", compute='_compute_opened')

    @api.depends('opening_ids.date')
    def _compute_opened(self):
        # sudo: whoever may read the insert may read how often it was opened
        rows = self.env['isp.invoice.opening'].sudo()._read_group(
            [('insert_id', 'in', self.ids)], ['insert_id'], ['date:min', '__count'])
        found = {insert.id: (first, count) for insert, first, count in rows}
        for insert in self:
            insert.opened_date, insert.opened_count = found.get(insert.id, (False, 0))

    def _isp_note_opened(self):
        """Count that the customer opened the document which carries these inserts."""
        # sudo: customers read no rows of ours
        self.env['isp.invoice.opening'].sudo().create([
            {'insert_id': insert.id} for insert in self.sudo() if not insert.left_out])
