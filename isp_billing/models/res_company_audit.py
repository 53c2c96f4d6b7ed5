from odoo import models


class ResCompany(models.Model):
    """Settings of billing of a company leave audit rows; the rest of the company does not."""

    _name = 'res.company'
    _inherit = ['res.company', 'isp.audited']

    def _isp_audited_fields(self):
        """Override of `isp.audited`: our settings only."""
        return {name for name in super()._isp_audited_fields() if name.startswith('isp_')}

    def _isp_audit_company(self):
        """Override of `isp.audited`: the company itself."""
        return self
