"""Time limits do not run while others have the processors; sleep and endless work reach them."""
import contextlib
import os
import pathlib
import subprocess
import sys
import threading
import time

import pytest

from odoo.addons.isp_billing.engine import fair_clock, pdf_pool, pdf_render

SPIN = 'while True: pass'
#: works for a second of its own processor time, then tells how long that took and what is left
WORK = """
import sys, time
sys.path.insert(0, sys.argv[1])
import fair_clock
began, clock = time.monotonic(), fair_clock.FairClock(3)
while time.process_time() < 1:
    pass
print(time.monotonic() - began, clock.left())
"""


@contextlib.contextmanager
def others(count):
    """Processes that keep the first processor of ours busy; gives its number."""
    processor = min(os.sched_getaffinity(0))
    spinning = [
        subprocess.Popen(['taskset', '-c', str(processor), sys.executable, '-c', SPIN])
        for _number in range(count)]
    try:
        yield processor
    finally:
        for process in spinning:
            process.kill()
            process.wait()


def test_the_clock_stands_while_others_have_the_processor():
    folder = pathlib.Path(fair_clock.__file__).parent
    with others(5) as processor:
        told = subprocess.run(
            ['taskset', '-c', str(processor), sys.executable, '-c', WORK, folder],
            capture_output=True, text=True, check=True).stdout.split()
    took, left = map(float, told)
    assert took > 3, "the others were to slow it down"
    assert left > 1, f"a second of work took {took} s by the clock, and {left} s are left of 3"


def test_sleep_counts():
    clock = fair_clock.FairClock(5)
    time.sleep(0.5)
    assert clock.left() < 4.6


def test_without_the_system_s_count_the_clock_is_an_ordinary_one():
    clock = fair_clock.FairClock(5)
    clock.path = pathlib.Path('/proc/self/no such file')
    assert clock._waited() == 0
    assert 4 < clock.left() <= 5 + clock.waited


def test_what_is_done_in_time_is_left_alone():
    called = []
    with fair_clock.countdown(0.2, lambda: called.append(1)):
        pass
    time.sleep(0.4)
    assert called == []


def test_it_is_called_again_until_the_block_ends():
    called, done = [], threading.Event()

    def act():
        called.append(1)
        if len(called) == 3:
            done.set()
        return 0.05

    with fair_clock.countdown(0.1, act):
        assert done.wait(20)
    count = len(called)
    time.sleep(0.2)
    assert len(called) == count


def test_a_thread_that_sleeps_in_small_steps_is_stopped():
    with pytest.raises(pdf_render.RenderTimeoutError), pdf_render.time_limit(0.3):
        for _step in range(1000):
            time.sleep(0.02)


def worked(processes):
    """Seconds of processor time that the first threads of processes have used."""
    return sum(
        int(pathlib.Path(f'/proc/{process.pid}/schedstat').read_text().split()[0]) / 1e9
        for process in processes)


def test_a_starved_layout_process_keeps_its_document():
    """By the clock the document takes longer than its limit, and is made all the same."""
    html = ('<html lang="en"><head><title>x</title></head><body>'
            + '<p>some words of a line</p>' * 1000 + '</body></html>')
    with pdf_pool.renderers(pdf_pool.WORTHWHILE, 2) as pool:
        before = worked(pool.processes)
        pool.submit({'html': html, 'einvoice': None}).result()
        # its own work: by the clock it would also hold what else the machine does at this moment
        limit = 2 * (worked(pool.processes) - before)
        with others(5) as processor:
            for process in pool.processes:
                os.sched_setaffinity(process.pid, {processor})
            began = time.monotonic()
            made = pool.submit({'html': html, 'einvoice': None, 'seconds': limit}).result()
            took = time.monotonic() - began
    pdf_pool._POOL.close()
    assert made.startswith(b'%PDF')
    assert took > limit, "the others were to slow it down"
