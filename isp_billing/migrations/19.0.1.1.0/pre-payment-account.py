"""Payments get their billing account by SQL: the ORM would compute them one by one."""

#: (partner, company) → the nearest account at or above the partner; ``asked`` gives the pairs
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


def migrate(cr, version):
    cr.execute("ALTER TABLE account_payment ADD COLUMN IF NOT EXISTS isp_account_id int4")
    # registered on the invoices of one account: theirs, though Odoo books on the commercial entity
    cr.execute("""
        UPDATE account_payment payment SET isp_account_id = paid.account_id
          FROM (SELECT rel.payment_id, MIN(move.isp_account_id) AS account_id,
                       MIN(move.commercial_partner_id) AS customer_id
                  FROM account_move__account_payment rel
                  JOIN account_move move ON move.id = rel.invoice_id
              GROUP BY rel.payment_id
                HAVING COUNT(DISTINCT move.isp_account_id) = 1 AND COUNT(*) = COUNT(
                           move.isp_account_id)) paid
         WHERE paid.payment_id = payment.id AND payment.partner_type = 'customer'
           AND payment.partner_id = paid.customer_id
    """)
    cr.execute(NEAREST % """
        SELECT DISTINCT partner_id, company_id FROM account_payment
         WHERE partner_type = 'customer' AND partner_id IS NOT NULL AND isp_account_id IS NULL
    """ + """
        UPDATE account_payment payment SET isp_account_id = nearest.account_id
          FROM nearest
         WHERE nearest.partner_id = payment.partner_id AND nearest.company_id = payment.company_id
           AND payment.partner_type = 'customer' AND payment.isp_account_id IS NULL
    """)
