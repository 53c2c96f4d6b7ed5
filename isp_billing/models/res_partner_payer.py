from decimal import Decimal

from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.tools import SQL

from ..const import PAYER_SHARES
from ..engine.money import to_decimal


class ResPartner(models.Model):
    """Another account may pay for this one, in whole or in part."""

    _inherit = 'res.partner'

    isp_payer_id = fields.Many2one(
        'res.partner', string="Paid by", company_dependent=True,
        help="The account that receives the charges of this one. Empty: this account itself.",
    )
    isp_payer_share = fields.Selection(
        PAYER_SHARES, string="Pays", company_dependent=True,
        help="What the payer takes over; this account is billed for the rest.",
    )
    isp_payer_percent = fields.Float(string="Share (%)", company_dependent=True)
    isp_payer_amount = fields.Float(
        string="Up to", company_dependent=True, digits=0,
        help="Amount before tax that the payer takes over on each bill, in the currency of the "
             "charges.",
    )
    isp_paid_ids = fields.Many2many(
        'res.partner', string="Pays for", compute='_compute_isp_paid_ids',
        help="The accounts whose charges this one receives.",
    )

    @api.depends_context('company')
    def _compute_isp_paid_ids(self):
        paid = self.with_context(active_test=False).search([('isp_payer_id', 'in', self.ids)])
        for partner in self:
            partner.isp_paid_ids = paid.filtered(
                lambda account, partner=partner: account.isp_payer_id == partner._origin,
            )

    @api.constrains('isp_payer_id', 'isp_payer_share', 'isp_payer_percent', 'isp_payer_amount')
    def _check_isp_payer(self):
        for partner in self.filtered('isp_payer_id'):
            payer = partner.isp_payer_id
            if payer == partner or payer.isp_payer_id or self.search_count(
                [('isp_payer_id', '=', partner.id)], limit=1,
            ):
                raise ValidationError(self.env._(
                    "%(account)s cannot be paid by %(payer)s: a payer pays for itself, and an "
                    "account that pays for others is not paid by anybody.",
                    account=partner.display_name, payer=payer.display_name,
                ))
            if not 0 <= partner.isp_payer_percent <= 100 or partner.isp_payer_amount < 0:
                raise ValidationError(self.env._(
                    "%(account)s: the payer's share is 0 to 100 %%, its amount 0 or more.",
                    account=partner.display_name,
                ))

    def action_isp_change_bill_day(self):
        """Ask for the new bill day of the account."""
        self.ensure_one()
        return {
            'type': 'ir.actions.act_window', 'name': self.env._("Change the bill day"),
            'res_model': 'isp.bill.day.wizard', 'view_mode': 'form', 'target': 'new',
            'context': {'default_account_id': self.id, 'default_by': 'profile'},
        }

    def _isp_payer_weights(self, company):
        """Payers of the account with their weights, for shares that need no amount.

        :return: tuple of (partner id, Decimal); empty when the account pays all of it, or when
            the payer pays up to an amount
        """
        self.ensure_one()
        account = self.with_company(company)
        payer = account.isp_payer_id
        if not payer or account.isp_payer_share == 'amount':
            return ()
        if account.isp_payer_share == 'percent':
            percent = to_decimal(account.isp_payer_percent)
            return ((payer.id, percent), (account.id, Decimal(100) - percent))
        return ((payer.id, Decimal(1)),)

    def _isp_present_payers(self, company):
        """Ids of the partners on whose bills new charges of the account come (set of int)."""
        self.ensure_one()
        payer = self.with_company(company).isp_payer_id
        if not payer:
            return {self.id}
        weights = self._isp_payer_weights(company)
        return {one for one, weight in weights if weight} or {payer.id, self.id}

    def _isp_with_paid(self, company):
        """These accounts, the ones that they pay for, and those that they once paid for.

        What was paid for another account is credited to whoever paid it.
        """
        return self | self.with_context(active_test=False).with_company(company).search(
            [('isp_payer_id', 'in', self.ids)],
        ) | self.browse(self._isp_once_paid(company))

    def _isp_once_paid(self, company):
        """Ids of accounts whose charges these ones paid (list of int)."""
        if not self.ids:
            return []
        return [account for account, in self.env.execute_query(SQL(
            """
            SELECT DISTINCT account_id FROM isp_charge
             WHERE company_id = %s AND payer_id != account_id AND payer_id IN %s
            """, company.id, tuple(self.ids),
        ))]

    @api.model
    def _isp_once_payers(self, company):
        """Ids of accounts that paid charges of others (list of int)."""
        return [payer for payer, in self.env.execute_query(SQL(
            "SELECT DISTINCT payer_id FROM isp_charge "
            "WHERE company_id = %s AND payer_id != account_id", company.id,
        ))]
