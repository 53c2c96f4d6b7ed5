"""The next bill dates of subscriptions follow the engine, also before the first bill."""
from odoo import SUPERUSER_ID, api

CHUNK = 1000


def migrate(cr, version):
    env = api.Environment(cr, SUPERUSER_ID, {'active_test': False})
    subscriptions = env['sale.subscription'].search([('isp_billed', '=', True)], order='id')
    for start in range(0, len(subscriptions), CHUNK):
        subscriptions[start:start + CHUNK]._isp_refresh_next_dates()
        env.flush_all()
        env.invalidate_all()
