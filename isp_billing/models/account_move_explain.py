"""“Explain this bill” on the invoice, on the bill in a run and on the portal: the same page."""
from odoo import api, fields, models


class AccountMove(models.Model):
    _inherit = 'account.move'

    isp_explanation = fields.Html(
        string="Explanation", compute='_compute_isp_explanation', sanitize=False,
        groups="isp_billing.group_clerk,isp_billing.group_approver,isp_billing.group_auditor",
        help="Each amount, and why the bill differs from the one before it.",
    )

    @api.depends_context('lang')
    def _compute_isp_explanation(self):
        explained = self.filtered('isp_charge_ids')
        pages = self.env['isp.bill.comparison']._html(explained)
        for move in self:
            move.isp_explanation = pages.get(move, False)

    def _isp_explain(self):
        """What the portal shows of this invoice (dict), None when it has no charges.

        The caller has checked that the reader may see the invoice; the bill before it is one of
        the same account.
        """
        self.ensure_one()
        if not self.isp_charge_ids or self.state != 'posted':
            return None
        return self.env['isp.bill.comparison']._explain(self)[self]


class IspBillRunBill(models.Model):
    _inherit = 'isp.bill.run.bill'

    explanation = fields.Html(
        compute='_compute_explanation', sanitize=False,
        help="Each amount, and why the bill differs from the one before it.",
    )

    @api.depends_context('lang')
    def _compute_explanation(self):
        explained = self.filtered('line_ids')
        pages = self.env['isp.bill.comparison']._html(explained)
        for bill in self:
            bill.explanation = pages.get(bill, False)
