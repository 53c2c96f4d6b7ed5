from odoo import api, fields, models
from odoo.exceptions import UserError


class IspBillDayChange(models.Model):
    """From a day on, the periods of a line start on another day of the month.

    A dated fact of a line and of those that replace it: periods that were charged keep their
    days, and the days between the last of them and the first new period are a part of a period
    of the new schedule.
    """

    _name = 'isp.bill.day.change'
    _description = "Change of the Bill Day"
    _inherit = ['isp.audited']
    _order = 'line_id, date_from, id'
    _check_company_auto = True
    _isp_given_once = frozenset({'line_id', 'date_from', 'previous_day', 'bill_day'})

    line_id = fields.Many2one(
        'sale.subscription.line', string="Subscription line", required=True, index=True,
        ondelete='cascade', readonly=True,
    )
    subscription_id = fields.Many2one(
        related='line_id.sale_subscription_id', store=True, index=True,
    )
    company_id = fields.Many2one(related='line_id.company_id', store=True, index=True)
    date_from = fields.Date(
        string="From", required=True, readonly=True,
        help="First day not charged yet under the old bill day.",
    )
    previous_day = fields.Integer(
        string="Bill day before", required=True, readonly=True, aggregator=None,
    )
    bill_day = fields.Integer(
        string="New bill day", required=True, readonly=True, aggregator=None,
        help="Day of the month on which periods start; 31 is the last day.",
    )

    _days_valid = models.Constraint(
        'CHECK (bill_day BETWEEN 1 AND 31 AND previous_day BETWEEN 1 AND 31)',
        "The bill day is a day of the month, from 1 to 31.",
    )

    @api.ondelete(at_uninstall=False)
    def _unlink_except_charged(self):
        for change in self:
            if change._isp_is_charged():
                raise UserError(self.env._(
                    "%(line)s was already charged after its bill day changed on %(day)s, so the "
                    "change stays. Change the bill day again instead.",
                    line=change.line_id.name, day=change.date_from,
                ))

    def _isp_is_charged(self):
        """Whether days from the change on were charged."""
        self.ensure_one()
        return bool(self.env['isp.charge'].sudo().search_count([
            ('subscription_id', '=', self.subscription_id.id), ('line_id', '=', self.line_id.id),
            ('date_to', '>=', self.date_from),
        ], limit=1))

    def write(self, vals):
        """Refuse every change: a schedule that was charged is a fact."""
        if vals:
            raise UserError(self.env._("A change of the bill day is a fact; make another change."))
        return super().write(vals)
