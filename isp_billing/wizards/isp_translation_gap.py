from odoo import api, fields, models
from odoo.tools import html2plaintext

from ..engine import text_language

SOURCE_CHARS = 120


class IspTranslationGap(models.TransientModel):
    """One text that customers read and that is wanting in one of their languages.

    The list is made anew each time it is opened; what is looked at stands in
    isp_translation_source.py.
    """

    _name = 'isp.translation.gap'
    _description = "Missing Translation"
    _order = 'model_name, record_name, id'

    company_id = fields.Many2one('res.company', required=True)
    model_name = fields.Char(string="Kind", required=True)
    res_model = fields.Char(required=True)
    res_id = fields.Many2oneReference(model_field='res_model', string="Record")
    record_name = fields.Char(string="Text of", required=True)
    field_name = fields.Char(string="Field", required=True)
    language = fields.Selection([('en', "English"), ('fr', "French")], required=True)
    problem = fields.Selection(
        [('missing', "Missing"), ('other', "Seems to be in the other language")],
        required=True, default='missing',
        help="The language of a text is guessed by its common words. If the guess is wrong, "
             "ignore the line.",
    )
    source = fields.Char(string="What is there")

    # ---- finding -----------------------------------------------------------------------------

    @api.model
    def _isp_gaps(self, company, languages, run=None):
        """Values of the gaps of a company in some languages.

        A text is missing when nothing is stored for the language itself: what Odoo shows instead
        does not count.  A name that is right in both languages, such as “Fibre 500”, is confirmed
        by writing it in French too.

        :param languages: set of 'en' and 'fr'
        :param run: isp.bill.run; notes to single accounts count only for accounts of its bills
        :return: list of dicts of this model's fields
        """
        gaps = []
        for text in self._isp_texts(company, run):
            wanted = text.get('languages') or languages & text.get('only', languages)
            for language, problem in text_language.problems(
                    text['texts'], wanted, text.get('prose')):
                gaps.append(self._isp_gap(text, company, language, problem))
        return gaps

    @api.model
    def _isp_gap(self, text, company, language, problem):
        """Values of one gap (dict)."""
        record, texts = text['record'], text['texts']
        there = texts[language] or texts['fr' if language == 'en' else 'en']
        return {
            'company_id': company.id, 'res_model': record._name, 'res_id': record.id,
            'model_name': self.env['ir.model']._get(record._name).name,
            'record_name': record.display_name, 'language': language, 'problem': problem,
            'source': html2plaintext(there).strip()[:SOURCE_CHARS],
            'field_name': record._fields[text['field']]._description_string(self.env),
        }

    # ---- showing -----------------------------------------------------------------------------

    @api.model
    def action_isp_open(self):
        """Find the gaps of the present company in both languages, and list them."""
        self.check_access('read')
        company = self.env.company
        gaps = self.sudo()  # auditors see the list and write nothing
        gaps.search([('create_uid', '=', self.env.uid)]).unlink()
        gaps.create(self._isp_gaps(company, {'en', 'fr'}))
        action = self.env['ir.actions.act_window']._for_xml_id(
            'isp_billing.isp_translation_gap_action')
        return {**action, 'domain': [('create_uid', '=', self.env.uid),
                                     ('company_id', '=', company.id)]}

    def action_isp_open_record(self):
        """Open the record that the text belongs to."""
        self.ensure_one()
        return {
            'type': 'ir.actions.act_window', 'res_model': self.res_model, 'res_id': self.res_id,
            'view_mode': 'form', 'name': self.record_name,
        }
