"""Notices: what they announce, for whom, and on which bills of an account."""
from datetime import date, timedelta

from odoo.exceptions import ValidationError

from .message_common import MessageCase


class TestInvoiceNotice(MessageCase):

    def make_price(self, amount, day, plan=None, company=None):
        return self.env['isp.service.plan.price'].create({
            'plan_id': (plan or self.fibre).id, 'amount': amount, 'date_from': day,
            'company_id': (self.ca if company is None else company).id,
            'currency_id': self.cad.id})

    def texts(self, *days, account=None):
        return [self.printed(self.move(day, account)) for day in days]

    def test_price_notice_counts_down(self):
        self.env['isp.service.plan.price'].create({
            'plan_id': self.fibre.id, 'company_id': self.ca.id, 'amount': 64.95,
            'currency_id': self.cad.id, 'date_from': '2027-02-01'})
        message = self.make(
            "{event_plan}: {old_price}, then {new_price} from {event_date}. {bills_left} left.",
            notice='price', bills_ahead=2)
        self.assertEqual(message.reach_count, 0)
        texts = [self.printed(self.move(day)) for day in
                 ('2026-11-01', '2026-12-01', '2027-01-01', '2027-02-01')]
        line = "Fibre: $59.95, then $64.95 from February 1, 2027. {} left."
        self.assertEqual(texts, ['', line.format(2), line.format(1), ''])
        self.assertEqual(message.log_ids.sorted('id').mapped('bills_left'), [2, 1])

    def test_own_prices_are_not_announced(self):
        self.subscription.sale_subscription_line_ids.write(
            {'isp_price_source': 'own', 'price_unit': 40.0})
        self.env['isp.service.plan.price'].create({
            'plan_id': self.fibre.id, 'company_id': self.ca.id, 'amount': 64.95,
            'currency_id': self.cad.id, 'date_from': '2026-12-01'})
        self.make("New price {new_price}", notice='price', bills_ahead=3)
        self.assertEqual(self.printed(self.move()), '')

    def test_term_notice(self):
        self.fibre.term_months = 3
        self.make("Your term ends on {event_date}, {bills_left}.", notice='term', bills_ahead=2)
        texts = [self.printed(self.move(day)) for day in
                 ('2026-11-01', '2026-12-01', '2027-01-01', '2027-02-01')]
        self.assertEqual(texts, [
            '', "Your term ends on February 1, 2027, 2.", "Your term ends on February 1, 2027, 1.",
            ''])

    def test_promotion_notice(self):
        """On the two bills before the discount ends; the price is that of the plan."""
        line = self.subscription.sale_subscription_line_ids
        self.env['isp.line.discount'].create({
            'name': "Welcome", 'line_id': line.id, 'kind': 'price', 'value': 29.95, 'periods': 3,
            'date_from': '2026-11-01'})
        self.make("{event_plan} costs {new_price} from {event_date}, {bills_left}.",
                  notice='promotion', bills_ahead=2)
        texts = [self.printed(self.move(day)) for day in
                 ('2026-11-01', '2026-12-01', '2027-01-01', '2027-02-01')]
        self.assertEqual(texts, [
            '', "Fibre costs $59.95 from February 1, 2027, 2.",
            "Fibre costs $59.95 from February 1, 2027, 1.", ''])

    def test_promotion_notice_follows_a_plan_change(self):
        line = self.subscription.sale_subscription_line_ids
        gig = self.make_plan('GIG', 89.95)
        self.env['isp.line.discount'].create({
            'name': "Welcome", 'line_id': line.id, 'kind': 'percent', 'value': 10.0, 'periods': 2,
            'date_from': '2026-11-01'})
        self.make("{event_plan} costs {new_price} from {event_date}.", notice='promotion',
                  bills_ahead=1)
        line._isp_change(date(2026, 12, 1), plan=gig)
        self.assertEqual(self.printed(self.move()), '')
        self.assertEqual(
            self.printed(self.move('2026-12-01')), "Gig costs $89.95 from January 1, 2027.")

    def test_prices_are_known_to_price_notices_only(self):
        with self.assertRaisesRegex(ValidationError, "new_price"):
            self.make("{new_price}", notice='term')

    # === Whose bills are counted === #

    def test_a_yearly_account_is_told_on_its_yearly_bill(self):
        """The only bill before the new price comes months ahead of it."""
        yearly = self.make_plan('YEARLY', 600.0, interval=1, unit='year')
        other = self.make_account("Yearly Customer", isp_document_language='en')
        self.make_subscription(other, [yearly], '2026-07-01')
        self.make_price(660.0, '2027-02-01', plan=yearly)
        message = self.make("{old_price}, {new_price} from {event_date}: {bills_left}",
                            notice='price', bills_ahead=1)
        # a period of a year keeps its price: the new one begins with the next year
        self.assertEqual(
            self.texts('2026-07-01', '2027-07-01', account=other),
            ["$600.00, $660.00 from July 1, 2027: 1", ''])
        self.assertEqual(message.log_ids.mapped('bills_left'), [1])

    def test_a_quarterly_account_counts_its_quarters(self):
        quarterly = self.make_plan('QUARTER', 150.0, interval=3, unit='month', term_months=12)
        other = self.make_account("Quarterly Customer", isp_document_language='en')
        self.make_subscription(other, [quarterly], '2026-01-01')
        self.make("{last_day}: {bills_left}", notice='term', bills_ahead=2)
        self.assertEqual(
            self.texts('2026-04-01', '2026-07-01', '2026-10-01', account=other),
            ['', "December 31, 2026: 2", "December 31, 2026: 1"])

    def test_a_monthly_plan_beside_a_yearly_one_makes_the_bills_monthly(self):
        yearly = self.make_plan('YEARLY', 600.0, interval=1, unit='year')
        other = self.make_account("Mixed Customer", isp_document_language='en')
        self.make_subscription(other, [yearly, self.fibre], '2026-07-01')
        self.make_price(660.0, '2027-02-01', plan=yearly)
        self.make("{new_price} from {event_date}: {bills_left}", notice='price', bills_ahead=1)
        days = ('2026-07-01', '2027-01-01', '2027-06-01')
        self.assertEqual(self.texts(*days, account=other),
                         ['', '', "$660.00 from July 1, 2027: 1"])

    def test_bills_made_ahead_count_by_what_they_are_about(self):
        """The bill of 22 January is the first at the new price: no notice stands on it."""
        ahead = self.env['isp.billing.profile'].create({
            'name': "Ahead", 'company_id': self.ca.id, 'bill_day': 1, 'days_ahead': 10})
        self.account.with_company(self.ca).isp_billing_profile_id = ahead
        self.make_price(64.95, '2027-02-01')
        self.make("{bills_left}", notice='price', bills_ahead=2)
        days = ('2026-10-22', '2026-11-21', '2026-12-22', '2027-01-22')
        self.assertEqual(self.texts(*days), ['', "2", "1", ''])
        amounts = self.env['isp.charge'].search(
            [('account_id', '=', self.account.id)]).sorted('period_start').mapped('amount')
        self.assertEqual(amounts, [59.95, 59.95, 59.95, 64.95])

    def test_a_commitment_does_not_begin_again_with_a_new_price(self):
        self.fibre.term_months = 3
        line = self.subscription.sale_subscription_line_ids
        self.make("Until {last_day}: {bills_left}", notice='term', bills_ahead=1)
        self.bill('2026-11-01')
        new = line._isp_change(date(2026, 12, 1), price=54.95)
        self.assertEqual(new._isp_term_end(), date(2027, 1, 31))
        self.assertEqual(self.texts('2026-12-01', '2027-01-01', '2027-02-01'),
                         ['', "Until January 31, 2027: 1", ''])

    def test_a_commitment_begins_again_with_another_plan(self):
        self.fibre.term_months = 3
        gig = self.make_plan('GIG', 89.95, term_months=2)
        self.make("{event_plan} until {last_day}", notice='term', bills_ahead=1)
        self.bill('2026-11-01')
        self.subscription.sale_subscription_line_ids._isp_change(date(2026, 12, 1), plan=gig)
        self.assertEqual(self.texts('2026-12-01', '2027-01-01'),
                         ['', "Gig until January 31, 2027"])

    # === Several services === #

    def test_each_service_has_its_sentence(self):
        tv = self.make_plan('TV', 24.95, kind='tv')
        self.env['sale.subscription.line'].create({
            'sale_subscription_id': self.subscription.id, 'isp_plan_id': tv.id,
            'isp_date_start': '2026-11-01'})
        self.make_price(64.95, '2026-12-01')
        self.make_price(27.95, '2026-12-01', plan=tv)
        message = self.make("{event_plan} {new_price}", notice='price', bills_ahead=1)
        self.assertEqual(self.texts('2026-11-01'), ["Fibre $64.95\nTv $27.95"])
        self.assertEqual(message.log_count, 1)
        self.assertEqual(message.log_ids.text_fr, "Fibre 64,95\u00a0$\nTv 27,95\u00a0$")

    def test_equal_sentences_stand_once(self):
        tv = self.make_plan('TV', 24.95, kind='tv')
        self.env['sale.subscription.line'].create({
            'sale_subscription_id': self.subscription.id, 'isp_plan_id': tv.id,
            'isp_date_start': '2026-11-01'})
        self.make_price(64.95, '2026-12-01')
        self.make_price(27.95, '2026-12-01', plan=tv)
        self.make("Prices change on {event_date}.", notice='price', bills_ahead=1)
        self.assertEqual(self.texts('2026-11-01'), ["Prices change on December 1, 2026."])

    # === What is a new price === #

    def test_the_same_price_again_is_no_change(self):
        self.make_price(59.95, '2026-12-01')
        message = self.make("{new_price}", notice='price', bills_ahead=2)
        self.assertEqual(message.reach_count, 0)
        self.assertEqual(self.texts('2026-11-01'), [''])

    def test_a_price_of_every_company_does_not_replace_the_own_one(self):
        self.fibre.product_id.company_id = False
        self.fibre.company_id = False
        self.make_price(99.0, '2026-12-01', company=self.env['res.company'])
        self.make("{new_price}", notice='price', bills_ahead=2)
        self.assertEqual(self.texts('2026-11-01'), [''])

    def test_a_price_of_the_middle_of_a_period_begins_with_the_next(self):
        self.make_price(64.95, '2026-12-15')
        self.make("{new_price} from {event_date}: {bills_left}", notice='price', bills_ahead=2)
        self.assertEqual(self.texts('2026-11-01', '2026-12-01', '2027-01-01'), [
            "$64.95 from January 1, 2027: 2", "$64.95 from January 1, 2027: 1", ''])

    def test_a_pricelist_of_its_own_has_its_own_prices(self):
        self.subscription.pricelist_id.copy({'item_ids': False})
        special = self.env['product.pricelist'].create({
            'name': "Special", 'currency_id': self.cad.id, 'company_id': self.ca.id,
            'item_ids': [(0, 0, {
                'applied_on': '0_product_variant', 'product_id': self.fibre.product_id.id,
                'compute_price': 'fixed', 'fixed_price': 40.0})]})
        self.subscription.pricelist_id = special
        self.make_price(64.95, '2026-12-01')
        self.make("{new_price}", notice='price', bills_ahead=2)
        self.assertEqual(self.texts('2026-11-01'), [''])

    def test_the_price_after_a_promotion_has_the_other_discounts(self):
        line = self.subscription.sale_subscription_line_ids
        self.env['isp.line.discount'].create([
            {'name': "Welcome", 'line_id': line.id, 'kind': 'price', 'value': 29.95, 'periods': 2,
             'date_from': '2026-11-01', 'sequence': 1},
            {'name': "Loyal", 'line_id': line.id, 'kind': 'percent', 'value': 10.0,
             'date_from': '2026-11-01', 'sequence': 2}])
        self.make("From {event_date}: {new_price}", notice='promotion', bills_ahead=1)
        self.assertEqual(self.texts('2026-11-01', '2026-12-01', '2027-01-01'),
                         ['', "From January 1, 2027: $53.95", ''])
        amounts = self.env['isp.charge'].search(
            [('account_id', '=', self.account.id)]).sorted('period_start').mapped('amount')
        self.assertEqual(amounts, [26.95, 26.95, 53.95])

    def test_a_discount_by_dates_ends_with_its_last_period(self):
        line = self.subscription.sale_subscription_line_ids
        self.env['isp.line.discount'].create({
            'name': "Winter", 'line_id': line.id, 'kind': 'amount', 'value': 10.0,
            'date_from': '2026-11-01', 'date_to': '2026-12-15'})
        self.make("{last_day}, then {new_price} ({bills_left})", notice='promotion', bills_ahead=2)
        self.assertEqual(self.texts('2026-11-01', '2026-12-01', '2027-01-01'), [
            "December 31, 2026, then $59.95 (2)", "December 31, 2026, then $59.95 (1)", ''])


class TestNoticeDays(MessageCase):
    """The day that a notice names is the first day of the period that costs the new price."""

    def test_days_that_not_every_month_has(self):
        self.messages.create({
            'name': "n", 'body': "{event_date}|{bills_left}", 'notice': 'price',
            'bills_ahead': 2})
        accounts = {}
        for timing in ('advance', 'arrears'):
            for rule, day in (('fixed', 29), ('fixed', 30), ('fixed', 31), ('anniversary', 1)):
                for unit, interval in (('month', 1), ('month', 3)):
                    accounts[timing, rule, day, interval] = self.make_case(
                        timing, rule, day, unit, interval)
        day = date(2026, 10, 1)
        while day < date(2027, 8, 2):
            if day.day in (1, 28, 29, 30, 31):
                self.bill(str(day))
            day += timedelta(days=1)
        for case, account in accounts.items():
            with self.subTest(case=case):
                self.compare(account)

    def make_case(self, timing, rule, day, unit, interval):
        name = f'{timing} {rule} {day} {interval}'
        plan = self.make_plan(name, 50.0, timing=timing, unit=unit, interval=interval)
        self.env['isp.service.plan.price'].create({
            'plan_id': plan.id, 'company_id': self.ca.id, 'amount': 60.0,
            'currency_id': self.cad.id, 'date_from': '2027-03-01'})
        account = self.make_account(name, isp_document_language='en')
        account.with_company(self.ca).isp_billing_profile_id = self.env[
            'isp.billing.profile'].create({
                'name': name, 'company_id': self.ca.id, 'bill_day_rule': rule, 'bill_day': day})
        self.make_subscription(
            account, [plan], '2026-10-31' if rule == 'anniversary' else '2026-10-15')
        return account

    def compare(self, account):
        """What the notices of an account said, against its ledger."""
        charges = self.env['isp.charge'].search(
            [('account_id', '=', account.id), ('kind', '=', 'recurring')], order='period_start')
        real = next(charge for charge in charges
                    if charge.period_start >= date(2027, 3, 1) and charge.price_full == 60.0)
        moves = self.env['account.move'].search([
            ('isp_account_id', '=', account.id), ('move_type', '=', 'out_invoice')],
            order='invoice_date, id')
        told = [text.split('|') for move in moves
                for text in move.isp_message_log_ids.mapped('text_en')]
        self.assertTrue(told)
        self.assertEqual({text for text, _left in told},
                         {f"{real.period_start:%B} {real.period_start.day}, 2027"})
        before = [move for move in moves if move.invoice_date < real.period_start]
        self.assertEqual([left for _text, left in told], ['2', '1'][-len(before[-2:]):])
