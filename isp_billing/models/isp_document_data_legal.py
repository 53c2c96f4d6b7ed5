from odoo import api, models

from ..engine import formats

#: where the number of a company is called by how long it is: names by number of digits
REGISTRY_NAMES = {'FR': {9: 'SIREN', 14: 'SIRET'}}


class IspDocumentData(models.AbstractModel):
    """Legal mentions in the foot of documents."""

    _inherit = 'isp.document.data'

    @api.model
    def _company_legal(self, company, registrations=None):
        """Legal mentions in the foot of each page: {'en': str, 'fr': str}.

        Default: the registrations that are marked for the foot, and the company's registry unless
        it is one of them.  Country modules extend it.

        :param registrations: isp.tax.registration; those of the company when None
        """
        if registrations is None:
            registrations = company.sudo().isp_tax_registration_ids
        shown = registrations.filtered('in_foot')
        reader = company._isp_text_reader()
        known = {_digits(row.number or '') for row in shown}
        found = {}
        for language in ('en', 'fr'):
            mentions = [f"{reader.texts(row, 'label')[language]} {row.number or ''}"
                        for row in shown]
            if company.company_registry and _digits(company.company_registry) not in known:
                mentions.append(self._company_registry(company, reader.languages[language]))
            found[language] = ' · '.join(
                mention.replace(' ', formats.NBSP) for mention in mentions)
        return found

    @api.model
    def _company_registry(self, company, languages):
        """Number of the company in its country's register, with the name that it has there (str).

        :param languages: language codes, best first
        """
        return ' '.join(filter(None, self._registry_number(company.partner_id, languages)))

    @api.model
    def _registry_number(self, partner, languages):
        """Number of a partner in its country's register: (name of the number or '', number).

        :param languages: language codes, best first
        """
        number, country = partner.company_registry, partner.country_id.code
        digits = _digits(number)
        name = digits.isdecimal() and REGISTRY_NAMES.get(country, {}).get(len(digits))
        if name:
            groups = (digits[:3], digits[3:6], digits[6:9], digits[9:])
            return name, ' '.join(filter(None, groups))
        partner = partner.with_context(lang=languages[0])
        return partner._get_company_registry_labels().get(country) or '', number


def _digits(number):
    """A registration number without what people write between its digits."""
    return ''.join(letter for letter in number if letter.isalnum())
