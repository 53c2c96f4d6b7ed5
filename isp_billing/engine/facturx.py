"""The XML of a Factur-X invoice: its profile, and the service periods that its maker left out.

The XML itself is made by Odoo (``account.edi.xml.cii``).  It knows no service periods: it writes
invoice date and due date as the invoicing period (BG-14) and nothing on the lines (BG-26).
"""
from lxml import etree

FILE_NAME = 'factur-x.xml'
#: conformance level in the metadata of the PDF, by the end of the guideline's name in the XML
LEVELS = (
    ('minimum', 'MINIMUM'), ('basicwl', 'BASIC WL'), ('basic', 'BASIC'),
    ('extended', 'EXTENDED'), ('urn:cen.eu:en16931:2017', 'EN 16931'),
)
#: the XML of these levels does not say all that the page says, so it is no alternative to it
PARTIAL = ('MINIMUM', 'BASIC WL')
_RAM = 'urn:un:unece:uncefact:data:standard:ReusableAggregateBusinessInformationEntity:100'
_UDT = 'urn:un:unece:uncefact:data:standard:UnqualifiedDataType:100'
_QDT = 'urn:un:unece:uncefact:data:standard:QualifiedDataType:100'
_ROOT = '{urn:un:unece:uncefact:data:standard:CrossIndustryInvoice:100}CrossIndustryInvoice'


def is_facturx(xml):
    """Whether bytes are an invoice in the syntax of Factur-X (CII)."""
    try:
        return etree.fromstring(xml).tag == _ROOT
    except etree.XMLSyntaxError:
        return False


def level(xml):
    """Conformance level that the XML claims, such as ``EXTENDED``.

    :raises ValueError: when it names no profile of Factur-X
    """
    found = etree.fromstring(xml).findtext(
        f'.//{{{_RAM}}}GuidelineSpecifiedDocumentContextParameter/{{{_RAM}}}ID') or ''
    for end, name in LEVELS:
        if found.strip().endswith(end):
            return name
    raise ValueError(f'No profile of Factur-X: {found!r}')


def relationship(conformance):
    """How the file relates to the page (AFRelationship), by conformance level.

    From BASIC on the XML is the whole invoice: an ``Alternative`` in all countries of the
    standard.  Below it is ``Data``.
    """
    return 'Data' if conformance in PARTIAL else 'Alternative'


def with_periods(xml, period, lines):
    """The XML with its service periods.

    :param bytes xml: invoice in CII syntax
    :param period: (first day, last day) of the invoice as dates, None leaves what is there
    :param list lines: the same for each line, in the order of the XML
    :rtype: bytes
    :raises ValueError: when the XML has another number of lines
    """
    tree = etree.fromstring(xml)
    items = tree.findall(f'.//{{{_RAM}}}IncludedSupplyChainTradeLineItem')
    if len(items) != len(lines):
        raise ValueError(f'{len(items)} lines in the XML, {len(lines)} on the invoice')
    if period:
        _set_period(tree.find(f'.//{{{_RAM}}}ApplicableHeaderTradeSettlement'), period)
    for item, days in zip(items, lines, strict=True):
        if days:
            _set_period(item.find(f'{{{_RAM}}}SpecifiedLineTradeSettlement'), days)
    return etree.tostring(tree, xml_declaration=True, encoding='UTF-8')


def with_origins(xml, origins):
    """The XML of a credit note with the invoices that it corrects.

    :param bytes xml: credit note in CII syntax
    :param list origins: (number, date) of each invoice; what is there stays when it is empty
    :rtype: bytes
    """
    if not origins:
        return xml
    tree = etree.fromstring(xml)
    settlement = tree.find(f'.//{{{_RAM}}}ApplicableHeaderTradeSettlement')
    for old in settlement.findall(f'{{{_RAM}}}InvoiceReferencedDocument'):
        settlement.remove(old)
    place = settlement.index(settlement.find(
        f'{{{_RAM}}}SpecifiedTradeSettlementHeaderMonetarySummation'))
    for number, day in reversed(origins):
        document = etree.Element(f'{{{_RAM}}}InvoiceReferencedDocument')
        etree.SubElement(document, f'{{{_RAM}}}IssuerAssignedID').text = number
        moment = etree.SubElement(document, f'{{{_RAM}}}FormattedIssueDateTime')
        etree.SubElement(moment, f'{{{_QDT}}}DateTimeString', format='102').text = \
            day.strftime('%Y%m%d')
        settlement.insert(place + 1, document)
    return etree.tostring(tree, xml_declaration=True, encoding='UTF-8')


def _set_period(settlement, days):
    """Put a period behind the taxes, where the schema wants it."""
    for old in settlement.findall(f'{{{_RAM}}}BillingSpecifiedPeriod'):
        settlement.remove(old)
    period = etree.Element(f'{{{_RAM}}}BillingSpecifiedPeriod')
    for name, day in zip(('StartDateTime', 'EndDateTime'), days, strict=True):
        moment = etree.SubElement(period, f'{{{_RAM}}}{name}')
        text = etree.SubElement(moment, f'{{{_UDT}}}DateTimeString', format='102')
        text.text = day.strftime('%Y%m%d')
    taxes = settlement.findall(f'{{{_RAM}}}ApplicableTradeTax')
    settlement.insert(settlement.index(taxes[-1]) + 1 if taxes else 0, period)
