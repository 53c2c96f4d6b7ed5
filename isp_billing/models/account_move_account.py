from odoo import api, fields, models


class AccountMove(models.Model):
    """An invoice that somebody makes by hand belongs to an account as those of a run do."""

    _inherit = 'account.move'

    isp_account_id = fields.Many2one(
        compute='_compute_isp_account_id', store=True, readonly=False, copy=True,
        domain="[('isp_is_account', '=', True)]",
    )

    @api.depends('partner_id', 'journal_id', 'move_type', 'company_id')
    def _compute_isp_account_id(self):
        """The customer, or for a contact the nearest customer above it, with an account number.

        What a run or a correction wrote stays.
        """
        for move in self:
            if not move.isp_bill_run_id and not move.reversed_entry_id and move.isp_has_document:
                move.isp_account_id = move.partner_id._isp_nearest_account(move.company_id)
            else:
                move.isp_account_id = move.isp_account_id  # noqa: PLW0127 - a computed field


class ResPartner(models.Model):
    _inherit = 'res.partner'

    def _isp_nearest_account(self, company):
        """This partner or the nearest one above it that has an account number in a company.

        :rtype: res.partner, empty when there is none
        """
        partner = self.with_company(company)
        while partner and not partner.isp_account_number:
            partner = partner.parent_id
        return partner
