from odoo import models
from odoo.exceptions import UserError
from odoo.tools import SQL

from ..guard import own_write


class BasePartnerMergeAutomaticWizard(models.TransientModel):
    """Merging contacts rewrites every reference in SQL; what the books rest on is kept from it."""

    _inherit = 'base.partner.merge.automatic.wizard'

    def _merge(self, partner_ids, dst_partner=None, extra_checks=True):
        """Refuse to make one of two accounts, and to touch what a hash seals.

        :raises UserError: with the mend
        """
        partners = self.env['res.partner'].browse(partner_ids).exists()
        self._isp_check_accounts(partners)
        self._isp_check_payers(partners)
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

    def _isp_check_payers(self, partners):
        """Refuse to make one of an account and whoever pays, or paid, a part of its charges."""
        # sudo: whoever merges may not see the accounts of every company
        for company in self.env['res.company'].sudo().search([('id', '!=', False)]):
            paid = partners.sudo().with_company(company).filtered(
                lambda partner: partner.isp_payer_id in partners - partner)
            shared = self.env.execute_query(SQL(
                """
                SELECT account_id FROM isp_charge
                 WHERE company_id = %(company)s AND account_id IN %(partners)s
                   AND payer_id IN %(partners)s AND payer_id != account_id
                 LIMIT 1
                """, company=company.id, partners=tuple(partners.ids) or (0,)))
            account = paid[:1] or partners.browse(shared and shared[0][0])
            if account:
                raise UserError(self.env._(
                    "%(account)s and another of these contacts share bills: the one pays, or "
                    "paid, for the other. They are not merged, since nobody could tell any more "
                    "who paid what.", account=account.display_name,
                ))

    def _update_reference_fields(self, src_partners, dst_partner):
        """Override of `base`: contacts that stand in stored facts are replaced there too."""
        result = super()._update_reference_fields(src_partners, dst_partner)
        self.env.flush_all()
        for table in ('isp_charge', 'isp_bill_run_bill_line'):
            self._isp_merge_shares(table, src_partners, dst_partner)
        self.env.cr.execute(SQL(
            "UPDATE isp_bill_run_bill SET group_key = regexp_replace(group_key, %s, %s) "
            "WHERE group_key ~ %s",
            f"^A({'|'.join(map(str, src_partners.ids))})(P|$)", fr'A{dst_partner.id}\2',
            f"^A({'|'.join(map(str, src_partners.ids))})(P|$)",
        ))
        self.env.cr.execute(SQL(
            """
            UPDATE isp_book_check_finding SET res_ids = (
                   SELECT jsonb_agg(CASE WHEN one::int IN %(sources)s THEN %(kept)s
                                    ELSE one::int END)
                     FROM jsonb_array_elements_text(res_ids) AS ids(one))
             WHERE res_model = 'res.partner' AND jsonb_typeof(res_ids) = 'array'
               AND jsonb_array_length(res_ids) > 0
            """, sources=tuple(src_partners.ids), kept=dst_partner.id))
        self.env.invalidate_all()
        self._isp_claim_items(dst_partner)
        return result

    def _isp_claim_items(self, kept):
        """What merged contacts paid before they had an account belongs to that of the kept one."""
        # sudo: whoever merges may not see the accounts of every company
        contacts = self.env['res.partner'].sudo().with_context(active_test=False)
        numbers = self.env['isp.account.number'].sudo().search([
            ('partner_id', 'in', contacts.search([('id', 'parent_of', kept.ids)]).ids)])
        with own_write():
            self.env['account.move.line'].sudo()._isp_claim_items(numbers)

    def _isp_merge_shares(self, table, src_partners, dst_partner):
        """Replace the payers in the weights of shared charges."""
        self.env.cr.execute(SQL(
            """
            UPDATE %(table)s SET detail = jsonb_set(detail, '{share}', (
                   SELECT jsonb_agg(
                              CASE WHEN (part ->> 0)::int IN %(sources)s
                              THEN jsonb_set(part, '{0}', to_jsonb(%(kept)s)) ELSE part END
                              ORDER BY place)
                     FROM jsonb_array_elements(detail -> 'share')
                          WITH ORDINALITY AS shares(part, place)))
             WHERE detail ? 'share'
               AND EXISTS (SELECT 1 FROM jsonb_array_elements(detail -> 'share') AS part
                            WHERE (part ->> 0)::int IN %(sources)s)
            """, table=SQL.identifier(table), sources=tuple(src_partners.ids),
            kept=dst_partner.id))

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
