"""A PostgreSQL cluster of the test's own, that may be crashed and restarted."""
import contextlib
import os
import shutil
import subprocess
import sys
from pathlib import Path
from unittest.mock import patch

from tools import database
from tools.bootstrap import postgres

#: as a cluster in production has it: the one of development may forget what it answered
DURABLE = "\nfsync = on\nsynchronous_commit = on\nfull_page_writes = on\n"


class PrivateCluster:
    """Started empty; tools that ask for the server get this one while it is entered."""

    def __init__(self, folder):
        self.home = Path(folder)
        self.programs, self.origin = postgres._programs(sys.executable)
        self.source = postgres.record()
        self.stack = contextlib.ExitStack()

    def __enter__(self):
        postgres._own(self.home)
        programs = postgres._reachable_programs(self.home, self.programs, self.origin)
        self.programs = programs
        postgres._own(postgres._socket_folder(self.home))
        postgres._make_cluster(self.home, programs, self.origin)
        with (self.home / 'data/postgresql.conf').open('a') as settings:
            settings.write(DURABLE)
        postgres._start(self.home, programs)
        known = {
            'kind': 'named', 'host': str(postgres._socket_folder(self.home)), 'port': 5432,
            'user': postgres.ROLE, 'password': '',
        }
        self.stack.enter_context(patch.object(postgres, 'record', lambda: known))
        return self

    def __exit__(self, *_error):
        self.stack.close()
        self._control('stop', '-m', 'immediate')
        shutil.rmtree(self.home, ignore_errors=True)

    def _control(self, *words):
        postgres._as_server(
            [self.programs / 'pg_ctl', *words, '-w', '-D', self.home / 'data',
             '-l', self.home / 'server.log'],
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, stdin=subprocess.DEVNULL,
        )

    def crash(self):
        """End it without ceremony, as a power cut does, and start it again."""
        self._control('restart', '-m', 'immediate')

    def copy(self, source, name):
        """Copy a database of the ordinary server into this cluster; returns its name."""
        with database.server() as cursor:
            cursor.execute(f'CREATE DATABASE "{name}"')
        clean = {**os.environ, 'PGPASSWORD': self.source['password'] or ''}
        dump = subprocess.Popen(
            [self.programs / 'pg_dump', '-Fc', '-h', self.source['host'],
             '-p', str(self.source['port']), '-U', self.source['user'], source],
            stdout=subprocess.PIPE, env=clean,
        )
        subprocess.run(
            [self.programs / 'pg_restore', '--no-owner', '-h',
             str(postgres._socket_folder(self.home)), '-U', postgres.ROLE, '-d', name],
            stdin=dump.stdout, check=True, capture_output=True,
        )
        assert dump.wait() == 0
        if database._filestore(source).exists():
            shutil.copytree(database._filestore(source), database._filestore(name),
                            copy_function=os.link)
        return name
