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
        and taxes of the lines. A company that changed its way of rounding has documents of both.
        """
        self.ensure_one()
        present, found = self.company_id.tax_calculation_rounding_method, ''
        for method in sorted(('round_per_line', 'round_globally'), key=lambda one: one != present):
            text = self._isp_differs_by(method)
            if not text:
                return ''
            found = found or text
        return found

    def _isp_base_lines(self, method):
        """Lines of the document as Odoo's engine rounds them, without the taxes that were booked.

        :param str method: ``round_globally`` or ``round_per_line``
        """
        taxes, company = self.env['account.tax'], self.company_id
        kinds = self.line_ids.grouped('display_type')
        none = self.line_ids.browse()
        base_lines = [
            self._prepare_product_base_line_for_taxes_computation(line)
            for line in kinds.get('product', none)
        ] + [
            self._prepare_epd_base_line_for_taxes_computation(line)
            for line in kinds.get('epd', none)
        ] + [
            self._prepare_cash_rounding_base_line_for_taxes_computation(line)
            for line in kinds.get('rounding', none) if not line.tax_repartition_line_id
        ]
        for base_line in base_lines:
            taxes._add_tax_details_in_base_line(base_line, company, rounding_method=method)
        taxes._round_base_lines_tax_details(base_lines, company)
        taxes._add_accounting_data_in_base_lines_tax_details(
            base_lines, company, include_caba_tags=self.always_tax_exigible)
        return base_lines

    def _isp_differs_by(self, method):
        """The first amount that a way of rounding makes otherwise, in words, or ''."""
        made = self.env['account.tax']._prepare_tax_lines(
            self._isp_base_lines(method), self.company_id)
        for base_line, amounts in made['base_lines_to_update']:
            line = base_line['record']
            if line.display_type == 'product' and (
                    found := line._isp_differs_from(amounts['amount_currency'], method)):
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

    def _isp_differs_from(self, amount_currency, method):
        """How net amount, total or item of a line differ from what Odoo makes of it, or ''."""
        self.ensure_one()
        taxes, company, currency = self.env['account.tax'], self.company_id, self.currency_id
        alone = self.move_id._prepare_product_base_line_for_taxes_computation(self)
        taxes._add_tax_details_in_base_line(alone, company, rounding_method=method)
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
