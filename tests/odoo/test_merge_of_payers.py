"""Merging contacts: every id that stands in stored facts follows, and bills go on as before."""
from datetime import date

from odoo.exceptions import UserError
from odoo.tools import SQL

from .common import IspCase

#: ids of the contacts of these tests: no other number of the database contains one of them
FAR_AWAY = 71_000_000


class TestMergeOfPayers(IspCase):

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env.execute_query(SQL(
            "SELECT setval('res_partner_id_seq', greatest(nextval('res_partner_id_seq'), %s))",
            FAR_AWAY))
        cls.ca.isp_profile_id.consolidation = 'address'

    def merge(self, kept, others):
        self.env['base.partner.merge.automatic.wizard'].create({
            'dst_partner_id': kept.id, 'partner_ids': [(6, 0, (kept | others).ids)],
        }).action_merge()
        self.env.invalidate_all()

    def stored_facts(self, number):
        """Columns of JSON, and of keys made of ids, that hold a number."""
        found = []
        for model in self.env.registry.values():
            if model._abstract or not model._auto or model._table_query is not None:
                continue
            for field in model._fields.values():
                if not field.store or not field.column_type:
                    continue
                keeps_ids = field.column_type[0] == 'jsonb' or field.name == 'group_key'
                if keeps_ids and self.env.execute_query(SQL(
                    "SELECT 1 FROM %s WHERE %s::text LIKE %s LIMIT 1",
                    SQL.identifier(model._table), SQL.identifier(field.name), f'%{number}%',
                )):
                    found.append(f'{model._name}.{field.name}')
        return found

    def share(self, share, percent, paid, after):
        """A child whose bill P pays; P is merged into another contact; the service ends."""
        child = self.make_account(f"Child {share}")
        payer = self.make_account(f"Payer {share}")
        place = self.env['res.partner'].create({
            'name': "Flat 2", 'parent_id': payer.id, 'type': 'delivery', 'street': "2 Road",
            'country_id': self.canada.id, 'state_id': self.quebec.id})
        child.with_company(self.ca).write({
            'isp_payer_id': payer.id, 'isp_payer_share': share, 'isp_payer_percent': percent})
        subscription = self.make_subscription(child, [self.fibre], '2026-09-01')
        subscription.partner_shipping_id = place
        self.bill('2026-09-01', account_ids=[(6, 0, (child | payer).ids)])
        open_run = self.make_run('2026-10-01', account_ids=[(6, 0, (child | payer).ids)])
        old, old_place = payer.id, place.id
        self.assertTrue(self.stored_facts(old))
        kept, kept_place = self.env['res.partner'].create([
            {'name': f"Kept {share}", 'street': "3 Road", 'country_id': self.canada.id,
             'state_id': self.quebec.id},
            {'name': "Flat 2", 'parent_id': payer.id, 'type': 'delivery', 'street': "2 Road",
             'country_id': self.canada.id, 'state_id': self.quebec.id}])
        self.merge(kept_place, place)
        self.merge(kept, payer)
        self.assertEqual(self.stored_facts(old), [])
        self.assertEqual(self.stored_facts(old_place), [])
        self.assertFalse(open_run.bill_ids.filtered(lambda bill: bill.state == 'exception'))
        open_run.action_cancel()
        self.bill('2026-10-01', account_ids=[(6, 0, (child | kept).ids)])
        charges = self.env['isp.charge'].search([('account_id', '=', child.id)], order='id')
        self.assertEqual(
            {one: round(sum(charges.filtered(lambda c, one=one: c.payer_id == one)
                            .mapped('amount')), 2) for one in charges.payer_id},
            {kept: paid, **({child: round(2 * 59.95 - paid, 2)} if paid < 119.90 else {})})
        subscription._isp_end(date(2026, 9, 30))
        run = self.bill('2026-11-01', account_ids=[(6, 0, (child | kept).ids)])
        self.assertFalse(run.bill_ids.filtered(lambda bill: bill.state == 'exception'))
        charges = self.env['isp.charge'].search([('account_id', '=', child.id)])
        self.assertEqual(round(sum(charges.filtered(
            lambda charge: charge.payer_id == kept).mapped('amount')), 2), after)

    def test_case_118_payer_of_a_shared_bill_is_merged(self):
        """Ids of contacts stand in JSON and in keys as well: all of them follow a merge."""
        self.share('percent', 50.0, 59.96, 29.98)

    def test_case_118_payer_of_a_whole_bill_is_merged(self):
        """The same where the payer takes over everything."""
        self.share('all', 0.0, 119.90, 59.95)

    def test_an_account_and_its_payer_are_not_merged(self):
        """The ledger could not tell any more who paid what; rows would be lost."""
        child = self.make_account("Child")
        payer = self.env['res.partner'].create({'name': "Uncle", 'country_id': self.canada.id})
        child.with_company(self.ca).write({
            'isp_payer_id': payer.id, 'isp_payer_share': 'percent', 'isp_payer_percent': 40})
        with self.assertRaisesRegex(UserError, "share bills"):
            self.merge(child, payer)
        self.make_subscription(child, [self.fibre], '2026-09-01')
        self.bill('2026-09-01')
        child.with_company(self.ca).isp_payer_id = False
        with self.assertRaisesRegex(UserError, "share bills"):
            self.merge(child, payer)
        self.assertEqual(len(self.env['isp.charge'].search([('account_id', '=', child.id)])), 2)
