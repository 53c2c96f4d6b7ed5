import uuid

from odoo import api, fields, models

from ..models.isp_bill_preview_guard import MINIMUM


class IspBillNow(models.TransientModel):
    """Shows what an account would be billed at a date, and bills exactly that."""

    _name = 'isp.bill.now'
    _description = "What Would Be Billed"

    account_id = fields.Many2one(
        'res.partner', string="Billing account", required=True,
        domain="[('isp_account_number', '!=', False)]",
    )
    company_id = fields.Many2one(
        'res.company', required=True, readonly=True, default=lambda self: self.env.company,
    )
    target_date = fields.Date(
        string="Due up to", required=True, default=lambda self: self.env.company._isp_today(),
        help="Everything that falls due up to this day.",
    )
    send_invoices = fields.Boolean(string="Send the invoice", default=True)
    request_key = fields.Char(
        required=True, readonly=True, default=lambda self: str(uuid.uuid4()),
        export_string_translation=False,
    )
    preview = fields.Html(compute='_compute_preview', sanitize=False)
    shown_hash = fields.Char(compute='_compute_preview', export_string_translation=False)
    can_bill = fields.Boolean(compute='_compute_preview')
    needs_approval = fields.Boolean(compute='_compute_needs_approval')

    @api.depends('company_id')
    def _compute_needs_approval(self):
        may = self.env.user.has_groups('isp_billing.group_approver,isp_billing.group_manager')
        for wizard in self:
            wizard.needs_approval = wizard.company_id.isp_four_eyes or not may

    @api.depends('account_id', 'target_date')
    @api.depends_context('lang')
    def _compute_preview(self):
        for wizard in self:
            bills = wizard._isp_previews()
            wizard.can_bill = any(
                not bill.problems and not wizard._isp_is_carried(bill) for bill in bills)
            wizard.shown_hash = self.env['isp.bill.run']._isp_previews_hash(
                bills, wizard.company_id._isp_today())
            wizard.preview = wizard._isp_preview_html(bills)

    def _isp_previews(self):
        """Bills of the account at the date (list of ``engine.bill.BillPreview``)."""
        self.ensure_one()
        if not self.account_id or not self.target_date:
            return []
        return self.env['isp.bill.run']._isp_account_previews(
            self.account_id._origin, self.company_id, self.target_date)

    def _isp_preview_html(self, bills):
        """The bills as a table, in the user's language."""
        values = [self._isp_bill_values(bill) for bill in bills]
        return self.env['ir.qweb']._render('isp_billing.bill_now_preview', {
            'bills': values, 'ready': bool(self.account_id and self.target_date),
        }, inherit_branding=False)

    @staticmethod
    def _isp_is_carried(bill):
        return bill.carries_credit or MINIMUM in bill.flags

    def _isp_bill_values(self, bill):
        currency = self.env['res.currency'].browse(bill.currency_id)
        # sudo: names of plans and subscriptions of an account that the user may read
        plans = self.env['isp.service.plan'].sudo()
        totals = bill.totals or {}
        return {
            'problems': [problem.message for problem in bill.problems],
            'carried': bill.carries_credit, 'small': MINIMUM in bill.flags,
            'review': bill.review,
            'back': self.env['isp.bill.outcome']._back_billing(bill.lines, currency),
            'lines': [
                {
                    'name': plans.browse(line.plan_id).name, 'first': line.date_from,
                    'last': line.date_to, 'days': line.days, 'of': line.period_days,
                    'part': line.days != line.period_days,
                    'amount': currency.format(float(line.amount)),
                } for line in sorted(bill.lines, key=lambda x: x.sort_key)
            ],
            'taxes': [
                (tax['name'], currency.format(float(tax['amount'])))
                for tax in totals.get('taxes', ())
            ],
            'untaxed': currency.format(float(totals.get('untaxed', bill.net))),
            'total': currency.format(float(totals['total'])) if totals else False,
        }

    def action_confirm(self):
        """Bill what is shown; a second press of the button leads to the same invoice."""
        self.ensure_one()
        runs = self.env['isp.bill.run']
        run = runs._isp_bill_now(
            self.account_id, self.company_id, self.target_date, self.request_key,
            None if runs.sudo().search_count([('request_key', '=', self.request_key)], limit=1)
            else self.shown_hash, self.send_invoices,
        )
        moves = run.move_ids
        if len(moves) == 1:
            return moves.get_formview_action()
        return run.action_view_invoices() if moves else run.get_formview_action()
