"""What the screens of bill runs need beyond the figures of the model."""
from markupsafe import Markup

from odoo import api, fields, models

from .isp_bill_run import OPEN_BILLS
from .isp_bill_run_work import WORKING
from .isp_health_check import LATE

#: states in which nothing is sealed yet
BEFORE_POSTING = ('draft', 'computed', 'approved')


class IspBillRun(models.Model):
    _inherit = 'isp.bill.run'

    open_bill_ids = fields.One2many(
        'isp.bill.run.bill', 'run_id', string="Bills to look at",
        domain=[('state', 'in', OPEN_BILLS)],
    )
    open_count = fields.Integer(string="To look at", compute='_compute_open_count')
    previous_difference = fields.Monetary(
        string="Difference", compute='_compute_previous_difference',
        help="Total of this run less what the run before posted.",
    )
    previous_percent = fields.Float(compute='_compute_previous_difference', digits=(16, 1))
    failed_count = fields.Integer(
        string="Waiting for e-mail", compute='_compute_failed_count',
        help="Invoices whose delivery failed; it is tried again by itself.",
    )
    pdf_failed_count = fields.Integer(
        string="PDF failed", compute='_compute_pdf_failed_count',
        help="Invoices without a document: the bill says why.",
    )

    job_warning = fields.Char(
        string="Scheduled job", compute='_compute_job_warning',
        help="Why nothing moves: the scheduled job does not run.",
    )

    setup_warning = fields.Text(
        string="Set-up", compute='_compute_setup_warning',
        help="What is set up wrongly and would be sealed into the bills.",
    )

    @api.depends('state')
    def _compute_setup_warning(self):
        check = self.env['isp.health.check']
        texts = {company: "\n".join(check._isp_before_posting(company))
                 for company in self.filtered(lambda run: run.state in BEFORE_POSTING).company_id}
        for run in self:
            run.setup_warning = run.state in BEFORE_POSTING and texts.get(run.company_id)

    @api.depends('state')
    def _compute_job_warning(self):
        """Seen by whoever opens a run that waits, also when no scheduled job can tell anybody."""
        # clerks may not read scheduled jobs
        job = self.env.ref('isp_billing.ir_cron_bill_run', raise_if_not_found=False)
        job = job and job.sudo()
        late = job and job.active and job.lastcall and (
            job.nextcall < fields.Datetime.now() - LATE)
        text = False
        if not job or not job.active:
            text = self.env._("The scheduled job of the bill runs is switched off: nothing moves. "
                              "The administrator sets it active.")
        elif late:
            text = self.env._("Nobody works on scheduled jobs: nothing moves. The administrator "
                              "starts the server with scheduled jobs.")
        for run in self:
            run.job_warning = text if run.state in WORKING else False

    @api.depends('exception_count', 'review_count', 'held_count')
    def _compute_open_count(self):
        for run in self:
            run.open_count = run.exception_count + run.review_count + run.held_count

    @api.depends('amount_total', 'previous_total')
    def _compute_previous_difference(self):
        for run in self:
            run.previous_difference = run.amount_total - run.previous_total
            run.previous_percent = (
                100 * run.previous_difference / run.previous_total if run.previous_total else 0.0
            )

    def _compute_failed_count(self):
        counts = dict(self.env['isp.bill.run.bill']._read_group(
            [('run_id', 'in', self.ids), ('delivery_state', 'in', ('failed', 'no_email'))],
            ['run_id'], ['__count'],
        ))
        for run in self:
            run.failed_count = counts.get(run, 0)

    @api.depends('bill_ids.render_error')
    def _compute_pdf_failed_count(self):
        counts = dict(self.env['isp.bill.run.bill']._read_group(
            [('run_id', 'in', self.ids), ('render_error', '!=', False)], ['run_id'], ['__count'],
        ))
        for run in self:
            run.pdf_failed_count = counts.get(run, 0)

    @api.readonly
    def get_progress(self):
        """Add the deliveries that wait for another try: their number, and when it is due."""
        result = super().get_progress()
        if result['stage'] == 'deliver':
            ((count, moment),) = self.env['isp.bill.run.bill']._read_group(
                [('run_id', '=', self.id), ('delivery_state', '=', 'failed')], [],
                ['__count', 'delivery_retry_at:min'],
            )
            result['waiting'] = count
            result['retry_at'] = fields.Datetime.to_string(moment) if moment else False
        return result

    def action_export_xlsx(self):
        """Download the run as a spreadsheet."""
        self.ensure_one()
        return {
            'type': 'ir.actions.act_url', 'url': f'/isp_billing/run/{self.id}/xlsx',
            'target': 'download',
        }


class IspBillRunBill(models.Model):
    _inherit = 'isp.bill.run.bill'

    account_number = fields.Char(
        string="Account number", related=None, compute='_compute_account_number',
    )
    tax_text = fields.Html(string="Taxes", compute='_compute_tax_text', sanitize=False)

    @api.depends('account_id.isp_number_ids.number', 'company_id')
    def _compute_account_number(self):
        numbers = self.account_id._isp_numbers()
        for bill in self:
            bill.account_number = numbers.get((bill.account_id.id, bill.company_id.id), False)

    @api.depends('tax_totals')
    def _compute_tax_text(self):
        """The taxes of the bill, one row for each tax group."""
        row = Markup('<div class="d-flex justify-content-between gap-4"><span>%s</span>'
                     '<span class="text-nowrap">%s</span></div>')
        for bill in self:
            bill.tax_text = Markup().join(
                row % (tax['name'], bill.currency_id.format(float(tax['amount'])))
                for tax in bill.tax_totals or []
            )
