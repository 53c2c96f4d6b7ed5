from odoo import api, fields, models

FIELD = 'isp_document_language'
#: marks what a person writes on a form
BY_PERSON = 'isp_written_on_form'


class ResPartner(models.Model):
    """The language of an account's documents: each change is recorded, whatever door it took."""

    _inherit = 'res.partner'

    isp_language_choice_ids = fields.One2many(
        'isp.language.choice', 'partner_id', string="Choices of language", readonly=True,
        groups="isp_billing.group_clerk,isp_billing.group_approver,isp_billing.group_auditor",
    )
    isp_language_effective = fields.Char(
        string="Next documents", compute='_compute_isp_language_effective',
        help="Language of the next documents, and what decides it.",
    )

    @api.depends(FIELD, 'country_id', 'state_id')
    @api.depends_context('company')
    def _compute_isp_language_effective(self):
        languages = dict(self._fields[FIELD]._description_selection(self.env))
        steps = dict(self.env['account.move']._fields['isp_language_step']._description_selection(
            self.env))
        for partner in self:
            language, step = partner._isp_resolve_language(self.env.company)
            partner.isp_language_effective = f"{languages[language]} ({steps[step]})"

    @api.model_create_multi
    def create(self, vals_list):
        partners = super().create([self._isp_one_line(vals) for vals in vals_list])
        partners._isp_log_language({
            partner: False for partner, vals in zip(partners, vals_list, strict=True)
            if vals.get(FIELD)
        })
        return partners

    def write(self, vals):
        vals = self._isp_wait_for_person(self._isp_one_line(vals))
        if FIELD in vals:
            before = {partner: partner[FIELD] for partner in self}
            result = super().write(vals)
            self._isp_log_language(before)
            return result
        langs = self._isp_langs_by_person(vals)
        result = super().write(vals)
        self._isp_follow_lang(langs, vals)
        return result

    def web_save(self, vals, specification, next_id=None):
        """Know what a person writes on a form from what programs write."""
        return super(ResPartner, self.with_context(**{BY_PERSON: True})).web_save(
            vals, specification, next_id=next_id)

    def _isp_langs_by_person(self, vals):
        """Present language of the contacts whose language a person changes: {partner: code}."""
        context = self.env.context
        if not vals.get('lang') or not (context.get(BY_PERSON) or context.get('import_file')):
            return {}
        return {partner: partner.lang for partner in self}

    def _isp_follow_lang(self, before, vals):
        """A person who changes the language of a contact chooses that of the bills.

        Odoo fills in the language of new contacts by itself, so its value alone is no choice;
        changing it on the form or by an import is one.  It counts in the present company, and not
        where it would block the bills or where both languages were chosen.

        :param dict before: language code that they had, by partner
        """
        for partner, lang in before.items():
            wanted = {'en': 'en', 'fr': 'fr'}.get(vals['lang'][:2])
            if wanted and (lang or '')[:2] != wanted and partner.isp_account_number \
                    and partner[FIELD] not in ('both', wanted) \
                    and wanted in partner._isp_offered_languages(self.env.company, 'form'):
                partner[FIELD] = wanted

    def _isp_log_language(self, before):
        """Record the changes of language.

        :param dict before: earlier language (or False) by partner
        """
        choices = self.env['isp.language.choice'].sudo()
        channel = choices._isp_channel(self.env.su)
        choices.create([
            {'partner_id': partner.id, 'company_id': self.env.company.id, 'previous': previous,
             'language': partner[FIELD], 'channel': channel}
            for partner, previous in before.items() if (previous or False) != partner[FIELD]
        ])

    def _isp_choose_language(self, language, channel):
        """What the customer chose; it holds from the next document on.

        :param language: 'en', 'fr', 'both', or False to follow the company
        :param str channel: see ``isp.language.choice``
        """
        self.ensure_one()
        self.with_context(isp_choice_channel=channel)[FIELD] = language

    def _isp_read_languages(self, company):
        """Languages in which the account reads its bills (set of 'en' and 'fr')."""
        language = self._isp_resolve_language(company)[0]
        return {'en', 'fr'} if language == 'both' else {language}
