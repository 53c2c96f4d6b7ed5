"""The arithmetic of charges as a field, in the language of whoever reads it."""
from odoo import api, fields, models


class IspCharge(models.Model):
    _inherit = 'isp.charge'

    explanation = fields.Text(
        compute='_compute_explanation', help="How the amount came about, in sentences.",
    )

    @api.depends('amount')
    @api.depends_context('lang')
    def _compute_explanation(self):
        texts = self.env['isp.explanation']._texts(self)
        for charge in self:
            charge.explanation = '\n'.join(texts[charge])


class IspBillRunBillLine(models.Model):
    _inherit = 'isp.bill.run.bill.line'

    explanation = fields.Text(
        compute='_compute_explanation', help="How the amount came about, in sentences.",
    )

    @api.depends('amount')
    @api.depends_context('lang')
    def _compute_explanation(self):
        texts = self.env['isp.explanation']._texts(self)
        for line in self:
            line.explanation = '\n'.join(texts[line])
