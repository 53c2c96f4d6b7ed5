"""Set-up of the demo's two companies: charts, journals, numbers, people, mail, flyers."""
import base64
from pathlib import Path

from odoo import Command

from tools.demo import facts
from tools.make_demo_book import BUSINESS, MID_MONTH

ROOT = Path(__file__).resolve().parents[2]


def set_up(env, smtp_port, month, password, flyers):
    """Make both companies ready to bill.

    :param int smtp_port: port of the mail server on the loopback
    :param date month: first day of the month of the run
    :param str password: password of every user
    :param Path flyers: folder of the PDFs
    :return: {'HARFANG': res.company, 'GARANCE': res.company}
    """
    env['res.currency'].with_context(active_test=False).search(
        [('name', 'in', ('CAD', 'EUR'))]).active = True
    main = env.ref('base.main_company')
    companies = {'HARFANG': main, 'GARANCE': env['res.company'].create({'name': "Garance"})}
    env.user.company_ids = [Command.set([company.id for company in companies.values()])]
    for key, company in companies.items():
        _company(env, company, getattr(facts, key))
    for key, company in companies.items():
        _journal(env, company, getattr(facts, key))
        _registrations(env, key, company)
        _campaigns(env, key, company, month, flyers)
    _profiles(env, companies)
    _bank(env, companies['GARANCE'])
    _mail(env, smtp_port)
    _users(env, companies, password)
    return companies


def _in_french(record, **texts):
    """Write French texts into the French languages."""
    for code in ('fr_FR', 'fr_CA'):
        record.with_context(lang=code).write(texts)


def _company(env, company, known):
    country = env.ref(f"base.{known['country'].lower()}")
    state = env['res.country.state'].search(
        [('country_id', '=', country.id), ('code', '=', known['state'])], limit=1)
    logo = (ROOT / 'demo' / 'logos' / f"{known['logo']}.png").read_bytes()
    french = known['country'] == 'FR'
    company.write({
        'name': known['name'], 'street': known['street'], 'city': known['city'],
        'zip': known['zip'], 'state_id': state.id, 'country_id': country.id,
        'phone': known['phone'], 'email': known['email'], 'website': known['website'],
        'currency_id': env.ref(f"base.{known['currency']}").id,
        'company_registry': facts.siret() if french else known['registry'],
        'logo': base64.b64encode(logo), 'isp_tz': known['tz'],
        'isp_document_language': known['language'], 'isp_french': known['french'],
        'isp_support_phone': known['phone'], 'isp_support_hours': known['hours'][0],
        'isp_payment_instructions': known['pay'][0],
        'isp_four_eyes': True, 'primary_color': '#0b1c3d' if not french else '#8c1530',
    })
    _in_french(company, isp_support_hours=known['hours'][1],
               isp_payment_instructions=known['pay'][1])
    env['account.chart.template'].with_company(company).try_loading(
        known['chart'], company=company, install_demo=False)
    company.vat = facts.french_vat() if french else known['vat']


def _journal(env, company, known):
    journal = env['account.journal'].with_company(company).create({
        'name': known['journal'][0], 'code': 'ABO', 'type': 'sale', 'company_id': company.id,
        'isp_billing': True,
    })
    _in_french(journal, name=known['journal'][1])


def _registrations(env, key, company):
    rows = [row[1:] for row in facts.REGISTRATIONS if row[0] == key]
    registrations = env['isp.tax.registration'].with_company(company)
    for label, french, number, groups in rows:
        found = [env.ref(f'account.{company.id}_{group}', raise_if_not_found=False)
                 for group in groups]
        record = registrations.create({
            'company_id': company.id, 'label': label, 'number': number,
            'tax_group_ids': [Command.set([group.id for group in found if group])]})
        _in_french(record, label=french)
    if key == 'GARANCE':
        taxes = env['account.tax'].search(
            [('company_id', '=', company.id), ('type_tax_use', '=', 'sale')])
        record = registrations.create({
            'company_id': company.id, 'label': "VAT", 'number': facts.french_vat(),
            'tax_group_ids': [Command.set(taxes.tax_group_id.ids)]})
        _in_french(record, label="TVA")


def _campaigns(env, key, company, month, flyers):
    """The company's flyer and message, around the month of the run."""
    first, last = month.replace(day=1), _end_of_next_month(month)
    for owner, name, stem, english, french in facts.FLYERS:
        if owner == key:
            env['isp.invoice.attachment'].with_company(company).create({
                'name': name, 'company_id': company.id, 'date_start': first, 'date_end': last,
                'pdf_en': base64.b64encode((flyers / f'{stem}-en.pdf').read_bytes()),
                'pdf_en_name': english,
                'pdf_fr': base64.b64encode((flyers / f'{stem}-fr.pdf').read_bytes()),
                'pdf_fr_name': french,
            })
    english, french = facts.MESSAGES[key]
    message = env['isp.invoice.message'].with_company(company).create({
        'name': "Message of the season", 'company_id': company.id, 'date_start': first,
        'date_end': last, 'body': english})
    _in_french(message, body=french)


def _end_of_next_month(month):
    from tools.make_flyers import end_of_offer
    return end_of_offer(month)


def _profiles(env, companies):
    """The profiles that the book names, beside the default one."""
    profiles = env['isp.billing.profile']
    for company in companies.values():
        business = profiles.create({
            'name': BUSINESS, 'company_id': company.id, 'bill_day': 1, 'due_days': 30,
            'consolidation': 'account'})
        _in_french(business, name="Entreprises, 30 jours")
        company.isp_profile_id.due_days = 20
        _in_french(company.isp_profile_id, name="Mensuel, le 1er")
    middle = profiles.create({
        'name': MID_MONTH, 'company_id': companies['HARFANG'].id, 'bill_day': 15})
    _in_french(middle, name="Mensuel, le 15")


def _bank(env, company):
    """An account number with right check digits at a bank that does not exist."""
    env['res.partner.bank'].with_company(company).create({
        'acc_number': "FR76 9999 9000 0100 0000 0000 115", 'partner_id': company.partner_id.id,
        'company_id': company.id, 'allow_out_payment': True})


def _mail(env, port):
    env['ir.mail_server'].create({
        'name': "Demo mailbox on this machine", 'smtp_host': '127.0.0.1', 'smtp_port': port,
        'smtp_encryption': 'none', 'smtp_authentication': 'login', 'sequence': 1})


def _users(env, companies, password):
    users = env['res.users'].with_context(no_reset_password=True)
    ids = [company.id for company in companies.values()]
    for login, name, group, _label in facts.USERS:
        users.create({
            'name': name, 'login': login, 'password': password,
            'email': f'{login}@harfang.example', 'lang': 'en_US', 'tz': 'America/Toronto',
            'company_id': companies['HARFANG'].id, 'company_ids': [Command.set(ids)],
            'group_ids': [Command.set([env.ref('base.group_user').id,
                                       env.ref(f'isp_billing.{group}').id])]})
    admin = env.ref('base.user_admin')
    admin.write({'password': password, 'company_ids': [Command.set(ids)],
                 'company_id': companies['HARFANG'].id, 'tz': 'America/Toronto'})


def portal_users(env, company, password):
    """A portal login for the first English and the first French subscriber of a company.

    :return: [{'label', 'login', 'password'}]
    """
    accounts = env['res.partner'].with_company(company).search([
        ('isp_is_account', '=', True), ('company_id', '=', company.id),
        ('email', '!=', False), ('is_company', '=', False)], order='id')
    logins = []
    for language, label in (('en', "Subscriber in English (portal)"),
                            ('fr', "Subscriber in French (portal)")):
        account = accounts.filtered(
            lambda partner, language=language: partner.isp_document_language == language
            and partner.isp_subscription_ids)[:1]
        login = f'subscriber-{language}'
        env['res.users'].with_context(no_reset_password=True).create({
            'name': account.name, 'login': login, 'password': password,
            'partner_id': account.id, 'company_id': company.id,
            'lang': 'en_US' if language == 'en' else company.isp_french,
            'company_ids': [Command.set([company.id])],
            'group_ids': [Command.set([env.ref('base.group_portal').id])]})
        logins.append({'label': f'{label}: {account.name}', 'login': login,
                       'password': password})
    return logins
