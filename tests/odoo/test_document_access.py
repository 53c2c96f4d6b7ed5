"""Who may do what with attachments, messages, registrations and documents."""
from odoo.exceptions import AccessError
from odoo.tests import new_test_user

from .document_common import DocumentCase, encoded, make_pdf


class TestDocumentAccess(DocumentCase):

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.users = {
            name: new_test_user(
                cls.env, f"doc_{name}", groups=groups, company_id=cls.company.id,
                company_ids=[(6, 0, cls.company.ids)])
            for name, groups in (
                ('clerk', 'isp_billing.group_clerk'), ('approver', 'isp_billing.group_approver'),
                ('auditor', 'isp_billing.group_auditor'), ('manager', 'isp_billing.group_manager'),
                ('accountant', 'account.group_account_invoice'), ('portal', 'base.group_portal'),
            )
        }
        cls.attachment = cls.env['isp.invoice.attachment'].create(
            {'name': "Offer", 'pdf_en': encoded(make_pdf())})
        cls.move = cls.make_invoice()

    def allowed(self, user, model, operation):
        return self.env[model].with_user(self.users[user]).has_access(operation)

    def test_role_matrix(self):
        wanted = {
            'isp.invoice.attachment': {'clerk': 'rwc', 'approver': 'r', 'auditor': 'r',
                                       'manager': 'rwcu', 'portal': ''},
            'isp.invoice.message': {'clerk': 'rwc', 'approver': 'r', 'auditor': 'r',
                                    'manager': 'rwcu', 'portal': ''},
            'isp.tax.registration': {'clerk': 'r', 'approver': 'r', 'auditor': 'r',
                                     'manager': 'rwcu', 'portal': ''},
            'isp.invoice.insert': {'clerk': 'r', 'manager': 'r', 'auditor': 'r', 'portal': ''},
            'isp.invoice.delivery': {'clerk': 'r', 'manager': 'r', 'auditor': 'r', 'portal': ''},
        }
        letters = {'r': 'read', 'w': 'write', 'c': 'create', 'u': 'unlink'}
        for model, roles in wanted.items():
            for user, rights in roles.items():
                for letter, operation in letters.items():
                    self.assertEqual(self.allowed(user, model, operation), letter in rights,
                                     f"{user} {operation} {model}")

    def test_other_companies_are_not_seen(self):
        other = self.env['res.company'].create({'name': "Other ISP"})
        foreign = self.env['isp.invoice.message'].sudo().create(
            {'name': "theirs", 'body': "x", 'company_id': other.id})
        clerk = self.users['clerk']
        self.assertFalse(self.env['isp.invoice.message'].with_user(clerk).search(
            [('id', '=', foreign.id)]))
        with self.assertRaises(AccessError):
            foreign.with_user(clerk).read(['body'])

    def test_an_accountant_without_our_groups_can_post_print_and_open(self):
        accountant = self.users['accountant']
        move = self.make_invoice(post=False).with_user(accountant)
        move.action_post()
        content, _name = move._isp_assembled_pdf()
        self.assertTrue(content.startswith(b'%PDF'))
        view = move.get_view(view_type='form')['arch']
        self.assertNotIn('isp_insert_ids', view)
        self.assertIn('isp_insert_ids',
                      self.move.with_user(self.users['clerk']).get_view(view_type='form')['arch'])

    def test_frozen_rows_cannot_be_written_even_by_a_manager(self):
        self.move._isp_deliver_documents()
        for rows in (self.move.isp_insert_ids, self.move.isp_delivery_ids):
            self.assertTrue(rows)
            with self.assertRaises(AccessError):
                rows.with_user(self.users['manager']).write({'sha256': 'x'})

    def test_portal_user_sees_no_other_document(self):
        with self.assertRaises(AccessError):
            self.env['ir.actions.report'].with_user(self.users['portal'])._render_qweb_pdf(
                'isp_billing.action_report_invoice', self.move.ids)
