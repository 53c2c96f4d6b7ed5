from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.fields import Domain
from odoo.tools import SQL

from ..engine import placeholders
from .isp_document_match import taken_back

NOTICES = [
    ('price', "New price of a plan"),
    ('term', "End of a commitment"),
    ('promotion', "End of a discount or promotional price"),
]
#: rows of the log of messages that the customer saw somewhere
SHOWN = Domain.OR([Domain(f'on_{where}', '=', True) for where in ('invoice', 'email', 'portal')])


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
        help="Length of the longest text when it is printed, with usual values for the "
             "placeholders.",
    )
    body_lengths = fields.Char(string="By language", compute='_compute_body_length')
    body_limit = fields.Integer(related='company_id.isp_message_chars', string="Room")
    is_too_long = fields.Boolean(compute='_compute_body_length')
    allowed_names = fields.Char(string="Placeholders", compute='_compute_allowed_names')
    log_ids = fields.One2many('isp.invoice.message.log', 'message_id', string="Written")
    log_count = fields.Integer(string="Invoices", compute='_compute_log_count')
    missed_count = fields.Integer(
        string="No room", compute='_compute_log_count',
        help="Invoices on which messages of higher priority filled the box.",
    )
    no_email_count = fields.Integer(
        string="Not by e-mail", compute='_compute_log_count',
        help="Invoices of customers who get no e-mail, while the message is for the e-mail alone.",
    )

    _bills_ahead_valid = models.Constraint(
        'CHECK (bills_ahead BETWEEN 1 AND 24)', "A notice stands on 1 to 24 bills.",
    )

    @api.depends('body', 'company_id.isp_message_chars')
    @api.depends_context('lang')
    def _compute_body_length(self):
        """Of the longest text, because the box is the same in all languages."""
        names = {'en': self.env._("English"), 'fr': self.env._("French")}
        for message in self:
            lengths = {
                language: placeholders.length(text)
                for language, text in message._isp_texts_now().items() if text}
            message.body_length = max(lengths.values(), default=0)
            message.body_lengths = ' · '.join(
                f'{names[language]} {length}' for language, length in lengths.items())
            message.is_too_long = message.body_length > message.body_limit > 0

    @api.depends('notice')
    def _compute_allowed_names(self):
        for message in self:
            message.allowed_names = ' '.join(
                f'{{{name}}}' for name in message._isp_allowed_names())

    def _compute_log_count(self):
        logs, ours = self.env['isp.invoice.message.log'], Domain('message_id', 'in', self.ids)
        counts = dict(logs._read_group(ours & SHOWN, ['message_id'], ['__count']))
        missed, silent = (
            dict(logs._read_group(ours & Domain(name, '=', True), ['message_id'], ['__count']))
            for name in ('no_room', 'no_email'))
        for message in self:
            message.log_count = counts.get(message, 0)
            message.missed_count = missed.get(message, 0)
            message.no_email_count = silent.get(message, 0)

    def _isp_allowed_names(self):
        """Placeholders that this message may use (tuple)."""
        common = placeholders.COMMON
        if self.notice == 'price':
            return common + placeholders.NOTICE
        if self.notice == 'promotion':
            return common + placeholders.NOTICE[:5]
        if self.notice:
            return common + placeholders.NOTICE[:4]
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
            'context': {f'search_default_{name}': self.env.context.get(f'isp_{name}', 0)
                        for name in ('no_room', 'no_email')},
        }

    # ---- whom ------------------------------------------------------------------------------

    @api.model
    def _isp_candidates(self, moves):
        """Also: notes for other accounts are left alone, however many there are."""
        accounts = {False}
        for company, billed in moves.grouped('company_id').items():
            payers = self.env['res.partner'].union(
                *(move._isp_document_account() for move in billed))
            accounts.update(payers.sudo()._isp_with_paid(company).ids)
        return super()._isp_candidates(moves) & Domain('account_id', 'in', list(accounts))

    def _isp_note_account(self):
        """Id of the account on whose bill a note stands: the payer's when that pays everything."""
        account = self.account_id._origin or self.account_id
        payers = account.sudo()._isp_present_payers(self.company_id)
        return account.id if account.id in payers else min(payers)

    def _isp_conditions(self):
        """Also: only one account, not again, or only accounts with something to announce."""
        found = super()._isp_conditions()
        if self.account_id:
            found.append(SQL("s.account_id = %s", self._isp_note_account()))
        if self.once:
            found.append(SQL(
                "NOT EXISTS (SELECT 1 FROM isp_invoice_message_log log "
                "JOIN account_move seen ON seen.id = log.move_id AND NOT %s "
                "WHERE log.message_id = %s AND log.account_id = s.account_id "
                "AND log.move_id IS DISTINCT FROM s.move_id "
                "AND (log.on_invoice OR log.on_email OR log.on_portal))",
                taken_back('seen'), self._origin.id or 0))
        if self.notice:
            found.append(SQL("EXISTS (%s)", self._isp_event_query()))
        return found

    def _isp_one_per_account(self, moves):
        """A message that stands once stands on one invoice of a batch."""
        if not self.once:
            return moves
        return list({move._isp_document_account(): move for move in reversed(moves)}.values())[::-1]
