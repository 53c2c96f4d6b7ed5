import json
import uuid

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL

from ..const import DOCUMENT_LANGUAGES
from ..engine import document_view
from ..guard import own
from .isp_document_data import _number as number_text

LANGUAGE_STEPS = [
    ('origin', "Invoice that is corrected"),
    ('account', "Recorded choice of the account"),
    ('country', "Rule of the country or province"),
    ('company', "Company default"),
    ('default', "English, nothing was set"),
]
DELIVERY_STATES = [
    ('none', "Not delivered"),
    ('to_send', "Waiting"),
    ('sent', "Sent"),
    ('print', "To print"),
    ('portal', "On the portal"),
    ('no_email', "No e-mail address"),
    ('failed', "Failed, tried again later"),
]


class AccountMove(models.Model):
    """The document of an invoice: its language and its frozen facts."""

    _inherit = 'account.move'

    isp_language = fields.Selection(
        DOCUMENT_LANGUAGES, string="Document language", copy=False, readonly=True,
        help="Fixed when the invoice was posted.",
    )
    isp_language_step = fields.Selection(
        LANGUAGE_STEPS, string="Decided by", copy=False, readonly=True,
        help="Which step of the order of languages decided.",
    )
    isp_document_data = fields.Json(
        string="Frozen facts", copy=False, readonly=True, export_string_translation=False,
    )
    isp_document_id = fields.Many2one(
        'ir.attachment', string="Sealed document", copy=False, readonly=True,
        index='btree_not_null', ondelete='restrict',
    )
    isp_document_sha256 = fields.Char(
        string="SHA-256 of the sealed document", copy=False, readonly=True,
    )
    isp_insert_ids = fields.One2many(
        'isp.invoice.insert', 'move_id', string="Inserts", copy=False, readonly=True,
    )
    isp_has_document = fields.Boolean(compute='_compute_isp_has_document')

    @api.depends('journal_id.isp_billing', 'move_type')
    def _compute_isp_has_document(self):
        for move in self:
            move.isp_has_document = (
                move.journal_id.isp_billing and move.is_sale_document(include_receipts=True)
            )

    def _compute_narration(self):
        """Leave the terms of invoices whose document is frozen as the customer got them."""
        return super(AccountMove, self.filtered(
            lambda move: not move.isp_language))._compute_narration()

    # ---- freezing ----------------------------------------------------------------------------

    @own
    def _post(self, soft=True):
        """Compare with the ledger, apply open credits, then freeze the documents of no run."""
        self._isp_check_charges()
        posted = super()._post(soft=soft)
        posted._isp_write_corrections()
        posted._isp_apply_credits()
        posted.filtered(
            lambda move: move.isp_has_document and not move.isp_bill_run_id
        )._isp_freeze_documents()
        return posted

    def _isp_document_account(self):
        """Billing account of the document (res.partner): its own, or else the customer."""
        return self.isp_account_id or self.partner_id

    def _isp_document_period(self):
        """First and last day of service (list of ISO dates), None when there is none."""
        if not self.isp_period_from or not self.isp_period_to:
            return None
        return [self.isp_period_from.isoformat(), self.isp_period_to.isoformat()]

    def _isp_resolve_language(self):
        """Language of the document and the step that decided.

        The order: frozen on the invoice, the invoice that is corrected, then what holds for the
        account (``res.partner._isp_resolve_language``).

        :return: (language, step)
        """
        self.ensure_one()
        if self.isp_language:
            return self.isp_language, self.isp_language_step
        if self.reversed_entry_id.isp_language:
            return self.reversed_entry_id.isp_language, 'origin'
        account = self._isp_document_account()
        if not account:  # a new invoice: nobody was chosen yet
            return self.company_id.isp_document_language or 'en', 'company'
        return account._isp_resolve_language(self.company_id, self.partner_shipping_id)

    def _isp_line_details(self):
        """What the lines of these invoices are made of: calls, messages, days of use.

        Printed in small rows under the lines when the layout shows usage details, and frozen with
        the invoice.  Default: nothing.  Modules that rate usage override it, with one query for
        all invoices.

        :return: {account.move.line, or isp.charge where a charge of 0.00 has no invoice line:
            [detail]}; a detail is a JSON-able dict, see ``document_view.PageWriter.detail``
        :rtype: dict
        """
        return {}

    def _isp_printed_language(self):
        """First language of the page: ``en`` or ``fr``; both languages begin with French."""
        return 'en' if self._isp_resolve_language()[0] == 'en' else 'fr'

    def _isp_freeze_documents(self):
        """Freeze language, texts, amounts and inserts of posted invoices; batched.

        Invoices that are frozen or sealed already are left alone, unless charges were linked to
        an unsealed one since, or it has another total.
        """
        moves = self.filtered(lambda move: (
            move.isp_has_document and move.state == 'posted' and not move.isp_document_id
            and move._isp_facts_are_old()))
        if not moves:
            return
        moves._isp_ensure_tokens()
        data = self.env['isp.document.data'].sudo()._build(moves.sudo())
        rows = []
        for move in moves:
            language, step = move._isp_resolve_language()
            rows.append((move.id, language, step, json.dumps(data[move.id])))
        self._isp_update_columns(
            {'isp_language': 'varchar', 'isp_language_step': 'varchar',
             'isp_document_data': 'jsonb'}, rows,
        )
        moves._isp_log_messages(data)
        moves._isp_freeze_inserts()

    def _isp_facts_are_old(self):
        """Whether there are no frozen facts, or those of other charges or another total (bool)."""
        facts = self.isp_document_data
        return (not facts or facts.get('charges') != len(self.isp_charge_ids)
                or facts.get('total') != number_text(self.amount_total, self.currency_id))

    def _isp_freeze_inserts(self):
        """Note which PDFs each invoice carries, by stored file and fingerprint."""
        missing = self.sudo().filtered(lambda move: not move.isp_insert_ids)
        attachments = self.env['isp.invoice.attachment'].sudo()
        matching = self.env['isp.invoice.attachment']._isp_matching(missing)
        everything = attachments.union(*matching.values())
        files = everything._isp_stored_files() if everything else {}
        inserts, vals_list = self.env['isp.invoice.insert'].sudo(), []
        for move in missing:
            rows = attachments.union(*matching[move.id])._isp_insert_rows(
                move, move.isp_language, files)
            inserts._isp_within_budget(move.company_id, rows)
            vals_list += rows
        inserts.create(vals_list)

    def _isp_ensure_tokens(self):
        """Give the invoices their portal token, in one statement."""
        rows = [(move.id, str(uuid.uuid4())) for move in self if not move.access_token]
        self._isp_update_columns({'access_token': 'varchar'}, rows)

    def _isp_portal_link(self, base_url=None):
        """Address of the invoice on the portal, with its token (str)."""
        self.ensure_one()
        return (f"{base_url or self.company_id.get_base_url()}/my/invoices/{self.id}"
                f"?access_token={self.access_token or ''}")

    @api.model
    def _isp_update_columns(self, columns, rows):
        """Write columns of ours on many invoices in one statement.

        For columns that nothing else is computed from: the checks and syncs of
        ``account.move.write`` would cost more than the document itself.

        :param dict columns: SQL type by column
        :param list rows: (id, value, ...) in the order of the columns
        """
        if not rows:
            return
        moves = self.browse([row[0] for row in rows])
        moves.flush_recordset(list(columns))
        values = SQL(', ').join(
            SQL('(%s)', SQL(', ').join(SQL('%s', value) for value in row)) for row in rows)
        self.env.cr.execute(SQL(
            "UPDATE account_move AS move SET %s FROM (VALUES %s) AS new(id, %s) "
            "WHERE move.id = new.id",
            SQL(', ').join(
                SQL('%s = new.%s::%s', SQL.identifier(name), SQL.identifier(name), SQL(kind))
                for name, kind in columns.items()),
            values,
            SQL(', ').join(SQL.identifier(name) for name in columns),
        ))
        moves.invalidate_recordset(list(columns), flush=False)

    def _isp_document_filename(self):
        """File name in the language of the document, such as ``Facture-F2026-0001.pdf``."""
        self.ensure_one()
        locales = (self.isp_document_data or {}).get('locales') or self.company_id._isp_locales()
        words = document_view.words(locales[self._isp_printed_language()])
        title = words['title_refund' if self.move_type == 'out_refund' else 'title_invoice']
        number = (self.name or '').replace('/', '-') if self.state != 'draft' else words['draft']
        return f"{title}-{number}.pdf".replace(' ', '-')

    # ---- guards ------------------------------------------------------------------------------

    def _detach_attachments(self):
        """A sealed document is not put aside: the invoice is corrected by a credit note."""
        sealed = self.filtered('isp_document_id')[:1]
        if sealed:
            raise UserError(self.env._(
                "The document of invoice %(invoice)s is sealed, so the invoice is not reset to "
                "draft. Correct it with a credit note.", invoice=sealed.name))
        return super()._detach_attachments()

    @api.depends('isp_document_id')
    def _compute_show_reset_to_draft_button(self):
        super()._compute_show_reset_to_draft_button()
        self.filtered('isp_document_id').show_reset_to_draft_button = False

    # ---- Odoo's own ways to a PDF ------------------------------------------------------------

    def _get_invoice_pdf_proforma(self):
        """Our document, also before it was sent for the first time."""
        if not self.isp_has_document:
            return super()._get_invoice_pdf_proforma()
        return {'filename': self._isp_document_filename(), 'filetype': 'pdf',
                'content': self._isp_legal_pdf()}

    def _get_invoice_report_filename(self, extension='pdf', report=None):
        if not self.isp_has_document:
            return super()._get_invoice_report_filename(extension=extension, report=report)
        return self._isp_document_filename().removesuffix('pdf') + extension

    def _get_report_base_filename(self):
        if not self.isp_has_document:
            return super()._get_report_base_filename()
        return self._isp_document_filename().removesuffix('.pdf')

    def action_print_pdf(self):
        """Our page has its own layout: nobody is asked to choose one of Odoo's."""
        self.ensure_one()
        if not self.isp_has_document:
            return super().action_print_pdf()
        report = self.env['account.move.send']._get_default_pdf_report_id(self)
        return report.report_action(self.id, config=False)

    def _get_mail_template(self):
        """The e-mail of our invoices, in the language of the document."""
        if self and all(move.isp_has_document for move in self):
            return self[:1]._isp_mail_template()
        return super()._get_mail_template()

    def action_isp_preview_pdf(self):
        """Open what the customer gets."""
        self.ensure_one()
        return {
            'type': 'ir.actions.act_url', 'target': 'new',
            'url': f'/isp/invoice/{self.id}/pdf',
        }
