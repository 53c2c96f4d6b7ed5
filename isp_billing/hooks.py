"""Installation hook: what an installation must leave behind for the first bill run."""
import logging

_logger = logging.getLogger(__name__)


def post_init_hook(env):
    """Give each company its default billing profile and what follows from its country.

    The health check then says what is still to be set up.
    """
    companies = env['res.company'].search([])
    companies._isp_create_default_profile()
    for company in companies:
        company._isp_follow_country(env['res.country'])
    env['isp.health.check']._isp_run()
