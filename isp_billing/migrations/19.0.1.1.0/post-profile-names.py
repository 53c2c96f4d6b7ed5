"""The default profile gets its English name: it had that of the language of the installation."""
from odoo import SUPERUSER_ID, api

from odoo.addons.isp_billing.names import name_in_languages


def migrate(cr, version):
    env = api.Environment(cr, SUPERUSER_ID, {})
    profiles = env['res.company'].search([]).isp_profile_id
    made = {profiles.with_context(lang=code)._isp_made_name()
            for code, _name in env['res.lang'].get_installed()}
    name_in_languages(profiles.filtered(
        lambda profile: profile.with_context(lang='en_US').name in made))
