"""One account sees nothing of another one of the same company: rules, pages, files, choices.

The family: Landlord Co with an account, its bookkeeper Carol without one, and its tenants Ann and
Bob, each with an account below it; Dora is a contact of Ann. Who sees whose bills:

    login      Landlord Co  Ann  Bob
    landlord       x
    carol          x
    ann                      x
    dora                     x
    bob                           x
"""
import re

from odoo import Command
from odoo.exceptions import AccessError
from odoo.tests import HttpCase, new_test_user
from odoo.tools import mute_logger

from .common import IspCase
from .document_common import DocumentCase, encoded, make_pdf

#: whose bills each login sees
SEEN = {'landlord': 'landlord', 'carol': 'landlord', 'ann': 'ann', 'dora': 'ann', 'bob': 'bob'}
RULES = 'odoo.addons.base.models.ir_rule'


class FamilyMixin:

    @classmethod
    def make_family(cls, companies):
        """``cls.people`` (res.partner) and ``cls.users`` by name, for the test below."""
        landlord = cls.make_account("Landlord Co", is_company=True)
        ann = cls.make_account("Ann Tenant", parent_id=landlord.id, type='contact')
        contacts = cls.env['res.partner'].create([
            {'name': "Carol Books", 'parent_id': landlord.id, 'email': "carol@client.example"},
            {'name': "Dora Helper", 'parent_id': ann.id, 'email': "dora@client.example"}])
        cls.people = {
            'landlord': landlord, 'carol': contacts[0], 'ann': ann, 'dora': contacts[1],
            'bob': cls.make_account("Bob Tenant", parent_id=landlord.id, type='contact'),
            'stranger': cls.make_account("Stan Stranger"),
        }
        cls.users = {name: cls.make_login(name, person, companies)
                     for name, person in cls.people.items()}

    @classmethod
    def make_login(cls, name, person, companies):
        return new_test_user(
            cls.env, f'family-{name}', password=f'family-{name}', groups='base.group_portal',
            partner_id=person.id, email=f'{name}@login.example', company_id=companies[0].id,
            company_ids=[Command.set(companies.ids)])


class TestPortalAccountRules(FamilyMixin, IspCase):

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.make_family(cls.ca)
        cls.accounts_seen = ('landlord', 'ann', 'bob', 'stranger')
        for name in cls.accounts_seen:
            cls.make_subscription(cls.people[name], [cls.fibre], '2026-11-01')
        moves = cls.bill('2026-11-01').move_ids
        cls.bills = {name: moves.filtered(
            lambda move, name=name: move.isp_account_id == cls.people[name])
            for name in cls.accounts_seen}

    def as_user(self, name, model='account.move', companies=None):
        self.env.flush_all()
        self.env.invalidate_all()
        return self.env[model].with_user(self.users[name]).with_context(
            allowed_company_ids=(companies or self.ca).ids)

    def seen(self, name, **options):
        """Invoices that a login finds, each checked to be readable as well."""
        moves = self.as_user(name, **options).search([])
        moves.check_access('read')
        return moves.sudo()

    def make_move(self, partner, account=None, **values):
        """A posted invoice that no run made."""
        company = values.pop('company', self.ca)
        move = self.env['account.move'].with_company(company).create({
            'move_type': 'out_invoice', 'partner_id': partner.id, 'invoice_date': '2026-11-02',
            'isp_account_id': account and account.id, 'journal_id': self.journals[company].id,
            'invoice_line_ids': [Command.create({'name': "Visit", 'price_unit': 50.0})], **values})
        move.action_post()
        return move

    def make_plain_journal(self):
        return self.env['account.journal'].create({
            'name': "Shop", 'code': 'SHOP', 'type': 'sale', 'company_id': self.ca.id,
            'default_account_id': self.accounts[self.ca][1].id})

    @mute_logger(RULES)
    def test_each_login_finds_the_bills_of_its_account_alone(self):
        for login, owner in {**SEEN, 'stranger': 'stranger'}.items():
            with self.subTest(login=login):
                self.assertEqual(self.seen(login), self.bills[owner])
                self.assertEqual(self.as_user(login).search_count([]), 1)
                lines = self.as_user(login, 'account.move.line').search([])
                self.assertEqual(lines.sudo(), self.bills[owner].line_ids)
                for name, move in self.bills.items():
                    allowed = name == owner
                    own = self.as_user(login).browse(move.id)
                    self.assertEqual(own.has_access('read'), allowed, name)
                    self.assertEqual(
                        self.as_user(login, 'account.move.line').browse(
                            move.line_ids.ids).has_access('read'), allowed, name)
                    if not allowed:
                        with self.assertRaises(AccessError):
                            own.read(['name', 'access_token'])

    def test_portal_users_read_no_other_model_of_billing(self):
        models = self.env['ir.model'].search([
            '|', ('model', '=like', 'isp.%'), ('model', '=like', 'sale.subscription%'),
            ('abstract', '=', False)]).mapped('model')
        self.assertIn('isp.charge', models)
        for model in (*models, 'account.payment'):
            with self.subTest(model=model):
                self.assertFalse(self.as_user('carol', model).has_access('read'))

    def test_contacts_of_the_family_show_no_amount_of_another_account(self):
        """Odoo lets Ann read the contact Bob; no field of billing is among what she reads."""
        for name in ('ann', 'bob', 'landlord'):
            person = self.as_user('ann', 'res.partner').browse(self.people[name].id)
            self.assertEqual(person.read(['name'])[0]['name'], self.people[name].name)
            self.assertFalse([field for field in person.fields_get() if field.startswith('isp_')])
            for field in ('isp_balance', 'isp_invoice_count', 'isp_document_language'):
                with self.assertRaises(AccessError):
                    person.read([field])

    def test_users_of_the_company_see_everything(self):
        self.users['clerk'] = new_test_user(
            self.env, 'family-clerk', groups='base.group_user,isp_billing.group_clerk',
            company_id=self.ca.id, company_ids=[Command.set(self.ca.ids)])
        every = self.env['account.move'].union(*self.bills.values())
        self.assertEqual(len(every), 4)
        self.assertEqual(self.seen('clerk'), every)
        lines = self.as_user('clerk', 'account.move.line').search([])
        self.assertEqual(lines.sudo(), every.line_ids)

    # === Which account a person stands for === #

    def test_a_payer_sees_what_it_pays_and_the_one_paid_for_does_not(self):
        self.people['bob'].with_company(self.ca).isp_payer_id = self.people['landlord']
        paid = self.bill('2026-12-01').move_ids.filtered(
            lambda move: move.isp_account_id == self.people['landlord'])
        self.assertEqual(paid.isp_charge_ids.account_id,
                         self.people['landlord'] | self.people['bob'])
        self.assertIn(paid, self.seen('carol'))
        self.assertEqual(self.seen('bob'), self.bills['bob'])

    def test_a_contact_with_an_account_of_its_own_stands_for_that_one(self):
        """Number, subscription or posted bill: any of them is enough, a draft is not."""
        carol, landlord = self.people['carol'], self.people['landlord']
        journal = self.journals[self.ca].id
        draft = self.env['account.move'].create({
            'move_type': 'out_invoice', 'partner_id': carol.id, 'isp_account_id': carol.id,
            'journal_id': journal, 'invoice_date': '2026-11-03',
            'invoice_line_ids': [Command.create({'name': "Visit", 'price_unit': 50.0})]})
        self.assertEqual(carol._isp_portal_account(), landlord)
        draft.action_post()
        self.assertEqual(carol._isp_portal_account(), carol)
        self.assertEqual(self.seen('carol'), draft)
        for open_account in (
            lambda partner: partner.with_company(self.ca).action_isp_open_account(),
            lambda partner: partner.with_company(self.fr).action_isp_open_account(),
            lambda partner: self.make_subscription(partner, [self.fibre], '2026-12-01'),
        ):
            contact = self.env['res.partner'].create(
                {'name': "Contact", 'parent_id': landlord.id})
            self.assertEqual(contact._isp_portal_account(), landlord)
            open_account(contact)
            self.assertEqual(contact._isp_portal_account(), contact)

    def test_rights_follow_the_contacts_of_today(self):
        """Nothing is remembered: a new number, and a contact who moves, count at once."""
        self.assertEqual(self.seen('carol'), self.bills['landlord'])
        self.people['carol'].parent_id = self.people['bob']
        self.assertEqual(self.seen('carol'), self.bills['bob'])
        self.people['carol'].with_company(self.ca).action_isp_open_account()
        self.assertFalse(self.seen('carol'))

    def test_a_company_of_its_own_below_another_sees_nothing_of_it(self):
        branch = self.env['res.partner'].create({
            'name': "Branch Ltd", 'is_company': True, 'parent_id': self.people['landlord'].id})
        contact = self.env['res.partner'].create({'name': "Eve", 'parent_id': branch.id})
        self.users['eve'] = self.make_login('eve', contact, self.ca)
        self.assertEqual(contact._isp_portal_account(), branch)
        self.assertFalse(self.seen('eve'))

    def test_a_parent_without_an_account_sees_no_child(self):
        parent = self.env['res.partner'].create({'name': "Family", 'is_company': True})
        child = self.make_account("Fay Child", parent_id=parent.id)
        self.users['family'] = self.make_login('parent', parent, self.ca)
        self.users['fay'] = self.make_login('fay', child, self.ca)
        move = self.make_move(child, child)
        self.assertFalse(self.seen('family'))
        self.assertEqual(self.seen('fay'), move)

    def test_a_bill_addressed_to_another_family_is_the_accounts(self):
        """The account decides, whoever is the customer of the invoice."""
        move = self.make_move(self.people['stranger'], self.people['ann'])
        self.assertEqual(self.seen('ann'), self.bills['ann'] | move)
        self.assertEqual(self.seen('stranger'), self.bills['stranger'])

    # === Other invoices === #

    def test_an_invoice_without_account_in_our_journal_goes_by_its_customer(self):
        address = self.env['res.partner'].create(
            {'name': "Bob, invoices", 'type': 'invoice', 'parent_id': self.people['bob'].id})
        for person in (self.people['bob'], address):
            move = self.make_move(person)
            self.assertFalse(move.isp_account_id)
            self.assertIn(move, self.seen('bob'))
            for login in ('ann', 'carol', 'landlord', 'dora', 'stranger'):
                self.assertNotIn(move, self.seen(login), login)
        move = self.make_move(self.people['carol'])
        for login in SEEN:
            self.assertEqual(move in self.seen(login), login in ('carol', 'landlord'), login)

    def test_other_invoices_keep_the_rule_of_odoo(self):
        move = self.make_move(self.people['bob'], journal_id=self.make_plain_journal().id)
        for login in SEEN:
            self.assertIn(move, self.seen(login), login)
        self.assertNotIn(move, self.seen('stranger'))

    def test_drafts_cancelled_ones_and_entries_stay_hidden(self):
        draft = self.bills['ann'].copy({'isp_account_id': self.people['ann'].id})
        cancelled = draft.copy()
        cancelled.button_cancel()
        entry = self.env['account.move'].create({
            'move_type': 'entry', 'journal_id': self.journals[self.ca].id,
            'isp_account_id': self.people['ann'].id, 'line_ids': [
                Command.create({'account_id': account.id, 'debit': debit, 'credit': 10 - debit})
                for account, debit in zip(self.accounts[self.ca][:2], (10, 0), strict=True)]})
        entry.action_post()
        self.assertEqual((cancelled.state, entry.state), ('cancel', 'posted'))
        self.assertEqual(self.seen('ann'), self.bills['ann'])

    # === Companies === #

    def test_a_customer_of_two_companies(self):
        """One person, one account with a number in each: bills of the companies one may see."""
        ann = self.people['ann']
        ann.with_company(self.fr).action_isp_open_account()
        french = self.make_move(ann, ann, company=self.fr)
        self.assertEqual(self.seen('ann'), self.bills['ann'])
        both = self.ca | self.fr
        self.users['ann'].company_ids = [Command.set(both.ids)]
        self.assertEqual(self.seen('ann', companies=both), self.bills['ann'] | french)
        self.assertEqual(self.seen('ann', companies=self.fr), french)
        self.users['bob'].company_ids = [Command.set(both.ids)]
        self.assertEqual(self.seen('bob', companies=both), self.bills['bob'])

    def test_an_account_in_one_company_is_no_bookkeeper_in_another(self):
        """Landlord Co has a French account, Ann none: she does not see its French bills."""
        landlord = self.people['landlord']
        landlord.with_company(self.fr).action_isp_open_account()
        french = self.make_move(landlord, landlord, company=self.fr)
        both = self.ca | self.fr
        for login in ('ann', 'carol'):
            self.users[login].company_ids = [Command.set(both.ids)]
        self.assertEqual(self.seen('ann', companies=both), self.bills['ann'])
        self.assertEqual(self.seen('carol', companies=both), self.bills['landlord'] | french)

    # === Rules === #

    def test_the_rules_of_odoo_stay_as_they_were(self):
        """Ours are rules of their own, so that removing the module leaves Odoo's alone."""
        for xmlid in ('account_invoice_rule_portal', 'account_invoice_line_rule_portal'):
            rule = self.env.ref(f'account.{xmlid}')
            self.assertNotIn('isp_', rule.domain_force)
            self.assertIn('child_of', rule.domain_force)
        ours = self.env['ir.rule'].search([('domain_force', 'like', 'isp_portal_own')])
        owners = self.env['ir.model.data'].search([
            ('model', '=', 'ir.rule'), ('res_id', 'in', ours.ids)])
        self.assertEqual((len(ours), set(owners.mapped('module'))), (3, {'isp_billing'}))
        self.assertFalse(any(owners.mapped('noupdate')))

    def test_the_number_of_queries_does_not_grow_with_the_bills(self):
        def count():
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            self.as_user('ann').search([]).sudo().mapped('name')
            return self.env.cr.sql_log_count - before
        count()
        few = count()
        for _place in range(5):
            self.make_move(self.people['ann'], self.people['ann'])
            self.make_move(self.people['bob'], self.people['bob'])
        self.assertEqual(len(self.seen('ann')), 6)
        self.assertEqual(count(), few)
        self.assertLess(few, 40)


    def test_the_rule_asks_one_indexed_column(self):
        """An OR with anything else would read every invoice: with 100,000 of them, too many."""
        domain = self.as_user('ann')._isp_portal_domain()
        self.assertEqual(list(domain), [('isp_account_id', '=', self.people['ann'].id)])
        self.assertTrue(self.env['account.move']._fields['isp_account_id'].index)


class TestPortalAccountPages(FamilyMixin, DocumentCase, HttpCase):
    """Every address of ours and of Odoo that gives something of an invoice, for each login."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.make_family(cls.company)
        cls.env['isp.invoice.attachment'].create({
            'name': "Apart", 'pdf_en': encoded(make_pdf(1, "apart")), 'delivery': 'separate'})
        cls.moves = {name: cls.make_invoice(cls.people[name])
                     for name in ('landlord', 'ann', 'bob')}
        for move in cls.moves.values():
            move._isp_render_documents()
            move._isp_translation_pdf()

    def get(self, address, **options):
        self.env.flush_all()
        response = self.url_open(address, **options)
        self.env.invalidate_all()
        return response

    def addresses(self, move):
        """Addresses of an invoice, with what the answer holds when it is given (bytes)."""
        page, pdf, name = f'/my/invoices/{move.id}', b'%PDF', move.name.encode()
        return {
            page: name,
            f'{page}?report_type=html': name,
            f'{page}?report_type=pdf': pdf,
            f'{page}?report_type=pdf&download=true': pdf,
            f'{page}/insert/{move.isp_insert_ids.id}': pdf,
            f'{page}/translation': pdf,
            f'/report/pdf/isp_billing.report_invoice/{move.id}': pdf,
            f'/report/html/isp_billing.report_invoice/{move.id}': name,
        }

    def addresses_of_staff(self, move):
        """What neither Odoo nor we give to a portal user, whosever the bill is."""
        account = move.isp_account_id.id
        return (
            f'/isp/invoice/{move.id}/pdf', f'/isp/invoice/{move.id}/translation',
            f'/report/pdf/isp_billing.report_statement/{account}',
            f'/report/pdf/isp_billing.report_reminder/{account}',
            f'/report/html/account.report_invoice/{move.id}',
            f'/report/html/account.report_invoice_with_payments/{move.id}',
            f'/account/download_invoice_documents/{move.id}/pdf',
            f'/account/download_invoice_documents/{move.id}/all',
            f'/web/content/{move.isp_document_id.id}',
            f'/web/content/{move.isp_translation_id.id}',
            f'/web/content/{move.isp_insert_ids.file_id.id}',
        )

    @mute_logger(RULES, 'odoo.http')
    def test_every_address_for_each_login(self):
        for login, owner in SEEN.items():
            self.authenticate(f'family-{login}', f'family-{login}')
            for name, move in self.moves.items():
                for address, content in self.addresses(move).items():
                    with self.subTest(login=login, bill=name, address=address):
                        self.assertEqual(content in self.get(address).content, name == owner)

    @mute_logger(RULES, 'odoo.http')
    def test_addresses_for_the_people_of_the_company(self):
        self.authenticate('family-ann', 'family-ann')
        for name in ('ann', 'bob'):
            move = self.moves[name]
            for address in self.addresses_of_staff(move):
                with self.subTest(bill=name, address=address):
                    answer = self.get(address)
                    self.assertIn(answer.status_code, (403, 404))
                    self.assertNotIn(move.name, answer.text)

    @mute_logger(RULES, 'odoo.http')
    def test_a_stranger_and_nobody_get_nothing(self):
        for login in ('family-stranger', None):
            self.authenticate(login, login)
            for address, content in self.addresses(self.moves['bob']).items():
                with self.subTest(login=login, address=address):
                    self.assertNotIn(content, self.get(address).content)

    def test_the_list_and_the_number_on_my_account(self):
        for login, owner in {**SEEN, 'stranger': None}.items():
            with self.subTest(login=login):
                self.authenticate(f'family-{login}', f'family-{login}')
                page = self.get('/my/invoices').text
                self.assertEqual(
                    {name for name, move in self.moves.items() if move.name in page},
                    {owner} - {None})
                counters = self.make_jsonrpc_request('/my/counters', {
                    'counters': ['invoice_count', 'overdue_invoice_count']})
                self.assertEqual(counters['invoice_count'], 1 if owner else 0)

    @mute_logger(RULES)
    def test_remote_calls(self):
        self.authenticate('family-ann', 'family-ann')
        found = self.make_jsonrpc_request('/web/dataset/call_kw/account.move/search_read', {
            'model': 'account.move', 'method': 'search_read',
            'args': [[('isp_account_id', '!=', False)], ['name', 'access_token']], 'kwargs': {}})
        self.assertEqual([row['name'] for row in found], [self.moves['ann'].name])

    @mute_logger(RULES, 'odoo.http')
    def test_the_signed_link_of_one_invoice_opens_that_one(self):
        bob = self.moves['bob']
        for login in ('family-ann', 'family-stranger', None):
            self.authenticate(login, login)
            for address, content in self.addresses(bob).items():
                if not address.startswith('/my/'):
                    continue
                sign = '&' if '?' in address else '?'
                with self.subTest(login=login, address=address):
                    for token, opens in ((bob.access_token, True),
                                         (self.moves['ann'].access_token, False)):
                        page = self.get(f'{address}{sign}access_token={token}').content
                        self.assertEqual(content in page, opens)

    # === Choices === #

    def token_of(self, page):
        return re.search(r'name="csrf_token" value="([^"]+)"', page).group(1)

    @mute_logger('odoo.http')
    def test_choices_are_made_for_the_own_account_alone(self):
        numbers = {name: self.people[name].isp_number_ids for name in ('landlord', 'ann', 'bob')}
        for login, owner in SEEN.items():
            self.authenticate(f'family-{login}', f'family-{login}')
            for address, choice, field in (
                ('/my/billing-promotions', {'promotions': 'no'}, 'isp_no_promotions'),
                ('/my/billing-language', {'language': 'fr'}, 'isp_document_language'),
            ):
                page = self.get(address).text
                shown = {name for name, row in numbers.items() if row.number in page}
                self.assertEqual(shown, {owner}, f"{login} {address}")
                for name, row in numbers.items():
                    with self.subTest(login=login, address=address, account=name):
                        account = self.people[name].with_company(self.company)
                        account[field] = False
                        answer = self.get(address, data={
                            'csrf_token': self.token_of(page), 'account': str(row.id), **choice})
                        self.assertEqual(answer.status_code, 200 if name == owner else 404)
                        self.assertEqual(bool(account[field]), name == owner)
