"""What the square code of a payment slip says, and how it is drawn."""
import io
import re

import qrcode
from PIL import Image
from qrcode.constants import ERROR_CORRECT_M

#: dots per module: one block of a JPEG picture, so that it stays black and white exactly
DOTS = 8
# One of the eight patterns that a reader knows; to try all costs six times as much.
MASK = 3


def qr_picture(content):
    """A QR code as a JPEG picture, black and white, without margin.

    Eight dots per module: viewers blur a code of one dot per module.  A JPEG goes into the PDF as
    it is, while each PNG is packed anew; blocks of one colour lose nothing.

    :param str content: what the code says
    :rtype: bytes
    """
    code = qrcode.QRCode(error_correction=ERROR_CORRECT_M, border=0, mask_pattern=MASK)
    code.add_data(content)
    code.make(fit=True)
    matrix = code.get_matrix()
    side = len(matrix)
    picture = Image.frombytes(
        'L', (side, side), bytes(0 if cell else 255 for row in matrix for cell in row))
    target = io.BytesIO()
    picture.resize((side * DOTS, side * DOTS), Image.Resampling.NEAREST).save(
        target, 'JPEG', quality=50, optimize=True)
    return target.getvalue()


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
