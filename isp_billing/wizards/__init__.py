from . import account_move_reversal, isp_bill_reason, isp_line_change
