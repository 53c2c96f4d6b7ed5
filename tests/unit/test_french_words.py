"""Documents and explanations in French never say the words of the other country."""
import pytest

from odoo.addons.isp_billing.engine import document_words, explain_words

from tools.checks import varieties


@pytest.mark.parametrize(('lang', 'canadian'), [('fr_CA', True), ('fr_FR', False), ('fr', False)])
@pytest.mark.parametrize('words', [document_words.words, explain_words.words])
def test_each_country_has_its_own_words(words, lang, canadian):
    for key, text in words(lang).items():
        assert not varieties.foreign(text, canadian), (key, text)


def test_words_of_the_other_country_are_found():
    assert varieties.foreign("Votre forfait par courriel", False) == ['forfait', 'courriel']
    assert varieties.foreign("Votre e-mail, montant TTC", True) == ['e-mail', 'ttc']
    assert not varieties.foreign("La remise du contrat", True)
    assert not varieties.foreign("Votre courriel", True)
