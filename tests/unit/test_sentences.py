"""Sentences keep what they say, through their stored form and back."""
from hypothesis import given
from hypothesis import strategies as st

from odoo.addons.isp_billing.engine import sentences
from odoo.addons.isp_billing.engine.sentences import Sentence


class Writer:
    """Words in capitals, so that a wording is told from the text that was there before."""

    def sentence(self, module, source, values):
        return f"{module}:{(source % values if values else source).upper()}"

    def money(self, amount, currency):
        return f"{amount}~{currency}"


def made(source, **values):
    parts = {'module': 'm', 'source': source,
             'values': {name: sentences.part(value) for name, value in values.items()}}
    return Sentence("as it was", parts)


def again(text):
    return sentences.worded(sentences.parts_of(sentences.stored(text)), Writer())


def test_a_sentence_is_worded_again_with_its_values():
    assert again(made("%(A)s of %(B)s", A=3, B="Éric")) == "m:3 OF ÉRIC"


def test_sentences_amounts_and_texts_stand_in_each_other():
    money = Sentence("$12", {'money': 12.5, 'currency': 7})
    inner = made("x")
    joined = Sentence("", {'join': ' / ', 'parts': [
        sentences.part(made("%(A)s", A=money)), sentences.part(inner), sentences.part("typed")]})
    assert again(joined) == "m:12.5~7 / m:X / typed"


@given(st.text())
def test_a_text_of_a_person_is_stored_and_read_as_it_is(text):
    assert sentences.stored(text) is text
    assert sentences.parts_of(text) is None or text.startswith(sentences.MARK)


def test_what_only_looks_like_a_sentence_is_left_alone():
    assert sentences.parts_of(sentences.MARK + "cut o") is None
    assert sentences.parts_of(None) is None
