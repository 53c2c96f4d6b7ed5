from odoo import fields, models
from odoo.exceptions import UserError

#: fields after whose change the last test says nothing any more
SETTINGS = {
    'smtp_host', 'smtp_port', 'smtp_encryption', 'smtp_authentication', 'smtp_user', 'smtp_pass',
    'smtp_ssl_certificate', 'smtp_ssl_private_key', 'from_filter',
}


class IrMailServer(models.Model):
    """The result of a test of the connection is kept: the health check repeats what failed."""

    _inherit = 'ir.mail_server'

    isp_test_error = fields.Text(
        string="Last test failed", readonly=True, copy=False, groups='base.group_system',
        help="What the last test of the connection said; empty after one that succeeded.",
    )

    def write(self, vals):
        """Settings that change make the last test worthless."""
        if SETTINGS & set(vals):
            vals = {**vals, 'isp_test_error': False}
        return super().write(vals)

    def test_smtp_connection(self, autodetect_max_email_size=False):
        """Keep what failed. An error would take it back, so it becomes a message to the user."""
        try:
            result = super().test_smtp_connection(autodetect_max_email_size)
        except UserError as error:
            self.isp_test_error = str(error)
            return {
                'type': 'ir.actions.client', 'tag': 'display_notification',
                'params': {'message': str(error), 'type': 'danger', 'sticky': True},
            }
        self.isp_test_error = False
        return result
