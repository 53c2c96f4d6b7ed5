from odoo import api, fields, models


class IspBillExplain(models.TransientModel):
    """Explains an invoice of an account, or the next bill that it would get."""

    _name = 'isp.bill.explain'
    _description = "Explanation of a Bill"

    account_id = fields.Many2one(
        'res.partner', string="Billing account", required=True, ondelete='cascade',
        domain="[('isp_is_account', '=', True)]",
    )
    company_id = fields.Many2one(
        'res.company', required=True, default=lambda self: self.env.company,
    )
    what = fields.Selection(
        [('invoice', "An invoice"), ('next', "The next bill")], string="Explain", required=True,
        compute='_compute_what', store=True, readonly=False, precompute=True,
    )
    move_id = fields.Many2one(
        'account.move', string="Invoice", compute='_compute_move_id', store=True, readonly=False,
        precompute=True, ondelete='cascade',
        domain="[('isp_account_id', '=', account_id), ('company_id', '=', company_id), "
               "('isp_bill_run_id', '!=', False), ('state', '!=', 'cancel')]",
    )
    target_date = fields.Date(
        string="Due up to", compute='_compute_target_date', store=True, readonly=False,
        precompute=True, help="Everything that falls due up to this day is forecast.",
    )
    explanation = fields.Html(compute='_compute_explanation', sanitize=False)

    @api.depends('account_id', 'company_id')
    def _compute_move_id(self):
        for wizard in self:
            wizard.move_id = self.env['account.move'].search([
                ('isp_account_id', '=', wizard.account_id.id), ('state', '=', 'posted'),
                ('company_id', '=', wizard.company_id.id), ('isp_bill_run_id', '!=', False),
                ('reversed_entry_id', '=', False),
            ], order='invoice_date desc, id desc', limit=1)

    @api.depends('move_id')
    def _compute_what(self):
        for wizard in self:
            wizard.what = wizard.what or ('invoice' if wizard.move_id else 'next')

    @api.depends('account_id', 'company_id')
    def _compute_target_date(self):
        """The first day on which something more falls due for the account."""
        engine = self.env['isp.billing.engine']
        for wizard in self:
            accounts = wizard.account_id._isp_with_paid(wizard.company_id)
            lines = engine._billed_lines(accounts, wizard.company_id)
            dates = engine._next_bill_dates(lines).values()
            today = wizard.company_id._isp_today()
            wizard.target_date = max(min(dates), today) if dates else today

    @api.depends('what', 'move_id', 'account_id', 'target_date')
    @api.depends_context('lang')
    def _compute_explanation(self):
        for wizard in self:
            wizard.explanation = wizard._isp_forecast() if wizard.what == 'next' else (
                wizard.move_id.isp_explanation)

    def _isp_forecast(self):
        """The bills that a run up to the date would make, explained; nothing is written."""
        self.ensure_one()
        if not self.target_date or not self.account_id:
            return False
        day = self.target_date
        # also the bills of others who pay a part: the shares are explained from all of them
        accounts = (
            self.account_id | self.account_id.with_company(self.company_id).isp_payer_id
        )._isp_with_paid(self.company_id)
        previews, _nothing, _already = self.env['isp.bill.preview']._preview(
            accounts, self.company_id, day, day)
        run = self.env['isp.bill.run'].new({
            'company_id': self.company_id.id, 'target_date': day, 'invoice_date': day,
        })
        run.bill_ids = self.env['isp.bill.run.bill'].union(*(
            self.env['isp.bill.run.bill'].new({**run._isp_bill_values(preview), 'run_id': run.id})
            for preview in previews
        ))
        return self._isp_forecast_html(run.bill_ids.filtered(
            lambda bill: bill.account_id == self.account_id))

    def _isp_forecast_html(self, bills):
        """Explanations of bills below each other; of one that cannot be billed, the reason."""
        return self.env['ir.qweb']._render('isp_billing.explain_forecast', {
            'bills': bills, 'pages': self.env['isp.bill.comparison']._explain(
                bills.filtered('line_ids')),
            'nothing': self.env['isp.explanation']._words(self.company_id)['nothing_due'],
        })
