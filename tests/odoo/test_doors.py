"""Doors behind the pages: what customers change, dialogs of others, bank accounts, e-mail heads."""
from odoo import Command
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import new_test_user
from odoo.tools import email_split, formataddr, mute_logger

from .common import IspCase
from .document_common import DocumentCase, encoded, make_pdf

QUIET = ('odoo.addons.base.models.ir_rule', 'odoo.addons.base.models.ir_model')


class TestMovingCustomers(IspCase):

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.plan = cls.make_plan('BIG', 249.75)
        cls.account = cls.make_account("Ada Mover")
        cls.make_subscription(cls.account, [cls.plan], '2026-11-01')
        cls.user = new_test_user(
            cls.env, 'mover', groups='base.group_portal', partner_id=cls.account.id,
            name="Ada Mover", email=cls.account.email, company_id=cls.ca.id,
            company_ids=[Command.set(cls.ca.ids)])
        cls.alberta = cls.env.ref('base.state_ca_ab')

    def change(self, **vals):
        """What Odoo's page does: it writes with all rights, in the name of the customer."""
        self.account.with_user(self.user).sudo().write(vals)
        return self.env['isp.address.change'].search([('partner_id', '=', self.account.id)])

    def taxes(self, month):
        return self.bill(f'2026-{month}-01').move_ids.filtered(
            lambda move: move.isp_account_id == self.account).amount_tax

    def test_case_163_a_move_waits_for_a_person(self):
        """What a customer changes on the portal moves no tax before a person has seen it.

        The kind: fields of a contact that decide taxes or the law: province, country, tax number,
        and the postal code where fiscal positions go by it.
        """
        self.fp_export.active = False  # Alberta has the federal tax alone
        self.assertEqual(self.taxes('11'), 37.40)
        rows = self.env['isp.audit'].search_count([('model', '=', 'isp.address.change')])
        before = self.account.email
        change = self.change(state_id=self.alberta.id, city="Calgary", email="new@other.example")
        self.assertEqual(len(change), 1)
        self.assertEqual((change.state, self.account.state_id, self.account.city),
                         ('waiting', self.quebec, "Exampleville"))
        self.assertIn(before, change.recipient)
        mail = self.env['mail.mail'].search([
            ('model', '=', 'isp.address.change'), ('res_id', '=', change.id)])
        self.assertEqual(email_split(mail.email_to), [before])
        self.assertEqual(self.taxes('12'), 37.40)
        self.decide(change, 'clerk').action_accept()
        self.assertEqual((change.state, self.account.state_id), ('accepted', self.alberta))
        self.account.flush_recordset()
        run = self.make_run('2027-01-01')
        bill = run.bill_ids.filtered(lambda one: one.account_id == self.account)
        self.assertEqual(bill.amount_tax, 12.49)
        after = self.env['isp.audit'].search([('model', '=', 'isp.address.change')])
        self.assertEqual(len(after), rows + 2)  # asked for, accepted
        self.assertIn('Calgary', after[-1].changes)

    def decide(self, change, role):
        user = new_test_user(
            self.env, f'mover-{role}', groups=f'isp_billing.group_{role}',
            company_id=self.ca.id, company_ids=[Command.set(self.ca.ids)])
        return change.with_user(user).with_context(allowed_company_ids=self.ca.ids)

    def test_each_field_that_moves(self):
        france = self.france
        self.account.vat = False
        for vals in ({'country_id': france.id}, {'state_id': self.alberta.id},
                     {'vat': "FR23334175221"}):
            change = self.change(**vals)
            self.assertEqual(change[:1].state, 'waiting', vals)
            for name in vals:
                self.assertNotEqual(change[:1].before[name], vals[name])
        self.assertEqual(change.mapped('state'), ['waiting', 'replaced', 'replaced'])
        self.decide(change[:1], 'manager').action_refuse()
        self.assertFalse(self.account.vat)
        self.change(zip="H0H 0H0")
        self.assertEqual(self.account.zip, "H0H 0H0")
        self.fp_qc.write({'zip_from': "A0A 0A0", 'zip_to': "Z9Z 9Z9"})
        self.change(zip="T2P 1J9")
        self.assertEqual(self.account.zip, "H0H 0H0")

    @mute_logger(*QUIET)
    def test_only_those_who_bill_decide(self):
        change = self.change(state_id=self.alberta.id)
        with self.assertRaises(UserError):
            self.decide(change, 'auditor').action_accept()
        with self.assertRaises(AccessError):
            change.with_user(self.user).action_accept()
        self.account.state_id = self.ontario  # a person of the company needs nobody
        self.assertEqual(self.account.state_id, self.ontario)


class TestDoors(DocumentCase):

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.other = cls.env['res.company'].create({'name': "Other ISP"})
        cls.users = {}
        for name, group, company in (
            ('clerk', 'clerk', cls.company), ('colleague', 'clerk', cls.company),
            ('foreign', 'clerk', cls.other), ('manager', 'manager', cls.company),
        ):
            cls.users[name] = new_test_user(
                cls.env, f'door-{name}',
                groups=f'isp_billing.group_{group},base.group_partner_manager',
                company_id=company.id, company_ids=[Command.set(company.ids)])

    def as_user(self, name, model):
        self.env.flush_all()
        self.env.invalidate_all()
        company = self.other if name == 'foreign' else self.company
        return self.env[model].with_user(self.users[name]).with_context(
            allowed_company_ids=company.ids)

    @mute_logger(*QUIET)
    def test_case_165_dialogs_of_others(self):
        """A dialog is read, changed and deleted by the person who opened it, in its company.

        The kind: Odoo keeps the rows of dialogs for hours, and shows them to everybody who may
        open one. All our dialogs are walked.
        """
        flyer = self.as_user('clerk', 'isp.quick.flyer').create(
            {'name': "Secret", 'title_en': "Next spring"})
        attachment = self.env['isp.invoice.attachment'].create(
            {'name': "Offer", 'pdf_en': encoded(make_pdf())})
        preview = self.as_user('clerk', 'isp.attachment.preview').create(
            {'attachment_id': attachment.id, 'account_id': self.partner.id})
        for row in (flyer, preview):
            self.assertEqual(self.as_user('clerk', row._name).search([]), row)
            for name in ('foreign', 'colleague'):
                other = self.as_user(name, row._name).browse(row.id)
                self.assertFalse(self.as_user(name, row._name).search([]))
                for door in (lambda r: r.read(), lambda r: r.write({}) or r.write(
                        {'create_uid': r.env.uid}), lambda r: r.unlink()):
                    with self.assertRaises(AccessError):
                        door(other)
        with self.assertRaises(AccessError):
            self.as_user('foreign', 'isp.quick.flyer').create(
                {'name': "Theirs", 'title_en': "x", 'company_id': self.company.id})
        rules = self.env['ir.rule'].search([('domain_force', 'like', 'create_uid')])
        walked = {
            name for name, model in self.env.registry.items()
            if model._transient and name.startswith('isp.')}
        self.assertGreater(len(walked), 12)
        self.assertEqual(walked - set(rules.mapped('model_id.model')), set())

    def test_case_168_a_flyer_without_a_title(self):
        """A flyer without a title is refused with words, whichever way it is made.

        The kind: a check that hangs on fields which a caller may leave out.
        """
        for values in ({}, {'title_en': False}, {'text_en': "Words"}):
            with self.assertRaises(ValidationError):
                self.as_user('clerk', 'isp.quick.flyer').create({'name': "No title", **values})

    @mute_logger(*QUIET)
    def test_case_164_bank_accounts_that_customers_pay_to(self):
        """Where customers pay is decided by a manager, and each change leaves a row.

        The kind: records that everybody may write and that decide where money goes: accounts on
        the contact of a company, moved there, put first, and those of a journal.
        """
        banks = self.env['res.partner.bank']
        good = self.as_user('manager', 'res.partner.bank').create(
            {'acc_number': "FR7630006000011234567890189",
             'partner_id': self.company.partner_id.id})
        rows = self.env['isp.audit'].search([('model', '=', 'res.partner.bank')])
        self.assertEqual((len(rows), rows.action, rows.company_id), (1, 'create', self.company))
        clerk = self.as_user('clerk', 'res.partner.bank')
        own = clerk.create({'acc_number': "DE89370400440532013000", 'partner_id': self.partner.id})
        for change in (
            lambda: clerk.create({'acc_number': "GB29NWBK60161331926819",
                                  'partner_id': self.company.partner_id.id}),
            lambda: clerk.browse(good.id).write({'acc_number': "GB29NWBK60161331926819"}),
            lambda: clerk.browse(good.id).write({'sequence': 99}),
            lambda: clerk.browse(good.id).write({'active': False}),
            lambda: clerk.browse(good.id).unlink(),
            lambda: own.write({'partner_id': self.company.partner_id.id}),
        ):
            with self.assertRaises(UserError), self.env.cr.savepoint():
                change()
            self.env.invalidate_all()
        self.assertEqual(self.company.partner_id.bank_ids, good.with_env(self.env))
        move = self.make_invoice(post=False)
        self.assertEqual(move._isp_bank_account().acc_number, good.acc_number)
        move.partner_bank_id = own.with_env(self.env)  # written by a remote call
        self.assertEqual(move._isp_bank_account().acc_number, good.acc_number)
        second = banks.create({'acc_number': "FR1420041010050500013M02606",
                               'partner_id': self.company.partner_id.id})
        self.journal.bank_account_id = second
        row = self.env['isp.audit'].search([('model', '=', 'account.journal')], limit=1)
        self.assertIn("FR14", row.changes)

    def test_case_167_names_stay_one_recipient(self):
        """A name, an address or a subject never becomes a second line of the head of an e-mail.

        The kind: texts of one line that travel in the head: cleaned when they are saved and, for
        what was saved before, when they are sent.
        """
        nasty = ("Ann\r\nBcc: evil@thief.example", "Ann\nevil@thief.example,", 'Ann" <evil@thief.'
                 'example>\r\n', "Ann\x0b\u2028evil@thief.example", "Ann, evil@thief.example")
        for name in nasty:
            partner = self.env['res.partner'].create(
                {'name': name, 'email': "ann@client.example\r\nevil: yes"})
            self.assertNotRegex(partner.name + partner.email, r'[\r\n\x0b\u2028]')
            partner.name = name
            self.assertNotRegex(partner.name, r'[\r\n\x0b\u2028]')
            partner.email = "ann@client.example"
            self.env.flush_all()
            self.env.cr.execute(
                "UPDATE res_partner SET name = %s WHERE id = %s", [name, partner.id])
            partner.invalidate_recordset()
            self.assertEqual(email_split(partner._isp_recipient()), ["ann@client.example"])
            mail = self.env['mail.mail'].create({
                'subject': f"Invoice {name}", 'email_from': "isp@isp.example",
                'email_to': formataddr((name, "ann@client.example")),
                'recipient_ids': [Command.link(partner.id)], 'body_html': "x"})
            self.assertNotRegex(mail.subject, r'[\r\n]')
            for values in mail._prepare_outgoing_list():
                for text in (values['subject'], *values['email_to'], *values['email_cc']):
                    self.assertNotRegex(text, r'[\r\n\x0b\u2028]')
                self.assertEqual(
                    [address for text in values['email_to'] for address in email_split(text)],
                    ["ann@client.example"])
