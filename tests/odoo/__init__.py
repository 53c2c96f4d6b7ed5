"""Tests of models, reports and pages inside Odoo, on a database cloned from the template.

Classes are outside `odoo.addons`, so each needs the decorator
``@tagged('standard', 'post_install', '-at_install')`` or a base class that has it.
"""
