"""Worker processes that are killed, doubled and refused by the database."""
import contextlib
import time

import psycopg2
import pytest

from .harness import query


def test_case_004_killed_half_way(world, rng):
    """Four kills -9 at random moments; what was committed keeps its number, nothing is twice."""
    count = 160
    run = world.run(world.accounts(count), send_invoices=False)
    kept = {}
    for _kill in range(4):
        worker = world.worker('work', run=run, chunk=10)
        for _chunk in range(rng.randint(1, 2)):
            worker.until('committed')
        time.sleep(rng.random() * 0.4)
        worker.kill()
        moves = dict(world.moves(run))
        assert kept.items() <= moves.items()
        kept = moves
        assert len(moves) % 10 == 0
        assert 0 < len(moves) < count
    assert world.do('work', run=run)['state'] == 'done'
    moves = dict(world.moves(run))
    assert len(moves) == count
    assert kept.items() <= moves.items()
    assert world.states(run) == {'posted': count}
    world.check()


@pytest.mark.parametrize('moment', ['before_commit', 'before_lock'])
def test_case_002_two_workers_one_line(world, moment):
    """Two runs bill the same lines at once: one invoice, and the loser says "already charged".

    ``before_commit``: the second comes while the first still holds its locks. ``before_lock``:
    the second saw the database before the first wrote, and locks after it has finished; only the
    unique index can tell.
    """
    accounts = world.accounts(5)
    first, second = world.run(accounts), world.run(accounts)
    if moment == 'before_commit':
        winner = world.worker('work', run=first, pause=['before_commit'])
        winner.until('at', 'before_commit')
        loser = world.worker('work', run=second)
        loser.until('committed')
        winner.go()
    else:
        loser = world.worker('work', run=second, pause=['before_lock'])
        loser.until('at', 'before_lock')
        winner = world.worker('work', run=first)
        winner.result()
        loser.go()
    if moment == 'before_commit':
        assert winner.result()['state'] == 'done'
    assert loser.result()['state'] == 'done'
    assert world.states(first) == {'posted': 5}
    assert world.states(second) == {'already': 5}
    assert world.moves(second) == []
    world.check()


def test_one_run_by_two_workers(world):
    """The same run is worked on twice at once, as by the job and the command line."""
    run = world.run(world.accounts(30))
    workers = [world.worker('work', run=run, chunk=10) for _worker in range(2)]
    assert [worker.result()['state'] for worker in workers] == ['done', 'done']
    assert world.states(run) == {'posted': 30}
    world.check()


def test_case_003_posting_fails_three_nights(world):
    (account,) = world.accounts(1)
    run = world.run([account])
    for night in range(4):
        if night:
            world.do('retry_run', run=run)
        fail = f"night {night}" if night < 3 else None
        state = world.do('work', run=run, fail=fail)['state']
        assert state == ('exception' if fail else 'done')
        assert len(world.moves(run)) == (0 if fail else 1)
        if fail:
            ((reason,),) = world.query(
                "SELECT reason FROM isp_bill_run_bill WHERE run_id = %s", [run],
            )
            assert fail in reason
    drafts = world.query("SELECT id FROM account_move WHERE partner_id = %s", [account])
    assert len(drafts) == 1
    world.check()


@pytest.mark.parametrize('constraint', [
    "CHECK (display_type <> 'product' OR partner_id <> {0})",
    "CHECK (display_type <> 'product' OR 1 / (partner_id - {0}) IS NOT NULL)",
])
def test_case_014_database_refuses_one(world, constraint):
    """A check constraint and a division by zero for one customer: all others are billed."""
    accounts = world.accounts(25)
    run = world.run(accounts)
    world.query(
        "ALTER TABLE account_move_line ADD CONSTRAINT isp_fault "
        + constraint.format(accounts[12]) + " NOT VALID",
    )
    try:
        assert world.do('work', run=run)['state'] == 'exception'
    finally:
        world.query("ALTER TABLE account_move_line DROP CONSTRAINT isp_fault")
    assert world.states(run) == {'posted': 24, 'exception': 1}
    ((account, reason),) = world.query(
        "SELECT account_id, reason FROM isp_bill_run_bill WHERE run_id = %s"
        " AND state = 'exception'", [run],
    )
    assert account == accounts[12]
    assert reason
    world.check()


def test_case_083_two_companies_at_once(world):
    runs = [world.run(world.accounts(20)), world.run(world.accounts(20, 'f'), letter='f')]
    workers = [world.worker('work', run=run, chunk=10) for run in runs]
    assert [worker.result()['state'] for worker in workers] == ['done', 'done']
    assert [world.states(run) for run in runs] == [{'posted': 20}] * 2
    world.check()


def test_case_083_two_runs_of_one_journal(world):
    runs = [world.run(world.accounts(20)) for _run in range(2)]
    workers = [world.worker('work', run=run, chunk=10) for run in runs]
    assert [worker.result()['state'] for worker in workers] == ['done', 'done']
    assert [world.states(run) for run in runs] == [{'posted': 20}] * 2
    world.check()


def test_busy_users_are_in_the_way(world, rng):
    """Others write on the same partners, products and lines all the time."""
    accounts = world.accounts(40)
    run = world.run(accounts)
    nuisance = world.worker(
        'antagonist', accounts=accounts, seconds=8, seed=rng.randrange(1000),
    )
    nuisance.until('at')
    assert world.do('work', run=run, chunk=10)['state'] == 'done'
    assert world.states(run) == {'posted': 40}
    assert nuisance.result() > 0
    world.check()


def test_connection_cut_by_the_server(world, rng):
    """The database drops the worker's connection; the next job ends the run."""
    run = world.run(world.accounts(20))
    worker = world.worker('work', run=run, chunk=5, pause=['before_commit'])
    worker.until('at', 'before_commit')
    world.cut_connections()
    worker.go()
    with contextlib.suppress(AssertionError):
        worker.result()
    assert world.moves(run) == []
    assert world.do('work', run=run)['state'] == 'done'
    assert world.states(run) == {'posted': 20}
    world.check()


#: in tests/odoo/test_book_check.py, every other check of the product is planted
PLANTED = {
    "charge_twice":
        "ALTER TABLE isp_charge DROP CONSTRAINT isp_charge_no_overlap;"
        " DROP INDEX isp_charge_period_uniq;"
        " INSERT INTO isp_charge (company_id, account_id, payer_id, subscription_id, line_id,"
        " plan_id, product_id, kind, period_start, period_end, revision, date_from, date_to, days,"
        " period_days, quantity, method, amount, currency_id, origin)"
        " SELECT company_id, account_id, payer_id, subscription_id, line_id,"
        " plan_id, product_id, kind, period_start, period_end, revision, date_from, date_to, days,"
        " period_days, quantity, method, 0, currency_id, origin FROM isp_charge WHERE id = %s",
    "charge_overlap":
        "ALTER TABLE isp_charge DROP CONSTRAINT isp_charge_no_overlap;"
        " ALTER TABLE isp_charge DROP CONSTRAINT isp_charge_dates_ordered;"
        " UPDATE isp_charge SET date_to = date_to + 1 WHERE id = %s",
    "number_wrong":
        "UPDATE account_move SET name = '/' WHERE id = (SELECT move_id FROM isp_charge"
        " WHERE id = %s)",
    "message_id":
        "WITH message AS (INSERT INTO mail_message (message_id, message_type, create_date, date)"
        " VALUES ('<a@b>', 'email', now(), now()), ('<c@d>', 'email', now(), now()) RETURNING id)"
        " INSERT INTO mail_mail (mail_message_id, isp_move_id, state)"
        " SELECT message.id, c.move_id, 'sent' FROM message, isp_charge c WHERE c.id = %s",
    "a charge differs from its invoice line":
        "UPDATE isp_charge SET amount = amount + 1 WHERE id = %s",
    "a period between two charged ones is missing":
        "DELETE FROM isp_charge WHERE line_id = (SELECT line_id FROM isp_charge WHERE id = %s)"
        " AND period_start = '2026-02-01'",
    "numbers have a gap":
        "UPDATE account_move SET sequence_number = sequence_number + 1000"
        " WHERE id = (SELECT move_id FROM isp_charge WHERE id = %s)",
    "charges and journal items of an account differ by tax and currency":
        "DELETE FROM isp_charge_tax_rel WHERE charge_id = %s",
    "an invoice is addressed to somebody else than the payer of its charges":
        "UPDATE account_move SET isp_account_id = isp_account_id + 1"
        " WHERE id = (SELECT move_id FROM isp_charge WHERE id = %s)",
    "a journal item belongs to another customer than its invoice":
        "UPDATE account_move_line SET partner_id = partner_id + 1"
        " WHERE id = (SELECT move_line_id FROM isp_charge WHERE id = %s)",
    "an account of a run was neither billed nor set aside nor counted":
        "UPDATE isp_bill_run SET account_done = account_done + 1, account_total = account_total + 1"
        " WHERE id = (SELECT run_id FROM isp_charge WHERE id = %s)",
    # a cent in every place at once: charge, invoice line and entry agree, and it is not what is due
    "a period holds another amount than what is due":
        "WITH one AS (UPDATE isp_charge SET amount = amount + 0.01 WHERE id = %s"
        " RETURNING move_line_id)"
        " UPDATE account_move_line SET price_unit = price_unit + 0.01,"
        " price_subtotal = price_subtotal + 0.01, amount_currency = amount_currency - 0.01"
        " WHERE id = (SELECT move_line_id FROM one)",
    "a journal entry is not balanced":
        "UPDATE account_move_line SET balance = balance + 1"
        " WHERE id = (SELECT move_line_id FROM isp_charge WHERE id = %s)",
    "an invoice differs from its preview":
        "UPDATE isp_bill_run_bill SET amount_tax = amount_tax + 0.01"
        " WHERE id = (SELECT bill_id FROM isp_charge WHERE id = %s)",
    "a posted bill has no posted invoice of its own":
        "UPDATE isp_bill_run_bill SET move_id = NULL"
        " WHERE id = (SELECT bill_id FROM isp_charge WHERE id = %s)",
}


@pytest.fixture(scope='module')
def charge(world):
    """A charge of January of a run that is done; what is planted on it is taken back."""
    run = world.run(world.accounts(2), target='2026-03-01')
    assert world.do('work', run=run)['state'] == 'done'
    (found,) = query(
        world.name, "SELECT id FROM isp_charge WHERE run_id = %s AND period_start = '2026-01-01'"
        " ORDER BY id LIMIT 1", [run],
    )
    return found


@pytest.mark.parametrize('sentence', PLANTED)
def test_the_oracle_finds_planted_corruption(world, charge, sentence):
    """An oracle that never complains would prove nothing."""
    from tests.faults import oracle
    from tools import database

    with database.server(world.name) as cursor:
        cursor.execute("BEGIN")
        try:
            cursor.execute(PLANTED[sentence], charge)
        except psycopg2.Error:
            cursor.execute("ROLLBACK")
            raise
        found = oracle.faults(cursor)
        cursor.execute("ROLLBACK")
    assert sentence in found


def test_the_oracle_is_content_with_the_books(world, charge):
    """What was planted is gone again, and what is sound is not complained of."""
    world.check()
