from odoo import models
from odoo.tools import SQL

from ..engine import document_layout, font_characters
from ..sentences import say

#: more findings than this are one that counts them
SHOWN = 20
#: more are not looked for
MOST = 1000


class IspHealthCheck(models.AbstractModel):
    """Names and texts with characters that the fonts of documents lack."""

    _inherit = 'isp.health.check'

    def _isp_company_checks(self):
        return [*super()._isp_company_checks(), self._check_characters]

    def _check_characters(self, company):
        layouts = self.env['isp.document.layout'].search([('company_id', '=', company.id)])
        fonts = frozenset(layouts.mapped('font') or [document_layout.DEFAULTS['font']])
        found = []
        for record, texts in (
            *self._unprintable_customers(company, fonts), *self._plan_texts(company),
            *self._unprintable_drafts(company, fonts),
        ):
            characters = font_characters.missing(texts, fonts)
            if characters:
                found.append((record, characters))
        rows = [self._finding(
            'no_character', 'warning', say(self.env)._(
                "“%(name)s” has characters that documents cannot print: %(characters)s.",
                name=record.display_name, characters=' '.join(characters[:SHOWN])),
            say(self.env)._(
                "They are printed as empty boxes. Write it in Latin, Greek or Cyrillic letters, "
                "without pictures.",
            ), record=record,
        ) for record, characters in found[:SHOWN]]
        return rows + ([self._more_characters(len(found) - SHOWN)] if found[SHOWN:] else [])

    def _more_characters(self, count):
        return self._finding(
            'no_character', 'warning', say(self.env)._(
                "%(count)s more names and texts have characters that documents cannot print.",
                count=count),
            say(self.env)._("They are listed when those above are fixed."))

    def _unprintable_customers(self, company, fonts):
        """Accounts, their contacts and places of service: [(res.partner, name and address)]."""
        rows = self.env.execute_query(SQL(
            """
            WITH account AS (
                SELECT partner_id AS id FROM isp_account_number WHERE company_id = %(company)s)
            SELECT id, concat_ws(' ', name, street, street2, city, zip)
              FROM res_partner
             WHERE active
               AND concat_ws(' ', name, street, street2, city, zip) ~ %(pattern)s
               AND (id IN (SELECT id FROM account)
                    OR type IN ('invoice', 'delivery') AND parent_id IN (SELECT id FROM account)
                    OR id IN (SELECT partner_shipping_id FROM sale_subscription
                               WHERE company_id = %(company)s))
             ORDER BY id
             LIMIT %(most)s
            """, company=company.id, pattern=font_characters.pattern(fonts), most=MOST))
        partners = self.env['res.partner'].browse([row[0] for row in rows])
        return list(zip(partners, [row[1] for row in rows], strict=True))

    def _plan_texts(self, company):
        """Names of plans in both languages: [(isp.service.plan, str)]."""
        texts = company._isp_text_reader().texts
        return [(plan, ' '.join(texts(plan, 'name').values()))
                for plan in self._sale_plans(company)]

    def _unprintable_drafts(self, company, fonts):
        """Draft invoices with such lines: [(account.move, str)]."""
        rows = self.env.execute_query(SQL(
            """
            SELECT move.id, string_agg(line.name, ' ')
              FROM account_move move
              JOIN account_journal journal ON journal.id = move.journal_id
              JOIN account_move_line line ON line.move_id = move.id
             WHERE move.company_id = %(company)s AND move.state = 'draft' AND journal.isp_billing
               AND line.name ~ %(pattern)s
             GROUP BY move.id
             ORDER BY move.id
             LIMIT %(most)s
            """, company=company.id, pattern=font_characters.pattern(fonts), most=MOST))
        moves = self.env['account.move'].browse([row[0] for row in rows])
        return list(zip(moves, [row[1] for row in rows], strict=True))
