"""A plain Odoo server on the measured database: wkhtmltopdf gets the report's stylesheets there."""
import contextlib
import socket
import subprocess
import time

from tools import odoo_conf
from tools.bootstrap import paths

PATIENCE = 60


@contextlib.contextmanager
def pages(dbname):
    """Start the server; gives its address."""
    port = odoo_conf.free_port()
    conf = odoo_conf.write(f"{dbname}-pages", http_port=port, db_name=dbname)
    with (paths.logs() / f"{dbname}-pages.log").open('w') as log:
        process = subprocess.Popen(
            odoo_conf.command('-c', conf), stdout=log, stderr=subprocess.STDOUT, cwd=paths.logs())
    try:
        _wait(port, process)
        yield f"http://127.0.0.1:{port}"
    finally:
        process.terminate()
        process.wait(PATIENCE)


def _wait(port, process):
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        with contextlib.suppress(OSError), socket.create_connection(('127.0.0.1', port), 1):
            return
        if process.poll() is not None:
            break
        time.sleep(0.1)
    raise RuntimeError("the server of the report's stylesheets does not answer")
