# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
{
    'name': "ISP Billing",
    'summary': "Monthly bill runs of Internet service providers: plans, ledger, invoices, portal",
    'version': '19.0.1.0.0',
    'category': 'Accounting/Accounting',
    'author': "ISP Billing contributors",
    'license': 'AGPL-3',
    'depends': ['account', 'portal', 'subscription_oca'],
    'external_dependencies': {'python': ['weasyprint', 'pikepdf']},
    'data': [
        # groups first: access rows and rules name them
        'security/isp_groups.xml',
        'security/ir.model.access.csv',
        'security/isp_rules.xml',
        # records
        'data/isp_data.xml',
        'data/ir_cron.xml',
        'data/mail_templates.xml',
        # printed documents
        'report/document_parts.xml',
        'report/invoice_document.xml',
        'report/invoice_report.xml',
        'report/flyer.xml',
        # the page that explains a bill
        'views/isp_explain_templates.xml',
        'wizards/isp_bill_explain_views.xml',
        # views; actions before the views that name them
        'views/isp_charge_views.xml',
        'views/isp_service_plan_views.xml',
        'views/isp_billing_profile_views.xml',
        'views/isp_service_hold_views.xml',
        'views/isp_bill_run_bill_views.xml',
        'views/isp_bill_run_views.xml',
        'views/res_partner_views.xml',
        'views/sale_subscription_views.xml',
        'views/account_move_views.xml',
        'views/account_journal_views.xml',
        'views/isp_health_finding_views.xml',
        'views/res_config_settings_views.xml',
        'wizards/isp_attachment_wizards_views.xml',
        'views/isp_invoice_attachment_views.xml',
        'views/isp_invoice_message_views.xml',
        'views/isp_tax_registration_views.xml',
        'views/isp_language_choice_views.xml',
        'views/isp_language_rule_views.xml',
        'views/isp_translation_gap_views.xml',
        'views/portal_language_templates.xml',
        'views/account_move_document_views.xml',
        'views/res_config_settings_document_views.xml',
        'views/isp_invoice_insert_views.xml',
        # wizards
        'wizards/isp_book_import_wizard_views.xml',
        'wizards/isp_wizards_views.xml',
        # menus last: they name actions
        'views/isp_billing_menus.xml',
        'views/isp_document_layout_views.xml',
        'report/letter_reports.xml',
    ],
    'assets': {
        'web.assets_backend': [
            'isp_billing/static/src/js/*.js',
            'isp_billing/static/src/scss/*.scss',
            'isp_billing/static/src/xml/*.xml',
        ],
        'web.assets_tests': ['isp_billing/static/tests/tours/*.js'],
    },
    'demo': [
        'demo/isp_demo.xml',
    ],
    'post_init_hook': 'post_init_hook',
    'application': True,
}
