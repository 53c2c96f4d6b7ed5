"""Bank accounts that customers pay to: who sets them, and the trace that a change leaves."""
from odoo import api, models
from odoo.exceptions import UserError

#: what decides where money goes
BANK_FACTS = {'acc_number', 'partner_id', 'bank_id', 'acc_holder_name', 'sequence', 'active'}
JOURNAL_FACTS = {'bank_account_id'}
#: groups whose members may change them
MANAGERS = 'isp_billing.group_manager,account.group_account_manager,base.group_system'


class ResPartnerBank(models.Model):
    """Account numbers of our companies stand in the payment code of every invoice."""

    _name = 'res.partner.bank'
    _inherit = ['res.partner.bank', 'isp.audited']

    def _isp_audited_fields(self):
        """Override of `isp.audited`: number, holder, order."""
        return BANK_FACTS

    def _isp_audit_company(self):
        """Override of `isp.audited`: the company that is paid there."""
        return self._isp_companies()[:1]

    def _isp_audit_entries(self, action, before, after, reason=None):
        """Override of `isp.audited`: accounts of customers and suppliers leave no row."""
        own = self.filtered(lambda bank: bank._isp_companies())
        return super(ResPartnerBank, own)._isp_audit_entries(action, before, after, reason)

    def _isp_companies(self):
        """Companies that are paid on these accounts (res.company, sudo)."""
        # sudo: whether a contact is that of a company, whoever asks
        return self.env['res.company'].sudo().search(
            [('partner_id', 'in', self.sudo().partner_id.ids)], order='id')

    def _isp_check_manager(self):
        """:raises UserError: when somebody else than a manager changes where customers pay"""
        if self.env.su or self.env.user.has_groups(MANAGERS):
            return
        for bank in self.filtered(lambda bank: bank._isp_companies()):
            raise UserError(self.env._(
                "%(account)s is a bank account of %(company)s: customers pay to it. A billing or "
                "accounting manager adds or changes it.", account=bank.sudo().acc_number,
                company=bank._isp_companies()[0].name))

    @api.model_create_multi
    def create(self, vals_list):
        banks = super().create(vals_list)
        banks._isp_check_manager()
        return banks

    def write(self, vals):
        self._isp_check_manager()
        result = super().write(vals)
        self._isp_check_manager()
        return result

    @api.ondelete(at_uninstall=False)
    def _unlink_by_managers(self):
        self._isp_check_manager()


class AccountJournal(models.Model):
    """The bank account of a journal decides as well."""

    _name = 'account.journal'
    _inherit = ['account.journal', 'isp.audited']

    def _isp_audited_fields(self):
        """Override of `isp.audited`: where its customers pay."""
        return JOURNAL_FACTS

    def _isp_audit_entries(self, action, before, after, reason=None):
        """Override of `isp.audited`: a journal without a bank account leaves no row."""
        entries = super()._isp_audit_entries(action, before, after, reason)
        return [entry for entry in entries if entry['changes']]
