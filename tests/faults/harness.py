"""The test's side: databases, worker processes, servers and a mail server of the loopback."""
import contextlib
import json
import os
import queue
import random
import re
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
import urllib.error
import urllib.request
from pathlib import Path

from aiosmtpd.controller import Controller

from tools import database, odoo_conf
from tools.bootstrap import paths, postgres

from . import oracle

#: seconds to wait for anything; large proofs on busy machines need more
PATIENCE = int(os.environ.get('ISP_PATIENCE') or (3600 if os.environ.get('ISP_PROVE') else 180))
#: how a worker ends whose connection was cut; anything else is a bug and no fault that was planted
CUT = re.compile(r"^(psycopg2\.\S*(OperationalError|InterfaceError|AdminShutdown|CrashShutdown"
                 r"|DatabaseError|CannotConnectNow)|odoo\.sql_db\.PoolError)\b", re.MULTILINE)


def make_random():
    """A random generator whose seed is printed; ``ISP_SEED`` repeats a run."""
    seed = int(os.environ.get('ISP_SEED') or random.SystemRandom().randrange(10**6))
    print(f"ISP_SEED={seed}")
    return random.Random(seed)


def query(dbname, sql, words=()):
    """Rows of a query, in a connection of its own."""
    with database.server(dbname) as cursor:
        cursor.execute(sql, words)
        return cursor.fetchall() if cursor.description else []


def cut_connections(dbname):
    """End the connections to a database, as its server does when it is shut down.

    Those of clients and of this role alone: the server's own processes, such as autovacuum, may
    look at the database too, and belong to a superuser.
    """
    query(dbname, """
        SELECT pg_terminate_backend(pid) FROM pg_stat_activity
         WHERE datname = %s AND pid <> pg_backend_pid()
           AND usename = current_user AND backend_type = 'client backend'
        """, [dbname])


def check(dbname, without=()):
    """Ask the oracle."""
    with database.server(dbname) as cursor:
        found = oracle.faults(cursor, without)
        compared, _rows = oracle.calculator.differences(cursor)
    assert compared or not query(dbname, f"""
        SELECT 1 FROM isp_charge WHERE origin = 'run' AND line_id IN (
            SELECT id FROM ({oracle.calculator.LINES}) line WHERE known) LIMIT 1""")
    assert not found, "\n".join(f"{sentence}: {rows}" for sentence, rows in found.items())


def server_words():
    """Variables that name the server: Odoo believes them more than its configuration file."""
    known = postgres.record()
    return {
        'PGHOST': known['host'] or '', 'PGPORT': str(known['port']), 'PGUSER': known['user'],
        'PGPASSWORD': known['password'] or '',
    }


class Died(AssertionError):
    """A worker process ended before it said what was waited for."""


class Worker:
    """A process that does one action of ``actions.py``."""

    def __init__(self, ask, action, **words):
        folder = tempfile.mkdtemp(prefix='isp-')
        path = f"{folder}/socket"
        with socket.socket(socket.AF_UNIX) as listener:
            listener.bind(path)
            listener.listen()
            listener.settimeout(PATIENCE)
            self.pid = ask({'action': action, 'words': words, 'socket': path})
            self.connection, _address = listener.accept()
        Path(path).unlink()
        Path(folder).rmdir()
        self.file = self.connection.makefile('rw')
        self.messages = queue.Queue()
        threading.Thread(target=self._read, daemon=True).start()

    def _read(self):
        with contextlib.suppress(OSError, ValueError):
            for line in self.file:
                self.messages.put(json.loads(line))
        self.messages.put(None)

    def next(self, seconds=PATIENCE):
        """The next message; None when the process has ended."""
        message = self.messages.get(timeout=seconds)
        assert message is None or 'error' not in message, message['error']
        return message

    def until(self, key, value=None):
        """Wait for a message with a key, and a value if given."""
        while True:
            message = self.next()
            if message is None:
                raise Died(f"the process ended before it said {key}")
            if key in message and value in (None, message[key]):
                return message[key]

    def go(self):
        """Let a process that waits at a point go on."""
        self.file.write('{}\n')
        self.file.flush()

    def kill(self):
        """Kill -9, and wait until PostgreSQL has noticed."""
        os.kill(self.pid, signal.SIGKILL)
        with contextlib.suppress(queue.Empty, AssertionError):
            while self.messages.get(timeout=PATIENCE) is not None:
                pass
        self.connection.close()

    def result(self):
        """Wait for the end; returns what the action returned."""
        return self.until('result')

    def outcome(self):
        """Wait for the end: the result, or None when the process died or lost its connection."""
        try:
            return self.until('result')
        except Died:
            return None
        except AssertionError as error:
            if CUT.search(str(error)):
                return None
            raise


class World:
    """A database with subscribers, and the process that forks its workers."""

    def __init__(self, name, actions='tests.faults.actions', modules=(), make=None, **sizes):
        self.name = (make or database.make_clone)(name)
        self.documents = False
        self.log = paths.logs() / f"{name}.log"
        self.actions = actions
        if modules:
            self._install(modules)
        self.process = self._start()
        self.ids = self.worker('build', **sizes).result()
        self._next = {'c': 0, 'f': 0}

    def _install(self, modules):
        with self.log.open('w') as handle:
            subprocess.run(
                odoo_conf.command(
                    '-c', odoo_conf.write(self.name), '-d', self.name, '-i', ','.join(modules),
                    '--no-http', '--stop-after-init',
                ), stdout=handle, stderr=subprocess.STDOUT, check=True, cwd=paths.logs(),
            )

    def _start(self):
        with self.log.open('w') as handle:
            process = subprocess.Popen(
                [sys.executable, '-m', 'tests.faults.zygote',
                 str(odoo_conf.write(self.name)), self.name, self.actions],
                stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=handle, text=True,
                cwd=paths.ROOT, env={**os.environ, **server_words()},
            )
        assert process.stdout.readline(), self.log.read_text()[-3000:]
        return process

    def worker(self, action, **words):
        """Start a process."""
        return Worker(self._ask, action, **words)

    def do(self, action, **words):
        """Start a process and wait for its result."""
        return self.worker(action, **words).result()

    def _ask(self, request):
        self.process.stdin.write(json.dumps(request) + '\n')
        self.process.stdin.flush()
        return json.loads(self.process.stdout.readline())['pid']

    def accounts(self, count, letter='c'):
        """Accounts that no other test has used."""
        first = self._next[letter]
        self._next[letter] += count
        found = self.ids[letter][first:first + count]
        assert len(found) == count, "the world has too few accounts"
        return found

    def run(self, accounts, letter='c', **values):
        """A bill run over accounts, approved and started; returns its id."""
        return self.do(
            'make_run', accounts=accounts, company=self.ids[f"{letter}_company"], **values,
        )

    def query(self, sql, words=()):
        return query(self.name, sql, words)

    def cut_connections(self):
        """End all connections to the database; see ``cut_connections``."""
        cut_connections(self.name)

    def check_run(self, run):
        """Ask the checks of a run that has its documents."""
        from odoo.addons.isp_billing.engine import book_checks

        with database.server(self.name) as cursor:
            for one in book_checks.load():
                cursor.execute(one.sql, {'company': None, 'run': run})
                assert cursor.fetchall() == [], one.code

    def facts(self, run):
        """Invoices of a run and their sum: (count, total)."""
        return self.query(
            "SELECT count(*), coalesce(sum(amount_total_signed), 0) FROM account_move"
            " WHERE isp_bill_run_id = %s AND state = 'posted'", [run],
        )[0]

    def moves(self, run):
        """Number and bill of the posted invoices of a run."""
        return self.query(
            "SELECT isp_bill_id, name FROM account_move WHERE isp_bill_run_id = %s"
            " AND state = 'posted' ORDER BY id", [run],
        )

    def states(self, run):
        """Bills of a run by state: {state: count}."""
        return dict(self.query(
            "SELECT state, count(*) FROM isp_bill_run_bill WHERE run_id = %s GROUP BY 1", [run],
        ))

    def check(self):
        """Ask the oracle; most workers of a world make no documents."""
        check(self.name, without=() if self.documents else ('document_missing',))

    def clone(self, name):
        """A copy of the database for a server; no worker may be alive."""
        return database.clone(self.name, name)

    def close(self):
        self.process.stdin.close()
        self.process.wait(PATIENCE)
        if not os.environ.get('ISP_KEEP'):
            database.drop(self.name)


class Server:
    """A real Odoo server with scheduled jobs and HTTP on a database.

    :param name: of its log and configuration, where several servers use one database
    :param notify: whether jobs that are asked for start at once; without it they start when the
        scheduler looks next, as in an ordinary installation
    :param options: options of its configuration file
    """

    def __init__(self, dbname, key, name=None, notify=True, **options):
        self.dbname, self.key, self.name = dbname, key, name or dbname
        self.options = {'max_cron_threads': 2, **options}
        self.environment = {'ODOO_NOTIFY_CRON_CHANGES': '1'} if notify else {}
        self.log = paths.logs() / f"{self.name}.log"
        self.log.unlink(missing_ok=True)
        self.woken = 0
        self.start()

    def start(self):
        """Start the server, again after it was killed."""
        self.port = odoo_conf.free_port()
        conf = odoo_conf.write(
            self.name, http_port=self.port, gevent_port=odoo_conf.free_port(),
            db_name=self.dbname, **self.options,
        )
        with self.log.open('a') as handle:
            self.process = subprocess.Popen(
                [sys.executable, Path(__file__).with_name('odoo_server.py'), '-c', conf],
                stdout=handle, stderr=subprocess.STDOUT, cwd=paths.logs(),
                env={**os.environ, **self.environment}, start_new_session=True,
            )
        end = time.monotonic() + PATIENCE
        while time.monotonic() < end:
            with contextlib.suppress(OSError):
                self.call('res.users', 'search_count', domain=[])
                return
            assert self.process.poll() is None, self.log.read_text()[-3000:]
            time.sleep(0.2)
        raise AssertionError(f"no answer from the server, see {self.log}")

    def a_minute_passes(self):
        """Have the scheduled job called now instead of within a minute."""
        self.query(
            "UPDATE ir_cron SET nextcall = now() AT TIME ZONE 'UTC' WHERE id = ("
            "SELECT res_id FROM ir_model_data WHERE module = 'isp_billing'"
            " AND name = 'ir_cron_bill_run')",
        )
        self.wake()

    def wake(self):
        """Have the scheduler look for jobs that are due, which it does each minute by itself."""
        query('postgres', "SELECT pg_notify('cron_trigger', %s)", [self.dbname])
        self.woken = time.monotonic()

    def query(self, sql, words=()):
        return query(self.dbname, sql, words)

    def check(self):
        """Ask the oracle, and the log."""
        check(self.dbname)
        assert self.trouble() == []

    def call(self, model, method, ids=(), **words):
        """Call a method through JSON-2.

        :return: what it returned
        :raises urllib.error.HTTPError: when it failed
        """
        request = urllib.request.Request(
            f"http://127.0.0.1:{self.port}/json/2/{model}/{method}",
            data=json.dumps({**({'ids': list(ids)} if ids else {}), **words}).encode(),
            headers={
                'Content-Type': 'application/json', 'Authorization': f"bearer {self.key}",
                'X-Odoo-Database': self.dbname,
            },
        )
        with urllib.request.urlopen(request, timeout=PATIENCE) as answer:
            return json.load(answer)

    def try_call(self, *args, **words):
        """Status of a call and its answer, also when it was refused."""
        try:
            return 200, self.call(*args, **words)
        except urllib.error.HTTPError as error:
            return error.code, json.load(error)

    def progress(self, run):
        """Progress of a run; a scheduler that was not yet listening is woken again."""
        if time.monotonic() > self.woken + 3:
            self.wake()
        return self.call('isp.bill.run', 'get_progress', [run])

    def wait_for(self, run, *states, seconds=PATIENCE):
        """Poll the progress until the run is in one of the states; returns all answers."""
        answers, end = [], time.monotonic() + seconds
        while time.monotonic() < end:
            answers.append(self.progress(run))
            if answers[-1]['state'] in states:
                return answers
            time.sleep(0.1)
        raise AssertionError(f"run {run} is {answers[-1]}, see {self.log}")

    def trouble(self):
        """What nobody wants to see in the log.

        Two transactions that meet are no trouble: Odoo logs the query and does it again.
        """
        entries, bad = re.split(r"^(?=\d{4}-\d\d-\d\d \d\d:)", self.log.read_text(), flags=re.M), []
        for entry in entries:
            wrong = 'Traceback' in entry or ' ERROR ' in entry or ' CRITICAL ' in entry
            if wrong and 'could not serialize access' not in entry:
                bad.append(entry[:2000])
        return bad

    def stop(self, number=signal.SIGTERM):
        if self.process.poll() is None:
            os.killpg(self.process.pid, number)
            try:
                self.process.wait(20)
            except subprocess.TimeoutExpired:
                os.killpg(self.process.pid, signal.SIGKILL)
                self.process.wait(20)


class MailSink(Controller):
    """An SMTP server on the loopback that keeps what it gets: (recipient, Message-ID)."""

    def __init__(self, port, on_mail=None):
        self.mails = []
        self.on_mail = on_mail
        super().__init__(self, hostname='127.0.0.1', port=port)

    async def handle_DATA(self, _server, _session, envelope):  # noqa: N802 - aiosmtpd's name
        text = envelope.content.decode('utf-8', 'replace')
        message_id = next(
            line.split(':', 1)[1].strip() for line in text.replace('\r\n ', ' ').splitlines()
            if line.lower().startswith('message-id:')
        )
        self.mails += [(recipient, message_id) for recipient in envelope.rcpt_tos]
        if self.on_mail:
            self.on_mail(len(self.mails))
        return '250 OK'
