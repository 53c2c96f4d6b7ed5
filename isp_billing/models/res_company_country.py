import pytz

from odoo import models

#: the zone of most people of a country with several
MAIN_ZONES = {'CA': 'America/Toronto', 'US': 'America/New_York'}


def zone_of(code):
    """Billing time zone of a country (ISO code) that nobody chose a zone for; None when unknown.

    The first zone of pytz's list would be Newfoundland's for all of Canada.
    """
    zones = pytz.country_timezones.get(code or '', [])
    return MAIN_ZONES.get(code) or (zones[0] if zones else None)


class ResCompany(models.Model):
    """What a company takes from its country, also when that is set after the installation."""

    _inherit = 'res.company'

    def write(self, vals):
        """A country that is set later brings its French and its time zone."""
        before = {company: company.country_id for company in self} if 'country_id' in vals else {}
        result = super().write(vals)
        for company, country in before.items():
            if company.country_id != country:
                company._isp_follow_country(country, vals)
        return result

    def _isp_follow_country(self, before, told=()):
        """Take French and time zone of the country, unless they were chosen or a bill exists.

        :param before: country (res.country) whose values count as not chosen
        :param told: names of fields that are being written: what is said there stands
        """
        self.ensure_one()
        charges = self.env['isp.charge'].sudo()
        if charges.search_count([('company_id', '=', self.id)], limit=1):
            return
        found = {}
        if self.isp_french == self._isp_country_french(before):
            found['isp_french'] = self._isp_country_french(self.country_id)
        zone = zone_of(self.country_id.code)
        if zone and zone.split('/')[0] != (self.isp_tz or '').split('/')[0]:
            found['isp_tz'] = zone  # another continent
        found = {name: value for name, value in found.items()
                 if name not in told and value != self[name]}
        if found:
            self.write(found)

    def _isp_country_french(self, country):
        """The French of a country: ``fr_CA`` or ``fr_FR``."""
        return 'fr_CA' if country.code == 'CA' else 'fr_FR'
