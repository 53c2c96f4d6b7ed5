from odoo.tests import tagged

from odoo.addons.isp_billing.models.res_company_country import zone_of

from .common import IspCase


@tagged('standard', 'post_install', '-at_install')
class TestCompanyCountry(IspCase):
    """A company whose country is set after the installation."""

    def new_company(self, country='base.us', **values):
        return self.env['res.company'].create({
            'name': f"Newco {country}", 'country_id': self.env.ref(country).id,
            'isp_tz': 'America/New_York', **values})

    def test_french_and_zone_follow_the_country(self):
        company = self.new_company()
        self.assertEqual(company.isp_french, 'fr_FR')
        company.country_id = self.env.ref('base.ca')
        self.assertEqual((company.isp_french, company.isp_tz), ('fr_CA', 'America/New_York'))
        company.country_id = self.env.ref('base.fr')
        self.assertEqual((company.isp_french, company.isp_tz), ('fr_FR', 'Europe/Paris'))
        company.country_id = self.env.ref('base.ca')
        self.assertEqual((company.isp_french, company.isp_tz), ('fr_CA', 'America/Toronto'))

    def test_what_was_chosen_stands(self):
        company = self.new_company(isp_french='fr_CA')
        company.country_id = self.env.ref('base.fr')
        self.assertEqual(company.isp_french, 'fr_CA')
        company.write({'country_id': self.env.ref('base.ca').id, 'isp_french': 'fr_FR',
                       'isp_tz': 'America/Vancouver'})
        self.assertEqual((company.isp_french, company.isp_tz), ('fr_FR', 'America/Vancouver'))

    def test_after_the_first_bill_nothing_follows(self):
        account = self.make_account("Ada Billed")
        day = self.ca._isp_today().replace(day=1)
        self.make_subscription(account, [self.make_plan('BILLED', 10)], day)
        self.bill(day)
        zone, french = self.ca.isp_tz, self.ca.isp_french
        self.ca.country_id = self.env.ref('base.fr')
        self.assertEqual((self.ca.isp_tz, self.ca.isp_french), (zone, french))

    def test_zone_of_a_country_with_several(self):
        self.assertEqual(zone_of('CA'), 'America/Toronto')
        self.assertEqual(zone_of('FR'), 'Europe/Paris')
        self.assertIsNone(zone_of(False))

    def test_default_profile_has_a_name_in_each_language(self):
        profile = self.new_company().isp_profile_id
        self.assertEqual(profile.with_context(lang='en_US').name, "Monthly, first day")
        for code in ('fr_FR', 'fr_CA'):
            self.assertEqual(profile.with_context(lang=code).name, "Mensuel, premier jour")
