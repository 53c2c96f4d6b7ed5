from odoo import api, fields, models

FIELD = 'isp_document_language'


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
        partners = super().create(vals_list)
        partners._isp_log_language({
            partner: False for partner, vals in zip(partners, vals_list, strict=True)
            if vals.get(FIELD)
        })
        return partners

    def write(self, vals):
        if FIELD not in vals:
            return super().write(vals)
        before = {partner: partner[FIELD] for partner in self}
        result = super().write(vals)
        self._isp_log_language(before)
        return result

    def _isp_log_language(self, before):
        """Record the changes of language.

        :param dict before: earlier language (or False) by partner
        """
        choices = self.env['isp.language.choice'].sudo()
        channel = choices._isp_channel()
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
