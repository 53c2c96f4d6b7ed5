"""Thousands of documents of one company: made, poisoned, lost, sent and read again.

A program of its own, started by ``test_documents.py``. It commits piece by piece, so that one
that was killed goes on where it was; what it measured stays in system parameters.
"""
import json
import random
import socket
import sys
import time
from pathlib import Path
from unittest.mock import patch

import pypdfium2
from aiosmtpd.controller import Controller

from odoo import SUPERUSER_ID, Command, api
from odoo.modules.registry import Registry
from odoo.tools import config, split_every

CHUNK = 50
LINES = (1, 2, 3, 8, 20, 45, 70)
WEIGHTS = (30, 25, 20, 10, 7, 5, 3)
NOTE = ("<h1>Invoice of {name}</h1><h2>Page 2</h2><p>Thanks.</p>"
        '<p style="page-break-before: always">Another page?</p>')
MARK = 'isp_prove_documents.'


def memory():
    """Resident memory of this process, in MB (int)."""
    return round(int(Path('/proc/self/statm').read_text().split()[1]) * 4096 / 1024 / 1024)


class Documents:
    """The company, its invoices, and what is done with them."""

    def __init__(self, registry, seed, count):
        self.registry, self.seed, self.count = registry, seed, count

    def begin(self, cr):
        self.env = api.Environment(cr, SUPERUSER_ID, {'tracking_disable': True})
        self.kept = self.env['ir.config_parameter']
        company = int(self.kept.get_param(MARK + 'company') or 0)
        if company:
            self.env = self.env(context=dict(self.env.context, allowed_company_ids=[company]))
            self.company = self.env['res.company'].browse(company)
            self.moves = self.env['account.move'].search(
                [('company_id', '=', company), ('move_type', '=', 'out_invoice')],
                order='id', limit=self.count)
        return company

    def note(self, name, value):
        self.kept.set_param(MARK + name, json.dumps(value))

    def noted(self, name, default=None):
        text = self.kept.get_param(MARK + name)
        return json.loads(text) if text else default

    # === Records === #

    def build(self):
        """A company in Quebec without a chart: the documents are what counts."""
        from tests.odoo.common import IspMixin

        class Builder(IspMixin):
            env = self.env

        quebec = self.env.ref('base.state_ca_qc')
        with patch.object(type(self.env['res.company']), 'install_l10n_modules',
                          lambda _companies: False):
            company = Builder.make_company(
                "Nordet Fibre", quebec.country_id, self.env.ref('base.CAD'), 'America/Montreal',
                quebec)
        company.write({'email': "factures@nordet.example", 'isp_document_language': 'both'})
        Builder.make_tax("GST 5%", 5.0, company)
        self.env['isp.language.rule'].search([]).active = False
        self.env.user.company_ids |= company
        self.kept.set_param(MARK + 'company', company.id)

    def make(self, numbers):
        """Customers and posted invoices of a seed, a tenth of them with headings in their notes."""
        tax = self.env['account.tax'].search([('company_id', '=', self.company.id)], limit=1)
        journal = self.env['account.journal'].search(
            [('company_id', '=', self.company.id), ('isp_billing', '=', True)])
        partners = self.env['res.partner'].create([{
            'name': f"Customer {number:05}", 'street': f"{number}, rue Principale",
            'city': "Rimouski", 'email': f"customer{number}@client.example",
            'isp_document_language': ('en', 'fr', 'both')[number % 3],
        } for number in numbers])
        partners.action_isp_open_account()
        vals_list = []
        for number, partner in zip(numbers, partners, strict=True):
            rng = random.Random(f'{self.seed}-{number}')
            vals_list.append({
                'move_type': 'out_invoice', 'partner_id': partner.id, 'journal_id': journal.id,
                'isp_account_id': partner.id, 'invoice_date': '2026-10-01',
                'narration': NOTE.format(name=f"Customer {rng.randrange(self.count):05}")
                if number % 10 == 0 else False,
                'invoice_line_ids': [Command.create({
                    'name': f"Fibre {place}", 'price_unit': rng.randrange(1, 20000) / 100,
                    'tax_ids': [Command.set(tax.ids)],
                }) for place in range(rng.choices(LINES, WEIGHTS)[0])]})
        self.env['account.move'].create(vals_list)._post()

    # === Documents === #

    def render(self, moves, name):
        """Make the documents of a chunk and add up what it took."""
        began = time.monotonic()
        results = moves._isp_render_documents(apart=True)
        figures = self.noted(name, {'seconds': 0, 'made': 0, 'aside': {}})
        figures['seconds'] += time.monotonic() - began
        figures['made'] += len([1 for reason in results.values() if not reason])
        figures['aside'] |= {str(key): reason for key, reason in results.items() if reason}
        self.note(name, figures)

    def poison(self, move, words):
        """Put words into the frozen name of a customer; with the name it had, it is as before."""
        data = move.isp_document_data
        data['customer']['name'] = words
        move.isp_document_data = data
        move.flush_recordset()

    def poisons(self, moves):
        """Five of the second half: crash, hang, nothing, 3,000 lines, and a corrupt insert."""
        from tests.odoo import poisons

        places = random.Random(self.seed).sample(range(len(moves)), 4)
        for place, words in zip(places, (poisons.CRASH, poisons.HANG, poisons.EMPTY), strict=False):
            self.poison(moves[place], words)
        long = moves[places[3]]
        data = long.isp_document_data
        data['lines'] = [data['lines'][0]] * 3000
        long.isp_document_data = data
        self.note('poisoned', moves.browse([moves[place].id for place in places]).ids)

    # === What came out === #

    def read(self, moves, numbers, accounts):
        """Faults in the texts: own number and account, no other one; number of pages."""
        found, pages = [], []
        for move in moves:
            pdf = pypdfium2.PdfDocument(move.isp_document_id.raw)
            texts = [page.get_textpage().get_text_range() for page in pdf]
            pages.append(len(texts))
            text = ' '.join(texts).replace('\u00a0', ' ').replace('\u202f', ' ')
            words = set(text.replace(',', ' ').split())
            names = {word for word in words if word in numbers}
            known = {text[place:place + 14].replace(' ', '') for place in range(len(text))
                     } & accounts
            wrong = [name for name, good in (
                ('number', names == {move.name}),
                ('account', known <= {move.isp_account_id.isp_account_number}),
                ('customer', move.partner_id.name in text),
                ('each page', all(move.name in page for page in texts)),
            ) if not good]
            if wrong:
                found.append(f"{move.name}: {', '.join(wrong)} {names} {known}")
            pdf.close()
            move.isp_document_id.invalidate_recordset()
        return found, pages

    def lose(self, moves):
        """3 of 100 deleted, 2 altered; two of the five cannot be made again."""
        for place, move in enumerate(moves[:5]):
            path = Path(move.isp_document_id._full_path(move.isp_document_id.store_fname))
            content = bytearray(path.read_bytes())
            path.unlink()
            if place > 2:
                content[len(content) // 2] ^= 1
                path.write_bytes(content)
            if place in (1, 4):
                self.poison(move, "Somebody else")
        self.env.invalidate_all()


class Sink:
    """A mail server that counts what it is given."""

    def __init__(self):
        self.sizes = []

    async def handle_DATA(self, _server, _session, envelope):  # noqa: N802 - aiosmtpd's name
        self.sizes.append(len(envelope.content))
        return '250 OK'


def main(conf, dbname, seed, count):
    """Go on with what is not done yet; the last line is JSON."""
    config.parse_config(['-c', conf, '-d', dbname], setup_logging=True)
    world = Documents(Registry(dbname), int(seed), int(count))
    play(world)
    with world.registry.cursor() as cr:
        world.begin(cr)
        print(json.dumps(world.noted('result')), flush=True)


def play(world):
    """All steps, each committed."""
    from tests.odoo import poisons

    count, half = world.count, world.count // 2

    def step(work, *words):
        with world.registry.cursor() as cr:
            world.begin(cr)
            return work(*words)

    with world.registry.cursor() as cr:
        if not world.begin(cr):
            world.build()
    with world.registry.cursor() as cr:
        world.begin(cr)
        made = len(world.moves)
    for numbers in split_every(100, range(made, count)):
        step(world.make, numbers)
        print(f"posted {numbers[-1] + 1}", flush=True)
    print(f"{memory()} MB", flush=True)
    step(lambda: world.render(world.moves[:8], 'warm'))
    _render(world, step, lambda: world.moves[:half], 'clean')
    if not step(lambda: world.noted('poisoned')):
        step(lambda: world.poisons(world.moves[half:]))
    with poisons.poisoned_processes(seconds=20):
        _render(world, step, lambda: world.moves[half:].filtered(
            lambda move: str(move.id) not in world.noted('poisoned_half', {}).get('aside', {})),
            'poisoned_half')
    step(_heal, world)
    _render(world, step, lambda: world.moves.filtered(
        lambda move: str(move.id) not in world.noted('healed', {}).get('aside', {})), 'healed')
    if not step(lambda: world.noted('delivered')):
        step(_deliver, world)
    step(_result, world)


def _render(world, step, which, name):
    """Chunks as a bill run makes them."""
    def chunk():
        todo = which().filtered(lambda move: not move.isp_document_id)[:CHUNK]
        if todo:
            world.render(todo, name)
        return len(todo)

    while step(chunk):
        print(f"{name} {memory()} MB", flush=True)


def _heal(world):
    """Facts of the invoices themselves: what was set aside can be made now."""
    bad = world.moves.filtered(lambda move: not move.isp_document_id)
    bad.isp_document_data = False
    bad.flush_recordset()


def _deliver(world):
    """A hundred by e-mail, five of them with lost or altered files."""
    sink = Sink()
    with socket.socket() as probe:
        probe.bind(('127.0.0.1', 0))
        port = probe.getsockname()[1]
    controller = Controller(sink, hostname='127.0.0.1', port=port)
    controller.start()
    world.env['ir.mail_server'].search([]).active = False
    world.env['ir.mail_server'].create(
        {'name': "sink", 'smtp_host': '127.0.0.1', 'smtp_port': port})
    moves = world.moves[:100]
    world.lose(moves)
    states = moves._isp_deliver_documents()
    controller.stop()
    failed = [move for move in moves if states[move.id][0] == 'failed']
    world.note('delivered', {
        'sent': len(sink.sizes), 'least': min(sink.sizes),
        'aside': sorted(states[move.id][1][:80] for move in failed),
        'back': len(world.env['mail.message'].search(
            [('model', '=', 'account.move'), ('body', 'ilike', "put back")])),
    })
    for move in failed:
        world.poison(move, move.partner_id.name)
        move._isp_sealed_pdf()


def _result(world):
    """Read all documents and write everything down."""
    numbers = set(world.moves.mapped('name'))
    accounts = set(world.moves.isp_account_id.mapped('isp_account_number'))
    found, pages = [], []
    made = world.moves.filtered('isp_document_id')  # on a machine that is too busy some are not
    for ids in split_every(100, made.ids):
        faults, more = world.read(world.moves.browse(ids), numbers, accounts)
        found += faults
        pages += more
    long = [count for count in pages if count > 6]
    world.note('result', {
        'documents': len(pages), 'pages': sum(pages), 'most': max(pages), 'long': len(long),
        'faults': found, 'memory': memory(), 'delivered': world.noted('delivered'),
        **{name: world.noted(name) for name in ('clean', 'poisoned_half', 'healed')}})


if __name__ == '__main__':
    main(*sys.argv[1:])
