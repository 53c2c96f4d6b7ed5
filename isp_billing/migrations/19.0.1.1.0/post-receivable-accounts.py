"""Every receivable item gets the account that it counts for; opening entries what is due, and when.

Set-based: a book of years has millions of items. Nothing that is posted changes its amounts.
"""
#: as in ``pre-payment-account.py``, which runs before the module's code can be imported
NEAREST = """
    WITH RECURSIVE asked AS (%s), up AS (
        SELECT asked.partner_id, asked.company_id, asked.partner_id AS at_id FROM asked
         UNION
        SELECT up.partner_id, up.company_id, partner.parent_id
          FROM up JOIN res_partner partner ON partner.id = up.at_id
         WHERE partner.parent_id IS NOT NULL
           AND NOT EXISTS (SELECT 1 FROM isp_account_number number
                            WHERE number.partner_id = up.at_id
                              AND number.company_id = up.company_id)
    ), nearest AS (
        SELECT up.partner_id, up.company_id, up.at_id AS account_id
          FROM up JOIN isp_account_number number
            ON number.partner_id = up.at_id AND number.company_id = up.company_id
    )
"""
#: receivable items without an account, and the customer they are of
WITHOUT = """
    SELECT line.id, line.company_id,
           CASE move.move_type WHEN 'entry' THEN line.partner_id ELSE move.partner_id END
               AS partner_id
      FROM account_move_line line
      JOIN account_account account ON account.id = line.account_id
       AND account.account_type = 'asset_receivable'
      JOIN account_move move ON move.id = line.move_id
     WHERE line.isp_account_id IS NULL
"""


def migrate(cr, version):
    of_payments(cr)
    of_exchange_differences(cr)
    of_reversals(cr)
    of_partners(cr)
    opening_entries(cr)


def of_payments(cr):
    cr.execute("""
        UPDATE account_move_line line SET isp_account_id = payment.isp_account_id
          FROM account_move move
          JOIN account_payment payment ON payment.id = move.origin_payment_id,
               account_account account
         WHERE move.id = line.move_id AND line.isp_account_id IS NULL
           AND payment.isp_account_id IS NOT NULL
           AND account.id = line.account_id AND account.account_type = 'asset_receivable'
    """)


def of_exchange_differences(cr):
    for own, other in (('debit_move_id', 'credit_move_id'), ('credit_move_id', 'debit_move_id')):
        cr.execute(f"""
            UPDATE account_move_line line SET isp_account_id = matched.isp_account_id
              FROM account_partial_reconcile made
              JOIN account_move_line item ON item.move_id = made.exchange_move_id
              JOIN account_partial_reconcile p ON p.{own} = item.id
              JOIN account_move_line matched ON matched.id = p.{other}
              JOIN account_account account ON account.id = matched.account_id
               AND account.account_type = 'asset_receivable'
             WHERE line.id = item.id AND line.isp_account_id IS NULL
               AND matched.isp_account_id IS NOT NULL
        """)  # pylint: disable=sql-injection


def of_reversals(cr):
    cr.execute("""
        UPDATE account_move_line line SET isp_account_id = twin.isp_account_id
          FROM account_move move
          JOIN account_move_line twin ON twin.move_id = move.reversed_entry_id
          JOIN account_account account ON account.id = twin.account_id
           AND account.account_type = 'asset_receivable'
         WHERE move.id = line.move_id AND line.isp_account_id IS NULL
           AND twin.isp_account_id IS NOT NULL AND twin.account_id = line.account_id
           AND twin.partner_id IS NOT DISTINCT FROM line.partner_id
           AND twin.amount_currency = -line.amount_currency
    """)


def of_partners(cr):
    cr.execute(NEAREST % f"SELECT DISTINCT partner_id, company_id FROM ({WITHOUT}) item" + f"""
        UPDATE account_move_line line SET isp_account_id = nearest.account_id
          FROM ({WITHOUT}) item
          JOIN nearest ON nearest.partner_id = item.partner_id
           AND nearest.company_id = item.company_id
         WHERE line.id = item.id
    """)  # pylint: disable=sql-injection


def opening_entries(cr):
    cr.execute("""
        UPDATE account_move move
           SET amount_residual = ABS(item.open), amount_residual_signed = item.open_company,
               invoice_date_due = item.due,
               payment_state = CASE WHEN item.open = 0 THEN 'paid'
                                    WHEN ABS(item.open) <> ABS(item.amount) THEN 'partial'
                                    ELSE 'not_paid' END
          FROM (SELECT line.move_id, SUM(line.amount_residual_currency) AS open,
                       SUM(line.amount_residual) AS open_company,
                       SUM(line.amount_currency) AS amount,
                       MAX(COALESCE(line.date_maturity, line.date)) AS due
                  FROM account_move_line line
                  JOIN account_account account ON account.id = line.account_id
                   AND account.account_type = 'asset_receivable'
                  JOIN account_move entry ON entry.id = line.move_id
                   AND entry.isp_opening_document IS NOT NULL AND entry.move_type = 'entry'
              GROUP BY line.move_id) item
         WHERE item.move_id = move.id AND move.state = 'posted'
    """)
