"""The guess at the language of typed texts: plain ones are told apart, others are left alone."""
import pytest

from odoo.addons.isp_billing.engine.text_language import guess, problems


@pytest.mark.parametrize(('text', 'language'), [
    ("Your next bill will be in French.", 'en'),
    ("The price of your plan changes on {event_date}.", 'en'),
    ("Site visit fee", 'en'),
    ("Late payment charge", 'en'),
    ("Votre prochaine facture sera en français.", 'fr'),
    ("Frais d’installation", 'fr'),
    ("Frais d'installation", 'fr'),
    ("Le prix de votre forfait change le {event_date}.", 'fr'),
    ("Merci de payer avant la fin du mois, par virement ou par carte.", 'fr'),
    ("Nous vous offrons une vitesse plus élevée dès novembre.", 'fr'),
    ("Pay by the 15th of the month to avoid late fees at Montréal.", 'en'),
])
def test_plain_texts(text, language):
    assert guess(text) == language


@pytest.mark.parametrize('text', [
    '', None, "Fibre 500", "Internet Montréal", "Wi-Fi 7 Québec Extrême", "9-1-1", "{amount_due}",
    "https://isp.example/the-new-offer/for-you", "Installation", "SO-4411 / HDMI",
])
def test_names_and_numbers_have_no_language(text):
    assert guess(text) is None


ENGLISH, FRENCH = "The price of your plan changes.", "Le prix de votre forfait change."


@pytest.mark.parametrize(('english', 'french', 'needed', 'found'), [
    (ENGLISH, FRENCH, 'en fr', []),
    (ENGLISH, '', 'en fr', [('fr', 'missing')]),
    (ENGLISH, '', 'en', []),
    ('', FRENCH, 'en fr', [('en', 'missing')]),
    (FRENCH, FRENCH, 'en fr', [('en', 'other')]),
    (FRENCH, '', 'en fr', [('en', 'other')]),
    (FRENCH, '', 'fr', []),
    (ENGLISH, ENGLISH, 'en fr', [('fr', 'other')]),
    ('', '', 'en fr', []),
    ("Fibre 500", "Fibre 500", 'en fr', []),
])
def test_problems(english, french, needed, found):
    assert problems({'en': english, 'fr': french}, set(needed.split())) == found


def test_names_are_not_guessed_at():
    assert problems({'en': FRENCH, 'fr': ''}, {'en', 'fr'}, prose=False) == [('fr', 'missing')]
