-- What must be true of the books, in plain SQL; see engine/book_checks.py for the form.
-- Each query returns the rows in fault: (record, company, detail). It reads tables only and knows
-- nothing of the program. Parameters: %(company)s and %(run)s, NULL for all.
-- "run" in the head: also asked of the invoices of one run before they are sent. "exact": what the
-- query names is only doubtful, Odoo's own engine decides (models/isp_book_check_taxes.py).

-- check: charge_twice | I2 | error | isp.charge | run
SELECT max(c.id), c.company_id, c.period_start || ' – ' || c.period_end || ' ×' || count(*)
  FROM isp_charge c
 WHERE (%(company)s IS NULL OR c.company_id = %(company)s)
   AND (%(run)s IS NULL OR c.line_id IN (SELECT line_id FROM isp_charge WHERE run_id = %(run)s))
 GROUP BY c.company_id, c.line_id, c.payer_id, c.kind, c.period_start, c.period_end, c.revision
HAVING count(*) > 1;

-- check: charge_overlap | I2 | error | isp.charge | run
SELECT id, company_id, date_from || ' – ' || date_to || ' < ' || before
  FROM (
        SELECT c.id, c.company_id, c.date_from, c.date_to,
               max(c.date_to) OVER (
                   PARTITION BY c.line_id, c.payer_id ORDER BY c.date_from, c.id
                   ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING
               ) AS before
          FROM isp_charge c
         WHERE c.kind = 'recurring' AND c.revision = 0
           AND (%(company)s IS NULL OR c.company_id = %(company)s)
           AND (%(run)s IS NULL
                OR c.line_id IN (SELECT line_id FROM isp_charge WHERE run_id = %(run)s))
       ) first
 WHERE date_from <= before;

-- check: charge_gap | I2 | error | isp.charge | run
-- Days between two charged ones that nothing was charged for, unless a free hold covers them.
SELECT g.id, g.company_id, (g.before + 1) || ' – ' || (g.date_from - 1)
  FROM (
        SELECT c.id, c.company_id, c.subscription_id, c.date_from,
               max(c.date_to) OVER (
                   PARTITION BY c.line_id ORDER BY c.date_from, c.id
                   ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING
               ) AS before
          FROM isp_charge c
         WHERE c.kind = 'recurring'
           AND (%(company)s IS NULL OR c.company_id = %(company)s)
           AND (%(run)s IS NULL
                OR c.line_id IN (SELECT line_id FROM isp_charge WHERE run_id = %(run)s))
       ) g
 WHERE g.date_from > g.before + 1
   AND EXISTS (
        SELECT 1 FROM generate_series(g.before + 1, g.date_from - 1, interval '1 day') AS day
         WHERE NOT EXISTS (
               SELECT 1 FROM isp_service_hold h
                WHERE h.subscription_id = g.subscription_id
                  AND (h.effect = 'no_charge' OR (h.effect = 'reduced' AND h.percent = 0))
                  AND h.date_from <= day AND coalesce(h.date_to, day::date) >= day
         )
   );

-- check: charge_no_invoice | I8 | error | isp.charge | run
-- Opening charges alone have none: the former system billed them.
SELECT c.id, c.company_id, c.date_from || ' – ' || c.date_to || ': ' || c.amount
  FROM isp_charge c
 WHERE c.origin <> 'opening' AND c.amount <> 0 AND c.move_id IS NULL
   AND (%(company)s IS NULL OR c.company_id = %(company)s)
   AND (%(run)s IS NULL OR c.run_id = %(run)s);

-- check: charge_other_line | I8 | error | isp.charge | run
-- Charges of an invoice line against what the line says: quantity × price less the discount. Any
-- document, whatever made its charges.
SELECT max(c.id), c.company_id, m.name || ': ' || sum(c.amount) || ' / '
       || coalesce(round(max(own.amount), max(cur.decimal_places))::text, '–')
  FROM isp_charge c
  JOIN account_move m ON m.id = c.move_id
  JOIN res_currency cur ON cur.id = m.currency_id
  LEFT JOIN LATERAL (
        SELECT round((l.quantity * l.price_unit * (100 - l.discount) / 100 / cur.rounding)::numeric)
               * cur.rounding * CASE m.move_type WHEN 'out_refund' THEN -1 ELSE 1 END AS amount
          FROM account_move_line l
         WHERE l.id = c.move_line_id AND l.move_id = m.id AND l.display_type = 'product'
  ) own ON TRUE
 WHERE c.amount <> 0 AND m.state <> 'cancel'
   AND (%(company)s IS NULL OR c.company_id = %(company)s)
   AND (%(run)s IS NULL OR m.isp_bill_run_id = %(run)s)
 GROUP BY c.company_id, m.id, c.move_line_id
HAVING sum(c.amount) <> coalesce(max(own.amount), 0) OR max(own.amount) IS NULL;

-- check: line_no_charge | I8 | error | account.move | run
-- A posted line has charges when it stands on an invoice of a run, or corrects a line that has some.
SELECT m.id, m.company_id, m.name || ': ' || coalesce(l.name, '–') || ' '
       || l.quantity * l.price_unit
  FROM account_move m
  JOIN account_move_line l ON l.move_id = m.id AND l.display_type = 'product'
  JOIN res_currency cur ON cur.id = m.currency_id
 WHERE m.state = 'posted'
   AND round((l.quantity * l.price_unit * (100 - l.discount) / 100 / cur.rounding)::numeric) <> 0
   AND (m.isp_bill_run_id IS NOT NULL OR EXISTS (
        SELECT 1 FROM isp_charge o
         WHERE o.move_line_id = l.isp_origin_line_id AND o.amount <> 0))
   AND NOT EXISTS (SELECT 1 FROM isp_charge c WHERE c.move_line_id = l.id)
   AND (%(company)s IS NULL OR m.company_id = %(company)s)
   AND (%(run)s IS NULL OR m.isp_bill_run_id = %(run)s);

-- check: credit_no_charge | I8 | error | account.move | book
-- A posted credit note of an invoice that carries charges moves the ledger by what it says.
SELECT m.id, m.company_id, m.name || ': ' || charges.amount || ' / ' || -m.amount_untaxed
  FROM account_move m
  JOIN LATERAL (
        SELECT count(*) AS number, coalesce(sum(c.amount), 0) AS amount
          FROM isp_charge c WHERE c.move_id = m.id
  ) charges ON charges.number = 0
 WHERE m.state = 'posted' AND m.move_type = 'out_refund' AND m.amount_total <> 0
   AND EXISTS (SELECT 1 FROM isp_charge o WHERE o.move_id = m.reversed_entry_id AND o.amount <> 0)
   AND NOT EXISTS (
       SELECT 1 FROM account_move_line l
        WHERE l.move_id = m.reversed_entry_id AND l.display_type = 'product' AND l.price_total <> 0
          AND NOT EXISTS (SELECT 1 FROM isp_charge o WHERE o.move_line_id = l.id))
   AND (%(company)s IS NULL OR m.company_id = %(company)s)
   AND (%(run)s IS NULL OR m.isp_bill_run_id = %(run)s);

-- check: charge_other_account | I8 | error | isp.charge | run
-- Subscription, account and plan of a charge are those of its line, which no longer change.
SELECT c.id, c.company_id, coalesce(p.name, '–') || ': ' || c.date_from || ' – ' || c.date_to
  FROM isp_charge c
  JOIN sale_subscription_line l ON l.id = c.line_id
  JOIN sale_subscription s ON s.id = l.sale_subscription_id
  LEFT JOIN res_partner p ON p.id = c.account_id
 WHERE (c.subscription_id <> s.id OR c.account_id IS DISTINCT FROM s.isp_account_id
        OR c.plan_id <> l.isp_plan_id)
   AND (%(company)s IS NULL OR c.company_id = %(company)s)
   AND (%(run)s IS NULL OR c.run_id = %(run)s);

-- check: charge_other_facts | I8 | error | isp.charge | run
-- Company, currency and taxes of a charge are those of its invoice line.
SELECT c.id, c.company_id, m.name || ': ' || c.date_from || ' – ' || c.date_to
  FROM isp_charge c
  JOIN account_move m ON m.id = c.move_id
  LEFT JOIN account_move_line l ON l.id = c.move_line_id
 WHERE c.amount <> 0 AND m.state <> 'cancel'
   AND (%(company)s IS NULL OR c.company_id = %(company)s)
   AND (%(run)s IS NULL OR m.isp_bill_run_id = %(run)s)
   AND (c.company_id <> m.company_id OR c.currency_id <> m.currency_id
        OR (l.id IS NOT NULL AND ARRAY(
            SELECT tax_id FROM isp_charge_tax_rel WHERE charge_id = c.id ORDER BY 1
        ) <> ARRAY(
            SELECT account_tax_id FROM account_move_line_account_tax_rel
             WHERE account_move_line_id = l.id ORDER BY 1
        )));

-- check: charge_other_payer | I8 | error | account.move | run
-- The account of an invoice is the payer of its charges, and its items are booked on its customer
-- and, where they are owed, on that account.
SELECT m.id, m.company_id, m.name || ': ' || coalesce(p.name, '–')
  FROM account_move m
  LEFT JOIN res_partner p ON p.id = m.isp_account_id
 WHERE m.state <> 'cancel'
   AND (m.isp_bill_run_id IS NOT NULL
        OR EXISTS (SELECT 1 FROM isp_charge c WHERE c.move_id = m.id))
   AND (%(company)s IS NULL OR m.company_id = %(company)s)
   AND (%(run)s IS NULL OR m.isp_bill_run_id = %(run)s)
   AND (EXISTS (SELECT 1 FROM isp_charge c
                 WHERE c.move_id = m.id AND c.payer_id IS DISTINCT FROM m.isp_account_id)
        OR EXISTS (SELECT 1 FROM account_move_line l
                    WHERE l.move_id = m.id AND l.display_type IN ('product', 'tax', 'payment_term')
                      AND (l.partner_id IS DISTINCT FROM m.commercial_partner_id
                           OR l.display_type = 'payment_term'
                           AND l.isp_account_id IS DISTINCT FROM m.isp_account_id)));

-- check: charge_arithmetic | I1 | error | isp.charge | book
-- Days × price of the full period, computed again: to one unit of the currency for a slice, since
-- slices are differences of rounded sums. Left out: shares of a payer, and periods in which a hold
-- reduces the price; of the 30-day method, parts of periods.
SELECT c.id, c.company_id, c.date_from || ' – ' || c.date_to || ': ' || c.amount || ' / '
       || round(plain.amount, cur.decimal_places)
  FROM isp_charge c
  JOIN res_currency cur ON cur.id = c.currency_id
  JOIN LATERAL (
        SELECT CASE WHEN c.method = 'none' OR c.days = c.period_days THEN c.price_full
               ELSE c.price_full * c.days / c.period_days END::numeric AS amount
  ) plain ON TRUE
 WHERE c.origin = 'run' AND c.kind = 'recurring' AND c.revision = 0
   AND (%(company)s IS NULL OR c.company_id = %(company)s)
   AND (%(run)s IS NULL OR c.run_id = %(run)s)
   AND (c.method <> 'days30' OR c.days = c.period_days)
   AND NOT coalesce(c.detail ? 'share', FALSE)
   AND abs(c.amount - plain.amount) > CASE WHEN c.days = c.period_days THEN 0 ELSE cur.rounding END
   AND NOT EXISTS (
        SELECT 1 FROM isp_service_hold h
         WHERE h.subscription_id = c.subscription_id AND h.effect = 'reduced'
           AND h.date_from <= c.date_to AND coalesce(h.date_to, c.date_to) >= c.date_from);

-- check: invoice_other_sum | I8 | error | account.move | run
SELECT m.id, m.company_id, coalesce(m.name, '/') || ': ' || charges.amount || ' / '
       || round(lines.amount, cur.decimal_places)
  FROM account_move m
  JOIN res_currency cur ON cur.id = m.currency_id
  JOIN LATERAL (
        SELECT coalesce(sum(c.amount), 0) AS amount FROM isp_charge c WHERE c.move_id = m.id
  ) charges ON TRUE
  JOIN LATERAL (
        SELECT coalesce(sum(
                   round((l.quantity * l.price_unit * (100 - l.discount) / 100 / cur.rounding)
                         ::numeric) * cur.rounding
               ), 0) * CASE m.move_type WHEN 'out_refund' THEN -1 ELSE 1 END AS amount
          FROM account_move_line l
         WHERE l.move_id = m.id AND l.display_type = 'product'
  ) lines ON TRUE
 WHERE m.isp_bill_run_id IS NOT NULL AND m.state <> 'cancel'
   AND charges.amount <> lines.amount
   AND (%(company)s IS NULL OR m.company_id = %(company)s)
   AND (%(run)s IS NULL OR m.isp_bill_run_id = %(run)s);

-- check: entry_unbalanced | I8 | error | account.move | run
SELECT m.id, m.company_id, m.name || ': ' || sum(l.balance)
  FROM account_move m JOIN account_move_line l ON l.move_id = m.id
 WHERE m.state = 'posted' AND m.isp_account_id IS NOT NULL
   AND (%(company)s IS NULL OR m.company_id = %(company)s)
   AND (%(run)s IS NULL OR m.isp_bill_run_id = %(run)s)
 GROUP BY m.id, m.company_id, m.name
HAVING sum(l.balance) <> 0
       OR sum(l.amount_currency) <> 0 AND count(DISTINCT l.currency_id) = 1
       OR bool_or(l.balance <> l.debit - l.credit);

-- check: entry_other_sum | I8 | error | account.move | run
-- Journal items against the totals of a document, as Odoo makes the ones of the others: net, tax,
-- what is owed, and the amounts in the company's currency. What Odoo rounds for the whole document
-- need not be the sum of what stands on its lines.
SELECT m.id, m.company_id, m.name || ': ' || m.amount_untaxed || ' + ' || m.amount_tax || ' = '
       || m.amount_total || ' / ' || items.untaxed || ' + ' || items.tax || ' = ' || items.owed
  FROM account_move m
  JOIN account_journal j ON j.id = m.journal_id AND j.isp_billing
  JOIN res_company c ON c.id = m.company_id
  JOIN res_currency own ON own.id = c.currency_id
  JOIN LATERAL (
        SELECT CASE m.move_type WHEN 'out_refund' THEN -1 ELSE 1 END AS sign) s ON TRUE
  JOIN LATERAL (
        SELECT coalesce(sum(-s.sign * l.amount_currency) FILTER (WHERE kind.net), 0) AS untaxed,
               coalesce(sum(-s.sign * l.amount_currency) FILTER (WHERE kind.tax), 0) AS tax,
               coalesce(sum(s.sign * l.amount_currency)
                        FILTER (WHERE l.display_type = 'payment_term'), 0) AS owed,
               coalesce(sum(-l.balance) FILTER (WHERE kind.net), 0) AS untaxed_own,
               coalesce(sum(-l.balance) FILTER (WHERE kind.tax), 0) AS tax_own,
               bool_or((kind.net OR kind.tax OR l.display_type = 'payment_term')
                       AND l.currency_id <> m.currency_id) AS foreign_items,
               bool_or(l.currency_id = c.currency_id AND l.balance <> l.amount_currency
                       OR l.currency_id <> c.currency_id AND m.invoice_currency_rate > 0
                       AND (kind.net OR kind.tax)
                       AND abs(l.balance - l.amount_currency / m.invoice_currency_rate)
                           > 2 * own.rounding) AS other_balance
          FROM account_move_line l
          JOIN LATERAL (
                SELECT l.display_type = 'product'
                       OR l.display_type = 'rounding' AND l.tax_repartition_line_id IS NULL AS net,
                       l.display_type = 'tax' OR l.display_type = 'rounding'
                       AND l.tax_repartition_line_id IS NOT NULL AS tax
          ) kind ON TRUE
         WHERE l.move_id = m.id
  ) items ON TRUE
 WHERE m.state = 'posted' AND m.move_type IN ('out_invoice', 'out_refund', 'out_receipt')
   AND (%(company)s IS NULL OR m.company_id = %(company)s)
   AND (%(run)s IS NULL OR m.isp_bill_run_id = %(run)s)
   AND (items.untaxed <> m.amount_untaxed OR items.tax <> m.amount_tax
        OR items.owed <> m.amount_total OR m.amount_untaxed + m.amount_tax <> m.amount_total
        OR items.untaxed_own <> m.amount_untaxed_signed OR items.tax_own <> m.amount_tax_signed
        OR items.untaxed_own + items.tax_own <> m.amount_total_signed
        OR items.foreign_items OR items.other_balance);

-- check: residual_other | I8 | error | account.move | run
-- What is still owed: the items less what is matched with them, on the items and on the document.
SELECT m.id, m.company_id, m.name || ': ' || m.amount_residual || ' / ' || abs(owed.open_currency)
  FROM account_move m
  JOIN account_journal j ON j.id = m.journal_id AND j.isp_billing
  JOIN LATERAL (
        SELECT sum(l.amount_currency - paid.debit_currency + paid.credit_currency) AS open_currency,
               bool_or(l.amount_residual <> l.balance - paid.debit + paid.credit
                       OR l.amount_residual_currency <> l.amount_currency - paid.debit_currency
                                                        + paid.credit_currency
                       OR coalesce(l.reconciled, FALSE) <> (
                          l.amount_residual = 0 AND l.amount_residual_currency = 0)) AS other
          FROM account_move_line l
          JOIN LATERAL (
                SELECT coalesce(sum(p.amount) FILTER (WHERE p.debit_move_id = l.id), 0) AS debit,
                       coalesce(sum(p.amount) FILTER (WHERE p.credit_move_id = l.id), 0) AS credit,
                       coalesce(sum(p.debit_amount_currency)
                                FILTER (WHERE p.debit_move_id = l.id), 0) AS debit_currency,
                       coalesce(sum(p.credit_amount_currency)
                                FILTER (WHERE p.credit_move_id = l.id), 0) AS credit_currency
                  FROM account_partial_reconcile p
                 WHERE p.debit_move_id = l.id OR p.credit_move_id = l.id
          ) paid ON TRUE
         WHERE l.move_id = m.id AND l.display_type = 'payment_term'
  ) owed ON owed.other IS NOT NULL
 WHERE m.state = 'posted' AND m.move_type IN ('out_invoice', 'out_refund', 'out_receipt')
   AND (%(company)s IS NULL OR m.company_id = %(company)s)
   AND (%(run)s IS NULL OR m.isp_bill_run_id = %(run)s)
   AND (owed.other OR m.amount_residual <> abs(owed.open_currency)
        OR m.payment_state IN ('paid', 'reversed', 'in_payment') AND owed.open_currency <> 0
        OR m.payment_state = 'not_paid' AND owed.open_currency = 0 AND m.amount_total <> 0);

-- check: match_draft | I8 | error | account.move | book
-- What is matched with a document is posted itself.
SELECT m.id, m.company_id, m.name || ': ' || p.amount
  FROM account_partial_reconcile p
  JOIN account_move_line l ON l.id IN (p.debit_move_id, p.credit_move_id)
  JOIN account_move m ON m.id = l.move_id AND m.state = 'posted' AND m.isp_account_id IS NOT NULL
  JOIN account_move_line other
       ON other.id IN (p.debit_move_id, p.credit_move_id) AND other.id <> l.id
  JOIN account_move o ON o.id = other.move_id AND o.state <> 'posted'
 WHERE (%(company)s IS NULL OR m.company_id = %(company)s)
   AND (%(run)s IS NULL OR m.isp_bill_run_id = %(run)s);

-- check: account_other | I8 | error | account.move | run
-- What is owed is booked on a receivable account, what was sold and its taxes on others.
SELECT m.id, m.company_id, m.name || ': ' || string_agg(DISTINCT a.name ->> 'en_US', ', ')
  FROM account_move m
  JOIN account_journal j ON j.id = m.journal_id AND j.isp_billing
  JOIN account_move_line l ON l.move_id = m.id
  JOIN account_account a ON a.id = l.account_id
 WHERE m.state = 'posted' AND m.move_type IN ('out_invoice', 'out_refund', 'out_receipt')
   AND l.display_type IN ('product', 'tax', 'payment_term')
   AND (l.display_type = 'payment_term') <> (a.account_type = 'asset_receivable')
   AND (%(company)s IS NULL OR m.company_id = %(company)s)
   AND (%(run)s IS NULL OR m.isp_bill_run_id = %(run)s)
 GROUP BY m.id, m.company_id, m.name;

-- check: tax_other | I5 | error | account.move | run exact
-- Net amounts of the lines and each tax computed again, by the company's rounding. Documents with
-- other taxes than percentages added to the price, or all of them part of it, and those whose lines
-- do not show it at once, are left to Odoo's engine.
WITH document AS (
        SELECT m.id, m.company_id, m.currency_id,
               c.tax_calculation_rounding_method = 'round_globally' AS whole,
               coalesce(c.account_price_include, 'tax_excluded') AS include
          FROM account_move m
          JOIN res_company c ON c.id = m.company_id
         WHERE m.state = 'posted'
           AND m.move_type IN ('out_invoice', 'out_refund', 'out_receipt')
           AND (m.isp_bill_run_id IS NOT NULL
                OR EXISTS (SELECT 1 FROM isp_charge g WHERE g.move_id = m.id))
           AND (%(company)s IS NULL OR m.company_id = %(company)s)
           AND (%(run)s IS NULL OR m.isp_bill_run_id = %(run)s)
), leaf AS (
        SELECT l.id AS line_id, coalesce(part.child_tax, rel.account_tax_id) AS tax_id
          FROM document d
          JOIN account_move_line l ON l.move_id = d.id AND l.display_type = 'product'
          JOIN account_move_line_account_tax_rel rel ON rel.account_move_line_id = l.id
          LEFT JOIN account_tax_filiation_rel part ON part.parent_tax = rel.account_tax_id
), line AS (
        SELECT l.id, l.move_id, l.price_subtotal, abs(l.amount_currency) AS item,
               l.quantity * l.price_unit * (100 - l.discount) / 100 AS price,
               coalesce(taxes.rate, 0) AS rate,
               coalesce(taxes.plain, TRUE) AS plain, coalesce(taxes.inside, FALSE) AS inside
          FROM document d
          JOIN account_move_line l ON l.move_id = d.id AND l.display_type = 'product'
          LEFT JOIN LATERAL (
                SELECT sum(t.amount) AS rate, bool_and(
                           t.amount_type = 'percent' AND t.amount >= 0
                           AND NOT coalesce(t.include_base_amount, FALSE)) AND (
                       bool_and(inside.is) OR NOT bool_or(inside.is)) AS plain,
                       bool_or(inside.is) AS inside
                  FROM leaf
                  JOIN account_tax t ON t.id = leaf.tax_id
                  JOIN LATERAL (
                       SELECT coalesce(t.price_include_override, d.include) = 'tax_included' AS is
                  ) inside ON TRUE
                 WHERE leaf.line_id = l.id
          ) taxes ON TRUE
), expected AS (
        SELECT d.id AS move_id, leaf.tax_id, CASE WHEN d.whole THEN
                    round(sum(raw.amount)::numeric / cur.rounding) * cur.rounding
               ELSE sum(round(raw.amount::numeric / cur.rounding) * cur.rounding) END AS amount
          FROM document d
          JOIN res_currency cur ON cur.id = d.currency_id
          JOIN line ON line.move_id = d.id
          JOIN leaf ON leaf.line_id = line.id
          JOIN account_tax t ON t.id = leaf.tax_id
          JOIN LATERAL (
                SELECT CASE WHEN line.inside THEN line.price / (1 + line.rate / 100)
                       WHEN d.whole THEN line.price ELSE line.price_subtotal END
                       * t.amount / 100 AS amount
          ) raw ON TRUE
         GROUP BY d.id, leaf.tax_id, d.whole, cur.rounding
), booked AS (
        SELECT l.move_id, l.tax_line_id AS tax_id, sum(
                   l.amount_currency * CASE m.move_type WHEN 'out_refund' THEN 1 ELSE -1 END
               ) AS amount
          FROM document d
          JOIN account_move m ON m.id = d.id
          JOIN account_move_line l ON l.move_id = m.id AND l.display_type = 'tax'
         GROUP BY l.move_id, l.tax_line_id
)
SELECT d.id, d.company_id, m.name
  FROM (
        SELECT line.move_id
          FROM line
          JOIN document own ON own.id = line.move_id
          JOIN res_currency cur ON cur.id = own.currency_id
         WHERE NOT line.plain OR abs(line.price_subtotal) <> line.item
            OR line.price_subtotal <> round((
               line.price / CASE WHEN line.inside THEN 1 + line.rate / 100 ELSE 1 END
               )::numeric / cur.rounding) * cur.rounding
         UNION
        SELECT coalesce(e.move_id, b.move_id)
          FROM expected e
          FULL JOIN booked b ON b.move_id = e.move_id AND b.tax_id = e.tax_id
         WHERE coalesce(e.amount, 0) <> coalesce(b.amount, 0)
       ) doubtful
  JOIN document d ON d.id = doubtful.move_id
  JOIN account_move m ON m.id = d.id;

-- check: number_wrong | I6 | error | account.move | run
SELECT max(m.id), m.company_id, coalesce(m.name, '/') || ' ×' || count(*)
  FROM account_move m
 WHERE m.state = 'posted' AND m.isp_account_id IS NOT NULL
   AND (%(company)s IS NULL OR m.company_id = %(company)s)
   AND (%(run)s IS NULL OR m.name IS NULL
        OR m.name IN (SELECT name FROM account_move WHERE isp_bill_run_id = %(run)s))
 GROUP BY m.company_id, m.journal_id, m.name
HAVING count(*) > 1 OR m.name IS NULL OR m.name = '/';

-- check: number_gap | I6 | error | account.move | run
SELECT id, company_id, sequence_prefix || (before + 1) || ' – ' || (sequence_number - 1)
  FROM (
        SELECT m.id, m.company_id, m.sequence_prefix, m.sequence_number,
               lag(m.sequence_number) OVER (
                   PARTITION BY m.journal_id, m.sequence_prefix ORDER BY m.sequence_number
               ) AS before
          FROM account_move m
          JOIN account_journal j ON j.id = m.journal_id AND j.isp_billing
         WHERE (m.state = 'posted' OR m.posted_before) AND m.name <> '/'
           AND (%(company)s IS NULL OR m.company_id = %(company)s)
           AND (%(run)s IS NULL OR (m.journal_id, m.sequence_prefix) IN (
                SELECT journal_id, sequence_prefix FROM account_move
                 WHERE isp_bill_run_id = %(run)s))
       ) numbered
 WHERE sequence_number > before + 1;

-- check: bill_no_invoice | I4 | error | isp.bill.run.bill | run
SELECT b.id, b.company_id, r.name || ': ' || coalesce(m.name, '–')
  FROM isp_bill_run_bill b
  JOIN isp_bill_run r ON r.id = b.run_id
  LEFT JOIN account_move m ON m.id = b.move_id AND m.isp_bill_id = b.id
 WHERE b.state IN ('posted', 'reversed') AND NOT coalesce(b.is_zero, FALSE)
   AND (m.id IS NULL OR (r.post_invoices AND m.state <> 'posted'))
   AND (%(company)s IS NULL OR b.company_id = %(company)s)
   AND (%(run)s IS NULL OR b.run_id = %(run)s);

-- check: invoice_no_bill | I4 | error | account.move | run
SELECT max(m.id), m.company_id, max(m.name) || ' ×' || count(*)
  FROM account_move m
  LEFT JOIN isp_bill_run_bill b
         ON b.id = m.isp_bill_id AND b.state IN ('posted', 'reversed')
 WHERE m.isp_bill_run_id IS NOT NULL AND m.state <> 'cancel'
   AND m.move_type IN ('out_invoice', 'out_refund')
   AND (%(company)s IS NULL OR m.company_id = %(company)s)
   AND (%(run)s IS NULL OR m.isp_bill_run_id = %(run)s)
 GROUP BY m.company_id, m.isp_bill_run_id, b.id, CASE WHEN b.id IS NULL THEN m.id END
HAVING b.id IS NULL OR count(*) > 1;

-- check: preview_other | I3 | error | account.move | run
-- Totals of the preview against the invoice: currency, before tax, tax, total.
SELECT m.id, m.company_id, m.name || ': ' || m.amount_untaxed || ' + ' || m.amount_tax || ' = '
       || m.amount_total || ' / ' || b.amount_untaxed || ' + ' || b.amount_tax || ' = '
       || b.amount_total
  FROM isp_bill_run_bill b
  JOIN account_move m ON m.id = b.move_id
 WHERE b.state IN ('posted', 'reversed')
   AND (b.currency_id <> m.currency_id
        OR abs(b.amount_untaxed) <> m.amount_untaxed OR abs(b.amount_tax) <> m.amount_tax
        OR b.amount_total
           <> m.amount_total * CASE m.move_type WHEN 'out_refund' THEN -1 ELSE 1 END)
   AND (%(company)s IS NULL OR b.company_id = %(company)s)
   AND (%(run)s IS NULL OR b.run_id = %(run)s);

-- check: preview_other_tax | I3 | error | account.move | run
SELECT m.id, m.company_id, m.name || ', ' || coalesce(p.name, '–') || ': '
       || coalesce(i.amount, 0) || ' / ' || coalesce(p.amount, 0)
  FROM isp_bill_run_bill b
  JOIN account_move m ON m.id = b.move_id AND m.state = 'posted'
  JOIN LATERAL (
        SELECT coalesce(seen.group_id, booked.group_id) AS group_id, seen.name,
               seen.amount AS seen, booked.amount AS booked
          FROM (
                SELECT (tax ->> 'id')::int AS group_id, max(tax ->> 'name') AS name,
                       sum((tax ->> 'amount')::numeric) AS amount
                  FROM jsonb_array_elements(
                       CASE jsonb_typeof(b.tax_totals) WHEN 'array' THEN b.tax_totals
                       ELSE '[]'::jsonb END) AS tax
                 GROUP BY 1
               ) seen
          FULL JOIN (
                SELECT l.tax_group_id AS group_id, -sum(l.amount_currency) AS amount
                  FROM account_move_line l
                 WHERE l.move_id = m.id AND l.display_type = 'tax'
                 GROUP BY 1
               ) booked ON booked.group_id = seen.group_id
  ) both_sides ON coalesce(both_sides.seen, 0) <> coalesce(both_sides.booked, 0)
  JOIN LATERAL (SELECT both_sides.name, both_sides.seen AS amount) p ON TRUE
  JOIN LATERAL (SELECT both_sides.booked AS amount) i ON TRUE
 WHERE b.state IN ('posted', 'reversed')
   AND (%(company)s IS NULL OR b.company_id = %(company)s)
   AND (%(run)s IS NULL OR b.run_id = %(run)s);

-- check: preview_other_lines | I3 | error | isp.bill.run.bill | run
-- Each charge of the preview against the charge that was written.
SELECT b.id, b.company_id, r.name || ', ' || coalesce(seen.period_start, written.period_start)
       || ': ' || coalesce(written.amount::text, '–') || ' / ' || coalesce(seen.amount::text, '–')
  FROM (
        SELECT v.bill_id, v.line_id, v.kind, v.period_start, v.revision, sum(v.amount) AS amount
          FROM isp_bill_run_bill_line v
          JOIN isp_bill_run_bill o ON o.id = v.bill_id AND o.state IN ('posted', 'reversed')
         WHERE (%(company)s IS NULL OR v.company_id = %(company)s)
           AND (%(run)s IS NULL OR v.run_id = %(run)s)
         GROUP BY 1, 2, 3, 4, 5
       ) seen
  FULL JOIN (
        SELECT c.bill_id, c.line_id, c.kind, c.period_start, c.revision, sum(c.amount) AS amount
          FROM isp_charge c
         WHERE c.bill_id IS NOT NULL AND c.origin = 'run'
           AND (%(company)s IS NULL OR c.company_id = %(company)s)
           AND (%(run)s IS NULL OR c.run_id = %(run)s)
         GROUP BY 1, 2, 3, 4, 5
       ) written ON written.bill_id = seen.bill_id AND written.line_id = seen.line_id
                AND written.kind = seen.kind AND written.period_start = seen.period_start
                AND written.revision = seen.revision
  JOIN isp_bill_run_bill b ON b.id = coalesce(seen.bill_id, written.bill_id)
  JOIN isp_bill_run r ON r.id = b.run_id
 WHERE seen.amount IS DISTINCT FROM written.amount;

-- check: run_left_behind | I4 | error | isp.bill.run.bill | book
SELECT b.id, b.company_id, r.name
  FROM isp_bill_run r JOIN isp_bill_run_bill b ON b.run_id = r.id
 WHERE r.state IN ('done', 'exception') AND b.state = 'ready'
   AND (%(company)s IS NULL OR r.company_id = %(company)s)
   AND (%(run)s IS NULL OR r.id = %(run)s);

-- check: run_other_count | I4 | error | isp.bill.run | run
-- Accounts looked at = billed, parked or excluded + nothing due + already charged + out of scope.
-- Not fewer: a payer brings along accounts that were not looked at on their own.
SELECT r.id, r.company_id, r.name || ': ' || r.account_done || ' / ' || bills.accounts || ' + '
       || coalesce(r.nothing_due_count, 0) || ' + ' || coalesce(r.already_count, 0) || ' + '
       || coalesce(r.out_of_scope_count, 0)
  FROM isp_bill_run r
  JOIN LATERAL (
        SELECT count(DISTINCT looked_at.account_id) AS accounts
          FROM (
                -- the bill of a payer holds services of other accounts
                SELECT coalesce(l.isp_account_id, b.account_id) AS account_id
                  FROM isp_bill_run_bill b
                  LEFT JOIN isp_bill_run_bill_line v ON v.bill_id = b.id
                  LEFT JOIN sale_subscription_line l ON l.id = v.line_id
                 WHERE b.run_id = r.id
               ) looked_at
  ) bills ON TRUE
 WHERE r.state IN ('computed', 'approved', 'running', 'done', 'exception', 'reversing', 'reversed')
   AND r.account_done > bills.accounts + coalesce(r.nothing_due_count, 0)
       + coalesce(r.already_count, 0) + coalesce(r.out_of_scope_count, 0)
   AND (%(company)s IS NULL OR r.company_id = %(company)s)
   AND (%(run)s IS NULL OR r.id = %(run)s);

-- check: document_missing | I7 | error | account.move | run
-- One sealed PDF with its fingerprint, unless the run says why it could not be made.
SELECT m.id, m.company_id, m.name || ': ' || (
           SELECT count(*) FROM ir_attachment a
            WHERE a.res_model = 'account.move' AND a.res_id = m.id
              AND a.res_field = 'invoice_pdf_report_file')
  FROM isp_bill_run_bill b
  JOIN isp_bill_run r ON r.id = b.run_id AND r.post_invoices
  JOIN account_move m ON m.id = b.move_id AND m.state = 'posted'
  LEFT JOIN ir_attachment d ON d.id = m.isp_document_id
 WHERE b.state IN ('posted', 'reversed') AND b.render_error IS NULL
   AND (b.rendered OR r.state IN ('done', 'exception'))
   AND (d.id IS NULL OR d.res_model IS DISTINCT FROM 'account.move' OR d.res_id <> m.id
        OR d.file_size = 0 OR m.isp_document_sha256 IS NULL
        OR (SELECT count(*) FROM ir_attachment a
             WHERE a.res_model = 'account.move' AND a.res_id = m.id
               AND a.res_field = 'invoice_pdf_report_file') <> 1)
   AND (%(company)s IS NULL OR b.company_id = %(company)s)
   AND (%(run)s IS NULL OR b.run_id = %(run)s);

-- check: document_other | I7 | error | account.move | run
-- File, fingerprint and number of a sealed document are those of its seal.
SELECT s.move_id, s.company_id, s.number || CASE WHEN m.id IS NULL THEN ': –'
       WHEN m.name IS DISTINCT FROM s.number THEN ': ' || coalesce(m.name, '–') ELSE '' END
  FROM isp_document_seal s
  LEFT JOIN account_move m ON m.id = s.move_id
  LEFT JOIN ir_attachment a ON a.id = s.file_id
 WHERE (m.id IS NULL OR m.state <> 'posted' OR m.name IS DISTINCT FROM s.number
        OR m.company_id <> s.company_id OR m.isp_document_id IS DISTINCT FROM s.file_id
        OR m.isp_document_sha256 IS DISTINCT FROM s.file_sha256
        OR a.id IS NULL OR a.file_size <> s.file_size
        OR a.res_model IS DISTINCT FROM 'account.move' OR a.res_id IS DISTINCT FROM s.move_id)
   AND (%(company)s IS NULL OR s.company_id = %(company)s)
   AND (%(run)s IS NULL OR m.isp_bill_run_id = %(run)s)
UNION ALL
SELECT m.id, m.company_id, m.name
  FROM account_move m
 WHERE (m.isp_document_id IS NOT NULL OR m.isp_document_sha256 IS NOT NULL)
   AND NOT EXISTS (SELECT 1 FROM isp_document_seal s WHERE s.move_id = m.id)
   AND (%(company)s IS NULL OR m.company_id = %(company)s)
   AND (%(run)s IS NULL OR m.isp_bill_run_id = %(run)s);

-- check: message_id | I8 | error | account.move | book
-- One e-mail for each delivery: never two Message-IDs for one, never one for two invoices.
SELECT m.id, m.company_id, m.name || ': ' || left_as.messages || ' / ' || deliveries.times
  FROM account_move m
  JOIN LATERAL (
        SELECT count(DISTINCT message.message_id) AS messages, bool_or(EXISTS (
                   SELECT 1 FROM mail_mail other
                     JOIN mail_message its ON its.id = other.mail_message_id
                    WHERE its.message_id = message.message_id AND other.isp_move_id <> m.id
               )) AS shared
          FROM mail_mail mail
          JOIN mail_message message ON message.id = mail.mail_message_id
         WHERE mail.isp_move_id = m.id AND mail.state = 'sent'
  ) left_as ON left_as.messages > 0
  JOIN LATERAL (
        SELECT count(*) AS times FROM isp_invoice_delivery d
         WHERE d.move_id = m.id AND d.state = 'sent'
  ) deliveries ON TRUE
 WHERE (left_as.messages > greatest(deliveries.times, 1) OR left_as.shared)
   AND (%(company)s IS NULL OR m.company_id = %(company)s)
   AND (%(run)s IS NULL OR m.isp_bill_run_id = %(run)s);
