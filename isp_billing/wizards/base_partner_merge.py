from odoo import models
from odoo.exceptions import UserError


class BasePartnerMergeAutomaticWizard(models.TransientModel):
    """Merging contacts rewrites every reference in SQL; what the books rest on is kept from it."""

    _inherit = 'base.partner.merge.automatic.wizard'

    def _merge(self, partner_ids, dst_partner=None, extra_checks=True):
        """Refuse to make one of two accounts, and to touch what a hash seals.

        :raises UserError: with the mend
        """
        partners = self.env['res.partner'].browse(partner_ids).exists()
        self._isp_check_accounts(partners)
        if dst_partner:
            self._isp_check_hashes(partners - dst_partner)
        return super()._merge(partner_ids, dst_partner, extra_checks)

    def _isp_check_accounts(self, partners):
        # sudo: whoever merges may not see the accounts of every company
        numbers = self.env['isp.account.number'].sudo().search([('partner_id', 'in', partners.ids)])
        for company, own in numbers.grouped('company_id').items():
            if len(own) > 1:
                raise UserError(self.env._(
                    "%(numbers)s are different accounts of %(company)s, each with bills of its "
                    "own, and are not merged. Move the services to one of them: end them on the "
                    "one, start them on the other.",
                    numbers=", ".join(own.mapped(
                        lambda row: f"{row.number} ({row.partner_id.name})")),
                    company=company.name,
                ))

    def _isp_check_hashes(self, sources):
        sealed = self.env['account.move.line'].sudo().search([
            ('partner_id', 'in', sources.ids), ('journal_id.isp_billing', '=', True),
            ('move_id.inalterable_hash', '!=', False),
        ], limit=1)
        if sealed:
            raise UserError(self.env._(
                "Invoice %(invoice)s of %(customer)s is sealed by a hash that covers its customer. "
                "Choose %(customer)s as the contact that is kept.",
                invoice=sealed.move_id.name, customer=sealed.partner_id.display_name,
            ))
