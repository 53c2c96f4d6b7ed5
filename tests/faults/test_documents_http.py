"""Documents that many people ask for at the same moment, over HTTP, from a real server.

Staff print (``/report/download``), customers open their invoice from the portal, and the form of
the layout draws its preview: all in threads of one server, where Pango bears only one at a time.
"""
import hashlib
import http.cookiejar
import json
import re
import threading
import urllib.parse
import urllib.request

import pytest

from .actions import API_USER
from .harness import PATIENCE

PASSWORD = "printed and proven"
REPORT = '/report/pdf/isp_billing.report_invoice'
LANGUAGES = ('en', 'fr', 'both')
THREADS, ROUNDS = 8, 6


def fetch(server, path, opener=None, **form):
    """Status, media type and body of an answer."""
    words = urllib.parse.urlencode(form).encode() if form else None
    opener = opener or urllib.request.build_opener()
    with opener.open(f"http://127.0.0.1:{server.port}{path}", words, timeout=PATIENCE) as answer:
        return answer.status, answer.headers.get_content_type(), answer.read()


@pytest.fixture
def staff(world, server):
    """Somebody of the office, logged in, and the token of forms."""
    user = server.call('res.users', 'search', domain=[('login', '=', API_USER)])
    server.call('res.users', 'write', user, vals={'password': PASSWORD})
    opener = urllib.request.build_opener(
        urllib.request.HTTPCookieProcessor(http.cookiejar.CookieJar()))
    request = urllib.request.Request(
        f"http://127.0.0.1:{server.port}/web/session/authenticate",
        json.dumps({'jsonrpc': '2.0', 'method': 'call', 'params': {
            'db': server.dbname, 'login': API_USER, 'password': PASSWORD}}).encode(),
        {'Content-Type': 'application/json'})
    with opener.open(request, timeout=PATIENCE) as answer:
        assert json.load(answer)['result']['uid']
    _status, _media, page = fetch(server, '/odoo', opener)
    token, = re.findall(r'csrf_token:\s*"([^"]+)"', page.decode())[:1]
    return opener, {'csrf_token': token}


@pytest.fixture
def invoices(world, server):
    """Posted invoices by hand that nobody has printed yet: (id, token)."""
    journal, = server.query(
        "SELECT id FROM account_journal WHERE isp_billing AND company_id = %s LIMIT 1",
        [world.ids['c_company']])[0]
    ids = server.call('account.move', 'create', vals_list=[{
        'move_type': 'out_invoice', 'partner_id': account, 'journal_id': journal,
        'isp_account_id': account, 'invoice_date': '2026-02-01', 'invoice_line_ids': [
            [0, 0, {'product_id': world.ids['c_product'], 'name': f"Fibre {place}",
                    'price_unit': 50 + place}]],
    } for place, account in enumerate(world.ids['c'][:10])])
    server.call('account.move', 'action_post', ids)
    return server.query(
        "SELECT id, access_token FROM account_move WHERE id = ANY(%s) ORDER BY id", [ids])


def preview(server, language):
    answer = server.call('isp.document.layout', 'isp_preview', values={}, language=language,
                         context={'lang': 'en_US'})
    assert not answer['problem'], answer
    return answer['pdf']


def test_documents_asked_for_at_once(server, staff, invoices, rng):
    """8 threads, the same six invoices unsealed at first: each answer is the sealed document."""
    opener, words = staff
    alone = {language: preview(server, language) for language in LANGUAGES}
    barrier, answers, problems = threading.Barrier(THREADS), [], []
    orders = [rng.sample(invoices[:6], ROUNDS) for _thread in range(THREADS)]
    # the first round: all ask for the same invoice that has no document yet
    orders = [[invoices[0], *(one for one in order if one != invoices[0])] for order in orders]

    def ask(place, order):
        barrier.wait()
        for number, (move, token) in enumerate(order):
            kind = (place + number) % 3
            try:
                if kind == 0:
                    data = json.dumps([f'{REPORT}/{move}', 'qweb-pdf'])
                    answers.append((move, *fetch(
                        server, '/report/download', opener, data=data, **words)))
                elif kind == 1:
                    answers.append((move, *fetch(server, f'/my/invoices/{move}?report_type=pdf'
                                                         f'&download=1&access_token={token}')))
                else:
                    language = LANGUAGES[(place + number) // 3 % 3]
                    answers.append((None, language, preview(server, language)))
            except Exception as error:  # noqa: BLE001 - shown with all others
                problems.append(f"{kind} {move}: {error!r}")

    threads = [threading.Thread(target=ask, args=args) for args in enumerate(orders)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert problems == []
    assert len(answers) == THREADS * ROUNDS
    sealed = dict(server.query(
        "SELECT id, isp_document_sha256 FROM account_move WHERE id = ANY(%s)",
        [[move for move, _token in invoices]]))
    for move, *answer in answers:
        if move is None:
            language, content = answer
            assert content == alone[language]
            continue
        status, media, content = answer
        assert (status, media) == (200, 'application/pdf')
        assert hashlib.sha256(content).hexdigest() == sealed[move]
    asked = {move for move, *_answer in answers if move}
    assert len(asked) == 6
    assert [sealed[move] for move, _token in invoices[6:]] == [None] * 4
    assert server.query(
        "SELECT res_id FROM ir_attachment WHERE res_model = 'account.move'"
        " AND res_field = 'invoice_pdf_report_file' AND res_id = ANY(%s) GROUP BY res_id"
        " HAVING count(*) > 1", [list(sealed)]) == []
    assert server.trouble() == []
