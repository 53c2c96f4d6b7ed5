"""One world for all fault tests: every test bills accounts that no other test touches."""
import os

import pytest

from tools import database

from .harness import Server, World, make_random


@pytest.fixture(scope='session')
def world():
    """A database with subscribers; each test takes some of its accounts."""
    accounts = int(os.environ.get('ISP_ACCOUNTS') or 640)  # a few are enough for a single test
    made = World(database.test_name("faults"), accounts=accounts, french=40)
    # servers start from a copy that is taken now: most workers of this world make no documents
    untouched = database.test_name("faults_untouched")
    made.clone(untouched)
    yield made
    made.close()
    if not os.environ.get('ISP_KEEP'):
        database.drop(untouched)


@pytest.fixture
def rng():
    """Random generator with a printed seed."""
    return make_random()


@pytest.fixture(scope='module')
def server(world):
    """A real server on a copy of the world as it was before any test."""
    name = database.clone(
        database.test_name("faults_untouched"), database.test_name("faults_server"),
    )
    running = Server(name, world.ids['key'])
    yield running
    running.stop()
    if not os.environ.get('ISP_KEEP'):
        database.drop(name)
