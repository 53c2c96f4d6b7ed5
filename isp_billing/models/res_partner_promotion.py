from odoo import api, fields, models

FIELD = 'isp_no_promotions'


class ResPartner(models.Model):
    """What the account wants to receive with its invoices; each change is recorded."""

    _inherit = 'res.partner'

    isp_no_promotions = fields.Boolean(
        string="No promotions", company_dependent=True, tracking=True,
        help="The customer wants no promotions with the invoices. Legal notices still go out.",
    )
    isp_promotion_choice_ids = fields.One2many(
        'isp.promotion.choice', 'partner_id', string="Choices about promotions", readonly=True,
        groups="isp_billing.group_clerk,isp_billing.group_approver,isp_billing.group_auditor",
    )

    @api.model_create_multi
    def create(self, vals_list):
        partners = super().create(vals_list)
        partners._isp_log_promotions({
            partner: False for partner, vals in zip(partners, vals_list, strict=True)
            if vals.get(FIELD)
        })
        return partners

    def write(self, vals):
        if FIELD not in vals:
            return super().write(vals)
        before = {partner: partner[FIELD] for partner in self}
        result = super().write(vals)
        self._isp_log_promotions(before)
        return result

    def _isp_log_promotions(self, before):
        """Record the changes.

        :param dict before: whether promotions were refused earlier, by partner
        """
        choices = self.env['isp.promotion.choice'].sudo()
        channel = choices._isp_channel(self.env.su)
        choices.create([
            {'partner_id': partner.id, 'company_id': self.env.company.id,
             'refused': partner[FIELD], 'channel': channel}
            for partner, refused in before.items() if refused != partner[FIELD]
        ])

    def _isp_choose_promotions(self, refused, channel):
        """What the customer chose; it holds from the next document on.

        :param bool refused: whether promotions shall stay away
        :param str channel: see ``isp.account.choice``
        """
        self.ensure_one()
        self.with_context(isp_choice_channel=channel)[FIELD] = refused

    def action_isp_write_note(self):
        """Open a new note that is printed on the next invoice of this account only."""
        self.ensure_one()
        return {
            'type': 'ir.actions.act_window', 'res_model': 'isp.invoice.message',
            'name': self.env._("Note on the next invoice"), 'view_mode': 'form', 'target': 'new',
            'context': {
                'default_account_id': self.id, 'default_once': True, 'default_sequence': 1,
                'default_name': self.env._("Note for %(name)s", name=self.name),
                'default_company_id': self.env.company.id,
            },
        }
