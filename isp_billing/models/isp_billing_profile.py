from odoo import api, fields, models

from ..const import CHANGE_POLICIES, HOLD_EFFECTS, PRORATION_METHODS
from ..engine.schedule import LAST_DAY


class IspBillingProfile(models.Model):
    """Defaults for a class of accounts: when and how they are billed."""

    _name = 'isp.billing.profile'
    _description = "Billing Profile"
    _inherit = ['mail.thread', 'isp.audited', 'isp.exact.money']
    _isp_money = ('variance_amount', 'minimum_amount')
    _order = 'sequence, id'
    _check_company_auto = True

    name = fields.Char(required=True, translate=True)
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    company_id = fields.Many2one(
        'res.company', required=True, index=True, default=lambda self: self.env.company,
    )
    bill_day_rule = fields.Selection(
        [
            ('fixed', "Fixed day of the month"),
            ('last', "Last day of the month"),
            ('anniversary', "Anniversary of the subscription"),
        ],
        string="Bill day", required=True, default='fixed', tracking=True,
    )
    bill_day = fields.Integer(
        string="Day of the month", default=1, tracking=True,
        help="1 to 31. In shorter months the last day is used.",
    )
    days_ahead = fields.Integer(
        tracking=True,
        help="Days between the bill run and the first day of a period billed in advance.",
    )
    due_days = fields.Integer(
        string="Days to pay", default=20, tracking=True,
        help="Days from the invoice date to the due date.",
    )
    consolidation = fields.Selection(
        [
            ('account', "One invoice per account"),
            ('subscription', "One invoice per subscription"),
            ('address', "One invoice per service address"),
            ('po', "One invoice per purchase order number"),
        ],
        required=True, default='account', tracking=True,
    )
    proration_method = fields.Selection(
        PRORATION_METHODS, string="Proration", required=True, default='actual', tracking=True,
    )
    negative_policy = fields.Selection(
        [
            ('carry', "Carry to the next bill"),
            ('credit_note', "Make a credit note"),
        ],
        string="Credit balance of a bill", required=True, default='carry', tracking=True,
        help="What becomes of a bill whose total is negative. A final bill always becomes a "
             "credit note.",
    )
    credit_unused = fields.Boolean(
        string="Credit unused days", default=True, tracking=True,
        help="Whether days that were billed in advance are credited when a service ends. The "
             "dialog that ends a service can say otherwise.",
    )
    upgrade_policy = fields.Selection(
        CHANGE_POLICIES, string="Change to a dearer plan", required=True, default='now',
        tracking=True,
        help="What the dialog “Change from a date” proposes when the service will cost more.",
    )
    downgrade_policy = fields.Selection(
        CHANGE_POLICIES, string="Change to a cheaper plan", required=True, default='next',
        tracking=True,
        help="What the dialog “Change from a date” proposes when the service will cost less. On "
             "the day of the change, days already charged are credited.",
    )
    suspension_effect = fields.Selection(
        HOLD_EFFECTS, string="Billing while suspended", required=True, default='no_charge',
        tracking=True,
        help="What is charged while a service is suspended for non-payment. The dialog that "
             "suspends it can say otherwise.",
    )
    suspension_percent = fields.Float(
        string="Charged while suspended (%)", tracking=True,
        help="Share of the price charged while suspended, for the reduced price.",
    )
    brake_periods = fields.Integer(
        string="Most periods at once", default=12, tracking=True,
        help="A line with more periods to bill than this is parked for review. 0: no limit.",
    )
    brake_items = fields.Integer(
        string="Most charges at once", default=500, tracking=True,
        help="An account with more charges to bill than this is parked for review. 0: no limit.",
    )
    variance_percent = fields.Float(
        string="Unusual from (%)", digits=(16, 1), tracking=True,
        help="A bill that differs by more than this from the average of the account's last "
             "bills is to be reviewed before it is posted. 0: bills are not compared.",
    )
    variance_amount = fields.Float(
        string="Unusual at least by", digits=(16, 2), tracking=True,
        help="Smaller differences are not unusual, in the currency of the bill.",
    )
    variance_bills = fields.Integer(
        string="Bills compared", default=3, tracking=True,
        help="How many of the last bills make the average.",
    )
    minimum_amount = fields.Float(
        string="Smallest bill", digits=(16, 2), tracking=True,
        help="Smaller totals are carried to the next bill, in the currency of the bill. A final "
             "bill is always made. 0: every amount is billed.",
    )
    zero_policy = fields.Selection(
        [
            ('none', "No document"),
            ('document', "A document of 0.00"),
        ], string="Bill of zero", required=True, default='none', tracking=True,
        help="What becomes of a bill whose every charge is 0.00. The ledger has its rows anyway.",
    )
    split_periods = fields.Boolean(
        string="One invoice per period",
        help="Periods that are billed late are put on invoices of their own.",
    )

    _bill_day_valid = models.Constraint(
        'CHECK (bill_day BETWEEN 1 AND 31)', "The bill day is a day of the month, from 1 to 31.",
    )
    _suspension_valid = models.Constraint(
        'CHECK (suspension_percent IS NULL OR suspension_percent BETWEEN 0 AND 100)',
        "The charged share is 0 to 100 %.",
    )
    _days_valid = models.Constraint(
        'CHECK (days_ahead BETWEEN 0 AND 90 AND due_days BETWEEN 0 AND 365 AND brake_periods >= 0)',
        "Days ahead are 0 to 90, days to pay 0 to 365, most periods at once 0 or more.",
    )

    _guards_valid = models.Constraint(
        'CHECK (brake_items >= 0 AND variance_percent >= 0 AND variance_amount >= 0 '
        'AND variance_bills BETWEEN 1 AND 36 AND minimum_amount >= 0)',
        "Limits and percentages are 0 or more, bills compared 1 to 36.",
    )

    def write(self, vals):
        result = super().write(vals)
        if {'bill_day_rule', 'bill_day'} & set(vals):
            self.env['sale.subscription']._isp_refresh_bill_days(self.company_id)
        return result

    @api.model
    def _isp_made_records(self):
        """Profiles that were made by the program and have their English name still."""
        english = self.with_context(lang='en_US', active_test=False)
        return english.search([('name', '=', english._isp_made_name())])

    def _isp_made_name(self):
        """Name of the profile that each company begins with."""
        return self.env._("Monthly, first day")

    def _isp_day(self):
        """Day of the month of the profile (int), or 0 for an anniversary profile."""
        self.ensure_one()
        if self.bill_day_rule == 'last':
            return LAST_DAY
        return self.bill_day if self.bill_day_rule == 'fixed' else 0
