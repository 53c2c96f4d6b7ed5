"""A session of Odoo in this process: configuration, registry, environment."""
import contextlib
import logging


def start(conf, database):
    """Read Odoo's configuration file for work on one database, quietly."""
    from odoo.tools import config
    config.parse_config(['-c', str(conf), '-d', database, '--no-http', '--log-level=warn'],
                        setup_logging=True)
    logging.getLogger('odoo.tools.translate').setLevel(logging.ERROR)
    for noisy in ('weasyprint', 'fontTools', 'mail.log', 'pikepdf'):
        logging.getLogger(noisy).setLevel(logging.ERROR)


@contextlib.contextmanager
def environment(database):
    """Yield an environment of the superuser; commit when the block ends without an error."""
    from odoo import SUPERUSER_ID
    from odoo.api import Environment
    from odoo.modules.registry import Registry
    with Registry(database).cursor() as cursor:
        yield Environment(cursor, SUPERUSER_ID, {'lang': 'en_US', 'tz': 'UTC'})
