"""Words of the import of a subscriber book: what is wrong with a row and what to do."""
from odoo import api, models


class IspBookImport(models.AbstractModel):
    _inherit = 'isp.book.import'

    @api.model
    def _reasons(self):
        """Words for each kind of fault, in the user's language; ``%(value)s`` is the cell."""
        return {
            **self._reasons_of_cells(), **self._reasons_of_files(),
            **self._reasons_of_lines(), **self._reasons_of_records(),
        }

    def _reasons_of_cells(self):
        return {
            'required': self.env._("This column must be filled."),
            'bad_date': self.env._(
                "“%(value)s” is not a date. Write it as YYYY-MM-DD, such as 2026-01-31.",
            ),
            'ambiguous_date': self.env._(
                "%(count)s dates of this column can be read in two ways, such as “%(value)s”. "
                "Choose “Dates like 03/04/2025”, and check again.",
            ),
            'other_date_order': self.env._(
                "“%(value)s” is not in the order chosen in “Dates like 03/04/2025”. Choose the "
                "other one, or correct the date.",
            ),
            'too_many_decimals': self.env._(
                "“%(value)s” has more decimals than an amount in %(currency)s may have: "
                "%(decimals)s. Round it before the import.",
            ),
            'other_currency': self.env._(
                "The amount is in %(unit)s, but is taken in %(currency)s. Convert it, or correct "
                "the currency.",
            ),
            'bad_email': self.env._(
                "“%(value)s” is not an e-mail address. Correct it, or leave it empty.",
            ),
            'sheet_error': self.env._(
                "“%(value)s” is an error of the spreadsheet. Correct its formula.",
            ),
            'rounded_number': self.env._(
                "“%(value)s” was shortened by a spreadsheet, so digits are lost. Export the column "
                "as text.",
            ),
            'bad_number': self.env._("“%(value)s” is not a number. Write it as 1234.50."),
            'ambiguous_number': self.env._(
                "“%(value)s” can be read in two ways. Write thousands without a separator and "
                "decimals after a point: 1234 or 1.234.",
            ),
            'bad_integer': self.env._("“%(value)s” is not a whole number."),
            'bad_boolean': self.env._("“%(value)s” is neither yes nor no."),
            'bad_choice': self.env._("“%(value)s” is not one of: %(choices)s."),
            'too_small': self.env._("%(value)s is less than %(minimum)s."),
            'zero_amount': self.env._(
                "An open document has an amount other than zero. Leave the row out.",
            ),
            'dates_reversed': self.env._("%(value)s is before %(other)s."),
            'discount_over_100': self.env._("A discount is at most 100 %%."),
            'replaces_itself': self.env._(
                "A line cannot replace itself. Name the line that ended.",
            ),
        }

    def _reasons_of_files(self):
        return {
            'unknown_file': self.env._(
                "There is no such file in a book. The files are: %(choices)s.",
            ),
            'empty_file': self.env._("The file is empty. Its first row must name the columns."),
            'not_csv': self.env._(
                "This is neither a CSV file nor an XLSX workbook. Save the sheet as one of them.",
            ),
            'too_large': self.env._("The workbook is too large. Split it into several files."),
            'formula': self.env._(
                "The sheet “%(sheet)s” has a formula without its result in this row. Open the "
                "workbook, save it, and upload it again.",
            ),
            'double_file': self.env._(
                "The book already has a file %(file)s. Keep one of the two.",
            ),
            'missing_column': self.env._(
                "The column “%(column)s” is missing: no row was imported.",
            ),
            'unknown_column': self.env._(
                "The column “%(column)s” is not known and was not read. Known are: %(choices)s.",
            ),
            'double_column': self.env._("The column “%(column)s” is there twice."),
            'too_many_cells': self.env._(
                "The row has %(value)s cells, the header %(expected)s. Look for a separator "
                "inside a text without quotes.",
            ),
            'cell_too_long': self.env._("A cell is too long. Look for a quote that is not closed."),
            'duplicate': self.env._("Row %(first)s has the same key. Keep one of the two."),
            'parent_refused': self.env._(
                "The row of %(file)s that this row belongs to was refused. Fix that one and "
                "import again.",
            ),
            'billed_through_refused': self.env._(
                "The last billed day of this line could not be used, so the line was held back: "
                "its whole history would be billed. Fix billed_through and import again.",
            ),
        }

    def _reasons_of_lines(self):
        return {
            'unknown_line': self.env._("Subscription %(subscription)s has no line “%(value)s”."),
            'bad_check_digit': self.env._(
                "The last digit of “%(value)s” is not its check digit. Compare the number with "
                "its source, or unset “Account numbers with a check digit” in the settings to keep "
                "the numbers of a former system.",
            ),
            'other_account': self.env._(
                "Subscription %(subscription)s belongs to the account %(other)s.",
            ),
            'billed_before_start': self.env._(
                "The last billed day is before the first day of the line, %(start)s. Leave the "
                "row out: nothing was billed.",
            ),
            'already_billed': self.env._(
                "The line was already billed here; an opening charge comes first or not at all.",
            ),
            'zero_price': self.env._("This price is zero: the plan is given away."),
            'will_bill_history': self.env._(
                "No last billed day: the first run bills this line from %(value)s on. Add it to "
                "billed_through if it was billed elsewhere.",
            ),
        }

    def _reasons_of_records(self):
        return {
            'refused_by_model': "%(value)s",
            'unknown_company': self.env._(
                "There is no company “%(value)s”, or you have no access to it. Your companies "
                "are: %(choices)s.",
            ),
            'unknown_currency': self.env._(
                "The currency “%(value)s” is unknown or not active. Activate it in the "
                "accounting settings.",
            ),
            'unknown_country': self.env._(
                "“%(value)s” is not a country. Write its two-letter code, such as CA or FR.",
            ),
            'unknown_state': self.env._(
                "“%(value)s” is not a state or province of %(country)s. Write its code, such as "
                "QC.",
            ),
            'unknown_profile': self.env._(
                "%(company)s has no billing profile “%(value)s”. Its profiles are: %(choices)s.",
            ),
            'unknown_plan': self.env._("There is no plan with the code “%(value)s”."),
            'unknown_account': self.env._("%(company)s has no account “%(value)s”."),
            'unknown_subscription': self.env._("%(company)s has no subscription “%(value)s”."),
        }
