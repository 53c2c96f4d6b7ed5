"""A real server: scheduled jobs in its threads, buttons over HTTP, kills and restarts.

The tests share the server and take accounts of their own; those that kill it start it again.
"""
import itertools
import signal
import threading
import time

import pytest

from tools import odoo_conf

from .harness import PATIENCE, MailSink

STAGES = ['post', 'running', 'render', 'deliver', 'done']
free = itertools.count()


@pytest.fixture
def take(world):
    """Give a test accounts that no other test of this file uses."""
    def take(count):
        places = [next(free) for _account in range(count)]
        return [world.ids['c'][place] for place in places], [
            f"c{place:04}@customer.example" for place in places
        ]

    return take


def computed(server, world, accounts, **values):
    """A run that the server has computed, approved over HTTP."""
    (run,) = server.call('isp.bill.run', 'create', vals_list=[{
        'company_id': world.ids['c_company'], 'target_date': '2026-02-01',
        'invoice_date': '2026-02-01', 'account_ids': [[6, 0, accounts]], **values,
    }])
    server.call('isp.bill.run', 'action_compute', [run])
    server.wait_for(run, 'computed')
    server.call('isp.bill.run', 'action_approve', [run])
    return run


def press_start(server, run, times=1):
    """Press the button Start that many times at the same moment; returns the answers."""
    barrier, answers = threading.Barrier(times), []

    def press():
        barrier.wait()
        answers.append(server.try_call('isp.bill.run', 'action_start', [run]))

    threads = [threading.Thread(target=press) for _press in range(times)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return answers


def until(condition):
    """Wait for something."""
    end = time.monotonic() + PATIENCE
    while not condition():
        assert time.monotonic() < end, "it never came true"
        time.sleep(0.05)


def send_to(server, port):
    """Have all e-mails sent to a port of the loopback interface."""
    old = server.call('ir.mail_server', 'search', domain=[])
    if old:
        server.call('ir.mail_server', 'unlink', old)
    server.call('ir.mail_server', 'create', vals_list=[{
        'name': "Sink", 'smtp_host': '127.0.0.1', 'smtp_port': port, 'smtp_encryption': 'none',
    }])


def test_f02_case_006_button_pressed_three_times_while_the_job_runs(world, server, take):
    """One press starts the run, the others are told so politely; N invoices, a quiet log."""
    accounts, _addresses = take(24)
    run = computed(server, world, accounts, send_invoices=False)
    answers = press_start(server, run, times=3)
    assert sorted(status for status, _answer in answers) == [200, 422, 422]
    refusals = [answer['message'] for status, answer in answers if status != 200]
    assert all("cannot become" in text for text in refusals), refusals
    progress = server.wait_for(run, 'done', 'exception')
    assert progress[-1]['state'] == 'done'
    assert progress[-1]['counts']['posted'] == progress[-1]['counts']['rendered'] == 24
    stages = [answer['stage'] for answer in progress]
    assert stages == sorted(stages, key=STAGES.index)
    for stage in set(stages):
        done = [answer['done'] for answer in progress if answer['stage'] == stage]
        assert done == sorted(done)
    assert server.query(
        "SELECT count(*) FROM account_move WHERE isp_bill_run_id = %s", [run],
    ) == [(24,)]
    server.check()


def test_case_001_a_second_run_finds_everything_charged(world, server, take):
    accounts, _addresses = take(8)
    first = computed(server, world, accounts, send_invoices=False)
    press_start(server, first)
    server.wait_for(first, 'done')
    second = computed(server, world, accounts)
    counts = server.progress(second)['counts']
    assert (counts['bill'], counts['already']) == (0, 8)
    press_start(server, second)
    assert server.wait_for(second, 'done', 'exception')[-1]['counts']['posted'] == 0
    server.check()


def test_case_079_mail_server_down_then_up(world, server, take):
    """Nobody listens at first; later each customer gets exactly one e-mail."""
    port = odoo_conf.free_port()
    accounts, addresses = take(10)
    send_to(server, port)
    run = computed(server, world, accounts)
    press_start(server, run)
    failed = (
        "SELECT count(*) FROM isp_bill_run_bill WHERE run_id = %s AND delivery_state = 'failed'"
    )
    until(lambda: server.query(failed, [run]) == [(10,)])
    server.a_minute_passes()
    assert server.progress(run)['state'] == 'running'
    sink = MailSink(port)
    sink.start()
    try:
        server.query(
            "UPDATE isp_bill_run_bill SET delivery_retry_at = now() AT TIME ZONE 'UTC'"
            " - interval '1 second' WHERE run_id = %s", [run],
        )
        server.a_minute_passes()
        assert server.wait_for(run, 'done')[-1]['counts']['delivered'] == 10
    finally:
        sink.stop()
    assert sorted(recipient for recipient, _id in sink.mails) == sorted(addresses)
    assert len({message_id for _recipient, message_id in sink.mails}) == 10
    server.check()


def test_f01_killed_four_times_running(world, server, take):
    """Odoo lets a job rest after three kills without progress; a run goes on within two minutes.

    Writing invoices is made slow, so that each kill hits the first chunk.
    """
    accounts, _addresses = take(8)
    run = computed(server, world, accounts, send_invoices=False)
    server.query(
        "CREATE OR REPLACE FUNCTION isp_slow() RETURNS trigger LANGUAGE plpgsql AS"
        " $$ BEGIN PERFORM pg_sleep(0.7); RETURN NEW; END $$;"
        " CREATE TRIGGER isp_slow BEFORE INSERT ON account_move FOR EACH ROW"
        " EXECUTE FUNCTION isp_slow()")
    try:
        press_start(server, run)
        for kill in range(1, 5):
            until(lambda kill=kill: server.query(
                "SELECT idle_starts FROM isp_bill_run WHERE id = %s", [run]) == [(kill,)])
            server.stop(signal.SIGKILL)
            if kill < 4:
                server.start()
                server.a_minute_passes()
    finally:
        server.query("DROP TRIGGER isp_slow ON account_move")
    server.start()
    server.a_minute_passes()
    assert server.wait_for(run, 'done', 'exception')[-1]['state'] == 'done'
    assert server.query(
        "SELECT count(*) FROM account_move WHERE isp_bill_run_id = %s AND state = 'posted'", [run],
    ) == [(8,)]
    server.check()


def test_f27_the_job_is_off_and_people_hear_of_it(server):
    """Odoo's own scheduler works, the job of the bill runs is off: the nightly job tells."""
    server.query(
        "UPDATE ir_cron SET active = FALSE WHERE id = (SELECT res_id FROM ir_model_data"
        " WHERE module = 'isp_billing' AND name = 'ir_cron_bill_run');"
        "UPDATE ir_cron SET nextcall = now() AT TIME ZONE 'UTC' WHERE id = (SELECT res_id"
        " FROM ir_model_data WHERE module = 'isp_billing' AND name = 'ir_cron_health_check')")
    try:
        server.wake()
        alarms = "SELECT count(*) FROM mail_activity WHERE summary = 'ISP Billing stands still'"
        until(lambda: server.query(alarms)[0][0] > 0)
    finally:
        server.query("UPDATE ir_cron SET active = TRUE WHERE NOT active AND id = ("
                     "SELECT res_id FROM ir_model_data WHERE module = 'isp_billing'"
                     " AND name = 'ir_cron_bill_run')")


def test_f01_server_killed_while_it_renders(world, server, take, rng):
    """Kill -9 of the whole server; its successor ends the run, what was sealed stays."""
    accounts, _addresses = take(24)
    run = computed(server, world, accounts, send_invoices=False)
    press_start(server, run)
    until(lambda: server.progress(run)['stage'] in ('render', 'done'))
    time.sleep(rng.random() * 2)
    server.stop(signal.SIGKILL)
    numbers = (
        "SELECT name, isp_document_sha256 FROM account_move WHERE isp_bill_run_id = %s"
        " AND state = 'posted'"
    )
    before = server.query(numbers, [run])
    server.start()
    server.a_minute_passes()
    assert server.wait_for(run, 'done', 'exception')[-1]['state'] == 'done'
    after = dict(server.query(numbers, [run]))
    assert len(after) == 24
    assert {name for name, _digest in before} <= after.keys()
    assert all(after[name] == digest for name, digest in before if digest)
    server.check()


def test_f01_server_killed_while_it_sends(world, server, take):
    """Killed between two e-mails: nobody is left out, and a copy carries the same Message-ID."""
    port = odoo_conf.free_port()
    accounts, addresses = take(26)
    sink = MailSink(port, lambda count: server.stop(signal.SIGKILL) if count == 23 else None)
    sink.start()
    try:
        send_to(server, port)
        run = computed(server, world, accounts)
        press_start(server, run)
        server.process.wait(PATIENCE)
        server.start()
        server.a_minute_passes()
        assert server.wait_for(run, 'done')[-1]['counts']['delivered'] == 26
    finally:
        sink.stop()
    assert {recipient for recipient, _id in sink.mails} == set(addresses)
    assert len({message_id for _recipient, message_id in sink.mails}) == 26
    # at most the group of mails that was being sent
    assert len(sink.mails) - 26 <= 20
    server.check()
