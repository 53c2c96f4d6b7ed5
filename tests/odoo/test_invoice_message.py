"""Messages: placeholders, the box, where they are shown, notes and notices."""
from odoo import Command
from odoo.exceptions import ValidationError

from .document_common import pdf_text
from .message_common import MessageCase


class TestInvoiceMessage(MessageCase):

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
        messages = [self.make(f"text {place}", sequence=place, once=place == 2)
                    for place in range(3)]
        self.assertEqual(self.printed(self.move()), "text 0\n\ntext 1")
        # what had no room is listed, does not count as received, and comes on the next invoice
        self.assertEqual([message.log_count for message in messages], [1, 1, 0])
        self.assertEqual([message.missed_count for message in messages], [0, 0, 1])
        self.assertTrue(messages[2].log_ids.no_room)
        messages[0].active = False
        self.assertEqual(self.printed(self.move('2026-12-01')), "text 1\n\ntext 2")
        self.assertEqual(self.printed(self.move('2027-01-01')), "text 1")

    def test_length_is_shown_against_the_box(self):
        message = self.make("Hi {first_name}!")
        self.assertEqual((message.body_length, message.body_limit), (16, self.ca.isp_message_chars))
        self.assertFalse(message.is_too_long)
        self.ca.isp_message_chars = 10
        self.assertTrue(message.is_too_long)

    def test_the_longest_language_counts(self):
        self.ca.isp_message_chars = 20
        message = self.make("a" * 10, "b" * 25)
        self.assertEqual(message.body_lengths, "English 10 · French 25")
        self.assertEqual((message.body_length, message.is_too_long), (25, True))

    def test_notes_for_other_accounts_cost_no_query(self):
        others = [self.make_account(f"Other {number}") for number in range(6)]
        move = self.move()

        def queries():
            self.env.invalidate_all()
            self.messages._isp_matching(move)
            before = self.env.cr.sql_log_count
            self.messages._isp_matching(move)
            return self.env.cr.sql_log_count - before
        before = queries()
        for other in others:
            self.make("For you", account_id=other.id, once=True)
            self.make("Over", date_end='2026-10-31', kind_tv=True)
        self.assertEqual(queries(), before)
        self.make("For Ada", account_id=self.account.id, once=True)
        self.assertGreater(queries(), before)

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

    def test_a_text_for_the_e_mail_alone_is_not_used_up_where_none_goes_out(self):
        self.account.with_company(self.ca).isp_delivery_channel = 'paper'
        alone = self.make("By mail", on_invoice=False, on_email=True, once=True)
        both = self.make("Everywhere", on_email=True, on_portal=True)
        move = self.move()
        rows = {row.message_id: row for row in move.isp_message_log_ids}
        self.assertEqual([(row.on_invoice, row.on_email, row.on_portal, row.no_email)
                          for row in (rows[alone], rows[both])],
                         [(False, False, False, True), (True, False, True, False)])
        self.assertEqual(move._isp_channel_messages('email'), [])
        self.assertEqual((alone.log_count, alone.no_email_count, alone.missed_count), (0, 1, 0))
        self.assertEqual((both.log_count, both.no_email_count), (1, 0))
        action = alone.with_context(isp_no_email=1).action_view_log()
        self.assertEqual(action['context']['search_default_no_email'], 1)
        # the next bill goes by e-mail: it comes then, and no second time
        self.account.with_company(self.ca).isp_delivery_channel = 'email'
        self.assertEqual(self.move('2026-12-01')._isp_channel_messages('email'),
                         ["Everywhere", "By mail"])
        self.assertEqual(self.move('2027-01-01')._isp_channel_messages('email'), ["Everywhere"])
        alone.invalidate_recordset()
        self.assertEqual((alone.log_count, alone.no_email_count), (1, 1))

    def test_on_the_portal_every_customer_can_see_it(self):
        self.account.with_company(self.ca).isp_delivery_channel = 'portal'
        message = self.make("Look", on_invoice=False, on_email=True, on_portal=True)
        move = self.move()
        self.assertEqual(move._isp_channel_messages('portal'), ["Look"])
        self.assertEqual(move._isp_channel_messages('email'), [])
        self.assertEqual((message.log_count, message.no_email_count), (1, 0))

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
