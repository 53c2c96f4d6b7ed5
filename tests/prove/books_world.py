"""A book of generated months, checked after each; a program of its own for ``test_books.py``.

It commits after each month and keeps in a system parameter what came out, so that one that was
killed goes on with the next.
"""
import json
import sys
from unittest.mock import patch

from odoo import SUPERUSER_ID, api
from odoo.modules.registry import Registry
from odoo.tools import config

from tests.odoo.book_months import Months, prove_corruptions, victims
from tests.odoo.common import IspMixin

ACCOUNTS = 100
MARK = 'isp_prove_books'


class Book:
    """Rounds: new accounts of a company of its own, billed for some months."""

    def __init__(self, env, seed, count):
        self.env, self.seed, self.count = env, seed, count
        self.kept = env['ir.config_parameter']
        self.found = json.loads(self.kept.get_param(MARK) or 'null') or {
            'months': 0, 'documents': 0, 'credit_notes': 0, 'runs': 0, 'alarms': [],
            'planted': [], 'round': 0}

    def world(self):
        """Builders with a world of their own."""
        class World(IspMixin):
            env = self.env
        with patch.object(type(self.env['res.company']), 'install_l10n_modules',
                          lambda _companies: False):
            for company in self.env['res.company'].search([('name', 'like', ' Test ')]):
                company.name = f"{company.id} {company.name.replace(' Test ', ' ')}"
            aliases = self.env['mail.alias'].search([('alias_name', 'like', 'subscriptions-')])
            aliases.alias_name = False
            World.make_world()
        return World

    def round(self):
        """One set of accounts over four months: whole documents, by line, and again."""
        number = self.found['round']
        world = self.world()
        months = Months(world, self.seed + number)
        months.add(min(ACCOUNTS, max(10, (self.count - self.found['months']) // 4 + 1)))
        for month in range(4):
            run = months.bill(month, whole=(month + number) % 2 == 0)
            if run.exception_count:
                self.alarm('exception', run.bill_ids.filtered('problem_code')[:1].reason)
            found = months.findings(run)
            if month == 3:
                found |= months.findings()
            for code, details in found.items():
                self.alarm(code, details)
            self.found['months'] += len(run.bill_ids.account_id)
            self.found['documents'] += len(run.move_ids)
            self.found['runs'] += 1
        self.found['credit_notes'] += months.credit_notes
        self.found['round'] += 1

    def alarm(self, code, details):
        self.found['alarms'].append([self.found['round'], code, str(details)[:300]])

    def plant(self):
        """Each corruption in a small book of its own, taken back."""
        world = self.world()
        world.fibre = world.make_plan('FIBRE', 59.95)
        for place in range(3):
            account = world.make_account(f"Victim {place}", isp_delivery_channel='portal')
            world.make_subscription(account, [world.fibre], '2026-09-01')
        run = world.bill('2026-09-01', deliver=True)
        credited = run.move_ids[2]
        credited._reverse_moves([{'invoice_date': '2026-09-02'}], cancel=True)

        def findings():
            check = self.env['isp.book.check'].create({'company_id': world.ca.id})
            check._isp_execute()
            return {row.code for row in check.finding_ids if row.severity != 'advice'}

        for code in findings():
            self.alarm(code, "before anything was planted")
        self.found['planted'] = prove_corruptions(
            self.env, findings, victims(self.env, run, credited))

    def keep(self):
        self.kept.set_param(MARK, json.dumps(self.found))
        self.env.cr.commit()


def main(conf, name, seed, count):
    config.parse_config(['-c', conf, '-d', name])
    with Registry(name).cursor() as cr:
        book = Book(api.Environment(cr, SUPERUSER_ID, {'tracking_disable': True}),
                    int(seed), int(count))
        while book.found['months'] < book.count:
            book.round()
            book.keep()
        if not book.found['planted']:
            book.plant()
            book.keep()
    print(json.dumps(book.found))


if __name__ == '__main__':
    main(*sys.argv[1:])
