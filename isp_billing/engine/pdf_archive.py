"""An invoice PDF that carries its electronic invoice: PDF/A-3a with Factur-X inside.

WeasyPrint writes the archive variant (output intent, identifier, tags, embedded fonts); here is
what it needs to be told, and what it leaves to be put right.
"""
import dataclasses
import datetime
import io
from xml.etree import ElementTree

from weasyprint import Attachment

from . import facturx

VARIANT = 'pdf/a-3a'
_RDF = 'http://www.w3.org/1999/02/22-rdf-syntax-ns#'
_EXTENSION = 'http://www.aiim.org/pdfa/ns/extension/'
_SCHEMA = 'http://www.aiim.org/pdfa/ns/schema#'
_PROPERTY = 'http://www.aiim.org/pdfa/ns/property#'
_FX = 'urn:factur-x:pdfa:CrossIndustryDocument:invoice:1p0#'
_PROPERTIES = (
    ('DocumentFileName', "The name of the embedded XML document"),
    ('DocumentType', "The type of the hybrid document in capital letters"),
    ('Version', "The actual version of the standard applying to the embedded XML document"),
    ('ConformanceLevel', "The conformance level of the embedded XML document"),
)
for _prefix, _space in (('pdfaExtension', _EXTENSION), ('pdfaSchema', _SCHEMA),
                        ('pdfaProperty', _PROPERTY), ('fx', _FX)):
    ElementTree.register_namespace(_prefix, _space)


@dataclasses.dataclass(frozen=True)
class EInvoice:
    """The electronic invoice that a document carries.

    ``day`` is written as the date of the file, so that the same invoice gives the same bytes.
    """

    xml: bytes
    day: datetime.date

    @property
    def level(self):
        """Conformance level of the XML, such as ``EXTENDED``."""
        return facturx.level(self.xml)

    def options(self):
        """What WeasyPrint needs to render and write the PDF (dict)."""
        moment = datetime.datetime.combine(self.day, datetime.time())
        return {
            'pdf_variant': VARIANT,
            'attachments': [Attachment(
                file_obj=io.BytesIO(self.xml), name=facturx.FILE_NAME, description="Factur-X",
                created=moment, modified=moment,
                relationship=facturx.relationship(self.level))],
        }

    def describe(self, metadata):
        """Add the claims of Factur-X to the metadata of a laid out document."""
        original = metadata.generate_rdf_metadata

        def generate(*words):
            tree = ElementTree.fromstring(original(*words))
            tree.extend(_claims(self.level))
            return ElementTree.tostring(tree, encoding='utf-8')

        metadata.generate_rdf_metadata = generate

    @staticmethod
    def finish(_document, pdf):
        """Put right what the archive standard forbids and WeasyPrint writes (a finisher).

        Pictures must not ask to be smoothed, a file is listed once, the kind of the XML does not
        depend on the tables of the machine, and the claims can be read without unpacking.
        """
        files = pdf.catalog.get('AF', [])
        files[:] = list(dict.fromkeys(files))
        for item in pdf.objects:
            extra = getattr(item, 'extra', None) or {}
            if 'Interpolate' in extra:
                extra['Interpolate'] = 'false'
            if extra.get('Type') == '/Metadata':
                item.compress = False
            if extra.get('Type') == '/EmbeddedFile':
                extra['Subtype'] = '/text#2fxml'


def _claims(level):
    """Descriptions for the metadata: the schema of Factur-X and its four properties."""
    schema = _description()
    bag = _nested(schema, (_EXTENSION, 'schemas'), (_RDF, 'Bag'))
    item = _resource(bag)
    for name, text in (('schema', "Factur-X PDFA Extension Schema"), ('namespaceURI', _FX),
                       ('prefix', 'fx')):
        _text(item, _SCHEMA, name, text)
    listed = _nested(item, (_SCHEMA, 'property'), (_RDF, 'Seq'))
    for name, meaning in _PROPERTIES:
        entry = _resource(listed)
        for key, text in (('name', name), ('valueType', 'Text'), ('category', 'external'),
                          ('description', meaning)):
            _text(entry, _PROPERTY, key, text)
    values = _description()
    for name, text in (('DocumentType', 'INVOICE'), ('DocumentFileName', facturx.FILE_NAME),
                       ('Version', '1.0'), ('ConformanceLevel', level)):
        _text(values, _FX, name, text)
    return [schema, values]


def _description():
    return ElementTree.Element(f'{{{_RDF}}}Description', {f'{{{_RDF}}}about': ''})


def _resource(parent):
    return ElementTree.SubElement(
        parent, f'{{{_RDF}}}li', {f'{{{_RDF}}}parseType': 'Resource'})


def _nested(parent, *names):
    for space, name in names:
        parent = ElementTree.SubElement(parent, f'{{{space}}}{name}')
    return parent


def _text(parent, space, name, text):
    ElementTree.SubElement(parent, f'{{{space}}}{name}').text = text
