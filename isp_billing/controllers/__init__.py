from . import portal_invoice
from . import bill_run
from . import portal_language
