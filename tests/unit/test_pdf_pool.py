"""Layout processes: the same bytes, failures of one document only, and an end."""
import datetime
import errno
import os
import resource
import signal
import threading
import time

import pytest

from odoo.addons.isp_billing.engine import pdf_pool, pdf_render, pdf_worker
from odoo.addons.isp_billing.engine.pdf_archive import EInvoice

from .test_facturx import XML

PAGE = '<html lang="en"><title>t</title><body><p>Document %s</p></body></html>'


def request(number, **words):
    return {'html': PAGE % number, 'paper': 'A4', 'slip': False, 'files': {}, 'layout': None,
            'einvoice': None, **words}


@pytest.fixture
def pool():
    with pdf_pool.renderers(pdf_pool.WORTHWHILE, 2) as made:
        yield made
    made.close()


def test_same_bytes_as_here(pool):
    numbers = range(10)
    made = {number: job.result() for number, (job,) in pdf_pool.as_ready(
        numbers, lambda number: (pool.submit(request(number)),), pool)}
    assert made == {number: pdf_render.render_pdf(**request(number)) for number in numbers}
    assert len(pool.processes) == 2


def test_a_process_is_replaced_after_many_documents(pool, monkeypatch):
    """What libraries keep of each document goes with the process; the bytes are the same."""
    monkeypatch.setattr(pdf_pool, 'DOCUMENTS', 3)
    seen, made = set(), []
    for number in range(12):
        made.append(pool.submit(request(number)).result())
        seen |= {process.pid for process in pool.processes}
    assert made == [pdf_render.render_pdf(**request(number)) for number in range(12)]
    assert len(seen) >= 4
    assert len([one for one in pool.processes if one.poll() is None]) <= 2


def test_a_slow_document_is_the_last_and_holds_up_no_other(pool):
    """Number 0 takes longer than the 30 others together: they do not wait for it."""
    def ask(number):
        words = {'html': PAGE % ('<p>word</p>' * 5000)} if number == 0 else {}
        return None if number == 7 else (pool.submit(request(number, **words)),)

    for job in [pool.submit(request(1)), pool.submit(request(2))]:  # both processes have started
        job.result()
    order = [number for number, job in pdf_pool.as_ready(range(31), ask, pool)
             if job is None or job[0].result()]
    assert sorted(order) == list(range(31))
    assert order[-1] == 0


def test_a_full_disk_is_told_apart(pool, monkeypatch):
    """The asker waits for space instead of setting the document aside."""
    def full(**_words):
        raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as patched:
        patched.setattr(pdf_render, 'render_pdf', full)
        answer = pdf_worker.answer(request(1), 5)
    assert answer == (False, (errno.ENOSPC, "No space left on device"))
    with monkeypatch.context() as patched:
        patched.setattr(pdf_worker, 'receive', lambda _stream: answer)
        with pytest.raises(OSError, match="No space") as caught:
            pool.submit(request(1)).result()
    assert caught.value.errno == errno.ENOSPC


def test_electronic_invoice_travels_too(pool):
    words = request(1, einvoice=EInvoice(XML, datetime.date(2026, 10, 1)))
    assert pool.submit(words).result() == pdf_render.render_pdf(**words)


def test_a_bad_document_stops_no_other(pool):
    bad, good = pool.submit(request(1, paper='A5')), pool.submit(request(2))
    with pytest.raises(pdf_pool.RenderError, match='Unknown paper: A5'):
        bad.result()
    assert good.result()


def test_a_killed_process_is_replaced_and_its_document_made(pool):
    assert pool.submit(request(1)).result()
    for process in pool.processes:
        os.kill(process.pid, signal.SIGSTOP)
    jobs = [pool.submit(request(number)) for number in (2, 3)]
    time.sleep(0.2)
    before = list(pool.processes)
    for process in before:
        process.kill()
    assert [job.result() for job in jobs] == [
        pdf_render.render_pdf(**request(number)) for number in (2, 3)]
    assert not set(pool.processes) & set(before)


def test_the_limit_of_processor_time_is_not_inherited(pool):
    soft, hard = resource.getrlimit(resource.RLIMIT_CPU)
    used = resource.getrusage(resource.RUSAGE_SELF)
    limit = int(used.ru_utime + used.ru_stime) + 600
    resource.setrlimit(resource.RLIMIT_CPU, (limit, hard))
    try:
        assert pool.submit(request(1)).result()
        process = pool.processes[0]
        assert resource.prlimit(process.pid, resource.RLIMIT_CPU) == (hard, hard)
    finally:
        resource.setrlimit(resource.RLIMIT_CPU, (soft, hard))


def test_a_document_that_hangs_ends_with_its_process(pool, monkeypatch):
    monkeypatch.setattr(pdf_pool, 'GRACE_SECONDS', 0.5)
    slow = pool.submit(request(1, html=PAGE % ('<p>word</p>' * 100_000), seconds=1))
    with pytest.raises(pdf_pool.RenderError, match='not ready after 1 seconds'):
        slow.result()
    monkeypatch.undo()
    assert pool.submit(request(2)).result()


def test_the_start_of_a_process_is_no_part_of_the_time_of_its_document(pool, monkeypatch):
    """On a machine with much to do the imports alone take longer than a document may."""
    popen = pdf_pool.subprocess.Popen
    program = 'import time; time.sleep(3); from engine import pdf_worker; pdf_worker.main()'
    monkeypatch.setattr(pdf_pool.subprocess, 'Popen', lambda command, **words: popen(
        [command[0], '-c', program], **words))
    monkeypatch.setattr(pdf_pool, 'GRACE_SECONDS', 0)
    assert pool.submit(request(1, seconds=2)).result()


def test_a_process_that_does_not_start_is_not_waited_for(pool, monkeypatch):
    popen = pdf_pool.subprocess.Popen
    monkeypatch.setattr(pdf_pool.subprocess, 'Popen', lambda command, **words: popen(
        [command[0], '-c', 'import time; time.sleep(600)'], **words))
    monkeypatch.setattr(pdf_pool, 'START_SECONDS', 0.5)
    with pytest.raises(pdf_pool.RenderError, match='ended twice'):
        pool.submit(request(1)).result()


def test_processes_end_when_nobody_asks():
    with pdf_pool.renderers(pdf_pool.WORTHWHILE, 2) as made:
        assert made.submit(request(1)).result()
        processes = list(made.processes)
        made.close()
        assert all(process.poll() is None for process in processes), "they are in use"
    made.close()
    assert all(process.poll() is not None for process in processes)


def test_small_batches_need_no_process():
    with pdf_pool.renderers(pdf_pool.WORTHWHILE - 1, 4) as here:
        (job,), = [jobs for _item, jobs in pdf_pool.as_ready(
            [1], lambda number: (here.submit(request(number)),), here)]
        assert job.result() == pdf_render.render_pdf(**request(1))
        assert not hasattr(here, 'processes')


def test_processes_for_few_documents_where_none_may_end_this_process(monkeypatch):
    with pdf_pool.renderers(1, 2, apart=True) as made:
        monkeypatch.setattr(made, '_start', lambda: (_ for _ in ()).throw(AssertionError))
        assert made.ahead and not isinstance(made, pdf_pool._Here)


def test_a_slow_document_of_another_thread_is_not_waited_for(monkeypatch):
    monkeypatch.setattr(pdf_pool, 'PATIENCE_SECONDS', 0.1)
    want = pdf_render.render_pdf(**request(1))
    try:
        with pdf_render.alone():
            made = []
            thread = threading.Thread(target=lambda: made.append(pdf_pool.make(request(1))))
            thread.start()
            thread.join(60)
        assert made == [want]
        assert len(pdf_pool._POOL.processes) == 1
    finally:
        pdf_pool._POOL.close()
