from odoo import api, fields, models

#: what is billed of a service, taken from the form before it is saved
BILLED = (
    'isp_plan_id', 'isp_date_start', 'isp_date_end', 'product_uom_qty', 'isp_price_source',
    'price_unit', 'discount', 'isp_instalments',
)


class SaleSubscription(models.Model):
    """Services that are entered late: their first day is asked for, and what it bills is said."""

    _inherit = 'sale.subscription'

    isp_line_start = fields.Date(
        string="First day of a new line", compute='_compute_isp_line_start',
        help="Proposed for a line that is added: the start of a draft, else today.",
    )
    isp_back_billing = fields.Text(
        string="Billed for the past", compute='_compute_isp_back_billing',
        help="Periods of new services that lie in the past, with their amounts before tax.",
    )

    @api.depends('date_start', 'stage_id', 'company_id')
    def _compute_isp_line_start(self):
        for subscription in self:
            today = (subscription.company_id or self.env.company)._isp_today()
            start = subscription.date_start or today
            runs = subscription.stage_id.type in ('in_progress', 'post')
            subscription.isp_line_start = max(start, today) if runs else start

    @api.depends(
        'stage_id', 'sale_subscription_line_ids',
        *(f'sale_subscription_line_ids.{name}' for name in BILLED),
    )
    @api.depends_context('lang')
    def _compute_isp_back_billing(self):
        for subscription in self:
            lines = subscription._isp_back_lines()
            subscription.isp_back_billing = bool(lines) and "\n".join(
                subscription._isp_back_sentences(lines))

    def _isp_back_lines(self):
        """Lines of the form, saved or not, that begin in the past and were never charged."""
        self.ensure_one()
        if not self.isp_billed or not self._origin:
            return self.env['sale.subscription.line']
        today = self.company_id._isp_today()
        return self.sale_subscription_line_ids.filtered(
            lambda line: line.isp_plan_id and line.isp_plan_id.kind not in ('one_time', 'usage')
            and line.isp_date_start and line.isp_date_start < today
            and not line._origin.isp_charge_ids and not line.isp_replaced_line_id)

    def _isp_back_sentences(self, lines):
        """What the next bill takes for the past: made in a preview, billed, and taken back.

        A draft is tried as if it had been started.
        """
        values = [
            (line._origin.id, {
                name: line._fields[name].convert_to_write(line[name], line) for name in BILLED
            }) for line in lines
        ]
        origin, draft = self._origin, self.stage_id.type == 'draft'

        def change(env):
            subscription = env['sale.subscription'].browse(origin.id)
            for line_id, vals in values:
                if line_id:
                    env['sale.subscription.line'].browse(line_id).write(vals)
                else:
                    env['sale.subscription.line'].create(
                        {**vals, 'sale_subscription_id': origin.id})
            if draft:
                subscription.stage_id = env['sale.subscription.stage'].search(
                    [('type', '=', 'in_progress')], limit=1)

        outcomes = self.env['isp.bill.outcome'].sudo()
        outcome = outcomes._outcome(
            origin.sudo(), self.company_id, self.company_id._isp_today(), change)
        return outcomes._back_billing(outcome.after, origin.currency_id)
