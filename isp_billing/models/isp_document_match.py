from odoo import models
from odoo.tools import SQL

from .isp_document_target import KIND_FIELDS

#: states of delivery in which the customer has the invoice
DELIVERED = ('sent', 'print', 'portal')

#: services on the bills of an account in the company: not ended on the day (booked ones count)
FROM_SERVICES = SQL("""
      FROM sale_subscription_line line
      JOIN sale_subscription sub ON sub.id = line.sale_subscription_id AND sub.isp_billed
      JOIN sale_subscription_stage stage ON stage.id = sub.stage_id AND stage.type <> 'draft'
     WHERE line.isp_account_id = ANY(s.served) AND sub.company_id = s.company_id
       AND line.isp_date_start IS NOT NULL""")
SERVICES = SQL("SELECT 1 %s", FROM_SERVICES)
RUNNING = SQL("%s AND (line.isp_date_end IS NULL OR line.isp_date_end >= s.day)", SERVICES)
#: where the services of an account are: those that run, and the one of which its language comes
PLACES = SQL("""
    SELECT DISTINCT sub.partner_shipping_id
      %s AND (line.isp_date_end IS NULL OR line.isp_date_end >= s.day)""", FROM_SERVICES)
PLACE = SQL("""
    SELECT sub.partner_shipping_id %s
  ORDER BY (line.isp_date_end IS NULL OR line.isp_date_end >= s.day) DESC,
           CASE WHEN line.isp_date_end < s.day THEN line.isp_date_end END DESC,
           sub.partner_shipping_id
     LIMIT 1""", FROM_SERVICES)
#: where the services are that an invoice charges
CHARGED_PLACES = SQL("""
    SELECT DISTINCT sub.partner_shipping_id
      FROM isp_charge charge JOIN sale_subscription sub ON sub.id = charge.subscription_id
     WHERE charge.move_id = s.move_id""")


def taken_back(move):
    """Whether an invoice was credited as a whole before anybody received it (SQL).

    :param str move: the alias of ``account_move``
    """
    move = SQL.identifier(move)
    return SQL("(%s.payment_state = 'reversed' "
               "AND COALESCE(%s.isp_delivery_state, 'none') NOT IN %s)",
               move, move, DELIVERED)


HOLDS = SQL("""
    SELECT 1 FROM isp_service_hold hold
     WHERE hold.date_from <= s.day AND (hold.date_to IS NULL OR hold.date_to >= s.day)""")
#: open receivable entries of an account before its new invoice and those of the same run
ENTRIES = SQL("""
      FROM account_move_line entry
      JOIN account_account ledger
        ON ledger.id = entry.account_id AND ledger.account_type = 'asset_receivable'
      JOIN account_move document ON document.id = entry.move_id
     WHERE entry.isp_account_id = s.account_id AND entry.company_id = s.company_id
       AND entry.parent_state = 'posted' AND entry.amount_residual <> 0
       AND entry.move_id IS DISTINCT FROM s.move_id
       AND (s.run_id IS NULL OR document.isp_bill_run_id IS DISTINCT FROM s.run_id)""")
#: what is overdue, less what was paid and not matched: that settles the oldest items first
PAST_DUE = SQL("""
    (SELECT COALESCE(SUM(entry.amount_residual) FILTER (
                WHERE entry.amount_residual < 0 OR entry.date_maturity < s.day), 0) %s) > 0""",
    ENTRIES)
BALANCE = SQL("(SELECT COALESCE(SUM(entry.amount_residual), 0) %s)", ENTRIES)
EARLIER_BILL = SQL("""
    SELECT 1 FROM account_move bill
     WHERE bill.isp_account_id = s.account_id AND bill.company_id = s.company_id
       AND bill.state = 'posted' AND bill.move_type = 'out_invoice' AND NOT %s
       AND bill.id IS DISTINCT FROM s.move_id
       AND (s.run_id IS NULL OR bill.isp_bill_run_id IS DISTINCT FROM s.run_id)
     UNION ALL
    SELECT 1 FROM isp_charge charge
     WHERE charge.account_id = s.account_id AND charge.company_id = s.company_id
       AND charge.origin = 'opening'""", taken_back('bill'))

#: letters of the names of cities that are written with and without an accent or a hyphen
PLAIN = ('àâäçéèêëîïôöùûü’-', "aaaceeeeiioouuu' ")


class IspDocumentTarget(models.AbstractModel):
    """What the filters mean, as conditions of SQL on subjects.

    A subject is an account on a day, with the invoice and the run when there is one.
    """

    _inherit = 'isp.document.target'

    # ---- whom ------------------------------------------------------------------------------

    def _isp_reached_moves(self, moves):
        """Ids of the invoices that carry this record (list), in one query or none."""
        self.ensure_one()
        fitting = moves.filtered(lambda move: (
            move.company_id == self.company_id and move.move_type != 'out_refund'
            and self._isp_in_dates(move.invoice_date or move.company_id._isp_today())))
        if not fitting:
            return []
        subjects = SQL(
            """SELECT s.*, ARRAY(%s) AS places
                 FROM (VALUES %s) AS s(
                     key, account_id, company_id, day, run_id, place_id, move_id)""",
            CHARGED_PLACES, SQL(', ').join(SQL(
                '(%s::int, %s::int, %s::int, %s::date, %s::int, %s::int, %s::int)', place,
                move._isp_document_account().id, move.company_id.id,
                move.invoice_date or move.company_id._isp_today(),
                move.isp_bill_run_id.id or None, move.partner_shipping_id.id or None,
                move._origin.id or None,
            ) for place, move in enumerate(fitting)))
        records = list(fitting)  # unlike fitting[0], they are read together
        kept = [records[row[0]] for row in self._isp_filtered(subjects)]
        if self.document_language:
            kept = [move for move in kept
                    if move._isp_resolve_language()[0] == self.document_language]
        return [move.id for move in self._isp_one_per_account(kept)]

    def _isp_one_per_account(self, moves):
        """Invoices that are left when an account may get this record only once at a time."""
        return moves

    def _isp_reached_accounts(self):
        """Ids of the billed accounts that this record reaches on its next day (list)."""
        self.ensure_one()
        company, day = self.company_id, self._isp_next_day()
        if not company or not day:
            return []
        rows = self._isp_filtered(self._isp_account_subjects(day))
        if self.document_language:
            partners = self.env['res.partner'].sudo().with_company(company)
            # whole recordsets, so that what is read of one is read of all
            accounts = partners.browse([row[1] for row in rows])
            places = partners.browse([row[2] for row in rows])
            (accounts | places).fetch(['isp_document_language', 'country_id', 'state_id'])
            rows = [row for row, account, place in zip(rows, accounts, places, strict=True)
                    if account._isp_resolve_language(company, place)[0] == self.document_language]
        return [row[1] for row in rows]

    def _isp_population(self):
        """Ids of the billed accounts of the company: those that can be reached at all (list)."""
        self.ensure_one()
        if not self.company_id:
            return []
        self.env.flush_all()
        day = self._isp_next_day() or self.company_id._isp_today()
        return [row[0] for row in self.env.execute_query(SQL(
            "SELECT s.account_id FROM (%s) AS s", self._isp_account_subjects(day)))]

    def _isp_next_day(self):
        """First day from today on which invoices may carry this record; None when it is over."""
        today = self.company_id._isp_today() if self.company_id else None
        if not today or (self.date_end and self.date_end < today):
            return None
        return max(today, self.date_start or today)

    def _isp_account_subjects(self, day):
        """Query of the billed accounts as subjects: running ones, or those that ended."""
        condition = SQL("NOT EXISTS (%s) AND EXISTS (%s)", RUNNING, SERVICES) \
            if self.account_status == 'ended' else SQL("EXISTS (%s)", RUNNING)
        return SQL(
            """SELECT s.id AS key, s.account_id, s.company_id, s.day, NULL::int AS run_id,
                      (%s) AS place_id, NULL::int AS move_id, ARRAY(%s) AS places
                 FROM (%s) AS s
                WHERE %s""",
            PLACE, PLACES, self._isp_with_served(SQL(
                """SELECT number.id, number.partner_id AS account_id, number.company_id,
                          %s::date AS day
                     FROM isp_account_number number
                     JOIN res_partner partner ON partner.id = number.partner_id
                                             AND partner.active
                    WHERE number.company_id = %s""", day, self.company_id.id)), condition)

    def _isp_with_served(self, subjects):
        """Subjects (a query) with the accounts whose services are on their bills, as ``served``.

        As ``res.partner._isp_present_payers``: an account that another one pays for as a whole
        receives no bill, and the payer's bill has its services.
        """
        partners = self.env['res.partner'].with_company(self.company_id)
        payer, share, percent = (
            partners._field_to_sql('owner', f'isp_payer_{name}')
            for name in ('id', 'share', 'percent'))
        return SQL(
            """WITH paid AS (
                   SELECT owner.id AS account_id, %(payer)s AS payer_id,
                          COALESCE(%(share)s = 'amount'
                                   OR %(share)s = 'percent' AND %(percent)s < 100, FALSE) AS keeps,
                          COALESCE(%(share)s <> 'percent' OR %(percent)s > 0, TRUE) AS gives
                     FROM res_partner owner
                    WHERE owner.isp_payer_id IS NOT NULL AND %(payer)s IS NOT NULL),
               payers AS (
                   SELECT payer_id, array_agg(account_id) AS accounts
                     FROM paid WHERE gives GROUP BY payer_id)
               SELECT subject.*, COALESCE(payers.accounts, ARRAY[]::int[])
                      || CASE WHEN own.keeps IS NOT FALSE THEN ARRAY[subject.account_id]
                              ELSE ARRAY[]::int[] END AS served
                 FROM (%(subjects)s) AS subject
            LEFT JOIN paid AS own ON own.account_id = subject.account_id
            LEFT JOIN payers ON payers.payer_id = subject.account_id""",
            payer=payer, share=share, percent=percent, subjects=subjects)

    def _isp_filtered(self, subjects):
        """Subjects that all filters let through: [(key, account id, place id)]."""
        self.env.flush_all()
        conditions = self._isp_conditions() or [SQL("TRUE")]
        return self.env.execute_query(SQL(
            """WITH s AS (%s)
               SELECT s.key, s.account_id, COALESCE(s.place_id, s.account_id)
                 FROM s
                 JOIN res_partner account ON account.id = s.account_id
                WHERE %s
             ORDER BY s.key""",
            self._isp_with_served(subjects),
            SQL(' AND ').join(SQL('(%s)', item) for item in conditions)))

    # ---- conditions ------------------------------------------------------------------------

    def _isp_conditions(self):
        """Conditions of all filters that are set (list of SQL); other modules may add some."""
        self.ensure_one()
        return (self._isp_plan_conditions() + self._isp_account_conditions()
                + self._isp_place_conditions() + self._isp_status_conditions()
                + self._isp_money_conditions() + self._isp_share_conditions())

    def _isp_plan_conditions(self):
        kinds = [name.removeprefix('kind_') for name in KIND_FIELDS if self[name]]
        found = []
        if self.plan_ids:
            found.append(SQL("EXISTS (%s AND line.isp_plan_id IN %s)",
                             RUNNING, tuple(self.plan_ids.ids)))
        if self.without_plan_ids:
            found.append(SQL("NOT EXISTS (%s AND line.isp_plan_id IN %s)",
                             RUNNING, tuple(self.without_plan_ids.ids)))
        if kinds:
            found.append(SQL(
                "EXISTS (%s AND line.isp_plan_id IN (SELECT id FROM isp_service_plan "
                "WHERE kind IN %s))", RUNNING, tuple(kinds)))
        return found

    def _isp_account_conditions(self):
        found = []
        partners = self.env['res.partner'].with_company(self.company_id)
        if self.profile_ids:
            found.append(SQL(
                "COALESCE(%s, %s) IN %s",
                partners._field_to_sql('account', 'isp_billing_profile_id'),
                self.company_id.sudo().isp_profile_id.id or None, tuple(self.profile_ids.ids)))
        if self.account_tag_ids:
            found.append(SQL(
                "EXISTS (SELECT 1 FROM res_partner_res_partner_category_rel tag "
                "WHERE tag.partner_id = s.account_id AND tag.category_id IN %s)",
                tuple(self.account_tag_ids.ids)))
        if self.exclude_opted_out:
            found.append(SQL("%s IS NOT TRUE",
                             partners._field_to_sql('account', 'isp_no_promotions')))
        return found

    def _isp_place_conditions(self):
        """One address of the services has all that is asked for."""
        found = []
        if self.country_id:
            found.append(SQL("place.country_id = %s", self.country_id.id))
        if self.state_ids:
            found.append(SQL("place.state_id IN %s", tuple(self.state_ids.ids)))
        if cities := _words(self.cities):
            found.append(SQL(
                "translate(lower(trim(place.city)), %s, %s) IN %s", *PLAIN,
                tuple(city.lower().translate(str.maketrans(*PLAIN)) for city in cities)))
        if prefixes := _words(self.zip_prefixes):
            found.append(SQL(' OR ').join(SQL(
                "starts_with(upper(replace(place.zip, ' ', '')), %s)",
                prefix.replace(' ', '').upper()) for prefix in prefixes))
        if not found:
            return []
        return [SQL(
            """EXISTS (SELECT 1 FROM res_partner place
                        WHERE place.id = ANY(CASE
                              WHEN s.places <> ARRAY[]::int[] THEN s.places
                              ELSE ARRAY[COALESCE(s.place_id, s.account_id)] END)
                          AND %s)""", SQL(' AND ').join(SQL('(%s)', one) for one in found))]

    def _isp_status_conditions(self):
        found = []
        free = SQL("EXISTS (%s AND NOT EXISTS (%s AND hold.subscription_id = sub.id))",
                   RUNNING, HOLDS)
        if self.account_status == 'active':
            found.append(free)
        elif self.account_status == 'hold':
            found.append(SQL("EXISTS (%s) AND NOT %s", RUNNING, free))
        elif self.account_status == 'ended':
            found.append(SQL("EXISTS (%s) AND NOT EXISTS (%s)", SERVICES, RUNNING))
        if self.exclude_suspended:
            found.append(SQL(
                "NOT EXISTS (%s AND hold.account_id = ANY(s.served) "
                "AND hold.company_id = s.company_id AND hold.reason = 'non_payment')", HOLDS))
        first = SQL("(SELECT MIN(first.isp_date_start) FROM sale_subscription_line first "
                    "JOIN sale_subscription own ON own.id = first.sale_subscription_id "
                    "WHERE first.isp_account_id = ANY(s.served) "
                    "AND own.company_id = s.company_id AND own.isp_billed)")
        if self.tenure_from:
            found.append(SQL("%s <= s.day - make_interval(months => %s)", first, self.tenure_from))
        if self.tenure_to:
            found.append(SQL("%s > s.day - make_interval(months => %s)", first, self.tenure_to))
        if self.bill_position:
            found.append(SQL("%s EXISTS (%s)", SQL(
                "NOT" if self.bill_position == 'first' else ""), EARLIER_BILL))
        return found

    def _isp_money_conditions(self):
        by_state = {
            'none': SQL("%s = 0", BALANCE), 'credit': SQL("%s < 0", BALANCE),
            'owing': SQL("%s > 0", BALANCE), 'past_due': PAST_DUE,
        }
        found = [by_state[self.balance_state]] if self.balance_state else []
        if self.exclude_past_due:
            found.append(SQL("NOT (%s)", PAST_DUE))
        return found

    def _isp_share_conditions(self):
        """The random share: an account has a fixed place from 0 to 99.99 in each draw."""
        if self.share_percent >= 100 and not self.share_rest:
            return []
        place = SQL("mod(('x' || substr(md5(s.account_id::text || %s), 1, 8))::bit(32)::bigint, "
                    "10000)", f':{self.share_key or ""}')
        return [SQL("%s %s %s", place, SQL(">=" if self.share_rest else "<"),
                    self.share_percent * 100)]


def _words(text):
    """Words of a list that somebody typed with commas."""
    return [word.strip() for word in (text or '').split(',') if word.strip()]
