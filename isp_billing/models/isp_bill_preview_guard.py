from collections import Counter

from odoo import api, models

from ..engine.bill import Problem
from ..sentences import say

#: flag of a bill that is too small to be sent
MINIMUM = 'minimum'


class IspBillPreview(models.AbstractModel):
    """Guards of the billing profile: too many items at once, amounts too small to bill."""

    _inherit = 'isp.bill.preview'

    @api.model
    def _preview(self, accounts, company, *args, **kwargs):
        """Park an account with more charges at once than its profile allows."""
        bills, *counts = super()._preview(accounts, company, *args, **kwargs)
        charges = Counter()
        for bill in bills:
            charges[bill.account_id] += len(bill.lines)
        for account in self.env['res.partner'].browse(charges):
            limit = account._isp_profile(company).brake_items
            if limit and charges[account.id] > limit:
                own = [line for bill in bills if bill.account_id == account.id
                       for line in bill.lines]
                carried = self._carried([line.line_id for line in own])
                charges[account.id] = sum(
                    (line.line_id, line.period_start, line.period_end, line.revision)
                    not in carried for line in own)
            if limit and charges[account.id] > limit:
                problem = self._too_many(account, charges[account.id], limit)
                for bill in bills:
                    if bill.account_id == account.id:
                        bill.problems.append(problem)
        return bills, *counts

    def _too_many(self, account, count, limit):
        return Problem('brake_items', say(self.env)._(
            "%(account)s has %(count)s charges to bill, more than the %(limit)s that the "
            "billing profile allows at once. Look at its subscriptions, or raise the limit.",
            account=account.display_name, count=count, limit=limit,
        ))

    def _finish(self, bill, account, *args, **kwargs):
        """Flag a bill below the smallest amount of its profile; never a final one."""
        super()._finish(bill, account, *args, **kwargs)
        company = self.env['res.company'].browse(bill.company_id)
        minimum = account._isp_profile(company).minimum_amount
        small = bool(bill.totals) and 0 <= float(bill.totals['total']) < minimum
        if small and not bill.is_last and not bill.is_zero:
            bill.flags.add(MINIMUM)
