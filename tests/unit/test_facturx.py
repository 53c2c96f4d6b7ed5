"""Periods and profile of a Factur-X XML."""
import datetime

import pytest
from lxml import etree

from odoo.addons.isp_billing.engine import facturx

SPACES = (
    'xmlns:rsm="urn:un:unece:uncefact:data:standard:CrossIndustryInvoice:100" '
    'xmlns:ram="urn:un:unece:uncefact:data:standard:ReusableAggregateBusinessInformationEntity'
    ':100"')
LINE = ('<ram:IncludedSupplyChainTradeLineItem><ram:SpecifiedLineTradeSettlement>'
        '<ram:ApplicableTradeTax/><ram:SpecifiedTradeSettlementLineMonetarySummation/>'
        '</ram:SpecifiedLineTradeSettlement></ram:IncludedSupplyChainTradeLineItem>')


def invoice(profile='urn:cen.eu:en16931:2017#conformant#urn:factur-x.eu:1p0:extended'):
    return f"""<rsm:CrossIndustryInvoice {SPACES}>
      <ram:GuidelineSpecifiedDocumentContextParameter><ram:ID>{profile}</ram:ID>
      </ram:GuidelineSpecifiedDocumentContextParameter>{LINE}{LINE}
      <ram:ApplicableHeaderTradeSettlement><ram:ApplicableTradeTax/><ram:ApplicableTradeTax/>
      <ram:BillingSpecifiedPeriod>old</ram:BillingSpecifiedPeriod>
      <ram:SpecifiedTradePaymentTerms/></ram:ApplicableHeaderTradeSettlement>
      </rsm:CrossIndustryInvoice>""".encode()


XML = invoice()
MONTH = (datetime.date(2026, 10, 1), datetime.date(2026, 10, 31))


def shape(xml, name):
    """Names of the children of each element of a name, with the digits in them."""
    return [[(etree.QName(child).localname, ''.join(child.itertext()).strip()) for child in found]
            for found in etree.fromstring(xml).iterfind(f'.//{{*}}{name}')]


def test_periods_stand_where_the_schema_wants_them():
    made = facturx.with_periods(XML, MONTH, [None, MONTH])
    assert shape(made, 'ApplicableHeaderTradeSettlement') == [[
        ('ApplicableTradeTax', ''), ('ApplicableTradeTax', ''),
        ('BillingSpecifiedPeriod', '2026100120261031'), ('SpecifiedTradePaymentTerms', '')]]
    assert [[name for name, _text in line] for line in shape(made, 'SpecifiedLineTradeSettlement')
            ] == [['ApplicableTradeTax', 'SpecifiedTradeSettlementLineMonetarySummation'],
                  ['ApplicableTradeTax', 'BillingSpecifiedPeriod',
                   'SpecifiedTradeSettlementLineMonetarySummation']]
    assert facturx.with_periods(made, MONTH, [None, MONTH]) == made


def test_without_a_period_the_old_one_stays():
    made = facturx.with_periods(XML, None, [None, None])
    assert ('BillingSpecifiedPeriod', 'old') in shape(made, 'ApplicableHeaderTradeSettlement')[0]


def test_lines_must_fit():
    with pytest.raises(ValueError, match='2 lines in the XML, 1 on the invoice'):
        facturx.with_periods(XML, MONTH, [MONTH])


@pytest.mark.parametrize(('profile', 'level', 'relationship'), [
    ('urn:factur-x.eu:1p0:minimum', 'MINIMUM', 'Data'),
    ('urn:factur-x.eu:1p0:basicwl', 'BASIC WL', 'Data'),
    ('urn:cen.eu:en16931:2017#compliant#urn:factur-x.eu:1p0:basic', 'BASIC', 'Alternative'),
    ('urn:cen.eu:en16931:2017', 'EN 16931', 'Alternative'),
    ('urn:cen.eu:en16931:2017#conformant#urn:factur-x.eu:1p0:extended', 'EXTENDED',
     'Alternative'),
])
def test_level_of_each_profile(profile, level, relationship):
    assert facturx.level(invoice(profile)) == level
    assert facturx.relationship(level) == relationship


def test_unknown_profile_and_other_formats():
    with pytest.raises(ValueError, match='No profile'):
        facturx.level(invoice('urn:other'))
    assert facturx.is_facturx(XML)
    assert not facturx.is_facturx(b'<Invoice/>') and not facturx.is_facturx(b'no xml')
