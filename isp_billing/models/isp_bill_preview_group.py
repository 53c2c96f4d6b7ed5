import re

from odoo import api, models

from .isp_bill_preview_guard import MINIMUM

#: end of the group key of bills that are made one for each period
PERIOD_KEY = re.compile(r'P\d{4}-\d\d-\d\d$')


class IspBillPreview(models.AbstractModel):
    """Which document a charge comes on, and whether anything will ever follow on that document."""

    _inherit = 'isp.bill.preview'

    @staticmethod
    def _group_key(subscription, profile):
        """What sets documents of one payer apart by the consolidation of its profile (str)."""
        return {
            'subscription': f"S{subscription.id}",
            'address': f"A{subscription.partner_shipping_id.id}",
            'po': f"O{subscription.isp_po_number or ''}",
        }.get(profile.consolidation, "")

    @api.model
    def _service_lines(self, bill, by_account, account, company, cache):
        """Lines whose charges come on the documents of a bill's kind.

        A credit waits for the next bill only where there will be one: of the same payer,
        currency, taxes and group. Otherwise the bill is the final one.

        :param account: res.partner, who pays the bill
        """
        profile = account._isp_profile(company)
        lines = self.env['sale.subscription.line']
        owners = {line.account_id for line in bill.lines} | {account.id}
        for owner in self.env['res.partner'].browse(sorted(owners)):
            if account.id in owner._isp_present_payers(company):
                lines |= by_account[owner]
        base = PERIOD_KEY.sub('', bill.group_key)
        return lines.filtered(
            lambda line: line.currency_id.id == bill.currency_id
            and self._group_key(line.sale_subscription_id, profile) == base
            and self.env['isp.tax.mapper']._fiscal_position(
                line.isp_account_id, line.sale_subscription_id.partner_shipping_id, company,
                cache['positions'],
            ).id == bill.fiscal_position_id
        )

    @staticmethod
    def _is_over(line, target):
        """Whether nothing more will be charged for a line: it ended, or a hold without charge
        lasts as long as the service (bool)."""
        end = line.isp_date_end
        return bool(end and end <= target) or any(
            hold.date_from <= target and (
                not hold.date_to or bool(end and hold.date_to >= end))
            and (hold.effect == 'no_charge' or hold.effect == 'reduced' and not hold.percent)
            for hold in line.sale_subscription_id.isp_hold_ids
        )

    def _merge_carried(self, bills, finish):
        """With one invoice per period: what would be carried goes on the last of the others.

        A period's own document has no next one, so its credit or small amount would wait for ever.

        :param bills: list of :class:`engine.bill.BillPreview`
        :param finish: function (bill) that computes totals and flags again
        :return: the bills that are left
        """
        groups = {}
        for bill in bills:
            *key, group = bill.key
            groups.setdefault((*key, PERIOD_KEY.sub('', group)), []).append(bill)
        gone = set()
        for same in groups.values():
            carried = [bill for bill in same if bill.carries_credit or MINIMUM in bill.flags]
            if len(same) < 2 or not carried:
                continue
            others = [bill for bill in same if bill not in carried and not bill.problems]
            last = max(others or carried, key=lambda bill: bill.group_key)
            for bill in carried:
                if bill is not last:
                    last.lines += bill.lines
                    gone.add(bill.key)
            last.flags, last.totals, last.carries_credit = set(), {}, False
            finish(last)
        return [bill for bill in bills if bill.key not in gone]
