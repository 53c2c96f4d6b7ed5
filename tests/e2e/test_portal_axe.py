"""axe-core finds nothing serious on the pages of the portal, on a telephone and on a screen."""
import importlib.resources
import json

from odoo import Command
from odoo.tests import HttpCase, new_test_user

from tests.odoo.common import IspCase
from tests.odoo.test_explain import ExplainMixin

#: what Odoo draws around our pages, which no template of ours makes
NOT_OURS = {
    '.js_language_selector': "colours of the choice of language in Odoo's footer",
    '.badge.text-bg-info': "colours of Odoo's badges: an open invoice, the main address",
}
WIDTHS = (390, 1280)
#: each page stands in a frame of its width, and is looked at there once it has come to rest
CODE = """
(async () => {
    const found = [];
    for (const [width, path] of PLAN) {
        const frame = document.createElement('iframe');
        frame.style.cssText = `position:fixed;top:0;left:0;width:${width}px;height:844px;border:0`;
        frame.src = path;
        const loaded = new Promise((resolve) => frame.addEventListener('load', resolve));
        document.body.append(frame);
        await loaded;
        const page = frame.contentDocument;
        const there = page.location.pathname.replace(/^\\/(en|fr)(_[A-Z]+)?\\//, '/')
            + page.location.search;
        const parts = SHOWN[path] || [];
        const lang = path.includes('report_type') ? '' : LANG;  // a document has its own
        if (there !== path || !page.documentElement.lang.startsWith(lang)
                || parts.some((part) => !page.querySelector(part))) {
            found.push(`${path}: not the page that was asked for, ${there}`);
        }
        const script = page.createElement('script');
        script.textContent = AXE;
        page.head.append(script);
        page.querySelectorAll('details').forEach((part) => { part.open = true; });
        await page.fonts.ready;
        const result = await frame.contentWindow.axe.run(
            {exclude: NOT_OURS.map((selector) => [selector])},
            {resultTypes: ['violations'], iframes: false});
        if (!result.passes.length) {
            found.push(`${path}: axe looked at nothing`);
        }
        for (const rule of result.violations) {
            if (['serious', 'critical'].includes(rule.impact)) {
                for (const node of rule.nodes) {
                    found.push(`${width} ${path}: ${rule.id} (${rule.impact}) ${rule.help}: `
                        + `${node.target.join(' ')} ${node.html.slice(0, 200)} `
                        + node.any.map((one) => one.message).join(' '));
                }
            }
        }
        frame.remove();
    }
    if (found.length) {
        console.error('axe-core found:\\n' + found.join('\\n'));
    } else {
        console.log('test successful');
    }
})().catch((error) => console.error(String(error.stack || error)));
"""


class TestPortalAxe(ExplainMixin, IspCase, HttpCase):

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.make_bills()
        cls.bill('2026-10-15')
        cls.bill('2026-11-01')
        cls.user = new_test_user(
            cls.env, 'isp-axe', groups='base.group_portal', partner_id=cls.account.id,
            company_id=cls.ca.id, company_ids=[Command.set(cls.ca.ids)])
        cls.account.with_user(cls.user).sudo().write({
            'state_id': cls.env.ref('base.state_ca_ab').id, 'city': "Calgary"})

    def paths(self):
        move = self.moves()[-1]
        invoice = f'/my/invoices/{move.id}'
        choices = (self.env['isp.language.choice'], self.env['isp.promotion.choice'])
        language, promotions = (one._isp_token(self.account, self.ca) for one in choices)
        return (
            '/my', '/my/addresses', '/my/invoices', invoice, f'{invoice}?report_type=html',
            '/my/billing-language', '/my/billing-promotions',
            f'/isp/language/{language}', f'/isp/promotions/{promotions}',
            '/isp/language/no-such-token', '/isp/promotions/no-such-token')

    def look(self, lang):
        plan = [(width, path) for width in WIDTHS for path in self.paths()]
        source = (importlib.resources.files('axe_playwright_python') / 'axe.min.js').read_text()
        values = {
            'PLAN': plan, 'AXE': source, 'NOT_OURS': list(NOT_OURS), 'LANG': lang[:2],
            'SHOWN': {'/my': ['.o_isp_address_waits'],
                      f'/my/invoices/{self.moves()[-1].id}': ['#isp_explain', '#invoice_html']}}
        self.browser_js(
            '/my', ''.join(f'const {name} = {json.dumps(value)};\n'
                           for name, value in values.items()) + CODE,
            login='isp-axe', timeout=60,
            cookies={'frontend_lang': lang, 'isp_language_begun': str(self.user.id)})

    def test_case_169_nothing_serious_in_english(self):
        """Nobody is kept from reading a page of ours by the way in which it is made.

        The kind: pages that only a pair of good eyes can use. Each page of the portal and the
        invoice itself are judged by the rules of axe-core, in each language and two widths.
        """
        self.look('en_US')

    def test_case_169_nothing_serious_in_french(self):
        """The same pages in French, whose longer words and own names are judged as well."""
        self.look('fr_CA')
