"""Tests of models, reports and pages inside Odoo, each class on a database cloned from the template.

Classes are outside `odoo.addons`, so each needs ``@tagged('standard', 'post_install', '-at_install')``
or a base class that has it.
"""
