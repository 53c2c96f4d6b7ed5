"""Import of a subscriber book: bad rows at once, twice changes nothing, one period is billed."""
import io
import zipfile
from datetime import date, datetime
from unittest.mock import patch

from dateutil.relativedelta import relativedelta

from odoo.exceptions import AccessError
from odoo.tests import HttpCase, freeze_time, new_test_user, tagged
from odoo.tools import mute_logger
from odoo.tools.convert import convert_file

from .common import IspCase, IspMixin

ACCOUNT = {'company': "Nordlink Test inc.", 'account_number': '100000017', 'name': "Ada Tester",
           'email': 'ada@client.example', 'street': "1 Moss Lane", 'city': "Testville",
           'zip': "H2X 1A1", 'state': 'QC', 'country': 'CA', 'language': 'fr'}
PLAN = {'code': 'FIB', 'name_en': "Fibre", 'name_fr': "La fibre", 'kind': 'internet'}
PRICE = {'plan': 'FIB', 'company': "Nordlink Test inc.", 'currency': 'CAD',
         'date_from': '2020-01-01', 'amount': '59.95'}
LINE = {'company': "Nordlink Test inc.", 'subscription': 'S-1', 'line': '1',
        'account_number': '100000017', 'plan': 'FIB', 'start': '2024-03-12'}
BILLED = {'company': "Nordlink Test inc.", 'subscription': 'S-1', 'line': '1',
          'billed_through': '2026-03-31', 'amount': '59.95'}
OPEN = {'company': "Nordlink Test inc.", 'account_number': '100000017', 'document': 'OLD-7',
        'date': '2026-03-01', 'due_date': '2026-03-21', 'amount': '68.93'}
TABLES = ('isp.service.plan', 'isp.service.plan.price', 'res.partner', 'sale.subscription',
          'sale.subscription.line', 'isp.service.hold', 'isp.charge', 'account.move',
          'product.product')


class BookCase(IspCase):

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.ca.account_sale_tax_id = cls.gst
        cls.fr.account_sale_tax_id = cls.vat20
        for company in (cls.ca, cls.fr):
            cls.env['account.journal'].create({
                'name': "Miscellaneous", 'code': 'MSC', 'type': 'general',
                'company_id': company.id})

    def book(self, **changes):
        """A small book without a fault; ``changes`` replaces files."""
        return {'plans': [PLAN], 'plan_prices': [PRICE], 'accounts': [ACCOUNT],
                'subscriptions': [LINE], 'billed_through': [BILLED],
                'opening_balances': [OPEN], **changes}

    def load(self, **changes):
        return self.env['isp.book.import']._import_files(self.book(**changes))

    def counts(self):
        return {model: self.env[model].with_context(active_test=False).search_count([])
                for model in TABLES}

    def line(self, code='S-1', key='1'):
        return self.env['sale.subscription.line'].search([
            ('sale_subscription_id.code', '=', code), ('isp_import_key', '=', key)])

    def account(self, number='100000017', company=None):
        return self.env['isp.account.number'].search([
            ('number', '=', number), ('company_id', '=', (company or self.ca).id)]).partner_id

    def faults(self, report):
        return [(issue['file'], issue['row'], issue['column']) for issue in report['issues']]


class TestImport(BookCase):

    def test_a_book_becomes_records(self):
        report = self.load()
        self.assertFalse(report['issues'])
        self.assertEqual(set(report['created'].values()), {1})
        account = self.account().with_company(self.ca)
        self.assertEqual(account.isp_account_number, '100000017')
        self.assertEqual(account.isp_document_language, 'fr')
        self.assertEqual(account.company_id, self.ca)
        plan = self.env['isp.service.plan'].search([('code', '=', 'FIB')])
        self.assertEqual(plan.with_context(lang='en_US').name, "Fibre")
        self.assertLessEqual(self.gst | self.vat20, plan.product_id.taxes_id)
        subscription = self.line().sale_subscription_id
        self.assertTrue(subscription.isp_billed)
        self.assertEqual(subscription.stage_type, 'in_progress')
        self.assertEqual(subscription.date_start, date(2024, 3, 12))
        self.assertEqual(subscription.partner_shipping_id, account)

    def test_names_are_kept_in_both_languages(self):
        self.env['res.lang']._activate_lang('fr_FR')
        self.env['res.lang']._activate_lang('fr_CA')
        self.load()
        plan = self.env['isp.service.plan'].search([('code', '=', 'FIB')])
        for code, name in (('en_US', "Fibre"), ('fr_FR', "La fibre"), ('fr_CA', "La fibre")):
            self.assertEqual(plan.with_context(lang=code).name, name)
            self.assertEqual(plan.product_id.with_context(lang=code).name, name)
        self.assertEqual(self.account().lang, 'fr_CA')

    def test_importing_twice_changes_nothing(self):
        self.load()
        before = self.counts()
        report = self.load()
        self.assertEqual(self.counts(), before)
        self.assertFalse(report['issues'])
        self.assertFalse(report['created'])
        self.assertEqual(set(report['unchanged'].values()), {1})

    def test_a_check_keeps_nothing(self):
        before = self.counts()
        report = self.env['isp.book.import']._import_files(self.book(), dry_run=True)
        self.assertEqual(set(report['created'].values()), {1})
        self.assertEqual(self.counts(), before)
        self.assertFalse(self.account())

    def test_bad_rows_are_reported_all_at_once_and_good_ones_kept(self):
        good = dict(ACCOUNT, account_number='100000025', name="Good Row")
        report = self.load(
            accounts=[ACCOUNT, dict(ACCOUNT, account_number='100000033', country='XX'),
                      dict(ACCOUNT, account_number='100000041', company="Nobody Ltd"),
                      dict(ACCOUNT, account_number='100000051'),
                      dict(ACCOUNT, account_number='100000058', state='TX'),
                      dict(ACCOUNT, account_number='100000066', language='de'),
                      dict(ACCOUNT, account_number='100000074', profile="Nonesuch"), good],
            plan_prices=[PRICE, dict(PRICE, currency='ZZZ'), dict(PRICE, plan='NONE'),
                         dict(PRICE, date_from='31/02/2026')],
            opening_balances=[OPEN, dict(OPEN, document='X', account_number='999')])
        self.assertEqual(self.faults(report), [
            ('plan_prices', 3, 'currency'), ('plan_prices', 4, 'plan'),
            ('plan_prices', 5, 'date_from'),
            ('accounts', 3, 'country'), ('accounts', 4, 'company'),
            ('accounts', 5, 'account_number'), ('accounts', 6, 'state'),
            ('accounts', 7, 'language'), ('accounts', 8, 'profile'),
            ('opening_balances', 3, 'account_number')])
        self.assertTrue(all(issue['reason'] for issue in report['issues']))
        self.assertTrue(self.account('100000025'))
        self.assertTrue(self.line().isp_charge_ids)
        self.assertEqual(report['created']['accounts'], 2)

    def test_case_185_row_with_faults_of_both_sorts(self):
        """Kind: a fault of the file hides those that only the database knows, and a company."""
        report = self.load(
            accounts=[dict(ACCOUNT, country='XX', language='de', delivery='pigeon'),
                      dict(ACCOUNT, account_number='100000025', company="Nobody Ltd",
                           profile="Nonesuch", state='XX', email='x')],
            subscriptions=[dict(LINE, account_number='999', plan='NONE', service_country='XX',
                                start='?', price='1.234')],
            plan_prices=[dict(PRICE, plan='NONE', currency='ZZZ', amount='x')],
            billed_through=[], opening_balances=[dict(OPEN, amount='1.234', date='?')])
        self.assertEqual(self.faults(report), [
            ('plan_prices', 2, 'amount'), ('plan_prices', 2, 'currency'),
            ('plan_prices', 2, 'plan'),
            ('accounts', 2, 'country'), ('accounts', 2, 'delivery'), ('accounts', 2, 'language'),
            ('accounts', 3, 'company'), ('accounts', 3, 'email'), ('accounts', 3, 'state'),
            ('subscriptions', 2, 'account_number'), ('subscriptions', 2, 'plan'),
            ('subscriptions', 2, 'price'), ('subscriptions', 2, 'service_country'),
            ('subscriptions', 2, 'start'),
            ('opening_balances', 2, 'account_number'), ('opening_balances', 2, 'amount'),
            ('opening_balances', 2, 'date')])

    def test_case_183_imported_amounts_with_too_many_decimals(self):
        """Kind: amounts finer than the currency are rounded in silence."""
        good = dict(LINE, subscription='S-2')
        report = self.load(
            plan_prices=[dict(PRICE, amount='79.999')],
            subscriptions=[dict(LINE, price='1.234'), good],
            billed_through=[dict(BILLED, subscription='S-2', amount='59.951')],
            opening_balances=[dict(OPEN, amount='1.234'), dict(OPEN, document='B', amount='1.20'),
                              dict(OPEN, document='C', amount='5,00 €')])
        self.assertEqual(self.faults(report), [
            ('plan_prices', 2, 'amount'), ('subscriptions', 2, 'price'),
            ('subscriptions', 3, 'line'), ('billed_through', 2, 'amount'),
            ('opening_balances', 2, 'amount'), ('opening_balances', 4, 'amount')])
        self.assertFalse(self.line() | self.line('S-2'))
        entry = self.env['account.move'].search([('isp_opening_document', '=', 'B')])
        self.assertEqual(entry.amount_total, 1.2)

    def test_case_186_a_book_as_another_system_writes_it(self):
        """Kind: what other systems write is refused, or read as something else."""
        account = dict(ACCOUNT, country="Canada", state="Québec", language="Français",
                       delivery='papier')
        report = self.env['isp.book.import']._import_files({
            'plans (1).csv': [PLAN], 'plan_prices.csv': [dict(PRICE, amount='59,95 $')],
            'accounts.csv': [account],
            'subscriptions (2).csv': [dict(LINE, start='12/03/2024', price='(15.00)')],
            'billed_through.csv': [dict(BILLED, billed_through='31/03/2026')],
            'opening_balances.csv': [dict(OPEN, date='01/03/2026', amount='-45,10 $')],
        }, date_order='dmy')
        self.assertFalse(report['issues'])
        partner = self.account().with_company(self.ca)
        self.assertEqual(partner.state_id.code, 'QC')
        self.assertEqual(partner.isp_delivery_channel, 'paper')
        self.assertEqual(partner.isp_document_language, 'fr')
        self.assertEqual(self.line().isp_date_start, date(2024, 3, 12))
        self.assertEqual(self.line().price_unit, -15.0)
        entry = self.env['account.move'].search([('isp_opening_document', '=', 'OLD-7')])
        self.assertEqual(entry.line_ids.filtered(
            lambda line: line.account_id.account_type == 'asset_receivable').balance, -45.1)
        self.assertEqual(entry.date, date(2026, 3, 1))

    def test_every_reason_has_words_and_its_placeholders(self):
        service = self.env['isp.book.import']
        names = ('value', 'column', 'minimum', 'choices', 'other', 'first', 'file', 'company',
                 'country', 'subscription', 'start', 'expected', 'currency', 'decimals', 'unit',
                 'sheet', 'count')
        for text in service._reasons().values():
            self.assertTrue(text % dict.fromkeys(names, "x"))

    @mute_logger('odoo.sql_db')
    def test_a_batch_that_the_database_refuses_is_repeated_row_by_row(self):
        def explode(records, values):
            if any(vals.get('name') == "Poison" for vals in values):
                records.env.cr.execute("SELECT 1/0")
            return original(records, values)

        partners = type(self.env['res.partner'])
        original = partners.create
        rows = [dict(ACCOUNT, account_number=number, name=name) for number, name in (
            ('100000017', "One"), ('100000025', "Poison"), ('100000033', "Three"))]
        with patch.object(partners, 'create', explode):
            report = self.load(accounts=rows)
        self.assertEqual(self.faults(report), [('accounts', 3, 'account_number')])
        self.assertIn("zero", report['issues'][0]['reason'])
        self.assertEqual(self.account().name, "One")
        self.assertEqual(self.account('100000033').name, "Three")

    def test_a_corrected_book_adds_what_was_missing(self):
        wrong = dict(ACCOUNT, account_number='100000025', country='XX', name="Bob Tester")
        line = dict(LINE, subscription='S-2', account_number='100000025')
        report = self.load(accounts=[ACCOUNT, wrong], subscriptions=[LINE, line])
        self.assertEqual(self.faults(report), [('accounts', 3, 'country'),
                                               ('subscriptions', 3, 'account_number')])
        report = self.load(accounts=[ACCOUNT, dict(wrong, country='CA')],
                           subscriptions=[LINE, line])
        self.assertFalse(report['issues'])
        self.assertEqual(report['created'], {'accounts': 1, 'subscriptions': 1})
        self.assertTrue(self.line('S-2'))

    def test_a_row_without_company_belongs_to_the_present_one(self):
        rows = {name: [{key: value for key, value in row.items() if key != 'company'}
                       for row in found] for name, found in self.book().items()}
        report = self.env['isp.book.import']._import_files(rows)
        self.assertFalse(report['issues'])
        self.assertEqual(self.account().company_id, self.ca)

    def test_the_same_number_in_two_companies_is_two_accounts(self):
        other = dict(ACCOUNT, company="Rivelin Test SAS", state='', country='FR', name="Zoé")
        report = self.load(accounts=[ACCOUNT, other])
        self.assertFalse(report['issues'])
        self.assertNotEqual(self.account(), self.account(company=self.fr))

    def test_service_addresses_are_contacts_and_decide_the_taxes(self):
        cottage = {'service_street': "9 Lake Road", 'service_city': "Ottawa",
                   'service_zip': "K1N 2B3", 'service_state': 'ON', 'service_country': 'CA'}
        self.load(subscriptions=[LINE, dict(LINE, subscription='S-2', **cottage),
                                 dict(LINE, subscription='S-2', line='2', plan='FIB',
                                      start='2030-01-01', **cottage)],
                  plans=[dict(PLAN), dict(PLAN, code='FIB2')])
        address = self.line('S-2').sale_subscription_id.partner_shipping_id
        self.assertEqual(address.parent_id, self.account())
        self.assertEqual(address.state_id, self.ontario)
        self.assertEqual(self.line('S-2').tax_ids, self.hst)


class TestOpeningCharges(BookCase):

    def bill(self, target):
        run = self.make_run(date.fromisoformat(target))
        return run.bill_ids

    def test_the_first_run_bills_one_period_and_not_the_history(self):
        self.load()
        bill = self.bill('2026-04-01')
        self.assertEqual(bill.line_ids.mapped('date_from'), [date(2026, 4, 1)])
        self.assertEqual(bill.amount_total, 68.93)

    def test_without_a_last_billed_day_the_history_is_billed_and_said(self):
        report = self.load(billed_through=[],
                           subscriptions=[dict(LINE, start='2026-01-01')])
        self.assertEqual([(n['file'], n['row'], n['column']) for n in report['notices']],
                         [('subscriptions', 2, 'start')])
        self.assertEqual(len(self.bill('2026-04-01').line_ids), 4)

    def test_days_after_an_end_are_credited_at_the_amount_that_was_billed(self):
        """The former system billed all of March; the customer left on the 10th."""
        self.load(subscriptions=[dict(LINE, end='2026-03-10')],
                  billed_through=[dict(BILLED, amount='31.00')])
        self.assertEqual(self.line().isp_date_end, date(2026, 3, 10))
        self.assertEqual(self.bill('2026-04-01').line_ids.amount, -21.00)

    def test_a_plan_change_of_the_month_before_is_caught_up(self):
        self.load(
            plans=[PLAN, dict(PLAN, code='TOP')],
            plan_prices=[dict(PRICE, amount='30'), dict(PRICE, plan='TOP', amount='50')],
            subscriptions=[
                dict(LINE, line='1b', plan='TOP', start='2026-04-16', replaces='1'),
                dict(LINE, end='2026-04-15')],
            billed_through=[dict(BILLED, billed_through='2026-04-30', amount='30.00')])
        bill = self.bill('2026-05-01')
        self.assertEqual(sorted(bill.line_ids.mapped('amount')), [-15.0, 25.0, 50.0])
        self.assertEqual(self.line(key='1b').isp_replaced_line_id, self.line())

    def test_an_unknown_amount_makes_a_credit_an_exception(self):
        self.load(subscriptions=[dict(LINE, end='2026-03-10')],
                  billed_through=[dict(BILLED, amount='')])
        self.assertEqual(self.bill('2026-04-01').state, 'exception')

    def test_a_last_billed_day_before_the_first_day_is_refused_with_its_line(self):
        report = self.load(billed_through=[dict(BILLED, billed_through='2024-03-11')])
        self.assertEqual(self.faults(report), [
            ('subscriptions', 2, 'line'), ('billed_through', 2, 'billed_through')])
        self.assertFalse(self.line())

    def test_a_line_that_replaces_nothing_known_is_refused(self):
        report = self.load(subscriptions=[dict(LINE, replaces='zz')], billed_through=[])
        self.assertEqual(self.faults(report), [('subscriptions', 2, 'replaces')])

    def test_a_late_opening_charge_reaches_a_line_of_an_earlier_import(self):
        self.load(billed_through=[])
        report = self.load()
        self.assertEqual(report['created'], {'billed_through': 1})
        self.assertEqual(self.line().isp_charge_ids.origin, 'opening')

    def test_a_hold_of_the_book_is_credited(self):
        hold = {'company': "Nordlink Test inc.", 'subscription': 'S-1',
                'date_from': '2026-03-10', 'date_to': '2026-03-20', 'reason': 'vacation'}
        report = self.load(holds=[hold], billed_through=[dict(BILLED, amount='31.00')])
        self.assertFalse(report['issues'])
        self.assertIn(-11.00, self.bill('2026-04-01').line_ids.mapped('amount'))


class TestOpeningBalances(BookCase):

    def test_one_invoice_or_credit_note_per_document_without_tax(self):
        self.load(opening_balances=[OPEN, dict(OPEN, document='PAY-1', amount='-20,00',
                                               due_date='')])
        moves = self.env['account.move'].search([('isp_opening_document', '!=', False)])
        self.assertEqual(len(moves), 2)
        self.assertEqual(set(moves.mapped('state')), {'posted'})
        self.assertFalse(moves.line_ids.tax_ids | moves.line_ids.tax_line_id)
        debt = moves.line_ids.filtered(
            lambda line: line.account_type == 'asset_receivable' and line.debit)
        self.assertEqual(debt.date_maturity, date(2026, 3, 21))
        self.assertEqual(debt.isp_account_id, self.account())
        self.assertEqual(self.account().with_company(self.ca).isp_balance, 48.93)
        self.assertEqual(set(moves.mapped('move_type')), {'out_invoice', 'out_refund'})
        self.assertEqual(
            moves.journal_id, self.env['account.journal']._isp_opening_journal(self.ca))
        self.assertEqual(moves.line_ids.account_id - debt.account_id,
                         self.ca.get_unaffected_earnings_account())

    def test_case_106_an_opening_balance_is_due_and_paid_like_an_invoice(self):
        """Kind: a debt that is no invoice has no amount due, no due date, and is on no list."""
        self.load(opening_balances=[dict(
            OPEN, amount='183.85', date='2026-10-01', due_date='2026-10-21')])
        move = self.env['account.move'].search([('isp_opening_document', '=', 'OLD-7')])
        account = self.account().with_company(self.ca)
        self.assertEqual((move.amount_residual, move.invoice_date_due, move.payment_state),
                         (183.85, date(2026, 10, 21), 'not_paid'))
        for day, overdue in (('2026-10-21', 0.0), ('2026-10-22', 183.85)):
            with freeze_time(f'{day} 12:00:00'):
                account.invalidate_recordset(['isp_overdue'])
                self.assertEqual((account.isp_balance, account.isp_overdue), (183.85, overdue))
                self.assertEqual(bool(self.env['res.partner'].with_company(self.ca).search(
                    [('isp_overdue', '>', 0), ('id', '=', account.id)])), bool(overdue))
                self.assertEqual(bool(self.env['account.move'].search([
                    ('id', '=', move.id), ('invoice_date_due', '<', day),
                    ('move_type', 'in', ('out_invoice', 'out_receipt')),
                    ('payment_state', 'in', ('not_paid', 'partial'))])), bool(overdue))
        letters = self.env['isp.account.letter']
        for kind in ('statement', 'reminder'):
            facts = letters._account_facts(kind, account, self.ca, date(2026, 10, 25))
            self.assertEqual((facts['amount'], facts['items'][0]['number'],
                              facts['items'][0]['due']), ('183.85', 'OLD-7', '2026-10-21'))
        person = new_test_user(self.env, 'opening', groups='base.group_portal',
                               partner_id=account.id, company_id=self.ca.id,
                               company_ids=self.ca.ids)
        shown = self.env['account.move'].with_user(person).with_context(
            allowed_company_ids=person.company_id.ids).search([('id', '=', move.id)])
        self.assertEqual(shown.amount_residual, 183.85)

    def test_the_same_document_twice_is_one_entry(self):
        self.load()
        self.load(opening_balances=[dict(OPEN, amount='99.00')])
        moves = self.env['account.move'].search([('isp_opening_document', '=', 'OLD-7')])
        self.assertEqual(moves.mapped('amount_total'), [68.93])

    @mute_logger('odoo.addons.isp_billing.models.isp_book_import')
    def test_a_document_in_a_locked_month_is_refused_alone(self):
        self.ca.sudo().hard_lock_date = '2026-02-28'
        report = self.load(opening_balances=[OPEN, dict(OPEN, document='OLD-8',
                                                        date='2026-01-01',
                                                        due_date='2026-01-20')])
        moves = self.env['account.move'].search([('isp_opening_document', '!=', False)])
        posted = set(moves.mapped('isp_opening_document'))
        self.assertIn('OLD-7', posted)
        late = moves.filtered(lambda move: move.isp_opening_document == 'OLD-8')
        self.assertTrue(report['issues'] or late.date > date(2026, 2, 28))


class TestOdooImportScreen(BookCase):
    """The columns that docs/administrators/import.md names for Odoo's own import screen."""

    def load_rows(self, model, columns, *rows):
        result = self.env[model].load(columns.split(), [list(row) for row in rows])
        self.assertFalse(result['messages'])
        return self.env[model].browse(result['ids'])

    def test_accounts_and_subscriptions_with_their_last_billed_day(self):
        self.fibre.company_id = self.ca
        accounts = self.load_rows(
            'res.partner',
            'id name street city zip state_id/id country_id/id isp_account_number '
            'isp_document_language isp_delivery_channel isp_billing_profile_id/.id',
            ('__import__.acc1', "Ada Tester", "1 Moss Lane", "Testville", "H2X 1A1",
             'base.state_ca_qc', 'base.ca', '100000017', "French", "Paper",
             str(self.ca.isp_profile_id.id)))
        self.assertTrue(accounts.isp_is_account)
        self.assertEqual(accounts.with_company(self.ca).isp_delivery_channel, 'paper')
        subscriptions = self.load_rows(
            'sale.subscription',
            'id code company_id partner_id/id isp_billed date_start stage_id '
            'sale_subscription_line_ids/isp_plan_id sale_subscription_line_ids/isp_date_start '
            'sale_subscription_line_ids/isp_import_key '
            'sale_subscription_line_ids/isp_opening_through '
            'sale_subscription_line_ids/isp_opening_amount',
            ('__import__.sub1', 'S-9', self.ca.name, '__import__.acc1', '1', '2024-03-12',
             "In progress", 'FIBRE', '2024-03-12', '1', '2026-03-31', '59.95'))
        line = subscriptions.sale_subscription_line_ids
        self.assertEqual(line.isp_charge_ids.mapped('origin'), ['opening'])
        self.assertEqual(line.isp_opening_through, date(2026, 3, 31))
        bill = self.make_run(date(2026, 4, 1)).bill_ids
        self.assertEqual(bill.line_ids.mapped('amount'), [59.95])

    def test_plans_with_prices_and_holds(self):
        product = self.fibre.product_id
        product.default_code = 'SVC'
        plans = self.load_rows(
            'isp.service.plan',
            'id code name kind product_id interval unit timing speed_down speed_up data_cap_gb '
            'term_months company_id price_ids/currency_id price_ids/date_from price_ids/amount',
            ('__import__.plan1', 'TOP', "Top", "Internet", 'SVC', '1', "Months", "In advance",
             '500', '250', '0', '24', self.ca.name, 'CAD', '2020-01-01', '74.95'))
        self.assertEqual(plans.price_ids.amount, 74.95)
        self.load()
        holds = self.load_rows(
            'isp.service.hold', 'id subscription_id/.id date_from date_to reason effect',
            ('__import__.hold1', str(self.line().sale_subscription_id.id), '2026-03-10',
             '2026-03-20', "Vacation", "No charge"))
        self.assertEqual(holds.reason, 'vacation')


class TestModuleDemo(BookCase):

    def test_the_demonstration_records_of_the_module_can_be_billed(self):
        """Databases made with demonstration data load this file (off by default)."""
        company = self.env.ref('base.main_company')
        self.env.user.company_ids |= company
        convert_file(self.env, 'isp_billing', 'demo/isp_demo.xml', {}, mode='init',
                     noupdate=True)
        subscription = self.env.ref('isp_billing.demo_subscription')
        self.assertEqual(subscription.stage_type, 'in_progress')
        lines = subscription.sale_subscription_line_ids
        target = company._isp_today().replace(day=1)
        differences, errors = self.env['isp.billing.engine']._differences(lines, target)
        self.assertFalse(errors)
        self.assertTrue(all(differences.values()))

    def check_at(self, moment, zone):
        """The days of demonstration records are the company's, not those of the server."""
        company = self.env.ref('base.main_company')
        self.env.user.company_ids |= company
        company.isp_tz = zone
        with patch.object(self.registry['res.company'], '_isp_now', lambda _company: moment):
            convert_file(self.env, 'isp_billing', 'demo/isp_demo.xml', {}, mode='init',
                         noupdate=True)
            today = company._isp_today()
            lines = self.env.ref('isp_billing.demo_subscription').sale_subscription_line_ids
            self.assertEqual(set(lines.mapped('isp_date_start')),
                             {(today - relativedelta(months=1)).replace(day=12)})
            differences, _errors = self.env['isp.billing.engine']._differences(
                lines, today.replace(day=1))
        self.assertTrue(all(differences.values()))

    def test_they_are_due_on_the_last_evening_of_a_month_in_the_west(self):
        self.check_at(datetime(2026, 12, 1, 0, 35), 'America/Vancouver')

    def test_they_are_due_on_the_first_morning_of_a_year_in_the_east(self):
        self.check_at(datetime(2026, 12, 31, 23, 30), 'Pacific/Auckland')

    def test_they_are_due_on_29_february_in_the_west(self):
        self.check_at(datetime(2028, 3, 1, 4, 0), 'America/Vancouver')


class TestImportWizard(BookCase):

    def upload(self, user, **changes):
        """A wizard with the book as CSV files, in a session of the user alone."""
        env = self.env(user=user.id, context={})
        names = {'accounts': [ACCOUNT], 'plans': [PLAN], **changes}
        files = env['ir.attachment']
        for name, rows in names.items():
            text = '\n'.join([','.join(rows[0]), *[','.join(row.values()) for row in rows]])
            files |= files.create({'name': f'{name}.csv', 'raw': text.encode()})
        return env['isp.book.import.wizard'].create({
            'file_ids': files.ids})

    def test_check_then_import_by_a_manager(self):
        manager = new_test_user(
            self.env, 'isp_import_manager', groups='isp_billing.group_manager',
            company_id=self.ca.id, company_ids=[self.ca.id, self.fr.id])
        wizard = self.upload(manager)
        wizard.action_check()
        self.assertEqual(wizard.state, 'checked')
        self.assertEqual(wizard.created_count, 2)
        self.assertFalse(self.account())
        wizard.action_import()
        self.assertEqual(wizard.state, 'done')
        self.assertTrue(self.account())
        self.assertFalse(wizard.issue_count)

    def test_a_manager_may_import_a_whole_book(self):
        manager = new_test_user(
            self.env, 'isp_book_manager', groups='isp_billing.group_manager',
            company_id=self.ca.id, company_ids=[self.ca.id, self.fr.id])
        report = self.env['isp.book.import'].with_user(manager)._import_files(self.book())
        self.assertFalse(report['issues'])
        self.assertEqual(set(report['created'].values()), {1})

    def test_faults_are_listed(self):
        wizard = self.upload(self.env.user, accounts=[dict(ACCOUNT, country='XX')])
        wizard.action_import()
        self.assertEqual(wizard.issue_count, 1)
        self.assertEqual(wizard.issue_ids.row, 2)
        self.assertIn("XX", wizard.issue_ids.reason)
        self.assertEqual(wizard.summary_ids.mapped('file'), ['plans', 'accounts'])

    def test_a_clerk_may_not_import(self):
        clerk = new_test_user(self.env, 'isp_import_clerk', groups='isp_billing.group_clerk',
                              company_id=self.ca.id, company_ids=[self.ca.id])
        with self.assertRaises(AccessError):
            self.env['isp.book.import.wizard'].with_user(clerk).create({})

    def test_a_company_of_others_is_unknown(self):
        manager = new_test_user(
            self.env, 'isp_import_french', groups='isp_billing.group_manager',
            company_id=self.fr.id, company_ids=[self.fr.id])
        wizard = self.upload(manager)
        wizard.action_import()
        self.assertEqual(wizard.issue_ids.mapped('column'), ['company'])
        self.assertIn("Rivelin", wizard.issue_ids.reason)
        self.assertNotIn("Nordlink", wizard.issue_ids.reason.replace("“Nordlink Test inc.”", ""))


class TestRunSpreadsheet(BookCase):

    def sheets(self, content):
        """{name inside the file: text} of a spreadsheet."""
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            return {name: archive.read(name).decode() for name in archive.namelist()}

    def test_texts_never_become_formulas_or_links(self):
        names = ("=HYPERLINK(\"http://bad.example\")", "+1+1", "-2+3", "@SUM(A1)",
                 "http://web.example")
        plan = self.make_plan('fib', 59.95)
        for name in names:
            account = self.make_account()
            account.name = name
            self.make_subscription(account, [plan], '2026-04-01')
        run = self.make_run(date(2026, 4, 1))
        name, content = self.env['isp.bill.run.xlsx']._content(run)
        self.assertTrue(name.endswith('.xlsx'))
        sheets = self.sheets(content)
        pages = [text for title, text in sheets.items() if title.startswith('xl/worksheets/s')]
        self.assertEqual(len(pages), 4)
        self.assertFalse(any('<f>' in page or '<hyperlink' in page for page in pages))
        self.assertIn('=HYPERLINK', sheets['xl/sharedStrings.xml'])

    def test_taxes_add_up_to_the_run(self):
        plan = self.make_plan('fib', 59.95)
        for state in (self.quebec, self.ontario):
            self.make_subscription(self.make_account(f"Tester {state.code}", state=state),
                                   [plan], '2026-04-01')
        run = self.make_run(date(2026, 4, 1))
        amounts = [amount for _base, amount in run._isp_tax_totals().values()]
        self.assertAlmostEqual(sum(amounts), run.amount_tax, 2)

    def test_an_empty_run_is_a_spreadsheet_too(self):
        run = self.make_run(date(2026, 4, 1))
        _name, content = self.env['isp.bill.run.xlsx']._content(run)
        self.assertIn('xl/workbook.xml', self.sheets(content))


@tagged('standard', 'post_install', '-at_install')
class TestRunDownload(IspMixin, HttpCase):

    def test_only_those_who_may_read_the_run_get_it(self):
        self.make_world()
        run = self.make_run(date(2026, 4, 1), compute=False)
        new_test_user(self.env, 'isp_dl_auditor', groups='isp_billing.group_auditor',
                      company_id=self.ca.id, company_ids=[self.ca.id])
        new_test_user(self.env, 'isp_dl_french', groups='isp_billing.group_auditor',
                      company_id=self.fr.id, company_ids=[self.fr.id])
        new_test_user(self.env, 'isp_dl_portal', groups='base.group_portal')
        url = f'/isp_billing/run/{run.id}/xlsx'
        for login, status in (('isp_dl_auditor', 200), ('isp_dl_french', 404),
                              ('isp_dl_portal', 404)):
            self.authenticate(login, login)
            self.assertEqual(self.url_open(url).status_code, status, login)
        self.authenticate('isp_dl_auditor', 'isp_dl_auditor')
        answer = self.url_open(url)
        self.assertTrue(answer.content.startswith(b'PK'))
        self.assertIn('attachment', answer.headers['Content-Disposition'])
        self.authenticate(None, None)
        self.assertIn('/web/login', self.url_open(url).url)
