"""A real mail server on the loopback, for the tests of what leaves."""
import socket
from email import message_from_bytes, policy
from unittest.mock import patch

from aiosmtpd.controller import Controller


class Inbox:
    """Handler of a mail server that keeps what it gets."""

    def __init__(self):
        self.mails = []

    async def handle_DATA(self, _server, _session, envelope):
        self.mails.append((envelope.rcpt_tos, message_from_bytes(
            envelope.content, policy=policy.default)))
        return '250 OK'


def free_port():
    with socket.socket() as probe:
        probe.bind(('127.0.0.1', 0))
        return probe.getsockname()[1]


class RealMail:
    """Mixin of test cases: e-mails leave for ``self.inbox`` once ``server`` was called."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.port = free_port()
        cls.env['ir.mail_server'].search([]).active = False
        cls.env['ir.mail_server'].create({
            'name': "loopback", 'smtp_host': '127.0.0.1', 'smtp_port': cls.port})

    def setUp(self):
        super().setUp()
        self.inbox = Inbox()
        # mails are real here: Odoo sends none in tests unless this switch is off
        server = type(self.env['ir.mail_server'])
        patcher = patch.object(server, '_disable_send', lambda *args: False)
        patcher.start()
        self.addCleanup(patcher.stop)

    def server(self):
        """A real mail server on the loopback, up until the test ends."""
        controller = Controller(self.inbox, hostname='127.0.0.1', port=self.port)
        controller.start()
        self.addCleanup(controller.stop)
