"""Faults F1 to F27 of bill runs at full size: ``make prove P=faults``.

``ISP_SCALE=0.1`` makes everything a tenth as large. A seed is printed; ``ISP_SEED`` repeats a run
and goes on after the scenarios that it had finished. One table at the end says what was tried,
what came out and what the oracle said.
"""
import json
import os
import random
import signal
import time

import pytest

from tests.faults import scenarios, server_scenarios
from tests.faults.harness import Server, World
from tests.faults.private_postgres import PrivateCluster
from tools import database
from tools.bootstrap import paths

SCALE = float(os.environ.get('ISP_SCALE') or 1)


def size(full, least):
    """A number of things at the present scale."""
    return max(least, round(full * SCALE))


#: fault: (function, sizes, accounts of the Canadian and of the French company)
PLAN = {
    # three times as many chunks as kills, so that each kill finds something to do
    'F1 killed': ('f01', {'count': size(5000, 75), 'kills': size(100, 8),
                          'chunk': max(3, size(5000, 75) // (3 * size(100, 8)))},
                  size(5000, 75), 0),
    'F1 twins': ('f01_twins', {'pairs': size(500, 12), 'faults': size(40, 6),
                               'chunk': size(10, 3)}, 2 * size(500, 12), 0),
    'F1 poison': ('f01_poison', {'count': size(200, 6)}, size(200, 6), 0),
    'F2 at once': ('f02', {'count': size(1000, 10), 'rounds': size(50, 2)},
                   size(1000, 10) * size(50, 2), 0),
    'F3 conflicts': ('f03', {'count': size(1000, 20), 'seconds': size(300, 5)}, size(1000, 20), 0),
    'F4 cut': ('f04', {'count': size(2000, 30), 'cuts': size(225, 6), 'chunk': size(50, 5)},
               size(2000, 30), 0),
    'F10 disk': ('f10', {'count': size(500, 20)}, size(500, 20), 0),
    'F12 lock': ('f12', {'count': size(200, 4)}, 0, size(200, 4)),
    'F13 hashed': ('f13', {'count': size(50, 4)}, 0, size(50, 4)),
    'F14 bad data': ('f14', {'each': size(20, 1)}, 11 * size(20, 1), 0),
    'F15 zone': ('f15', {}, 0, 0),
    'F16 month end': ('f16', {}, 1, 0),
    'F17 summer time': ('f17', {}, 1, 0),
    'F18 clock': ('f18', {'count': size(200, 6)}, size(200, 6), 0),
    'F19 order': ('f19', {'count': size(500, 5)}, size(500, 5), 0),
    'F20 edited': ('f20', {'count': size(1000, 10)}, size(1000, 10), 0),
    'F21 part paid': ('f21', {}, 1, 0),
    'F26 upgrade': ('f26', {'count': size(1000, 30)}, size(1000, 30), 0),
    'F27 job off': ('f27', {}, 0, 0),
}
RESTARTS = size(5, 2)


class Table:
    """Results on disk, so that a run of the same seed goes on where it was."""

    def __init__(self, seed):
        self.seed = seed
        self.file = paths.logs() / f"prove-faults-{seed}-{SCALE}.json"
        self.rows = json.loads(self.file.read_text()) if self.file.exists() else {}

    def add(self, name, tried, out, seconds):
        self.rows[name] = [tried, out, "in order", f"{seconds:.0f} s"]
        self.file.write_text(json.dumps(self.rows))

    def text(self):
        head = ["fault", "tried", "came out", "oracle", "time"]
        rows = [head, *([name, *row] for name, row in self.rows.items())]
        widths = [max(len(row[column]) for row in rows) for column in range(len(head))]
        lines = ["  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True))
                 for row in rows]
        return f"\nISP_SEED={self.seed} ISP_SCALE={SCALE}\n" + "\n".join(lines)


@pytest.fixture(scope='module')
def table(request):
    seed = int(os.environ.get('ISP_SEED') or random.SystemRandom().randrange(10**6))
    made = Table(seed)
    yield made
    capture = request.config.pluginmanager.getplugin('capturemanager')
    with capture.global_and_fixture_disabled():
        print(made.text(), flush=True)


@pytest.fixture(scope='module')
def world(table):
    """One book for all scenarios that are still to be run."""
    left = [row for name, row in PLAN.items() if name not in table.rows]
    made = World(
        database.test_name("prove_faults"), accounts=sum(row[2] for row in left) + 1,
        french=sum(row[3] for row in left) + 1,
    )
    yield made
    made.close()


def prove(table, world, name, function, **words):
    """Run a scenario and ask the oracle."""
    start = time.monotonic()
    tried, out = getattr(scenarios, function)(
        world, random.Random(f"{table.seed} {name}"), **words)
    world.check()
    table.add(name, tried, out, time.monotonic() - start)


@pytest.mark.parametrize('name', PLAN)
def test_fault(table, name, request):
    if name in table.rows:
        return  # done by an earlier run of the same seed
    function, words, *_accounts = PLAN[name]
    prove(table, request.getfixturevalue('world'), name, function, **words)


SERVERS = {
    # killed in its first chunk four times running; then nobody does anything
    'F1 by itself': ('resumed_by_itself', {'notify': False, 'max_cron_threads': 1}, 8),
    'F1 time limit': ('time_limit', {'workers': 2, 'max_cron_threads': 1,
                                     'limit_time_real_cron': 30}, 16),
    'F1 prefork': ('worker_killed', {'workers': 2, 'max_cron_threads': 1}, size(300, 12)),
}


@pytest.mark.parametrize('name', SERVERS)
def test_server(table, name):
    """A real server with worker processes, time limits, and a scheduler that nobody wakes."""
    if name in table.rows:
        return
    function, options, count = SERVERS[name]
    world = World(database.test_name("prove_server"), accounts=count, french=1)
    server = None
    try:
        # a name that ends with the number of this process, or another run takes it for a leftover
        copy = world.clone(database.test_name("prove_server_copy"))
        server = Server(copy, world.ids['key'], **options)
        start = time.monotonic()
        tried, out = getattr(server_scenarios, function)(world, server, world.ids['c'])
        table.add(name, tried, out, time.monotonic() - start)
    finally:
        if server:
            server.stop(signal.SIGKILL)
            database.drop(server.dbname)
        world.close()


def test_f04_postgresql_crashes(table):
    """PostgreSQL itself ends without ceremony while a run works, and comes back."""
    name = "F4 PostgreSQL"
    if name in table.rows:
        return
    template = database.ensure_template()
    folder = f"/var/tmp/isp-fault-pg-{os.getpid()}"
    count = size(1000, 30)
    with PrivateCluster(folder) as cluster:
        world = World(f"isp_test_crash_{os.getpid()}", accounts=count, french=1,
                      make=lambda name: cluster.copy(template, name))
        try:
            prove(table, world, name, 'f04_restart', cluster=cluster, count=count,
                  restarts=RESTARTS)
        finally:
            world.close()
