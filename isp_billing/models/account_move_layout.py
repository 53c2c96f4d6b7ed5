from odoo import fields, models


class AccountMove(models.Model):
    """The version of the layout that an invoice was made with."""

    _inherit = 'account.move'

    isp_layout_version_id = fields.Many2one(
        'isp.document.layout.version', string="Layout", copy=False, readonly=True,
        index='btree_not_null', ondelete='restrict',
        help="Version of the layout that was in force when the invoice was posted. Empty: the "
             "built-in layout.",
    )

    def _isp_freeze_documents(self):
        """Note the version of the layout beside the frozen facts."""
        super()._isp_freeze_documents()
        rows = [
            (move.id, version) for move in self
            if (version := (move.isp_document_data or {}).get('layout_version'))
            and version != move.isp_layout_version_id.id
        ]
        self._isp_update_columns({'isp_layout_version_id': 'int'}, rows)


class ResPartner(models.Model):
    _inherit = 'res.partner'

    isp_layout_id = fields.Many2one(
        'isp.document.layout', string="Layout of the bill", company_dependent=True,
        domain="[('company_id', '=', current_company_id)]",
        help="Empty: that of the billing profile, or else the company's default.",
    )


class IspBillingProfile(models.Model):
    _inherit = 'isp.billing.profile'

    layout_id = fields.Many2one(
        'isp.document.layout', string="Layout of the bills", check_company=True,
        index='btree_not_null', domain="[('company_id', '=', company_id)]",
        help="For accounts of this profile without a layout of their own. Empty: the company's "
             "default.",
    )
