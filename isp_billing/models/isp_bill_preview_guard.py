from odoo import models

from ..engine.bill import Problem

#: flag of a bill that is too small to be sent
MINIMUM = 'minimum'


class IspBillPreview(models.AbstractModel):
    """Guards of the billing profile: too many items at once, amounts too small to bill."""

    _inherit = 'isp.bill.preview'

    def _account_bills(self, account, lines, differences, errors, company, *args, **kwargs):
        """Park an account with more charges at once than its profile allows."""
        bills = super()._account_bills(
            account, lines, differences, errors, company, *args, **kwargs)
        limit = account._isp_profile(company).brake_items
        count = sum(len(bill.lines) for bill in bills)
        if limit and count > limit:
            problem = Problem('brake_items', self.env._(
                "%(account)s has %(count)s charges to bill, more than the %(limit)s that the "
                "billing profile allows at once. Look at its subscriptions, or raise the limit.",
                account=account.display_name, count=count, limit=limit,
            ))
            for bill in bills:
                bill.problems.append(problem)
        return bills

    def _finish(self, bill, account, *args, **kwargs):
        """Flag a bill below the smallest amount of its profile; never a final one."""
        super()._finish(bill, account, *args, **kwargs)
        company = self.env['res.company'].browse(bill.company_id)
        minimum = account._isp_profile(company).minimum_amount
        small = bool(bill.totals) and 0 <= float(bill.totals['total']) < minimum
        if small and not bill.is_final and not bill.is_zero:
            bill.flags.add(MINIMUM)
