"""What happens to runs on real servers, at any size: ``test_servers.py`` and ``make prove``."""
import os
import re
import signal
import threading
import time
from contextlib import contextmanager

from .harness import PATIENCE, check, query

RESUME = 120
#: line of the log that tells the process of the jobs
WORKER = re.compile(r"Worker WorkerCron \((\d+)\) alive")


def make_run(server, world, accounts):
    """A run that is computed and approved over HTTP; returns its id."""
    (run,) = server.call('isp.bill.run', 'create', vals_list=[{
        'company_id': world.ids['c_company'], 'target_date': '2026-01-01',
        'invoice_date': '2026-01-01', 'account_ids': [[6, 0, accounts]], 'send_invoices': False,
    }])
    server.call('isp.bill.run', 'action_compute', [run])
    server.wait_for(run, 'computed')
    server.call('isp.bill.run', 'action_approve', [run])
    return run


@contextmanager
def slow_invoices(dbname, seconds):
    """Have PostgreSQL take its time for each new invoice."""
    query(dbname,
          "CREATE OR REPLACE FUNCTION isp_slow() RETURNS trigger LANGUAGE plpgsql AS"
          f" $$ BEGIN PERFORM pg_sleep({seconds}); RETURN NEW; END $$;"
          " CREATE TRIGGER isp_slow BEFORE INSERT ON account_move FOR EACH ROW"
          " EXECUTE FUNCTION isp_slow()")
    try:
        yield
    finally:
        query(dbname, "DROP TRIGGER isp_slow ON account_move")


def posted(dbname, run):
    return query(dbname, "SELECT count(*), coalesce(sum(amount_total), 0)::float FROM account_move"
                         " WHERE isp_bill_run_id = %s AND state = 'posted'", [run])[0]


def state(dbname, run):
    return query(dbname, "SELECT state FROM isp_bill_run WHERE id = %s", [run])[0][0]


def until(condition, seconds=PATIENCE, pause=0.1):
    """Wait for something; returns the seconds that it took."""
    start = time.monotonic()
    while not condition():
        assert time.monotonic() < start + seconds, "it never came true"
        time.sleep(pause)
    return time.monotonic() - start


def time_limit(world, server, accounts):
    """The master kills the process of the job in each chunk that takes longer than a job may.

    16 bills of 4 seconds and then 8 of them are too many for 30 seconds. 4 are not, but the limit
    is that of the whole job, which is killed in one of the next chunks and goes on after a minute.
    """
    run = make_run(server, world, accounts)
    with slow_invoices(server.dbname, 4.0):
        server.call('isp.bill.run', 'action_start', [run])
        server.wait_for(run, 'done', 'exception')
    kills = server.log.read_text().count("timeout after")
    assert kills >= 2, f"only {kills} kills"
    assert state(server.dbname, run) == 'done'
    assert posted(server.dbname, run) == (len(accounts), round(80.43 * len(accounts), 2))
    check(server.dbname)
    return f"{kills} kills by the time limit of jobs", f"{len(accounts)} invoices"


def worker_killed(world, server, accounts, kills=2):
    """Prefork: the process of the job is killed while it writes; the master makes another one."""
    run = make_run(server, world, accounts)
    with slow_invoices(server.dbname, 0.2):
        server.call('isp.bill.run', 'action_start', [run])
        for _kill in range(kills):
            _who_writes(server.dbname, lambda: server.progress(run))
            # connections of worker processes carry the number of their master
            pid = int(WORKER.findall(server.log.read_text())[-1])
            os.kill(pid, signal.SIGKILL)
            until(lambda pid=pid: WORKER.findall(server.log.read_text())[-1] != str(pid))
    server.wait_for(run, 'done', 'exception')
    assert state(server.dbname, run) == 'done'
    assert posted(server.dbname, run) == (len(accounts), round(80.43 * len(accounts), 2))
    check(server.dbname)
    return f"{kills} kills of the process of the job", f"{len(accounts)} invoices"


def two_servers(world, servers, accounts):
    """Two servers on one database: three people press Start on both, then one server dies."""
    run = make_run(servers[0], world, accounts)
    barrier, answers = threading.Barrier(3), []

    def press(server):
        barrier.wait()
        answers.append(server.try_call('isp.bill.run', 'action_start', [run]))

    with slow_invoices(servers[0].dbname, 0.1):
        threads = [threading.Thread(target=press, args=[servers[place % 2]]) for place in range(3)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert sorted(status for status, _answer in answers) == [200, 422, 422], answers
        pid = _who_writes(servers[0].dbname)
        dead, alive = sorted(servers, key=lambda server: server.process.pid != pid)
        assert dead.process.pid == pid
        dead.stop(signal.SIGKILL)
        before = posted(alive.dbname, run)[0]
        assert before < len(accounts), "it was done before the server died"
        alive.a_minute_passes()
        alive.wait_for(run, 'done', 'exception')
    assert posted(alive.dbname, run) == (len(accounts), round(80.43 * len(accounts), 2))
    check(alive.dbname)
    assert alive.trouble() == []
    return (f"two servers, one killed after {before} of {len(accounts)}",
            f"{len(accounts)} invoices, 2 refusals")


def _who_writes(dbname, poke=None):
    """Process that writes invoices at this moment (pid)."""
    found = []

    def writes():
        if poke:
            poke()
        found[:] = query(
            dbname, "SELECT application_name FROM pg_stat_activity WHERE state = 'active'"
            " AND datname = current_database()"
            " AND starts_with(query, 'INSERT INTO \"account_move\"')")
        return found

    until(writes, pause=0.02)
    return int(found[0][0].rpartition('-')[2])


def resumed_by_itself(world, server, accounts, kills=4):
    """Killed in its first chunk each time; then nobody does anything until the run is done."""
    run = make_run(server, world, accounts)
    with slow_invoices(server.dbname, 0.7):
        server.call('isp.bill.run', 'action_start', [run])
        for kill in range(1, kills + 1):
            server.wake()
            until(lambda kill=kill: query(
                server.dbname, "SELECT idle_starts FROM isp_bill_run WHERE id = %s", [run],
            ) == [(kill,)])
            server.stop(signal.SIGKILL)
            if kill < kills:
                server.start()
    assert posted(server.dbname, run) == (0, 0.0)
    server.start()
    seconds = until(lambda: state(server.dbname, run) in ('done', 'exception'), pause=0.5)
    assert posted(server.dbname, run) == (len(accounts), round(80.43 * len(accounts), 2))
    check(server.dbname)
    assert seconds < RESUME, f"{seconds:.0f} s"
    return (f"{kills} kills running, then nobody wakes the job",
            f"{len(accounts)} invoices {seconds:.0f} s after the server answered")
