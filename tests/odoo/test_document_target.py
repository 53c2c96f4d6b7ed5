"""Targets: what each filter means, and that the count is the choice of a run."""
from odoo import Command, fields
from odoo.exceptions import ValidationError
from odoo.tests import Form

from .common import IspCase
from .document_common import encoded, make_pdf

DAY = '2026-12-01'


class TestDocumentTarget(IspCase):
    """Accounts that differ in one thing each; the run of the first of December bills all."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.startClassPatcher(cls._today_is('2026-11-20'))
        cls.tv = cls.make_plan('TV', 24.95, kind='tv')
        cls.plain = cls.make_billed("Plain Customer")
        cls.viewer = cls.make_billed("Viewer Customer", plans=cls.fibre | cls.tv)
        cls.french = cls.make_billed("French Customer", isp_document_language='fr')
        cls.ontarian = cls.make_billed("Ontario Customer", state=cls.ontario, city="Ottawa",
                                       zip="K1A 0B1")
        cls.veteran = cls.make_billed("Veteran Customer", start='2026-01-01')
        cls.refuser = cls.make_billed("Refuser Customer", isp_no_promotions=True)
        cls.tagged = cls.make_billed("Tagged Customer")
        cls.tag = cls.env['res.partner.category'].create({'name': "VIP"})
        cls.tagged.category_id = cls.tag
        cls.business = cls.make_billed("Business Customer")
        cls.profile = cls.env['isp.billing.profile'].create(
            {'name': "Business", 'company_id': cls.ca.id, 'bill_day': 1})
        cls.business.isp_billing_profile_id = cls.profile
        cls.debtor = cls.make_billed("Debtor Customer")
        cls.make_debt(cls.debtor, '2026-11-05')
        cls.ower = cls.make_billed("Ower Customer")
        cls.make_debt(cls.ower, '2026-12-20')
        cls.suspended = cls.make_billed("Suspended Customer")
        cls.hold(cls.suspended, 'non_payment')
        cls.away = cls.make_billed("Away Customer")
        cls.hold(cls.away, 'vacation')
        cls.everybody = (
            cls.plain | cls.viewer | cls.french | cls.ontarian | cls.veteran | cls.refuser
            | cls.tagged | cls.business | cls.debtor | cls.ower | cls.suspended | cls.away)
        cls.gone = cls.make_account("Gone Customer")
        cls.make_subscription(cls.gone, [{
            'isp_plan_id': cls.fibre.id, 'isp_date_end': '2026-10-31'}], '2026-10-01')
        cls.attachments = cls.env['isp.invoice.attachment']

    @classmethod
    def _today_is(cls, day):
        from unittest.mock import patch
        return patch.object(type(cls.env['res.company']), '_isp_today',
                            lambda company: fields.Date.to_date(day))

    @classmethod
    def make_billed(cls, name, plans=None, start='2026-11-01', **values):
        account = cls.make_account(name, **values)
        cls.make_subscription(account, list(plans or cls.fibre), start)
        return account

    @classmethod
    def hold(cls, account, reason):
        cls.env['isp.service.hold'].create({
            'subscription_id': account.isp_subscription_ids.id, 'date_from': '2026-11-10',
            'reason': reason, 'effect': 'charge'})

    @classmethod
    def make_debt(cls, account, due):
        move = cls.env['account.move'].create({
            'move_type': 'out_invoice', 'partner_id': account.id, 'isp_account_id': account.id,
            'journal_id': cls.journals[cls.ca].id, 'invoice_date': '2026-10-01',
            'invoice_date_due': due, 'company_id': cls.ca.id, 'invoice_line_ids': [
                Command.create({'name': "Installation", 'price_unit': 50.0, 'tax_ids': False})]})
        move._post()

    def make(self, **values):
        values.setdefault('exclude_opted_out', False)
        return self.attachments.create({
            'name': "Offer", 'company_id': self.ca.id, 'pdf_en': encoded(make_pdf()), **values})

    def reached(self, record):
        return self.env['res.partner'].browse(record._isp_reached_accounts())

    def check(self, values, expected):
        record = self.make(**values)
        self.assertEqual(self.reached(record), expected, values)
        self.assertEqual(record.reach_count, len(expected))
        return record

    # === What each filter means === #

    def test_no_filter_reaches_all_billed_accounts(self):
        record = self.check({}, self.everybody)
        self.assertEqual(record.reach_total, len(self.everybody))
        self.assertNotIn(self.gone, self.reached(record))

    def test_plans_held_and_not_held(self):
        self.check({'plan_ids': [Command.set(self.tv.ids)]}, self.viewer)
        self.check({'without_plan_ids': [Command.set(self.tv.ids)]}, self.everybody - self.viewer)
        self.check({'plan_ids': [Command.set(self.fibre.ids)],
                    'without_plan_ids': [Command.set(self.tv.ids)]}, self.everybody - self.viewer)

    def test_several_kinds(self):
        self.check({'kind_tv': True}, self.viewer)
        self.check({'kind_tv': True, 'kind_internet': True}, self.everybody)
        self.check({'kind_voice': True}, self.env['res.partner'])

    def test_profiles_and_tags(self):
        self.check({'profile_ids': [Command.set(self.profile.ids)]}, self.business)
        default = self.env['isp.billing.profile'].create(
            {'name': "Home", 'company_id': self.ca.id})
        self.ca.isp_profile_id = default
        self.check({'profile_ids': [Command.set(default.ids)]}, self.everybody - self.business)
        self.check({'account_tag_ids': [Command.set(self.tag.ids)]}, self.tagged)

    def test_place_of_service(self):
        self.check({'state_ids': [Command.set(self.ontario.ids)]}, self.ontarian)
        self.check({'country_id': self.france.id}, self.env['res.partner'])
        self.check({'cities': "Gatineau, ottawa "}, self.ontarian)
        self.check({'zip_prefixes': "h2, k1a0"}, self.ontarian)
        self.check({'zip_prefixes': "K1A%"}, self.env['res.partner'])

    def test_place_is_the_service_address(self):
        cottage = self.env['res.partner'].create({
            'name': "Cottage", 'parent_id': self.plain.id, 'type': 'delivery', 'city': "Matane"})
        self.plain.isp_subscription_ids.partner_shipping_id = cottage
        self.check({'cities': "Matane"}, self.plain)

    def test_place_is_where_services_run_now(self):
        """Who moved is counted at the new address, whichever record is older."""
        here, there = self.env['res.partner'].create([
            {'name': "Old place", 'parent_id': self.gone.id, 'type': 'delivery', 'city': "Matane"},
            {'name': "New place", 'parent_id': self.gone.id, 'type': 'delivery', 'city': "Gaspé"}])
        self.gone.isp_subscription_ids.partner_shipping_id = here
        self.check({'cities': "Matane", 'account_status': 'ended'}, self.gone)
        self.make_subscription(self.gone, [self.fibre], '2026-11-01',
                               partner_shipping_id=there.id)
        self.check({'cities': "Matane"}, self.env['res.partner'])
        self.check({'cities': "Gaspé"}, self.gone)

    def test_cities_without_accents_and_hyphens(self):
        self.plain.city = "Trois-Rivières"
        self.check({'cities': "trois rivieres"}, self.plain)
        self.plain.city = "TROIS RIVIERES"
        self.check({'cities': "Trois-Rivières, Lévis"}, self.plain)

    def test_language(self):
        self.check({'document_language': 'fr'}, self.french)
        self.ontarian.isp_document_language = 'en'
        english = self.everybody.filtered(
            lambda account: account._isp_resolve_language(self.ca)[0] == 'en')
        self.assertIn(self.ontarian, english)
        self.check({'document_language': 'en'}, english)

    def test_status(self):
        held = self.suspended | self.away
        self.check({'account_status': 'active'}, self.everybody - held)
        self.check({'account_status': 'hold'}, held)
        record = self.check({'account_status': 'ended'}, self.gone)
        self.assertEqual(record.reach_total, 1)

    def test_tenure_counts_full_months(self):
        self.check({'tenure_from': 10}, self.veteran)
        self.check({'tenure_to': 10}, self.everybody - self.veteran)
        # on 1 December, services of 1 November are one month old
        self.check({'tenure_from': 1, 'date_start': DAY}, self.everybody)
        self.check({'tenure_to': 1, 'date_start': DAY}, self.env['res.partner'])
        with self.assertRaisesRegex(ValidationError, "more months"):
            self.make(tenure_from=6, tenure_to=6)

    def test_balance(self):
        self.check({'balance_state': 'past_due'}, self.debtor)
        self.check({'balance_state': 'owing'}, self.debtor | self.ower)
        self.check({'balance_state': 'none'}, self.everybody - self.debtor - self.ower)
        self.check({'balance_state': 'credit'}, self.env['res.partner'])

    def test_first_bill(self):
        self.check({'bill_position': 'later'}, self.debtor | self.ower)
        self.check({'bill_position': 'first'}, self.everybody - self.debtor - self.ower)

    def test_exclusions(self):
        self.check({'exclude_past_due': True}, self.everybody - self.debtor)
        self.check({'exclude_opted_out': True}, self.everybody - self.refuser)
        self.check({'exclude_suspended': True}, self.everybody - self.suspended)
        record = self.attachments.create({
            'name': "Default", 'company_id': self.ca.id, 'pdf_en': encoded(make_pdf())})
        self.assertTrue(record.exclude_opted_out)

    def test_opting_out_belongs_to_a_company(self):
        self.plain.with_company(self.fr).isp_no_promotions = True
        self.assertIn(self.plain, self.reached(self.make(exclude_opted_out=True)))

    def test_random_share_is_stable_and_has_a_rest(self):
        record = self.make(share_percent=40, share_key='spring')
        drawn = self.reached(record)
        self.assertTrue(0 < len(drawn) < len(self.everybody))
        self.assertEqual(self.reached(self.make(share_percent=40, share_key='spring')), drawn)
        self.check({'share_percent': 40, 'share_key': 'spring', 'share_rest': True},
                   self.everybody - drawn)
        more = self.reached(self.make(share_percent=70, share_key='spring'))
        self.assertEqual(more & drawn, drawn)
        self.check({'share_percent': 0}, self.env['res.partner'])

    def test_random_share_is_close_to_its_percent(self):
        partners = self.env['res.partner'].create([{'name': f"P{i}"} for i in range(400)])
        record = self.make(share_percent=25, share_key='even')
        condition = record._isp_share_conditions()[0]
        from odoo.tools import SQL
        rows = self.env.execute_query(SQL(
            "SELECT COUNT(*) FROM res_partner s0, LATERAL (SELECT s0.id AS account_id) s "
            "WHERE s0.id IN %s AND %s", tuple(partners.ids), condition))
        self.assertTrue(70 <= rows[0][0] <= 130, rows)

    def test_a_period_that_is_over_reaches_nobody(self):
        self.check({'date_end': '2026-11-19'}, self.env['res.partner'])

    # === The count is the choice === #

    def test_count_is_the_number_of_invoices_of_a_run(self):
        records = self.attachments
        for values in (
            {}, {'plan_ids': [Command.set(self.tv.ids)]}, {'kind_tv': True},
            {'without_plan_ids': [Command.set(self.tv.ids)]}, {'cities': "Ottawa"},
            {'profile_ids': [Command.set(self.profile.ids)]}, {'document_language': 'fr'},
            {'account_tag_ids': [Command.set(self.tag.ids)]}, {'account_status': 'hold'},
            {'account_status': 'active'}, {'tenure_from': 10}, {'tenure_to': 10},
            {'balance_state': 'past_due'}, {'balance_state': 'none'}, {'balance_state': 'owing'},
            {'bill_position': 'first'}, {'bill_position': 'later'}, {'exclude_past_due': True},
            {'exclude_opted_out': True}, {'exclude_suspended': True},
            {'share_percent': 50, 'share_key': 'a'}, {'cap_times': 1}, {'cap_days': 30},
            {'state_ids': [Command.set(self.ontario.ids)], 'exclude_past_due': True},
        ):
            records |= self.make(name=str(values), date_start=DAY, **values)
        counts = {record: record.reach_count for record in records}
        self.reached_before = {record: self.reached(record) for record in records}
        self.ca.isp_insert_max_pages = self.ca.isp_insert_max_kb = 0
        # the account that left gets its final bill, which nobody counts on
        self.bill(DAY, account_ids=[Command.set(self.everybody.ids)])
        for record, count in counts.items():
            carried = self.env['isp.invoice.insert'].search([('attachment_id', '=', record.id)])
            self.assertEqual(carried.account_id, self.reached_before[record], record.name)
            self.assertEqual(len(carried), count, record.name)
        self.assertEqual(max(counts.values()), len(self.everybody))

    def test_no_query_per_invoice(self):
        for values in ({'kind_tv': True}, {'exclude_past_due': True}, {'document_language': 'fr'}):
            self.make(**values)
        self.bill(DAY)
        moves = self.env['account.move'].search([
            ('isp_account_id', 'in', self.everybody.ids), ('invoice_date', '=', DAY)])
        self.assertEqual(len(moves), len(self.everybody))

        def queries(batch):
            self.env.flush_all()
            self.env.invalidate_all()  # nothing is known of the invoices yet
            before = self.env.cr.sql_log_count
            self.attachments._isp_matching(batch)
            return self.env.cr.sql_log_count - before
        queries(moves)
        self.assertEqual(queries(moves[:2]), queries(moves))

    def test_the_count_takes_no_query_per_account(self):
        """Not even for the language, which is not decided in SQL."""
        record = self.make(document_language='en')
        others = self.env['sale.subscription'].search(
            [('isp_account_id', 'in', self.everybody.ids)])

        def queries():
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            record._isp_reached_accounts()
            return self.env.cr.sql_log_count - before
        queries()
        whole = queries()
        others[2:].stage_id = self.env['sale.subscription.stage'].search(
            [('type', '=', 'draft')], limit=1)
        self.assertEqual(len(record._isp_population()), 2)
        self.assertEqual(queries(), whole)

    def test_the_count_follows_the_form(self):
        form = Form(self.attachments.with_context(default_company_id=self.ca.id))
        form.exclude_opted_out = False
        self.assertEqual(form.reach_count, len(self.everybody))
        form.kind_tv = True
        self.assertEqual(form.reach_count, 1)
        form.plan_ids.add(self.tv)
        form.without_plan_ids.add(self.fibre)
        self.assertEqual(form.reach_count, 0)

    def test_show_accounts(self):
        action = self.make(kind_tv=True).action_show_accounts()
        self.assertEqual(self.env['res.partner'].search(action['domain']), self.viewer)
