from odoo import models

from ..engine.bill import Problem


class IspBillPreview(models.AbstractModel):
    """Bills whose document would be in a language that its place does not allow."""

    _inherit = 'isp.bill.preview'

    def _finish(self, bill, account, charged_before, cache, target, lines):
        """Block or flag the bill before its totals are made."""
        company = self.env['res.company'].browse(bill.company_id)
        key = ('language', account.id, bill.address_id, company.id)
        if key not in cache['checks']:
            cache['checks'][key] = account._isp_language_problem(
                company, self.env['res.partner'].browse(bill.address_id))
        action, message = cache['checks'][key] or (None, None)
        if action == 'block':
            bill.problems.append(Problem('language_rule', message))
        elif action:
            bill.flags.add('language_rule')
        return super()._finish(bill, account, charged_before, cache, target, lines)
