"""Net amounts and taxes of documents, computed again by Odoo's own engine where SQL is in doubt."""
from collections import defaultdict

from odoo import models

CHUNK = 200


class IspBookCheck(models.Model):
    _inherit = 'isp.book.check'

    def _isp_check_exact(self, check):
        """Compute documents again that a query is in doubt about (engine.book_checks.BookCheck).

        A company that rounds whole documents, prices with tax and fixed taxes make amounts that
        no line shows by itself; what Odoo makes of the same lines is right.
        """
        rows = self._isp_doubtful(check)
        bad, details = [], []
        for move in self.env['account.move'].browse(rows):
            found = move._isp_amounts_differ()
            if found:
                bad.append(move.id)
                details.append(f"{move.name}, {found}")
        self.env['account.move'].browse(rows).invalidate_recordset()
        self.cursor = rows[-1] if rows else self.cursor
        return [self._isp_finding(
            check.code, check.invariant, check.severity, check.model, bad, "\n".join(details[:20]),
        )] if bad else [], len(rows) == CHUNK

    def _isp_doubtful(self, check):
        """Ids of the next documents that a query names, after ``cursor``."""
        self.env.cr.execute(
            # the text comes from a file of the module, never from a person
            f"SELECT DISTINCT id FROM ({check.sql}) AS doubt (id, company, detail)"
            f" WHERE id > {int(self.cursor or 0)} ORDER BY id LIMIT {CHUNK}",
            {'company': self.company_id.id, 'run': self.run_id.id or None},
        )
        return [row[0] for row in self.env.cr.fetchall()]


class AccountMove(models.Model):
    _inherit = 'account.move'

    def _isp_amounts_differ(self):
        """The first amount of the document that Odoo's engine makes otherwise, in words, or ''.

        Net amounts of the lines, their journal items and each tax, from quantity, price, discount
        and taxes of the lines and the company's way of rounding.
        """
        self.ensure_one()
        taxes, company = self.env['account.tax'], self.company_id
        base_lines, _booked = self._get_rounded_base_and_tax_lines(round_from_tax_lines=False)
        taxes._add_accounting_data_in_base_lines_tax_details(
            base_lines, company, include_caba_tags=self.always_tax_exigible)
        made = taxes._prepare_tax_lines(base_lines, company)
        for base_line, amounts in made['base_lines_to_update']:
            line = base_line['record']
            if line.display_type == 'product' and (
                    found := line._isp_differs_from(amounts['amount_currency'])):
                return found
        expected = defaultdict(float)
        for values in made['tax_lines_to_add']:
            repartition = self.env['account.tax.repartition.line'].browse(
                values['tax_repartition_line_id'])
            expected[repartition.tax_id] += values['amount_currency']
        for line in self.line_ids.filtered(lambda line: line.display_type == 'tax'):
            expected[line.tax_line_id] -= line.amount_currency
        for tax, difference in expected.items():
            if not self.currency_id.is_zero(difference):
                return f"{tax.name}: {self.currency_id.round(difference)}"
        return ''


class AccountMoveLine(models.Model):
    _inherit = 'account.move.line'

    def _isp_differs_from(self, amount_currency):
        """How net amount, total or item of a line differ from what Odoo makes of it, or ''."""
        self.ensure_one()
        taxes, company, currency = self.env['account.tax'], self.company_id, self.currency_id
        alone = self.move_id._prepare_product_base_line_for_taxes_computation(self)
        taxes._add_tax_details_in_base_line(alone, company)
        taxes._round_base_lines_tax_details([alone], company)
        details = alone['tax_details']
        for booked, made in (
            (self.price_subtotal, details['total_excluded_currency']),
            (self.price_total, details['total_included_currency']),
            (self.amount_currency, amount_currency),
        ):
            if currency.compare_amounts(booked, made):
                return f"{(self.name or '–').splitlines()[0]}: {booked} / {currency.round(made)}"
        return ''
