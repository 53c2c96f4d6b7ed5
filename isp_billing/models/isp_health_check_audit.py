from odoo import models

from ..sentences import say


class IspHealthCheck(models.AbstractModel):
    """The audit rows are verified every night."""

    _inherit = 'isp.health.check'

    def _isp_checks(self):
        return [*super()._isp_checks(), self._check_audit_chain]

    def _check_audit_chain(self):
        found = self.env['isp.audit']._isp_verify()
        if not found:
            return []
        return [self._finding(
            'audit_tampered', 'error', say(self.env)._("Audit rows were tampered with."),
            say(self.env)._(
                "%(what)s Compare the rows with a backup, and look who could write into the "
                "database.", what=" ".join(found[:5]),
            ), action='isp_billing.isp_audit_action',
        )]
