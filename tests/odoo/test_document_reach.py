"""Whom attachments and messages reach where accounts pay for others, have several addresses or
get an invoice that is taken back; the count is what a run does."""
from unittest.mock import patch

from odoo import Command, fields

from .common import IspCase
from .document_common import encoded, make_pdf

DAY = '2026-12-01'


class ReachCase(IspCase):

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.startClassPatcher(patch.object(
            type(cls.env['res.company']), '_isp_today',
            lambda company: fields.Date.to_date('2026-11-20')))

    def attach(self, name, **values):
        return self.env['isp.invoice.attachment'].create({
            'name': name, 'pdf_en': encoded(make_pdf(1, name)), 'company_id': self.ca.id,
            **values})

    def message(self, body, **values):
        return self.env['isp.invoice.message'].create({
            'name': body, 'body': body, 'company_id': self.ca.id, **values})

    def run_moves(self, day=DAY):
        """Invoices of a run (account.move), by account."""
        self.bill(day)
        moves = self.env['account.move'].search([
            ('invoice_date', '=', day), ('state', '=', 'posted'),
            ('move_type', '=', 'out_invoice'), ('company_id', '=', self.ca.id)])
        return {move.isp_account_id: move for move in moves}

    def carried(self, move):
        return sorted(move.isp_insert_ids.attachment_id.mapped('name'))

    def texts(self, move):
        return move.isp_message_log_ids.sorted('id').mapped('text_en')


class TestReachOfPayers(ReachCase):

    def setUp(self):
        super().setUp()
        self.parent = self.make_account("Parent", isp_document_language='en')
        self.child = self.make_account("Child", isp_document_language='en')
        self.make_subscription(self.child, [self.fibre], '2026-11-01')
        self.make_price(65.0, '2027-01-01')

    def make_price(self, amount, day):
        self.env['isp.service.plan.price'].create({
            'plan_id': self.fibre.id, 'company_id': self.ca.id, 'amount': amount,
            'currency_id': self.cad.id, 'date_from': day})

    def pays(self, **values):
        self.child.with_company(self.ca).write({'isp_payer_id': self.parent.id, **values})

    def offers(self):
        """One attachment of each kind of filter, a notice and a note for the child."""
        found = [
            self.attach("fibre", plan_ids=self.fibre.ids),
            self.attach("active", account_status='active'),
            self.attach("new", tenure_to=99),
            self.attach("without", without_plan_ids=self.fibre.ids),
        ]
        notice = self.message("{new_price} from {event_date}", notice='price', bills_ahead=2)
        note = self.message("Note", account_id=self.child.id, once=True, sequence=99)
        return found, notice, note

    def reached(self, records):
        return {record.name: self.env['res.partner'].browse(
            record._isp_reached_accounts()).mapped('name') for record in records}

    def test_the_payer_gets_what_is_about_the_services_it_pays(self):
        self.pays()
        offers, notice, note = self.offers()
        self.assertEqual(self.reached([*offers, notice, note]), {
            "fibre": ["Parent"], "active": ["Parent"], "new": ["Parent"], "without": [],
            notice.name: ["Parent"], "Note": ["Parent"]})
        self.assertEqual((notice.reach_count, notice.reach_total), (1, 1))
        moves = self.run_moves()
        self.assertEqual(list(moves), [self.parent])
        self.assertEqual(self.carried(moves[self.parent]), ["active", "fibre", "new"])
        self.assertEqual(self.texts(moves[self.parent]),
                         ["$65.00 from January 1, 2027", "Note"])
        moves = self.run_moves('2027-01-01')
        self.assertEqual(self.texts(moves[self.parent]), [])

    def test_both_get_it_when_both_pay(self):
        self.pays(isp_payer_share='percent', isp_payer_percent=40.0)
        offers, notice, note = self.offers()
        both = ["Child", "Parent"]
        self.assertEqual(
            {name: sorted(names) for name, names in self.reached(
                [*offers, notice, note]).items()},
            {"fibre": both, "active": both, "new": both, "without": [],
             notice.name: both, "Note": ["Child"]})
        moves = self.run_moves()
        self.assertEqual(self.texts(moves[self.child]), ["$65.00 from January 1, 2027", "Note"])
        self.assertEqual(self.texts(moves[self.parent]), ["$65.00 from January 1, 2027"])

    def test_shares_of_all_and_of_nothing(self):
        for percent, names in ((100.0, ["Parent"]), (0.0, ["Child"])):
            self.pays(isp_payer_share='percent', isp_payer_percent=percent)
            with self.subTest(percent=percent):
                offer = self.attach(f"offer {percent}", plan_ids=self.fibre.ids)
                self.assertEqual(self.reached([offer]), {offer.name: names})
                self.assertEqual(
                    {account.name for account in self.child.browse(
                        self.child._isp_present_payers(self.ca))}, set(names))

    def test_a_payer_of_another_company_is_none(self):
        self.child.with_company(self.fr).isp_payer_id = self.parent
        offer = self.attach("offer", plan_ids=self.fibre.ids)
        self.assertEqual(self.reached([offer]), {"offer": ["Child"]})
        self.assertEqual(list(self.run_moves()), [self.child])


class TestReachOfPlaces(ReachCase):

    def setUp(self):
        super().setUp()
        self.account = self.make_account("Two Places", isp_document_language='en')
        self.cottage = self.env['res.partner'].create({
            'name': "Cottage", 'parent_id': self.account.id, 'type': 'delivery',
            'street': "1 Lake Road", 'city': "Ottawa", 'zip': "K1A 0B1",
            'country_id': self.canada.id, 'state_id': self.ontario.id})
        tv = self.make_plan('TV', 20.0, kind='tv')
        self.make_subscription(self.account, [self.fibre], '2026-11-01',
                               partner_shipping_id=self.account.id)
        self.make_subscription(self.account, [tv], '2026-11-01',
                               partner_shipping_id=self.cottage.id)

    def test_each_address_of_a_service_counts(self):
        offers = [self.attach("Quebec", state_ids=self.quebec.ids),
                  self.attach("Ontario", state_ids=self.ontario.ids),
                  self.attach("Ottawa", cities="ottawa"),
                  self.attach("K1A", zip_prefixes="K1A"),
                  self.attach("Ottawa in Quebec", cities="Ottawa", state_ids=self.quebec.ids)]
        self.assertEqual([offer.reach_count for offer in offers], [1, 1, 1, 1, 0])
        self.bill(DAY)
        moves = self.env['account.move'].search([
            ('isp_account_id', '=', self.account.id), ('invoice_date', '=', DAY)])
        carried = [name for move in moves for name in self.carried(move)]
        self.assertEqual(sorted(carried), ["K1A", "Ontario", "Ottawa", "Quebec"])
        for move in moves:
            wanted = ["Quebec"] if move.partner_shipping_id != self.cottage else [
                "K1A", "Ontario", "Ottawa"]
            self.assertEqual(self.carried(move), wanted)

    def test_two_cities_on_one_invoice(self):
        self.cottage.write({'state_id': self.quebec.id, 'city': "Laval", 'zip': "H7A 0A1"})
        offer = self.attach("Laval", cities="Laval")
        self.assertEqual(offer.reach_count, 1)
        moves = self.run_moves()
        self.assertEqual(len(moves), 1)
        self.assertEqual(self.carried(moves[self.account]), ["Laval"])


class TestReachOfMoney(ReachCase):

    def test_what_was_paid_and_not_matched_settles_the_oldest(self):
        account = self.make_account("Paid", isp_document_language='en')
        self.make_subscription(account, [self.fibre], '2026-10-01')
        invoice = self.bill('2026-10-01').move_ids
        offers = [self.attach("not past due", exclude_past_due=True),
                  self.attach("past due", balance_state='past_due'),
                  self.attach("nothing", balance_state='none'),
                  self.attach("owing", balance_state='owing')]
        self.assertEqual([offer.reach_count for offer in offers], [0, 1, 0, 1])
        self.pay(invoice, 10.0)
        self.assertEqual([offer.reach_count for offer in offers], [0, 1, 0, 1])
        self.pay(invoice, invoice.amount_total - 10.0)
        self.assertEqual([offer.reach_count for offer in offers], [1, 0, 1, 0])
        move = self.run_moves()[account]
        self.assertEqual(self.carried(move), ["not past due", "nothing"])
        ages = self.env['isp.document.aging']._agings(move)[move.id]
        self.assertEqual({float(amount) for age, amount in ages.items() if age != 'current'}, {0})

    def pay(self, invoice, amount):
        """Money of the account that nobody matches with its invoice."""
        receivable = invoice.line_ids.filtered(
            lambda line: line.account_id.account_type == 'asset_receivable')
        bank = self.env['account.account'].search([
            ('account_type', '=', 'asset_cash'), ('company_ids', 'in', self.ca.ids)], limit=1
        ) or self.env['account.account'].create({
            'code': '101001', 'name': "Bank", 'account_type': 'asset_cash',
            'company_ids': [Command.set(self.ca.ids)]})
        journal = self.env['account.journal'].search([
            ('code', '=', 'MSC9'), ('company_id', '=', self.ca.id)]
        ) or self.env['account.journal'].create({
            'name': "Money", 'code': 'MSC9', 'type': 'general', 'company_id': self.ca.id})
        self.env['account.move'].create({
            'move_type': 'entry', 'journal_id': journal.id, 'date': '2026-10-10',
            'isp_account_id': invoice.isp_account_id.id, 'line_ids': [
                Command.create({'account_id': bank.id, 'debit': amount}),
                Command.create({'account_id': receivable.account_id.id, 'credit': amount,
                                'partner_id': invoice.partner_id.id})]}).action_post()
        self.env.invalidate_all()


class TestReachOfWhatWasTakenBack(ReachCase):

    def setUp(self):
        super().setUp()
        self.account = self.make_account("Ada Again", isp_document_language='en')
        self.make_subscription(self.account, [self.fibre], '2026-11-01')
        self.attach("welcome", bill_position='first')
        self.attach("once", cap_times=1)
        self.attach("rarely", cap_days=90)
        self.message("Note", account_id=self.account.id, once=True)

    def billed_again(self, move):
        """The invoice that follows a credit note that reopens the periods."""
        wizard = self.env['account.move.reversal'].with_context(
            active_model='account.move', active_ids=move.ids,
        ).create({'journal_id': move.journal_id.id, 'isp_reopen_periods': True})
        wizard.refund_moves()
        move.reversal_move_ids.filtered(lambda one: one.state == 'draft')._post()
        return self.bill('2026-11-01').move_ids

    def test_nobody_received_the_first(self):
        move = self.run_moves('2026-11-01')[self.account]
        self.assertEqual(self.carried(move), ["once", "rarely", "welcome"])
        again = self.billed_again(move)
        self.assertEqual(move.payment_state, 'reversed')
        self.assertEqual(self.carried(again), ["once", "rarely", "welcome"])
        self.assertEqual(self.texts(again), ["Note"])
        following = self.run_moves()[self.account]
        self.assertEqual((self.carried(following), self.texts(following)), ([], []))

    def test_the_customer_has_the_first(self):
        move = self.run_moves('2026-11-01')[self.account]
        move.isp_delivery_state = 'sent'
        again = self.billed_again(move)
        self.assertEqual((self.carried(again), self.texts(again)), ([], []))


class TestResults(ReachCase):

    def setUp(self):
        super().setUp()
        self.account = self.make_account("Ada Result", isp_document_language='en')
        self.make_subscription(self.account, [self.fibre], '2026-11-01')
        self.offer = self.attach("offer", promo_code='GO', result_days=30)
        self.run_moves()
        self.tv = self.make_plan('TVR', 20.0, kind='tv')

    def counts(self):
        self.env.invalidate_all()
        return self.offer.code_count, self.offer.changed_count

    def start(self, plan, day, code=False, **values):
        return self.make_subscription(
            self.account, [{'isp_plan_id': plan.id, 'isp_promo_code': code}], day, **values)

    def test_a_draft_is_no_result(self):
        draft = self.env['sale.subscription.stage'].search([('type', '=', 'draft')], limit=1)
        subscription = self.start(self.tv, '2026-12-05', 'GO')
        self.assertEqual(self.counts(), (1, 1))
        subscription.stage_id = draft
        self.assertEqual(self.counts(), (0, 0))

    def test_a_code_on_the_day_of_the_invoice_counts(self):
        self.start(self.tv, DAY, ' go ')
        self.assertEqual(self.counts(), (1, 0))

    def test_a_fee_is_no_change_of_plan(self):
        fee = self.make_plan('FEE', 20.0, kind='one_time')
        self.start(fee, '2026-12-06')
        self.assertEqual(self.counts(), (0, 0))

    def test_before_the_invoice_is_no_result(self):
        self.start(self.tv, '2026-11-30', 'GO')
        self.assertEqual(self.counts(), (0, 0))

    def test_services_that_the_account_pays_for(self):
        child = self.make_account("Child Result", isp_document_language='en')
        self.make_subscription(child, [self.fibre], '2026-11-01')
        child.with_company(self.ca).isp_payer_id = self.account
        offer = self.attach("family", promo_code='FAM', result_days=60)
        move = self.run_moves('2027-01-01')[self.account]
        self.assertIn("family", self.carried(move))
        self.make_subscription(
            child, [{'isp_plan_id': self.tv.id, 'isp_promo_code': 'FAM'}], '2027-01-10')
        self.env.invalidate_all()
        self.assertEqual((offer.code_count, offer.changed_count), (1, 1))
