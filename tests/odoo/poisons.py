"""Layout processes with documents that end them, hang, and give nothing.

The processes are real; one of ours is started with a program that looks for the words below in
the page before it lays it out.
"""
import contextlib
import subprocess
import sys
from unittest.mock import patch

from odoo.addons.isp_billing.engine import pdf_pool, pdf_render

CRASH, HANG, EMPTY = 'POISON-CRASH', 'POISON-HANG', 'POISON-EMPTY'
PROGRAM = f"""
import os, signal, time
from engine import pdf_render, pdf_worker
render = pdf_render.render_pdf
def poisoned(html, **words):
    if {CRASH!r} in html:
        os.kill(os.getpid(), signal.SIGSEGV)
    if {HANG!r} in html:
        time.sleep(600)
    return b'' if {EMPTY!r} in html else render(html=html, **words)
pdf_render.render_pdf = poisoned
pdf_worker.main()
"""


@contextlib.contextmanager
def poisoned_processes(seconds):
    """Layout processes that know poisons; a document may take so many seconds."""
    popen = subprocess.Popen

    def start(_command, **words):
        return popen([sys.executable, '-c', PROGRAM], stderr=subprocess.DEVNULL, **words)

    pdf_pool._POOL.close()
    with patch.object(pdf_pool.subprocess, 'Popen', start), \
            patch.object(pdf_render, 'SECONDS', seconds), \
            patch.object(pdf_pool, 'GRACE_SECONDS', 1):
        try:
            yield
        finally:
            pdf_pool._POOL.close()
