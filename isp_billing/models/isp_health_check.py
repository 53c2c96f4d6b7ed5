"""What is wrong with an installation, in plain words: by button, every night, at installation."""
import logging
from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import AccessError
from odoo.tools.translate import code_translations

from ..engine import pdf_render
from ..sentences import say

_logger = logging.getLogger(__name__)

LEVEL_ORDER = {'error': 1, 'warning': 2, 'advice': 3}
CRONS = (
    'isp_billing.ir_cron_bill_run', 'isp_billing.ir_cron_bill_schedule',
    'isp_billing.ir_cron_health_check',
    'isp_billing.ir_cron_book_check', 'isp_billing.ir_cron_price_change',
    'mail.ir_cron_mail_scheduler_action',
)
LATE = timedelta(hours=1)
SAMPLE = (
    '<html lang="fr"><head><title>Essai</title></head>'
    '<body><p>Facture n° 1 — 12,50 €</p></body></html>'
)


class IspHealthCheck(models.AbstractModel):
    """Looks at languages, journals, taxes, plans, mail, audit trail, jobs and the PDF engine.

    A check is a method that returns findings: dicts with ``code``, ``level`` ('error': bill runs
    stop, 'warning', 'advice'), ``title``, ``mend`` and where it is mended (``record`` or
    ``action``). Other modules extend ``_isp_checks`` and ``_isp_company_checks``.
    """

    _name = 'isp.health.check'
    _description = "Health Check"

    # === Doors === #

    @api.model
    def _isp_may_run(self):
        """Whether the user may have everything checked."""
        return self.env.user.has_groups(
            'isp_billing.group_clerk,isp_billing.group_approver,isp_billing.group_manager')

    @api.model
    def _isp_run_as_user(self):
        """Check for a person who pressed the button.

        :raises AccessError: for users who may not prepare bill runs
        """
        if not self._isp_may_run():
            raise AccessError(say(self.env)._(
                "Only billing clerks, approvers and managers may do it."))
        return self.sudo()._isp_run()

    @api.model
    def _cron_health_check(self):
        """Nightly check."""
        self._isp_run()

    @api.model
    def _isp_run(self):
        """Check everything, replace the findings, and log one line for each.

        :return: isp.health.finding
        """
        now = fields.Datetime.now()
        rows = []
        for check in self._isp_checks():
            rows += check()
        for company in self.env['res.company'].search([('active', '=', True)]):
            for check in self.with_company(company)._isp_company_checks():
                rows += [dict(row, company_id=company.id) for row in check(company)]
        findings = self.env['isp.health.finding']
        findings.search([('code', '!=', False)]).unlink()
        found = findings.create([dict(
            row, checked_at=now, level_order=LEVEL_ORDER[row['level']],
        ) for row in rows])
        for finding in found.sorted('level_order'):
            company = finding.company_id.name or "all companies"
            _logger.info(
                "Health check: %s: %s %s", company, finding.title.rstrip('.'), finding.mend,
            )
        if not found:
            _logger.info("Health check: nothing to mend")
        return found

    @api.model
    def _isp_checks(self):
        """Checks of the whole database: methods without arguments. Override to add some."""
        return [
            self._check_english, self._check_french, self._check_mail_server, self._check_jobs,
            self._check_pdf_engine,
        ]

    @api.model
    def _isp_company_checks(self):
        """Checks of one company: methods of a company. Override to add some."""
        return [
            self._check_chart, self._check_journal, self._check_profile, self._check_numbers,
            self._check_plan_taxes, self._check_plan_prices, self._check_audit_trail,
            self._check_company_card, self._check_stuck_runs,
        ]

    def _finding(self, code, level, title, mend, record=None, action=False):
        """Values of a finding."""
        return {
            'code': code, 'level': level, 'title': title, 'mend': mend,
            'res_model': record._name if record else False,
            'res_id': record.id if record else False, 'action_xmlid': action,
        }

    # === The whole database === #

    def _installed_languages(self):
        return {code for code, _name in self.env['res.lang'].get_installed()}

    def _check_english(self):
        if 'en_US' in self._installed_languages():
            return []
        return [self._finding(
            'no_english', 'error', say(self.env)._("English (US) is not active."),
            say(self.env)._(
                "Names and texts fall back on it. Settings › Translations › Languages: activate "
                "English (US).",
            ), action='base.res_lang_act_window',
        )]

    def _check_french(self):
        if any(code.startswith('fr_') for code in self._installed_languages()):
            return []
        return [self._finding(
            'no_french', 'warning', say(self.env)._("No French is loaded."),
            say(self.env)._(
                "Bills in French would show English names of plans and taxes. Install the module "
                "“ISP Billing: French”, or activate French (FR) or French (CA) under Settings › "
                "Translations › Languages.",
            ), action='base.res_lang_act_window',
        )]

    def _check_mail_server(self):
        if self.env['ir.mail_server'].sudo().search_count([], limit=1):
            return []
        return [self._finding(
            'no_mail_server', 'warning', say(self.env)._("There is no outgoing mail server."),
            say(self.env)._(
                "Invoices cannot be e-mailed. The system administrator adds one under Settings › "
                "Technical › Outgoing Mail Servers.",
            ), action='base.action_ir_mail_server_list',
        )]

    def _check_jobs(self):
        found = []
        now = fields.Datetime.now()
        for xmlid in CRONS:
            job = self.env.ref(xmlid, raise_if_not_found=False)
            job = job and job.sudo().with_context(active_test=False)
            if not job:
                found.append(self._finding(
                    'job_missing', 'error', say(self.env)._(
                        "The scheduled job %(job)s is missing.", job=xmlid),
                    say(self.env)._("Upgrade the module ISP Billing; it makes the job again."),
                ))
            elif not job.active:
                found.append(self._finding(
                    'job_off', 'error', say(self.env)._(
                        "The scheduled job “%(job)s” is switched off.", job=job.cron_name),
                    say(self.env)._("Bill runs do not move without it. Set it active."), record=job,
                ))
            elif job.nextcall and job.lastcall and job.nextcall < now - LATE:
                found.append(self._finding(
                    'job_late', 'error', say(self.env)._(
                        "The scheduled job “%(job)s” is late since %(since)s UTC.",
                        job=job.cron_name, since=job.nextcall),
                    say(self.env)._(
                        "Nobody works on scheduled jobs. Start the server with scheduled jobs "
                        "(option max_cron_threads above 0, or workers).",
                    ), record=job,
                ))
        return found

    def _check_pdf_engine(self):
        missing = [path.name for files in pdf_render.FONTS.values() for path in files.values()
                   if not path.exists()]
        if missing:
            return [self._finding(
                'no_fonts', 'error', say(self.env)._(
                    "Fonts of the invoice are missing: %(fonts)s.", fonts=", ".join(missing)),
                say(self.env)._("Install the module's files again, folder static/fonts."),
            )]
        try:
            content = pdf_render.render_pdf(SAMPLE)
        except Exception as error:
            _logger.info("Health check: the PDF engine failed", exc_info=True)
            return [self._finding(
                'no_pdf', 'error', say(self.env)._(
                    "The PDF engine does not work: %(error)s", error=error),
                say(self.env)._(
                    "Install the Python packages of requirements.txt and the system libraries of "
                    "WeasyPrint (Pango).",
                ),
            )]
        if not content.startswith(b'%PDF'):
            return [self._finding(
                'no_pdf', 'error', say(self.env)._("The PDF engine gave no PDF."),
                say(self.env)._("Install the Python packages of requirements.txt again."),
            )]
        return []

    # === One company === #

    def _may_bill(self, company):
        """Whether the company has a sales journal, hence its accounting is set up."""
        journals = self.env['account.journal']
        domain = [*journals._check_company_domain(company), ('type', '=', 'sale')]
        return bool(journals.search_count(domain, limit=1))

    def _check_chart(self, company):
        if self._may_bill(company):
            return []
        subscriptions = self.env['sale.subscription'].search_count(
            [('company_id', '=', company.id), ('isp_billed', '=', True)], limit=1,
        )
        return [self._finding(
            'no_chart', 'error' if subscriptions else 'warning',
            say(self.env)._("The company has no chart of accounts."),
            say(self.env)._(
                "Set its country and choose the package under Invoicing › Configuration › "
                "Settings › Fiscal Localization. A company that does not bill needs nothing.",
            ), action='account.action_account_config',
        )]

    def _check_journal(self, company):
        if not self._may_bill(company):
            return []
        journal = self.env['isp.bill.preview']._journal(company)
        if not journal:
            return [self._finding(
                'no_journal', 'error', say(self.env)._(
                    "No sales journal is marked for ISP billing."),
                say(self.env)._(
                    "Open the sales journal of the bills and tick “ISP billing”; best is a "
                    "journal of its own.",
                ), action='isp_billing.account_journal_action',
            )]
        translated = self._translated_prefixes()
        if journal.code in translated:
            return [self._finding(
                'journal_prefix', 'advice', say(self.env)._(
                    "The prefix %(code)s of journal “%(journal)s” is a translated word.",
                    code=journal.code, journal=journal.name),
                say(self.env)._(
                    "Odoo took it from the language of the installation, and it stands in the "
                    "number of every invoice, in both languages. Choose a neutral prefix before "
                    "the first invoice.",
                ), record=journal,
            )]
        return []

    def _translated_prefixes(self):
        """Prefixes that Odoo gives to sales journals in languages other than English."""
        languages = self._installed_languages() | {'fr_FR', 'fr_CA'}
        found = {
            code_translations.get_python_translations('account', lang).get('INV')
            for lang in languages if not lang.startswith('en')
        }
        return (found | {'FAC', 'FACT'}) - {'INV', None}

    def _check_profile(self, company):
        if company.isp_profile_id:
            return []
        return [self._finding(
            'no_profile', 'error', say(self.env)._("There is no default billing profile."),
            say(self.env)._("Choose one in the settings of ISP Billing."),
            action='isp_billing.isp_settings_action',
        )]

    def _sale_plans(self, company):
        return self.env['isp.service.plan'].search([('company_id', 'in', [False, company.id])])

    def _check_numbers(self, company):
        plans = self._sale_plans(company)
        domain = self.env['account.tax']._check_company_domain(company)
        taxes = plans.product_id.sudo().taxes_id.filtered_domain(domain)
        registrations = company.isp_tax_registration_ids
        bare = taxes.flatten_taxes_hierarchy().filtered(
            lambda tax: tax.amount and not registrations._isp_for_tax(tax)
        )
        if not bare:
            return []
        return [self._finding(
            'no_tax_number', 'warning', say(self.env)._(
                "The registration number of these taxes is missing: %(taxes)s.",
                taxes=", ".join(sorted(set(bare.mapped('name'))))),
            say(self.env)._(
                "It is printed beside the amount of the tax, as the law asks. Configuration › "
                "Tax Registrations.",
            ), action='isp_billing.isp_tax_registration_action',
        )]

    def _check_plan_taxes(self, company):
        domain = self.env['account.tax']._check_company_domain(company)
        if not self._may_bill(company):
            return []
        found = []
        for plan in self._sale_plans(company):
            taxes = plan.product_id.sudo().taxes_id.filtered_domain(domain)
            if not taxes and not plan.untaxed:
                found.append(self._finding(
                    'plan_no_tax', 'error', say(self.env)._(
                        "Plan %(plan)s has no tax in this company.", plan=plan.display_name),
                    say(self.env)._(
                        "Add the sales taxes to its product “%(product)s”, or tick “Untaxed on "
                        "purpose” on the plan.", product=plan.product_id.display_name,
                    ), record=plan,
                ))
        return found

    def _check_plan_prices(self, company):
        """Plans in use without a price in force in the currency of a subscription."""
        today = company._isp_today()
        groups = self.env['sale.subscription.line']._read_group(
            [('company_id', '=', company.id), ('isp_is_running', '=', True),
             ('isp_plan_id', '!=', False), ('isp_price_source', '=', 'plan'),
             ('sale_subscription_id.pricelist_id.item_ids', '=', False)],
            ['isp_plan_id', 'sale_subscription_id'], ['__count'],
        )
        bare = {
            (plan, subscription.currency_id) for plan, subscription, _count in groups
            if plan._isp_price(company, subscription.currency_id, today) is None
        }
        return [
            self._finding(
                'plan_no_price', 'error', say(self.env)._(
                    "Plan %(plan)s is in use and has no price in %(currency)s today.",
                    plan=plan.display_name, currency=currency.name),
                say(self.env)._("Add a price to the plan."), record=plan,
            ) for plan, currency in sorted(bare, key=lambda pair: (pair[0].code, pair[1].name))
        ]

    def _check_audit_trail(self, company):
        if company.restrictive_audit_trail or not self._may_bill(company):
            return []
        return [self._finding(
            'no_audit_trail', 'warning', say(self.env)._("The restrictive audit trail is off."),
            say(self.env)._(
                "Posted entries could be deleted without trace. Switch on the restrictive audit "
                "trail in the settings of ISP Billing.",
            ), action='isp_billing.isp_settings_action',
        )]

    def _check_company_card(self, company):
        bare = [
            company._fields[name]._description_string(self.env)
            for name in ('street', 'city', 'country_id') if not company[name]
        ]
        if not bare:
            return []
        return [self._finding(
            'no_address', 'advice', say(self.env)._(
                "The company's address is incomplete: %(fields)s.", fields=", ".join(bare)),
            say(self.env)._(
                "It is printed on every invoice. Complete the company."), record=company,
        )]

    def _check_stuck_runs(self, company):
        now = fields.Datetime.now()
        runs = self.env['isp.bill.run'].search([
            ('company_id', '=', company.id), ('state', 'in', ('computing', 'running', 'reversing')),
            ('write_date', '<', now - LATE),
        ])
        return [self._finding(
            'run_stuck', 'warning', say(self.env)._(
                "Bill run %(run)s has not moved for an hour.", run=run.name),
            say(self.env)._(
                "Open it and read what waits: failed e-mails are tried again each hour; else look "
                "at the scheduled job “ISP Billing: process bill runs” and at the log.",
            ), record=run,
        ) for run in runs]
