"""Read by `odoo shell` of the former version: books whose balances it read differently.

Amounts are without tax. What each account owes stands in test_upgrade.py.
"""
from odoo import Command

company = env.company  # noqa: F821 - the shell gives it
env = env(context={'allowed_company_ids': company.ids})  # noqa: F821
env['account.chart.template'].try_loading('generic_coa', company, install_demo=False)
usd, eur = company.currency_id, env.ref('base.EUR')
eur.active = True
env['res.currency.rate'].create([
    {'currency_id': eur.id, 'company_id': company.id, 'name': day, 'rate': rate}
    for day, rate in (('2026-01-01', 0.8), ('2026-10-05', 0.9))])
sales = env['account.journal'].search(
    [('type', '=', 'sale'), ('company_id', '=', company.id)], limit=1)
bank = env['account.journal'].search(
    [('type', '=', 'bank'), ('company_id', '=', company.id)], limit=1)
general = env['account.journal'].search(
    [('type', '=', 'general'), ('company_id', '=', company.id)], limit=1)
sales.isp_billing = True
shop = env['account.journal'].create(
    {'name': "Shop", 'code': 'SHOP', 'type': 'sale', 'company_id': company.id})
income = sales.default_account_id
bank.inbound_payment_method_line_ids.payment_account_id = env['account.account'].create({
    'code': '101499', 'name': "Outstanding", 'account_type': 'asset_current', 'reconcile': True})
receivable = env['res.partner'].create({'name': "Nobody"}).property_account_receivable_id


def account(name, **values):
    partner = env['res.partner'].create({'name': name, **values})
    partner.action_isp_open_account()
    return partner


def invoice(partner, amount, day='2026-10-01', due='2026-10-21', post=True, **values):
    move = env['account.move'].create({
        'move_type': 'out_invoice', 'partner_id': partner.id, 'journal_id': sales.id,
        'invoice_date': day, 'invoice_date_due': due, 'invoice_payment_term_id': False, **values,
        'invoice_line_ids': [Command.create({
            'name': "Service", 'price_unit': amount, 'tax_ids': False,
            'account_id': income.id})]})
    if post:
        move.action_post()
    return move


def pay(partner, amount, day='2026-10-10', **values):
    payment = env['account.payment'].create({
        'payment_type': 'inbound', 'partner_type': 'customer', 'partner_id': partner.id,
        'amount': amount, 'date': day, 'journal_id': bank.id, **values})
    payment.action_post()
    return payment.move_id


def register(moves, **values):
    env['account.payment.register'].with_context(
        active_model='account.move', active_ids=moves.ids,
    ).create({'journal_id': bank.id, 'payment_date': '2026-10-10', **values})._create_payments()


def match(*moves):
    env['account.move'].union(*moves).line_ids.filtered(
        lambda line: line.account_id == receivable).reconcile()


def entry(partner, amount, **values):
    """A journal entry on the receivable account of a partner."""
    due = values.pop('due', False)
    move = env['account.move'].create({
        'move_type': 'entry', 'journal_id': general.id, 'date': '2026-09-01', **values,
        'line_ids': [
            Command.create({'account_id': receivable.id, 'partner_id': partner.id,
                            'debit': max(amount, 0), 'credit': max(-amount, 0),
                            'date_maturity': due}),
            Command.create({'account_id': income.id, 'debit': max(-amount, 0),
                            'credit': max(amount, 0)})]})
    move.action_post()
    return move


parent = account("Parent")
child = account("Child", parent_id=parent.id)
invoice(parent, 120.0)
invoice(parent, 99.0, post=False)
invoice(parent, 77.0, post=False).button_cancel()
register(invoice(child, 36.0))
invoice(child, 36.0, day='2026-11-01', due='2026-11-21')
overpaid = account("Overpaid", parent_id=parent.id)
register(invoice(overpaid, 36.0), amount=40.0)

tilda, third = account("Tilda"), account("Third")
match(invoice(tilda, 36.0), pay(third, 50.0))
invoice(tilda, 36.0, day='2026-11-01', due='2026-11-21')

prepaid = account("Prepaid")
pay(prepaid, 108.0, day='2026-09-15')
for month in (10, 11, 12):
    invoice(prepaid, 36.0, day=f'2026-{month}-01', due=f'2026-{month}-21')

unmatched = account("Unmatched")
contact = env['res.partner'].create({'name': "Bookkeeper", 'parent_id': unmatched.id})
invoice(unmatched, 440.89)
pay(contact, 200.0)

opening = account("Opening")
entry(opening, 183.85, due='2026-10-21', isp_account_id=opening.id, isp_opening_document='OLD-1')
credited = account("Credited")
entry(credited, -20.0, isp_account_id=credited.id, isp_opening_document='OLD-2')

foreign = account("Foreign")
bill = invoice(foreign, 100.0, currency_id=eur.id)
match(bill, pay(foreign, 60.0, currency_id=eur.id))

returned = account("Returned")
bill = invoice(returned, 50.0)
register(bill)
env['account.move.reversal'].with_context(
    active_model='account.move', active_ids=bill.ids,
).create({'journal_id': sales.id, 'date': '2026-10-15'}).reverse_moves()
env['account.move'].search([('reversed_entry_id', '=', bill.id)]).action_post()

shopper = account("Shopper")
invoice(shopper, 10.0, journal_id=shop.id)
written_off = invoice(shopper, 30.0)
match(written_off, entry(shopper, -30.0))
entry(shopper, -25.0, journal_id=bank.id)
stranger = env['res.partner'].create({'name': "Stranger"})
pay(stranger, 5.0)
env.cr.commit()
print("STORY told")
