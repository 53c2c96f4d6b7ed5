# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
{
    'name': "ISP Billing: French",
    'summary': "French of Canada and France: languages, terms and rules for ISP Billing",
    'version': '19.0.1.1.0',
    'category': 'Accounting/Localizations',
    'author': "ISP Billing contributors",
    'license': 'AGPL-3',
    'depends': ['isp_billing'],
    'data': ['data/isp_language_rule.xml', 'data/isp_fee_rule.xml'],
    'post_init_hook': 'post_init_hook',
    'auto_install': False,
}
