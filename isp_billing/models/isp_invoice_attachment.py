from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.tools import SQL

from ..const import FILE_LANGUAGES
from ..guard import own_write
from .isp_document_match import taken_back

LANGUAGES = tuple(code for code, _name in FILE_LANGUAGES)


class IspInvoiceAttachment(models.Model):
    """A PDF that travels with invoices, in English, in French and in the French of Canada.

    Each upload is inspected.  A file that an invoice carries is never overwritten: a new upload
    becomes a new stored file, and the invoices of the past keep theirs.
    """

    _name = 'isp.invoice.attachment'
    _description = "Invoice Attachment"
    _inherit = ['isp.document.target', 'mail.thread']
    _order = 'sequence, id'

    name = fields.Char(required=True, tracking=True)
    pdf_en = fields.Binary(string="PDF in English", attachment=True)
    pdf_en_name = fields.Char(string="File name in English")
    pdf_en_pages = fields.Integer(string="Pages in English", readonly=True, copy=False)
    pdf_en_sha256 = fields.Char(string="SHA-256 in English", readonly=True, copy=False)
    pdf_fr = fields.Binary(string="PDF in French", attachment=True)
    pdf_fr_name = fields.Char(string="File name in French")
    pdf_fr_pages = fields.Integer(string="Pages in French", readonly=True, copy=False)
    pdf_fr_sha256 = fields.Char(string="SHA-256 in French", readonly=True, copy=False)
    pdf_fr_ca = fields.Binary(
        string="PDF in French of Canada", attachment=True,
        help="Only where it differs from the other French. Empty: that one is used.",
    )
    pdf_fr_ca_name = fields.Char(string="File name in French of Canada")
    pdf_fr_ca_pages = fields.Integer(
        string="Pages in French of Canada", readonly=True, copy=False)
    pdf_fr_ca_sha256 = fields.Char(
        string="SHA-256 in French of Canada", readonly=True, copy=False)
    clean_uploads = fields.Boolean(
        string="Clean what is uploaded",
        help="Scripts, actions, forms, sound, video, other files and links that are not to the "
             "web, e-mail or telephone are taken out of a PDF instead of refusing it. What is "
             "printed stays. Look at the result.",
    )
    missing_language = fields.Selection(
        [('en', "English"), ('fr', "French")], compute='_compute_missing_language',
        help="Invoices in this language carry the other file.",
    )
    without_plan_ids = fields.Many2many(
        'isp.service.plan', 'isp_invoice_attachment_without_plan_rel', 'attachment_id', 'plan_id',
        string="Has none of the plans", check_company=True,
        help="Only accounts that have none of these plans, now or booked.",
    )
    exclude_opted_out = fields.Boolean(default=True)
    delivery = fields.Selection(
        [('merged', "In one PDF, behind the invoice"), ('separate', "As a separate file")],
        string="Travels", help="Empty: as the settings of the company say.",
    )
    cap_days = fields.Integer(
        string="Days between two", help="At most once per account in this many days. 0: no limit.",
    )
    cap_times = fields.Integer(
        string="Times in all", help="At most this many times per account. 0: no limit.",
    )
    promo_code = fields.Char(
        string="Promotional code", index='btree_not_null',
        help="Printed in the flyer. Entered on a service, it counts as used.",
    )
    result_days = fields.Integer(
        string="Days of results", default=60,
        help="Plan changes and new services within this many days after the invoice count as "
             "results.",
    )
    insert_ids = fields.One2many('isp.invoice.insert', 'attachment_id', string="Carried by")
    insert_count = fields.Integer(string="Invoices", compute='_compute_insert_count')

    _caps_valid = models.Constraint(
        'CHECK (cap_days >= 0 AND cap_times >= 0 AND result_days >= 0)',
        "Days and times cannot be negative.",
    )

    @api.depends('pdf_en_sha256', 'pdf_fr_sha256', 'pdf_fr_ca_sha256')
    def _compute_missing_language(self):
        for attachment in self:
            attachment.missing_language = (
                False if attachment._isp_has_file('en') and attachment._isp_has_file('fr')
                else 'fr' if attachment._isp_has_file('en') else 'en')

    def _compute_insert_count(self):
        counts = dict(self.env['isp.invoice.insert']._read_group(
            [('attachment_id', 'in', self.ids), ('left_out', '=', False)],
            ['attachment_id'], ['__count'],
        ))
        for attachment in self:
            attachment.insert_count = counts.get(attachment, 0)

    @api.constrains('name', 'pdf_en_sha256', 'pdf_fr_sha256', 'pdf_fr_ca_sha256')
    def _check_has_pdf(self):
        for attachment in self:
            if not attachment._isp_has_file('en') and not attachment._isp_has_file('fr'):
                raise ValidationError(self.env._(
                    "Invoice attachment %(name)s: upload a PDF in at least one language.",
                    name=attachment.name,
                ))

    @api.model_create_multi
    def create(self, vals_list):
        self.browse()._isp_refuse_results(vals_list)
        for vals in vals_list:
            company = self.env['res.company'].browse(vals.get('company_id')) or self.env.company
            self._isp_clean_names(vals, vals.get('name'))
            self._isp_inspect_uploads(
                vals, vals.get('name'), company, vals.get('clean_uploads'))
        with own_write():  # pages and fingerprints of the files stand in the values now
            return super().create(vals_list)

    def write(self, vals):
        uploads = [language for language in LANGUAGES if f'pdf_{language}' in vals]
        self._isp_refuse_results([vals])
        for language in LANGUAGES:  # our own code cannot forge them either
            vals.pop(f'pdf_{language}_sha256', None)
            vals.pop(f'pdf_{language}_pages', None)
        self._isp_clean_names(vals, vals.get('name') or self[:1].name)
        for attachment in self if uploads else []:
            company = self.env['res.company'].browse(vals.get('company_id')) \
                or attachment.company_id
            self._isp_inspect_uploads(
                vals, vals.get('name') or attachment.name, company,
                vals.get('clean_uploads', attachment.clean_uploads))
        self._isp_keep_carried_files(uploads)
        if not uploads:
            return super().write(vals)
        with own_write():
            return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_carried(self):
        carried = self.filtered('insert_count')[:1]
        if carried:
            raise UserError(self.env._(
                "Invoice attachment %(name)s went out with %(count)s invoices and cannot be "
                "deleted. Archive it instead.", name=carried.name, count=carried.insert_count,
            ))

    def action_view_invoices(self):
        """Open the invoices that carry this attachment."""
        self.ensure_one()
        return {
            'type': 'ir.actions.act_window', 'res_model': 'account.move',
            'name': self.env._("Invoices with %(name)s", name=self.name),
            'view_mode': 'list,form', 'domain': [('isp_insert_ids.attachment_id', '=', self.id)],
        }

    # ---- how often ---------------------------------------------------------------------------

    def _isp_conditions(self):
        """Also: not more often than the account may get it."""
        found = super()._isp_conditions()
        carried = SQL(
            """FROM isp_invoice_insert carried
                 JOIN account_move invoice ON invoice.id = carried.move_id
                WHERE carried.attachment_id = %s AND carried.account_id = s.account_id
                  AND carried.left_out IS NOT TRUE AND invoice.state = 'posted' AND NOT %s
                  AND carried.move_id IS DISTINCT FROM s.move_id""",
            self._origin.id or 0, taken_back('invoice'))
        if self.cap_days:
            found.append(SQL(
                "NOT EXISTS (SELECT 1 %s AND invoice.invoice_date > s.day - %s)",
                carried, self.cap_days))
        if self.cap_times:
            found.append(SQL(
                "(SELECT COUNT(DISTINCT carried.move_id) %s) < %s", carried, self.cap_times))
        return found

    def _isp_one_per_account(self, moves):
        """With a limit, an account gets this only once in a batch."""
        if not self.cap_days and not self.cap_times:
            return moves
        return list({move._isp_document_account(): move for move in reversed(moves)}.values())[::-1]
