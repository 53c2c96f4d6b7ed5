"""What happens to a worker from inside its own process, at the moments that matter.

A signal from outside hardly ever hits the microseconds around a COMMIT; this does, by a seed.
"""
import os
import random
import resource
import signal
import threading
import time
from unittest.mock import patch

import psycopg2
from psycopg2 import errors

FULL_DISK = 4096


class Attack:
    """One misfortune of a worker process.

    :param kind: ``kill_later``: kill -9 some time after the start; ``kill_commit``: kill -9 around
        the COMMIT that was just sent; ``kill_after``: kill -9 when a COMMIT has come back;
        ``kill_bill``: kill -9 whenever a certain account is billed; ``refuse``: serialization
        failures and deadlocks, in turn at each commit and each posting; ``cut``: the connection
        ends around a COMMIT; ``disk``: no file may be longer than some kilobytes, as on a full disk
    :param seed: of the moments
    :param after: number of the commit at which it happens
    """

    def __init__(self, env, kind=None, seed=0, after=1, seconds=1.0, account=None):
        self.env, self.kind, self.after, self.account = env, kind, after, account
        self.seconds = seconds
        self.rng = random.Random(seed)
        self.commits = 0
        self.refused = set()
        self.patches = []

    def __enter__(self):
        if self.kind == 'kill_later':
            self._in(self.rng.random() * self.seconds, self._die)
        if self.kind == 'disk':
            resource.setrlimit(resource.RLIMIT_FSIZE, (FULL_DISK, FULL_DISK))
        if self.kind in ('refuse', 'kill_bill'):
            writer = type(self.env['isp.invoice.writer'])
            post = writer._post_moves

            def attacked(this, moves):
                moves = list(moves)
                self._before_posting(moves)
                post(this, moves)

            self.patches.append(patch.object(writer, '_post_moves', attacked))
        for one in self.patches:
            one.start()
        return self

    def __exit__(self, *_error):
        for one in self.patches:
            one.stop()

    @staticmethod
    def _die():
        os.kill(os.getpid(), signal.SIGKILL)

    @staticmethod
    def _in(seconds, action):
        timer = threading.Timer(seconds, action)
        timer.daemon = True
        timer.start()

    def _before_posting(self, moves):
        if self.kind == 'kill_bill' and any(m.partner_id.id == self.account for m in moves):
            self._die()
        self._refuse(('post', self.commits), errors.DeadlockDetected)

    def _refuse(self, place, error):
        """Fail once at each place."""
        if self.kind == 'refuse' and place not in self.refused:
            self.refused.add(place)
            raise _real(self.env.cr, error)

    def before_commit(self):
        self.commits += 1
        if self.commits % 2:  # the next attempt of the same chunk comes through
            self._refuse(('commit', self.commits), errors.SerializationFailure)
        if self.commits != self.after:
            return
        if self.kind == 'kill_commit':
            # psycopg2 gives up the lock of the interpreter while it waits for the answer
            self._in(self.rng.random() * 0.004, self._die)
        if self.kind == 'cut':
            self._cut(self.rng.random() * 0.004)

    def after_commit(self):
        if self.commits == self.after and self.kind in ('kill_after', 'kill_commit'):
            self._die()

    def _cut(self, seconds):
        """Have the server end this connection, from another one."""
        pid = self.env.cr._cnx.get_backend_pid()
        words = self.env.cr._cnx.get_dsn_parameters()

        def end():
            with psycopg2.connect(password=os.environ.get('PGPASSWORD') or None, **{
                name: words[name] for name in ('host', 'port', 'user', 'dbname')
            }) as other, other.cursor() as cursor:
                cursor.execute("SELECT pg_terminate_backend(%s)", [pid])

        self._in(seconds, end)
        time.sleep(seconds)


def _real(cr, error):
    """An error as PostgreSQL gives it, with its code: the server raises it itself."""
    code = {errors.DeadlockDetected: '40P01', errors.SerializationFailure: '40001'}[error]
    try:
        cr.execute(
            f"DO $$ BEGIN RAISE EXCEPTION 'injected' USING ERRCODE = '{code}'; END $$",
            log_exceptions=False,
        )
    except error as raised:
        return raised
    raise AssertionError("the server did not refuse")
