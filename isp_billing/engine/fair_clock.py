"""Time limits that do not run while the limited thread waits for a processor that others use.

On a machine with much to do, a good document takes many times as long by the clock as its work
does.  Linux counts how long each thread was ready to run and was not let
(``/proc/<pid>/schedstat``, see proc(5)); that time is not the document's fault.  A thread that
sleeps or computes for ever reaches its limit as before, also where the system counts nothing.
"""
import contextlib
import pathlib
import threading
import time

#: a shorter rest of a limit is not waited for
LEAST_SECONDS = 0.1


class FairClock:
    """Counts down for a thread of this process, or for another process and its first thread.

    :param float seconds: what the thread may take
    :param int process: number of the other process
    """

    def __init__(self, seconds, process=None):
        self.path = pathlib.Path(
            f'/proc/{process}/schedstat' if process
            else f'/proc/self/task/{threading.get_native_id()}/schedstat')
        self.end = time.monotonic() + seconds
        self.waited = self._waited()

    def _waited(self):
        """Seconds that the thread waited for a processor so far (float), 0 where nobody counts."""
        try:
            return int(self.path.read_text().split()[1]) / 1e9
        except (OSError, ValueError, IndexError):
            return 0.0

    def left(self):
        """Seconds that the thread may still take (float), below 0 when it took too long."""
        return self.end + max(0.0, self._waited() - self.waited) - time.monotonic()


@contextlib.contextmanager
def countdown(seconds, act, process=None):
    """Have a function called, by another thread, when the block takes too long.

    :param float seconds: what the block may take, see ``FairClock``
    :param act: gives the seconds after which it is called again, None for never; it is not
        called, nor still running, once the block is done
    :param int process: number of the process that works, this thread when empty
    """
    clock, lock, state = FairClock(seconds, process), threading.Lock(), {'over': False}

    def wait(moment):
        state['timer'] = timer = threading.Timer(moment, end)
        timer.daemon = True
        timer.start()

    def end():
        with lock:
            if state['over']:
                return
            left = clock.left()
            again = left if left > LEAST_SECONDS else act()
            if again:
                wait(again)

    wait(seconds)
    try:
        yield
    finally:
        with lock:
            state['over'] = True
            state['timer'].cancel()
