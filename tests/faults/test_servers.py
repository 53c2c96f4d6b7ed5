"""Other ways to run Odoo: worker processes with time limits, two servers on one database."""
import os
import signal

import pytest

from tools import database

from . import server_scenarios as scenarios
from .harness import Server


@pytest.fixture
def books(world):
    """A copy of the world as it was before any test."""
    name = database.clone(
        database.test_name("faults_untouched"), database.test_name("faults_servers"))
    yield name
    if not os.environ.get('ISP_KEEP'):
        database.drop(name)


def test_f01_process_of_the_job_killed(world, books):
    server = Server(books, world.ids['key'], workers=2, max_cron_threads=1)
    try:
        scenarios.worker_killed(world, server, world.ids['c'][:12])
    finally:
        server.stop(signal.SIGKILL)


def test_f02_two_servers_and_one_dies(world, books):
    servers = [Server(books, world.ids['key'], f"{books}_{number}") for number in range(2)]
    try:
        scenarios.two_servers(world, servers, world.ids['c'][:20])
    finally:
        for server in servers:
            server.stop(signal.SIGKILL)
