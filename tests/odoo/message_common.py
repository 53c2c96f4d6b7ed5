"""Common ground of messages and notices: one subscriber who is billed from November 2026 on."""
from datetime import date
from unittest.mock import patch

from .common import IspCase


class MessageCase(IspCase):

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        # what a message reaches goes by the next bill, so by the day on which it is asked
        cls.startClassPatcher(patch.object(
            cls.env.registry['res.company'], '_isp_today', lambda _company: date(2026, 11, 3)))
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
        """The invoice of a bill run of that day."""
        self.bill(day, **values)
        return self.env['account.move'].search([
            ('isp_account_id', '=', (account or self.account).id), ('invoice_date', '=', day)])

    def printed(self, move):
        return (move.isp_document_data['message'] or {}).get('en', '')
