"""Words of the two flyers, in English and in French."""

GIG = {
    'en': {
        'lang': 'en-CA', 'kicker': "Fibre Gig has landed",
        'title': "Give your Wi‑Fi wings.",
        'lead': "One gigabit down, one gigabit up. Enough for every screen, every call and "
                "every late-night game under your roof.",
        'from': "only", 'whole': "74", 'cents': "95", 'currency': "$",
        'unit': "a month for 6 months", 'then': "then $94.95 a month",
        'points': (("10×", "faster uploads", "than the average cable line"),
                   ("∞", "no data cap", "stream, share, save, repeat"),
                   ("$0", "to switch", "we look after everything")),
        'call': "Ready for take-off?", 'phone': "1 581 555‑0100",
        'site': "harfang.example/gig",
        'small': "Offer for customers with fibre at their address who change to Fibre Gig before "
                 "{end}. Prices before tax. The regular price applies from the seventh month. "
                 "Change or leave at any time, without a fee. Speeds are the highest possible "
                 "over a wired connection.",
        'until': "Until {end}", 'picture': "A snowy owl on a branch before the full moon."},
    'fr': {
        'lang': 'fr-CA', 'kicker': "La Fibre Giga s’est posée",
        'title': "Donnez des ailes à votre Wi‑Fi.",
        'lead': "Un gigabit en téléchargement, un gigabit en téléversement : assez pour chaque "
                "écran, chaque appel et chaque partie de nuit sous votre toit.",
        'from': "seulement", 'whole': "74", 'cents': "95", 'currency': "$",
        'unit': "par mois pendant 6 mois", 'then': "puis 94,95 $ par mois",
        'points': (("10×", "plus rapide", "en envoi qu’une ligne câblée moyenne"),
                   ("∞", "illimité", "regardez, partagez, sauvegardez"),
                   ("0 $", "pour changer", "nous nous occupons de tout")),
        'call': "Prêts pour l’envol?", 'phone': "1 581 555‑0100",
        'site': "harfang.example/giga",
        'small': "Offre réservée aux clients desservis par la fibre qui passent à la Fibre Giga "
                 "avant le {end}. Prix avant taxes. Le prix courant s’applique à partir du "
                 "septième mois. Changez de forfait ou partez en tout temps, sans frais. Vitesses "
                 "maximales possibles par câble réseau.",
        'until': "Jusqu’au {end}",
        'picture': "Un harfang des neiges sur une branche devant la pleine lune."},
}

NEIGHBOUR = {
    'fr': {
        'lang': 'fr-FR', 'kicker': "Parrainage", 'title_1': "Un voisin,", 'title_2': "un mois",
        'title_3': "offert.",
        'lead': "Parlez de la fibre par-dessus la haie : quand votre voisin nous rejoint, votre "
                "prochain mois est pour nous. Le sien aussi.",
        'steps': (("Partagez votre code", "Il est sur votre facture, sous votre numéro de "
                   "client."),
                  ("Votre voisin s’abonne", "En ligne, par téléphone ou au marché du samedi."),
                  ("Un mois offert à chacun", "Un pour vous, un pour lui, et autant de voisins "
                   "que vous voulez.")),
        'badge_1': "1 mois", 'badge_2': "offert", 'badge_3': "par voisin",
        'call': "garance.example/voisins", 'phone': "04 65 71 00 10",
        'small': "Offre valable jusqu’au {end} pour toute nouvelle ligne fibre souscrite avec un "
                 "code de parrainage. Remise égale au prix mensuel de l’offre du parrain, déduite "
                 "de la facture qui suit la mise en service. Garance Télécom SAS, entreprise "
                 "imaginaire.",
        'picture': "Deux maisons voisines de part et d’autre d’une haie."},
    'en': {
        'lang': 'en-GB', 'kicker': "Bring a neighbour", 'title_1': "One neighbour,",
        'title_2': "one month", 'title_3': "free.",
        'lead': "Talk fibre over the hedge: when your neighbour joins us, your next month is on "
                "us. Theirs too.",
        'steps': (("Share your code", "It is on your bill, under your account number."),
                  ("Your neighbour signs up", "Online, by phone or at the Saturday market."),
                  ("One month free, twice", "One for you, one for them. As many neighbours as "
                   "you like.")),
        'badge_1': "1 month", 'badge_2': "free", 'badge_3': "per neighbour",
        'call': "garance.example/neighbours", 'phone': "+33 4 65 71 00 10",
        'small': "Valid until {end} for every new fibre line ordered with a referral code. The "
                 "discount equals the monthly price of the referrer’s plan and is taken off the "
                 "bill that follows the start of service. Garance Télécom SAS is an invented "
                 "company.", 'picture': "Two neighbouring houses, a hedge between them."},
}

MONTHS = {
    'en': ("January", "February", "March", "April", "May", "June", "July", "August", "September",
           "October", "November", "December"),
    'fr': ("janvier", "février", "mars", "avril", "mai", "juin", "juillet", "août", "septembre",
           "octobre", "novembre", "décembre"),
}


def last_day(day, language):
    """A date in words: ``December 31, 2026`` or ``31 décembre 2026``."""
    month = MONTHS[language][day.month - 1]
    if language == 'fr':
        return f"{'1er' if day.day == 1 else day.day} {month} {day.year}"
    return f"{month} {day.day}, {day.year}"
