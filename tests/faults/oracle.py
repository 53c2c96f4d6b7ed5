"""What must be true of a billing database after any fault.

Three sources that know nothing of each other: the queries of the product
(``data/book_checks.sql``), the ones below, which were written first and stay independent of it, and
the calculator of ``calculator.py``. Each returns rows in fault.
"""
from . import calculator

DUE = "a period holds another amount than what is due"

CHECKS = {
    "a period of a line was charged first twice": """
        SELECT line_id, payer_id, kind, period_start, revision, count(*) FROM isp_charge
         GROUP BY 1, 2, 3, 4, 5 HAVING count(*) > 1
    """,
    "first charges of a line overlap": """
        SELECT a.line_id, a.date_from, b.date_from FROM isp_charge a
          JOIN isp_charge b ON b.line_id = a.line_id AND b.payer_id = a.payer_id AND b.id > a.id
               AND b.date_from <= a.date_to AND a.date_from <= b.date_to
         WHERE a.kind = 'recurring' AND b.kind = 'recurring' AND a.revision = 0 AND b.revision = 0
    """,
    "a period between two charged ones is missing": """
        SELECT * FROM (
            SELECT line_id, date_to,
                   lead(date_from) OVER (PARTITION BY line_id ORDER BY date_from) AS following
              FROM isp_charge WHERE kind = 'recurring' AND revision = 0
               AND subscription_id NOT IN (SELECT subscription_id FROM isp_service_hold)
        ) gaps WHERE following IS NOT NULL AND following <> date_to + 1
    """,
    "a charge has no invoice": """
        SELECT c.id FROM isp_charge c LEFT JOIN account_move m ON m.id = c.move_id
         WHERE c.amount <> 0 AND c.origin = 'run' AND m.id IS NULL
    """,
    "a charge differs from its invoice line": """
        SELECT c.id, c.amount, l.price_subtotal FROM isp_charge c
          JOIN account_move m ON m.id = c.move_id
          LEFT JOIN account_move_line l ON l.id = c.move_line_id
         WHERE c.origin = 'run' AND c.amount <> 0 AND (
               l.id IS NULL OR l.move_id <> m.id
               OR l.price_subtotal * (CASE m.move_type WHEN 'out_refund' THEN -1 ELSE 1 END)
                  <> c.amount)
    """,
    "the charges of an invoice differ from its lines": """
        SELECT m.id, m.name, sums.amount, lines.amount FROM account_move m
          LEFT JOIN LATERAL (
               SELECT coalesce(sum(amount), 0) AS amount FROM isp_charge WHERE move_id = m.id
          ) sums ON TRUE
          LEFT JOIN LATERAL (
               SELECT coalesce(sum(price_subtotal), 0)
                      * (CASE m.move_type WHEN 'out_refund' THEN -1 ELSE 1 END) AS amount
                 FROM account_move_line WHERE move_id = m.id AND display_type = 'product'
          ) lines ON TRUE
         WHERE m.isp_bill_run_id IS NOT NULL AND sums.amount <> lines.amount
    """,
    "a journal entry is not balanced": """
        SELECT move_id, sum(balance) FROM account_move_line WHERE parent_state = 'posted'
         GROUP BY 1 HAVING sum(balance) <> 0
    """,
    "an invoice has no number, or a number of another invoice": """
        SELECT array_agg(id), journal_id, name FROM account_move
         WHERE state = 'posted' AND isp_bill_run_id IS NOT NULL
         GROUP BY journal_id, name HAVING count(*) > 1 OR name IS NULL OR name = '/'
    """,
    "numbers have a gap": """
        SELECT journal_id, sequence_prefix, min(sequence_number), max(sequence_number), count(*)
          FROM account_move m
         WHERE state = 'posted' AND journal_id IN (SELECT id FROM account_journal WHERE isp_billing)
         GROUP BY 1, 2
        HAVING min(sequence_number) <> 1 OR max(sequence_number) <> count(*)
    """,
    "a posted bill has no posted invoice of its own": """
        SELECT b.id, m.state FROM isp_bill_run_bill b JOIN isp_bill_run r ON r.id = b.run_id
          LEFT JOIN account_move m ON m.id = b.move_id AND m.isp_bill_id = b.id
         WHERE b.state IN ('posted', 'reversed') AND NOT b.is_zero
           AND (m.id IS NULL OR (r.post_invoices AND m.state <> 'posted'))
    """,
    "an invoice of a run has no posted bill, or its bill has several": """
        SELECT array_agg(m.id), b.id FROM account_move m
          LEFT JOIN isp_bill_run_bill b ON b.id = m.isp_bill_id
               AND b.state IN ('posted', 'reversed')
         WHERE m.isp_bill_run_id IS NOT NULL AND m.move_type IN ('out_invoice', 'out_refund')
           AND m.state <> 'cancel'
         GROUP BY b.id HAVING b.id IS NULL OR count(*) > 1
    """,
    "an invoice differs from its preview": """
        SELECT b.id, b.amount_total, m.amount_total, b.amount_tax, m.amount_tax
          FROM isp_bill_run_bill b JOIN account_move m ON m.id = b.move_id
         WHERE b.amount_total <> m.amount_total * CASE m.move_type WHEN 'out_refund' THEN -1 ELSE 1
               END OR abs(b.amount_tax) <> m.amount_tax
    """,
    "a finished run has bills that were left behind": """
        SELECT r.id, b.id FROM isp_bill_run r JOIN isp_bill_run_bill b ON b.run_id = r.id
         WHERE r.state IN ('done', 'exception') AND b.state = 'ready'
    """,
    "charges and journal items of an account differ by tax and currency": """
        SELECT * FROM (
            SELECT c.payer_id AS account, c.currency_id AS currency, sum(c.amount) AS amount,
                   ARRAY(SELECT tax_id FROM isp_charge_tax_rel r WHERE r.charge_id = c.id
                          ORDER BY 1) AS taxes
              FROM isp_charge c JOIN account_move m ON m.id = c.move_id AND m.state = 'posted'
             WHERE c.amount <> 0 GROUP BY 1, 2, 4
        ) charges FULL JOIN (
            SELECT m.isp_account_id AS account, l.currency_id AS currency,
                   sum(-l.amount_currency) AS amount,
                   ARRAY(SELECT account_tax_id FROM account_move_line_account_tax_rel r
                          WHERE r.account_move_line_id = l.id ORDER BY 1) AS taxes
              FROM account_move_line l JOIN account_move m ON m.id = l.move_id
             WHERE m.state = 'posted' AND l.display_type = 'product'
               AND m.id IN (SELECT move_id FROM isp_charge)
             GROUP BY 1, 2, 4
        ) items USING (account, currency, taxes)
         WHERE coalesce(charges.amount, 0) <> coalesce(items.amount, 0)
    """,
    "an invoice is addressed to somebody else than the payer of its charges": """
        SELECT m.id, m.name, m.partner_id, c.payer_id FROM isp_charge c
          JOIN account_move m ON m.id = c.move_id
          JOIN res_partner p ON p.id = m.partner_id
         WHERE m.isp_account_id IS DISTINCT FROM c.payer_id
            OR (p.id <> c.payer_id AND p.commercial_partner_id <> (
                SELECT commercial_partner_id FROM res_partner WHERE id = c.payer_id))
    """,
    "a journal item belongs to another customer than its invoice": """
        SELECT l.id, m.name FROM account_move_line l JOIN account_move m ON m.id = l.move_id
         WHERE m.isp_account_id IS NOT NULL
           AND l.partner_id IS DISTINCT FROM m.commercial_partner_id
    """,
    "an account of a run was neither billed nor set aside nor counted": """
        SELECT r.id, r.account_done, r.account_total, counted.bills FROM isp_bill_run r
          JOIN LATERAL (
               SELECT count(DISTINCT b.account_id) AS bills FROM isp_bill_run_bill b
                WHERE b.run_id = r.id
          ) counted ON TRUE
         WHERE r.state IN ('done', 'exception') AND (
               r.account_done <> r.account_total
               OR r.account_done <> counted.bills + coalesce(r.nothing_due_count, 0)
                  + coalesce(r.already_count, 0) + coalesce(r.out_of_scope_count, 0))
    """,
    "an e-mail of an invoice left twice as different messages": """
        SELECT mail.isp_move_id, array_agg(message.message_id) FROM mail_mail mail
          JOIN mail_message message ON message.id = mail.mail_message_id
         WHERE mail.isp_move_id IS NOT NULL AND mail.state = 'sent'
         GROUP BY 1 HAVING count(DISTINCT message.message_id) > 1
    """,
}


def faults(cursor, without=()):
    """What is wrong in a database: {sentence or code: rows}, empty when all is well.

    :param without: codes of the product's checks that are left out
    """
    # only now: pytest reads this file before the module can be imported
    from odoo.addons.isp_billing.engine import book_checks

    found = {}
    asked = [(sentence, query, None) for sentence, query in CHECKS.items()]
    asked += [
        (check.code, check.sql, {'company': None, 'run': None}) for check in book_checks.load()
        if check.code not in without
    ]
    for sentence, query, words in asked:
        cursor.execute(query, words)
        rows = cursor.fetchall()
        if rows:
            found[sentence] = rows[:5]
    _compared, rows = calculator.differences(cursor)
    if rows:
        found[DUE] = rows[:5]
    return found
