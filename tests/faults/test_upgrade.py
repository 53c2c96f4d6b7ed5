"""An upgrade from the first version: books that it read differently have the right balances.

The dump is made by ``tools/make_upgrade_dump.py`` from the story in ``_upgrade_story.py``.
"""
import json
import lzma
import subprocess
from pathlib import Path

import pytest

from tools import database, install_log, odoo_conf
from tools.bootstrap import paths

DUMP = Path(__file__).parent / 'data/first_version.sql.xz'
#: by hand from the story: what is open and what of it is overdue at the end of 2026, by currency
OWED = {
    'Parent': {'USD': [120.0, 120.0]},
    'Child': {'USD': [36.0, 36.0]},
    'Overpaid': {'USD': [-4.0, 0.0]},
    'Tilda': {'USD': [36.0, 36.0]},
    'Third': {'USD': [-14.0, 0.0]},
    'Prepaid': {'USD': [0.0, 0.0]},
    'Unmatched': {'USD': [240.89, 240.89]},
    'Opening': {'USD': [183.85, 183.85]},
    'Credited': {'USD': [-20.0, 0.0]},
    'Foreign': {'EUR': [40.0, 40.0]},
    'Returned': {'USD': [-50.0, 0.0]},
    'Shopper': {'USD': [-15.0, 0.0]},
}
READ = """
import json
from datetime import date
company = env.company
accounts = env['isp.account.number'].search([]).partner_id
currencies = env['res.currency'].with_context(active_test=False)
rows = env['isp.account.balance']._balances(accounts, company, date(2026, 12, 31))
owed = {account.name: {
    currencies.browse(row.currency_id).name: [float(row.open), float(row.overdue)]
    for row in rows[account.id]} for account in accounts}
letters = env['isp.account.letter']
statements = {
    account.name: letters._account_facts(
        'statement', account, company, date(2026, 12, 31), account.isp_currency_id)['balance']
    for account in accounts}
entry = env['account.move'].search([('isp_opening_document', '=', 'OLD-1')])
print('UPGRADED', json.dumps({
    'owed': owed, 'screen': {account.name: account.isp_balance for account in accounts},
    'statements': statements,
    'entry': [entry.amount_residual, str(entry.invoice_date_due), entry.payment_state],
}))
"""


def odoo(*words, **options):
    return subprocess.run(
        odoo_conf.command(*words), capture_output=True, text=True, cwd=paths.logs(), check=False,
        timeout=600, **options)


@pytest.fixture(scope='module')
def upgraded():
    """Name of a database that was upgraded, what its readers say, and the log of the upgrade."""
    name = database.test_name('upgrade')
    database.drop(name)
    with database.server() as cursor:
        cursor.execute(f'CREATE DATABASE "{name}" TEMPLATE template0')
    try:
        with database.server(name) as cursor:
            cursor.execute(lzma.decompress(DUMP.read_bytes()).decode())
        conf = odoo_conf.write(name)
        done = odoo('-c', conf, '-d', name, '-u', 'isp_billing', '--no-http', '--stop-after-init')
        log = paths.logs() / f"{name}.log"
        log.write_text(done.stderr)
        assert not done.returncode, install_log.tail(log)
        read = odoo('shell', '-c', conf, '-d', name, '--no-http', input=READ)
        marked = [line for line in read.stdout.splitlines() if line.startswith('UPGRADED ')]
        assert marked, read.stderr[-3000:]
        yield name, json.loads(marked[0].removeprefix('UPGRADED ')), log
    finally:
        database.drop(name)


def test_every_balance_is_that_of_the_story(upgraded):
    _name, said, _log = upgraded
    assert said['owed'] == OWED
    for account, rows in OWED.items():
        ((amount, _overdue),) = rows.values()
        assert said['screen'][account] == amount, account
        assert float(said['statements'][account]) == amount, account


def test_an_opening_entry_says_what_is_due_and_when(upgraded):
    _name, said, _log = upgraded
    assert said['entry'] == [183.85, '2026-10-21', 'not_paid']


def test_only_strangers_items_have_no_account(upgraded):
    name, _said, _log = upgraded
    with database.server(name) as cursor:
        cursor.execute("""
            SELECT DISTINCT partner.name FROM account_move_line line
              JOIN account_account account ON account.id = line.account_id
              JOIN res_partner partner ON partner.id = line.partner_id
             WHERE account.account_type = 'asset_receivable' AND line.isp_account_id IS NULL""")
        assert cursor.fetchall() == [("Stranger",)]


def test_the_log_of_the_upgrade_is_clean(upgraded):
    _name, _said, log = upgraded
    ours = [line for line in install_log.warnings(log) if 'isp_billing' in line or 'isp.' in line]
    assert ours == []
