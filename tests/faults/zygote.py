"""Loads a database once and forks a worker process for each request.

Loading takes seconds, a fork takes milliseconds: so every test can have processes of its own.
Requests come as JSON lines on standard input; the answer is the process id. The worker talks to
the test through a socket of its own.
"""
import importlib
import json
import os
import signal
import socket
import sys
import traceback

from odoo import SUPERUSER_ID, api, sql_db
from odoo.modules.registry import Registry
from odoo.tools import config


class Channel:
    """The worker's side of its socket: one JSON document per line."""

    def __init__(self, path):
        self.socket = socket.socket(socket.AF_UNIX)
        self.socket.connect(path)
        self.file = self.socket.makefile('rw')

    def say(self, **message):
        self.file.write(json.dumps(message) + '\n')
        self.file.flush()

    def wait(self):
        return json.loads(self.file.readline())


def work(request, dbname, actions):
    """Do one action in this process and tell how it ended."""
    channel = Channel(request['socket'])
    try:
        registry = Registry(dbname).check_signaling()
        with registry.cursor() as cr:
            env = api.Environment(cr, SUPERUSER_ID, {})
            result = getattr(actions, request['action'])(env, channel, **request['words'])
            env.flush_all()
        registry.signal_changes()
        channel.say(result=result)
    except Exception:  # noqa: BLE001 - the test gets the traceback
        channel.say(error=traceback.format_exc())


def main(conf, dbname, module):
    """Fork workers until standard input ends.

    :param module: name of the module with the actions
    """
    config.parse_config(['-c', conf, '-d', dbname], setup_logging=True)
    Registry(dbname)
    # only now are our add-ons on the path
    actions = importlib.import_module(module)
    sql_db.close_all()
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    print(json.dumps({'ready': True}), flush=True)
    for line in sys.stdin:
        pid = os.fork()
        if not pid:
            signal.signal(signal.SIGCHLD, signal.SIG_DFL)
            work(json.loads(line), dbname, actions)
            os._exit(0)
        print(json.dumps({'pid': pid}), flush=True)


if __name__ == '__main__':
    main(*sys.argv[1:])
