import base64
import binascii

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.tools import SQL

from ..engine import pdf_check

LANGUAGES = ('en', 'fr')
KILOBYTE = 1024


class IspInvoiceAttachment(models.Model):
    """A PDF that travels with invoices, in English and in French.

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

    @api.depends('pdf_en_sha256', 'pdf_fr_sha256')
    def _compute_missing_language(self):
        for attachment in self:
            attachment.missing_language = (
                'en' if not attachment.pdf_en_sha256
                else 'fr' if not attachment.pdf_fr_sha256 else False
            )

    def _compute_insert_count(self):
        counts = dict(self.env['isp.invoice.insert']._read_group(
            [('attachment_id', 'in', self.ids), ('left_out', '=', False)],
            ['attachment_id'], ['__count'],
        ))
        for attachment in self:
            attachment.insert_count = counts.get(attachment, 0)

    @api.constrains('name', 'pdf_en_sha256', 'pdf_fr_sha256')
    def _check_has_pdf(self):
        for attachment in self:
            if not attachment.pdf_en_sha256 and not attachment.pdf_fr_sha256:
                raise ValidationError(self.env._(
                    "Invoice attachment %(name)s: upload a PDF in at least one language.",
                    name=attachment.name,
                ))

    @api.model_create_multi
    def create(self, vals_list):
        for vals in vals_list:
            company = self.env['res.company'].browse(vals.get('company_id')) or self.env.company
            self._isp_inspect_uploads(vals, vals.get('name'), company)
        return super().create(vals_list)

    def write(self, vals):
        uploads = [language for language in LANGUAGES if f'pdf_{language}' in vals]
        for language in LANGUAGES:
            vals.pop(f'pdf_{language}_sha256', None)
            vals.pop(f'pdf_{language}_pages', None)
        for attachment in self if uploads else []:
            company = self.env['res.company'].browse(vals.get('company_id')) \
                or attachment.company_id
            self._isp_inspect_uploads(vals, vals.get('name') or attachment.name, company)
        self._isp_keep_carried_files(uploads)
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

    # ---- uploads ---------------------------------------------------------------------------

    def _isp_inspect_uploads(self, vals, name, company):
        """Check the PDFs in values and note their pages and fingerprint in the same values.

        :raises ValidationError: naming the attachment, the field and what to do
        """
        for language in LANGUAGES:
            field = f'pdf_{language}'
            if field not in vals:
                continue
            facts = vals[field] and self._isp_inspect(vals[field], field, name, company)
            vals[f'{field}_pages'] = facts.pages if facts else 0
            vals[f'{field}_sha256'] = facts.sha256 if facts else False

    def _isp_inspect(self, value, field, name, company):
        """Facts of one uploaded PDF (engine.pdf_check.PdfFacts)."""
        try:
            content = base64.b64decode(value, validate=False)
        except (binascii.Error, ValueError):
            content = b''
        try:
            return pdf_check.inspect(
                content, max_bytes=company.isp_attachment_max_kb * KILOBYTE,
                max_pages=company.isp_attachment_max_pages,
            )
        except pdf_check.PdfRefused as refused:
            raise ValidationError(self.env._(
                "Invoice attachment %(name)s, %(field)s: %(reason)s",
                name=name or self.env._("(no name)"),
                field=self._fields[field]._description_string(self.env),
                reason=self._isp_refusal(refused),
            )) from refused

    @api.model
    def _isp_refusal(self, refused):
        """A sentence that says what is wrong with a PDF and what to do (str)."""
        facts = refused.facts
        known = {
            'empty': lambda: self.env._("The file is empty. Upload it again."),
            'not_pdf': lambda: self.env._(
                "This is not a PDF. Export the document as PDF and upload that file."),
            'encrypted': lambda: self.env._(
                "The PDF is protected by a password. Save a copy without protection."),
            'broken': lambda: self.env._(
                "The PDF is damaged or cut off. Export it again from the original document."),
            'script': lambda: self.env._(
                "The PDF contains a script. Print it to a new PDF and upload that file."),
            'action': lambda: self.env._(
                "The PDF starts an action when it is opened or clicked. Print it to a new PDF "
                "and upload that file."),
            'embedded_file': lambda: self.env._(
                "The PDF contains other files. Save a copy without attachments."),
            'form': lambda: self.env._(
                "The PDF contains a form. Print it to a new PDF and upload that file."),
            'media': lambda: self.env._(
                "The PDF contains sound, video or 3D. Save a copy without them."),
            'external_stream': lambda: self.env._(
                "The PDF takes parts from other files. Print it to a new PDF and upload that "
                "file."),
            'link': lambda: self.env._(
                "The PDF contains a link to %(target)s. Only web, e-mail and telephone links are "
                "allowed.", target=facts.get('detail', '')),
            'too_large': lambda: self.env._(
                "The file has %(size)s KB; the limit is %(limit)s KB. Reduce its pictures, or "
                "raise the limit in the settings.", size=-(-facts.get('size', 0) // KILOBYTE),
                limit=facts.get('max_size', 0) // KILOBYTE),
            'too_many_pages': lambda: self.env._(
                "The PDF has %(pages)s pages; the limit is %(limit)s. Shorten it, or raise the "
                "limit in the settings.", pages=facts.get('pages'), limit=facts.get('max_pages')),
            'no_page': lambda: self.env._("The PDF has no page. Export it again."),
            'bomb': lambda: self.env._(
                "The PDF grows beyond all measure when it is opened. Print it to a new PDF and "
                "upload that file."),
        }
        return known[refused.code]()

    # ---- stored files ------------------------------------------------------------------------

    def _isp_stored_files(self, languages=LANGUAGES):
        """Stored files of the attachments: {(attachment id, language): ir.attachment}."""
        files = self.env['ir.attachment'].sudo().search([
            ('res_model', '=', self._name), ('res_id', 'in', self.ids),
            ('res_field', 'in', [f'pdf_{language}' for language in languages]),
        ])
        return {(file.res_id, file.res_field.removeprefix('pdf_')): file for file in files}

    def _isp_keep_carried_files(self, languages):
        """Untie stored files that invoices carry, so that an upload makes a new file."""
        if not languages:
            return
        files = self._isp_stored_files(languages)
        stored = self.env['ir.attachment'].sudo().union(*files.values())
        carried = self.env['isp.invoice.insert'].sudo().search([
            ('file_id', 'in', stored.ids)]).file_id
        if carried:
            carried.write({'res_field': False})
            self.invalidate_recordset([f'pdf_{language}' for language in languages])

    def _isp_file_language(self, language):
        """Language of the file that goes with an invoice (str), the other one if it has none."""
        self.ensure_one()
        wanted = 'en' if language == 'en' else 'fr'
        if self[f'pdf_{wanted}_sha256']:
            return wanted
        return 'fr' if wanted == 'en' else 'en'

    def _isp_insert_vals(self, move, language, files, sequence):
        """Values of the frozen insert of an invoice (dict); a lost file is noted in them."""
        self.ensure_one()
        chosen = self._isp_file_language(language)
        file = files.get((self.id, chosen), self.env['ir.attachment'])
        return {
            'move_id': move.id, 'attachment_id': self.id, 'language': chosen,
            'name': self[f'pdf_{chosen}_name'] or f'{self.name}.pdf', 'file_id': file.id,
            'sha256': self[f'pdf_{chosen}_sha256'], 'pages': self[f'pdf_{chosen}_pages'],
            'size': file.file_size, 'delivery': self.delivery, 'sequence': sequence,
            'problem': False if file else 'missing',
        }

    # ---- how often ---------------------------------------------------------------------------

    def _isp_conditions(self):
        """Also: not more often than the account may get it."""
        found = super()._isp_conditions()
        carried = SQL(
            """FROM isp_invoice_insert carried
                 JOIN account_move invoice ON invoice.id = carried.move_id
                WHERE carried.attachment_id = %s AND carried.account_id = s.account_id
                  AND carried.left_out IS NOT TRUE AND invoice.state = 'posted'
                  AND carried.move_id IS DISTINCT FROM s.move_id""", self._origin.id or 0)
        if self.cap_days:
            found.append(SQL(
                "NOT EXISTS (SELECT 1 %s AND invoice.invoice_date > s.day - %s)",
                carried, self.cap_days))
        if self.cap_times:
            found.append(SQL("(SELECT COUNT(*) %s) < %s", carried, self.cap_times))
        return found

    def _isp_one_per_account(self, moves):
        """With a limit, an account gets this only once in a batch."""
        if not self.cap_days and not self.cap_times:
            return moves
        return list({move._isp_document_account(): move for move in reversed(moves)}.values())[::-1]
