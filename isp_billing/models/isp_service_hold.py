from decimal import Decimal

from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ..const import HOLD_EFFECTS, HOLD_REASONS
from ..engine.charges import Hold


class IspServiceHold(models.Model):
    """A suspension of a subscription's service: two dates and a billing effect."""

    _name = 'isp.service.hold'
    _description = "Service Hold"
    _inherit = ['mail.thread', 'isp.audited']
    _order = 'date_from desc, id desc'
    _check_company_auto = True

    subscription_id = fields.Many2one(
        'sale.subscription', required=True, index=True, ondelete='cascade', check_company=True,
    )
    company_id = fields.Many2one(related='subscription_id.company_id', store=True, index=True)
    account_id = fields.Many2one(related='subscription_id.isp_account_id', store=True, index=True)
    date_from = fields.Date(string="First day", required=True, tracking=True)
    date_to = fields.Date(
        string="Last day", tracking=True, help="Last day without service. Empty: still on hold.",
    )
    reason = fields.Selection(HOLD_REASONS, required=True, default='vacation', tracking=True)
    effect = fields.Selection(
        HOLD_EFFECTS, string="Billing", required=True, default='no_charge', tracking=True,
    )
    percent = fields.Float(
        string="Charged (%)", default=0.0, tracking=True,
        help="Share of the price charged while on hold, for the reduced price.",
    )
    note = fields.Char()
    from_pause = fields.Boolean(
        readonly=True, help="Opened by the Pause button; Resume ends it.",
    )

    _dates_ordered = models.Constraint(
        'CHECK (date_to IS NULL OR date_to >= date_from)', "A hold ends on or after its first day.",
    )
    _percent_valid = models.Constraint(
        'CHECK (percent BETWEEN 0 AND 100)', "The charged share is 0 to 100 %.",
    )

    @api.depends('subscription_id', 'date_from', 'date_to')
    def _compute_display_name(self):
        for hold in self:
            hold.display_name = self.env._(
                "%(subscription)s: %(first)s – %(last)s",
                subscription=hold.subscription_id.display_name,
                first=hold.date_from, last=hold.date_to or "…",
            )

    @api.constrains('date_from', 'date_to', 'subscription_id')
    def _check_overlap(self):
        for hold in self:
            last = hold.date_to or fields.Date.to_date('9999-12-31')
            other = hold.subscription_id.isp_hold_ids.filtered(
                lambda h, hold=hold, last=last: h != hold and h.date_from <= last
                and (not h.date_to or h.date_to >= hold.date_from)
            )
            if other:
                raise ValidationError(self.env._(
                    "Subscription %(subscription)s is already on hold %(hold)s. Change that hold "
                    "or choose other days.",
                    subscription=hold.subscription_id.display_name, hold=other[0].display_name,
                ))

    def _isp_facts(self):
        """Value objects of the engine, a tuple of :class:`engine.charges.Hold`."""
        return tuple(
            Hold(hold.date_from, hold.date_to or None, hold.effect, Decimal(str(hold.percent)))
            for hold in self
        )
