"""Attachments and messages on the portal: shown, opened and counted there."""
from odoo.tests import HttpCase, new_test_user

from .document_common import DocumentCase, encoded, make_pdf, page_count


class TestAttachmentPortal(DocumentCase, HttpCase):

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.merged, cls.apart = cls.env['isp.invoice.attachment'].create([
            {'name': "Merged", 'pdf_en': encoded(make_pdf(1, "merged")), 'delivery': 'merged'},
            {'name': "Apart", 'pdf_en': encoded(make_pdf(3, "apart")), 'delivery': 'separate',
             'pdf_en_name': "apart.pdf"}])
        cls.env['isp.invoice.message'].create({
            'name': "Portal", 'body': "Look at <b>this</b>", 'on_portal': True})
        cls.move = cls.make_invoice()
        cls.inserts = {row.attachment_id: row for row in cls.move.isp_insert_ids}

    def url(self, rest='', token=None):
        token = self.move.access_token if token is None else token
        return f'/my/invoices/{self.move.id}{rest}?access_token={token}'

    def get(self, url):
        self.env.flush_all()
        response = self.url_open(url)
        self.env.invalidate_all()
        return response

    def opened(self):
        return (self.inserts[self.merged].opened_count, self.inserts[self.apart].opened_count)

    def test_opening_is_counted_per_file(self):
        self.assertEqual(page_count(self.get(self.url() + '&report_type=pdf').content), 2)
        self.assertEqual(self.opened(), (1, 0))
        insert = self.inserts[self.apart]
        response = self.get(self.url(f'/insert/{insert.id}'))
        self.assertEqual(page_count(response.content), 3)
        self.assertEqual(self.opened(), (1, 1))
        self.assertTrue(insert.opened_date)

    def test_the_page_shows_messages_and_separate_files(self):
        page = self.get(self.url()).text
        self.assertIn("Look at &lt;b&gt;this&lt;/b&gt;", page)
        self.assertIn("apart.pdf", page)

    def test_no_file_without_the_right_token(self):
        insert = self.inserts[self.apart]
        other = self.make_invoice()
        for url in (self.url(f'/insert/{insert.id}', token=''),
                    self.url(f'/insert/{insert.id}', token='guess'),
                    f'/my/invoices/{other.id}/insert/{insert.id}?access_token={other.access_token}',
                    self.url(f'/insert/{self.inserts[self.merged].id}')):
            response = self.get(url)
            self.assertNotEqual(response.headers['Content-Type'], 'application/pdf', url)
        self.assertEqual(self.opened(), (0, 0))

    def test_staff_looking_is_not_counted(self):
        user = new_test_user(
            self.env, 'looking-clerk', password='looking-clerk',
            groups='base.group_user,isp_billing.group_clerk', company_id=self.company.id,
            company_ids=[(6, 0, self.company.ids)])
        self.authenticate(user.login, 'looking-clerk')
        self.get(self.url() + '&report_type=pdf')
        self.assertEqual(self.opened(), (0, 0))
