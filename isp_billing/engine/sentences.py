"""Sentences that are kept as what they say, so that each reader gets them in its own language.

A sentence is a text with what it was made of: its English source with the module that translates
it, and its values.  It is a ``str`` like any other in the language of whoever made it; stored it is
JSON, worded again when it is read.  Texts stored otherwise are read as they are.
"""
import json

#: what a stored sentence begins with; no person begins a text so
MARK = '{"isp_sentence": '


class Sentence(str):
    """A text that knows what it was made of.

    ``parts`` is JSON-able: {'module', 'source', 'values'}, {'join', 'parts'} of several, or
    {'money', 'currency'} of an amount; None for a text without parts.
    """

    def __new__(cls, text, parts=None):
        sentence = super().__new__(cls, text)
        sentence.parts = parts
        return sentence


def part(value):
    """What is stored of a value: numbers and texts as they are, sentences as their parts."""
    if isinstance(value, Sentence) and value.parts:
        return value.parts
    return value if value is None or isinstance(value, bool | int | float) else str(value)


def stored(text):
    """A text as it is stored: JSON of a sentence, any other as it is."""
    if not isinstance(text, Sentence) or not text.parts:
        return text
    return f'{MARK}{json.dumps(text.parts, ensure_ascii=False, sort_keys=True)}}}'


def parts_of(text):
    """Parts of a stored text, None when it is no sentence.

    :param text: str or None
    """
    if not text or not text.startswith(MARK):
        return None
    try:
        return json.loads(text)['isp_sentence']
    except ValueError:  # cut off, or typed by a person
        return None


def worded(parts, write):
    """The text of parts in a language.

    :param parts: see ``Sentence``, or a plain value
    :param write: object with ``sentence(module, source, values)`` and ``money(amount, currency)``
    :rtype: str, or the plain value
    """
    if not isinstance(parts, dict):
        return parts
    if 'join' in parts:
        return parts['join'].join(str(worded(one, write)) for one in parts['parts'])
    if 'money' in parts:
        return write.money(parts['money'], parts['currency'])
    values = {name: worded(value, write) for name, value in (parts.get('values') or {}).items()}
    return write.sentence(parts['module'], parts['source'], values)
