from . import (
    account_move_reversal,
    isp_attachment_preview,
    isp_bill_day,
    isp_bill_reason,
    isp_quick_flyer,
    isp_book_import_wizard,
    isp_line_change,
    isp_service_end,
    isp_translation_gap,
    isp_usage_import,
)
