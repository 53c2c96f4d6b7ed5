from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import hash_sign, verify_hash_signed

CHANNELS = [
    ('form', "Form"),
    ('import', "Import"),
    ('portal', "Customer portal"),
    ('email_link', "Link in an e-mail"),
]
#: channels on which the customer chose without anybody of the company
BY_CUSTOMER = ('portal', 'email_link')
LINK_HOURS = 24 * 90


class IspAccountChoice(models.AbstractModel):
    """What was chosen for an account, when, by whom and how. Rows are only added.

    Each kind of choice is a model of its own with its values before and after; the signed links
    with which customers choose from an e-mail are made and read here.
    """

    _name = 'isp.account.choice'
    _description = "Recorded Choice of an Account"
    _order = 'id desc'
    _rec_name = 'partner_id'

    #: what a signed link of this model is good for: a token made for something else is worthless
    _isp_scope = None

    partner_id = fields.Many2one(
        'res.partner', string="Account", required=True, readonly=True, index=True,
        ondelete='cascade',
    )
    company_id = fields.Many2one('res.company', required=True, readonly=True, index=True)
    date = fields.Datetime(required=True, readonly=True, default=fields.Datetime.now, index=True)
    user_id = fields.Many2one(
        'res.users', string="By", required=True, readonly=True,
        default=lambda self: self.env.user,
        help="Who made the change; the public user for a link in an e-mail.",
    )
    person = fields.Char(
        readonly=True, default=lambda self: self.env.user.name,
        help="Name of the user at that time. For the link of an e-mail, whose address got it.",
    )
    channel = fields.Selection(CHANNELS, required=True, readonly=True, default='form', index=True)

    def write(self, vals):
        """Refuse: the log is evidence.

        :raises UserError: whatever is to be changed
        """
        if vals:
            raise UserError(self.env._("Recorded choices are not changed afterwards."))
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_never(self):
        raise UserError(self.env._("Recorded choices are not deleted."))

    @api.model_create_multi
    def create(self, vals_list):
        """Write down the person in words: users are renamed, and who follows a link is none."""
        for vals in vals_list:
            if vals.get('channel') == 'email_link':
                account = self.env['res.partner'].sudo().browse(vals['partner_id'])
                vals['person'] = account.email_formatted or account.name
        return super().create(vals_list)

    @api.model
    def _isp_channel(self, trusted):
        """Channel of a change that happens now (str).

        It comes from the context (``isp_choice_channel``); a file import says so by itself.

        :param bool trusted: whether our own code says so; nobody writes down by a remote call
            that the customer chose
        """
        context = self.env.context
        channel = context.get('isp_choice_channel')
        if channel and (trusted or channel not in BY_CUSTOMER):
            return channel
        return 'import' if context.get('import_file') else 'form'

    # ---- signed links ------------------------------------------------------------------------

    @api.model
    def _isp_token(self, account, company):
        """Token that lets its bearer make this choice for one account for 90 days (str)."""
        return hash_sign(
            self.sudo().env, self._isp_scope, [account.id, company.id],
            expiration_hours=LINK_HOURS)

    @api.model
    def _isp_from_token(self, token):
        """Account (res.partner, sudo, in its company) of a token; empty when it does not hold."""
        accounts = self.env['res.partner'].sudo()
        try:
            values = verify_hash_signed(self.sudo().env, self._isp_scope, token or '')
        except ValueError:  # not base64, not our version, not UTF-8
            return accounts
        if not values:
            return accounts
        company = self.env['res.company'].sudo().browse(values[1]).exists()
        account = accounts.browse(values[0]).exists()
        return account.with_company(company) if company and account else accounts
