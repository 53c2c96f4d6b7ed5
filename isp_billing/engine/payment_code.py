"""What the square code of a payment slip says, and how it is drawn."""
import re

import qrcode
from qrcode.constants import ERROR_CORRECT_M


def qr_svg(content):
    """A QR code as SVG: one path, no margin.

    :param str content: what the code says
    :rtype: str
    """
    code = qrcode.QRCode(error_correction=ERROR_CORRECT_M, border=0)
    code.add_data(content)
    code.make(fit=True)
    matrix = code.get_matrix()
    path = ''.join(
        f'M{run.start()} {y}h{len(run.group())}v1h-{len(run.group())}z'
        for y, row in enumerate(matrix)
        for run in re.finditer('1+', ''.join('01'[bool(cell)] for cell in row))
    )
    size = len(matrix)
    return (f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {size} {size}" '
            f'shape-rendering="crispEdges"><path d="{path}"/></svg>')


def epc_content(name, iban, amount, reference, bic=''):
    """Content of a European credit transfer code (EPC069-12, version 002).

    :param str amount: in euros, such as ``12.30``
    :rtype: str
    """
    return '\n'.join([
        'BCD', '002', '1', 'SCT', bic or '', name[:70], compact_iban(iban),
        f'EUR{amount}', '', '', reference[:140],
    ])


def compact_iban(iban):
    """The account number without spaces, in capitals."""
    return re.sub(r'\s', '', iban or '').upper()


def group_iban(iban):
    """The account number in groups of four, as it is printed."""
    return ' '.join(re.findall('.{1,4}', compact_iban(iban)))


def is_iban(iban):
    """Whether a text is an international bank account number (ISO 13616, check digits 97)."""
    compact = compact_iban(iban)
    if not re.fullmatch(r'[A-Z]{2}\d{2}[A-Z0-9]{11,30}', compact):
        return False
    digits = ''.join(str(int(char, 36)) for char in compact[4:] + compact[:4])
    return int(digits) % 97 == 1
