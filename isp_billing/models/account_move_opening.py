from odoo import api, models

from ..names import name_in_languages

#: code of the sales journal of opening balances; its documents are no bills of ours
OPENING_CODE = 'OPEN'


class AccountJournal(models.Model):
    _inherit = 'account.journal'

    @api.model
    def _isp_opening_journal(self, company):
        """The sales journal of documents that a former system issued (made when missing)."""
        # sudo: who imports may not set up journals; this one is always the same
        journals = self.sudo().with_company(company)
        return journals.search([
            ('company_id', '=', company.id), ('type', '=', 'sale'), ('code', '=', OPENING_CODE),
        ], limit=1) or name_in_languages(journals.create({
            'name': self.with_context(lang='en_US')._isp_made_name(), 'code': OPENING_CODE,
            'type': 'sale',
            'company_id': company.id, 'isp_billing': False, 'show_on_dashboard': False,
        }))

    @api.model
    def _isp_made_records(self):
        """Journals of opening balances that have their English name still."""
        english = self.with_context(lang='en_US', active_test=False)
        return english.search([
            ('code', '=', OPENING_CODE), ('name', '=', english._isp_made_name())])

    def _isp_made_name(self):
        """Name of the journal of opening balances."""
        return self.env._("Opening balances")


class AccountMove(models.Model):
    """Opening balances that were entered as journal entries show what is due, and when.

    Odoo computes neither for journal entries. Documents of the import are invoices and need none
    of this.
    """

    _inherit = 'account.move'

    def _isp_opening_entries(self):
        return self.filtered(
            lambda move: move.move_type == 'entry' and move.isp_opening_document)

    def _isp_receivable_items(self):
        return self.line_ids.filtered(
            lambda line: line.account_id.account_type == 'asset_receivable')

    @api.depends('isp_opening_document')
    def _compute_amount(self):
        super()._compute_amount()
        for move in self._isp_opening_entries():
            items = move._isp_receivable_items()
            move.amount_residual = abs(sum(items.mapped('amount_residual_currency')))
            move.amount_residual_signed = sum(items.mapped('amount_residual'))

    @api.depends('isp_opening_document', 'line_ids.date_maturity', 'date')
    def _compute_invoice_date_due(self):
        super()._compute_invoice_date_due()
        for move in self._isp_opening_entries():
            days = [item.date_maturity or move.date for item in move._isp_receivable_items()]
            move.invoice_date_due = max(days, default=move.invoice_date_due)

    @api.depends('isp_opening_document')
    def _compute_payment_state(self):
        super()._compute_payment_state()
        for move in self._isp_opening_entries().filtered(lambda move: move.state == 'posted'):
            currency = move.currency_id or move.company_id.currency_id
            if currency.is_zero(move.amount_residual):
                move.payment_state = 'paid'
            elif currency.compare_amounts(move.amount_residual, abs(move.amount_total)):
                move.payment_state = 'partial'
