"""One PDF that many customers open at the same moment, over HTTP, from a real server."""
import base64
import io
import threading
import time
import urllib.error
from collections import Counter

import pikepdf

from .test_documents_http import fetch

THREADS = 60


def encoded_pdf(text):
    """A small PDF of two pages, as a binary field takes it."""
    pdf = pikepdf.new()
    for _page in range(2):
        page = pdf.add_blank_page(page_size=(612, 792))
        page.obj.Contents = pdf.make_stream(f'% {text}\nq Q'.encode())
    target = io.BytesIO()
    pdf.save(target)
    return base64.b64encode(target.getvalue()).decode()


def open_at_once(server, path):
    """Statuses of so many downloads at the same moment, and the seconds that each took."""
    barrier, answers = threading.Barrier(THREADS), []

    def ask():
        barrier.wait()
        begun = time.monotonic()
        try:
            status, media, content = fetch(server, path)
            assert (media, content[:4]) == ('application/pdf', b'%PDF')
        except urllib.error.HTTPError as error:
            status = error.code
        answers.append((status, time.monotonic() - begun))

    threads = [threading.Thread(target=ask) for _number in range(THREADS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    statuses = Counter(status for status, _seconds in answers)
    print(f"{THREADS} downloads at once: {dict(statuses)}, "
          f"slowest {max(seconds for _status, seconds in answers):.1f} s")
    return statuses


def test_case_166_parallel_downloads_of_one_pdf(world, server):
    """60 downloads of one PDF at once: no error of the server, nobody waits for a counter.

    The kind: a row that each of many requests changes.  Downloads are rows of their own; those
    beyond the set number are told to come back, at once.
    """
    journal, = server.query(
        "SELECT id FROM account_journal WHERE isp_billing AND company_id = %s LIMIT 1",
        [world.ids['c_company']])[0]
    attachment = server.call('isp.invoice.attachment', 'create', vals_list=[{
        'name': "Offer", 'company_id': world.ids['c_company'], 'delivery': 'merged',
        'pdf_en': encoded_pdf('offer'),
        'pdf_fr': encoded_pdf('offre')}])
    account = world.ids['c'][-1]
    move = server.call('account.move', 'create', vals_list=[{
        'move_type': 'out_invoice', 'partner_id': account, 'journal_id': journal,
        'isp_account_id': account, 'invoice_date': '2026-02-01', 'invoice_line_ids': [
            [0, 0, {'product_id': world.ids['c_product'], 'name': "Fibre", 'price_unit': 50}]]}])
    server.call('account.move', 'action_post', move)
    server.call('isp.invoice.attachment', 'write', attachment, vals={'active': False})
    insert, = server.query(
        "SELECT id FROM isp_invoice_insert WHERE move_id = ANY(%s)", [move])[0]
    token, = server.query("SELECT access_token FROM account_move WHERE id = ANY(%s)", [move])[0]
    path = f'/my/invoices/{move[0]}?report_type=pdf&download=1&access_token={token}'

    def opened():
        return server.query(
            "SELECT count(*) FROM isp_invoice_opening WHERE insert_id = %s", [insert])[0][0]

    # the document does not exist yet: the first of them makes it
    statuses = open_at_once(server, path)
    assert set(statuses) <= {200, 503}, statuses
    assert opened() == statuses[200] >= 1
    # one after another there is always a place
    assert fetch(server, path)[0] == 200
    server.call('ir.config_parameter', 'set_param', key='isp_billing.downloads_at_once',
                value=str(THREADS))
    before = opened()
    assert open_at_once(server, path) == {200: THREADS}
    assert opened() == before + THREADS
    server.call('ir.config_parameter', 'set_param', key='isp_billing.downloads_at_once', value='1')
    statuses = open_at_once(server, path)
    assert set(statuses) <= {200, 503} and statuses[503], statuses
