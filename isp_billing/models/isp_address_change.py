from odoo import api, fields, models
from odoo.exceptions import UserError

STATES = [
    ('waiting', "Waits for a person"),
    ('accepted', "Accepted"),
    ('refused', "Declined"),
    ('replaced', "Replaced by a later one"),
    ('applied', "Taken at once"),
]


class IspAddressChange(models.Model):
    """A change of an address by a customer on the portal, with what it was before.

    One that may move taxes or the law of the bills is written when somebody of the company
    accepts it. Every step leaves an audit row.
    """

    _name = 'isp.address.change'
    _description = "Change of an Address on the Portal"
    _inherit = ['isp.audited']
    _order = 'id desc'
    _rec_name = 'partner_id'

    partner_id = fields.Many2one(
        'res.partner', string="Address", required=True, readonly=True, index=True,
        ondelete='cascade',
    )
    account_id = fields.Many2one(
        'res.partner', string="Billing account", required=True, readonly=True, index=True,
        ondelete='cascade',
    )
    company_id = fields.Many2one('res.company', required=True, readonly=True, index=True)
    date = fields.Datetime(required=True, readonly=True, default=fields.Datetime.now)
    user_id = fields.Many2one(
        'res.users', string="By", required=True, readonly=True,
        default=lambda self: self.env.user,
    )
    before = fields.Json(string="Facts before", readonly=True, export_string_translation=False)
    wanted = fields.Json(string="Facts wanted", readonly=True, export_string_translation=False)
    before_text = fields.Text(string="Before", compute='_compute_texts')
    wanted_text = fields.Text(string="Wanted", compute='_compute_texts')
    state = fields.Selection(STATES, required=True, readonly=True, default='waiting', index=True)
    decided_by_id = fields.Many2one('res.users', string="Decision by", readonly=True)
    decided_date = fields.Datetime(string="Decided on", readonly=True)
    recipient = fields.Char(
        string="Confirmed to", readonly=True, help="E-mail address that was known before.")

    @api.depends('before', 'wanted')
    @api.depends_context('lang')
    def _compute_texts(self):
        for change in self:
            change.before_text = change._isp_text(change.before)
            change.wanted_text = change._isp_text(change.wanted)

    def _isp_text(self, values):
        """Values of an address, a field on a line (str)."""
        partners = self.env['res.partner']
        lines = []
        for name, value in sorted((values or {}).items()):
            field = partners._fields[name]
            if field.type == 'many2one':
                value = self.env[field.comodel_name].browse(value or ()).exists().display_name
            lines.append(f"{field._description_string(self.env)}: {value or '–'}")
        return '\n'.join(lines)

    @api.model_create_multi
    def create(self, vals_list):
        """Replace what still waits for the same address, and confirm to the customer."""
        changes = super().create(vals_list)
        waiting = changes.filtered(lambda change: change.state == 'waiting')
        self.search([
            ('partner_id', 'in', waiting.partner_id.ids), ('state', '=', 'waiting'),
            ('id', 'not in', waiting.ids)]).state = 'replaced'
        template = self.env.ref('isp_billing.mail_template_address_changed').sudo()
        for change in changes.sudo().filtered('recipient'):
            template.send_mail(change.id, force_send=False)
        self.env.ref('mail.ir_cron_mail_scheduler_action').sudo()._trigger()
        return changes

    # === Decisions === #

    def action_accept(self):
        """Write the wanted address; the next bill has its taxes."""
        for change in self._isp_decide('accepted'):
            # sudo: the person was checked, and the rows of this model are kept by the server
            change.sudo().partner_id.write(change.wanted)

    def action_refuse(self):
        """Leave the address as it is."""
        self._isp_decide('refused')

    def _isp_decide(self, state):
        """Note the decision on all rows of the same change.

        :raises UserError: when the user may not decide, or nothing waits
        :return: one row for each change that was decided
        """
        self.check_access('read')
        if not (self.env.user.has_group('isp_billing.group_clerk')
                or self.env.user.has_group('isp_billing.group_manager')):
            raise UserError(self.env._("Only a billing clerk or manager decides about addresses."))
        waiting = self.filtered(lambda change: change.state == 'waiting')
        if not waiting:
            raise UserError(self.env._("Nothing waits for a decision here."))
        # the same wish has a row for each company of the account
        rows = self.sudo().search([
            ('partner_id', 'in', waiting.partner_id.ids), ('state', '=', 'waiting')])
        rows.write({'state': state, 'decided_by_id': self.env.uid,
                    'decided_date': fields.Datetime.now()})
        return waiting.grouped('partner_id') and self.browse(
            [group[0].id for group in waiting.grouped('partner_id').values()])

    # === Portal === #

    @api.model
    def _isp_waiting_of(self, user):
        """Whether a change waits for a person, of the account that a user stands for (bool)."""
        # sudo: only yes or no comes out
        return bool(self.sudo().search_count([
            ('account_id', '=', user.partner_id._isp_portal_account().id),
            ('state', '=', 'waiting')], limit=1))
