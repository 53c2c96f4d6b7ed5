import secrets

from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.fields import Domain

from ..const import DOCUMENT_LANGUAGES, PLAN_KINDS

KIND_FIELDS = tuple(f'kind_{key}' for key, _label in PLAN_KINDS)
FILTERS = (
    'company_id', 'date_start', 'date_end', 'profile_ids', 'account_tag_ids', 'plan_ids',
    'without_plan_ids', *KIND_FIELDS, 'country_id', 'state_ids', 'cities', 'zip_prefixes',
    'document_language', 'account_status', 'tenure_from', 'tenure_to', 'balance_state',
    'bill_position', 'share_percent', 'share_key', 'share_rest', 'exclude_past_due',
    'exclude_opted_out', 'exclude_suspended',
)


class IspDocumentTarget(models.AbstractModel):
    """Whom an attachment or message goes to, and when; no filter means everybody.

    The filters are plain fields.  What they mean is written once, as conditions of SQL
    (isp_document_match.py): the same code counts the accounts that are reached and chooses the
    invoices of a run.
    """

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
    plan_ids = fields.Many2many(
        'isp.service.plan', string="Has one of the plans", check_company=True,
        help="Only accounts that have one of these plans, now or booked. Empty: all.",
    )
    # without_plan_ids stands on each model: it needs a table of its own
    kind_internet = fields.Boolean(string="Internet", help="Has a plan of this kind.")
    kind_voice = fields.Boolean(string="Voice", help="Has a plan of this kind.")
    kind_tv = fields.Boolean(string="Television", help="Has a plan of this kind.")
    kind_equipment = fields.Boolean(string="Equipment rental", help="Has a plan of this kind.")
    kind_addon = fields.Boolean(string="Add-on", help="Has a plan of this kind.")
    kind_usage = fields.Boolean(string="Usage", help="Has a plan of this kind.")
    kind_one_time = fields.Boolean(string="One-time charge", help="Has a plan of this kind.")
    account_tag_ids = fields.Many2many(
        'res.partner.category', string="Account tags",
        help="Only accounts with one of these tags. Empty: all.",
    )
    country_id = fields.Many2one(
        'res.country', help="Country of the service address. Empty: all.",
    )
    state_ids = fields.Many2many(
        'res.country.state', string="Provinces or states",
        help="Province or state of the service address. Empty: all.",
    )
    cities = fields.Char(
        help="Cities of the service address, separated by commas; accents and hyphens do not "
             "matter. Empty: all.",
    )
    zip_prefixes = fields.Char(
        string="Postal codes that begin with",
        help="Beginnings of postal codes, separated by commas, such as G5L, H2. Empty: all.",
    )
    document_language = fields.Selection(
        DOCUMENT_LANGUAGES, string="Language of the bill",
        help="Only invoices in this language. Empty: all.",
    )
    account_status = fields.Selection(
        [('active', "Active"), ('hold', "On hold"), ('ended', "Ended")], string="Status",
        help="Active: a service runs. On hold: all services are on hold. Ended: no service runs "
             "any more. Empty: all.",
    )
    tenure_from = fields.Integer(
        string="Customer for at least (months)",
        help="Full months since the first day of the first service. 0: no minimum.",
    )
    tenure_to = fields.Integer(
        string="Customer for less than (months)",
        help="Full months since the first day of the first service. 0: no maximum.",
    )
    balance_state = fields.Selection(
        [('none', "Nothing owed"), ('credit', "Has a credit"), ('owing', "Owes something"),
         ('past_due', "Past due")], string="Balance",
        help="Balance of the account before the new invoice. “Owes something” includes what is "
             "past due. Empty: all.",
    )
    bill_position = fields.Selection(
        [('first', "Only on the first bill"), ('later', "Not on the first bill")],
        string="First bill", help="Empty: on all bills.",
    )
    share_percent = fields.Integer(
        string="Random share (%)", default=100,
        help="Share of these accounts, drawn at random. An account stays in or out for good, so "
             "that the result can be compared. 100: all.",
    )
    share_key = fields.Char(
        string="Draw", default=lambda self: secrets.token_hex(4), copy=False,
        help="The same word draws the same accounts: give it to two records to compare them.",
    )
    share_rest = fields.Boolean(
        string="The others", help="The accounts that the random share leaves out.",
    )
    exclude_past_due = fields.Boolean(
        string="Not when past due", help="Leave out accounts with an amount past due.",
    )
    exclude_opted_out = fields.Boolean(
        string="Not when opted out",
        help="Leave out accounts that want no promotions. Unset it for legal notices.",
    )
    exclude_suspended = fields.Boolean(
        string="Not when suspended",
        help="Leave out accounts with a service on hold for non-payment.",
    )
    reach_count = fields.Integer(
        string="Accounts reached", compute='_compute_reach',
        help="Billed accounts that these filters reach, counted now.",
    )
    reach_total = fields.Integer(string="Billed accounts", compute='_compute_reach')

    _share_valid = models.Constraint(
        'CHECK (share_percent BETWEEN 0 AND 100)', "The random share is 0 to 100 %.",
    )
    _tenure_valid = models.Constraint(
        'CHECK (tenure_from >= 0 AND tenure_to >= 0)', "Months cannot be negative.",
    )

    @api.constrains('date_start', 'date_end')
    def _check_dates(self):
        for record in self:
            if record.date_start and record.date_end and record.date_end < record.date_start:
                raise ValidationError(self.env._(
                    "%(record)s: the last day lies before the first day.",
                    record=record.display_name,
                ))

    @api.constrains('tenure_from', 'tenure_to')
    def _check_tenure(self):
        for record in self:
            if record.tenure_to and record.tenure_to <= record.tenure_from:
                raise ValidationError(self.env._(
                    "%(record)s: “less than” must be more months than “at least”.",
                    record=record.display_name,
                ))

    @api.depends(lambda self: tuple(name for name in FILTERS if name in self._fields))
    def _compute_reach(self):
        totals = {}
        for record in self:
            key = (record.company_id, record.account_status == 'ended')
            if key not in totals:
                totals[key] = len(record._isp_population())
            record.reach_total = totals[key]
            record.reach_count = len(record._isp_reached_accounts())

    def action_show_accounts(self):
        """Open the accounts that are reached now."""
        self.ensure_one()
        return {
            'type': 'ir.actions.act_window', 'res_model': 'res.partner',
            'name': self.env._("Accounts reached by %(name)s", name=self.display_name),
            'view_mode': 'list,form', 'views': [
                (self.env.ref('isp_billing.res_partner_view_list_account').id, 'list'),
                (False, 'form')],
            'search_view_id': self.env.ref('isp_billing.res_partner_view_search_account').id,
            'domain': [('id', 'in', self._isp_reached_accounts())],
        }

    @api.model
    def _isp_matching(self, moves):
        """Records that go with each invoice, in order.

        One search for all companies and one query for each record that filters, however many
        invoices there are.  Credit notes carry nothing.

        :param moves: account.move, prefetched
        :return: {move id: records of this model}
        """
        candidates = self.sudo().search(self._isp_candidates(moves)) if moves else self.sudo()
        found = {move.id: [] for move in moves}
        for record in candidates:
            for move_id in record._isp_reached_moves(moves):
                found[move_id].append(record.id)
        return {move_id: candidates.browse(ids) for move_id, ids in found.items()}

    @api.model
    def _isp_candidates(self, moves):
        """Domain of the records that may go with some of the invoices.

        What is left out here costs no query.  Default: by company and dates.
        """
        days = [move.invoice_date or move.company_id._isp_today() for move in moves]
        return (
            Domain('company_id', 'in', moves.company_id.ids)
            & (Domain('date_start', '=', False) | Domain('date_start', '<=', max(days)))
            & (Domain('date_end', '=', False) | Domain('date_end', '>=', min(days))))

    def _isp_in_dates(self, day):
        """Whether an invoice of a day may carry this record (bool)."""
        self.ensure_one()
        return (not self.date_start or day >= self.date_start) and (
            not self.date_end or day <= self.date_end)
