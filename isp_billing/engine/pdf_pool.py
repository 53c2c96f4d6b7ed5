"""Many PDFs at once: layout processes beside the one that asks, one per processor.

A page is laid out without database, so only its ready HTML travels.  Small batches are made in
the asking process.  The processes are kept for the next batch and end when nobody asks for a
while, or with the process that started them.  A document that hangs is killed with its process;
the others are not touched, and come as they are ready.
"""
import concurrent.futures
import contextlib
import dataclasses
import os
import subprocess
import sys
import threading

from . import pdf_render, pdf_worker
from .fair_clock import countdown

#: batches of fewer documents are not worth the start of processes
WORTHWHILE = 8
MOST = 4
IDLE_SECONDS = 60
#: what a process gets beyond the time limit of its document before it is killed
GRACE_SECONDS = 5
#: documents after which a process is replaced: the libraries below keep 8 kB of each (5,000
#: documents in one process took 130 MB instead of 94)
DOCUMENTS = 1000
#: what a process gets to start, which is no part of the time of its first document
START_SECONDS = 120
#: how long a document waits for that of another thread before a layout process is asked
PATIENCE_SECONDS = 1


class RenderError(Exception):
    """A document could not be made; the text says why."""


class _EndedError(Exception):
    """A layout process ended in the middle of a document."""


def processors():
    """Number of layout processes that suits this machine."""
    own = getattr(os, 'sched_getaffinity', None)
    return min(MOST, len(own(0)) if own else os.cpu_count() or 1)


def make(request):
    """One PDF: in this process, or beside it while another thread makes a slow one.

    :param dict request: words of ``pdf_render.render_pdf``
    :rtype: bytes
    """
    try:
        return pdf_render.render_pdf(**request, patience=PATIENCE_SECONDS)
    except pdf_render.BusyError:
        with _POOL.use(processors()) as pool:
            return pool.submit(request).result()


@contextlib.contextmanager
def renderers(documents, count, apart=False):
    """Give something with ``submit(request)``, whose ``result()`` is a PDF, and ``ahead``.

    :param int documents: how many will be asked for
    :param int count: layout processes, 1 or less makes them in this process
    :param bool apart: by processes also when they are few, so that no document can end this one
    """
    if count < 2 or documents < WORTHWHILE and not apart:
        with pdf_render.many() as tidy:
            yield _Here(tidy)
    else:
        with _POOL.use(count) as pool:
            yield pool


class _Here:
    """Makes each document in this process, when its result is asked for."""

    ahead = 0

    def __init__(self, tidy):
        self.tidy = tidy

    def submit(self, request):
        return _Later(self.tidy, request)


@dataclasses.dataclass
class _Later:
    tidy: object
    request: dict

    def result(self):
        try:
            return make(self.request)
        finally:
            self.tidy()


class _Pool:
    """The layout processes of this process: each is led by a thread of its own."""

    def __init__(self):
        self.lock = threading.Lock()
        self.users, self.owner, self.count = 0, None, 0
        self.threads, self.processes, self.timer = None, [], None

    @property
    def ahead(self):
        """Documents to ask for before the first result is waited for."""
        return 2 * self.count

    @contextlib.contextmanager
    def use(self, count):
        self._begin(count)
        try:
            yield self
        finally:
            with self.lock:
                self.users -= 1
                if not self.users:
                    self.timer = threading.Timer(IDLE_SECONDS, self.close)
                    self.timer.daemon = True
                    self.timer.start()

    def _begin(self, count):
        with self.lock:
            if self.timer:
                self.timer.cancel()
            if self.owner != os.getpid():  # a fork has the parent's processes only in name
                self.owner, self.threads, self.processes, self.users = os.getpid(), None, [], 0
            if self.threads is None:
                self.count = count
                self.threads = concurrent.futures.ThreadPoolExecutor(
                    count, thread_name_prefix='isp-pdf')
                self.local = threading.local()
            self.users += 1

    def submit(self, request):
        request = {**request, 'html': str(request['html'])}
        if request.get('einvoice'):
            request['einvoice'] = dataclasses.astuple(request['einvoice'])
        return self.threads.submit(
            self._ask, request, request.get('seconds') or pdf_render.time_for(request['html']))

    def _ask(self, request, seconds):
        """One document; once more when its process was ended by somebody else."""
        try:
            return self._once(request, seconds)
        except _EndedError:
            try:
                return self._once(request, seconds)
            except _EndedError as error:
                raise RenderError(
                    "The process that lays out documents ended twice at this document.") from error

    def _once(self, request, seconds):
        """One document, by the process of this thread."""
        process = getattr(self.local, 'process', None)
        late = threading.Event()
        try:
            if process is None or process.poll() is not None:
                process, self.local.made = self._start(), 0
                self.local.process = process
                _exchange(process, None, START_SECONDS, threading.Event())
            good, content = _exchange(process, (request, seconds), seconds + GRACE_SECONDS, late)
        except (EOFError, OSError) as error:
            process.kill()
            process.wait()
            if late.is_set():
                raise RenderError(str(pdf_render.RenderTimeoutError(seconds))) from error
            raise _EndedError from error
        self.local.made += 1
        if self.local.made >= DOCUMENTS:
            _end(process)
        if not good and isinstance(content, tuple):
            raise OSError(*content)
        if not good:
            raise RenderError(content)
        return content

    def _start(self):
        process = subprocess.Popen(
            [sys.executable, '-m', 'engine.pdf_worker'], cwd=pdf_render.MODULE,
            stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        with self.lock:
            self.processes = [one for one in self.processes if one.poll() is None] + [process]
        return process

    def close(self):
        """End the processes, unless somebody uses them again."""
        with self.lock:
            if self.users or self.threads is None or self.owner != os.getpid():
                return
            self.threads.shutdown(wait=False)
            processes, self.threads, self.processes = self.processes, None, []
        for process in processes:
            _end(process)


def _end(process):
    """End a layout process that has nothing to do: it ends with its input."""
    process.stdin.close()
    try:
        process.wait(GRACE_SECONDS)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
    process.stdout.close()


def _exchange(process, message, seconds, late):
    """The answer of a layout process; it is killed, and ``late`` set, when it takes too long."""
    def end():
        late.set()
        process.kill()

    with countdown(seconds, end, process.pid):
        pdf_worker.send(process.stdin, message)
        return pdf_worker.receive(process.stdout)


_POOL = _Pool()


def as_ready(items, ask, pool):
    """Yield (item, answer of ``ask(item)``) as the documents become ready; a slow one is the last.

    :param ask: gives a tuple that begins with what ``submit`` returned, or None
    """
    waiting = {}
    for item in items:
        asked = ask(item)
        if asked is None or not pool.ahead:
            yield item, asked
            continue
        waiting[asked[0]] = item, asked
        if len(waiting) >= pool.ahead:
            yield from _ready(waiting)
    while waiting:
        yield from _ready(waiting)


def _ready(waiting):
    """Take out what is ready, at least one."""
    done = concurrent.futures.wait(
        waiting, return_when=concurrent.futures.FIRST_COMPLETED).done
    yield from [waiting.pop(job) for job in list(waiting) if job in done]
