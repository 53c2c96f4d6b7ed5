from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ..const import DOCUMENT_LANGUAGES
from ..sentences import say

PROOF = ('isp_french_contract_date', 'isp_express_choice_date', 'isp_express_choice_by')


class ResPartner(models.Model):
    """Rules of the country or province on an account, and the proof that lifts one of them."""

    _inherit = 'res.partner'

    isp_french_contract_date = fields.Date(
        string="French contract handed over on", company_dependent=True,
        help="Day on which the customer got the French version of the contract.",
    )
    isp_express_choice_date = fields.Date(
        string="Express choice of English on", company_dependent=True,
        help="Day on which the customer expressly chose English, after having received the "
             "French contract.",
    )
    isp_express_choice_by = fields.Char(
        string="Chosen by", company_dependent=True,
        help="Person who made the choice for the customer.",
    )
    isp_language_warning = fields.Char(compute='_compute_isp_language_warning')

    @api.constrains('isp_french_contract_date', 'isp_express_choice_date')
    def _check_isp_language_proof(self):
        for partner in self:
            first, then = partner.isp_french_contract_date, partner.isp_express_choice_date
            today = self.env.company._isp_today()
            if (first and first > today) or (then and then > today):
                raise ValidationError(self.env._(
                    "%(account)s: the proof of the choice of English is dated in the future. "
                    "Correct the date.", account=partner.display_name))
            if first and then and then < first:
                raise ValidationError(self.env._(
                    "%(account)s: the express choice of English comes after the French contract "
                    "was handed over. Correct one of the dates.", account=partner.display_name))

    def write(self, vals):
        """Note who recorded the proof of a choice."""
        result = super().write(vals)
        if not vals.keys().isdisjoint(PROOF):
            for partner in self:
                partner._isp_log_sentence(say(self.env)._(
                    "Proof of the choice of English recorded for %(company)s: French contract "
                    "%(contract)s, express choice %(choice)s by %(person)s.",
                    company=self.env.company.name, contract=partner[PROOF[0]] or "–",
                    choice=partner[PROOF[1]] or "–", person=partner[PROOF[2]] or "–"))
        return result

    def _isp_has_language_proof(self, company):
        """Whether the express choice of English is on record with its date and person (bool)."""
        account = self.with_company(company)
        return all(account[name] for name in PROOF)

    def _isp_country_language_rule(self, company, address):
        """Language that the rule of the service address gives to accounts without a choice."""
        rule = self.env['isp.language.rule']._isp_rule_for(company, address)
        return rule.default_language or super()._isp_country_language_rule(company, address)

    def _isp_language_problem(self, company, address=None, language=None):
        """What is wrong with the language of the account's documents.

        :param address: res.partner, the service address; the account itself when empty
        :param str language: of the document; the one that holds for the account when empty
        :return: (action, message) with action 'warn' or 'block', None when all is well
        """
        self.ensure_one()
        address = address or self
        rule = self.env['isp.language.rule']._isp_rule_for(company, address)
        language = language or self._isp_resolve_language(company, address)[0]
        if not rule._isp_broken_by(self, company, language):
            return None
        if rule.requirement == 'fr_required':
            mend = say(self.env)._("Choose French or both languages.")
        else:
            mend = say(self.env)._(
                "Choose French or both languages, or record the proof: the day the French "
                "contract was handed over, the day of the express choice and who made it.")
        return rule._isp_action(company), say(self.env)._(
            "%(account)s has documents in English alone, but for %(rule)s French comes first. "
            "%(mend)s", account=self.display_name, rule=rule.name, mend=mend)

    @api.depends(
        'isp_document_language', 'country_id', 'state_id', *PROOF,
        'isp_subscription_ids.partner_shipping_id.state_id',
        'isp_subscription_ids.partner_shipping_id.country_id',
    )
    @api.depends_context('company')
    def _compute_isp_language_warning(self):
        company = self.env.company
        for partner in self:
            partner.isp_language_warning = False
            if not partner.isp_is_account:
                continue
            for place in partner._isp_language_places(company):
                problem = partner._isp_language_problem(company, place)
                if problem:
                    partner.isp_language_warning = problem[1]
                    break

    def _isp_language_places(self, company):
        """The account and its service addresses in a company (res.partner)."""
        self.ensure_one()
        return self | self.sudo().isp_subscription_ids.filtered(
            lambda row: row.company_id == company).partner_shipping_id

    # ---- choices of the customer -------------------------------------------------------------

    def _isp_offered_languages(self, company, channel):
        """Languages that the customer may choose alone: none whose bills would be blocked.

        :param str channel: see ``isp.account.choice``; who is signed in on the portal makes the
            express choice there, where the French contract was handed over before
        :return: set of codes of DOCUMENT_LANGUAGES
        """
        self.ensure_one()
        codes = {code for code, _label in DOCUMENT_LANGUAGES}
        rules = self.env['isp.language.rule']
        for place in self._isp_language_places(company):
            rule = rules._isp_rule_for(company, place)
            proven = channel == 'portal' and rule.requirement == 'fr_or_proof' \
                and self.with_company(company).isp_french_contract_date
            codes -= {
                code for code in codes if not proven and rule._isp_action(company) == 'block'
                and rule._isp_broken_by(self, company, code)}
        return codes

    def _isp_choose_language(self, language, channel):
        """Record the express choice of English, too, where it is made on the portal."""
        super()._isp_choose_language(language, channel)
        if language != 'en' or channel != 'portal':
            return
        rules = self.env['isp.language.rule']
        asked = any(rules._isp_rule_for(self.env.company, place).requirement == 'fr_or_proof'
                    for place in self._isp_language_places(self.env.company))
        if asked and self.isp_french_contract_date and not self.isp_express_choice_date:
            self.write({
                'isp_express_choice_date': self.env.company._isp_today(),
                'isp_express_choice_by': self.env.user.name,
            })
