from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.tools import SQL

from ..engine import placeholders

NOTICES = [
    ('price', "New price of a plan"),
    ('term', "End of a commitment"),
    ('promotion', "End of a discount or promotional price"),
]


class IspInvoiceMessage(models.Model):
    """A text for the invoices of some weeks; the highest priorities are printed.

    Placeholders are a closed list, checked when the text is saved and replaced as text.
    """

    _name = 'isp.invoice.message'
    _description = "Invoice Message"
    _inherit = ['isp.document.target']
    _order = 'sequence, id desc'

    name = fields.Char(required=True, help="For the people who keep the messages; not printed.")
    sequence = fields.Integer(string="Priority", help="The lowest number comes first.")
    body = fields.Text(
        string="Text", required=True, translate=True,
        help="Written in the language of the invoice. Use the language button for the other one.",
    )
    on_invoice = fields.Boolean(
        string="On the invoice", default=True, help="Print it in the message box.",
    )
    on_email = fields.Boolean(string="In the e-mail", help="Write it in the e-mail too.")
    on_portal = fields.Boolean(
        string="On the portal", help="Show it above the invoice on the portal.",
    )
    account_id = fields.Many2one(
        'res.partner', string="Only for", index='btree_not_null', ondelete='cascade',
        domain="[('isp_is_account', '=', True)]",
        help="A note for this account alone.",
    )
    once = fields.Boolean(
        string="Once per account", help="On the next invoice of each account, and never again.",
    )
    notice = fields.Selection(
        NOTICES, string="Announces",
        help="A notice finds its accounts by itself: those with a plan whose price changes, whose "
             "commitment ends, or whose discount ends, within the number of bills beside it.",
    )
    bills_ahead = fields.Integer(
        string="Bills ahead", default=2,
        help="On how many bills before the day the notice stands; {bills_left} counts down.",
    )
    without_plan_ids = fields.Many2many(
        'isp.service.plan', 'isp_invoice_message_without_plan_rel', 'message_id', 'plan_id',
        string="Has none of the plans", check_company=True,
        help="Only accounts that have none of these plans, now or booked.",
    )
    body_length = fields.Integer(
        string="Characters", compute='_compute_body_length',
        help="Length when it is printed, with usual values for the placeholders.",
    )
    body_limit = fields.Integer(related='company_id.isp_message_chars', string="Room")
    is_too_long = fields.Boolean(compute='_compute_body_length')
    allowed_names = fields.Char(string="Placeholders", compute='_compute_allowed_names')
    log_ids = fields.One2many('isp.invoice.message.log', 'message_id', string="Written")
    log_count = fields.Integer(string="Invoices", compute='_compute_log_count')

    _bills_ahead_valid = models.Constraint(
        'CHECK (bills_ahead BETWEEN 1 AND 24)', "A notice stands on 1 to 24 bills.",
    )

    @api.depends('body', 'company_id.isp_message_chars')
    def _compute_body_length(self):
        for message in self:
            message.body_length = placeholders.length(message.body)
            message.is_too_long = message.body_length > message.body_limit > 0

    @api.depends('notice')
    def _compute_allowed_names(self):
        for message in self:
            message.allowed_names = ' '.join(
                f'{{{name}}}' for name in message._isp_allowed_names())

    def _compute_log_count(self):
        counts = dict(self.env['isp.invoice.message.log']._read_group(
            [('message_id', 'in', self.ids)], ['message_id'], ['__count']))
        for message in self:
            message.log_count = counts.get(message, 0)

    def _isp_allowed_names(self):
        """Placeholders that this message may use (tuple)."""
        common = placeholders.COMMON
        if self.notice == 'price':
            return common + placeholders.NOTICE
        if self.notice == 'promotion':
            return common + placeholders.NOTICE[:4]
        if self.notice:
            return common + placeholders.NOTICE[:3]
        return common

    @api.constrains('body', 'notice')
    def _check_placeholders(self):
        """Check each language on its own: a text in French is saved by itself."""
        languages = [code for code, _name in self.env['res.lang'].get_installed()]
        for message in self:
            allowed = message._isp_allowed_names()
            for code in languages:
                wrong = placeholders.unknown(message.with_context(lang=code).body, allowed)
                if wrong:
                    raise ValidationError(self.env._(
                        "Message %(message)s: %(wrong)s is not known. These can be used: "
                        "%(allowed)s.", message=message.name,
                        wrong=', '.join(name if name in '{}' and name else f'{{{name}}}'
                                        for name in wrong),
                        allowed=' '.join(f'{{{name}}}' for name in allowed)))

    @api.constrains('notice', 'once')
    def _check_notice_counts(self):
        if self.filtered(lambda message: message.notice and message.once):
            raise ValidationError(self.env._(
                "A notice counts down over several bills: it cannot stand once per account."))

    def action_view_log(self):
        """Open the invoices that this message stands on."""
        self.ensure_one()
        return {
            'type': 'ir.actions.act_window', 'res_model': 'isp.invoice.message.log',
            'name': self.env._("Invoices with %(name)s", name=self.name),
            'view_mode': 'list', 'domain': [('message_id', '=', self.id)],
        }

    # ---- whom ------------------------------------------------------------------------------

    def _isp_conditions(self):
        """Also: only one account, not again, or only accounts with something to announce."""
        found = super()._isp_conditions()
        if self.account_id:
            found.append(SQL("s.account_id = %s", self.account_id.id or self.account_id._origin.id))
        if self.once:
            found.append(SQL(
                "NOT EXISTS (SELECT 1 FROM isp_invoice_message_log log "
                "WHERE log.message_id = %s AND log.account_id = s.account_id "
                "AND log.move_id IS DISTINCT FROM s.move_id)", self._origin.id or 0))
        if self.notice:
            found.append(SQL("EXISTS (%s)", self._isp_event_query()))
        return found

    def _isp_one_per_account(self, moves):
        """A message that stands once stands on one invoice of a batch."""
        if not self.once:
            return moves
        return list({move._isp_document_account(): move for move in reversed(moves)}.values())[::-1]

    # ---- notices ---------------------------------------------------------------------------

    def _isp_event_query(self):
        """Events that this notice announces for a subject: day, plan, prices, first one first."""
        self.ensure_one()
        services = SQL(
            """FROM sale_subscription_line line
               JOIN sale_subscription sub ON sub.id = line.sale_subscription_id AND sub.isp_billed
               JOIN sale_subscription_stage stage
                 ON stage.id = sub.stage_id AND stage.type <> 'draft'
               JOIN isp_service_plan plan ON plan.id = line.isp_plan_id""")
        running = SQL(
            """line.isp_account_id = s.account_id AND sub.company_id = s.company_id
               AND line.isp_date_start <= s.day + 31
               AND (line.isp_date_end IS NULL OR line.isp_date_end >= event.day
                    OR event.goes_on)""")
        event = getattr(self, f'_isp_{self.notice}_event')()
        if self.notice == 'term':
            running = SQL("%s AND plan.term_months > 0", running)
        return SQL(
            """SELECT event.day, plan.id, event.amount, line.id %s %s
                WHERE %s AND event.day > s.day
                  AND event.day <= s.day + make_interval(months => %s)""",
            services, event, running, self.bills_ahead)

    def _isp_term_event(self):
        """The end of a line's commitment, for the query of events (SQL)."""
        return SQL(
            "CROSS JOIN LATERAL (SELECT (line.isp_date_start + make_interval(months => "
            "plan.term_months))::date AS day, 0 AS amount, FALSE AS goes_on) AS event")

    def _isp_price_event(self):
        """The next price of a line: of its plan, or its own by an approved price change (SQL).

        A line whose own price changes goes on as the line that replaces it.
        """
        return SQL(
            """JOIN LATERAL (
                   SELECT price.date_from AS day, price.amount, price.company_id, FALSE AS goes_on
                     FROM isp_service_plan_price price
                    WHERE price.plan_id = plan.id AND price.date_from > s.day
                      AND line.isp_price_source = 'plan'
                      AND COALESCE(price.company_id, s.company_id) = s.company_id
                      AND price.currency_id = %s
                    UNION ALL
                   SELECT COALESCE(next.isp_date_start, own.date_from), own.price_after,
                          own.company_id, own.state = 'done'
                     FROM isp_price_change_line own
                     JOIN isp_price_change change
                       ON change.id = own.change_id AND change.state <> 'draft'
                LEFT JOIN sale_subscription_line next ON next.id = own.new_line_id
                    WHERE own.line_id = line.id AND own.kind = 'own' AND own.date_from > s.day
                      AND own.state IN ('todo', 'done')
                 ORDER BY 1, 3 LIMIT 1) AS event ON TRUE""",
            self.company_id.currency_id.id)

    def _isp_promotion_event(self):
        """The end of a line's next discount or promotional price (SQL)."""
        return SQL(
            """JOIN LATERAL (
                   WITH RECURSIVE chain(id, replaced, plan) AS (
                       SELECT line.id, line.isp_replaced_line_id, line.isp_plan_id
                        UNION ALL
                       SELECT former.id, former.isp_replaced_line_id, former.isp_plan_id
                         FROM sale_subscription_line former
                         JOIN chain ON former.id = chain.replaced)
                   SELECT discount.last_day + 1 AS day, 0 AS amount, FALSE AS goes_on
                     FROM isp_line_discount discount
                     JOIN chain ON chain.id = discount.line_id
                    WHERE discount.last_day >= s.day AND discount.date_from <= s.day + 31
                      AND (chain.plan = line.isp_plan_id OR discount.keep_on_change)
                 ORDER BY discount.last_day LIMIT 1) AS event ON TRUE""")

    def _isp_events(self, moves):
        """The next event of each invoice: {move id: (day, plan, new price, line)}.

        One query for all invoices.
        """
        self.ensure_one()
        if not self.notice or not moves:
            return {}
        subjects = SQL(', ').join(SQL(
            '(%s::int, %s::int, %s::int, %s::date)', place, move._isp_document_account().id,
            move.company_id.id, move.invoice_date or move.company_id._isp_today())
            for place, move in enumerate(moves))
        rows = self.env.execute_query(SQL(
            """WITH s(key, account_id, company_id, day) AS (VALUES %s)
               SELECT DISTINCT ON (s.key) s.key, found.*
                 FROM s CROSS JOIN LATERAL (%s) AS found(day, plan_id, amount, line_id)
             ORDER BY s.key, found.day, found.line_id""", subjects, self._isp_event_query()))
        plans, lines = self.env['isp.service.plan'], self.env['sale.subscription.line']
        return {
            moves[key].id: (day, plans.browse(plan), amount, lines.browse(line))
            for key, day, plan, amount, line in rows
        }
