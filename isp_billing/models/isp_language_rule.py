from odoo import api, fields, models, tools

from ..const import DOCUMENT_LANGUAGES

ACTIONS = [('warn', "Warn"), ('block', "Block")]


class IspLanguageRule(models.Model):
    """What the law of a place asks of the language of invoices: data, never code.

    Country modules bring the records.  None of it is legal advice.
    """

    _name = 'isp.language.rule'
    _description = "Language Rule"
    _inherit = ['isp.audited']
    _order = 'sequence, id'

    name = fields.Char(required=True, translate=True)
    active = fields.Boolean(default=True)
    sequence = fields.Integer(default=10, help="The first rule that fits an address holds.")
    company_id = fields.Many2one(
        'res.company', index=True, help="Empty: all companies.",
    )
    country_id = fields.Many2one('res.country', required=True, index=True)
    state_ids = fields.Many2many(
        'res.country.state', string="Provinces or states",
        domain="[('country_id', '=', country_id)]", help="Empty: the whole country.",
    )
    default_language = fields.Selection(
        DOCUMENT_LANGUAGES, string="Without a choice",
        help="Language of accounts that made no choice. Empty: the company's default.",
    )
    requirement = fields.Selection(
        [
            ('none', "None"),
            ('fr_or_proof', "French, unless the express choice of English is on record"),
            ('fr_required', "French must always be there"),
        ], required=True, default='none',
        help="What holds for documents in English alone.",
    )
    action = fields.Selection(
        ACTIONS, required=True, default='warn',
        help="What bill runs do with accounts that do not fit. A company may decide for all its "
             "rules in the settings.",
    )
    note = fields.Text(string="Source", translate=True, help="Where the rule comes from.")

    @api.model
    def _isp_rule_for(self, company, address):
        """The first rule that holds at an address (may be empty).

        An address without a country, or in the company's country without a province, is taken
        for one beside the company: a customer of a provider in Quebec is not sent English for
        want of a province.

        :param company: res.company that issues the document
        :param address: res.partner, where the service is used
        """
        country, state = address.country_id.id, address.state_id.id
        if not state and country in (False, company.country_id.id):
            country, state = company.country_id.id, company.state_id.id
        found = next((
            rule for rule, of_country, of_states in self._isp_places(company.id)
            if of_country == country and (not of_states or state in of_states)), False)
        return self.sudo().browse(found)

    @api.model
    @tools.ormcache('company_id')
    def _isp_places(self, company_id):
        """Where the rules of a company hold: ((rule id, country id, state ids), ...).

        A bill run asks for each of its accounts.
        """
        rules = self.sudo().search([('company_id', 'in', [False, company_id])])
        return tuple(
            (rule.id, rule.country_id.id, frozenset(rule.state_ids.ids)) for rule in rules)

    @api.model_create_multi
    def create(self, vals_list):
        self.env.registry.clear_cache()
        return super().create(vals_list)

    def write(self, vals):
        result = super().write(vals)
        self.env.registry.clear_cache()
        return result

    def unlink(self):
        result = super().unlink()
        self.env.registry.clear_cache()
        return result

    def _isp_action(self, company):
        """What happens to documents that do not fit: ``warn``, ``block``, False without a rule."""
        action = company.isp_language_rule_action
        return self.action if action == 'rule' else action

    def _isp_broken_by(self, account, company, language):
        """Whether a document language breaks the rule (bool).

        :param account: res.partner, with the proof of the customer's choice
        """
        if not self or language != 'en' or self.requirement == 'none':
            return False
        return self.requirement == 'fr_required' or not account._isp_has_language_proof(company)
