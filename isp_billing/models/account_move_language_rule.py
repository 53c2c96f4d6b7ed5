from odoo import api, fields, models
from odoo.exceptions import UserError


class AccountMove(models.Model):
    """Language rules on invoices that are made by hand; those of runs are checked by the run."""

    _inherit = 'account.move'

    isp_language_problem = fields.Char(
        compute='_compute_isp_language_problem', export_string_translation=False)

    @api.depends('state', 'journal_id', 'partner_id', 'partner_shipping_id', 'isp_account_id')
    def _compute_isp_language_problem(self):
        for move in self:
            problem = move._isp_language_rule_problem()
            move.isp_language_problem = problem and problem[1]

    def _isp_language_rule_problem(self):
        """What is wrong with the language of a draft: (action, message), None when all is well.

        A credit note follows the invoice that it corrects, whatever the rule says now.
        """
        self.ensure_one()
        account = self._isp_document_account()
        if self.state != 'draft' or not self.isp_has_document or not account \
                or self.reversed_entry_id:
            return None
        return account._isp_language_problem(
            self.company_id, self.partner_shipping_id or None, self._isp_resolve_language()[0])

    def _post(self, soft=True):
        """Refuse what the rule of its place blocks.

        :raises UserError: for a document in English alone where French must be there
        """
        for move in self.filtered(lambda move: not move.isp_bill_run_id):
            action, message = move._isp_language_rule_problem() or (None, None)
            if action == 'block':
                raise UserError(message)
        return super()._post(soft=soft)
