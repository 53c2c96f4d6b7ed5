"""The demonstration: two companies, their subscribers, a month billed from import to mailbox.

Run by ``make demo`` in the project's environment. Each run makes the database again.
"""
import json
import logging
import secrets
import sys
import time
from pathlib import Path

from tools import database, make_demo_book, make_flyers, odoo_conf
from tools.bootstrap import paths
from tools.bootstrap.steps import step
from tools.demo import facts, mailbox, session, table

DATABASE = 'isp_demo'
ROOT = Path(__file__).resolve().parents[2]


def main():
    """Make the database, bill the month, show what came out."""
    begun = time.monotonic()
    folder = paths.cache() / 'demo'
    folder.mkdir(exist_ok=True)
    with step(f"database {DATABASE} from the template"):
        database.make_clone(DATABASE)
    session.start(odoo_conf.write('demo'), DATABASE)
    logging.getLogger('odoo.addons.isp_billing').setLevel(logging.ERROR)
    with mailbox.server(folder / 'mail') as (keeper, port):
        outcome = tell(folder, keeper, port)
    show(outcome)
    print(f"\nDone in {time.monotonic() - begun:.0f} s.")
    return 0


def tell(folder, keeper, port):
    """Do it all; return what is to be shown."""
    from tools.demo import companies, month
    password = 'demo-' + secrets.token_hex(3)
    with session.environment(DATABASE) as env:
        first = month.first_of_month(env, env.company)
        with step("two companies with charts, journals, registrations, users, flyers"):
            owned = companies.set_up(env, port, first, password, flyers_of(first, folder))
            env.cr.commit()
        with step("the subscriber book through the import") as line:
            report = month.import_book(env, make_demo_book.write(folder / 'book', first))
            month.retire(env, 'DSL10')
            logins = companies.portal_users(env, owned['HARFANG'], password)
            env.cr.commit()
            line['title'] += f": {sum(report['created'].values())} rows, " \
                             f"{len(report['issues'])} refused"
        runs, results = bill_all(env, owned, first, keeper)
        again = [month.figures(month.bill(env, company, first, *people(env)))
                 for company in owned.values()]
        saved = save(env, runs, folder)
        write_notes(logins, password)
        return {'month': first, 'report': report, 'results': results, 'again': again,
                'saved': saved, 'accepted': keeper.accepted, 'password': password,
                'logins': logins, 'mail': keeper.folder}


def people(env):
    """The clerk who computes and the approver who approves."""
    users = {user.login: user for user in env['res.users'].search([])}
    return users['clerk'], users['approver']


def bill_all(env, owned, first, keeper):
    """Bill the month of each company: ([isp.bill.run], [RunResult])."""
    from tools.demo import month
    runs, results = [], []
    for company in owned.values():
        with step(f"bill run of {company.name}") as line:
            run = month.bill(env, company, first, *people(env))
            result = month.figures(run)
            line['title'] += f": {result.posted} documents, state {run.state}"
        runs.append(run)
        results.append(result)
    return runs, results


def flyers_of(first, folder):
    """The flyers with the right last day: the committed ones, or drawn again for this month."""
    if first == make_flyers.MONTH:
        return ROOT / 'demo' / 'flyers'
    make_flyers.make(folder, first)
    return folder / 'flyers'


def save(env, runs, folder):
    """Write an invoice in each language, as delivered, and the spreadsheets of the runs."""
    from tools.demo import month
    saved = []
    for language, label in (('en', "Invoice in English, with its flyer"),
                            ('fr', "Invoice in French, with its flyer"),
                            ('both', "Invoice of a customer who asked for both languages")):
        move = month.example(runs[0], language)
        if move:
            content, name = move._isp_assembled_pdf()
            path = folder / f'{language}-{Path(name).name}'
            path.write_bytes(content)
            saved.append((label, path))
    for run in runs:
        name, content = env['isp.bill.run.xlsx']._content(run)
        path = folder / f'{run.company_id.name.split()[0]}-{name}'
        path.write_bytes(content)
        saved.append((f"Bill run of {run.company_id.name} as a spreadsheet", path))
    return saved


def write_notes(logins, password):
    """Leave the logins where ``make serve`` reads them."""
    notes = {'database': DATABASE, 'logins': [
        {'label': "Administrator", 'login': 'admin', 'password': password},
        *[{'label': label, 'login': login, 'password': password}
          for login, _name, _group, label in facts.USERS],
        *logins]}
    path = paths.cache() / 'demo.json'
    path.write_text(json.dumps(notes, indent=1))
    path.chmod(0o600)


def show(outcome):
    """Print the table and what to look at."""
    out = [table.heading(f"Bill run of {outcome['month']:%B %Y}")]
    out += table.run_table(outcome['results'], outcome['accepted'])
    out += [table.heading("Totals by currency and tax"), *table.tax_table(outcome['results'])]
    out += [table.heading("Needs a person"), *table.exception_table(outcome['results'])]
    out += [table.heading("The same month once more")]
    for result in outcome['again']:
        parked = sum(1 for row in result.exceptions if row[0] == 'exception')
        out.append(f"{result.company}: {result.posted} documents; {result.already} accounts "
                   f"already charged, {result.nothing} with nothing due, {parked} exceptions as "
                   "before")
    notices = outcome['report']['notices']
    out += [table.heading("Noted by the import")]
    out += [f"{n['file']}.csv row {n['row']}: {n['reason']}" for n in notices] or ["nothing"]
    out += [table.heading("To look at")]
    out += [f'{label}:\n    {path}' for label, path in outcome['saved']]
    out += [f"Messages accepted by the mail server:\n    {outcome['mail']}",
            "In the browser: make serve   (address and logins are printed there)",
            f"    admin / {outcome['password']}",
            *[f"    {entry['login']} / {entry['password']}   {entry['label']}"
              for entry in outcome['logins']]]
    print('\n'.join(out))


if __name__ == '__main__':
    sys.exit(main())
