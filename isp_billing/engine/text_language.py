"""Which language a typed text seems to be in, and which of its languages are wanting.

A guess by common words, good for a warning and for nothing else: it says nothing rather than
something doubtful, so product names and short labels mostly have no language.
"""
import re

WORD = re.compile(r"[^\W\d_]+(?:[’'](?=[^\W\d_]))?")
LINK = re.compile(r"\{[^{}]*\}|https?://\S+|\S+@\S+|<[^<>]*>")
#: words of one language that are no word of the other
FRENCH_WORDS = (
    "le la les un une et est sont pour avec sur dans vous votre vos nous notre nos du de au aux "
    "ce cette ces qui que ne pas mois par jusqu facture factures compte frais forfait offre prix "
    "abonnement paiement payer dès chez sans être avez avons sera seront plus vite bonjour merci "
    "heures lundi vendredi remise rabais l d j n s c qu")
ENGLISH_WORDS = (
    "the and of to for with you your we our is are was this that these from until not month "
    "months bill bills account fee fees charge charges price payment pay by at it be been have "
    "has will no if when please thank thanks hello dear new free faster until o'clock monday "
    "friday hours discount since")
FRENCH, ENGLISH = frozenset(FRENCH_WORDS.split()), frozenset(ENGLISH_WORDS.split())
ACCENTED = re.compile(r"[àâçèéêëîïôùûœ]")
SHORT = 4


def guess(text):
    """Language of a text: ``en``, ``fr``, or None when it is not plain.

    >>> guess("Your next bill will be in French.")
    'en'
    >>> guess("Frais d’installation")
    'fr'
    >>> guess("Fibre 500 Montréal") is None
    True
    """
    words = [word.lower() for word in WORD.findall(LINK.sub(' ', text or ''))]
    plain = [word.rstrip("’'") for word in words]
    french = sum(word in FRENCH for word in plain)
    english = sum(word in ENGLISH for word in plain)
    accents = sum(bool(ACCENTED.search(word)) for word in plain)
    if french > english and (french + accents >= 2 or len(plain) <= SHORT):
        return 'fr'
    if english > french + accents and (english >= 2 or len(plain) <= SHORT):
        return 'en'
    return None


def problems(texts, languages, prose=True):
    """What is wrong with a text whose readers need some languages.

    :param dict texts: what is stored for ``en`` and ``fr``; '' for nothing
    :param languages: those that are needed, of ``en`` and ``fr``
    :param bool prose: whether sentences are expected, whose language can be guessed
    :return: [(language, 'missing' or 'other')]; 'other' is a text that seems to be in the other
        language.  Nothing when there is no text at all
    """
    if not any(texts.values()):
        return []
    found = []
    for language in sorted(languages):
        other = texts['fr' if language == 'en' else 'en']
        if not texts[language]:
            # what is printed instead may be in the right language: typed on a screen in the other
            if not prose or guess(other) != language:
                found.append((language, 'missing'))
        elif prose and guess(texts[language]) not in (None, language):
            found.append((language, 'other'))
    return found
