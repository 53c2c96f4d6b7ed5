from odoo import SUPERUSER_ID, api

CHUNK = 5000


def migrate(cr, version):
    """Seal the documents that were sealed before seals were kept, as they stand today."""
    if not version:
        return
    env, last = api.Environment(cr, SUPERUSER_ID, {}), 0
    while True:
        cr.execute(
            "SELECT id FROM account_move WHERE isp_document_id IS NOT NULL AND id > %s "
            "ORDER BY id LIMIT %s", [last, CHUNK])
        ids = [row[0] for row in cr.fetchall()]
        if not ids:
            break
        env['isp.document.seal']._isp_seal_stored(ids)
        last = ids[-1]
    for company in env['res.company'].search([]):
        env['isp.document.seal']._isp_link(company)
