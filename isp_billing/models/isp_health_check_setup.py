"""Set-ups that are silently wrong: nothing fails, and what goes out cannot be used."""
import ipaddress
from urllib.parse import urlsplit

from odoo import api, models

from ..engine import payment_code
from ..sentences import say

#: names that mean “this machine” or “this network” to whoever reads them elsewhere
LOCAL_NAMES = ('localhost', '.localhost', '.local', '.lan', '.internal', '.intranet', '.home')


def is_local(host):
    """Whether a host name or address is reached from its own network only."""
    try:
        return not ipaddress.ip_address(host.strip('[]')).is_global
    except ValueError:
        return '.' not in host or host.endswith(LOCAL_NAMES)


class IspHealthCheck(models.AbstractModel):
    """What is printed and sealed with invoices, and reaches nobody."""

    _inherit = 'isp.health.check'

    def _isp_checks(self):
        return [*super()._isp_checks(), self._check_failed_servers, self._check_unaccent]

    def _isp_company_checks(self):
        return [*super()._isp_company_checks(), *self._isp_setup_checks(), self._check_given_away]

    def _isp_setup_checks(self):
        """Checks of one company whose findings are asked again before the first run posts."""
        return [self._check_address_of_links, self._check_payment_code, self._check_bank_account,
                self._check_sender, self._check_time_zone, self._check_own_prices]

    @api.model
    def _isp_before_posting(self, company):
        """What is set up wrongly and would be sealed into the bills of a company (list of str)."""
        check = self.sudo().with_company(company)
        rows = [row for one in check._isp_setup_checks() for row in one(company)]
        if not company.env['ir.mail_server'].sudo().search_count([], limit=1):
            rows += check._check_mail_server()
        rows += check._check_failed_servers()
        return [f"{row['title']} {row['mend']}" for row in rows if row['level'] != 'advice']

    # === The whole database === #

    def _check_failed_servers(self):
        servers = self.env['ir.mail_server'].sudo().search([('isp_test_error', '!=', False)])
        return [self._finding(
            'mail_server_failed', 'warning', say(self.env)._(
                "The last test of the mail server “%(server)s” failed: %(error)s",
                server=server.name, error=server.isp_test_error),
            say(self.env)._(
                "Invoices may not be e-mailed. Correct the server and test the connection again."),
            record=server,
        ) for server in servers]

    def _check_unaccent(self):
        if self.env.registry.has_unaccent:
            return []
        return [self._finding(
            'no_unaccent', 'advice', say(self.env)._("Searches do not look past accents."),
            say(self.env)._(
                "“elodie” does not find Élodie. Ask whoever runs the database to install the "
                "extension “unaccent” in it, and restart Odoo."),
        )]

    # === One company === #

    def _bills(self, company):
        """Whether the company has a journal of bill runs."""
        return bool(self.env['isp.bill.preview']._journal(company))

    def _check_address_of_links(self, company):
        if not self._bills(company):
            return []
        address = company.get_base_url()
        parts = urlsplit(address)
        if parts.scheme == 'https' and parts.hostname and not is_local(parts.hostname):
            return []
        return [self._finding(
            'base_url', 'warning', say(self.env)._(
                "Links and codes on invoices lead to %(address)s.", address=address),
            say(self.env)._(
                "Subscribers cannot open it safely, and sealed documents keep it. Log in under "
                "the public https address as administrator, or set the system parameter "
                "“web.base.url”, before the first run posts."),
            action='base.ir_config_list_action',
        )]

    def _prints_code(self, company):
        layouts = self.env['isp.document.layout'].search([('company_id', '=', company.id)])
        return not layouts or any(layout.qr != 'none' for layout in layouts)

    def _ibans(self, company):
        return company.partner_id.bank_ids.filtered(
            lambda bank: payment_code.is_iban(bank.acc_number or ''))

    def _check_payment_code(self, company):
        by_transfer = company.currency_id.name == 'EUR' and self._ibans(company)
        if not self._bills(company) or by_transfer or not self._prints_code(company):
            return []
        if 'payment.provider' in self.env and self.env['payment.provider'].sudo().search_count([
                ('company_id', '=', company.id), ('state', '=', 'enabled')], limit=1):
            return []
        return [self._finding(
            'no_payment_provider', 'warning', say(self.env)._(
                "Invoices print a payment code, and nothing can be paid with it."),
            say(self.env)._(
                "Enable a payment provider for the company, or set the QR code of its document "
                "layout to “None”."),
            action='isp_billing.isp_document_layout_action',
        )]

    def _check_bank_account(self, company):
        if not self._bills(company) or company.currency_id.name != 'EUR' or self._ibans(company):
            return []
        return [self._finding(
            'no_iban', 'advice', say(self.env)._("The company has no bank account with an IBAN."),
            say(self.env)._(
                "Invoices print neither the account for transfers nor its code. Add it to the "
                "company's contact."), record=company.partner_id,
        )]

    def _check_sender(self, company):
        if not self._bills(company) or company.email:
            return []
        return [self._finding(
            'no_company_email', 'warning', say(self.env)._(
                "The company has no e-mail address."),
            say(self.env)._(
                "Invoices would be sent from the address of whoever started the run. Enter one "
                "on the company."), record=company,
        )]

    def _check_time_zone(self, company):
        if not self._bills(company) or company.isp_tz:
            return []
        return [self._finding(
            'no_time_zone', 'warning', say(self.env)._("The company has no billing time zone."),
            say(self.env)._(
                "Its days begin at midnight UTC. Choose one in the settings of ISP Billing."),
            action='isp_billing.isp_settings_action',
        )]

    def _check_own_prices(self, company):
        """Running lines that are given away by a price of their own."""
        lines = self.env['sale.subscription.line'].search([
            ('company_id', '=', company.id), ('isp_is_running', '=', True),
            ('isp_price_source', '=', 'own'), ('price_unit', '=', 0),
        ], limit=20)
        return [self._finding(
            'price_zero', 'warning', say(self.env)._(
                "%(plan)s of subscription %(subscription)s has an own price of zero.",
                plan=line.isp_plan_id.display_name or line.name,
                subscription=line.sale_subscription_id.display_name),
            say(self.env)._(
                "Nothing is billed for it. Enter its price, or use a discount of 100 % to show "
                "that it is given away."), record=line.sale_subscription_id,
        ) for line in lines]

    def _check_given_away(self, company):
        """Plans that are given away: asked at the price, and shown here."""
        prices = self.env['isp.service.plan.price'].search([
            ('plan_id', 'in', self._sale_plans(company).ids), ('amount', '=', 0),
            ('company_id', 'in', [False, company.id])])
        return [self._finding(
            'plan_free', 'advice', say(self.env)._(
                "Plan %(plan)s has a price of zero from %(day)s.", plan=price.plan_id.display_name,
                day=price.date_from),
            say(self.env)._("Leave it if the plan is given away; else enter its price."),
            record=price.plan_id,
        ) for price in prices]
