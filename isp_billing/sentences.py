"""Texts for readers: said once, kept as source and values, worded in the language of each reader.

``say(env)._("...", name=value)`` instead of ``env._``, for whatever is stored; the fields below
keep it. Both ends are tied by ``engine/sentences.py``.
"""
from odoo import fields
from odoo.tools.translate import get_translated_module, get_translation

from .engine.sentences import Sentence, part, parts_of, stored, worded


class say:  # noqa: N801 - reads as a verb where it is called
    """Makes and reads sentences in the language of an environment."""

    def __init__(self, env):
        self.env = env

    def _(self, source, /, **values):
        """A sentence in the language of the environment, which can be stored.

        :param str source: English text of the calling module, translated as ``env._`` does
        :param values: numbers, texts, other sentences, ``money``
        :rtype: Sentence
        """
        module = get_translated_module(2)
        parts = {'module': module, 'source': source,
                 'values': {name: part(value) for name, value in values.items()}}
        return Sentence(self.sentence(module, source, values), parts)

    def join(self, texts, between="\n"):
        """Several texts as one (Sentence)."""
        texts = list(texts)
        return Sentence(between.join(map(str, texts)),
                        {'join': between, 'parts': [part(text) for text in texts]})

    def amount(self, value, currency):
        """An amount of money as a value of a sentence."""
        return Sentence(self.money(value, currency.id), {'money': value, 'currency': currency.id})

    def error(self, error):
        """What an error says: its sentence when it was raised with one (str)."""
        said = error.args[0] if error.args else ''
        return said if isinstance(said, Sentence) else str(error) or type(error).__name__

    def wording(self, text):
        """A stored text in the language of the environment."""
        parts = parts_of(text)
        return text if parts is None else Sentence(worded(parts, self), parts)

    # ---- what ``engine.sentences.worded`` asks for ---------------------------------------------

    def sentence(self, module, source, values):
        return str(get_translation(module, self.env.lang or 'en_US', source, values))

    def money(self, amount, currency):
        # in the language of the words around it, also where the environment has none
        currencies = self.env['res.currency'].with_context(lang=self.env.lang or 'en_US')
        return currencies.browse(currency).format(amount)


class _SentenceField:
    """A field that keeps sentences; nothing is grouped by it, as one text has many wordings."""

    def convert_to_cache(self, value, record, validate=True):
        return super().convert_to_cache(stored(value), record, validate)

    def convert_to_record(self, value, record):
        return say(record.env).wording(super().convert_to_record(value, record))

    def convert_to_read(self, value, record, use_display_name=True):
        return str(value) if value else False

    def _description_groupable(self, env):
        return False


class SentenceText(_SentenceField, fields.Text):
    """Text made for readers; see ``say``."""


class SentenceChar(_SentenceField, fields.Char):
    """Text of one line made for readers; see ``say``."""
