import base64
import binascii

from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ..engine import pdf_check, pdf_clean, pdf_notes, pdf_streams, pdf_tags
from ..engine.file_names import clean_name
from .isp_invoice_attachment import LANGUAGES

KILOBYTE = 1024
#: files for readers of both languages, by the setting of the company
BOTH = {'fr_en': ('fr', 'en'), 'en_fr': ('en', 'fr'), 'one': ('fr',)}
#: width and height in millimetres
PAPERS = {'Letter': (215.9, 279.4), 'A4': (210, 297)}


class IspInvoiceAttachment(models.Model):
    """Files of an attachment: inspected when uploaded, kept when carried, chosen by language."""

    _inherit = 'isp.invoice.attachment'

    untagged = fields.Char(
        string="Without tags", compute='_compute_untagged',
        help="Files that a screen reader cannot read in order: they have no tags.",
    )

    loose_fonts = fields.Char(
        string="Without their fonts", compute='_compute_untagged',
        help="Fonts that a file names and does not hold: a printer may take others.",
    )
    large_pages = fields.Char(
        string="Larger than the paper", compute='_compute_untagged',
        help="Files with a page that has no room on the paper of the invoice.",
    )

    @api.depends('pdf_en', 'pdf_fr', 'pdf_fr_ca', 'company_id')
    def _compute_untagged(self):
        for attachment in self:
            files = attachment.with_context(bin_size=False)
            found = {'untagged': [], 'loose_fonts': [], 'large_pages': []}
            for field in (f'pdf_{language}' for language in LANGUAGES):
                if not files[field]:
                    continue
                for name, note in attachment._isp_notes(base64.b64decode(files[field])).items():
                    label = self._fields[field]._description_string(self.env)
                    if note:
                        found[name].append(label if note is True else f"{label} ({note})")
            for name, notes in found.items():
                attachment[name] = ", ".join(notes) or False

    def _isp_notes(self, content):
        """What is worth knowing of a PDF: {field: True, text or nothing}."""
        paper = self.company_id._isp_paper() if self.company_id else 'A4'
        size = pdf_notes.too_large(content, PAPERS[paper])
        return {
            'untagged': not pdf_tags.is_tagged(content),
            'loose_fonts': ", ".join(pdf_notes.loose_fonts(content)[:5]),
            'large_pages': size and self.env._(
                "%(width)s × %(height)s mm on %(paper)s", width=round(size[0]),
                height=round(size[1]), paper=paper),
        }

    # ---- uploads ---------------------------------------------------------------------------

    @api.model
    def _isp_clean_names(self, vals, name):
        """Make the file names in values such that every e-mail takes them."""
        for field in (f'pdf_{language}_name' for language in LANGUAGES):
            if vals.get(field):
                vals[field] = clean_name(vals[field], name or '')

    def _isp_inspect_uploads(self, vals, name, company, clean=False):
        """Check the PDFs in values and note their pages and fingerprint in the same values.

        :param bool clean: make harmless what would be refused, in the same values
        :raises ValidationError: naming the attachment, the field and what to do
        """
        for language in LANGUAGES:
            field = f'pdf_{language}'
            if field not in vals:
                continue
            facts = None
            if vals[field]:
                content, facts = self._isp_inspect(vals[field], field, name, company, clean)
                vals[field] = base64.b64encode(content)
            vals[f'{field}_pages'] = facts.pages if facts else 0
            vals[f'{field}_sha256'] = facts.sha256 if facts else False

    def _isp_inspect(self, value, field, name, company, clean):
        """Bytes and facts of one uploaded PDF: (bytes, engine.pdf_check.PdfFacts)."""
        try:
            content = base64.b64decode(value, validate=False)
        except (binascii.Error, ValueError):
            content = b''
        content = pdf_clean.tidied(content) if content else content
        limits = {'max_bytes': company.isp_attachment_max_kb * KILOBYTE,
                  'max_pages': company.isp_attachment_max_pages}
        try:
            try:
                return content, pdf_check.inspect(content, **limits)
            except pdf_check.PdfRefused as refused:
                if not clean or refused.code not in pdf_clean.CLEANABLE:
                    raise
                content = pdf_clean.clean(content)
                return content, pdf_check.inspect(content, **limits)
        except pdf_check.PdfRefused as refused:
            raise ValidationError(self.env._(
                "Invoice attachment %(name)s, %(field)s: %(reason)s",
                name=name or self.env._("(no name)"),
                field=self._fields[field]._description_string(self.env),
                reason=self._isp_refusal(refused, clean),
            )) from refused

    @api.model
    def _isp_refusal(self, refused, cleaned=False):
        """Sentences that say what is wrong with a PDF and what to do (str)."""
        facts = refused.facts
        known = {
            'empty': lambda: self.env._("The file is empty. Upload it again."),
            'not_pdf': lambda: self.env._(
                "This is not a PDF. Export the document as PDF and upload that file."),
            'encrypted': lambda: self.env._(
                "The PDF is protected by a password. Save a copy without protection."),
            'broken': lambda: self.env._(
                "The PDF is damaged or cut off. Export it again from the original document."),
            'leading': lambda: self.env._(
                "Something stands before the beginning of the PDF. Export the document again, or "
                "download the file once more."),
            'portfolio': lambda: self.env._(
                "The PDF is a portfolio of other files, which only few programs show. Print each "
                "of them to a PDF, and join these."),
            'xfa': lambda: self.env._(
                "The PDF is a form that only one program shows; others show “Please wait”. Print "
                "it to a new PDF and upload that file."),
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
            'page_size': lambda: self.env._(
                "A page of the PDF measures %(width)s by %(height)s mm. Use Letter, A4 or another "
                "paper between 20 and 450 mm.", width=facts.get('width'),
                height=facts.get('height')),
            'bomb': lambda: self.env._(
                "The PDF needs too much memory or drawing when it is opened. Export it again with "
                "simpler drawings and pictures of at most %(a4)s dpi on A4 and Letter, %(a3)s dpi "
                "on A3 (in four colours), and upload that file.",
                a4=pdf_streams.most_dpi(8.5, 11.7), a3=pdf_streams.most_dpi(11.7, 16.54)),
        }
        sentence = known[refused.code]()
        if cleaned or refused.code not in pdf_clean.CLEANABLE:
            return sentence
        return sentence + ' ' + self.env._(
            "Or tick “Clean what is uploaded” and upload it once more.")

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

    def _isp_has_file(self, language):
        """Whether there is a PDF in English (``en``) or in any French (``fr``) (bool)."""
        self.ensure_one()
        if language == 'en':
            return bool(self.pdf_en_sha256)
        return bool(self.pdf_fr_sha256 or self.pdf_fr_ca_sha256)

    def _isp_file_language(self, language):
        """Which file goes with an invoice: one of ``LANGUAGES``.

        French of Canada falls back to the other French (and the other way round), then to
        English; English falls back to the French of the company.
        """
        self.ensure_one()
        french = ['fr', 'fr_ca']
        if self.company_id.isp_french == 'fr_CA':
            french.reverse()
        chain = ['en', *french] if language == 'en' else [*french, 'en']
        return next((code for code in chain if self[f'pdf_{code}_sha256']), chain[0])

    def _isp_insert_rows(self, move, language, files):
        """Values of the frozen inserts of an invoice (list of dict), in their order.

        Readers of both languages get both files, where there are two and the company wants it.
        """
        rows = []
        for sequence, attachment in enumerate(self, start=1):
            wanted = [language]
            if language == 'both' and attachment._isp_has_file('en') \
                    and attachment._isp_has_file('fr'):
                wanted = BOTH[attachment.company_id.isp_both_flyers]
            rows += [attachment._isp_insert_vals(move, one, files, sequence) for one in wanted]
        return rows

    def _isp_insert_vals(self, move, language, files, sequence):
        """Values of the frozen insert of an invoice (dict); a lost file is noted in them."""
        self.ensure_one()
        chosen = self._isp_file_language(language)
        file = files.get((self.id, chosen), self.env['ir.attachment'])
        return {
            'move_id': move.id, 'attachment_id': self.id, 'language': chosen,
            'name': clean_name(self[f'pdf_{chosen}_name'] or self.name, self.name),
            'file_id': file.id,
            'sha256': self[f'pdf_{chosen}_sha256'], 'pages': self[f'pdf_{chosen}_pages'],
            'size': file.file_size, 'delivery': self.delivery, 'sequence': sequence,
            'problem': False if file else 'missing',
        }
