"""What the customer's own books need of a document: the customer's reference and tax numbers."""
from .document_both import Value

#: class of cells whose text may take several lines
WRAP = 'wrap'


def rows(data, texts):
    """Rows of the card: [(label, [text], class of the cell)].

    :param dict data: frozen facts; those of earlier documents have no such keys
    :param dict texts: words of the language
    """
    if not data.get('reference'):
        return []
    return [(texts['your_reference'], [Value(data['reference'])], WRAP)]
