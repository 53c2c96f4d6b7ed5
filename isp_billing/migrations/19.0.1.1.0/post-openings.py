"""Openings of inserts were a counter; they are rows now."""


def migrate(cr, version):
    cr.execute("""
        SELECT FROM information_schema.columns
         WHERE table_name = 'isp_invoice_insert' AND column_name = 'opened_count'""")
    if not cr.rowcount:
        return
    cr.execute("""
        INSERT INTO isp_invoice_opening (insert_id, date)
        SELECT insert.id, coalesce(insert.opened_date, insert.create_date)
          FROM isp_invoice_insert insert, generate_series(1, insert.opened_count)
         WHERE insert.opened_count > 0""")
    cr.execute("ALTER TABLE isp_invoice_insert DROP COLUMN opened_count, DROP COLUMN opened_date")
