"""What people change, archive, delete and merge between the preview of a run and its invoices."""
from odoo import Command
from odoo.exceptions import UserError

from .common import IspCase


class TestRunMeddling(IspCase):

    def start(self, count=2):
        accounts = self.env['res.partner'].union(*(
            self.make_account(f"Meddled Number{place}", isp_delivery_channel='portal')
            for place in range(count)
        ))
        for account in accounts:
            self.make_subscription(account, [self.fibre], '2026-11-01')
        run = self.make_run('2026-11-01', account_ids=[Command.set(accounts.ids)])
        self.assertEqual(run.ready_count, count)
        run.action_approve()
        run.action_start()
        return run, accounts

    def check_books(self):
        check = self.env['isp.book.check'].create({'company_id': self.ca.id})
        check._isp_execute()
        self.assertEqual(check.state, 'passed', check.finding_ids.mapped('details'))

    def test_a_customer_who_moved_goes_back_to_review(self):
        """Another tax position is another bill, and not one that was charged already."""
        run, accounts = self.start()
        accounts[0].state_id = self.ontario
        run._isp_work()
        self.assertEqual((run.state, run.posted_count, run.review_count), ('exception', 1, 1))
        bill = run.bill_ids.filtered(lambda bill: bill.state == 'review')
        self.assertEqual((bill.account_id, bill.fiscal_position_id), (accounts[0], self.fp_on))
        self.assertEqual((bill.amount_untaxed, bill.amount_tax), (59.95, 7.79))
        self.assertIn("68.93", bill.reason)
        bill.action_release()
        run._isp_work()
        self.assertEqual((run.state, run.posted_count), ('done', 2))
        self.assertEqual(bill.move_id.amount_total, 67.74)
        self.check_books()

    def test_another_grouping_goes_back_to_review(self):
        run, accounts = self.start()
        profile = self.ca.isp_profile_id.copy({
            'name': "By subscription", 'consolidation': 'subscription'})
        accounts[1].with_company(self.ca).isp_billing_profile_id = profile
        run._isp_work()
        self.assertEqual((run.posted_count, run.review_count), (1, 1))
        self.assertEqual(
            run.bill_ids.filtered(lambda bill: bill.state == 'review').account_id, accounts[1])

    def test_an_archived_journal_is_an_exception(self):
        run, _accounts = self.start()
        journal = self.journals[self.ca]
        journal.active = False
        run._isp_work()
        self.assertEqual((run.state, run.posted_count, run.exception_count), ('exception', 0, 2))
        self.assertIn("no sales journal", run.bill_ids[0].reason)
        journal.active = True
        run.action_retry()
        run.action_approve()
        run.action_start()
        run._isp_work()
        self.assertEqual((run.state, run.posted_count), ('done', 2))
        self.check_books()

    def test_an_archived_product_is_an_exception(self):
        run, _accounts = self.start()
        self.fibre.product_id.active = False
        run._isp_work()
        self.assertEqual((run.posted_count, run.exception_count), (0, 2))
        self.assertIn("archived", run.bill_ids[0].reason)
        self.fibre.product_id.active = True
        run.action_retry()
        run.action_approve()
        run.action_start()
        run._isp_work()
        self.assertEqual((run.state, run.posted_count), ('done', 2))

    def test_a_deleted_subscription_leaves_nothing_to_charge(self):
        run, accounts = self.start()
        self.env['sale.subscription'].search([('partner_id', '=', accounts[0].id)]).unlink()
        run._isp_work()
        self.assertEqual((run.state, run.posted_count), ('done', 1))
        self.assertEqual(run.bill_ids.filtered(lambda bill: bill.account_id == accounts[0]).state,
                         'already')

    # === The wizard that merges contacts === #

    def merge(self, kept, others):
        wizard = self.env['base.partner.merge.automatic.wizard'].create({
            'dst_partner_id': kept.id, 'partner_ids': [Command.set((kept | others).ids)]})
        wizard.action_merge()

    def test_a_contact_is_merged_into_an_account(self):
        """A double of the customer without an account: invoices and charges stay, and go on."""
        run, accounts = self.start()
        run._isp_work()
        double = self.env['res.partner'].create({
            'name': accounts[0].name, 'email': accounts[0].email})
        self.merge(accounts[0], double)
        self.check_books()
        again = self.bill('2026-12-01', account_ids=[Command.set(accounts.ids)])
        self.assertEqual(again.posted_count, 2)
        self.check_books()

    def test_an_account_is_merged_into_a_contact(self):
        run, accounts = self.start()
        run._isp_work()
        number = accounts[0].isp_account_number
        kept = self.env['res.partner'].with_company(self.ca).create({
            'name': "Kept", 'email': accounts[0].email, 'country_id': self.canada.id,
            'state_id': self.quebec.id})
        self.merge(kept, accounts[0])
        kept.invalidate_recordset()
        self.assertEqual(kept.with_company(self.ca).isp_account_number, number)
        self.check_books()
        again = self.bill('2026-12-01', account_ids=[Command.set((kept | accounts[1]).ids)])
        self.assertEqual((again.posted_count, again.bill_ids.mapped('amount_total')),
                         (2, [68.93, 68.93]))
        self.check_books()

    def test_two_accounts_are_not_merged(self):
        run, accounts = self.start()
        run._isp_work()
        with self.assertRaises(UserError) as caught:
            self.merge(accounts[0], accounts[1])
        for account in accounts:
            self.assertIn(account.isp_account_number, str(caught.exception))
        self.check_books()

    def test_a_sealed_invoice_keeps_its_customer(self):
        """The hash covers the customer: merging it away would break the chain for ever."""
        self.journals[self.ca].restrict_mode_hash_table = True
        run, accounts = self.start()
        run._isp_work()
        double = self.env['res.partner'].create({'name': "Double", 'email': accounts[0].email})
        self.assertTrue(all(run.move_ids.mapped('inalterable_hash')))
        with self.assertRaisesRegex(UserError, "sealed by a hash"):
            self.merge(double, accounts[0])
        self.merge(accounts[0], double)
        self.check_books()
