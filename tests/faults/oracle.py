"""What must be true of a billing database after any fault, in plain SQL.

Two sources that know nothing of each other: the queries of the product (``data/book_checks.sql``)
and the ones below, which were written first and stay independent of it. Each returns rows in fault.
"""
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
    return found
