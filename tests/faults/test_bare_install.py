"""Installation into a database that has nothing but the manifest's dependencies."""
import json
import subprocess
from pathlib import Path

import pytest

from tools import database, install_log, odoo_conf
from tools.bootstrap import paths

SMOKE = Path(__file__).with_name('_bare_smoke.py')


def odoo(*words, **options):
    """Run an Odoo command; returns the finished process."""
    return subprocess.run(
        odoo_conf.command(*words), capture_output=True, text=True, cwd=paths.logs(),
        check=False, timeout=900, **options,
    )


@pytest.fixture(scope='module')
def bare():
    """Name, configuration and log of a new database with our module alone."""
    name = database.test_name('bare')
    database.drop(name)
    conf = odoo_conf.write(name)
    done = odoo('-c', conf, '-d', name, '-i', 'isp_billing', '--no-http', '--stop-after-init')
    log = paths.logs() / f"{name}.log"
    log.write_text(done.stderr)
    assert not done.returncode, install_log.tail(log)
    yield name, conf, log
    database.drop(name)


def test_the_module_is_installed_with_its_dependencies_only(bare):
    name, _conf, _log = bare
    with database.server(name) as cursor:
        cursor.execute("SELECT name FROM ir_module_module WHERE state = 'installed'")
        installed = {row[0] for row in cursor.fetchall()}
        cursor.execute("SELECT count(*) FROM ir_module_module WHERE state LIKE 'to %'")
        assert cursor.fetchone() == (0,)
    assert {'isp_billing', 'account', 'portal', 'subscription_oca'} <= installed
    assert 'isp_billing_fr' not in installed
    assert not [module for module in installed if module.startswith('l10n_ca')]


def test_the_installation_log_is_clean(bare):
    _name, _conf, log = bare
    ours = [line for line in install_log.warnings(log) if 'isp_billing' in line or 'isp.' in line]
    assert ours == []


def test_a_first_bill_run_in_the_bare_database(bare):
    """Journal ticked, one plan, one customer: an invoice with the right total and its PDF."""
    name, conf, _log = bare
    done = odoo('shell', '-c', conf, '-d', name, '--no-http', input=SMOKE.read_text())
    marked = [line for line in done.stdout.splitlines() if line.startswith('SMOKE ')]
    assert marked, done.stderr[-3000:]
    result = json.loads(marked[0].removeprefix('SMOKE '))
    assert result == {
        'run': 'done', 'state': 'posted', 'untaxed': 59.95, 'total': 59.95, 'pdf': True,
        'charges': 1, 'second': 0, 'chart': result['chart'],
    }
