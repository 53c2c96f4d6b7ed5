import base64
import errno
import hashlib
import logging

import psycopg2
from markupsafe import Markup

from odoo import models
from odoo.exceptions import UserError

from ..engine import document_layout, document_view, payment_code, pdf_pool, pdf_render
from ..sentences import say

_logger = logging.getLogger(__name__)

PAGE = 'isp_billing.invoice_document'

# How this page looks in a browser, where the print rules do not apply.  The portal measures the
# element "wrapwrap" to give the page its height; its name in a rule wins over every rule of print,
# which give the card of amounts other widths for each place of the envelope's window.
SCREEN_CSS = """
@media screen { html { background: #fff; }
  #wrapwrap { max-width: 186mm; margin: 0 auto; padding: 6mm 5mm; }
  .slip, .watermark { display: none; }
  .window-left .address, .window-right .address { height: auto; float: left; }
  #wrapwrap .card { float: right; width: 46%; margin-top: 0; box-sizing: border-box; }
  #wrapwrap .card .facts th { width: auto; } #wrapwrap .card .facts td { white-space: nowrap; }
  #wrapwrap .card .facts td.wrap { white-space: normal; }
  .window-left .service, .window-right .service, .window-left .address .lines,
  .window-right .address .lines { position: static; width: auto; margin-bottom: 3mm; }
  .logo { width: 52%; } .title { width: 46%; } html .address { width: 52%; }
  #wrapwrap .overview { margin-top: 4mm; } .summary { width: 53%; } .message { width: 42%; }
  .pay { width: 48%; } .totals-box { width: 50%; } }
@media screen and (max-width: 620px) {
  #wrapwrap { padding: 4mm 3mm; }
  .head, .parties { height: auto; min-height: 0; }
  .logo, .title, html .address, #wrapwrap .card, .summary, .message, .pay, .totals-box,
  .both .summary, .both .pay, .both .totals-box,
  .closing.scanned .pay, .closing.scanned .totals-box, .window-left .address,
  .window-right .address { float: none; width: auto; }
  .title { text-align: left; clear: both; padding-top: 3mm; } .message, .pay { margin: 4mm 0; }
  .address .lines, .window-left .address .lines, .window-right .address .lines { height: auto;
    margin-top: 1mm; margin-bottom: 3mm; padding-left: 0; }
  .window-left .service, .window-right .service { position: static; }
  .registration { white-space: normal; }
  .details, .details tbody { display: block; } .details thead { display: none; }
  .details tr { display: flex; flex-wrap: wrap; justify-content: space-between;
    border-bottom: .2mm solid #e1e7ee; }
  .details td, .details .section th { border-bottom: 0; }
  .details td.text { flex: 1 0 100%; padding-bottom: 0; }
  .details td.nowrap { color: #5b6b7b; }
  .details td.number:not(:last-child) { display: none; } .details td.number { margin-left: auto; }
  .aging { display: block; overflow-x: auto; } }
"""
#: where a browser finds the fonts that the print stylesheet names
FONT_FOLDER = '/isp_billing/static/fonts/'


#: errors of a file system that is full, or that cannot be written for now
STORAGE = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EROFS, errno.EIO}


class StorageProblem(str):
    """Reason why a document could not be stored: no fault of the document, tried again later."""

    __slots__ = ()


class AccountMove(models.Model):
    """The PDF of an invoice: laid out from its frozen facts, and sealed."""

    _inherit = 'account.move'

    def _isp_render_documents(self, apart=False):
        """Make and seal the legal PDF of each posted invoice, one savepoint per invoice.

        Large batches are laid out by processes beside this one (``pdf_pool``); facts and bytes
        are the same.

        :param bool apart: by processes also when they are few: a document at which its process
            ends is a document that failed then, and ends no run
        :return: {move id: None, or the reason why there is no PDF}
        """
        results = dict.fromkeys(self.ids)
        todo = self.filtered(lambda move: not move.isp_document_id)
        for move in todo.filtered(lambda move: move.state != 'posted' or not move.isp_has_document):
            results[move.id] = say(self.env)._(
                "%(move)s is no posted invoice of an ISP billing journal.",
                move=move.display_name)
        todo = todo.filtered(lambda move: results[move.id] is None)
        todo = todo._isp_freeze_each(results)
        with pdf_pool.renderers(len(todo), self._isp_renderers(), apart and bool(todo)) as pool:
            for move, job in pdf_pool.as_ready(
                    todo, lambda move: move._isp_attempt(results, move._isp_begin, pool), pool):
                if job:
                    move._isp_attempt(results, move._isp_finish, *job)
        return results

    def _isp_freeze_each(self, results):
        """Freeze what is not frozen yet, in one batch unless one of them fails.

        :return: those that are frozen; why the others are not stands in the results
        """
        try:
            with self.env.cr.savepoint():
                self._isp_freeze_facts()
        except psycopg2.OperationalError:
            raise
        except Exception:  # one of them: found by itself
            for move in self:
                move._isp_attempt(results, move._isp_freeze_facts)
        return self.filtered(lambda move: results[move.id] is None)

    def _isp_freeze_facts(self):
        """Freeze all that a document is made of, the moment before it is made."""
        self._isp_freeze_documents()
        self._isp_freeze_asked()

    def _isp_renderers(self):
        """Layout processes for a large batch (int), 1 for none: a system parameter, or by the
        processors of this machine."""
        number = self.env['ir.config_parameter'].sudo().get_param('isp_billing.pdf_processes')
        return int(number) if str(number or '').isdecimal() else pdf_pool.processors()

    def _isp_attempt(self, results, step, *words):
        """Do a step of one document in a savepoint; its failure is noted and stops nobody."""
        try:
            with self.env.cr.savepoint():
                return step(*words)
        except psycopg2.OperationalError:
            raise  # a conflict or a lost server: tried again, no fault of the document
        except OSError as error:
            results[self.id] = self._isp_storage_reason(error)
        except Exception as error:  # one bad document never stops the others
            _logger.warning("Document of invoice %s: %s", self.id, error, exc_info=True)
            results[self.id] = say(self.env).error(error)
        return None

    def _isp_storage_reason(self, error):
        """Reason of a failed write; a StorageProblem when space or the disk is what is missing."""
        _logger.warning("Document of invoice %s: %s", self.id, error)
        if error.errno not in STORAGE:
            return str(error)
        return StorageProblem(self.env._(
            "The file store cannot be written (%(error)s). Free some space; the documents are "
            "made by themselves then.", error=error.strerror,
        ))

    def _isp_begin(self, pool):
        """Ask for the PDF: what will be sealed, and its electronic invoice."""
        self.ensure_one()
        data, einvoice = self.isp_document_data, self.sudo()._isp_einvoice()
        return pool.submit(self._isp_request(data, *self._isp_view(data), einvoice=einvoice)), \
            einvoice

    def _isp_finish(self, making, einvoice):
        """Seal what was made."""
        self._isp_seal(making.result())
        if einvoice:
            self._isp_keep_einvoice(einvoice)

    def _isp_seal(self, content):
        """Store the legal PDF and its fingerprint."""
        self.ensure_one()
        if not (content.startswith(b'%PDF-') and content.rstrip().endswith(b'%%EOF')):
            raise ValueError(self.env._(
                "What was laid out is no whole PDF (%(size)s bytes).", size=len(content)))
        attachment = self.env['ir.attachment'].sudo().create({
            'name': self._isp_document_filename(), 'raw': content, 'mimetype': 'application/pdf',
            'res_model': 'account.move', 'res_id': self.id, 'company_id': self.company_id.id,
            'res_field': 'invoice_pdf_report_file',
        })
        self._isp_update_columns(
            {'isp_document_id': 'int', 'isp_document_sha256': 'varchar',
             'message_main_attachment_id': 'int'},
            [(self.id, attachment.id, hashlib.sha256(content).hexdigest(), attachment.id)])
        self.invalidate_recordset(['invoice_pdf_report_id', 'invoice_pdf_report_file'])
        self.env['isp.document.seal'].sudo()._isp_seal_moves(self)

    def _isp_make_pdf(self, data, einvoice=None):
        """The PDF of frozen facts; the same facts give the same bytes."""
        return self._isp_pdf_of_view(data, *self._isp_view(data), einvoice=einvoice)

    def _isp_pdf_of_view(self, data, view, pictures, template=PAGE, einvoice=None):
        """The PDF of ready texts; see ``_isp_request``."""
        return pdf_pool.make(self._isp_request(data, view, pictures, template, einvoice))

    def _isp_request(self, data, view, pictures, template=PAGE, einvoice=None):
        """What ``pdf_render.render_pdf`` needs for a page of ready texts (dict).

        :param einvoice: ``pdf_archive.EInvoice`` to put inside, None without
        """
        return {
            'html': self._isp_html(view, 'mem:logo' if 'mem:logo' in pictures else None, template),
            'paper': data['paper'], 'slip': view['slip'], 'files': pictures,
            'layout': data.get('layout'), 'einvoice': einvoice,
        }

    def _isp_view(self, data, language=None):
        """Ready texts of the page, and its pictures by address.

        :param str language: ``en``, ``fr`` or ``both``; that of the document when empty
        """
        view = document_view.build_view(data, language or self._isp_resolve_language()[0])
        pictures = {}
        if view['qr']:
            pictures['mem:qr'] = payment_code.qr_picture(view['qr']['content'])
        if data.get('logo'):
            logo = self.env['ir.attachment'].sudo().browse(data['logo']).exists().raw
            if logo:
                pictures['mem:logo'] = logo
        return view, pictures

    def _isp_html(self, view, logo, template=PAGE):
        """The page as HTML."""
        html = self.env['ir.qweb'].sudo()._render(
            template, {'v': view, 'logo': logo},
            minimal_qcontext=True, lang='en_US', inherit_branding=False)
        return Markup('<!DOCTYPE html>') + html

    def _isp_screen_html(self):
        """The page for a browser: the same page with its pictures inside."""
        self.ensure_one()
        data = self._isp_present_data()
        view, pictures = self._isp_view(data)
        html = self._isp_html(view, 'mem:logo' if 'mem:logo' in pictures else None)
        for address, content in pictures.items():
            kind = pdf_render.mime_type(content)
            html = html.replace(
                address, f'data:{kind};base64,{base64.b64encode(content).decode()}')
        settings = document_layout.settings_of(data)
        style = pdf_render.stylesheet_text(document_layout.variables(settings)) + SCREEN_CSS
        for address, path in pdf_render.FONTS[settings['font']].items():
            style = style.replace(address, FONT_FOLDER + path.name)
        # a telephone takes the page for one of a desk otherwise, when it is opened by itself
        html = html.replace('<head>', Markup(
            '<head><meta name="viewport" content="width=device-width, initial-scale=1"/>'), 1)
        html = html.replace('<body>', Markup('<body><div id="wrapwrap">'), 1)
        html = html.replace('</body>', Markup('</div></body>'), 1)
        return html.replace('</head>', Markup('<style>%s</style></head>') % Markup(style), 1)

    def _isp_present_data(self):
        """Frozen facts with what is asked for now, or those of this moment for a draft."""
        self.ensure_one()
        if self.state == 'posted':
            self.sudo()._isp_freeze_documents()
            return self._isp_with_asked(self._isp_asked()[self.id])
        return self.env['isp.document.data'].sudo()._build(self.sudo())[self.id]

    def _isp_legal_pdf(self):
        """Bytes of the legal PDF; sealed now if it was not, a marked preview of a draft.

        :raises UserError: when it cannot be made
        """
        self.ensure_one()
        if self.state != 'posted':
            return self._isp_make_pdf(self._isp_present_data())
        if not self.isp_document_id:
            try:
                with self.env.cr.savepoint():
                    reason = self.sudo()._isp_render_documents()[self.id]
            except psycopg2.errors.SerializationFailure:
                # Odoo shows this error to who prints instead of trying again
                content = self._isp_sealed_meanwhile()
                if not content:
                    raise
                return content
            if reason:
                raise UserError(self.env._(
                    "The document of invoice %(invoice)s could not be made: %(reason)s",
                    invoice=self.display_name, reason=reason))
        return self._isp_sealed_pdf()

    def _isp_sealed_meanwhile(self):
        """The document that somebody else sealed while this transaction made it, too."""
        with self.env.registry.cursor() as cr:
            move = self.sudo().with_env(self.sudo().env(cr=cr))
            return move.isp_document_id and move._isp_sealed_pdf()
