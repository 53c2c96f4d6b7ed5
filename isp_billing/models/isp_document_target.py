from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.fields import Domain

from ..const import PLAN_KINDS


class IspDocumentTarget(models.AbstractModel):
    """Whom an attachment or message goes to, and when; no filter means everybody."""

    _name = 'isp.document.target'
    _description = "Target of Invoice Attachments and Messages"
    _check_company_auto = True

    company_id = fields.Many2one(
        'res.company', required=True, index=True, default=lambda self: self.env.company,
    )
    active = fields.Boolean(default=True)
    sequence = fields.Integer(default=10)
    date_start = fields.Date(
        string="From", help="First invoice date. Empty: no beginning.",
    )
    date_end = fields.Date(
        string="To", help="Last invoice date. Empty: no end.",
    )
    profile_ids = fields.Many2many(
        'isp.billing.profile', string="Billing profiles", check_company=True,
        help="Only accounts with one of these billing profiles. Empty: all.",
    )
    plan_kind = fields.Selection(
        PLAN_KINDS, string="Kind of plan",
        help="Only invoices that bill a plan of this kind. Empty: all.",
    )
    account_tag_ids = fields.Many2many(
        'res.partner.category', string="Account tags",
        help="Only accounts with one of these tags. Empty: all.",
    )

    @api.constrains('date_start', 'date_end')
    def _check_dates(self):
        for record in self:
            if record.date_start and record.date_end and record.date_end < record.date_start:
                raise ValidationError(self.env._(
                    "%(record)s: the last day lies before the first day.",
                    record=record.display_name,
                ))

    @api.model
    def _isp_matching(self, moves):
        """Records that go with each invoice, in order.

        One search for all companies; the rest is decided in memory.  Credit notes carry nothing.

        :param moves: account.move, prefetched
        :return: {move id: records of this model}
        """
        candidates = self.sudo().search(Domain('company_id', 'in', moves.company_id.ids))
        return {
            move.id: candidates.filtered(lambda record, move=move: record._isp_reaches(move))
            for move in moves
        }

    def _isp_reaches(self, move):
        """Whether this record goes with an invoice (bool); other modules may narrow it."""
        self.ensure_one()
        day = move.invoice_date or move.company_id._isp_today()
        if self.company_id != move.company_id or move.move_type == 'out_refund':
            return False
        if (self.date_start and day < self.date_start) or (self.date_end and day > self.date_end):
            return False
        account = move._isp_document_account()
        if self.profile_ids and account._isp_profile(move.company_id) not in self.profile_ids:
            return False
        if self.account_tag_ids and not self.account_tag_ids & account.category_id:
            return False
        return not self.plan_kind or self.plan_kind in move.isp_charge_ids.mapped('plan_kind')
