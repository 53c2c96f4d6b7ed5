from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain

from ..const import DOCUMENT_LANGUAGES
from ..sentences import say

NAMES_IN_GAP = 5


class IspBillRun(models.Model):
    """Bill runs that look at the translations before anything is posted."""

    _inherit = 'isp.bill.run'

    isp_translation_warning = fields.Char(compute='_compute_isp_translation_warning')

    def _isp_languages_in_use(self):
        """Languages that the documents of the run need (set of 'en' and 'fr')."""
        self.ensure_one()
        company = self.company_id
        bills = self.env['isp.bill.run.bill'].sudo().with_company(company)
        scope = Domain('run_id', '=', self.id)
        used = {
            language for language, _label in DOCUMENT_LANGUAGES if bills.search_count(
                scope & Domain('account_id.isp_document_language', '=', language), limit=1)
        }
        unchosen = bills._search(scope & Domain('account_id.isp_document_language', '=', False))
        places = self.env['res.partner'].sudo().with_context(active_test=False)._read_group(
            Domain('id', 'in', unchosen.subselect('address_id')), ['country_id', 'state_id'],
            ['id:min'])
        for _country, _state, place_id in places:
            place = self.env['res.partner'].sudo().browse(place_id)
            used.add(place._isp_country_language_rule(company, place)
                     or company.isp_document_language)
        return {'en', 'fr'} if 'both' in used else used

    def _isp_translation_gaps(self, only=('missing', 'other')):
        """Texts that are wanting in a language of the bills (list of dicts)."""
        self.ensure_one()
        gaps = self.env['isp.translation.gap']._isp_gaps(
            self.company_id, self._isp_languages_in_use(), self)
        return [gap for gap in gaps if gap['problem'] in only]

    def _isp_translation_gap_text(self, gaps):
        """A sentence about the missing texts, '' when none is missing."""
        if not gaps:
            return ''
        names = list(dict.fromkeys(
            f"{gap['model_name']} {gap['record_name']}" for gap in gaps))
        more = "…" if len(names) > NAMES_IN_GAP else ""
        return say(self.env)._(
            "Texts are missing in the language of their customers (%(count)s): %(names)s. See "
            "Configuration, Missing Translations.", count=len(gaps),
            names=", ".join(names[:NAMES_IN_GAP]) + more)

    @api.depends('state', 'bill_ids')
    def _compute_isp_translation_warning(self):
        for run in self:
            looks = run.state == 'computed' and run.company_id.isp_translation_gate != 'ignore'
            run.isp_translation_warning = looks and run._isp_translation_gap_text(
                run._isp_translation_gaps())

    def _isp_refused_text(self):
        """Why missing texts forbid the approval, '' when they do not (str)."""
        self.ensure_one()
        return self._isp_translation_gap_text(self._isp_translation_gaps(only=('missing',))) \
            if self.company_id.isp_translation_gate == 'refuse' else ''

    def _isp_why_it_waits(self):
        """A run of a schedule does not approve itself either where a person could not."""
        text = self._isp_refused_text()
        return super()._isp_why_it_waits() + ([text] if text else [])

    def _isp_after_compute(self):
        """Where nobody looks at the run before it is posted, the warning stays in its notes."""
        text = self.schedule_id and self.company_id.isp_translation_gate == 'warn' and (
            self._isp_translation_gap_text(self._isp_translation_gaps()))
        if text:
            self._isp_post_sentence(text)
        super()._isp_after_compute()

    def action_approve(self):
        """Refuse when texts are missing and the company wants that.

        A text that only seems to be in the other language is a guess: it warns and never refuses.
        """
        for run in self:
            text = run._isp_refused_text()
            if text:
                raise UserError(self.env._("Run %(run)s: %(text)s", run=run.name, text=text))
        return super().action_approve()
