"""What SQL can do to the books is named by their check; what Odoo calls right is not."""
from odoo.tools import mute_logger

from .book_months import CORRUPTIONS, Months, prove_corruptions, victims
from .common import IspCase

CHECK = 'odoo.addons.isp_billing.models.isp_book_check'


class TestBookCorruption(IspCase):

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        for place in range(3):
            account = cls.make_account(f"Victim {place}", isp_delivery_channel='portal')
            cls.make_subscription(account, [cls.fibre], '2026-09-01')
        cls.month = cls.bill('2026-09-01', deliver=True)
        cls.credited = cls.month.move_ids[2]
        cls.credited._reverse_moves([{'invoice_date': '2026-09-02'}], cancel=True)
        cls.env.flush_all()

    def findings(self):
        check = self.env['isp.book.check'].create({'company_id': self.ca.id})
        check._isp_execute()
        return {row.code: row.details for row in check.finding_ids if row.severity != 'advice'}

    @mute_logger(CHECK, 'odoo.addons.isp_billing.models.account_move_sealed')
    def test_case_111_every_corruption_is_named(self):
        """111: the check looked at charges of runs only. Whatever was changed by SQL, of a run or a
        credit note, on the ledger, the document, the file or its seal, is named."""
        self.assertEqual(self.findings(), {})
        table = prove_corruptions(
            self.env, self.findings, victims(self.env, self.month, self.credited))
        self.assertEqual(len(table), len(CORRUPTIONS))
        self.assertEqual([row for row in table if not row[2]], [])
        self.assertEqual(self.findings(), {})


class TestBookRounding(IspCase):

    def included(self, *bills):
        """Bill prices that include 20 %, by a company that rounds whole documents.

        :param bills: prices of one account each
        :return: the run
        """
        tax = self.make_tax("TVA 20 TTC", 20.0, self.fr, price_include_override='tax_included')
        self.fr.tax_calculation_rounding_method = 'round_globally'
        for number, prices in enumerate(bills):
            account = self.make_account(
                f"Rounded {number}", company=self.fr, isp_delivery_channel='portal')
            self.make_subscription(account, [
                self.make_plan(f'P{number}-{place}', price, company=self.fr, taxes=tax)
                for place, price in enumerate(prices)], '2026-11-01', company=self.fr)
        return self.bill('2026-11-01', company=self.fr, deliver=True)

    def test_case_113_prices_with_tax_rounded_globally(self):
        """113: Odoo keeps 33.33 on the line and 33.32 on the document of 39.99; that is in order
        and sent. So are 9.99, 15.99, 24.99, 45.99 and pairs of them."""
        bills = ((39.99,), (9.99,), (15.99,), (24.99,), (45.99,), (9.99, 19.99), (15.99, 24.99))
        run = self.included(*bills)
        move = run.move_ids.filtered(lambda move: move.amount_total == 39.99)
        self.assertEqual((move.amount_untaxed, move.amount_tax), (33.32, 6.67))
        self.assertEqual(move.invoice_line_ids.price_subtotal, 33.33)
        self.assertEqual((run.state, run.book_check_state), ('done', 'passed'))
        self.assertEqual(set(run.bill_ids.mapped('delivery_state')), {'portal'})
        self.assertEqual(sorted(run.move_ids.mapped('amount_total')),
                         sorted(round(sum(prices), 2) for prices in bills))

    @mute_logger(CHECK)
    def test_generated_months_raise_no_alarm(self):
        """A sample of ``make prove P=books``: both ways of rounding, taxes of all kinds."""
        months = Months(self, 113)
        months.add(12)
        for month in range(2):
            run = months.bill(month, whole=month % 2 == 0)
            self.assertEqual((run.exception_count, months.findings(run)), (0, {}))
        self.assertEqual(months.findings(), {})
