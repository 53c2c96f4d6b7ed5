"""Words of one French that the other does not use (glossary): none may reach its readers."""

import re

FRANCE = re.compile(  # never said in Canada
    r"\b(?:e-mails?|FAI|lancements? de facturation|numéros? de client|adresses? d’installation"
    r"|TTC|hors taxes|talons?|espaces? client|frais ponctuels|moyens? de paiement|relances?"
    r"|SMS|consommations?|remise de|conditions générales|régularisations?|devis)\b",
    re.IGNORECASE,
)
CANADA = re.compile(  # never said in France
    r"\b(?:courriels?|FSI|forfaits?|traitements? de facturation|numéros? de compte"
    r"|adresses? de service|notes? de crédit|rabais|télévers\w+|bordereaux?|frais uniques"
    r"|modalités|rajustements?|textos?|portails? client|en souffrance|avant taxes|soumissions?)\b",
    re.IGNORECASE,
)
# Rules of the other country are quoted in its own words.
QUOTED = re.compile(
    r"^(?:Canada|France)\b|CRTC|Telecommunications Act|Interest Act|Code of civil"
)
# "remise" is also the handing over of something, "SMS" a unit that is billed.
INNOCENT = re.compile(r"remise d[eu] (?:contrat|l)|remise en")


def foreign(text, canadian):
    """Return the words of a French text that belong to the other country.

    :param bool canadian: whether the text is read in Canada
    """
    found = (FRANCE if canadian else CANADA).findall(INNOCENT.sub("", text))
    return [word.lower() for word in found]


def complaints(name, entries, overrides, canadian):
    """Return the terms of a file that speak the French of the other country.

    :param entries: of the French file, which Canada reads too
    :param dict overrides: Canadian text by source
    """
    found = []
    for entry in entries:
        text = overrides.get(entry.msgid, entry.msgstr) if canadian else entry.msgstr
        if entry.obsolete or QUOTED.search(entry.msgid) or "<div" in entry.msgid:
            continue
        found += [
            f"{name}: “{word}” is not said {'in Canada' if canadian else 'in France'}: {text!r}"
            for word in foreign(text, canadian)
        ]
    return found
