"""Numbers that stand beside their unit have room to be read and typed, also in French."""
from .common import IspHttpCase

READY = "!!document.querySelector('.o_form_view .o_isp_row input')"
#: each number is at least four digits wide, and nothing of its row reaches beyond the row
LOOK = """
const narrow = [...document.querySelectorAll('.o_isp_row input')]
    .filter((input) => input.getBoundingClientRect().width < 40).map((input) => input.id);
const outside = [...document.querySelectorAll('.o_isp_row')]
    .filter((row) => [...row.children].some((part) =>
        part.getBoundingClientRect().right > row.getBoundingClientRect().right + 8))
    .map((row) => row.textContent);
if (narrow.length || outside.length) {
    console.error('no room: ' + JSON.stringify([narrow, outside]));
} else {
    console.log('test successful');
}
"""


class TestFormRows(IspHttpCase):

    def look(self, path, lang):
        self.manager.lang = lang
        self.browser_js(path, LOOK, READY, login=self.manager.login, timeout=120)

    def test_numbers_have_room_in_english(self):
        self.look('/odoo/isp-schedules/new', 'en_US')
        self.look(f'/odoo/isp-plans/{self.fibre.id}', 'en_US')

    def test_numbers_have_room_in_french(self):
        self.look('/odoo/isp-schedules/new', 'fr_CA')
        self.look('/odoo/isp-profiles/new', 'fr_CA')
        self.look(f'/odoo/isp-plans/{self.fibre.id}', 'fr_CA')
