"""Billing one account over HTTP, several times within milliseconds; the audit chain under it."""
import itertools
import threading

import pytest

# apart from the accounts that the tests of the server take from the front
free = itertools.count(600)


@pytest.fixture
def account(world):
    """An account that no other test bills."""
    return world.ids['c'][next(free)]


def dialog(server, world, account):
    """A dialog “bill now” that a person has open."""
    (wizard,) = server.call('isp.bill.now', 'create', vals_list=[{
        'account_id': account, 'company_id': world.ids['c_company'],
        'target_date': '2026-02-01', 'send_invoices': False,
    }])
    return wizard


def press(server, wizards):
    """Press the button of each dialog at the same moment; returns the answers."""
    barrier, answers = threading.Barrier(len(wizards)), []

    def once(wizard):
        barrier.wait()
        answers.append(server.try_call('isp.bill.now', 'action_confirm', [wizard]))

    threads = [threading.Thread(target=once, args=[wizard]) for wizard in wizards]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return answers


def charged(server, account):
    return server.query(
        "SELECT period_start, count(*) FROM isp_charge WHERE account_id = %s"
        " AND period_start >= '2026-02-01' GROUP BY 1", [account])


def test_case_006_double_click_over_http(world, server, account):
    """Four requests of one dialog: all lead to the same invoice, and no later period is billed."""
    wizard = dialog(server, world, account)
    answers = press(server, [wizard] * 4)
    assert [status for status, _answer in answers] == [200] * 4, answers
    assert len({answer['res_id'] for _status, answer in answers}) == 1, answers
    assert {answer['res_model'] for _status, answer in answers} == {'account.move'}
    runs = server.query(
        "SELECT r.id FROM isp_bill_run r JOIN isp_bill_run_account_rel a ON a.run_id = r.id"
        " WHERE a.account_id = %s", [account])
    assert len(runs) == 1
    months = [str(start) for start, _count in charged(server, account)]
    assert months == ['2026-02-01']
    server.wait_for(runs[0][0], 'done')
    server.check()


def test_case_006_two_dialogs_at_once(world, server, account):
    """Two dialogs of the same account and date: the period is billed once."""
    wizards = [dialog(server, world, account) for _twin in range(2)]
    press(server, wizards)
    lines = server.query(
        "SELECT count(*) FROM sale_subscription_line l JOIN sale_subscription s"
        " ON s.id = l.sale_subscription_id WHERE s.isp_account_id = %s", [account])[0][0]
    server.a_minute_passes()
    assert sum(count for _start, count in charged(server, account)) == lines
    for (run,) in server.query(
        "SELECT r.id FROM isp_bill_run r JOIN isp_bill_run_account_rel a ON a.run_id = r.id"
        " WHERE a.account_id = %s", [account],
    ):
        server.wait_for(run, 'done')
    server.check()


def test_audit_chain_of_concurrent_writers(world, server):
    """Eight people change settings of one company at once: one chain, every row in it."""
    company, barrier, answers = world.ids['c_company'], threading.Barrier(8), []
    profiles = server.call('isp.billing.profile', 'create', vals_list=[
        {'name': f"Profile {place}", 'company_id': company} for place in range(8)])

    def change(profile, place):
        barrier.wait()
        answers.append(server.try_call(
            'isp.billing.profile', 'write', [profile], vals={'due_days': 30 + place})[0])

    threads = [
        threading.Thread(target=change, args=[profile, place])
        for place, profile in enumerate(profiles)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert answers == [200] * 8
    rows = server.query(
        "SELECT number FROM isp_audit WHERE model = 'isp.billing.profile' AND action = 'write'"
        " AND res_id IN %s", [tuple(profiles)])
    assert len(rows) == 8
    assert server.call('isp.audit', 'action_verify')['params']['type'] == 'success'
