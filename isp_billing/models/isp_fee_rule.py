from odoo import api, fields, models
from odoo.fields import Domain

from ..const import FEE_KINDS
from .isp_language_rule import ACTIONS


class IspFeeRule(models.Model):
    """Where a kind of fee is not lawful: data, never code.

    Country modules bring further records.  None of it is legal advice: each company may change
    or archive them.
    """

    _name = 'isp.fee.rule'
    _description = "Fee Rule"
    _inherit = ['mail.thread', 'isp.audited']
    _order = 'country_id, fee_kind, date_from, id'

    name = fields.Char(required=True, translate=True, tracking=True)
    active = fields.Boolean(default=True, tracking=True)
    company_id = fields.Many2one('res.company', index=True, help="Empty: all companies.")
    fee_kind = fields.Selection(FEE_KINDS, string="Kind of fee", required=True, tracking=True)
    country_id = fields.Many2one('res.country', required=True, index=True, tracking=True)
    state_ids = fields.Many2many(
        'res.country.state', string="Provinces or states",
        domain="[('country_id', '=', country_id)]", help="Empty: the whole country.",
    )
    customers = fields.Selection(
        [('any', "All customers"), ('consumer', "Consumers"), ('business', "Businesses")],
        required=True, default='any', tracking=True,
        help="A customer that is a company, or belongs to one, is a business.",
    )
    date_from = fields.Date(
        string="From", required=True, tracking=True,
        help="The rule holds for fees that are due on or after this day.",
    )
    date_to = fields.Date(string="To", tracking=True, help="Empty: it still holds.")
    effect = fields.Selection(
        ACTIONS, required=True, default='warn', tracking=True,
        help="Block: a fee of this kind cannot be added. Warn: it can, with a warning.",
    )
    note = fields.Text(
        string="Source", translate=True, required=True, help="Where the rule comes from.",
    )

    _dates_ordered = models.Constraint(
        'CHECK (date_to IS NULL OR date_to >= date_from)', "A rule ends on or after its first day.",
    )

    @api.model
    def _isp_rules_for(self, fee_kind, account, address, company, day):
        """Rules that a fee breaks, those that block first (may be empty).

        :param str fee_kind: see ``const.FEE_KINDS``; empty: nothing to check
        :param account: res.partner, the customer
        :param address: res.partner, where the service is used
        :param company: res.company that charges the fee
        :param date day: day on which the fee is due
        """
        if not fee_kind:
            return self.browse()
        address = address or account
        business = account.commercial_partner_id.is_company
        rules = self.sudo().search(Domain([
            ('fee_kind', '=', fee_kind), ('country_id', '=', address.country_id.id),
            ('company_id', 'in', [False, company.id]),
            ('customers', 'in', ['any', 'business' if business else 'consumer']),
            ('date_from', '<=', day),
        ]) & (Domain('date_to', '=', False) | Domain('date_to', '>=', day)))
        rules = rules.filtered(
            lambda rule: not rule.state_ids or address.state_id in rule.state_ids
        )
        return rules.sorted(lambda rule: rule.effect != 'block')

    def _isp_text(self):
        """What the rules say, with their sources (str, empty without rules)."""
        return "\n".join(f"{rule.name}: {rule.note}" for rule in self)
