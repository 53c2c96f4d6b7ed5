"""Messages: placeholders, the box, where they are shown, notes and notices."""
from datetime import date

from odoo import Command
from odoo.exceptions import ValidationError

from .common import IspCase
from .document_common import pdf_text


class TestInvoiceMessage(IspCase):

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.messages = cls.env['isp.invoice.message'].with_context(
            default_company_id=cls.ca.id)
        cls.account = cls.make_account("Ada Tester", isp_document_language='en')
        cls.subscription = cls.make_subscription(cls.account, [cls.fibre], '2026-11-01')

    def make(self, body, french=None, **values):
        message = self.messages.create({'name': "Message", 'body': body, **values})
        if french:
            message.with_context(lang='fr_CA').body = french
        return message

    def move(self, day='2026-11-01', account=None, **values):
        self.bill(day, **values)
        return self.env['account.move'].search([
            ('isp_account_id', '=', (account or self.account).id), ('invoice_date', '=', day)])

    def printed(self, move):
        return (move.isp_document_data['message'] or {}).get('en', '')

    # === Placeholders === #

    def test_placeholders_in_both_languages(self):
        self.make(
            "{first_name}: {amount_due} by {due_date} for {plan}, account {account_number}, next "
            "bill {next_bill_date}",
            "{first_name} : {amount_due} le {due_date}")
        move = self.move()
        texts = move.isp_document_data['message']
        number = self.account.isp_account_number
        due = move.invoice_date_due
        self.assertEqual(
            texts['en'], f"Ada: $68.93 by {due:%B} {due.day}, {due.year} for Fibre, account "
                         f"{number}, next bill December 1, 2026")
        self.assertIn("Ada : 68,93\u00a0$ le ", texts['fr'])
        self.assertEqual(move._isp_render_documents(), {move.id: None})
        self.assertIn("Ada: $68.93 by", pdf_text(move.isp_document_id.raw))

    def test_unknown_placeholders_are_named_with_those_that_are_allowed(self):
        for body in ("Hi {nickname}", "Hi {partner.name}", "Hi {0}", "Hi {first_name", "Hi {}"):
            with self.assertRaisesRegex(ValidationError, r"not known.*\{first_name\}"):
                self.make(body)
        with self.assertRaisesRegex(ValidationError, "nickname"):
            self.make("Hi {nickname}")

    def test_each_language_is_checked(self):
        message = self.make("Hi {first_name}")
        with self.assertRaisesRegex(ValidationError, "prenom"):
            message.with_context(lang='fr_CA').body = "Bonjour {prenom}"

    def test_values_are_never_evaluated(self):
        self.account.name = "{account_number} {{ 7*7 }}"
        self.make("Hello {name}")
        self.assertEqual(self.printed(self.move()), "Hello {account_number} {{ 7*7 }}")

    def test_a_message_with_a_hole_is_not_printed(self):
        self.make("Plan: {plan}")
        move = self.env['account.move'].create({
            'move_type': 'out_invoice', 'partner_id': self.account.id,
            'isp_account_id': self.account.id, 'journal_id': self.journals[self.ca].id,
            'invoice_date': '2026-11-05', 'company_id': self.ca.id, 'invoice_line_ids': [
                Command.create({'name': "Cable", 'price_unit': 5.0, 'tax_ids': False})]})
        move._post()
        self.assertFalse(move.isp_document_data['message'])
        self.assertFalse(move.isp_message_log_ids)

    def test_plans_in_messages_have_their_name_in_the_other_french_too(self):
        for code in ('fr_FR', 'fr_CA'):
            self.env['res.lang']._activate_lang(code)
        self.ca.isp_french = 'fr_CA'
        self.account.with_company(self.ca).isp_document_language = 'fr'
        self.fibre.with_context(lang='fr_FR').name = "La fibre"
        message = self.make("Your plan: {plan}")
        message.with_context(lang='fr_FR').body = "Votre forfait : {plan}"
        move = self.move()
        self.assertEqual(move.isp_document_data['message'],
                         {'en': "Your plan: Fibre", 'fr': "Votre forfait : La fibre"})
        self.assertTrue(move.invoice_line_ids.filtered('isp_plan_id').name.startswith("La fibre ("))

    def test_french_of_canada_then_the_other_french_then_english(self):
        for code in ('fr_FR', 'fr_CA'):
            self.env['res.lang']._activate_lang(code)
        self.ca.isp_french = 'fr_CA'
        message = self.make("Hello")
        writer = self.env['isp.message.writer']
        languages = self.ca._isp_text_languages()
        self.assertEqual(writer._bodies(message, languages)['fr'], "Hello")
        message.with_context(lang='fr_FR').body = "Bonjour de France"
        self.assertEqual(writer._bodies(message, languages)['fr'], "Bonjour de France")
        self.assertEqual(self.move().isp_document_data['message']['fr'], "Bonjour de France")
        message.with_context(lang='fr_CA').body = "Bonjour du Canada"
        self.assertEqual(writer._bodies(message, languages),
                         {'en': "Hello", 'fr': "Bonjour du Canada"})

    # === The box === #

    def test_several_messages_in_order_as_far_as_there_is_room(self):
        self.ca.isp_message_chars = 50
        self.make("c" * 30, sequence=3)
        self.make("a" * 20, sequence=1)
        self.make("b" * 40, sequence=2)
        self.assertEqual(self.printed(self.move()), "a" * 20 + "\n\n" + "c" * 30)

    def test_most_messages(self):
        self.ca.isp_message_count = 2
        for place in range(3):
            self.make(f"text {place}", sequence=place)
        self.assertEqual(self.printed(self.move()), "text 0\n\ntext 1")

    def test_length_is_shown_against_the_box(self):
        message = self.make("Hi {first_name}!")
        self.assertEqual((message.body_length, message.body_limit), (16, self.ca.isp_message_chars))
        self.assertFalse(message.is_too_long)
        self.ca.isp_message_chars = 10
        self.assertTrue(message.is_too_long)

    # === Where === #

    def test_channels(self):
        self.make("On paper", on_email=False)
        self.make("By mail", "Par courriel", on_invoice=False, on_email=True)
        self.make("On line", on_invoice=False, on_portal=True)
        move = self.move()
        self.assertEqual(self.printed(move), "On paper")
        self.assertEqual(move._isp_channel_messages('email'), ["By mail"])
        self.assertEqual(move._isp_channel_messages('email', 'fr'), ["Par courriel"])
        self.assertEqual(move._isp_channel_messages('portal'), ["On line"])
        vals = move._isp_mail_vals(move._isp_mail_template(), {move: 'a@b.example'})[0]
        self.assertIn("By mail", vals['body_html'])
        self.assertNotIn("On paper", vals['body_html'])

    def test_the_log_keeps_the_texts_of_the_day(self):
        message = self.make("Before {first_name}")
        move = self.move()
        message.body = "After"
        self.assertEqual(move.isp_message_log_ids.text_en, "Before Ada")
        self.assertEqual(message.log_count, 1)

    def test_targets_hold_for_messages(self):
        self.make("For television", kind_tv=True)
        self.make("For Internet", kind_internet=True)
        self.assertEqual(self.printed(self.move()), "For Internet")

    # === Notes and notices === #

    def test_a_note_is_on_the_next_invoice_of_one_account_only(self):
        other = self.make_account("Bob Other", isp_document_language='en')
        self.make_subscription(other, [self.fibre], '2026-11-01')
        action = self.account.with_company(self.ca).action_isp_write_note()
        self.env['isp.invoice.message'].with_context(**action['context']).create(
            {'body': "Thank you for your call, {first_name}."})
        first = self.move()
        self.assertEqual(self.printed(first), "Thank you for your call, Ada.")
        self.assertEqual(self.printed(self.env['account.move'].search(
            [('isp_account_id', '=', other.id)])), '')
        self.assertEqual(self.printed(self.move('2026-12-01')), '')

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
