from odoo import fields, models
from odoo.exceptions import UserError

from ..engine import document_view, document_words
from ..sentences import say


class AccountMove(models.Model):
    """The other language of an invoice: the customer's choice, and copies of what was issued."""

    _inherit = 'account.move'

    isp_translation_id = fields.Many2one(
        'ir.attachment', string="Copy in the other language", copy=False, readonly=True,
        index='btree_not_null', ondelete='set null',
        help="Made on request from the frozen texts; the sealed original stays as it is.",
    )
    isp_has_translation = fields.Boolean(compute='_compute_isp_has_translation')

    def _compute_isp_has_translation(self):
        for move in self:
            move.isp_has_translation = bool(
                move.isp_has_document and move.state == 'posted'
                and move._isp_resolve_language()[0] != 'both')

    def _isp_language_url(self):
        """Signed address where the customer chooses the language of the next documents (str)."""
        self.ensure_one()
        token = self.env['isp.language.choice']._isp_token(
            self._isp_document_account(), self.company_id)
        return f"{self.company_id.get_base_url()}/isp/language/{token}"

    def _isp_promotions_url(self):
        """Signed address where the customer refuses or takes promotions (str)."""
        self.ensure_one()
        token = self.env['isp.promotion.choice']._isp_token(
            self._isp_document_account(), self.company_id)
        return f"{self.company_id.get_base_url()}/isp/promotions/{token}"

    # ---- copy in the other language ----------------------------------------------------------

    def _isp_other_language(self):
        """The language that the document is not in: ``en`` or ``fr``."""
        return 'fr' if self._isp_printed_language() == 'en' else 'en'

    def _isp_translation_pdf(self):
        """A copy of the posted document in its other language, marked as a translation.

        Made once, from the texts that were frozen at posting, and kept apart: the sealed
        original is neither read nor written.

        :return: (bytes, file name)
        :raises UserError: for drafts and for documents of two languages
        """
        self.ensure_one()
        if not self.isp_has_translation:
            raise UserError(self.env._(
                "%(document)s has no copy in another language: it is a draft, or it holds both "
                "languages already.", document=self.display_name))
        copy = self.sudo().isp_translation_id.exists()
        if not copy or not copy.raw:
            copy = self._isp_make_translation()
        return copy.raw, copy.name

    def _isp_make_translation(self):
        """Make, store and log the copy (ir.attachment, sudo)."""
        language = self._isp_other_language()
        data = self._isp_present_data()
        texts = document_words.words(data['locales'][language])
        view, pictures = self._isp_view(data, language)
        view['mark'] = texts['translation_of_' + self._isp_printed_language()]
        title = texts['title_refund' if view['refund'] else 'title_invoice']
        name = f"{texts['translation']}-{title}-{self.name.replace('/', '-')}.pdf".replace(' ', '-')
        copy = self.env['ir.attachment'].sudo().create({
            'name': name, 'mimetype': 'application/pdf', 'company_id': self.company_id.id,
            'raw': self._isp_pdf_of_view(data, view, pictures),
            'res_model': 'account.move', 'res_id': self.id,
        })
        self.sudo()._isp_update_columns({'isp_translation_id': 'int'}, [(self.id, copy.id)])
        self.sudo()._isp_log_sentence(say(self.env)._(
            "Copy in the other language made from the frozen texts by %(user)s: %(name)s.",
            user=self.env.user.name, name=name))
        return copy

    def action_isp_translation(self):
        """Open the copy in the other language."""
        self.ensure_one()
        self._isp_translation_pdf()
        return {
            'type': 'ir.actions.act_url', 'target': 'new',
            'url': f'/isp/invoice/{self.id}/translation',
        }

    def _isp_translation_url(self):
        """Address of the copy on the portal (str)."""
        self.ensure_one()
        return f'/my/invoices/{self.id}/translation?access_token={self._portal_ensure_token()}'

    def _isp_translation_title(self):
        """Words of the button on the portal, in the language that the copy is in (str)."""
        self.ensure_one()
        locale = self.company_id._isp_locales()[self._isp_other_language()]
        return document_view.words(locale)['other_language']
