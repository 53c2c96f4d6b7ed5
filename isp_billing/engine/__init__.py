"""Pure billing arithmetic: no ORM, no database, no clock.

Everything here takes dates, decimals and value objects and gives value objects back, so that
the preview, the bill run, the portal and a test call exactly the same code.

Dependencies point one way: ``engine`` is imported by ``models`` and never imports them.
"""
