"""Read by `odoo shell`: the least that an administrator does before the first bill run."""
import json

from odoo import Command

company = env.company  # noqa: F821 - the shell gives it
env = env(context={'allowed_company_ids': company.ids})  # noqa: F821
if not company.chart_template:
    env['account.chart.template'].try_loading('generic_coa', company, install_demo=False)
journal = env['account.journal'].search([
    ('type', '=', 'sale'), ('company_id', '=', company.id),
], limit=1)
journal.isp_billing = True
product = env['product.product'].create({
    'name': "Fibre", 'type': 'service', 'taxes_id': [Command.clear()],
})
plan = env['isp.service.plan'].create({
    'name': "Fibre", 'code': 'fibre', 'product_id': product.id, 'untaxed': True,
    'price_ids': [Command.create({'amount': 59.95, 'date_from': '2026-01-01'})],
})
account = env['res.partner'].create({'name': "Bea Bare", 'isp_delivery_channel': 'paper'})
account.action_isp_open_account()
stage = env['sale.subscription.stage'].search([('type', '=', 'in_progress')], limit=1)
env['sale.subscription'].create({
    'partner_id': account.id, 'isp_billed': True, 'date_start': '2026-03-01',
    'stage_id': stage.id, 'sale_subscription_line_ids': [
        Command.create({'isp_plan_id': plan.id, 'isp_date_start': '2026-03-01'}),
    ],
})


def bill():
    run = env['isp.bill.run'].create({'target_date': '2026-03-01', 'invoice_date': '2026-03-01'})
    run.action_compute()
    run._isp_work()
    run.action_approve()
    run.action_start()
    run._isp_work()
    return run


run = bill()
move = run.move_ids
result = {
    'run': run.state, 'state': move.state, 'untaxed': move.amount_untaxed,
    'total': move.amount_total, 'charges': len(move.isp_charge_ids),
    'pdf': move.isp_document_id.raw[:5] == b'%PDF-', 'second': len(bill().move_ids),
    'chart': company.chart_template or '',
}
env.cr.commit()
print("SMOKE " + json.dumps(result))
