"""A real SMTP server on the loopback that keeps every message it accepts as a file."""
import contextlib
import shutil
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path

from tools.odoo_conf import free_port


class Keeper:
    """Handler of aiosmtpd: writes each message into a folder and counts them."""

    def __init__(self, folder):
        self.folder = Path(folder)
        self.accepted = 0

    async def handle_DATA(self, _server, _session, envelope):  # noqa: N802 (aiosmtpd's name)
        """Accept a message."""
        self.accepted += 1
        name = envelope.rcpt_tos[0].replace('/', '_')
        (self.folder / f'{self.accepted:04d}-{name}.eml').write_bytes(envelope.content)
        return '250 Message accepted'

    def messages(self) -> list[EmailMessage]:
        """The messages kept, parsed, in the order they came."""
        return [message_from_bytes(path.read_bytes(), policy=policy.default)
                for path in sorted(self.folder.glob('*.eml'))]


@contextlib.contextmanager
def server(folder):
    """Run the server while the block lasts; yield (keeper, port)."""
    from aiosmtpd.controller import Controller
    shutil.rmtree(folder, ignore_errors=True)
    Path(folder).mkdir(parents=True)
    keeper = Keeper(folder)
    controller = Controller(keeper, hostname='127.0.0.1', port=free_port(),
                            data_size_limit=64 * 1024 * 1024)
    controller.start()
    try:
        yield keeper, controller.port
    finally:
        controller.stop()
