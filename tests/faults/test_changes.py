"""Somebody changes a plan while a bill run works on the same subscription."""
import queue

import pytest

CHARGES = """
    SELECT line.isp_replaced_line_id IS NOT NULL, charge.period_start::text, sum(charge.amount)
      FROM isp_charge charge JOIN sale_subscription_line line ON line.id = charge.line_id
      JOIN isp_service_plan plan ON plan.id = charge.plan_id
     WHERE charge.account_id = %s AND plan.code = 'c-fibre'
     GROUP BY 1, 2 ORDER BY 2, 1
"""


def charges(world, account):
    """Sums of an account's first service: [(is the successor, period, amount)]."""
    return [(new, day, str(amount)) for new, day, amount in world.query(CHARGES, [account])]


def test_case_012_change_while_the_run_holds_the_line(world):
    """The change waits for the run: the bill is all old plan, the next one brings the change."""
    (account,) = world.accounts(1)
    run = world.run([account])
    worker = world.worker('work', run=run, pause=['before_commit'])
    worker.until('at', 'before_commit')
    change = world.worker('change_plan', account=account, day='2026-02-15', price=90.0)
    change.until('at', 'changing')
    with pytest.raises((queue.Empty, AssertionError)):
        change.next(seconds=2)
    worker.go()
    assert worker.result()['state'] == 'done'
    assert change.result() >= 1
    assert charges(world, account) == [
        (False, '2026-01-01', '59.95'), (False, '2026-02-01', '59.95')]
    after = world.run([account], target='2026-02-15')
    assert world.do('work', run=after)['state'] == 'done'
    assert charges(world, account) == [
        (False, '2026-01-01', '59.95'), (False, '2026-02-01', '29.98'),
        (True, '2026-02-01', '45.00')]
    world.check()


def test_case_012_change_just_before_the_run_locks(world):
    """The change comes first: the approved bill is not posted any more, and goes to review."""
    account, other = world.accounts(2)
    run = world.run([account, other])
    worker = world.worker('work', run=run, pause=['before_lock'])
    worker.until('at', 'before_lock')
    assert world.do('change_plan', account=account, day='2026-02-15', price=90.0) == 1
    worker.go()
    assert worker.result()['state'] == 'exception'
    assert world.states(run) == {'posted': 1, 'review': 1}
    assert charges(world, account) == []
    world.check()
