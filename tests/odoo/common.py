"""Common ground of the model tests: a Canadian and a French ISP, small and complete.

No chart of accounts and no demo record is needed, so that a test file starts in a second.
"""
from datetime import date

from odoo import Command
from odoo.tests import TransactionCase, tagged


class IspMixin:
    """Builders shared by model tests and browser tests."""

    @classmethod
    def make_world(cls):
        """Companies, taxes, plans: ``cls.ca`` (CAD, three provinces) and ``cls.fr`` (EUR)."""
        env = cls.env
        cls.cad = env.ref('base.CAD')
        cls.eur = env.ref('base.EUR')
        (cls.cad | cls.eur).active = True
        cls.canada, cls.france = env.ref('base.ca'), env.ref('base.fr')
        cls.quebec = env.ref('base.state_ca_qc')
        cls.ontario = env.ref('base.state_ca_on')
        cls.columbia = env.ref('base.state_ca_bc')
        cls.ca = cls.make_company(
            "Nordlink Test inc.", cls.canada, cls.cad, 'America/Montreal', state=cls.quebec,
        )
        cls.fr = cls.make_company("Rivelin Test SAS", cls.france, cls.eur, 'Europe/Paris')
        env.user.write({
            'company_ids': [Command.link(cls.ca.id), Command.link(cls.fr.id)],
            'company_id': cls.ca.id, 'lang': 'en_US',
        })
        cls.env = env(context=dict(env.context, allowed_company_ids=[cls.ca.id, cls.fr.id]))
        cls.make_canadian_taxes()
        cls.vat20 = cls.make_tax("TVA 20", 20.0, cls.fr, "TVA 20 %")

    @classmethod
    def make_company(cls, name, country, currency, tz, state=None):
        company = cls.env['res.company'].create({
            'name': name, 'country_id': country.id, 'currency_id': currency.id, 'isp_tz': tz,
            'state_id': state.id if state else False, 'street': "1 Test Street",
            'city': "Testville", 'zip': "H2X 1A1" if state else "75001",
        })
        accounts = cls.env['account.account'].with_company(company)
        receivable, income, tax = accounts.create([
            {'code': '110000', 'name': "Receivable", 'account_type': 'asset_receivable',
             'reconcile': True, 'company_ids': [Command.set(company.ids)]},
            {'code': '400000', 'name': "Service income", 'account_type': 'income',
             'company_ids': [Command.set(company.ids)]},
            {'code': '230000', 'name': "Tax payable", 'account_type': 'liability_current',
             'company_ids': [Command.set(company.ids)]},
        ])
        cls.accounts = {**getattr(cls, 'accounts', {}), company: (receivable, income, tax)}
        cls.env['ir.default'].set(
            'res.partner', 'property_account_receivable_id', receivable.id, company_id=company.id,
        )
        cls.journals = getattr(cls, 'journals', {})
        cls.journals[company] = cls.env['account.journal'].create({
            'name': "Subscriptions", 'code': 'SUB', 'type': 'sale', 'company_id': company.id,
            'isp_billing': True, 'default_account_id': income.id,
        })
        return company

    @classmethod
    def make_tax(cls, name, rate, company, label=None, **values):
        group = cls.env['account.tax.group'].create({
            'name': label or name, 'company_id': company.id, 'country_id': company.country_id.id,
            'tax_payable_account_id': cls.accounts[company][2].id,
        })
        account = cls.accounts[company][2].id
        repartition = [
            Command.create({'repartition_type': 'base'}),
            Command.create({'repartition_type': 'tax', 'account_id': account}),
        ]
        return cls.env['account.tax'].create({
            'name': name, 'invoice_label': label or name, 'amount': rate, 'amount_type': 'percent',
            'type_tax_use': 'sale', 'company_id': company.id, 'tax_group_id': group.id,
            'country_id': company.country_id.id, 'invoice_repartition_line_ids': repartition,
            'refund_repartition_line_ids': repartition, **values,
        })

    @classmethod
    def make_canadian_taxes(cls):
        """GST everywhere; fiscal positions map it for Quebec, Ontario and British Columbia."""
        cls.gst = cls.make_tax("GST 5%", 5.0, cls.ca, "GST 5%")
        cls.qst = cls.make_tax("QST 9.975%", 9.975, cls.ca, "QST 9.975%")
        cls.pst = cls.make_tax("PST 7%", 7.0, cls.ca, "PST 7%")
        cls.fp_qc = cls.make_position("Quebec", cls.quebec)
        cls.fp_on = cls.make_position("Ontario", cls.ontario)
        cls.fp_bc = cls.make_position("British Columbia", cls.columbia)
        cls.fp_export = cls.env['account.fiscal.position'].create({
            'name': "Export", 'company_id': cls.ca.id, 'auto_apply': True, 'sequence': 90,
        })
        gst_qc = cls.make_tax("GST 5% (QC)", 5.0, cls.ca, "GST 5%")
        cls.gst_qst = cls.make_group("GST + QST", gst_qc | cls.qst, cls.fp_qc)
        gst_bc = cls.make_tax("GST 5% (BC)", 5.0, cls.ca, "GST 5%")
        cls.gst_pst = cls.make_group("GST + PST", gst_bc | cls.pst, cls.fp_bc)
        cls.hst = cls.make_tax(
            "HST 13%", 13.0, cls.ca, "HST 13%", original_tax_ids=[Command.set(cls.gst.ids)],
            fiscal_position_ids=[Command.set(cls.fp_on.ids)],
        )
        cls.zero = cls.make_tax(
            "0% export", 0.0, cls.ca, "0%", original_tax_ids=[Command.set(cls.gst.ids)],
            fiscal_position_ids=[Command.set(cls.fp_export.ids)],
        )

    @classmethod
    def make_position(cls, name, state):
        return cls.env['account.fiscal.position'].create({
            'name': name, 'company_id': cls.ca.id, 'auto_apply': True, 'sequence': 10,
            'country_id': cls.canada.id, 'state_ids': [Command.set(state.ids)],
        })

    @classmethod
    def make_group(cls, name, children, position):
        return cls.env['account.tax'].create({
            'name': name, 'amount_type': 'group', 'amount': 0, 'type_tax_use': 'sale',
            'company_id': cls.ca.id, 'country_id': cls.canada.id,
            'tax_group_id': children[0].tax_group_id.id,
            'children_tax_ids': [Command.set(children.ids)],
            'original_tax_ids': [Command.set(cls.gst.ids)],
            'fiscal_position_ids': [Command.set(position.ids)],
        })

    # === Plans and accounts === #

    @classmethod
    def make_plan(cls, code, price, company=None, currency=None, date_from='2000-01-01', **values):
        """A plan with a product of its own and one dated price.

        :param values: fields of the plan; ``taxes`` replaces the taxes of the product
        """
        company = company or cls.ca
        taxes = values.pop('taxes', cls.gst if company == cls.ca else cls.vat20)
        product = cls.env['product.product'].create({
            'name': code, 'type': 'service', 'taxes_id': [Command.set(taxes.ids)],
            'company_id': company.id,
            'property_account_income_id': cls.accounts[company][1].id,
        })
        plan = cls.env['isp.service.plan'].create({
            'name': code.title(), 'code': code, 'product_id': product.id,
            'company_id': company.id, **values,
        })
        if price is not None:
            cls.env['isp.service.plan.price'].create({
                'plan_id': plan.id, 'company_id': company.id, 'amount': price, 'free': not price,
                'currency_id': (currency or company.currency_id).id, 'date_from': date_from,
            })
        return plan

    @classmethod
    def make_account(cls, name="Ada Tester", company=None, state=None, **values):
        """A billing account with a number, in Quebec unless said otherwise."""
        company = company or cls.ca
        country = values.pop('country', company.country_id)
        if company == cls.ca and country == cls.canada:
            state = state or cls.quebec
        partner = cls.env['res.partner'].with_company(company).create({
            'name': name, 'email': f"{name.lower().replace(' ', '.')}@customer.example",
            'street': "12 Example Road", 'city': "Exampleville", 'country_id': country.id,
            'state_id': state.id if state else False, **values,
        })
        partner.with_company(company).action_isp_open_account()
        return partner

    @classmethod
    def make_subscription(cls, account, lines, start, company=None, **values):
        """A running subscription.

        :param lines: plans, or dicts of line values with ``isp_plan_id``
        :param str start: first day of service of the lines
        """
        company = company or cls.ca
        stage = cls.env['sale.subscription.stage'].search([('type', '=', 'in_progress')], limit=1)
        line_values = []
        for line in lines:
            vals = {'isp_date_start': start}
            vals.update(line if isinstance(line, dict) else {'isp_plan_id': line.id})
            line_values.append(Command.create(vals))
        subscription = cls.env['sale.subscription'].with_company(company).create({
            'partner_id': account.id, 'company_id': company.id, 'isp_billed': True,
            'date_start': start, 'sale_subscription_line_ids': line_values, **values,
        })
        subscription.stage_id = stage
        return subscription

    # === Runs === #

    @classmethod
    def make_run(cls, target, company=None, compute=True, **values):
        """A bill run, computed unless said otherwise."""
        company = company or cls.ca
        run = cls.env['isp.bill.run'].with_company(company).create({
            'company_id': company.id, 'target_date': target, 'invoice_date': target, **values,
        })
        if compute:
            run.action_compute()
            run._isp_work()
        return run

    @classmethod
    def bill(cls, target, company=None, deliver=False, **values):
        """Compute, approve and post a run; rendering and sending only when asked for."""
        run = cls.make_run(target, company=company, send_invoices=deliver, **values)
        run.action_approve()
        run.action_start()
        if deliver:
            run._isp_work()
        else:
            cls.post_only(run)
        return run

    @classmethod
    def post_only(cls, run):
        """Work on a running run up to the posted invoices."""
        cache = {}
        while any(run._isp_post_chunk(cache)):
            pass
        return run

    @classmethod
    def amounts(cls, account_or_subscription):
        """Amounts of the ledger in order of writing."""
        field = (
            'account_id' if account_or_subscription._name == 'res.partner' else 'subscription_id'
        )
        charges = cls.env['isp.charge'].search(
            [(field, '=', account_or_subscription.id)], order='period_start, line_id, revision, id',
        )
        return charges.mapped('amount')


@tagged('standard', 'post_install', '-at_install')
class IspCase(IspMixin, TransactionCase):
    """Base of all model tests."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.make_world()
        cls.fibre = cls.make_plan('FIBRE', 59.95)
        cls.today = date(2026, 11, 1)
