"""A bill run as a spreadsheet: bills, lines, taxes and exceptions, one sheet each."""
import io

import xlsxwriter

from odoo import models

from ..models.isp_bill_run import MONEY_GROUPS

OPEN = ('exception', 'review', 'held', 'excluded')
TEXT, MONEY, DATE, NUMBER = 'text', 'money', 'date', 'number'
WIDTHS = {TEXT: 22, MONEY: 13, DATE: 12, NUMBER: 9}


class Workbook:
    """A workbook whose texts are always texts.

    Cells starting with ``=``, ``+``, ``-`` or ``@`` (a customer may be called so on purpose)
    are written as strings, never as formulas, and web addresses never become links.
    """

    def __init__(self):
        self.stream = io.BytesIO()
        self.book = xlsxwriter.Workbook(self.stream, {
            'in_memory': True, 'strings_to_formulas': False, 'strings_to_urls': False,
            'strings_to_numbers': False})
        self.head = self.book.add_format({
            'bold': True, 'bg_color': '#E9ECEF', 'bottom': 1, 'text_wrap': True})
        self.formats = {
            DATE: self.book.add_format({'num_format': 'yyyy-mm-dd'}), TEXT: None, NUMBER: None}
        self.money = {}

    def sheet(self, title, columns, rows, decimals=2):
        """Add a sheet.

        :param columns: list of (heading, kind)
        :param rows: iterable of lists of values; None and False are empty cells
        :param int decimals: decimals of money
        """
        sheet = self.book.add_worksheet(title[:31])
        for number, (heading, kind) in enumerate(columns):
            sheet.write_string(0, number, heading, self.head)
            sheet.set_column(number, number, WIDTHS[kind])
        last = 0
        for last, row in enumerate(rows, start=1):
            for number, ((_heading, kind), value) in enumerate(zip(columns, row, strict=True)):
                self._cell(sheet, last, number, kind, value, decimals)
        sheet.freeze_panes(1, 0)
        if last:
            sheet.autofilter(0, 0, last, len(columns) - 1)

    def _cell(self, sheet, row, column, kind, value, decimals):
        if value is None or value is False or value == '':
            return
        if kind == MONEY:
            sheet.write_number(row, column, value, self._money_format(decimals))
        elif kind == NUMBER:
            sheet.write_number(row, column, value)
        elif kind == DATE:
            sheet.write_datetime(row, column, value, self.formats[DATE])
        else:
            sheet.write_string(row, column, str(value))

    def _money_format(self, decimals):
        if decimals not in self.money:
            pattern = '#,##0' + ('.' + '0' * decimals if decimals else '')
            self.money[decimals] = self.book.add_format({'num_format': pattern})
        return self.money[decimals]

    def content(self):
        """The finished file (bytes)."""
        self.book.close()
        return self.stream.getvalue()


class IspBillRunXlsx(models.AbstractModel):
    """Writes a bill run as XLSX; another module adds sheets by extending ``_add_sheets``."""

    _name = 'isp.bill.run.xlsx'
    _description = "Bill Run as Spreadsheet"

    def _content(self, run):
        """The spreadsheet of one run, in the language of the environment.

        :param run: isp.bill.run, one record; read with the rights of the present user
        :return: (file name, bytes)
        """
        run.ensure_one()
        workbook = Workbook()
        self._add_sheets(workbook, run)
        name = (run.name or "run").replace('/', '-')
        return f'{name}.xlsx', workbook.content()

    def _add_sheets(self, workbook, run):
        """Add the sheets in order."""
        decimals = run.currency_id.decimal_places
        workbook.sheet(self.env._("Bills"), *self._bills(run), decimals=decimals)
        workbook.sheet(self.env._("Lines"), *self._lines(run), decimals=decimals)
        workbook.sheet(self.env._("Taxes"), *self._taxes(run), decimals=decimals)
        workbook.sheet(self.env._("Exceptions"), *self._exceptions(run), decimals=decimals)

    def _bills(self, run):
        states = dict(run.bill_ids._fields['state']._description_selection(self.env))
        ways = dict(run.bill_ids._fields['delivery_state']._description_selection(self.env))
        columns = [
            (self.env._("Account"), TEXT),
            (self.env._("Customer"), TEXT),
            (self.env._("State"), TEXT),
            (self.env._("Flags"), TEXT),
            (self.env._("Invoice"), TEXT),
            (self.env._("Invoice date"), DATE),
            (self.env._("Due date"), DATE),
            (self.env._("Currency"), TEXT),
            (self.env._("Before tax"), MONEY),
            (self.env._("Tax"), MONEY),
            (self.env._("Total"), MONEY),
            (self.env._("Delivery"), TEXT),
            (self.env._("Reason"), TEXT),
        ]
        rows = ([
            bill.account_number, bill.account_id.name, states[bill.state], bill.flag_text,
            bill.move_id.name, bill.move_id.invoice_date, bill.move_id.invoice_date_due,
            bill.currency_id.name, bill.amount_untaxed, bill.amount_tax, bill.amount_total,
            ways.get(bill.delivery_state) if bill.move_id else None,
            bill.reason or bill.delivery_error,
        ] for bill in run.bill_ids)
        return columns, rows

    def _lines(self, run):
        methods = dict(run.line_ids._fields['method']._description_selection(self.env))
        columns = [
            (self.env._("Account"), TEXT),
            (self.env._("Customer"), TEXT),
            (self.env._("Subscription"), TEXT),
            (self.env._("Plan"), TEXT),
            (self.env._("Name of the plan"), TEXT),
            (self.env._("From"), DATE),
            (self.env._("To"), DATE),
            (self.env._("Days"), NUMBER),
            (self.env._("Days of the period"), NUMBER),
            (self.env._("Quantity"), NUMBER),
            (self.env._("Unit price"), MONEY),
            (self.env._("Discount (%)"), NUMBER),
            (self.env._("Proration"), TEXT),
            (self.env._("Currency"), TEXT),
            (self.env._("Amount"), MONEY),
            (self.env._("Taxes"), TEXT),
            (self.env._("Invoice"), TEXT),
        ]
        rows = ([
            line.bill_id.account_number, line.account_id.name, line.subscription_id.code,
            line.plan_id.code, line.plan_id.name, line.date_from, line.date_to, line.days,
            line.period_days, line.quantity, line.price_unit, line.discount or None,
            methods.get(line.method), line.currency_id.name, line.amount,
            ", ".join(line.tax_ids.mapped('name')), line.bill_id.move_id.name,
        ] for line in run.line_ids)
        return columns, rows

    def _taxes(self, run):
        """Totals by state, currency and tax: what is to be posted, held and posted apart."""
        columns = [
            (self.env._("State"), TEXT),
            (self.env._("Currency"), TEXT),
            (self.env._("Tax"), TEXT),
            (self.env._("Base"), MONEY),
            (self.env._("Amount"), MONEY),
        ]
        labels = {name: run._fields[name]._description_string(self.env) for name in MONEY_GROUPS}
        labels['amount_posted'] = dict(
            run.bill_ids._fields['state']._description_selection(self.env))['posted']
        rows = ([labels[group], currency, name, base, amount]
                for (group, currency, name), (base, amount) in run._isp_tax_totals().items())
        return columns, rows

    def _exceptions(self, run):
        states = dict(run.bill_ids._fields['state']._description_selection(self.env))
        columns = [
            (self.env._("Account"), TEXT),
            (self.env._("Customer"), TEXT),
            (self.env._("State"), TEXT),
            (self.env._("Code"), TEXT),
            (self.env._("Reason"), TEXT),
            (self.env._("Total"), MONEY),
        ]
        rows = ([
            bill.account_number, bill.account_id.name, states[bill.state],
            bill.problem_code or bill.delivery_state,
            bill.reason or bill.delivery_error or bill.flag_text, bill.amount_total,
        ] for bill in run.bill_ids if bill.state in OPEN or bill.render_error
            or bill.delivery_state in ('no_email', 'failed'))
        return columns, rows


class IspBillRun(models.Model):
    _inherit = 'isp.bill.run'

    def _isp_tax_totals(self):
        """Tax of the bills, apart by what becomes of them: see ``MONEY_GROUPS``.

        :return: {(group, currency name, tax name): (base, amount)}, from the totals of the bills,
            in order
        """
        totals = {}
        group_of = {state: name for name, states in MONEY_GROUPS.items() for state in states}
        for bill in self.bill_ids.filtered(lambda bill: bill.state in group_of):
            for tax in bill.tax_totals or ():
                key = (group_of[bill.state], bill.currency_id.name, tax['name'])
                base, amount = totals.get(key, (0.0, 0.0))
                totals[key] = (bill.currency_id.round(base + float(tax['base'])),
                               bill.currency_id.round(amount + float(tax['amount'])))
        order = list(MONEY_GROUPS)
        return dict(sorted(totals.items(), key=lambda one: (order.index(one[0][0]), *one[0][1:])))
