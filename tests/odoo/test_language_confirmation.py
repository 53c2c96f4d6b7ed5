"""A change of language by the customer is confirmed by a real e-mail in both languages."""
from .document_common import DocumentCase
from .mail_common import RealMail


class TestLanguageConfirmation(RealMail, DocumentCase):

    def queued(self):
        return self.env['mail.mail'].search([
            ('model', '=', 'isp.language.choice'),
            ('res_id', 'in', self.partner.isp_language_choice_ids.ids)])

    def text_of(self, mail):
        return mail.get_body(('plain',)).get_content().replace('\u00a0', ' ')

    def test_old_and_new_in_both_languages(self):
        self.partner.isp_document_language = 'en'
        self.partner._isp_choose_language('both', 'portal')
        self.server()
        self.queued().send()
        (to, mail), = self.inbox.mails
        self.assertEqual(to, ['anouk@client.example'])
        self.assertEqual(mail['Subject'].strip(),
                         "Langue de vos factures / Language of your invoices - Nordet Fibre inc.")
        text = ' '.join(self.text_of(mail).split())
        for words in ("anglais →", "les deux, le français en premier", "English →",
                      "both, French first", self.partner.isp_account_number):
            self.assertIn(words, text.replace('*', ''))
        self.assertIn('/isp/language/', mail.get_body(('html',)).get_content())

    def test_the_link_of_an_email_is_confirmed_too(self):
        self.partner._isp_choose_language('fr', 'email_link')
        mail = self.queued()
        self.assertEqual(mail.state, 'outgoing')
        self.assertIn("le choix habituel du fournisseur", mail.body_html)
        self.partner._isp_choose_language(False, 'email_link')
        self.assertEqual(len(self.queued()), 2)

    def test_nothing_changed_staff_and_accounts_without_address(self):
        self.partner._isp_choose_language(False, 'portal')
        self.partner.isp_document_language = 'fr'
        self.partner._isp_choose_language('fr', 'portal')
        self.assertFalse(self.queued())
        self.partner.email = "nobody"
        self.partner._isp_choose_language('en', 'portal')
        self.assertFalse(self.queued())
        self.assertEqual(self.partner.isp_language_choice_ids.sorted('id')[-1:].channel, 'portal')

    def test_the_queue_is_woken(self):
        triggers = self.env['ir.cron.trigger'].search_count(
            [('cron_id', '=', self.env.ref('mail.ir_cron_mail_scheduler_action').id)])
        self.partner._isp_choose_language('fr', 'portal')
        self.assertGreater(self.env['ir.cron.trigger'].search_count(
            [('cron_id', '=', self.env.ref('mail.ir_cron_mail_scheduler_action').id)]), triggers)
