"""One document that fails, hangs or was lost holds up no other, whichever way they are sent."""
import hashlib
import http.server
import threading
from pathlib import Path
from unittest.mock import patch

from odoo.tools import mute_logger

from odoo.addons.isp_billing.engine import pdf_render

from .document_common import DocumentCase, encoded, make_pdf, page_count, pdf_text
from .mail_common import RealMail
from .poisons import CRASH, EMPTY, HANG, poisoned_processes

RENDER = 'odoo.addons.isp_billing.models.account_move_render'
SEALED = 'odoo.addons.isp_billing.models.account_move_sealed'
QUEUE = 'odoo.addons.isp_billing.models.account_move_queue'
QUIET = (RENDER, SEALED, 'odoo.addons.mail.models.mail_mail')


def store_path(file):
    return Path(file._full_path(file.store_fname))


class PoisonCase(RealMail, DocumentCase):

    def customers(self, count):
        return [self.make_account(f"Client{place} Test") for place in range(count)]

    def invoices(self, count):
        return self.env['account.move'].union(
            *(self.make_invoice(customer) for customer in self.customers(count)))

    def poison(self, move, words):
        """Put words into the frozen name of the customer, so that they stand in the page."""
        data = move.isp_document_data
        data['customer']['name'] = words
        move.isp_document_data = data
        move.flush_recordset()

    def lose(self, move, flip=False):
        """Delete the stored file of a sealed document, or change one byte of it."""
        path = store_path(move.isp_document_id)
        content = bytearray(path.read_bytes())
        path.unlink()
        if flip:
            content[len(content) // 2] ^= 1
            path.write_bytes(content)
        move.isp_document_id.invalidate_recordset()


class TestPoison(PoisonCase):

    def test_four_poisons_of_twenty(self):
        """Crash, hang, nothing and a document of many lines: 17 are made, 3 set aside."""
        moves = self.invoices(19)
        long = self.make_invoice(lines=300)
        moves |= long
        for move, words in zip(moves, (CRASH, HANG, EMPTY), strict=False):
            self.poison(move, words)
        with poisoned_processes(seconds=40), mute_logger(*QUIET):
            results = moves._isp_render_documents(apart=True)
        self.assertIn("ended twice", results[moves[0].id])
        self.assertIn("not ready after", results[moves[1].id])
        self.assertIn("no whole PDF (0 bytes)", results[moves[2].id])
        self.assertEqual({results[move.id] for move in moves[3:]}, {None})
        self.assertGreater(page_count(long.isp_document_id.raw), 4)

    def test_few_documents_do_not_end_the_process_that_asks(self):
        moves = self.invoices(2)
        self.poison(moves[0], CRASH)
        with poisoned_processes(seconds=60), mute_logger(*QUIET):
            results = moves._isp_render_documents(apart=True)
        self.assertIn("ended twice", results[moves[0].id])
        self.assertIsNone(results[moves[1].id])

    def test_a_corrupt_insert_is_left_out_and_all_are_sent(self):
        self.env['isp.invoice.attachment'].create({'name': "Offer", 'pdf_en': encoded(make_pdf(2))})
        moves = self.invoices(3)
        self.assertEqual(set(moves._isp_render_documents().values()), {None})
        path = store_path(moves[0].isp_insert_ids.file_id)
        path.write_bytes(path.read_bytes()[:200])
        self.env.invalidate_all()
        self.server()
        self.assertEqual(set(moves._isp_deliver_documents().values()), {('sent', '')})
        self.assertEqual(moves.isp_insert_ids.mapped('problem'), ['changed'] * 3)
        sizes = [len(part.get_payload(decode=True)) for _to, mail in self.inbox.mails
                 for part in mail.iter_attachments()]
        self.assertEqual(sizes, [len(move.isp_document_id.raw) for move in moves])


class TestLostFiles(PoisonCase):

    def test_lost_and_altered_files(self):
        """3 of 12 deleted and 2 altered: 3 come back the same, 2 cannot and are not sent."""
        moves = self.invoices(12)
        self.assertEqual(set(moves._isp_render_documents().values()), {None})
        for move in moves[:3]:
            self.lose(move)
        for move in moves[3:5]:
            self.lose(move, flip=True)
        gone = moves[1] | moves[4]
        for move in gone:
            self.poison(move, "Somebody else")
        self.server()
        with mute_logger(*QUIET):
            states = moves._isp_deliver_documents()
        self.assertEqual({states[move.id] for move in moves - gone}, {('sent', '')})
        for move in gone:
            self.assertEqual(states[move.id][0], 'failed')
            self.assertIn("lost or was altered", states[move.id][1])
        self.assertEqual(len(self.inbox.mails), 10)
        files = {hashlib.sha256(part.get_payload(decode=True)).hexdigest()
                 for _to, mail in self.inbox.mails for part in mail.iter_attachments()}
        self.assertEqual(files, set((moves - gone).mapped('isp_document_sha256')))
        for move in moves[:5] - gone:
            self.assertIn("put back", ' '.join(move.message_ids.mapped('body')))
            self.assertEqual(hashlib.sha256(store_path(move.isp_document_id).read_bytes())
                             .hexdigest(), move.isp_document_sha256)

    def test_paper_and_portal_are_no_exception(self):
        moves = self.invoices(4)
        moves[:2].partner_id.isp_delivery_channel = 'paper'
        moves[2:].partner_id.isp_delivery_channel = 'portal'
        moves._isp_render_documents()
        for move in moves[0] | moves[2]:
            self.lose(move)
            self.poison(move, "Somebody else")
        with mute_logger(*QUIET):
            states = moves._isp_deliver_documents()
        self.assertEqual([states[move.id][0] for move in moves],
                         ['failed', 'print', 'failed', 'portal'])

    def test_an_archive_comes_back_with_its_xml(self):
        move = self.make_invoice()
        move._isp_render_documents()
        before = move.isp_document_id.raw
        self.lose(move)
        with mute_logger(SEALED):
            self.assertEqual(move._isp_assembled_pdf()[0], before)


class TestAsynchronousSending(PoisonCase):

    def send_later(self, moves):
        self.env['account.move.send.batch.wizard'].with_context(
            active_model='account.move', active_ids=moves.ids).create({}).action_send_and_print()
        self.assertEqual(moves.filtered('sending_data'), moves)

    def run_queue(self, moves):
        """The scheduled job, twice. Its commits and rollbacks are savepoints of the test."""
        def commit(*_words, **_more):
            self.env.flush_all()
            self.cr.execute('SAVEPOINT queue')

        def rollback():
            self.cr.execute('ROLLBACK TO SAVEPOINT queue')
            self.env.transaction.clear()

        commit()
        with mute_logger(*QUIET, QUEUE), patch.object(self.cr, 'rollback', rollback), \
                patch.object(type(self.env['ir.cron']), '_commit_progress', commit):
            for _time in range(2):
                self.env['account.move']._cron_account_move_send(job_count=len(moves))
                commit()
        self.assertFalse(moves.filtered('sending_data'))

    def assert_set_aside(self, moves, bad, words):
        """The bad ones say why, everybody else has got an e-mail, once."""
        for move in bad:
            self.assertEqual(move.isp_delivery_state, 'failed')
            self.assertIn(words, move.isp_delivery_reason)
            self.assertIn(words, ' '.join(move.message_ids.mapped('body')))
            self.assertFalse(move.is_move_sent)
        good = moves - bad
        self.assertEqual(good.mapped('isp_delivery_state'), ['sent'] * len(good))
        self.assertEqual(sorted(to for to, _mail in self.inbox.mails),
                         sorted([move.partner_id.email] for move in good))

    def failing(self, name, bad, error):
        """Patch a method of the invoice so that it raises for one of them."""
        original = getattr(type(self.env['account.move']), name)

        def method(move, *words, **more):
            if bad in move:
                raise error
            return original(move, *words, **more)
        return patch.object(type(self.env['account.move']), name, method)

    def test_a_lost_file_is_set_aside_and_the_others_are_sent(self):
        """One near the head of the queue has lost its file."""
        moves = self.invoices(6)
        moves[1]._isp_render_documents()
        self.lose(moves[1])
        self.poison(moves[1], "Somebody else")
        self.server()
        self.send_later(moves)
        self.run_queue(moves)
        self.assert_set_aside(moves, moves[1], "lost or was altered")

    def test_a_layout_that_fails_is_set_aside_and_the_others_are_sent(self):
        """The one function that lays out raises for the invoice at the head of the queue."""
        moves = self.invoices(6)
        self.send_later(moves)
        self.server()
        with self.failing('_isp_request', moves[0], ValueError("a page without an end")):
            self.run_queue(moves)
        self.assert_set_aside(moves, moves[0], "a page without an end")
        self.assertFalse(moves[0].isp_document_id)
        moves[0]._isp_deliver_documents()
        self.assertEqual(moves[0].isp_delivery_state, 'sent')

    def test_a_layout_that_ends_its_process_does_not_end_the_job(self):
        """Crash and hang among six: few documents, and yet not in the process of the job."""
        moves = self.invoices(6)
        self.poison(moves[0], CRASH)
        self.poison(moves[2], EMPTY)
        self.send_later(moves)
        self.server()
        with poisoned_processes(seconds=60):
            self.run_queue(moves)
        self.assertIn("ended twice", moves[0].isp_delivery_reason)
        self.assertIn("no whole PDF", moves[2].isp_delivery_reason)
        self.assert_set_aside(moves, moves[0] | moves[2], "")

    def test_facts_without_their_number_of_charges_are_frozen_anew(self):
        """Why spoiled facts alone stop nobody: what is not sealed yet is frozen again."""
        move = self.make_invoice()
        move._isp_update_columns({'isp_document_data': 'jsonb'}, [(move.id, '{"no": 0}')])
        self.assertIn(move.name, pdf_text(self.rendered(move)))
        self.assertEqual(move.isp_document_data['charges'], 0)

    def test_facts_that_cannot_be_frozen_are_set_aside(self):
        """Freezing is one batch; one of them that fails does not stop the batch."""
        moves = self.invoices(4)
        self.send_later(moves)  # its mail texts freeze what is not frozen yet
        self.env.flush_all()
        moves._isp_update_columns(
            {'isp_document_data': 'jsonb'}, [(move.id, '{}') for move in moves])
        self.server()
        with self.failing('_isp_ensure_tokens', moves[3], ValueError("no facts")):
            self.run_queue(moves)
        self.assert_set_aside(moves, moves[3], "no facts")

    def test_whatever_raises_later_leaves_the_queue(self):
        """Odoo has no isolation after the document is made: the job goes on one by one."""
        moves = self.invoices(4)
        self.send_later(moves)
        self.server()
        with self.failing('_isp_delivery_files', moves[0], RuntimeError("nobody thought of it")):
            self.run_queue(moves)
        self.assert_set_aside(moves, moves[0], "nobody thought of it")


class TestNotes(DocumentCase):

    def test_pictures_and_headings_in_notes(self):
        """Nothing is fetched, no other page is made, and the words stand there (S14, F9)."""
        hits = []

        class Canary(http.server.BaseHTTPRequestHandler):
            def do_GET(self):
                hits.append(self.path)
                self.send_error(404)

            def log_message(self, *_words):
                pass

        server = http.server.HTTPServer(('127.0.0.1', 0), Canary)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        self.addCleanup(server.server_close)
        self.addCleanup(server.shutdown)
        url = f'http://127.0.0.1:{server.server_port}'
        note = (f'<h1>Heading one</h1><img src="{url}/a.png"><link rel="attachment" href="{url}/b">'
                f'<p style="background: url({url}/c.png); page-break-before: always">Words</p>'
                f'<object data="{url}/d.pdf"></object><div class="article">Two</div>'
                f'<style>@import url({url}/e.css); body {{ display: none }}</style>')
        plain = self.make_invoice()
        move = self.make_invoice(post=False, narration=note)
        move.invoice_line_ids[0].name = note
        move.partner_id.street2 = f'<img src="{url}/f.png"><h1>Third</h1>'
        move._post()
        content = self.rendered(move)
        self.assertIn("Heading one", pdf_text(content))
        self.assertEqual(page_count(content), page_count(self.rendered(plain)))
        screen = move._isp_screen_html()
        self.assertNotIn(f'src="{url}', screen)
        self.assertNotIn('<h1>Heading', screen)
        self.assertEqual(hits, [])

    def test_the_fetcher_itself(self):
        fetcher = pdf_render.ClosedFetcher({'mem:a': b'\x89PNG'})
        for url in ('http://127.0.0.1:9/x', 'https://x.example', 'file:///etc/hostname',
                    'ftp://x.example', 'mem:b', '//x.example/a'):
            with self.assertRaisesRegex(ValueError, "no network and no files"):
                fetcher.fetch(url)
