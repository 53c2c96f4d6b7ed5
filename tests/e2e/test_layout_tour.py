"""The form of a layout in a browser: its preview follows what is changed, before it is saved."""
from odoo.tests import HttpCase

from tests.odoo.document_common import DocumentCase


class TestLayoutTour(DocumentCase, HttpCase):

    def test_preview_follows_the_form(self):
        admin = self.env.ref('base.user_admin')
        admin.write({
            'company_ids': [(4, self.company.id)], 'company_id': self.company.id,
            'group_ids': [(4, self.env.ref('isp_billing.group_manager').id)], 'lang': 'en_US'})
        layout = self.env['isp.document.layout'].create(
            {'name': "Tour", 'company_id': self.company.id})
        self.start_tour(
            f'/odoo/isp-document-layouts/{layout.id}', 'isp_layout_preview', login='admin',
            timeout=180)
        self.assertEqual(layout.color_primary, '#0f2b46')
        self.assertEqual(layout.version_number, 1)
