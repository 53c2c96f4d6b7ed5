"""A subscriber reads and downloads the bill on the portal."""
from odoo.tests import new_test_user

from .common import IspHttpCase


class TestPortalTour(IspHttpCase):

    def test_subscriber_downloads_the_bill(self):
        account = self.accounts_of_tour[0]
        new_test_user(
            self.env, 'isp-tour-subscriber', groups='base.group_portal', partner_id=account.id,
            lang='en_US', company_id=self.ca.id, company_ids=[(6, 0, self.ca.ids)],
        )
        run = self.bill(self.ca._isp_today(), deliver=True)
        move = run.move_ids.filtered(lambda m: m.isp_account_id == account)
        self.assertEqual(move.state, 'posted')
        self.start_tour('/my/invoices', 'isp_portal_invoice_tour', login='isp-tour-subscriber')
        self.authenticate('isp-tour-subscriber', 'isp-tour-subscriber')
        answer = self.url_open(f'/my/invoices/{move.id}?report_type=pdf&download=true')
        self.assertEqual(answer.headers['Content-Type'], 'application/pdf')
        self.assertTrue(answer.content.startswith(b'%PDF-'))

    def test_subscriber_does_not_see_the_bill_of_another(self):
        new_test_user(
            self.env, 'isp-tour-subscriber', groups='base.group_portal',
            partner_id=self.accounts_of_tour[0].id,
            company_id=self.ca.id, company_ids=[(6, 0, self.ca.ids)],
        )
        run = self.bill(self.ca._isp_today(), deliver=True)
        other = run.move_ids.filtered(lambda m: m.isp_account_id == self.accounts_of_tour[1])
        self.authenticate('isp-tour-subscriber', 'isp-tour-subscriber')
        answer = self.url_open(
            f'/my/invoices/{other.id}?report_type=pdf&download=true', allow_redirects=False)
        self.assertEqual(answer.status_code, 303)
