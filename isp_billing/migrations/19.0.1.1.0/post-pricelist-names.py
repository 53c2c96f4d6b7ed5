"""Pricelists of plan prices get their name in every language: they had that of who made them."""
from odoo import SUPERUSER_ID, api

from odoo.addons.isp_billing.names import name_in_languages


def migrate(cr, version):
    env = api.Environment(cr, SUPERUSER_ID, {})
    cr.execute("SELECT id FROM product_pricelist WHERE name->>'en_US' LIKE %s",
               ["Plan prices (___)"])
    name_in_languages(env['product.pricelist'].browse(row[0] for row in cr.fetchall()))
