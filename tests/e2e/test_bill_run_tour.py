"""A bill run in the browser: compute, hold, approve, start, open the invoice."""
from unittest.mock import patch

from .common import IspHttpCase


class TestBillRunTour(IspHttpCase):

    def test_bill_run(self):
        with self.worked_at_once():
            self.start_tour('/odoo/isp-bill-runs', 'isp_bill_run_tour', login='isp-tour')
        run = self.env['isp.bill.run'].search([('company_id', '=', self.ca.id)])
        self.assertEqual(run.state, 'exception')
        self.assertEqual(sorted(run.bill_ids.mapped('state')), ['held', 'posted', 'posted'])
        held = run.bill_ids.filtered(lambda bill: bill.state == 'held')
        self.assertEqual(held.reason, "Customer disputes the installation")
        self.assertEqual(set(run.move_ids.mapped('state')), {'posted'})
        self.assertTrue(all(run.move_ids.mapped('isp_document_id')))

    def test_progress_without_reloading(self):
        run = self.make_run(self.ca._isp_today(), compute=False)
        model = self.registry['isp.bill.run']
        asked = []

        def work_at_the_second_question(runs):
            asked.append(runs.state)
            # asked on a read-only cursor first, and again on another when it writes
            if len(asked) > 1 and runs.state == 'computing':
                runs.sudo()._isp_work()
            return original(runs)

        original = model.get_progress
        with (
            patch.object(model, '_isp_trigger', lambda runs: None),
            patch.object(model, 'get_progress', work_at_the_second_question),
        ):
            self.start_tour(
                f'/odoo/isp-bill-runs/{run.id}', 'isp_bill_run_progress_tour', login='isp-tour',
            )
        self.assertEqual(run.state, 'computed')
        self.assertEqual(set(asked), {'computing'})
        self.assertGreater(len(asked), 1)

    def test_case_189_an_untouched_new_run_is_not_saved(self):
        """Kind: closing, reloading or hiding a page saves a new record that nobody has touched."""
        before = self.env['isp.bill.schedule'].search_count([])
        self.start_tour('/odoo/isp-bill-runs/new', 'isp_untouched_run_tour', login='isp-tour')
        runs = self.env['isp.bill.run']
        self.assertFalse(runs.search([('company_id', '=', self.ca.id)]))
        self.assertEqual(self.env['isp.bill.schedule'].search_count([]), before)
        self.start_tour('/odoo/isp-bill-runs/new', 'isp_touched_run_tour', login='isp-tour')
        self.assertEqual(runs.search([('company_id', '=', self.ca.id)]).post_invoices, False)
