"""The form of an attachment in a browser: live count, upload, preview on a real account."""
from .common import IspHttpCase


class TestAttachmentTour(IspHttpCase):

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        ada, bea, cal = cls.accounts_of_tour
        for account, city in ((ada, "Matane"), (bea, "Gaspé"), (cal, "Rimouski")):
            account.city = city
        cls.make_subscription(
            cal, [cls.make_plan('TV', 24.95, kind='tv')], cls.ca._isp_today().replace(day=1))

    def test_the_form_counts_uploads_and_previews(self):
        self.bill(self.ca._isp_today(), deliver=True)
        refuser = self.make_account("Dan Tester", isp_no_promotions=True, city="Matane")
        self.make_subscription(refuser, [self.fibre], self.ca._isp_today().replace(day=1))
        self.start_tour(
            '/odoo/isp-invoice-attachments/new', 'isp_attachment_form', login='isp-tour',
            timeout=180)
        attachment = self.env['isp.invoice.attachment'].search([('name', '=', "Spring offer")])
        self.assertEqual((attachment.pdf_en_pages, attachment.cities, attachment.reach_count),
                         (1, "Matane, Gaspé", 2))
        self.assertTrue(attachment.exclude_opted_out)
        self.assertEqual(attachment.pdf_en_name, 'offer.pdf')
