"""What clients may not set, whichever way they try.

Results stand in stored fields that only the program's own methods write. Whether a method of ours
is at work is known to the process alone (:func:`own_write`): neither the context of a remote call
nor its values can say so.
"""
import functools
from contextlib import contextmanager
from contextvars import ContextVar

from odoo.exceptions import AccessError

_OWN = ContextVar('isp_own_write', default=False)


@contextmanager
def own_write():
    """While it is open, writes of this thread are the program's own: guarded fields may be set.

    Keep it short, and never around values that came from a client.
    """
    token = _OWN.set(True)
    try:
        yield
    finally:
        _OWN.reset(token)


def own(method):
    """Decorator of methods whose writes are the program's own, see :func:`own_write`."""
    @functools.wraps(method)
    def guarded(*args, **kwargs):
        with own_write():
            return method(*args, **kwargs)
    return guarded


def is_own(env):
    """Whether guarded fields may be set: by the superuser, or within :func:`own_write` (bool)."""
    return env.su or _OWN.get()


def refuse(records, names):
    """Raise an error that names the record and the fields.

    :param records: one of the records, or an empty recordset when one is to be made
    :param names: names of guarded fields, at least one
    :raises AccessError: always
    """
    labels = ", ".join(sorted(
        records._fields[name]._description_string(records.env) or name for name in names))
    record = records[:1].sudo().display_name or records._description
    raise AccessError(records.env._(
        "%(record)s: %(fields)s cannot be set by hand, the program writes it. Use the buttons of "
        "the record; correct a posted document with a credit note.",
        record=record, fields=labels))



def without_defaults(model, names):
    """A model without the defaults that a client's context has for guarded fields.

    Values are checked where records are made; ``default_state`` would come in behind that check.

    :param model: recordset on which ``create`` was called
    :param names: names of the guarded fields
    """
    if model.env.su:
        return model
    # keys are taken out, which keywords cannot do
    return model.with_context({  # pylint: disable=context-overridden
        key: value for key, value in model.env.context.items()
        if not (key.startswith('default_') and key.removeprefix('default_') in names)
    })
