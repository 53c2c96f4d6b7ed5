from collections import defaultdict

from odoo import models
from odoo.tools import SQL

from ..sentences import say
from .isp_bill_preview_group import PERIOD_KEY


class IspBillRun(models.Model):
    """Bills that differ from what the account is used to: a person looks at them first."""

    _inherit = 'isp.bill.run'

    def _isp_review_variance(self, previews):
        """Mark previews that differ from the average of the account's last bills.

        The billing profile says by how much, in percent and at least in money, and how many
        bills are looked at. The first bill of an account has nothing to differ from.
        """
        accounts = self.env['res.partner'].browse({one.account_id for one in previews})
        profiles = {
            account.id: account.sudo()._isp_profile(self.company_id) for account in accounts
        }
        watched = [
            one for one in previews if not one.problems and one.totals
            and profiles[one.account_id].variance_percent
        ]
        if not watched:
            return
        history = self._isp_last_totals(
            {one.account_id for one in watched},
            max(profile.variance_bills for profile in profiles.values()),
        )
        for preview in watched:
            profile = profiles[preview.account_id]
            before = history[self._isp_variance_key(preview)][:profile.variance_bills]
            if before:
                preview.review = self._isp_variance_reason(preview, profile, before)

    @staticmethod
    def _isp_variance_key(preview):
        return (
            preview.account_id, preview.payer_id, preview.currency_id,
            PERIOD_KEY.sub('', preview.group_key or ''),
        )

    def _isp_last_totals(self, account_ids, number):
        """Totals of the last posted bills, newest first: {key: [float]}, in one query."""
        self.env['isp.bill.run.bill'].flush_model()
        rows = self.env.execute_query(SQL(
            """
            SELECT account_id, payer_id, currency_id, base, amount_total FROM (
                SELECT b.account_id, b.payer_id, b.currency_id, b.amount_total, b.id,
                       regexp_replace(b.group_key, 'P\\d{4}-\\d\\d-\\d\\d$', '') AS base,
                       r.target_date,
                       row_number() OVER (
                           PARTITION BY b.account_id, b.payer_id, b.currency_id,
                                        regexp_replace(b.group_key, 'P\\d{4}-\\d\\d-\\d\\d$', '')
                               ORDER BY r.target_date DESC, b.id DESC) AS place
                  FROM isp_bill_run_bill b JOIN isp_bill_run r ON r.id = b.run_id
                 WHERE b.company_id = %s AND b.account_id IN %s AND b.state = 'posted'
                   AND b.move_id IS NOT NULL) AS bills
             WHERE place <= %s ORDER BY target_date DESC, id DESC
            """, self.company_id.id, tuple(account_ids), number,
        ))
        history = defaultdict(list)
        for account, payer, currency, base, total in rows:
            history[account, payer, currency, base or ''].append(float(total))
        return history

    def _isp_variance_reason(self, preview, profile, before):
        """Why a person has to look at a bill (str), '' when it is as usual."""
        currency = self.env['res.currency'].browse(preview.currency_id)
        total, usual = float(preview.totals['total']), sum(before) / len(before)
        difference = abs(total - usual)
        if (
            currency.compare_amounts(difference, profile.variance_amount) < 0
            or difference <= abs(usual) * profile.variance_percent / 100
        ):
            return ''
        words = say(self.env)
        values = {
            'total': words.amount(total, currency), 'usual': words.amount(usual, currency),
            'count': len(before), 'difference': words.amount(difference, currency),
        }
        if total > usual:
            return words._(
                "The bill is %(total)s, which is %(difference)s more than the average of the "
                "last %(count)s bills (%(usual)s). Look at it and release it.", **values)
        return words._(
            "The bill is %(total)s, which is %(difference)s less than the average of the last "
            "%(count)s bills (%(usual)s). Look at it and release it.", **values)
