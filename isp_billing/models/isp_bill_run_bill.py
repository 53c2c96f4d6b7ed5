from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

from ..const import CHARGE_KINDS, PRORATION_METHODS
from ..sentences import SentenceChar, SentenceText, say

BILL_STATES = [
    ('ready', "Ready"),
    ('held', "Held"),
    ('excluded', "Excluded"),
    ('carried', "Carried to next bill"),
    ('exception', "Exception"),
    ('review', "To review again"),
    ('posted', "Posted"),
    ('already', "Already charged"),
    ('reversed', "Reversed"),
]
DELIVERY_STATES = [
    ('none', "Not yet"),
    ('to_send', "To send"),
    ('sent', "Sent"),
    ('print', "To print"),
    ('portal', "On the portal"),
    ('no_email', "No e-mail address"),
    ('failed', "Failed, will be retried"),
]
#: states of a run whose bills no longer change
CLOSED_RUNS = ('done', 'cancelled', 'reversing', 'reversed')
FLAGS = [
    ('first_bill', "First bill"),
    ('final', "Final bill"),
    ('negative', "Negative"),
    ('zero', "Zero"),
    ('no_email', "No e-mail"),
]


class IspBillRunBill(models.Model):
    """One future document of a bill run, and what became of it.

    Each stage has its own mark here, so that a run that was killed goes on where it was.
    """

    _name = 'isp.bill.run.bill'
    _description = "Bill"
    _order = 'run_id desc, id'
    _rec_name = 'account_id'

    run_id = fields.Many2one('isp.bill.run', required=True, index=True, ondelete='cascade')
    company_id = fields.Many2one('res.company', required=True, index=True)
    account_id = fields.Many2one('res.partner', string="Billing account", required=True, index=True)
    account_number = fields.Char(related='account_id.isp_account_number')
    payer_id = fields.Many2one('res.partner', required=True)
    address_id = fields.Many2one('res.partner', string="Service address")
    currency_id = fields.Many2one('res.currency', required=True)
    fiscal_position_id = fields.Many2one('account.fiscal.position')
    journal_id = fields.Many2one('account.journal')
    group_key = fields.Char()
    part = fields.Integer(
        default=0, aggregator=None,
        help="Counts bills of the same key: what came due after the first one.",
    )
    state = fields.Selection(BILL_STATES, required=True, default='ready', index=True)
    reason = SentenceText(help="Why the bill is not posted, and how to fix it.")
    problem_code = fields.Char(string="Exception code", index=True)
    flag_text = fields.Char(string="Flags", compute='_compute_flag_text')
    is_first_bill = fields.Boolean(string="First bill")
    is_final = fields.Boolean(string="Final bill")
    is_negative = fields.Boolean(string="Negative")
    is_zero = fields.Boolean(string="Zero")
    has_no_email = fields.Boolean(string="No e-mail")
    has_variance = fields.Boolean(
        string="Unusual amount", help="Differs from the average of the account's last bills.",
    )
    has_language_warning = fields.Boolean(
        string="Language", help="English alone, where French is asked for.",
    )
    due_days = fields.Integer()
    amount_untaxed = fields.Monetary(string="Before tax")
    amount_tax = fields.Monetary(string="Tax")
    amount_total = fields.Monetary(string="Total")
    tax_totals = fields.Json()
    result_hash = fields.Char(string="Result (SHA-256)", readonly=True)
    computed_by_id = fields.Many2one(
        'res.users', string="Computed again by", readonly=True,
        help="Who computed this bill again after the run was approved. Empty: whoever computed "
             "the run.",
    )
    line_ids = fields.One2many('isp.bill.run.bill.line', 'bill_id', string="Charges to write")
    line_count = fields.Integer(string="Charges")
    move_id = fields.Many2one(
        'account.move', string="Invoice", index='btree_not_null', ondelete='restrict',
    )
    move_name = fields.Char(related='move_id.name', string="Number")
    path = fields.Char(string="Posted by", help="How the invoice was written: batch or single.")
    rendered = fields.Boolean(string="PDF made")
    render_error = SentenceChar()
    render_retry_at = fields.Datetime(string="Next try of the PDF")
    delivery_state = fields.Selection(
        DELIVERY_STATES, string="Delivery", required=True, default='none', index=True,
    )
    delivery_error = SentenceChar()
    delivery_tries = fields.Integer(aggregator=None)
    delivery_retry_at = fields.Datetime(string="Next try")

    _key_uniq = models.UniqueIndex(
        "(run_id, account_id, payer_id, currency_id, COALESCE(fiscal_position_id, 0), "
        "COALESCE(journal_id, 0), COALESCE(group_key, ''), COALESCE(part, 0))",
        "The run already has this bill.",
    )
    _run_state_idx = models.Index('(run_id, state)')

    @api.depends('is_first_bill', 'is_final', 'is_negative', 'is_zero', 'has_no_email',
                 'has_language_warning', 'has_variance')
    def _compute_flag_text(self):
        names = {
            'is_first_bill': self.env._("First bill"), 'is_final': self.env._("Final bill"),
            'is_negative': self.env._("Negative"), 'is_zero': self.env._("Zero"),
            'has_no_email': self.env._("No e-mail"),
            'has_language_warning': self.env._("Language"),
            'has_variance': self.env._("Unusual amount"),
        }
        for bill in self:
            bill.flag_text = ", ".join(text for name, text in names.items() if bill[name])

    def _isp_key(self):
        """The key of the bill's preview, see ``engine.bill.BillPreview.key``."""
        self.ensure_one()
        return (
            self.account_id.id, self.payer_id.id, self.currency_id.id,
            self.fiscal_position_id.id, self.journal_id.id, self.group_key or "",
        )

    # === State gate === #

    def _isp_set_state(self, allowed, target, reason=False):
        """Move bills from the allowed states to a target state: the only way to do it.

        :return: the bills that were moved
        :raises UserError: when a bill is in another state
        """
        wrong = self.filtered(lambda bill: bill.state not in allowed)
        if wrong:
            states = dict(self._fields['state']._description_selection(self.env))
            raise UserError(self.env._(
                "The bill of %(account)s is “%(state)s” and cannot become “%(target)s”.",
                account=wrong[0].account_id.display_name, state=states[wrong[0].state],
                target=states[target],
            ))
        self.sudo().write({'state': target, 'reason': reason})
        return self

    def _isp_check_open(self):
        closed = self.filtered(lambda bill: bill.run_id.state in CLOSED_RUNS)
        if closed:
            raise UserError(self.env._(
                "Run %(run)s is finished; its bills no longer change.", run=closed[0].run_id.name,
            ))

    def action_hold(self):
        """Ask for a reason and hold the bills."""
        return self._isp_ask_reason('held', self.env._("Hold bills"))

    def action_exclude(self):
        """Ask for a reason and exclude the bills."""
        return self._isp_ask_reason('excluded', self.env._("Exclude bills"))

    def _isp_ask_reason(self, target, title):
        self._isp_check_open()
        return {
            'type': 'ir.actions.act_window', 'name': title, 'res_model': 'isp.bill.reason',
            'view_mode': 'form', 'target': 'new',
            'context': {'default_bill_ids': self.ids, 'default_target': target},
        }

    def _isp_hold(self, reason):
        """Hold bills: they stay in the run and are not posted until released."""
        self._isp_check_open()
        self.run_id._isp_check_may_compute()
        return self._isp_set_state(('ready', 'review', 'held'), 'held', reason)

    def _isp_exclude(self, reason):
        """Leave bills out of this run; what is due comes with the next one."""
        self._isp_check_open()
        self.run_id._isp_check_may_compute()
        return self._isp_set_state(
            ('ready', 'held', 'review', 'exception', 'carried', 'excluded'), 'excluded', reason,
        )

    def action_release(self):
        """Release held and excluded bills, and accept bills that were to be reviewed again."""
        self._isp_check_open()
        self.run_id._isp_check_may_compute()
        self.filtered(lambda bill: bill.state == 'review').run_id._isp_check_may_approve()
        # what was approved did not hold these bills
        self.filtered(lambda bill: bill.run_id._isp_keeps_state())._isp_check_may_release()
        self._isp_set_state(('held', 'excluded', 'review'), 'ready')
        self.run_id._isp_resume()

    def _isp_check_may_release(self):
        """Refuse to let bills into a run that was approved without them: that is an approval."""
        self.run_id._isp_check_may_approve()
        for bill in self:
            run = bill.run_id
            by = bill.computed_by_id or run.computed_by_id
            if run.company_id.isp_four_eyes and by == self.env.user:
                raise UserError(self.env._(
                    "Bills of run %(run)s were computed by you. Another approver has to release "
                    "them (setting “Approval by a second person”).", run=run.name,
                ))

    def action_open_invoice(self):
        self.ensure_one()
        return self.move_id.get_formview_action()

    def action_restore(self):
        """Restore what is archived and keeps these bills from being posted; compute them again.

        :raises AccessError: unless the user is a manager
        """
        self._isp_check_open()
        if not self.env.user.has_group('isp_billing.group_manager'):
            raise AccessError(self.env._(
                "A manager of ISP Billing restores what is archived. Ask one."))
        for bill in self.filtered(lambda bill: bill.state == 'exception'):
            # sudo: a manager restores what a service rests on, and has no right to all of it
            archived = bill.sudo()._isp_archived()
            names = [record.display_name for record in archived]
            for record in archived:
                record.action_unarchive()
            if names:
                bill.run_id._isp_post_sentence(say(self.env)._(
                    "Restored for the bill of %(account)s: %(records)s.",
                    account=bill.account_id.display_name, records=", ".join(names)))
        self.action_recompute()

    def _isp_archived(self):
        """Archived records that the charges of a bill rest on (list of recordsets of one)."""
        self.ensure_one()
        lines = self.line_ids
        subscriptions, products = lines.subscription_id, lines.product_id
        partners = (self.account_id | self.payer_id | lines.service_account_id
                    | subscriptions.partner_shipping_id)
        return [record for records in (
            subscriptions, partners, products.product_tmpl_id, products, self.company_id)
            for record in records if not record.active]

    def action_recompute(self):
        """Compute these bills again, such as after an exception was fixed."""
        self._isp_check_open()
        self.run_id._isp_check_may_compute()
        for run, bills in self.grouped('run_id').items():
            run._isp_recompute(bills)


class IspBillRunBillLine(models.Model):
    """A charge that a bill will write: the preview of one invoice line."""

    _name = 'isp.bill.run.bill.line'
    _description = "Charge to Write"
    _order = 'bill_id, subscription_id, period_start, revision, id'

    bill_id = fields.Many2one('isp.bill.run.bill', required=True, index=True, ondelete='cascade')
    run_id = fields.Many2one(related='bill_id.run_id', store=True, index=True)
    account_id = fields.Many2one(related='bill_id.account_id', store=True)
    company_id = fields.Many2one(related='bill_id.company_id', store=True, index=True)
    currency_id = fields.Many2one(related='bill_id.currency_id', store=True)
    # a deleted uncharged line takes its preview along; the bill then differs and is reviewed
    subscription_id = fields.Many2one('sale.subscription', required=True, ondelete='cascade')
    line_id = fields.Many2one(
        'sale.subscription.line', string="Subscription line", required=True, index=True,
        ondelete='cascade',
    )
    plan_id = fields.Many2one('isp.service.plan', required=True)
    product_id = fields.Many2one('product.product', required=True)
    tax_ids = fields.Many2many(
        'account.tax', 'isp_bill_line_tax_rel', 'line_id', 'tax_id', string="Taxes",
    )
    kind = fields.Selection(CHARGE_KINDS, required=True)
    period_start = fields.Date(string="Full period from")
    period_end = fields.Date(string="Full period to")
    revision = fields.Integer(aggregator=None)
    date_from = fields.Date(string="From")
    date_to = fields.Date(string="To")
    days = fields.Integer()
    period_days = fields.Integer(string="Days of the period", aggregator=None)
    quantity = fields.Float(digits='Product Unit')
    price_unit = fields.Float(string="Unit price", digits=0, aggregator=None)
    discount = fields.Float(string="Discount (%)", digits=0, aggregator=None)
    price_full = fields.Monetary(string="Price of the full period", aggregator=None)
    method = fields.Selection(PRORATION_METHODS, string="Proration")
    service_account_id = fields.Many2one(
        'res.partner', string="Account of the service",
        help="The account that has the service; another one may pay for it.",
    )
    detail = fields.Json(help="See the charge.")
    amount = fields.Monetary()
