"""Who writes which field by a remote call, and who deletes what: all else is refused.

Facts and settings that a person enters stand here, each with the roles that enter them. A result
never does: it is read-only in the model (``models/base_results.py``), or its model has no rights.
"""

#: model: (roles, fields)
_WRITES = {
    'account.journal': (
        'accountant administrator manager',
        'isp_billing',
    ),
    'account.payment': (
        'accountant administrator approver clerk invoicing manager',
        'isp_account_id',
    ),
    'isp.account.number': (
        'clerk manager',
        'number',
    ),
    'isp.bill.run': (
        'approver clerk manager',
        'send_invoices',
    ),
    'isp.bill.schedule': (
        'manager',
        'active auto_approve company_id days_before hour lock_choice name profile_ids '
        'send_invoices sequence since user_id',
    ),
    'isp.billing.profile': (
        'manager',
        'active bill_day bill_day_rule brake_items brake_periods company_id consolidation '
        'credit_unused days_ahead downgrade_policy due_days layout_id minimum_amount name '
        'negative_policy proration_method sequence split_periods suspension_effect '
        'suspension_percent upgrade_policy variance_amount variance_bills variance_percent '
        'zero_policy',
    ),
    'isp.document.layout': (
        'manager',
        'active address color_accent color_primary color_totals company_id font footer '
        'grouping is_default logo name paper phone qr reminder_text sequence show_aging '
        'show_check_digit show_codes show_past_due show_periods show_phone show_quantities '
        'show_slip show_statement show_support show_unit_prices show_usage_details '
        'show_website show_zero_lines slip_side slip_size support_hours terms website window',
    ),
    'isp.fee.rule': (
        'manager',
        'active company_id country_id customers date_from date_to effect fee_kind name note '
        'state_ids',
    ),
    'isp.invoice.attachment': (
        'clerk manager',
        'account_status account_tag_ids active balance_state bill_position cap_days cap_times '
        'cities clean_uploads company_id country_id date_end date_start delivery '
        'document_language exclude_opted_out exclude_past_due exclude_suspended kind_addon '
        'kind_equipment kind_internet kind_one_time kind_tv kind_usage kind_voice name pdf_en '
        'pdf_en_name pdf_fr pdf_fr_ca pdf_fr_ca_name pdf_fr_name plan_ids profile_ids '
        'promo_code result_days sequence share_key share_percent share_rest state_ids '
        'tenure_from tenure_to without_plan_ids zip_prefixes',
    ),
    'isp.invoice.message': (
        'clerk manager',
        'account_id account_status account_tag_ids active balance_state bill_position '
        'bills_ahead body cities company_id country_id date_end date_start document_language '
        'exclude_opted_out exclude_past_due exclude_suspended kind_addon kind_equipment '
        'kind_internet kind_one_time kind_tv kind_usage kind_voice name notice on_email '
        'on_invoice on_portal once plan_ids profile_ids sequence share_key share_percent '
        'share_rest state_ids tenure_from tenure_to without_plan_ids zip_prefixes',
    ),
    'isp.language.rule': (
        'manager',
        'action active company_id country_id default_language name note requirement sequence '
        'state_ids',
    ),
    'isp.line.discount': (
        'clerk manager',
        'date_from date_to keep_on_change kind line_id name periods reason sequence value',
    ),
    'isp.price.change': (
        'manager',
        'amount company_id currency_id date_from excluded_account_ids mode name notice_date '
        'percent plan_ids rounding scope',
    ),
    'isp.service.hold': (
        'clerk manager',
        'date_from date_to effect note percent reason subscription_id',
    ),
    'isp.service.plan': (
        'manager',
        'active allow_several calendar_periods change_plan_ids code color company_id '
        'data_cap_gb description fee_kind interval kind name product_id proration_method '
        'sequence speed_down speed_up term_months termination_percent termination_plan_id '
        'termination_rule timing unit untaxed usage_included usage_mode usage_unit',
    ),
    'isp.service.plan.price': (
        'manager',
        'amount company_id currency_id date_from free plan_id',
    ),
    'isp.tax.registration': (
        'manager',
        'company_id country_id in_foot label number sequence state_id tax_group_ids tax_ids',
    ),
    'isp.usage.record': (
        'clerk manager',
        'day key line_id note quantity',
    ),
    'isp.usage.tier': (
        'manager',
        'above company_id currency_id date_from plan_id price',
    ),
    'isp.write.off': (
        'approver clerk manager',
        'account_id amount date reason',
    ),
    'mail.message': (
        'administrator',
        'isp_sentence',
    ),
    'res.company': (
        'administrator',
        'isp_account_check_digit isp_apply_credits isp_print_duplex isp_write_off_account_id '
        'isp_write_off_limit isp_attachment_delivery isp_attachment_max_kb '
        'isp_attachment_max_pages isp_both_flyers isp_document_language isp_four_eyes '
        'isp_four_eyes_schedule '
        'isp_french isp_insert_max_kb isp_insert_max_pages isp_language_rule_action '
        'isp_message_chars isp_message_count isp_payment_instructions isp_payment_slip '
        'isp_profile_id isp_support_hours isp_support_phone isp_translation_gate isp_tz',
    ),
    'res.partner': (
        'administrator clerk manager',
        'isp_billing_profile_id isp_delivery_channel isp_document_language '
        'isp_express_choice_by isp_express_choice_date isp_french_contract_date isp_layout_id '
        'isp_no_promotions isp_payer_amount isp_payer_id isp_payer_percent isp_payer_share',
    ),
    'sale.subscription': (
        'clerk manager',
        'isp_account_id isp_alignment isp_anchor_date isp_billed isp_po_number',
    ),
    'sale.subscription.line': (
        'clerk manager',
        'isp_credit_unused isp_date_end isp_date_start isp_import_key isp_instalments '
        'isp_plan_id isp_price_source isp_promo_code',
    ),
}
WRITES = {
    (model, name): set(roles.split())
    for model, (roles, names) in _WRITES.items() for name in names.split()
}

#: records that were not billed yet: rows of the ledger and what stands on it are refused
DELETES = {
    'isp.account.number': {'manager'},
    'isp.bill.day.change': {'clerk', 'manager'},
    'isp.bill.run': {'manager'},
    'isp.bill.schedule': {'manager'},
    'isp.billing.profile': {'manager'},
    'isp.fee.rule': {'manager'},
    'isp.language.rule': {'manager'},
    'isp.line.discount': {'clerk', 'manager'},
    'isp.price.change': {'manager'},
    'isp.service.hold': {'clerk', 'manager'},
    'isp.service.plan.price': {'manager'},
    'isp.tax.registration': {'manager'},
    'isp.usage.record': {'clerk', 'manager'},
    'isp.usage.tier': {'manager'},
}
