"""Closed lists shared by several models: one place, one meaning."""

PLAN_KINDS = [
    ('internet', "Internet"),
    ('voice', "Voice"),
    ('tv', "Television"),
    ('equipment', "Equipment rental"),
    ('addon', "Add-on"),
    ('one_time', "One-time charge"),
]

PERIOD_UNITS = [
    ('day', "Days"),
    ('week', "Weeks"),
    ('month', "Months"),
    ('year', "Years"),
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
