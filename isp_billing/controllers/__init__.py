from . import portal_guard
from . import portal_account
from . import portal_invoice
from . import bill_run
from . import portal_language
from . import portal_promotion
from . import portal_address
