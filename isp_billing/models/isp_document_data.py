import re
from urllib.parse import urlsplit

from odoo import api, models

from ..engine import document_words
from .isp_document_summary import summary_or_none
from .isp_text_reader import TextReader as _TextReader

# Names of Canadian and European taxes in the other language, for charts that were loaded before
# French was installed.
TAX_NAMES = {'GST': 'TPS', 'QST': 'TVQ', 'HST': 'TVH', 'PST': 'TVP', 'GST/HST': 'TPS/TVH',
             'VAT': 'TVA'}
# French names of Canadian provinces, which stand in French addresses; Odoo has English ones until
# its own French is loaded.
PROVINCES = {
    'AB': "Alberta", 'BC': "Colombie-Britannique", 'MB': "Manitoba", 'NB': "Nouveau-Brunswick",
    'NL': "Terre-Neuve-et-Labrador", 'NS': "Nouvelle-Écosse", 'NT': "Territoires du Nord-Ouest",
    'NU': "Nunavut", 'ON': "Ontario", 'PE': "Île-du-Prince-Édouard", 'QC': "Québec",
    'SK': "Saskatchewan", 'YT': "Yukon",
}
RATE = re.compile(r'\s*\(?\d+(?:[.,]\d+)?\s*%\)?\s*')
GENERIC_GROUPS = {'', 'Tax', 'Taxes'}


class IspDocumentData(models.AbstractModel):
    """Builds the frozen facts of documents: every text in English and French, every amount.

    ``_build`` works on a batch: what is shared (company, taxes, plans, messages, balances) is
    read once, per invoice only cached records are touched.  Its result is plain JSON; the page is
    made of it alone (engine/document_view.py), so nothing edited later changes a document.
    """

    _name = 'isp.document.data'
    _description = "Frozen Facts of Invoice Documents"

    @api.model
    def _build(self, moves):
        """Facts of each invoice: {move id: dict}.

        :param moves: account.move, of any companies
        """
        summaries = self.env['isp.document.summary']._summaries(moves)
        messages = self.env['isp.message.writer'].sudo()._write_messages(moves, summaries)
        result = {}
        for company, batch in moves.grouped('company_id').items():
            batch = batch.with_company(company)
            shared = self.with_company(company)._shared(company, batch)
            for move in batch:
                printed = [row for row in messages[move.id] if row['on_invoice']]
                result[move.id] = self._facts(
                    move, shared, summary_or_none(move, summaries),
                    printed and {language: '\n\n'.join(row[language] for row in printed)
                                 for language in ('en', 'fr')} or None,
                )
                result[move.id]['messages'] = messages[move.id]
        return result

    # ---- shared by a batch -------------------------------------------------------------------

    @api.model
    def _shared(self, company, moves):
        """What all documents of a company in this batch have in common (dict)."""
        reader = _TextReader(company)
        base_url = company.get_base_url()
        taxes = moves.line_ids.tax_line_id
        taxes |= moves.invoice_line_ids.tax_ids.flatten_taxes_hierarchy()
        registrations = company.sudo().isp_tax_registration_ids
        logo = company._isp_frozen_logo()
        instructions = reader.texts(company, 'isp_payment_instructions')
        return {
            'texts': reader.texts,
            'company': self._company_block(company, reader),
            'locales': company._isp_locales(),
            'paper': company._isp_paper(),
            'logo': logo.id or False,
            'base_url': base_url,
            'host': urlsplit(base_url).netloc,
            'taxes': {tax.id: self._tax_block(tax, registrations, reader) for tax in taxes},
            'instructions': instructions if any(instructions.values()) else None,
            'terms': self._company_terms(company, reader),
            'known_terms': self._known_terms(company) if moves else set(),
            'support': {
                'phone': company.isp_support_phone or company.phone or '',
                'hours': reader.texts(company, 'isp_support_hours'),
            },
            'slip': company.isp_payment_slip,
        }

    @api.model
    def _company_block(self, company, reader):
        return {
            'name': company.name,
            'address': self._address(company.partner_id, company, reader),
            'phone': company.phone or '',
            'website': re.sub(r'^https?://|/$', '', company.website or ''),
            'email': company.email or '',
            'legal': self._company_legal(company),
        }

    @api.model
    def _tax_block(self, tax, registrations, reader):
        """Name and registration number of a tax; the rate is added when it is printed."""
        registration = registrations._isp_for_tax(tax)
        if registration:
            label = reader.texts(registration, 'label')
        else:
            label = {
                language: _without_rate(name) or name
                for language, name in reader.texts(
                    self._tax_label_source(tax, reader), 'name').items()
            }
        if label['en'] == label['fr']:
            label['fr'] = self._tax_name_in_french(label['en']) or label['fr']
        rate = str(tax.amount) if tax.amount_type in ('percent', 'division') else None
        order = (registration.sequence, registration.id) if registration else (tax.sequence, tax.id)
        return {'label': label, 'rate': rate, 'number': registration.number or '', 'order': order}

    @api.model
    def _tax_label_source(self, tax, reader):
        """Record whose name is printed for a tax without registration: its group, or the tax."""
        names = reader.texts(tax.tax_group_id, 'name').values()
        generic = any(_without_rate(name) in GENERIC_GROUPS for name in names)
        return tax if generic else tax.tax_group_id

    @api.model
    def _tax_name_in_french(self, name):
        """Known French name of a tax, for charts that were loaded without French ('' if none)."""
        return TAX_NAMES.get(_without_rate(name), '')

    @api.model
    def _address(self, partner, company, reader):
        """Printed address without the name: {'en': [lines], 'fr': [lines]}."""
        country = partner.country_id
        lines = {}
        for language in ('en', 'fr'):
            state = partner.state_id
            if country.code == 'CA' and language == 'fr' and state:
                place = f"{partner.city or ''} ({PROVINCES.get(state.code, state.name)}) "
            elif country.code in ('CA', 'US'):
                place = f"{partner.city or ''} {state.code or ''} "
            else:
                place = None
            if place is not None:
                town = f"{place}{partner.zip or ''}".strip()
            else:
                town = ' '.join(part for part in (partner.zip, partner.city) if part)
            parts = [partner.street, partner.street2, town]
            if country and country != company.country_id:
                parts.append(reader.texts(country, 'name')[language])
            lines[language] = [part for part in parts if part]
        return lines

    # ---- one invoice -------------------------------------------------------------------------

    @api.model
    def _facts(self, move, shared, summary, message):
        """The frozen facts of one invoice (JSON-able dict)."""
        reader_texts = shared['texts']
        account = move._isp_document_account()
        company = move.company_id
        currency = move.currency_id
        reader = reader_texts.__self__
        place = move.partner_shipping_id
        payer = move.partner_id
        untaxed = currency.round(move.amount_untaxed)
        due = summary['due'] if summary else currency.round(move.amount_total)
        return {
            'version': document_words.VERSION,
            'kind': 'refund' if move.move_type == 'out_refund' else 'invoice',
            'draft': move.state == 'draft',
            **({'cancelled': True} if move.state == 'cancel' else {}),
            'number': move.name if move.state != 'draft' and move.name else '',
            'origin': move.reversed_entry_id.name or '',
            'invoice_date': _iso(move.invoice_date),
            'due_date': _iso(move.invoice_date_due),
            'period': move._isp_document_period(),
            'currency': currency.name,
            'decimals': currency.decimal_places,
            'paper': shared['paper'],
            'locales': shared['locales'],
            'company': shared['company'],
            'logo': shared['logo'],
            'account_number': account.isp_account_number or '',
            'customer': {**self._customer_names(payer, account),
                         'address': self._address(payer, company, reader)},
            'service': place and place != payer and {
                'address': self._address(place, company, reader)} or None,
            'lines': self._lines(move, reader_texts),
            'charges': len(move.isp_charge_ids),
            'taxes': self._taxes(move, shared['taxes']),
            'untaxed': _number(untaxed, currency),
            'total': _number(move.amount_total, currency),
            'summary': summary and {
                **summary,
                'previous': _number(summary['previous'], currency),
                'forward': _number(summary['forward'], currency),
                'due': _number(due, currency),
                'movements': [{**row, 'amount': _number(row['amount'], currency)}
                              for row in summary['movements']],
            },
            'message': message,
            'terms': shared['terms'],
            'note': self._note(move, shared['known_terms']),
            'support': shared['support'],
            'payment': self._payment(move, shared, due),
        }

    @api.model
    def _customer_names(self, payer, account):
        """Lines above the address: a contact of the customer stands below the customer.

        :return: {'name': both in one line, 'names': [lines], where there are two}
        """
        contact = payer.type == 'invoice' or payer != account
        if contact and payer.parent_id and payer.name:
            names = [payer.parent_id.name or '', payer.name]
            return {'name': ", ".join(names), 'names': names}
        return {'name': payer.name or payer.parent_id.name or ''}

    @api.model
    def _lines(self, move, texts):
        """Lines of the document: each invoice line with the facts of its charge.

        The amounts are those of the invoice, so that they add up to its total; plan, period,
        days and price come from the ledger.
        """
        places = move.isp_charge_ids.subscription_id.partner_shipping_id
        return [
            self._charge_line(charge, self._untaxed(line), places, texts)
            if charge else self._free_line(line, texts)
            for line, charge in self._line_records(move)
        ]

    @api.model
    def _line_records(self, move):
        """What the lines of the document are made of, in their order.

        :return: [(account.move.line, isp.charge)], either may be empty: typed lines, sections and
            notes have no charge, charges of 0.00 have no invoice line and follow
        """
        charges = move.isp_charge_ids
        by_line = {charge.move_line_id.id: charge for charge in charges if charge.move_line_id}
        spare = charges.filtered(lambda charge: not charge.move_line_id)
        records = []
        for line in move.invoice_line_ids.sorted(lambda line: (line.sequence, line.id)):
            if not self._is_printed(line):
                continue
            charge = by_line.get(line.id)
            if not charge and line.isp_plan_id:
                charge = spare.filtered(lambda charge, line=line: (
                    charge.plan_id == line.isp_plan_id
                    and charge.date_from == line.isp_period_from
                    and charge.date_to == line.isp_period_to))[:1]
                spare -= charge
            records.append((line, charge or spare.browse()))
        free = spare.filtered(lambda charge: charge.currency_id.is_zero(charge.amount))
        return records + [(move.invoice_line_ids.browse(), charge) for charge in free]

    @api.model
    def _charge_line(self, charge, amount, places, texts):
        """A line with the facts of the ledger."""
        recurring = charge.kind == 'recurring'
        return {
            'kind': charge.plan_id.kind,
            'text': _with_place(texts(charge.plan_id, 'name'),
                                charge.subscription_id.partner_shipping_id, places),
            'from': _iso(charge.date_from), 'to': _iso(charge.date_to),
            'days': charge.days if recurring else 0,
            'period_days': charge.period_days if recurring else 0,
            'quantity': str(charge.quantity),
            'price_unit': _number(charge.price_unit, charge.currency_id),
            'discount': str(charge.discount or 0),
            'amount': _number(amount, charge.currency_id),
        }

    @api.model
    def _free_line(self, line, texts):
        """A line without a charge: one that somebody added, or that another app made."""
        return {
            'kind': 'other',
            'text': self._line_text(line, texts),
            'from': None, 'to': None, 'days': 0, 'period_days': 0,
            'quantity': str(line.quantity), 'discount': str(line.discount or 0),
            'price_unit': _number(line.price_unit, line.currency_id),
            'amount': _number(line.price_subtotal, line.currency_id),
        }

    @api.model
    def _taxes(self, move, blocks):
        """One row per tax, never a combined rate, taxes of 0 % included."""
        amounts = {}
        for line in move.line_ids:
            if line.tax_line_id and line.display_type != 'rounding':
                tax = line.tax_line_id.id
                amounts[tax] = amounts.get(tax, 0) + move.direction_sign * line.amount_currency
        for tax in move.invoice_line_ids.tax_ids.flatten_taxes_hierarchy():
            if not tax.amount:
                amounts.setdefault(tax.id, 0)
        rows = sorted(amounts.items(), key=lambda row: blocks[row[0]]['order'])
        extras = self._tax_extras(move)
        return [{
            'label': blocks[tax]['label'], 'rate': blocks[tax]['rate'],
            'number': blocks[tax]['number'], 'amount': _number(amount, move.currency_id),
            **extras.get(tax, {}),
        } for tax, amount in rows]

    @api.model
    def _payment(self, move, shared, due):
        """How to pay: slip, code and texts."""
        code, asks = None, move.state == 'posted' and due > 0
        if asks:
            code = self._epc_code(move, due) or {
                'type': 'link', 'content': move._isp_portal_link(shared['base_url'])}
        bank = self._bank_facts(move._isp_bank_account(), move.currency_id)
        return {
            'slip': shared['slip'], 'qr': code,
            'reference': move.payment_reference or move.name or '',
            'portal_host': shared['host'], 'iban': bank.get('iban', ''),
            **({'account': bank['account']} if bank.get('account') else {}),
            'instructions': shared['instructions'],
            'bank_said': self._bank_said(shared['instructions'], bank),
        }


def _without_rate(name):
    return RATE.sub(' ', name).strip()


def _with_place(text, place, places):
    """The text with its service address when an invoice bills several."""
    if len(places) < 2 or not place.street:
        return text
    return {language: f'{words} – {place.street}' for language, words in text.items()}


def _iso(day):
    return day.isoformat() if day else None


def _number(amount, currency):
    """An amount as text at the currency's decimals, so that JSON keeps it exactly."""
    return f'{currency.round(amount):.{currency.decimal_places}f}'
