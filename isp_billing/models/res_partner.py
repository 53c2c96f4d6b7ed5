from odoo import api, fields, models
from odoo.fields import Domain

from ..const import DELIVERY_CHANNELS, DOCUMENT_LANGUAGES


class ResPartner(models.Model):
    """A partner with an account number is a billing account of that company."""

    _inherit = 'res.partner'

    isp_number_ids = fields.One2many('isp.account.number', 'partner_id', string="Account numbers")
    isp_is_account = fields.Boolean(
        string="Billing account", compute='_compute_isp_is_account', store=True,
    )
    isp_account_number = fields.Char(
        string="Account number", compute='_compute_isp_account_number',
        inverse='_inverse_isp_account_number', search='_search_isp_account_number',
        help="Number of the billing account in the present company. The last digit is a check "
             "digit.",
    )
    isp_billing_profile_id = fields.Many2one(
        'isp.billing.profile', string="Billing profile", company_dependent=True,
        domain="[('company_id', '=', current_company_id)]",
        help="Empty: the company's default billing profile.",
    )
    isp_document_language = fields.Selection(
        DOCUMENT_LANGUAGES, string="Language of the bill", company_dependent=True,
        help="The customer's recorded choice. Empty: the company's default.",
    )
    isp_delivery_channel = fields.Selection(
        DELIVERY_CHANNELS, string="Bill delivery", company_dependent=True,
        help="How invoices reach the customer. Empty: e-mail.",
    )
    isp_subscription_ids = fields.One2many(
        'sale.subscription', 'isp_account_id', string="Billed subscriptions",
    )
    isp_subscription_count = fields.Integer(compute='_compute_isp_counts')
    isp_charge_count = fields.Integer(compute='_compute_isp_counts')
    isp_invoice_count = fields.Integer(compute='_compute_isp_counts')

    @api.depends('isp_number_ids')
    def _compute_isp_is_account(self):
        for partner in self:
            partner.isp_is_account = bool(partner.isp_number_ids)

    @api.depends('isp_number_ids.number', 'isp_number_ids.company_id')
    @api.depends_context('company')
    def _compute_isp_account_number(self):
        rows = self.env['isp.account.number'].search([
            ('partner_id', 'in', self.ids), ('company_id', '=', self.env.company.id),
        ])
        numbers = {row.partner_id.id: row.number for row in rows}
        for partner in self:
            partner.isp_account_number = numbers.get(partner._origin.id)

    def _inverse_isp_account_number(self):
        numbers = self.env['isp.account.number']
        for partner in self:
            row = partner.isp_number_ids.filtered(lambda r: r.company_id == self.env.company)
            if row and partner.isp_account_number:
                row.number = partner.isp_account_number
            elif row:
                row.unlink()
            elif partner.isp_account_number:
                numbers.create({
                    'partner_id': partner.id, 'number': partner.isp_account_number,
                    'company_id': self.env.company.id,
                })

    def _search_isp_account_number(self, operator, value):
        if operator not in ('in', 'ilike', 'like', '=ilike', '=like'):
            return NotImplemented
        numbers = self.env['isp.account.number'].sudo()
        company = Domain('company_id', '=', self.env.company.id)
        domain = Domain('id', 'in', numbers._search(company & Domain('number', operator, value))
                        .subselect('partner_id'))
        if operator == 'in' and False in value:
            domain |= Domain('id', 'not in', numbers._search(company).subselect('partner_id'))
        return domain

    def _compute_isp_counts(self):
        subscriptions = self._isp_count_by_account('sale.subscription')
        charges = self._isp_count_by_account('isp.charge')
        invoices = self._isp_count_by_account('account.move')
        for partner in self:
            partner.isp_subscription_count = subscriptions.get(partner, 0)
            partner.isp_charge_count = charges.get(partner, 0)
            partner.isp_invoice_count = invoices.get(partner, 0)

    def _isp_count_by_account(self, model):
        """Number of a model's records per account, 0 when the user may not read them."""
        if not self.env[model].has_access('read'):
            return {}
        domain = [('isp_account_id' if model != 'isp.charge' else 'account_id', 'in', self.ids)]
        field = domain[0][0]
        return dict(self.env[model]._read_group(domain, [field], ['__count']))

    def _isp_profile(self, company):
        """Billing profile of the account in a company (isp.billing.profile, may be empty)."""
        self.ensure_one()
        return self.with_company(company).isp_billing_profile_id or company.isp_profile_id

    def _isp_country_language_rule(self, company, address):
        """Language that the law of the service address asks for.

        Country modules override it.

        :param address: res.partner, where the service is used
        :return: 'en', 'fr', 'both' or None when no rule applies
        """

    def _isp_resolve_language(self, company, address=None):
        """Language of the documents of the account, and the step that decided.

        The order: the account's recorded choice, the rule of the country or province, the
        company's default, English. What an invoice has frozen comes before all of them.

        :param address: res.partner, the service address; the account itself when empty
        :return: (language, step), see ``account.move.isp_language``
        """
        self.ensure_one()
        account = self.with_company(company)
        choices = (
            (account.isp_document_language, 'account'),
            (account._isp_country_language_rule(company, address or account), 'country'),
            (company.isp_document_language, 'company'),
        )
        return next(((lang, step) for lang, step in choices if lang), ('en', 'default'))

    def _isp_text_lang(self, company, address=None):
        """Language code of the texts written for the account, such as invoice lines (str)."""
        return company._isp_language_code(self._isp_resolve_language(company, address)[0])

    def action_isp_open_account(self):
        """Give the customer the next free account number of the present company."""
        for partner in self.filtered(lambda p: not p.isp_account_number):
            partner.isp_account_number = self.env['isp.account.number']._isp_next_number(
                self.env.company,
            )

    def action_view_isp_subscriptions(self):
        self.ensure_one()
        return self.env['sale.subscription']._isp_action(
            self.env._("Subscriptions"), [('isp_account_id', '=', self.id)],
            {'default_partner_id': self.id, 'default_isp_billed': True},
        )

    def action_view_isp_charges(self):
        self.ensure_one()
        return {
            'type': 'ir.actions.act_window', 'name': self.env._("Charges"),
            'res_model': 'isp.charge', 'view_mode': 'list,form,pivot,graph',
            'domain': [('account_id', '=', self.id)],
        }

    def action_view_isp_invoices(self):
        self.ensure_one()
        return self.env['account.move']._isp_action(
            self.env._("Invoices"), [('isp_account_id', '=', self.id)],
        )
