from . import bill_run_xlsx
