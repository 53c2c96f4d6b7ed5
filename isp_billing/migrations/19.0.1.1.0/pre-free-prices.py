"""Prices of zero that are there already were meant: a new one is confirmed."""


def migrate(cr, version):
    cr.execute("ALTER TABLE isp_service_plan_price ADD COLUMN IF NOT EXISTS free boolean")
    cr.execute("UPDATE isp_service_plan_price SET free = TRUE WHERE amount = 0 AND free IS NULL")
