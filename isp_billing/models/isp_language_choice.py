from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import hash_sign, verify_hash_signed

from ..const import DOCUMENT_LANGUAGES

CHANNELS = [
    ('form', "Form"),
    ('import', "Import"),
    ('portal', "Customer portal"),
    ('email_link', "Link in an e-mail"),
]
#: scope of the signed links: a token made for something else is worth nothing here
SCOPE = 'isp_billing.language_choice'
LINK_HOURS = 24 * 90


class IspLanguageChoice(models.Model):
    """One change of the language of an account's documents. Rows are only added."""

    _name = 'isp.language.choice'
    _description = "Choice of Document Language"
    _order = 'id desc'
    _rec_name = 'partner_id'

    partner_id = fields.Many2one(
        'res.partner', string="Account", required=True, readonly=True, index=True,
        ondelete='cascade',
    )
    company_id = fields.Many2one('res.company', required=True, readonly=True, index=True)
    previous = fields.Selection(
        DOCUMENT_LANGUAGES, string="Before", readonly=True, help="Empty: the company's default.",
    )
    language = fields.Selection(
        DOCUMENT_LANGUAGES, readonly=True, help="Empty: the company's default again.",
    )
    date = fields.Datetime(required=True, readonly=True, default=fields.Datetime.now, index=True)
    user_id = fields.Many2one(
        'res.users', string="By", required=True, readonly=True,
        default=lambda self: self.env.user,
        help="Who made the change; the public user for a link in an e-mail.",
    )
    channel = fields.Selection(CHANNELS, required=True, readonly=True, default='form', index=True)

    def write(self, vals):
        """Refuse: the log is evidence.

        :raises UserError: whatever is to be changed
        """
        if vals:
            raise UserError(self.env._("Recorded choices of language are not changed afterwards."))
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_never(self):
        raise UserError(self.env._("Recorded choices of language are not deleted."))

    # ---- signed links ------------------------------------------------------------------------

    @api.model
    def _isp_token(self, account, company):
        """Token that lets its bearer choose the language of one account for 90 days (str)."""
        return hash_sign(
            self.sudo().env, SCOPE, [account.id, company.id], expiration_hours=LINK_HOURS)

    @api.model
    def _isp_from_token(self, token):
        """Account (res.partner, sudo, in its company) of a token; empty when it does not hold."""
        accounts = self.env['res.partner'].sudo()
        try:
            values = verify_hash_signed(self.sudo().env, SCOPE, token or '')
        except ValueError:  # not base64, not our version, not UTF-8
            return accounts
        if not values:
            return accounts
        company = self.env['res.company'].sudo().browse(values[1]).exists()
        account = accounts.browse(values[0]).exists()
        return account.with_company(company) if company and account else accounts
