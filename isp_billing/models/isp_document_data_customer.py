import re

from odoo import api, models

#: what names of tax numbers end with in Odoo's countries; the document has its own word for it
NUMBER_WORDS = re.compile(r"\s+(?:number|no\.?)$", re.IGNORECASE)


class IspDocumentData(models.AbstractModel):
    """What the customer's own books need of a document."""

    _inherit = 'isp.document.data'

    @api.model
    def _facts(self, move, shared, summary, message):
        facts = super()._facts(move, shared, summary, message)
        reference = self._customer_reference(move)
        if reference:
            facts['reference'] = reference
        numbers = self._customer_numbers(move, shared['texts'].__self__)
        if numbers:
            facts['customer_numbers'] = numbers
        return facts

    @api.model
    def _customer_reference(self, move):
        """The customer's reference, such as a purchase order number (str, may be empty).

        A credit note has that of the invoice that it corrects, unless somebody typed another one:
        what is written there without asking names the corrected invoice, or its run.
        """
        own, origin = (move.ref or '').strip(), move.reversed_entry_id
        names = [name for name in (origin.name, origin.isp_bill_run_id.name) if name]
        if origin and (not own or any(name in own for name in names)):
            return (origin.ref or '').strip()
        return own

    @api.model
    def _customer_numbers(self, move, reader):
        """Numbers of a business customer: [{'type': 'vat' or 'registry', 'name', 'number'}].

        That of its taxes, and that of the register where its country has a name for it.  People
        have neither.
        """
        customer, numbers = move.commercial_partner_id, []
        vat = (move.partner_id.vat or customer.vat or '').strip()
        if any(letter.isalnum() for letter in vat):
            numbers.append({'type': 'vat', 'name': self._vat_name(move, reader), 'number': vat})
        if customer.company_registry:
            named = {language: self._registry_number(customer, reader.languages[language])
                     for language in ('en', 'fr')}
            name = {language: named[language][0] for language in named}
            if all(name.values()):
                numbers.append({'type': 'registry', 'name': name, 'number': named['en'][1]})
        return numbers

    @api.model
    def _vat_name(self, move, reader):
        """What the tax of a customer's number is called: {'en': "VAT", 'fr': "TVA"}."""
        country = move.commercial_partner_id.country_id
        if not country.vat_label:
            country = move.company_id.account_fiscal_country_id
        names = reader.texts(country, 'vat_label') if country.vat_label else {'en': "VAT"}
        english = NUMBER_WORDS.sub('', names['en'])
        return {'en': english, 'fr': self._tax_name_in_french(english) or names['fr']}
