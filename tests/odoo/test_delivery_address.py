"""Where e-mails of invoices go: the address of today, several of them, and what the log says."""
from odoo.tools import mute_logger

from .common import IspCase
from .document_common import DocumentCase
from .mail_common import RealMail

QUIET = ('odoo.addons.mail.models.mail_mail', 'odoo.addons.base.models.ir_mail_server',
         'odoo.addons.isp_billing.models.account_move_delivery')


class TestDeliveryAddress(RealMail, DocumentCase):

    def deliver(self, moves):
        with mute_logger(*QUIET):
            return moves._isp_deliver_documents()

    def log(self, move):
        """State and addresses of the deliveries, the oldest first."""
        return [(row.state, row.recipient) for row in move.isp_delivery_ids.sorted('id')]

    def test_a_corrected_address_holds_for_what_waits(self):
        """By the button and by the next try of a run; the same e-mail, once."""
        typos = [self.make_account(f"Typo{place} Ray", email=f'neighbour{place}@x.example')
                 for place in range(3)]
        moves = self.env['account.move'].union(*(self.make_invoice(one) for one in typos))
        self.deliver(moves)
        waiting = self.env['mail.mail'].search([('isp_move_id', 'in', moves.ids)])
        ids = waiting.mapped('message_id')
        for place, customer in enumerate(typos[:2]):
            customer.email = f'me{place}@x.example'
        self.server()
        with mute_logger(*QUIET):
            moves[0].action_isp_send_again()
        self.deliver(moves)
        self.assertEqual(sorted(to for to, _mail in self.inbox.mails),
                         [['me0@x.example'], ['me1@x.example'], ['neighbour2@x.example']])
        self.assertEqual(sorted(mail['Message-ID'] for _to, mail in self.inbox.mails), sorted(ids))
        for place, (move, address) in enumerate(zip(
                moves, ('me0', 'me1', 'neighbour2'), strict=True)):
            self.assertEqual(self.log(move), [
                ('failed', f'"Typo{place} Ray" <neighbour{place}@x.example>'),
                ('sent', f'"Typo{place} Ray" <{address}@x.example>')])

    def test_corrected_addresses_are_written_in_one_statement(self):
        customers = [self.make_account(f"Client{place} Ray") for place in range(4)]
        moves = self.env['account.move'].union(*(self.make_invoice(one) for one in customers))
        self.deliver(moves)
        recipients = {move: f'new{move.id}@x.example' for move in moves}
        statements = []
        execute = self.env.cr.execute

        def noted(query, *args, **kwargs):
            statements.append(str(getattr(query, 'code', query)))
            return execute(query, *args, **kwargs)

        self.env.flush_all()
        self.patch(self.env.cr, 'execute', noted)
        mails, failed = moves._isp_prepare_mails(recipients)
        self.env.flush_all()
        self.assertEqual(failed, {})
        self.assertEqual({move.id: mail.email_to for move, mail in mails.items()},
                         {move.id: address for move, address in recipients.items()})
        self.assertEqual(len([one for one in statements if 'UPDATE "mail_mail"' in one]), 1)

    def test_several_addresses_in_one_field(self):
        self.server()
        for text in ("a@x.example, b@x.example", "A@x.example; b@x.example",
                     "a@x.example b@x.example", "b@x.example; a@x.example, b@x.example"):
            customer = self.make_account("Multi Ray", email=text)
            move = self.make_invoice(customer)
            self.inbox.mails.clear()
            self.assertEqual(self.deliver(move), {move.id: ('sent', '')}, text)
            (to, _mail), = self.inbox.mails
            self.assertEqual(sorted(to), ['a@x.example', 'b@x.example'])
            (_state, shown), = self.log(move)
            for address in to:
                self.assertIn(f'"Multi Ray" <{address}>', shown)

    def test_what_is_no_address_is_passed_over(self):
        good = '"Anouk Vaillancourt-Lê" <good@x.example>'
        for text, found in (("good@x.example, nonsense", good), ("nonsense", ''),
                            ("@x.example", ''), ("me@", ''), (False, '')):
            self.partner.email = text
            self.assertEqual(self.partner._isp_recipient(), found, text)

    def test_the_contact_comes_before_the_account(self):
        contact = self.env['res.partner'].create({
            'name': "Payables", 'parent_id': self.partner.id, 'type': 'invoice',
            'email': "pay@x.example"})
        move = self.make_invoice()
        move.sudo()._isp_update_columns({'partner_id': 'int'}, [(move.id, contact.id)])
        self.assertIn("<pay@x.example>", move._isp_recipient())
        contact.email = "gone"
        self.assertIn("<anouk@client.example>", move._isp_recipient())


class TestAddressFlag(IspCase):

    def test_the_flag_of_a_run_asks_for_what_the_delivery_can_use(self):
        texts = {'two': "a@x.example; b@x.example", 'wrong': "not an address", 'none': False,
                 'contact': "not an address"}
        accounts = {}
        for name, text in texts.items():
            accounts[name] = self.make_account(f"Customer {name}", email=text)
            self.make_subscription(accounts[name], [self.fibre], '2026-11-01')
        self.env['res.partner'].create({
            'name': "Payables", 'parent_id': accounts['contact'].id, 'type': 'invoice',
            'email': "pay@x.example"})
        run = self.bill('2026-11-01')
        flags = {bill.account_id: bill.has_no_email for bill in run.bill_ids}
        self.assertEqual({name: flags[account] for name, account in accounts.items()},
                         {'two': False, 'wrong': True, 'none': True, 'contact': False})
