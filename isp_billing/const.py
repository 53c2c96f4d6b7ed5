"""Closed lists shared by several models: one place, one meaning."""

PLAN_KINDS = [
    ('internet', "Internet"),
    ('voice', "Voice"),
    ('tv', "Television"),
    ('equipment', "Equipment rental"),
    ('addon', "Add-on"),
    ('usage', "Usage"),
    ('one_time', "One-time charge"),
]

PERIOD_UNITS = [
    ('day', "Days"),
    ('week', "Weeks"),
    ('month', "Months"),
    ('year', "Years"),
]

#: to compare prices of different periods, never to bill
PERIODS_PER_YEAR = {'day': '365.25', 'week': '52.178', 'month': '12', 'year': '1'}

CHANGE_POLICIES = [
    ('now', "On the day of the change"),
    ('next', "At the start of the next period"),
]

TIMINGS = [
    ('advance', "In advance"),
    ('arrears', "In arrears"),
]

PRORATION_METHODS = [
    ('actual', "Actual days of the period"),
    ('days30', "30-day month"),
    ('none', "No proration"),
]

HOLD_REASONS = [
    ('vacation', "Vacation"),
    ('non_payment', "Non-payment"),
    ('other', "Other"),
]

HOLD_EFFECTS = [
    ('no_charge', "No charge"),
    ('charge', "Keep charging"),
    ('reduced', "Reduced price"),
]

CHARGE_KINDS = [
    ('recurring', "Recurring"),
    ('one_time', "One-time"),
    ('usage', "Usage"),
]

CHARGE_ORIGINS = [
    ('run', "Bill run"),
    ('opening', "Opening charge"),
    ('reversal', "Reversal"),
]

DELIVERY_CHANNELS = [
    ('email', "E-mail"),
    ('paper', "Paper"),
    ('portal', "Portal only"),
]

DOCUMENT_LANGUAGES = [
    ('en', "English"),
    ('fr', "French"),
    ('both', "Both, French first"),
]

LOCK_CHOICES = [
    ('stop', "Stop and say so"),
    ('move', "Move the invoices to the first open day"),
]

DISCOUNT_KINDS = [
    ('percent', "Percent"),
    ('amount', "Amount per period"),
    ('price', "Promotional price"),
]

PAYER_SHARES = [
    ('all', "Everything"),
    ('percent', "A percentage"),
    ('amount', "Up to an amount per bill"),
]

USAGE_UNITS = [
    ('gb', "GB"),
    ('minute', "Minutes"),
    ('unit', "Units"),
]

USAGE_MODES = [
    ('graduated', "Each tier at its own price"),
    ('volume', "Everything at the price of the tier reached"),
]

USAGE_SOURCES = [
    ('csv', "CSV file"),
    ('api', "Other system"),
    ('manual', "Entered by hand"),
]

# files of an invoice attachment; French of Canada has one of its own only where it differs
FILE_LANGUAGES = [
    ('en', "English"),
    ('fr', "French"),
    ('fr_ca', "French of Canada"),
]

FEE_KINDS = [
    ('set_up', "Set-up or activation"),
    ('change', "Change of plan"),
    ('termination', "Termination"),
    ('paper_bill', "Paper bill"),
    ('late', "Late payment"),
    ('recovery', "Recovery of a debt"),
    ('nsf', "Returned payment"),
]

TERMINATION_RULES = [
    ('fixed', "The amount of the fee"),
    ('declining', "The amount × months left ÷ commitment"),
    ('share', "A share of the price of the months left"),
]

#: lines of invoices that are only text: their kind on documents by Odoo's type of line
TEXT_LINES = {'line_section': 'section', 'line_subsection': 'subsection', 'line_note': 'note'}
