"""A process that lays out PDFs: ``python -m engine.pdf_worker`` in the folder of the module.

Requests and answers are length-prefixed pickles of plain values on its standard input and output;
only the process that started it speaks to it.  It ends when its input does, so it never outlives
that process.  No Odoo and no database here.
"""
import os
import pickle
import resource
import struct
import sys

from . import pdf_render
from .pdf_archive import EInvoice

HEAD = struct.Struct('>Q')


def send(stream, value):
    """Write one message."""
    content = pickle.dumps(value)
    stream.write(HEAD.pack(len(content)) + content)
    stream.flush()


def receive(stream):
    """Read one message.

    :raises EOFError: when the other side has ended
    """
    head = stream.read(HEAD.size)
    if len(head) < HEAD.size:
        raise EOFError
    length, = HEAD.unpack(head)
    content = stream.read(length)
    if len(content) < length:
        raise EOFError
    return pickle.loads(content)


def answer(request, seconds):
    """(True, PDF) of a request, or (False, why there is none).

    The reason is a text, or number and text of an error of the system, such as a full disk.
    """
    words = {**request, 'seconds': seconds}
    if words['einvoice']:
        words['einvoice'] = EInvoice(*words['einvoice'])
    try:
        return True, pdf_render.render_pdf(**words)
    except OSError as error:
        return False, (error.errno, error.strerror or str(error))
    except Exception as error:  # noqa: BLE001 - the asker decides what it means
        return False, str(error) or type(error).__name__


def main():
    """Answer until the input ends."""
    # Odoo's limit of processor time is meant for one request of one of its workers
    _soft, hard = resource.getrlimit(resource.RLIMIT_CPU)
    resource.setrlimit(resource.RLIMIT_CPU, (hard, hard))
    source, target = sys.stdin.buffer, os.fdopen(os.dup(1), 'wb')
    os.dup2(2, 1)  # whatever a library prints must not stand between the answers
    with pdf_render.many() as tidy:
        while True:
            try:
                message = receive(source)
            except EOFError:
                return
            if message is None:  # somebody waits until this process has started
                send(target, None)
                continue
            request, seconds = message
            send(target, answer(request, seconds))
            tidy()


if __name__ == '__main__':
    main()
