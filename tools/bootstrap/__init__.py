"""Set-up of a development machine, with nothing but the standard library.

``python3 -m tools.bootstrap setup`` is idempotent: each step has a marker in the cache folder and
is redone only when what it was made from has changed or when it was interrupted.
"""
