from datetime import timedelta

from dateutil.relativedelta import relativedelta

from odoo import api, models

from ..engine import formats, placeholders
from .isp_text_reader import french_text

KIND_ORDER = ('internet', 'tv', 'voice', 'addon', 'equipment', 'usage', 'one_time')


class IspMessageWriter(models.AbstractModel):
    """Writes the messages of a batch of invoices in both languages, with their values."""

    _name = 'isp.message.writer'
    _description = "Writer of Invoice Messages"

    @api.model
    def _write_messages(self, moves, summaries):
        """Messages of each invoice, ready and in order.

        A message whose placeholder has no value on an invoice is not on it.

        :param moves: account.move
        :param dict summaries: account summaries by move id
        :return: {move id: [{'message_id', 'en', 'fr', 'on_invoice', 'on_email', 'on_portal',
            'no_room', 'no_email', 'bills_left'}]}
        """
        matching = self.env['isp.invoice.message']._isp_matching(moves)
        events = {}
        for message in self.env['isp.invoice.message'].sudo().union(*matching.values()):
            batch = moves.filtered(lambda move, message=message: message in matching[move.id])
            events[message.id] = message._isp_events(batch)
        next_days = self._next_days(moves) if any(matching.values()) else {}
        result = {}
        for move in moves:
            rows = []
            for message in matching[move.id]:
                found = events[message.id].get(move.id, [])
                row = self._row(message, move, found, summaries.get(move.id),
                                next_days.get(move.id))
                if row:
                    rows.append(row)
            result[move.id] = self._within_box(move.company_id, rows)
        return result

    @api.model
    def _within_box(self, company, rows):
        """Which messages are printed: the first ones that the box has room for.

        One that finds none is noted as such, so that a notice is not missed unseen; so is one for
        the e-mail alone of a customer who gets none.
        """
        printed, used = 0, 0
        for row in rows:
            row['no_room'] = False
            if not row['on_invoice']:
                continue
            longest = max(len(row['en']), len(row['fr']))
            row['on_invoice'] = printed < company.isp_message_count and (
                not printed or used + longest <= company.isp_message_chars)
            if row['on_invoice']:
                printed, used = printed + 1, used + longest
            row['no_room'] = not row['on_invoice']
        where = ('on_invoice', 'on_email', 'on_portal', 'no_room', 'no_email')
        return [row for row in rows if any(row[key] for key in where)]

    @api.model
    def _row(self, message, move, events, summary, next_day):
        """One message with its values (dict), None when a value is missing.

        A notice has one sentence for each service that it is about; equal ones stand once.
        """
        languages = move.company_id._isp_text_languages()
        bodies = self._bodies(message, languages)
        sentences = {}
        for event in events if message.notice else [None]:
            texts = self._texts(message, bodies, move, event, summary, next_day)
            if all(texts):
                sentences.setdefault(texts, event)
        if not sentences:
            return None
        by_email = move._isp_delivery_channel() == 'email'
        return {
            'message_id': message.id, **{
                language: '\n'.join(texts[place] for texts in sentences)
                for place, language in enumerate(('en', 'fr'))},
            'on_invoice': message.on_invoice,
            'on_email': message.on_email and by_email, 'on_portal': message.on_portal,
            'no_email': message.on_email and not (
                by_email or message.on_invoice or message.on_portal),
            'bills_left': min(event.bills_left if event else 0 for event in sentences.values()),
        }

    @api.model
    def _texts(self, message, bodies, move, event, summary, next_day):
        """Text in English and in French with its values; None where a value is missing (tuple)."""
        languages, locales = move.company_id._isp_text_languages(), move.company_id._isp_locales()
        texts = []
        for language in ('en', 'fr'):
            values = {}
            if placeholders.used(bodies[language]):
                names = _PlanNames(languages, language)
                values = self._values(move, summary, next_day, locales[language], names)
                values |= self._event_values(event, locales[language], names)
            texts.append(placeholders.fill(bodies[language], values))
        return tuple(texts)

    @api.model
    def _bodies(self, message, languages):
        """Text of a message in both languages; the other French is the second choice."""
        english = message.with_context(lang=languages['en'][0]).body or ''
        return {'en': english, 'fr': french_text(message, 'body', languages['fr'], english)}

    @api.model
    def _values(self, move, summary, next_day, locale, names):
        """Values of the common placeholders, in one language (dict of str)."""
        currency, account = move.currency_id, move._isp_document_account()
        due = summary['due'] if summary else move.amount_total
        plans = move.isp_charge_ids.plan_id.sorted(lambda plan: KIND_ORDER.index(plan.kind))
        plan = names.of(plans[:1])
        name = account.name or ''
        return {
            'first_name': name if account.is_company else name.split(' ')[0],
            'name': name,
            'account_number': account.isp_account_number or '',
            'amount_due': formats.money(due, currency.name, locale, currency.decimal_places),
            'due_date': move.invoice_date_due
            and formats.long_date(move.invoice_date_due.isoformat(), locale) or '',
            'plan': plan,
            'next_bill_date': next_day and formats.long_date(next_day.isoformat(), locale) or '',
            'invoice_number': move.name or '',
            'company': move.company_id.name,
        }

    @api.model
    def _event_values(self, event, locale, names):
        """Values of the placeholders of notices (dict of str)."""
        if not event:
            return {}
        currency = event.line.currency_id

        def money(amount):
            return '' if amount is None else formats.money(
                amount, currency.name, locale, currency.decimal_places)

        return {
            'event_date': formats.long_date(event.day.isoformat(), locale),
            'last_day': formats.long_date((event.day - timedelta(days=1)).isoformat(), locale),
            'event_plan': names.of(event.plan),
            'bills_left': str(event.bills_left),
            'new_price': money(event.after),
            'old_price': money(event.before),
        }

    @api.model
    def _next_days(self, moves):
        """Day of the bill that follows each invoice: {move id: date or None}.

        What is billed in advance comes again when its period is over, what is billed in arrears
        one period later; services that end with the period do not come again.
        """
        result = {}
        for move in moves:
            ahead = move._isp_document_account()._isp_profile(move.company_id).days_ahead
            days = [_next_day(charge) - timedelta(days=ahead) for charge in move.isp_charge_ids
                    if charge.kind == 'recurring' and not (
                        charge.line_id.isp_date_end
                        and charge.line_id.isp_date_end <= charge.period_end)]
            result[move.id] = min(
                (day for day in days if move.invoice_date and day > move.invoice_date),
                default=None)
        return result


class _PlanNames:
    """Names of plans in one language of the messages, with its fallback."""

    def __init__(self, languages, language):
        self.languages, self.french = languages, language == 'fr'

    def of(self, plan):
        """Name of a plan, '' of none (str)."""
        name = plan.with_context(lang=self.languages['en'][0]).name or ''
        return french_text(plan, 'name', self.languages['fr'], name) if self.french and plan \
            else name


def _next_day(charge):
    """First day on which the line of a charge is billed again, without days ahead (date)."""
    day, plan = charge.period_end + timedelta(days=1), charge.plan_id
    if plan.timing == 'arrears':
        day += relativedelta(**{f'{plan.unit}s': plan.interval})
    return day
