"""What the customer's own books need of a document: the customer's reference and tax numbers."""
from .document_both import Value
from .formats import NBSP

#: class of cells whose text may take several lines
WRAP = 'wrap'


def names(data):
    """Lines above the customer's address (list of str)."""
    return data['customer'].get('names') or [data['customer']['name']]


def rows(data, texts, language):
    """Rows of the card: [(label, [text], class of the cell)].

    :param dict data: frozen facts; those of earlier documents have no such keys
    :param dict texts: words of the language
    :param str language: ``en`` or ``fr``
    """
    found = []
    if data.get('reference'):
        found.append((texts['your_reference'], [Value(data['reference'])], WRAP))
    for row in data.get('customer_numbers', ()):
        found.append((texts['your_' + row['type']] % row['name'][language],
                      [Value(row['number'].replace(' ', NBSP))], WRAP))
    return found
