"""One world for all fault tests: every test bills accounts that no other test touches."""
import os

import pytest

from tools import database

from .harness import Server, World, make_random


@pytest.fixture(scope='session')
def world():
    """A database with subscribers; each test takes some of its accounts."""
    made = World(database.test_name("faults"), accounts=640, french=40)
    yield made
    made.close()


@pytest.fixture
def rng():
    """Random generator with a printed seed."""
    return make_random()


@pytest.fixture(scope='module')
def server(world):
    """A real server on a copy of the world."""
    name = world.clone(database.test_name("faults_server"))
    running = Server(name, world.ids['key'])
    yield running
    running.stop()
    if not os.environ.get('ISP_KEEP'):
        database.drop(name)
