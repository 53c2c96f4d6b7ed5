from odoo import Command, api, fields, models
from odoo.exceptions import UserError

from ..const import CHARGE_KINDS, CHARGE_ORIGINS, PRORATION_METHODS

#: the only fields that may be set after a row was written: links to its document
LINK_FIELDS = {'move_id', 'move_line_id', 'bill_id'}


class IspCharge(models.Model):
    """The ledger: what was charged, for which line and period, at which price.

    Rows are signed differences and are never changed or deleted; the balance of a line and
    period is the sum of its rows. Revision 0 is the first charge of a period, later revisions
    bring the balance to what is due. Two constraints of PostgreSQL have the last word: a period
    cannot be charged first twice, and first charges of a line cannot overlap in days.

    Rows that belong to a draft invoice go when the draft is deleted, which frees the period.
    """

    _name = 'isp.charge'
    _description = "Charge"
    _order = 'period_start desc, line_id, revision desc, id desc'
    _check_company_auto = True

    company_id = fields.Many2one('res.company', required=True, index=True)
    account_id = fields.Many2one('res.partner', string="Billing account", required=True, index=True)
    payer_id = fields.Many2one('res.partner', required=True, index=True)
    subscription_id = fields.Many2one(
        'sale.subscription', required=True, index=True, ondelete='restrict',
    )
    line_id = fields.Many2one(
        'sale.subscription.line', string="Subscription line", required=True, ondelete='restrict',
    )
    plan_id = fields.Many2one('isp.service.plan', required=True, index=True, ondelete='restrict')
    plan_kind = fields.Selection(related='plan_id.kind', string="Plan kind")
    product_id = fields.Many2one('product.product', required=True, ondelete='restrict')
    kind = fields.Selection(CHARGE_KINDS, required=True)
    period_start = fields.Date(string="Full period from", required=True)
    period_end = fields.Date(string="Full period to", required=True)
    revision = fields.Integer(
        required=True, aggregator=None,
        help="0: first charge of the period. 1 and more: corrections.",
    )
    date_from = fields.Date(string="From", required=True, help="First day charged.")
    date_to = fields.Date(string="To", required=True, help="Last day charged.")
    days = fields.Integer(required=True, help="Days charged, without days held free.")
    period_days = fields.Integer(
        string="Days of the period", required=True, aggregator=None,
    )
    quantity = fields.Float(required=True, digits='Product Unit', default=1.0)
    price_unit = fields.Float(
        string="Unit price", digits=0, aggregator=None, help="For a full period, before tax.",
    )
    discount = fields.Float(string="Discount (%)", digits=0, aggregator=None)
    price_full = fields.Monetary(
        string="Price of the full period", aggregator=None,
        help="Quantity × unit price less the discount.",
    )
    price_known = fields.Boolean(
        default=True,
        help="Unset on opening charges without an amount: they cannot be credited.",
    )
    method = fields.Selection(PRORATION_METHODS, string="Proration", required=True)
    detail = fields.Json(
        readonly=True,
        help="What else the amount rests on: reductions by discounts, number of the instalment, "
             "usage by tier, weights of the payers.",
    )
    amount = fields.Monetary(
        required=True,
        help="Signed difference, in the terms of the price: before tax, or with the taxes that "
             "the price includes.",
    )
    currency_id = fields.Many2one('res.currency', required=True)
    tax_ids = fields.Many2many(
        'account.tax', 'isp_charge_tax_rel', 'charge_id', 'tax_id', string="Taxes",
        check_company=True,
    )
    origin = fields.Selection(CHARGE_ORIGINS, required=True, default='run', index=True)
    reopens = fields.Boolean(
        string="Reopens the period", default=True,
        help="Unset on credits that leave the period closed: it is not billed again.",
    )
    reversed_charge_id = fields.Many2one('isp.charge', index='btree_not_null', readonly=True)
    run_id = fields.Many2one('isp.bill.run', index='btree_not_null', ondelete='restrict')
    bill_id = fields.Many2one('isp.bill.run.bill', index='btree_not_null', ondelete='set null')
    move_id = fields.Many2one(
        'account.move', string="Invoice", index='btree_not_null', ondelete='restrict',
    )
    move_line_id = fields.Many2one(
        'account.move.line', string="Invoice line", index='btree_not_null', ondelete='set null',
    )
    move_state = fields.Selection(related='move_id.state', string="Invoice status")

    _period_uniq = models.UniqueIndex(
        '(line_id, payer_id, kind, period_start, period_end, revision)',
        "This period of the line was already charged.",
    )
    _no_overlap = models.Constraint(
        "EXCLUDE USING gist ("
        "int4range(line_id, line_id, '[]') WITH &&, "
        "int4range(payer_id, payer_id, '[]') WITH &&, "
        "daterange(date_from, date_to, '[]') WITH &&) "
        "WHERE (kind = 'recurring' AND revision = 0)",
        "These days of the line were already charged.",
    )
    _dates_ordered = models.Constraint(
        'CHECK (period_start <= date_from AND date_from <= date_to AND date_to <= period_end)',
        "The days charged lie within their full period.",
    )
    _revision_not_negative = models.Constraint(
        'CHECK (revision >= 0)', "Revisions count from 0.",
    )
    _account_period_idx = models.Index('(company_id, account_id, period_start)')
    _paid_for_others_idx = models.Index('(company_id, payer_id) WHERE payer_id != account_id')

    @api.depends('plan_id', 'date_from', 'date_to')
    def _compute_display_name(self):
        for charge in self:
            charge.display_name = f"{charge.plan_id.name} {charge.date_from} – {charge.date_to}"

    def write(self, vals):
        """Refuse every change but the links to the document that was made of the row."""
        if not set(vals) <= LINK_FIELDS:
            raise UserError(self.env._(
                "Charges are never changed. Correct them with a credit note or a dated change of "
                "the subscription.",
            ))
        return super().write(vals)

    @api.model_create_multi
    def create(self, vals_list):
        """What no run wrote moves the next bill dates, too; a run moves those of its chunk."""
        charges = super().create(vals_list)
        charges.filtered(
            lambda charge: charge.origin != 'run').subscription_id._isp_refresh_next_dates()
        return charges

    def unlink(self):
        subscriptions = self.subscription_id
        result = super().unlink()
        subscriptions._isp_refresh_next_dates()
        return result

    @api.ondelete(at_uninstall=False)
    def _unlink_except_draft(self):
        """Rows go only with the unposted document that carries them, or its cancelled run."""
        kept = self.filtered(
            lambda charge: charge.move_id.state not in ('draft', 'cancel')
            and (charge.move_id or charge.run_id.state != 'cancelled')
        )
        if kept:
            raise UserError(self.env._(
                "Charge %(charge)s is part of the ledger and cannot be deleted.",
                charge=kept[0].display_name,
            ))

    def copy_data(self, default=None):
        raise UserError(self.env._("Charges cannot be duplicated: a period is charged once."))

    def _isp_release(self):
        """Take back the rows of drafts, and have their bills billed again by the next run."""
        bills = self.bill_id
        self.unlink()
        bills.write({
            'state': 'excluded', 'move_id': False,
            'reason': self.env._("The draft invoice was deleted. The next run bills it again."),
        })

    def _isp_facts(self):
        """The copied facts of a row, as values for a row of the same period."""
        self.ensure_one()
        names = (
            'company_id', 'account_id', 'payer_id', 'subscription_id', 'line_id', 'plan_id',
            'product_id', 'currency_id',
        )
        plain = (
            'kind', 'period_start', 'period_end', 'date_from', 'date_to', 'days', 'period_days',
            'quantity', 'price_unit', 'discount', 'price_full', 'price_known', 'method', 'detail',
        )
        return {
            **{name: self[name].id for name in names}, **{name: self[name] for name in plain},
            'tax_ids': [Command.set(self.tax_ids.ids)],
        }
