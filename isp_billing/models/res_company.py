from datetime import datetime, time

import pytz

from odoo import api, fields, models

from odoo.addons.base.models.res_partner import _tz_get

from ..names import name_in_languages
from .res_company_country import zone_of


class ResCompany(models.Model):
    _inherit = 'res.company'

    isp_tz = fields.Selection(
        _tz_get, string="Billing time zone", required=True,
        default=lambda self: self._isp_default_tz(),
        help="Dates of bill runs and periods are calendar days in this zone. Neither the "
             "server's zone nor the user's is ever used.",
    )
    isp_profile_id = fields.Many2one(
        'isp.billing.profile', string="Default billing profile",
        domain="[('company_id', '=', id)]",
        help="For accounts that have no billing profile of their own.",
    )
    isp_account_check_digit = fields.Boolean(
        string="Account numbers with a check digit", default=True,
        help="The last digit of an account number is the check digit (Luhn) of the others, so "
             "that a mistyped number is noticed. Unset it to keep the numbers of a former system.",
    )
    isp_four_eyes = fields.Boolean(
        string="Approval by a second person",
        help="Whoever computed a bill run may not approve it.",
    )
    isp_four_eyes_schedule = fields.Boolean(
        string="Scheduled runs may approve themselves",
        help="With approval by a second person: a scheduled run in which every bill is ready "
             "counts as computed by one and approved by the system.",
    )

    @api.model
    def _isp_default_tz(self):
        return self.env.user.tz or zone_of(self.env.company.country_id.code) or 'UTC'

    @api.model_create_multi
    def create(self, vals_list):
        companies = super().create(vals_list)
        companies._isp_create_default_profile()
        return companies

    def _isp_create_default_profile(self):
        """Give companies without a default billing profile one: 1st of the month, 20 days."""
        missing = self.filtered(lambda company: not company.isp_profile_id)
        profiles = self.with_context(lang='en_US').env['isp.billing.profile'].sudo()
        profiles = profiles.create([
            {'name': profiles._isp_made_name(), 'company_id': company.id} for company in missing
        ])
        for company, profile in zip(missing, profiles, strict=True):
            company.sudo().isp_profile_id = profile
        name_in_languages(profiles)

    def _isp_today(self):
        """Today's calendar day in the billing time zone (datetime.date)."""
        if not self:
            return fields.Date.context_today(self)
        zone = pytz.timezone(self.isp_tz or 'UTC')
        return pytz.utc.localize(self._isp_now()).astimezone(zone).date()

    def _isp_noon(self, day):
        """Noon of a day in the billing time zone, naive UTC.

        What has moments for bounds, such as a rule of a pricelist, is asked for the day as people
        there understand it, whichever zone the bounds were entered in.
        """
        zone = pytz.timezone(self.isp_tz or 'UTC')
        noon = zone.localize(datetime.combine(day, time(12)))
        return noon.astimezone(pytz.utc).replace(tzinfo=None)

    def _isp_now(self):
        """The moment of the clock, naive UTC: the one seam through which time is read."""
        return datetime.utcnow()
