"""Tests of the pure parts: no database, no Odoo."""
