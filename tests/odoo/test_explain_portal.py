"""Why is my bill different? The page of the subscriber, in both languages, and who sees it."""
import re
from html import unescape

from odoo import Command
from odoo.tests import HttpCase, new_test_user

from .common import IspCase
from .test_explain import A0, ExplainMixin


class TestExplainPortal(ExplainMixin, IspCase, HttpCase):

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.make_bills()
        cls.bill('2026-10-15')
        cls.bill('2026-11-01')
        new_test_user(
            cls.env, 'isp-explain-portal', groups='base.group_portal', partner_id=cls.account.id,
            company_id=cls.ca.id, company_ids=[Command.set(cls.ca.ids)])

    def page(self, move, lang='en_US', **params):
        """Text of the explanation on the portal, None when the page has none."""
        self.env.flush_all()
        self.opener.cookies.set('frontend_lang', lang)  # chosen at the foot of a page
        if self.session and self.session.uid:
            self.opener.cookies.set('isp_language_begun', str(self.session.uid))
        query = '&'.join(f'{name}={value}' for name, value in params.items())
        response = self.url_open(f'/my/invoices/{move.id}?{query}')
        self.assertEqual(response.status_code, 200)
        found = re.search(r'<details[^>]*id="isp_explain".*?</details>', response.text, re.S)
        self.assertNotIn('&lt;', found and found[0] or '')
        text = found and re.sub(r'<[^>]+>', ' ', found[0])
        text = text and re.sub(r'[ \n]+', ' ', unescape(text))
        return text and text.replace(' ,', ',')

    def test_subscriber_reads_why(self):
        self.authenticate('isp-explain-portal', 'isp-explain-portal')
        page = self.page(self.moves()[-1])
        for words in (
            "Why is my bill different?", "Slow, only 17 of 31 days on the bill before +$13.55",
            "Taxes, from $2.46 to $4.49 +$2.03", "Full period: $30.00",
            f"The bill before, {self.moves()[0].name}, before tax $16.45",
        ):
            self.assertIn(words, page)

    def test_subscriber_reads_why_in_french(self):
        self.authenticate('isp-explain-portal', 'isp-explain-portal')
        page = self.page(self.moves()[-1], lang='fr_CA')
        for words in (
            "Pourquoi ma facture est-elle différente?",
            f"Slow, seulement 17 jours sur 31 sur la facture précédente +13,55{A0}$",
            f"Période entière{A0}: 30,00{A0}$", "Différence avant taxes",
        ):
            self.assertIn(words, page)
        self.assertNotIn("Full period", page)

    def test_case_147_language_of_the_account(self):
        """Pages begin in the language of the account, whatever the browser speaks.

        The kind: words that follow the browser although we know the language of the reader. Page,
        title and explanation are looked at; whoever chooses another language then keeps it.
        """
        self.account.isp_document_language = 'fr'
        move = self.moves()[-1]
        self.authenticate('isp-explain-portal', 'isp-explain-portal')
        self.opener.cookies.set('frontend_lang', 'en_US')  # as Odoo sets it by the browser
        self.opener.headers['Accept-Language'] = 'en-US,en;q=0.9'
        page = self.url_open(f'/my/invoices/{move.id}')
        self.assertEqual(page.status_code, 200)
        self.assertIn('lang="fr-CA"', page.text)
        self.assertIn("Pourquoi ma facture est-elle différente?", unescape(page.text))
        self.assertNotIn("Why is my bill different?", page.text)
        title = unescape(re.search(r'<title>(.*?)</title>', page.text, re.S)[1])
        self.assertEqual(title, f"Facture {move.name}")
        for cookie in self.opener.cookies:
            if cookie.name == 'frontend_lang':
                cookie.value = 'en_US'
        chosen = self.url_open(f'/my/invoices/{move.id}')
        self.assertIn("Why is my bill different?", chosen.text)

    def test_by_the_link_of_the_email(self):
        move = self.moves()[-1]
        page = self.page(move, access_token=move._portal_ensure_token())
        self.assertIn("Why is my bill different?", page)

    def test_nobody_reads_the_bill_of_another(self):
        other = self.make_account("Olga Other")
        self.make_subscription(other, [self.fast], '2026-11-01')
        self.bill('2026-11-01')
        move = self.env['account.move'].search([('isp_account_id', '=', other.id)])
        self.authenticate('isp-explain-portal', 'isp-explain-portal')
        self.assertIsNone(self.page(move))
        self.assertIsNone(self.page(move, access_token='guess'))
        user = self.env['res.users'].search([('login', '=', 'isp-explain-portal')])
        for model in ('isp.charge', 'isp.bill.explain', 'isp.bill.run.bill.line'):
            self.assertFalse(self.env[model].with_user(user).has_access('read'))
        own = self.page(self.moves()[-1])
        self.assertNotIn("Fast", own)

    def test_an_invoice_without_charges_has_no_explanation(self):
        move = self.env['account.move'].create({
            'move_type': 'out_invoice', 'partner_id': self.account.id, 'invoice_date': '2026-11-03',
            'journal_id': self.journals[self.ca].id, 'isp_account_id': self.account.id,
            'invoice_line_ids': [Command.create({'name': "Visit", 'price_unit': 50.0})]})
        move.action_post()
        self.authenticate('isp-explain-portal', 'isp-explain-portal')
        self.assertIsNone(self.page(move))

    def test_the_invoice_on_a_screen_finds_its_fonts(self):
        """The page for a browser names no address that only the print engine knows."""
        move = self.moves()[-1]
        self.authenticate('isp-explain-portal', 'isp-explain-portal')
        page = self.url_open(f'/my/invoices/{move.id}?report_type=html').text
        self.assertNotIn('mem:', page)
        self.assertIn('name="viewport"', page)
        fonts = set(re.findall(r'url\("([^"]+[.]ttf)"\)', page))
        self.assertEqual(len(fonts), 2)
        for font in fonts:
            self.assertEqual(self.url_open(font).status_code, 200)
