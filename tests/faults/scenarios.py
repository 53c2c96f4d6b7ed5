"""The faults F1 to F27 that concern bill runs: one function each, at any size.

``make test`` runs them small (``test_faults_*.py``), ``make prove P=faults`` at full size. Each
returns what came out in words, raises where it is not what it must be, and leaves the books to the
oracle.
"""
import contextlib
import subprocess
import time

from tools import odoo_conf
from tools.bootstrap import paths

from .harness import Died

#: 59.95 + 10.00, GST 3.50, QST 6.98
BILL = 80.43
RESUME = 120


def posted(world, run, count):
    """Exactly that many invoices, to the cent."""
    found, total = world.facts(run)
    assert (found, float(total)) == (count, round(count * BILL, 2)), (found, total)
    return f"{found} invoices, {float(total):.2f}"


def f01(world, rng, count=60, kills=6, chunk=5):
    """Killed at random moments, also around the COMMIT; at most one chunk is done again for each.

    PostgreSQL never takes back a number of its sequences: invoices that were made and lost with a
    killed process have used theirs.
    """
    run = world.run(world.accounts(count), target='2026-01-01', send_invoices=False)
    kept, most, made = {}, 0, _made(world)
    first = made
    for kill in range(kills):
        attack = {'kind': rng.choice(['kill_later', 'kill_commit', 'kill_after']),
                  'seed': rng.randrange(10**6), 'after': rng.randint(1, 2)}
        ended = world.worker('work', run=run, chunk=chunk, attack=attack).outcome()
        assert ended is None, f"the run ended before kill {kill + 1}"
        moves = dict(world.moves(run))
        assert kept.items() <= moves.items(), "a number changed"
        lost = _made(world) - made - (len(moves) - len(kept))
        assert 0 <= lost <= chunk, f"{lost} invoices are made again, chunks are of {chunk}"
        most, made, kept = max(most, lost), _made(world), moves
    start = time.monotonic()
    last = world.worker('work', run=run, chunk=chunk)
    last.until('committed')
    assert time.monotonic() - start < RESUME
    assert last.result()['state'] == 'done'
    again = _made(world) - first - count
    return (f"{count} accounts, {kills} kills",
            f"{posted(world, run, count)}; made again: {again}, at most {most} of a chunk of"
            f" {chunk}")


def _made(world):
    """Invoices that were ever begun in a world where nobody else makes any."""
    # the sequence of a world without invoices stands at 1 and was never asked
    return world.query("SELECT last_value - (NOT is_called)::int FROM account_move_id_seq")[0][0]


def f01_twins(world, rng, pairs=12, faults=6, chunk=4):
    """Customers of whom no two are alike; their twins' run is disturbed, and comes to the same."""
    accounts = world.accounts(2 * pairs)
    twins = list(zip(accounts[:pairs], accounts[pairs:], strict=True))
    seed, company = rng.randrange(10**6), world.ids['c_company']
    world.do('live', pairs=twins, seed=seed, company=company)
    happened, struck = 0, 0
    for target in ('2026-01-28', '2026-02-28'):
        calm, disturbed = (world.run(side, target=target, send_invoices=False)
                           for side in zip(*twins, strict=True))
        world.do('work', run=calm)
        for _fault in range(faults // 2):
            attack = {'kind': rng.choice(['kill_later', 'kill_commit', 'kill_after', 'cut']),
                      'seed': rng.randrange(10**6), 'after': 1, 'seconds': 2.0}
            struck += world.worker('work', run=disturbed, chunk=chunk,
                                   attack=attack).outcome() is None
        world.do('work', run=disturbed, chunk=chunk, attack={'kind': 'refuse'})
        for name in ('state', 'exception'):
            assert world.states(calm) == world.states(disturbed), name
        if target == '2026-01-28':
            happened = sum(world.do('live_on', pairs=twins, seed=seed).values())
    assert struck, "nothing was disturbed"
    rows = [_books(world, side) for side in zip(*twins, strict=True)]
    assert rows[0] == rows[1], [pair for pair in zip(*rows, strict=True) if pair[0] != pair[1]][:2]
    total = sum(row[-1] for account in rows[1] for row in account if row[0] == 'invoice')
    return (f"{pairs} pairs of twins, {happened} changes, {struck} kills and cuts",
            f"charges, taxes and invoices as in the calm run, {total:.2f}")


def _books(world, accounts):
    """Charges and invoices of accounts without names and numbers, in the order of the accounts."""
    charges = world.query(
        "SELECT c.payer_id, p.code, c.kind, c.period_start, c.period_end, c.date_from, c.date_to,"
        " c.revision, c.days, c.amount, ARRAY(SELECT tax_id FROM isp_charge_tax_rel r"
        "  WHERE r.charge_id = c.id ORDER BY 1) FROM isp_charge c"
        " JOIN isp_service_plan p ON p.id = c.plan_id WHERE c.payer_id = ANY(%s)", [list(accounts)])
    invoices = world.query(
        "SELECT isp_account_id, 'invoice', move_type, state, invoice_date, amount_untaxed,"
        " amount_tax, amount_total_signed FROM account_move WHERE isp_account_id = ANY(%s)",
        [list(accounts)])
    books = {account: [] for account in accounts}
    for account, *row in charges + invoices:
        books[account].append(row)
    return [sorted(rows, key=str) for rows in books.values()]


def f01_poison(world, _rng, count=6):
    """One bill at which the process dies each time is set aside; all others are billed."""
    accounts = world.accounts(count)
    run = world.run(accounts, target='2026-01-01', send_invoices=False)
    starts = 0
    attack = {'kind': 'kill_bill', 'account': accounts[count // 2]}
    while world.worker('work', run=run, chunk=4, park=5, attack=attack).outcome() is None:
        starts += 1
        assert starts < 25
    assert world.states(run) == {'posted': count - 1, 'exception': 1}
    ((account, code),) = world.query(
        "SELECT account_id, problem_code FROM isp_bill_run_bill WHERE run_id = %s"
        " AND state = 'exception'", [run])
    assert (account, code) == (accounts[count // 2], 'killed')
    return f"{starts} deaths at one bill", f"{count - 1} billed, 1 set aside"


def f02(world, rng, count=20, rounds=2):
    """Two jobs, three buttons and a call at the same moment; every bill is done by one of them."""
    refusals, widest = 0, 0
    for _round in range(rounds):
        accounts = world.accounts(count)
        run = world.do('approve_run', accounts=accounts, company=world.ids['c_company'],
                       target='2026-01-01')
        workers = [world.worker('press', run=run) for _person in range(4)]
        for person in workers:
            person.until('at', 'ready')
        jobs = [world.worker('work', run=run, chunk=10, wait=60) for _job in range(2)]
        for job in jobs:
            job.until('at', 'looking')
        rng.shuffle(workers)
        for person in workers:
            person.go()
        pressed = [person.result() for person in workers]
        answers = [text for text, _moment in pressed]
        assert answers.count("started") == 1, answers
        assert all("cannot become" in text for text in answers if text != "started"), answers
        refusals += len(answers) - 1
        moments = [moment for _text, moment in pressed]
        widest = max(widest, max(moments) - min(moments))
        ends = [job.result() for job in jobs]
        assert all(end['times'] for end in ends), "a job never looked at the running run"
        ends.append(world.do('work', run=run))
        assert ends[-1]['state'] == 'done'
        assert sum(end['own'] for end in ends) == count, ends
        posted(world, run, count)
    return (f"{rounds} rounds of 2 jobs and 4 starts within {1000 * widest:.0f} ms",
            f"{count} invoices each, {refusals} refusals")


def f03(world, rng, count=12, seconds=3):
    """Serialization failures and deadlocks at each commit and posting, and busy users."""
    accounts = world.accounts(count)
    run = world.run(accounts, target='2026-01-01', send_invoices=False)
    nuisance = world.worker('antagonist', accounts=accounts, seconds=seconds,
                            seed=rng.randrange(1000))
    nuisance.until('at', 'writing')
    refused = 0
    while True:
        end = world.do('work', run=run, chunk=6, attack={'kind': 'refuse'})
        refused += end['refused']
        if end['state'] == 'done':
            break
    writes = nuisance.result()
    assert refused >= 2 * (count // 6), f"only {refused} refusals"
    assert writes, "nobody was in the way"
    return f"{refused} commits and postings refused, {writes} writes of others", posted(
        world, run, count)


def f04(world, rng, count=30, cuts=5, chunk=10):
    """Connections cut, at random and around the COMMIT, also all at once."""
    run = world.run(world.accounts(count), target='2026-01-01', send_invoices=False)
    done = 0
    for number in range(cuts):
        if number % 3 == 2:
            worker = world.worker('work', run=run, chunk=chunk)
            with contextlib.suppress(Died, AssertionError):
                worker.until('committed')
                world.cut_connections()
        else:
            worker = world.worker('work', run=run, chunk=chunk, attack={
                'kind': 'cut', 'seed': rng.randrange(10**6), 'after': 1})
        done += worker.outcome() is None
    assert done >= min(cuts // 2, count // chunk // 2), f"only {done} connections were cut"
    world.do('work', run=run, chunk=chunk)
    return f"{done} connections cut", posted(world, run, count)


def f04_restart(world, rng, cluster, count=30, restarts=2):
    """PostgreSQL crashes while a run works."""
    run = world.run(world.accounts(count), target='2026-01-01', send_invoices=False)
    for restart in range(restarts):
        worker = world.worker('work', run=run, chunk=max(1, count // (5 * restarts)))
        worker.until('committed')
        time.sleep(rng.random() * 0.3)
        before = dict(world.moves(run))
        cluster.crash()
        assert worker.outcome() is None, f"the run ended before crash {restart + 1}"
        assert before.items() <= dict(world.moves(run)).items(), "an invoice was lost"
    assert world.do('work', run=run)['state'] == 'done'
    return f"{restarts} crashes of PostgreSQL", posted(world, run, count)


def f10(world, _rng, count=20):
    """The disk is full while the documents are made."""
    accounts = world.accounts(count)
    world.do('paper', accounts=accounts)
    run = world.run(accounts, target='2026-01-01')
    full = world.do('work', run=run, documents=True, seconds=max(6, count),
                    attack={'kind': 'disk'})
    assert full['state'] == 'running', full
    posted(world, run, count)
    assert world.query(
        "SELECT rendered, delivery_state, render_error FROM isp_bill_run_bill WHERE run_id = %s"
        " AND (rendered OR delivery_state <> 'none' OR render_error IS NOT NULL)", [run]) == []
    world.query("UPDATE isp_bill_run_bill SET render_retry_at = NULL WHERE run_id = %s", [run])
    assert world.do('work', run=run, documents=True)['state'] == 'done'
    assert world.do('open_files', run=run) == []
    world.check_run(run)
    return f"{count} documents on a full disk", f"{count} sealed when there was space"


def f12(world, _rng, count=4):
    refusal, dates, moves, moved = world.do(
        'locked', accounts=world.accounts(count, 'f'), company=world.ids['f_company'])
    assert "locked until" in refusal, refusal
    assert "2026-01-31" in refusal
    assert (dates, moves) == (['2026-02-01'], count)
    assert moved == ['2026-01-15', '2026-02-01', '2026-01-31'], moved
    return "a run in a locked period", f"stop: refused by name; move: {moves} on the open day"


def f13(world, _rng, count=5):
    found = world.do(
        'hashed', accounts=world.accounts(count, 'f'), company=world.ids['f_company'])
    assert (found['moves'], found['credits'], found['net']) == (count, count, 0), found
    assert "credit note" in found['reset'], found['reset']
    assert found['hashed'] == 2 * count, found
    assert found['whole'] == [], found
    assert found['altered'], found
    return f"{count} invoices of a hashed journal", f"{count} credit notes, net 0.00, chain whole"


def f14(world, _rng, each=1):
    found = world.do('bad_data', accounts=world.accounts(11 * each),
                     company=world.ids['c_company'], each=each)
    codes = ('no_price', 'archived_product', 'archived_tax', 'no_tax', 'brake', 'no_account')
    assert found['first'] == {
        **{f'exception {code}': each for code in (*codes, 'archived')},
        'posted': 3 * each, 'carried': each,
    }, found
    # a customer who was archived stays set aside: only the other six were fixed
    assert found['second'] == {
        'posted': 9 * each, 'carried': each, 'exception archived': each}, found
    assert round(found['mended'], 2) == round(6 * found['clean'], 2), found
    assert found['flags'] == [each, each], found
    return f"10 kinds × {each}", f"{6 * each} set aside with 6 reasons, mended: as a clean run"


def f15(world, _rng):
    dates = world.do('time_zone', company=world.ids['c_company'])
    assert dates == ['2027-01-31', '2027-01-31', ''], dates
    return "31 January 19:30 in Montréal, server in UTC", dates[0]


def f16(world, _rng):
    (account,) = world.accounts(1)
    rows = world.do('month_ends', account=account, company=world.ids['c_company'], runs=14)
    assert [day for day, _amount in rows] == [
        '2027-01-31', '2027-02-28', '2027-03-31', '2027-04-30', '2027-05-31', '2027-06-30',
        '2027-07-31', '2027-08-31', '2027-09-30', '2027-10-31', '2027-11-30', '2027-12-31',
        '2028-01-31', '2028-02-29',
    ]
    assert {amount for _day, amount in rows} == {59.95}
    return "14 runs from 31 January 2027", "anchor kept, 28 and 29 February"


def f17(world, _rng):
    (account,) = world.accounts(1)
    found = world.do('clock_changes', account=account, company=world.ids['c_company'])
    assert [row[1] for row in found['spring']] == [31, 31], found
    assert [row[1] for row in found['autumn']] == [30, 30], found
    for name in ('spring', 'autumn'):
        assert round(sum(row[2] for row in found[name]), 2) == 60.00, found
    assert found['april'] == [[20, 30, 40.00]], found
    return "months with clock changes, cut in two", "31 and 30 days, parts add up to 60.00"


def f18(world, _rng, count=6):
    first, dates, accounting, moves = world.do(
        'jumping_clock', accounts=world.accounts(count), company=world.ids['c_company'])
    assert first == ['2026-02-28', '2026-02-28'], first
    assert (dates, accounting, moves) == (['2026-02-28'], ['2026-02-28'], count)
    return "the clock jumps over midnight between chunks", f"one date on {moves} invoices"


def f19(world, _rng, count=5):
    found = world.do(
        'out_of_order', accounts=world.accounts(count), company=world.ids['c_company'])
    assert found['runs'] == [[count, 0], [0, count], [0, count]], found
    assert (found['rows'], found['most']) == (4 * count, 1), found
    return "February, January, February again", f"{found['rows']} periods, each once"


def f20(world, _rng, count=10):
    found = world.do('edited', accounts=world.accounts(count), company=world.ids['c_company'])
    assert (found['state'], found['review'], found['posted']) == ('exception', 1, count - 1)
    changed = [pair for pair in zip(found['before'], found['after'], strict=True)
               if pair[0] != pair[1]]
    assert set(changed) == {(10.0, 12.0)}, found
    return f"1 price of {count} changed", f"1 to review again, {count - 1} posted"


def f21(world, _rng):
    (account,) = world.accounts(1)
    steps = world.do('part_paid', account=account, company=world.ids['c_company'])
    assert steps == [[0.0, 100.0, 40.0, -40.0], [100.0, 60.0]], steps
    return "100.00 invoiced, 40.00 paid, credited, billed again", "0.00, −40.00, then 60.00 due"


def f26(world, rng, count=30):
    """The module is upgraded when half of a run is posted."""
    run = world.run(world.accounts(count), target='2026-01-01', send_invoices=False)
    worker = world.worker('work', run=run, chunk=5, attack={
        'kind': 'kill_after', 'after': max(1, count // 10)})
    assert worker.outcome() is None
    half = len(world.moves(run))
    assert 0 < half < count
    subprocess.run(
        odoo_conf.command('-c', odoo_conf.write(f"{world.name}-u"), '-d', world.name,
                          '-u', 'isp_billing', '--no-http', '--stop-after-init'),
        check=True, cwd=paths.logs(), capture_output=True)
    assert world.do('work', run=run)['state'] == 'done'
    return f"upgrade after {half} of {count}", posted(world, run, count)


def f27(world, rng):
    email = f"manager{rng.randrange(10**6)}@isp.example"
    switched_off, mails, activities, body = world.do('job_gives_up', email=email)
    assert switched_off
    assert mails == 1
    assert "ISP Billing stands still" in activities, activities
    assert "switched off" in body, body
    return "the job fails for a week, Odoo switches it off", "alarm the same night"
