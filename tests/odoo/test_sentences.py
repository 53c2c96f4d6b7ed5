"""Texts made for readers: each reader gets them in its own language, whoever made them."""
from odoo.tools import SQL
from odoo.tools.translate import code_translations

from odoo.addons.isp_billing.sentences import _SentenceField, say
from odoo.addons.mail.tools.discuss import Store

from .common import IspCase

#: stored texts of our models that are typed by persons, or are facts (names, codes, fingerprints)
#: and so are the same for every reader
NOT_MADE = {
    'isp.bill.run.reversal_reason', 'isp.audit.changes', 'isp.audit.reason',
    'isp.book.check.finding.details', 'isp.rerate.reason',
}


class TestSentences(IspCase):

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env['res.lang']._activate_lang('fr_FR')
        cls.account = cls.make_account("Léa Reader")

    def each_way(self, make, read):
        """What a French and an English reader get of what each of them made: {(maker, reader)}."""
        found = {}
        for maker in ('fr_FR', 'en_US'):
            record = make(maker)
            for reader in ('fr_FR', 'en_US'):
                found[maker, reader] = read(record.with_context(lang=reader))
        for reader in ('fr_FR', 'en_US'):
            self.assertEqual(found['fr_FR', reader], found['en_US', reader])
        self.assertNotEqual(found['en_US', 'fr_FR'], found['en_US', 'en_US'])
        return found['en_US', 'en_US'], found['en_US', 'fr_FR']

    def log_of(self, record):
        """Texts of the log of a record as its screen gets them."""
        store = Store()
        messages = record.message_ids
        store.add(messages, ["body"])
        return [row['body'][1] for row in store.get_result()['mail.message']]

    def test_case_152_reason_in_the_language_of_its_reader(self):
        """Kind: texts made for readers are stored in the language of whoever made them.

        A French clerk computes and an English approver reads the exception, and the other way
        round; both got the text of whoever computed.
        """
        self.make_subscription(self.account, [self.make_plan("NOPRICE", None)], '2026-10-01')
        runs = {}

        def computed(lang):
            run = self.make_run('2026-10-31', compute=False)
            run = run.with_context(lang=lang)
            run.action_compute()
            run._isp_work()
            runs[lang] = run
            return run.bill_ids

        english, french = self.each_way(computed, lambda bill: bill.read(['reason'])[0]['reason'])
        self.assertIn("plan NOPRICE has no price in CAD on 2026-10-01", english)
        self.assertIn("NOPRICE", french)
        self.assertIn("prix", french)
        stored = self.env.execute_query(SQL(
            "SELECT DISTINCT reason FROM isp_bill_run_bill WHERE run_id IN %s",
            tuple(run.id for run in runs.values())))
        self.assertEqual(len(stored), 1, "the same facts, whoever computed")

    def test_case_152_notes_in_the_log_of_a_run(self):
        """Kind: as above; the notes of the log, and the states that its changes name."""
        def noted(lang):
            run = self.make_run('2026-10-31', compute=False).with_context(lang=lang)
            run._isp_post_sentence(run._isp_summary())
            return run

        english, french = self.each_way(noted, lambda run: self.log_of(run)[0])
        self.assertIn("Nothing to bill", english)
        self.assertIn("Rien", french)

    def test_case_152_states_in_the_changes_that_a_log_names(self):
        """Kind: as above; the state that a French clerk left, read in English."""
        run = self.make_run('2026-10-31', compute=False)
        field = self.env['ir.model.fields']._get('isp.bill.run', 'state')
        labels = {lang: dict(run._fields['state']._description_selection(
            self.env(context={**self.env.context, 'lang': lang}))) for lang in ('fr_FR', 'en_US')}
        message = run.message_post(body="-")
        change = self.env['mail.tracking.value'].create({
            'mail_message_id': message.id, 'field_id': field.id,
            'old_value_char': labels['fr_FR']['draft'], 'new_value_char': labels['en_US']['done']})
        for lang, words in labels.items():
            row, = change.with_context(lang=lang)._tracking_value_format()
            self.assertEqual((row['oldValue'], row['newValue']), (words['draft'], words['done']))
        self.assertNotEqual(labels['fr_FR']['draft'], labels['en_US']['draft'])

    def test_case_152_pricelist_of_plans_in_french(self):
        """Kind: as above; the name of the pricelist, "Plan prices (CAD)" for a French reader."""
        pricelist = self.env['sale.subscription']._isp_list_pricelist(self.ca, self.eur)
        self.assertEqual(pricelist.with_context(lang='en_US').name, "Plan prices (EUR)")
        self.assertEqual(pricelist.with_context(lang='fr_FR').name, self.french(
            "Plan prices (%(currency)s)") % {'currency': 'EUR'})

    def french(self, source):
        return code_translations.get_python_translations('isp_billing', 'fr_FR')[source]

    def test_amounts_and_joined_sentences_are_worded_again(self):
        english = say(self.env(context={**self.env.context, 'lang': 'en_US'}))
        text = english.join([english._("Final bill"), english.amount(1234.5, self.eur)], " – ")
        text.parts['parts'][0]['module'] = 'isp_billing'  # as if the module had said it
        move = self.env['isp.price.change.line'].new({'reason': text})
        self.assertIn("1,234.50", move.with_context(lang='en_US').reason)
        in_french = move.with_context(lang='fr_FR').reason
        self.assertTrue(in_french.startswith(self.french("Final bill")), in_french)
        self.assertNotIn("1,234.50", in_french)

    def test_texts_of_before_are_read_as_they_are(self):
        line = self.env['isp.price.change.line'].new({'reason': "Raison d’avant"})
        self.assertEqual(line.reason, "Raison d’avant")

    def test_every_text_that_we_make_for_readers_is_a_sentence(self):
        """A new read-only text of our models is a sentence, or is listed as the same for all."""
        wrong = []
        for name, model in self.env.registry.items():
            if not name.startswith('isp.') or model._abstract or model._transient:
                continue
            for field in model._fields.values():
                if field.type in ('text', 'char') and field.store and field.readonly \
                        and not field.related and not isinstance(field, _SentenceField) \
                        and field.name in self.TELLING \
                        and f'{name}.{field.name}' not in NOT_MADE:
                    wrong.append(f'{name}.{field.name}')
        self.assertFalse(wrong)

    #: names that texts for readers have
    TELLING = ('reason', 'title', 'mend', 'details', 'note', 'error', 'render_error',
               'delivery_error', 'warning', 'message')
