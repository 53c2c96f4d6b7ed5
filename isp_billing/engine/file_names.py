"""Names of files that people upload, made such that every system and every e-mail takes them."""
import re
import unicodedata

#: most bytes of a name: systems take 255, and mail programs add marks of their own
MOST = 120
_RESERVED = re.compile(r'[<>:"|?*]')
#: names of devices on Windows, whatever ending they have
_DEVICES = re.compile(r'(con|prn|aux|nul|com\d|lpt\d)$', re.IGNORECASE)


def clean_name(name, default, suffix='.pdf'):
    """A file name without folders, line breaks, controls, reserved signs or too many letters.

    :param str name: as it was uploaded; may be empty
    :param str default: the name when nothing is left, without its ending
    :param str suffix: ending that the name gets, unless it has it
    """
    text = unicodedata.normalize('NFC', name or '')
    # line breaks, controls, marks that turn the direction of writing, what no text can hold
    text = ''.join(' ' if unicodedata.category(sign) in ('Cc', 'Cf', 'Cs', 'Co', 'Cn', 'Zl', 'Zp')
                   else sign for sign in text)
    text = re.split(r'[/\\]', text.strip())[-1]
    text = ' '.join(_RESERVED.sub('-', text).split())
    stem = text[:-len(suffix)] if text.lower().endswith(suffix) else text
    stem = stem.encode()[:MOST].decode(errors='ignore').strip(' .')
    if _DEVICES.match(stem):
        stem = f'_{stem}'
    if stem or not default:
        return (stem or 'file') + suffix
    return clean_name(default, '', suffix)
