"""Generated months of bills, and damage to planted books: for the test and the long proof.

A month is what one account gets for one month: the documents of one bill, with its taxes.
"""
import random
from datetime import date

from dateutil.relativedelta import relativedelta

#: prices that break roundings: x.99, repeating thirds, pennies
CENTS = (0.99, 0.95, 0.49, 0.33, 0.01, 0.0)


class Months:
    """Accounts of a company with taxes, discounts, payers and part periods of all kinds.

    :param world: class or object with the builders of :class:`tests.odoo.common.IspMixin`
    :param int seed: repeats a book
    """

    def __init__(self, world, seed):
        self.world, self.random = world, random.Random(seed)
        self.env = world.env
        self.company = world.fr
        self.count = self.credit_notes = 0
        self.currencies = self._currencies()
        self.taxes = self._taxes()
        self.plans = self._plans()
        self.accounts = self.env['res.partner']
        self.start = date(2026, 1, 1)

    def _currencies(self):
        """The company's currency, a foreign one with cents and one without (XPF)."""
        usd, xpf = self.env.ref('base.USD'), self.env.ref('base.XPF')
        (usd | xpf).active = True
        self.env['res.currency.rate'].create([
            {'currency_id': currency.id, 'name': '2020-01-01', 'company_id': self.company.id,
             'company_rate': rate} for currency, rate in ((usd, 1.0837), (xpf, 119.3317))])
        return [self.company.currency_id, usd, xpf]

    def _taxes(self):
        """Sets of taxes: added to the price, part of it, two at once, fixed levies, none."""
        make = self.world.make_tax
        inside = {'price_include_override': 'tax_included'}
        fixed = {'amount_type': 'fixed', 'include_base_amount': True, 'sequence': 0}
        vat, inner = make("VAT 20", 20.0, self.company), make(
            "VAT 20 in", 20.0, self.company, **inside)
        return [
            vat, inner, make("VAT 8.5", 8.5, self.company),
            make("VAT 5.5 in", 5.5, self.company, **inside),
            vat | make("Tax 9.975", 9.975, self.company),
            make("VAT 10 in", 10.0, self.company, **inside) | make(
                "Duty 2.1 in", 2.1, self.company, **inside),
            make("Levy 0.37", 0.37, self.company, **fixed) | vat,
            make("Levy 0.12", 0.12, self.company, amount_type='fixed') | inner,
            self.env['account.tax'],
        ]

    def _plans(self):
        plans = []
        for number in range(27):
            currency = self.currencies[number % 3]
            price = self.random.randint(3, 90) + self.random.choice(CENTS)
            taxes = self.taxes[number % len(self.taxes)] if number < 18 else self.taxes[number % 2]
            if currency.decimal_places == 0:
                price = round(price * 119)
            plans.append(self.world.make_plan(
                f'M{number}', price, company=self.company, currency=currency, taxes=taxes,
                allow_several=True, **({} if taxes else {'untaxed': True})))
        return [[plan for place, plan in enumerate(plans) if place % 3 == kind]
                for kind in range(3)]

    def add(self, number):
        """Accounts with one to three subscribed plans each."""
        new = self.env['res.partner']
        for place in range(number):
            self.count += 1
            values = {}
            if new and place % 9 == 4:
                values = {'isp_payer_id': new[-1].id, 'isp_payer_share': 'percent',
                          'isp_payer_percent': self.random.choice((100 / 3, 50, 99))}
            account = self.world.make_account(
                f"Book {self.count}", company=self.company, isp_delivery_channel='portal', **values)
            kind = self.random.choices((0, 1, 2), (6, 2, 1))[0]
            pricelist = self.env['sale.subscription']._isp_list_pricelist(
                self.company, self.currencies[kind])
            first = self.start + relativedelta(days=self.random.choice((0, 0, 0, 6, 14, 19)))
            lines = [self._line(self.random.choice(self.plans[kind]), first)
                     for _line in range(self.random.choice((1, 1, 2, 3)))]
            self.world.make_subscription(
                account, lines, str(first), company=self.company, pricelist_id=pricelist.id)
            new |= account
        self.accounts |= new
        return new

    def _line(self, plan, first):
        values = {'isp_plan_id': plan.id, 'isp_date_start': str(first)}
        if self.random.random() < 0.25:
            values['discount'] = self.random.choice((5.0, 12.5, 33.33))
        if self.random.random() < 0.2:
            values['product_uom_qty'] = self.random.choice((2.0, 3.0))
        if self.random.random() < 0.2:
            values['isp_date_end'] = str(first + relativedelta(
                days=self.random.choice((9, 40, 62))))
        return values

    def bill(self, month, whole):
        """Bill all accounts for a month (0 is the first) by the given way of rounding.

        :param bool whole: round taxes for the whole document, or by line
        :return: the run
        """
        self.company.tax_calculation_rounding_method = (
            'round_globally' if whole else 'round_per_line')
        day = self.start + relativedelta(months=month)
        run = self.world.bill(str(day), company=self.company)
        for move in run.move_ids.filtered(lambda move: move.move_type == 'out_invoice'):
            if self.random.random() < 0.06:
                self.credit_notes += 1
                move.with_context(isp_reopen_periods=self.random.random() < 0.5)._reverse_moves(
                    [{'invoice_date': move.invoice_date}], cancel=True)
        self.env.flush_all()
        return run

    def findings(self, run=None):
        """{code: details} of errors that the check of the books, or of a run, finds."""
        checks = self.env['isp.book.check'].sudo()
        check = checks._isp_check_run(run) if run else checks.create(
            {'company_id': self.company.id})
        if not run:
            check._isp_execute()
        return {row.code: row.details for row in check.finding_ids if row.severity != 'advice'}


#: what is planted: (name, statements, codes of which one has to name it). {names} are ids
CORRUPTIONS = [
    ("ledger: amount of a charge", [
        "UPDATE isp_charge SET amount = amount + 0.01 WHERE id = {charge}",
    ], {'charge_other_line'}),
    ("ledger: amount of a reversal", [
        "UPDATE isp_charge SET amount = amount + 0.01 WHERE id = {mirror}",
    ], {'charge_other_line'}),
    ("ledger: charge of another payer", [
        "UPDATE isp_charge SET payer_id = {other} WHERE id = {charge}",
    ], {'charge_other_payer'}),
    ("ledger: charge of another account", [
        "UPDATE isp_charge SET account_id = {other} WHERE id = {charge}",
    ], {'charge_other_account'}),
    ("ledger: charge of another document", [
        "UPDATE isp_charge SET move_id = {other_move} WHERE id = {charge}",
    ], {'charge_other_line', 'charge_other_payer'}),
    ("ledger: charge without a document", [
        "UPDATE isp_charge SET move_id = NULL WHERE id = {charge}",
    ], {'charge_no_invoice'}),
    ("ledger: reversal without a document", [
        "UPDATE isp_charge SET move_id = NULL WHERE id = {mirror}",
    ], {'charge_no_invoice'}),
    ("ledger: charge deleted", [
        "DELETE FROM isp_charge WHERE id = {single}",
    ], {'line_no_charge'}),
    ("ledger: reversal deleted", [
        "DELETE FROM isp_charge WHERE move_id = {credit}",
    ], {'credit_no_charge'}),
    ("ledger: charge added", [
        "INSERT INTO isp_charge (company_id, account_id, payer_id, subscription_id, "
        "line_id, plan_id, product_id, kind, period_start, period_end, revision, "
        "date_from, date_to, days, period_days, quantity, price_unit, price_full, "
        "method, amount, currency_id, origin, move_id) SELECT company_id, account_id,"
        " payer_id, subscription_id, line_id, plan_id, product_id, kind, "
        "period_start, period_end, 77, date_from, date_to, days, period_days, "
        "quantity, price_unit, price_full, method, amount, currency_id, 'reversal', "
        "move_id FROM isp_charge WHERE id = {charge}",
    ], {'charge_other_line', 'invoice_other_sum'}),
    ("ledger: taxes of a charge", [
        "DELETE FROM isp_charge_tax_rel WHERE charge_id = {taxed}",
    ], {'charge_other_facts'}),
    ("line: price", [
        "UPDATE account_move_line SET price_unit = price_unit + 1 WHERE id = {line}",
    ], {'charge_other_line', 'invoice_other_sum'}),
    ("line: price and ledger alike", [
        "UPDATE account_move_line SET price_unit = price_unit + 1 WHERE id = {line}",
        "UPDATE isp_charge SET amount = (SELECT round((quantity * price_unit * (100 -"
        " discount) / 100)::numeric, 2) FROM account_move_line WHERE id = {line}) "
        "WHERE id = {single}",
    ], {'tax_other'}),
    ("line: net amount", [
        "UPDATE account_move_line SET price_subtotal = price_subtotal + 1 WHERE id = "
        "{line}",
    ], {'tax_other'}),
    ("line: total with tax", [
        "UPDATE account_move_line SET price_total = price_total + 1 WHERE id = {line}",
    ], {'facts_altered', 'tax_other'}),
    ("line: journal item", [
        "UPDATE account_move_line SET balance = balance + 1 WHERE id = {line}",
    ], {'entry_unbalanced'}),
    ("line: deleted", [
        "UPDATE isp_charge SET move_line_id = NULL WHERE move_line_id = {line}",
        "DELETE FROM account_move_line WHERE id = {line}",
    ], {'charge_other_line'}),
    ("line: income moved to what is owed", [
        "UPDATE account_move_line SET account_id = {receivable} WHERE id = {line}",
    ], {'account_other'}),
    ("line: another income account", [
        "UPDATE account_move_line SET account_id = {income} WHERE id = {line}",
    ], {'accounts_altered'}),
    ("line: what is owed moved to another customer", [
        "UPDATE account_move_line SET partner_id = {other} WHERE move_id = {move} AND"
        " display_type = 'payment_term'",
    ], {'charge_other_payer'}),
    ("line: what is owed moved to another account", [
        "UPDATE account_move_line SET isp_account_id = {other} WHERE move_id = {move}"
        " AND display_type = 'payment_term'",
    ], {'charge_other_payer'}),
    ("line: text", [
        "UPDATE account_move_line SET name = 'Gift' WHERE id = {line}",
    ], {'facts_altered'}),
    ("document: total", [
        "UPDATE account_move SET amount_total = amount_total + 1 WHERE id = {move}",
    ], {'entry_other_sum'}),
    ("document: tax", [
        "UPDATE account_move SET amount_tax = amount_tax + 0.01 WHERE id = {move}",
    ], {'entry_other_sum'}),
    ("document: amount in the company's currency", [
        "UPDATE account_move SET amount_total_signed = amount_total_signed + 1 WHERE "
        "id = {move}",
    ], {'entry_other_sum'}),
    ("document: tax moved between items", [
        "UPDATE account_move_line SET amount_currency = amount_currency - 0.01, "
        "balance = balance - 0.01, credit = credit + 0.01 WHERE id = {tax}",
        "UPDATE account_move_line SET amount_currency = amount_currency + 0.01, "
        "balance = balance + 0.01, credit = credit - 0.01 WHERE id = {line}",
        "UPDATE account_move SET amount_untaxed = amount_untaxed - 0.01, amount_tax ="
        " amount_tax + 0.01, amount_untaxed_signed = amount_untaxed_signed - 0.01, "
        "amount_tax_signed = amount_tax_signed + 0.01 WHERE id = {move}",
    ], {'tax_other'}),
    ("document: account", [
        "UPDATE account_move SET isp_account_id = {other} WHERE id = {move}",
    ], {'charge_other_payer'}),
    ("document: number", [
        "UPDATE account_move SET name = 'FORGED/1' WHERE id = {move}",
    ], {'document_other'}),
    ("document: gap in the numbers", [
        "UPDATE account_move SET sequence_number = sequence_number + 7 WHERE id = "
        "{last}",
    ], {'number_gap'}),
    ("document: due date", [
        "UPDATE account_move SET invoice_date_due = '2030-01-01' WHERE id = {move}",
    ], {'facts_altered'}),
    ("document: reference", [
        "UPDATE account_move SET ref = 'forged' WHERE id = {move}",
    ], {'facts_altered'}),
    ("document: what is still owed", [
        "UPDATE account_move SET amount_residual = 0 WHERE id = {move}",
    ], {'residual_other'}),
    ("document: item said to be paid", [
        "UPDATE account_move_line SET amount_residual = 0, amount_residual_currency ="
        " 0, reconciled = TRUE WHERE move_id = {move} AND display_type = "
        "'payment_term'",
    ], {'residual_other'}),
    ("document: said to be paid", [
        "UPDATE account_move SET payment_state = 'paid' WHERE id = {move}",
    ], {'residual_other'}),
    ("document: matched with a draft", [
        "UPDATE account_move SET state = 'draft' WHERE id = {credit}",
    ], {'match_draft'}),
    ("sealed: SHA-256", [
        "UPDATE account_move SET isp_document_sha256 = repeat('0', 64) WHERE id = "
        "{move}",
    ], {'document_other'}),
    ("sealed: another file", [
        "UPDATE account_move SET isp_document_id = {other_file} WHERE id = {move}",
    ], {'document_other'}),
    ("sealed: file and SHA-256 of another document", [
        "UPDATE account_move SET isp_document_id = {other_file}, isp_document_sha256 "
        "= o.isp_document_sha256 FROM account_move o WHERE o.id = {other_move} AND "
        "account_move.id = {move}",
    ], {'document_other'}),
    ("sealed: content of another file", [
        "UPDATE ir_attachment SET store_fname = o.store_fname, checksum = o.checksum "
        "FROM ir_attachment o WHERE o.id = {other_file} AND ir_attachment.id = {file}",
    ], {'document_altered'}),
    ("sealed: forged file with its SHA-256", [
        "FORGE",
    ], {'document_other'}),
    ("sealed: frozen facts", [
        "UPDATE account_move SET isp_document_data = jsonb_set(isp_document_data, "
        '\'{{total}}\', \'"1.00"\') WHERE id = {move}',
    ], {'facts_altered'}),
    ("sealed: document without a seal", [
        "ALTER TABLE isp_document_seal DISABLE TRIGGER USER",
        "DELETE FROM isp_document_seal WHERE move_id = {move}",
    ], {'document_other', 'seal_altered'}),
    ("sealed: file, SHA-256 and seal alike", [
        "FORGE",
        "ALTER TABLE isp_document_seal DISABLE TRIGGER USER",
        "UPDATE isp_document_seal s SET file_sha256 = m.isp_document_sha256 FROM "
        "account_move m WHERE m.id = s.move_id AND m.id = {move}",
    ], {'seal_altered'}),
    ("sealed: seal with its hash", [
        "FORGE",
        "ALTER TABLE isp_document_seal DISABLE TRIGGER USER",
        "UPDATE isp_document_seal s SET file_sha256 = m.isp_document_sha256 FROM "
        "account_move m WHERE m.id = s.move_id AND m.id = {move}",
        "REHASH",
    ], {'seal_altered'}),
    ("run: charge not as approved", [
        "UPDATE isp_bill_run_bill_line SET amount = amount + 1 WHERE bill_id = {bill}",
    ], {'preview_other_lines'}),
    ("run: tax not as approved", [
        "UPDATE isp_bill_run_bill SET amount_tax = amount_tax + 0.01 WHERE id = "
        "{bill}",
    ], {'preview_other'}),
    ("run: bill without its document", [
        "UPDATE isp_bill_run_bill SET move_id = NULL WHERE id = {bill}",
    ], {'bill_no_invoice'}),
]


def plant(env, statements, ids):
    """Damage the books by SQL; FORGE and REHASH stand for what needs more than a statement."""
    seals = env['isp.document.seal'].sudo()
    for statement in statements:
        if statement == 'FORGE':
            move = env['account.move'].browse(ids['move'])
            file, content = move.isp_document_id, move.isp_document_id.raw
            forged = content.replace(b'%%EOF', b'%FORGED\n%%EOF')
            checksum, fname = file._compute_checksum(forged), None
            fname = file._file_write(forged, checksum)
            env.cr.execute(
                "UPDATE ir_attachment SET store_fname = %s, checksum = %s WHERE id = %s",
                [fname, checksum, file.id])
            env.cr.execute(
                "UPDATE account_move SET isp_document_sha256 = encode(sha256(%s), 'hex')"
                " WHERE id = %s", [forged, move.id])
        elif statement == 'REHASH':
            # the modules can be imported once the registry is loaded
            from odoo.addons.isp_billing.models.isp_document_seal import SEALED

            names = SEALED
            env.cr.execute(
                f"SELECT id, {', '.join(names)} FROM isp_document_seal WHERE move_id = %s",
                [ids['move']])
            seal, *said = env.cr.fetchone()
            env.cr.execute("UPDATE isp_document_seal SET hash = %s WHERE id = %s",
                           [seals._isp_hash(said), seal])
        else:
            env.cr.execute(statement.format(**ids))
    env.invalidate_all(flush=False)


def victims(env, run, credited):
    """Ids of a billed document and its parts, for :data:`CORRUPTIONS`.

    :param run: a run with at least two sealed invoices of plain price and one tax
    :param credited: an invoice of which there is a credit note with reversals
    """
    moves = run.move_ids.filtered(lambda move: move.isp_document_id and move != credited)
    move, other = moves[0], moves[1]
    line = move.invoice_line_ids[:1]
    charge = move.isp_charge_ids.filtered(lambda charge: charge.move_line_id == line)[:1]
    credit = credited.reversal_move_ids[:1]
    return {
        'move': move.id, 'line': line.id, 'charge': charge.id, 'single': charge.id,
        'taxed': charge.id, 'bill': move.isp_bill_id.id, 'other': other.isp_account_id.id,
        'other_move': other.id, 'file': move.isp_document_id.id,
        'other_file': other.isp_document_id.id,
        'tax': move.line_ids.filtered(lambda one: one.display_type == 'tax')[:1].id,
        'last': max(run.move_ids.ids), 'credit': credit.id, 'mirror': credit.isp_charge_ids[:1].id,
        'receivable': move.line_ids.filtered(
            lambda one: one.display_type == 'payment_term').account_id.id,
        'income': line.account_id.copy({'code': '400099'}).id,
    }


def prove_corruptions(env, findings, ids):
    """Plant each corruption in a savepoint: [(what, codes that named it, whether as expected)]."""
    table = []
    env.flush_all()
    for what, statements, codes in CORRUPTIONS:
        savepoint = env.cr.savepoint()
        try:
            plant(env, statements, ids)
            found = set(findings())
        finally:
            savepoint.close(rollback=True)
        table.append((what, sorted(found), bool(found & codes)))
    return table
