from odoo import api, fields, models
from odoo.exceptions import UserError


class IspDocumentLayoutVersion(models.Model):
    """The settings of a layout at a moment: what invoices were made with."""

    _name = 'isp.document.layout.version'
    _description = "Version of a Document Layout"
    _order = 'layout_id, number desc'
    _rec_name = 'number'

    layout_id = fields.Many2one(
        'isp.document.layout', required=True, index=True, ondelete='restrict',
    )
    company_id = fields.Many2one(related='layout_id.company_id', store=True, index=True)
    number = fields.Integer(string="Version", required=True)
    date = fields.Datetime(required=True, default=fields.Datetime.now)
    settings = fields.Json(required=True, export_string_translation=False)
    sha256 = fields.Char(
        string="SHA-256", required=True,
        help="Fingerprint of all settings of this version.",
    )

    _one_number = models.Constraint(
        'UNIQUE (layout_id, number)', "A layout has each version once.",
    )

    def _compute_display_name(self):
        for version in self:
            version.display_name = self.env._(
                "%(layout)s, version %(number)s", layout=version.layout_id.name,
                number=version.number)

    def write(self, vals):
        """Refuse: invoices were made with what stands here."""
        if set(vals) - {'company_id'}:
            raise UserError(self.env._("A version of a layout is never changed; change the "
                                       "layout, which makes a new version."))
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_never(self):
        """Refuse: invoices were made with what stands here."""
        raise UserError(self.env._("Versions of layouts are kept: invoices were made with them."))
