from odoo import api, fields, models

from ..const import DOCUMENT_LANGUAGES
from .isp_account_choice import BY_CUSTOMER

#: the choices as the e-mail of confirmation writes them, in both languages
WORDS = {
    'fr': {'en': "anglais", 'fr': "français", 'both': "les deux, le français en premier",
           False: "le choix habituel du fournisseur"},
    'en': {'en': "English", 'fr': "French", 'both': "both, French first",
           False: "what the provider uses"},
}


class IspLanguageChoice(models.Model):
    """One change of the language of an account's documents. Rows are only added."""

    _name = 'isp.language.choice'
    _description = "Choice of Document Language"
    _inherit = ['isp.account.choice']
    _isp_scope = 'isp_billing.language_choice'

    previous = fields.Selection(
        DOCUMENT_LANGUAGES, string="Before", readonly=True, help="Empty: the company's default.",
    )
    language = fields.Selection(
        DOCUMENT_LANGUAGES, readonly=True, help="Empty: the company's default again.",
    )

    @api.model_create_multi
    def create(self, vals_list):
        """Confirm to the customer what came by a door that nobody of the company watches."""
        choices = super().create(vals_list)
        choices.filtered(lambda choice: choice.channel in BY_CUSTOMER)._isp_confirm()
        return choices

    # ---- confirmation ------------------------------------------------------------------------

    def _isp_confirm(self):
        """Queue the e-mail of confirmation, in both languages, and wake the mail queue.

        It goes out by the queue: a mail server that does not answer must not cost the customer
        the choice.  Accounts without a usable address get none.
        """
        template = self.env.ref('isp_billing.mail_template_language_changed').sudo()
        for choice in self.sudo():
            if choice._isp_recipient():
                template.send_mail(choice.id, force_send=False)
        self.env.ref('mail.ir_cron_mail_scheduler_action').sudo()._trigger()

    def _isp_recipient(self):
        """Addresses of the account, '' when there is none that can be used (str)."""
        self.ensure_one()
        return self.sudo().partner_id._isp_recipient()

    def _isp_words(self, language, value):
        """A choice in words: ``value`` is one of the languages of documents or False (str)."""
        return WORDS[language][value or False]

    def _isp_account_number(self):
        """Number of the account in the company of the choice (str)."""
        self.ensure_one()
        account = self.sudo().partner_id.with_company(self.company_id)
        return account.isp_account_number or ''

    def _isp_url(self):
        """Signed address where the choice can be changed again (str)."""
        self.ensure_one()
        token = self._isp_token(self.partner_id, self.company_id)
        return f"{self.company_id.sudo().get_base_url()}/isp/language/{token}"
