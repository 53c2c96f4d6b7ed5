"""Every door of the portal, for everybody who may stand before it.

The addresses come from Odoo's routing map, so that a new one of ours has to be entered in the
table ``ROUTES`` before this passes.
"""
import json
import random
import re
import threading
from unittest.mock import patch

from odoo.tests import HttpCase, new_test_user
from odoo.tools import mute_logger

from .document_common import DocumentCase, encoded, make_pdf
from .test_portal_accounts import FamilyMixin

QUIET = ('odoo.http', 'odoo.addons.base.models.ir_rule', 'odoo.addons.base.models.ir_model')
OWN, LINK, SIGNED, STAFF = {'ann', 'dora'}, {'link'}, {
    'ann', 'dora', 'bob', 'carol', 'stranger', 'plain', 'clerk', 'other_clerk'}, {'clerk'}
#: who gets an answer with something in it, by address; the invoice is Ann's
ROUTES = {
    '/my/invoices': SIGNED,
    '/my/invoices/page/<int:page>': SIGNED,
    '/my/invoices/<int:invoice_id>': OWN | LINK | STAFF,
    '/my/invoices/<int:invoice_id>/insert/<int:insert_id>': OWN | LINK | STAFF,
    '/my/invoices/<int:invoice_id>/translation': OWN | LINK | STAFF,
    '/my/account': SIGNED,
    '/my/address': SIGNED,
    '/my/billing-language': SIGNED,
    '/my/billing-promotions': SIGNED,
    '/isp/language/<string:token>': None,  # by its token alone
    '/isp/promotions/<string:token>': None,
    '/isp/invoice/<int:invoice_id>/pdf': STAFF,
    '/isp/invoice/<int:invoice_id>/translation': STAFF,
    '/isp/attachment/preview/<int:preview_id>': STAFF,
    '/isp/flyer/<int:flyer_id>/<string:language>': STAFF,
    '/isp_billing/run/<int:run_id>/xlsx': STAFF,
}
#: values that nobody should send, and somebody does
BAD = ('zzz', '', '-1', '0', '99999999999', '2026-02-30', '1e9', 'é€', "'; --", '<b>', '%00',
       '2026-01-01', 'None', '[]', '../..')


class TestPortalDoors(FamilyMixin, DocumentCase, HttpCase):

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.make_family(cls.company)
        cls.env['isp.invoice.attachment'].create({
            'name': "Apart", 'pdf_en': encoded(make_pdf(1, "apart")), 'delivery': 'separate'})
        cls.ann = cls.people['ann']
        cls.move = cls.make_invoice(cls.ann)
        cls.move._isp_render_documents()
        cls.move._isp_translation_pdf()
        cls.token = cls.move._portal_ensure_token()
        cls.other = cls.env['res.company'].create({'name': "Other ISP"})
        for name, groups, company in (
            ('clerk', 'isp_billing.group_clerk,account.group_account_invoice', cls.company),
            ('other_clerk', 'isp_billing.group_clerk,account.group_account_invoice', cls.other),
            ('plain', 'base.group_user', cls.company),
        ):
            cls.users[name] = new_test_user(
                cls.env, f'family-{name}', password=f'family-{name}', groups=groups,
                email=f'{name}@isp.example', company_id=company.id,
                company_ids=[(6, 0, company.ids)])
        cls.bill_run = cls.env['isp.bill.run'].create({
            'company_id': cls.company.id, 'target_date': '2026-10-01',
            'invoice_date': '2026-10-01'})
        clerk = cls.env(user=cls.users['clerk'], su=False)
        cls.flyer = clerk['isp.quick.flyer'].create({'name': "Spring", 'title_en': "Faster"})
        cls.preview = clerk['isp.attachment.preview'].create({
            'attachment_id': cls.env['isp.invoice.attachment'].search([], limit=1).id,
            'account_id': cls.ann.id})

    def login(self, name):
        who = None if name in (None, 'nobody', 'link') else f'family-{name}'
        self.authenticate(who, who)

    def get(self, address, **options):
        self.env.flush_all()
        response = self.url_open(address, **options)
        self.env.invalidate_all()
        return response

    def all_rules(self):
        with patch.object(
                threading.current_thread(), 'dbname', self.env.cr.dbname, create=True):
            return list(self.env['ir.http'].routing_map().iter_rules())

    def rules(self):
        """Rules of the routing map that a controller of ours answers (list)."""
        return [rule for rule in self.all_rules()
                if any(base.__module__.startswith('odoo.addons.isp_billing')
                       and rule.endpoint.func.__name__ in vars(base)
                       for base in type(rule.endpoint.func.__self__).__mro__)]

    def filled(self, path):
        for name, value in {
            '<int:invoice_id>': self.move.id, '<int:insert_id>': self.move.isp_insert_ids.id,
            '<int:preview_id>': self.preview.id, '<int:flyer_id>': self.flyer.id,
            '<int:run_id>': self.bill_run.id, '<string:language>': 'en', '<int:page>': 1,
        }.items():
            path = path.replace(name, str(value))
        return path

    # === Routes and actors === #

    @mute_logger(*QUIET)
    def test_routes_and_actors(self):
        """Each of our addresses for each actor: something of it, or nothing at all."""
        pages = {rule.rule for rule in self.rules()
                 if 'GET' in (rule.methods or {'GET'}) and rule.endpoint.routing['type'] == 'http'}
        self.assertEqual(pages, set(ROUTES))
        actors = ('nobody', 'link', *SIGNED)
        for actor in actors:
            self.login(actor)
            for path, allowed in ROUTES.items():
                if allowed is None:
                    continue
                with self.subTest(actor=actor, path=path):
                    query = f'?access_token={self.token}' if actor == 'link' else ''
                    answer = self.get(self.filled(path) + query, allow_redirects=False)
                    while answer.status_code in (301, 302, 303) and '/my' in \
                            answer.headers['Location'] and answer.headers['Location'] != '/my' \
                            and not answer.headers['Location'].endswith('/my'):
                        answer = self.get(answer.headers['Location'], allow_redirects=False)
                    self.assertLess(answer.status_code, 500)
                    self.assertEqual(answer.status_code == 200, actor in allowed)

    @mute_logger(*QUIET)
    def test_case_168_parameters_that_mean_nothing(self):
        """No parameter makes an error of the server: the page, or an address that is not there.

        The kind: words of a request that reach Python or PostgreSQL as they are. Parameters of
        all pages of the portal, ours and Odoo's, get values that nobody expects.
        """
        self.login('ann')
        addresses = ['/my/invoices?sortby=zzz', '/my/invoices?date_begin=abc&date_end=2026-13-45',
                     f'/my/invoices/{self.move.id}?access_token=é', '/isp/language/texte-é',
                     '/isp/promotions/AAAA', '/my/invoices?self=1', '/my?self=1',
                     '/my/billing-language?self=1', '/my/invoices/99999999999',
                     f'/isp/flyer/{self.flyer.id}/zz']
        dice = random.Random(168)
        for rule in self.all_rules():
            if not re.match(r'/(my|isp)\b', rule.rule) or rule.endpoint.routing['type'] != 'http' \
                    or 'GET' not in (rule.methods or {'GET'}) or 'model' in rule.rule:
                continue
            names = {'self', 'access_token', 'report_type', 'download', 'sortby', 'filterby',
                     'date_begin', 'date_end', 'page', 'partner_id', 'address_type', 'language',
                     'account', 'amount', 'payment_token', 'redirect', 'callback', 'partner_sudo',
                     'use_delivery_as_billing', 'kw'}
            for _time in range(8):
                query = '&'.join(f'{name}={dice.choice(BAD)}'
                                 for name in dice.sample(sorted(names), 4))
                addresses.append(f"{re.sub('<string:[^>]+>', 'zzz', self.filled(rule.rule))}"
                                 f"?{query}")
        failed = []
        for address in addresses:
            if '<' in address.partition('?')[0]:
                continue
            status = self.get(address, allow_redirects=False).status_code
            if status >= 500:
                failed.append(f'{status} {address}')
        self.assertEqual(failed, [])

    # === Addresses === #

    def submit(self, partner, **words):
        page = self.get('/my/billing-language').text
        token = re.search(r'name="csrf_token" value="([^"]+)"', page)[1]
        values = {
            'csrf_token': token, 'partner_id': partner and str(partner.id) or '',
            'address_type': 'billing', 'name': "Changed", 'email': "thief@evil.example",
            'phone': "1 514 555-0100", 'street': "1 Evil Street", 'city': "Rimouski",
            'zip': "G5L 2B2", 'country_id': str(self.env.ref('base.ca').id),
            'state_id': str(self.env.ref('base.state_ca_qc').id), **words}
        return self.get('/my/address/submit', data=values)

    @mute_logger(*QUIET)
    def test_case_162_addresses_of_the_own_account(self):
        """An address belongs to one account, and no other account lists, changes or archives it.

        The kind: Odoo lets everybody of a company change all addresses below it. Also looked at:
        the name of the company above, checks switched off by the form, and where a new address
        is put.
        """
        bob, landlord = self.people['bob'], self.people['landlord']
        landlord.name = "Landlord Co"
        service, company_address = self.env['res.partner'].create([
            {'name': "Bob, chalet", 'type': 'delivery', 'parent_id': bob.id,
             'street': "9, rang du Lac"},
            {'name': "Landlord, hall", 'type': 'other', 'parent_id': landlord.id,
             'street': "7, rue du Hall"}])
        self.login('ann')
        for address in (bob, landlord, service, company_address, self.people['carol']):
            with self.subTest(address=address.name):
                before = (address.name, address.street, address.email, address.active)
                for words in ({}, {'verify_address_values': ''}):
                    self.assertEqual(self.submit(address, **words).status_code, 403)
                answer = self.url_open('/my/address/archive', json={
                    'jsonrpc': '2.0', 'params': {'partner_id': address.id}})
                self.assertIn('error', answer.json())
                self.env.invalidate_all()
                self.assertEqual(
                    (address.name, address.street, address.email, address.active), before)
                if address != landlord:  # named beside each contact of the company
                    self.assertNotIn(address.name, self.get('/my/addresses').text)
                self.assertEqual(
                    self.get(f'/my/address?partner_id={address.id}').status_code, 403)
        self.submit(self.ann, name=self.ann.name, email=self.ann.email, street="2, rue Neuve",
                    company_name="Taken over", verify_address_values='')
        self.assertEqual(landlord.name, "Landlord Co")
        self.assertEqual(self.ann.street, "2, rue Neuve")
        self.assertIn('redirectUrl', self.submit(None, name="Ann, chalet").json())
        made = self.env['res.partner'].search([('name', '=', "Ann, chalet")])
        self.assertEqual(made.parent_id, self.ann)
        self.assertIn("Ann, chalet", self.get('/my/addresses').text)
        self.assertIn('redirectUrl', self.submit(made, name="Ann, cottage").json())
        self.login('carol')
        self.assertIn("Landlord, hall", self.get('/my/addresses').text)
        self.assertIn('redirectUrl', self.submit(company_address, name="Landlord, hall").json())

    @mute_logger(*QUIET)
    def test_a_change_of_province_on_the_page(self):
        self.ann.write({'name': "Ann Tenant", 'email': "ann@client.example"})
        self.login('ann')
        self.submit(self.ann, name=self.ann.name, email="new@client.example",
                    state_id=str(self.env.ref('base.state_ca_ab').id), city="Calgary")
        self.assertEqual(self.ann.state_id.code, 'QC')
        self.assertEqual(self.ann.email, "new@client.example")
        self.assertIn('o_isp_address_waits', self.get('/my').text)
        change = self.env['isp.address.change'].search([('partner_id', '=', self.ann.id)])
        self.assertEqual((change.state, change.recipient),
                         ('waiting', '"Ann Tenant" <ann@client.example>'))
        mail = self.env['mail.mail'].search([('subject', 'like', "Change of your details")])
        self.assertEqual(mail.email_to, '"Ann Tenant" <ann@client.example>')

    # === Drafts, headers, fields === #

    @mute_logger(*QUIET)
    def test_case_170_draft_and_cancelled_by_their_link(self):
        """A link shows an invoice that is issued, and no other state of it.

        The kind: Odoo's link opens, prints and has paid whatever its invoice has become.
        """
        draft = self.make_invoice(self.ann, post=False)
        cancelled = self.make_invoice(self.ann, post=False)
        cancelled.button_cancel()
        self.login(None)
        for move in (draft, cancelled):
            token = move._portal_ensure_token()
            for query in ('', '&report_type=html', '&report_type=pdf', '&report_type=text',
                          '&report_type=pdf&download=1', '&payment=1'):
                answer = self.get(f'/my/invoices/{move.id}?access_token={token}{query}',
                                  allow_redirects=False)
                self.assertEqual(answer.status_code, 303, query)
            for path in ('insert/1', 'translation'):
                answer = self.get(f'/my/invoices/{move.id}/{path}?access_token={token}',
                                  allow_redirects=False)
                self.assertEqual(answer.status_code, 303)
            answer = self.url_open(f'/invoice/transaction/{move.id}', json={
                'jsonrpc': '2.0', 'params': {'access_token': token, 'provider_id': 1}})
            self.assertIn('token is invalid', json.dumps(answer.json()))
            answer = self.get(f'/payment/pay?invoice_id={move.id}&amount=10&access_token={token}')
            self.assertEqual(answer.status_code, 404)

    @mute_logger(*QUIET)
    def test_case_169_headers_language_and_pictures(self):
        """Private pages are not kept, hand on no address and stand in no foreign frame.

        The kind: what a page says beside its words. Each page and each PDF of the customer, and
        the pages behind signed links.
        """
        self.login('ann')
        link = self.env['isp.language.choice']._isp_token(self.ann, self.company)
        pages = [self.filled(path) for path in ROUTES if path.startswith('/my')]
        pages += ['/my', '/my/addresses', '/my/security', f'/isp/language/{link}',
                  f'/my/invoices/{self.move.id}?report_type=html',
                  f'/my/invoices/{self.move.id}?report_type=pdf&download=1']
        for path in pages:
            with self.subTest(path=path):
                answer = self.get(path)
                self.assertEqual(answer.status_code, 200)
                self.assertEqual(answer.headers['Cache-Control'], 'no-store')
                self.assertEqual(answer.headers['Referrer-Policy'], 'no-referrer')
                self.assertIn("frame-ancestors 'self'", answer.headers['Content-Security-Policy'])
                self.assertEqual(answer.headers['X-Content-Type-Options'], 'nosniff')
                if answer.headers['Content-Type'].startswith('text/html'):
                    self.assertRegex(answer.text, r'<html[^>]* lang="[a-z]{2}')
                    for picture in re.findall(r'<img\b[^>]*>', answer.text):
                        self.assertIn(' alt=', picture)
                    ours = 'isp' in path or 'billing' in path
                    for field in re.findall(r'<input(?![^>]*hidden)[^>]*>', ours * answer.text):
                        name = re.search(r' id="([^"]+)"', field)
                        self.assertTrue(
                            'aria-label' in field or 'title=' in field
                            or name and f'for="{name[1]}"' in answer.text, field)

    @mute_logger(*QUIET)
    def test_case_171_what_customers_read(self):
        """Customers read no field of billing, on any model that Odoo shows them.

        The kind: a model that customers may read for one reason carries our fields for another.
        All models and all their fields are walked, with records of the customer where there are.
        """
        self.move._isp_deliver_documents()
        self.move.sudo().isp_delivery_ids.reason = "550 5.1.1 mailbox unknown at mx.example"
        ann = self.env(user=self.users['ann'], su=False)
        shown = set()
        for name in self.env.registry:
            model = ann[name]
            if model._abstract or not model.has_access('read'):
                continue
            self.assertFalse(name.startswith('isp.'), name)
            fields = model.fields_get(attributes=['type'])
            shown |= {f'{name}.{field}' for field in fields if field.startswith('isp_')}
        self.assertEqual(shown, {
            'account.move.isp_account_id', 'account.move.isp_portal_own',
            'account.move.line.isp_account_id'})
        self.login('ann')
        fields = ['isp_delivery_state', 'isp_delivery_ids', 'isp_insert_ids']
        for name in fields:
            answer = self.url_open('/web/dataset/call_kw', json={
                'jsonrpc': '2.0', 'params': {
                    'model': 'account.move', 'method': 'read', 'args': [self.move.ids, [name]],
                    'kwargs': {}}}).json()
            self.assertIn('error', answer, name)
            self.assertNotIn('550', json.dumps(answer))
        for model in ('mail.notification', 'mail.message'):
            rows = ann[model].search([]).read()
            self.assertNotIn('mailbox unknown', str(rows))
