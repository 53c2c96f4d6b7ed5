"""Plans and prices of the demo: two companies, two currencies, before tax."""

# code, English name, French name, kind, interval, unit, timing, down, up, cap, term
PLANS = (
    ('FIB100', "Fibre 100", "Fibre 100", 'internet', 1, 'month', 'advance', 100, 50, 0, 0),
    ('FIB500', "Fibre 500", "Fibre 500", 'internet', 1, 'month', 'advance', 500, 250, 0, 0),
    ('FIB1000', "Fibre Gig", "Fibre Giga", 'internet', 1, 'month', 'advance',
     1000, 1000, 0, 24),
    ('RUR50', "Country 50", "Campagne 50", 'internet', 1, 'month', 'advance', 50, 10, 350, 0),
    ('VOIP', "Home phone", "Téléphone résidentiel", 'voice', 1, 'month', 'advance', 0, 0, 0, 0),
    ('VOIPB', "Business line", "Ligne professionnelle", 'voice', 1, 'month', 'arrears', 0, 0, 0, 0),
    ('TVBASE', "TV Essentials", "Télé essentielle", 'tv', 1, 'month', 'advance', 0, 0, 0, 0),
    ('TVSPORT', "Sports pack", "Bouquet sports", 'addon', 1, 'month', 'advance', 0, 0, 0, 0),
    ('MODEM', "Modem rental", "Location du modem", 'equipment', 1, 'month', 'advance',
     0, 0, 0, 0),
    ('STATIC', "Static IP address", "Adresse IP fixe", 'addon', 3, 'month', 'advance',
     0, 0, 0, 0),
    ('SHIELD', "Security suite", "Suite de sécurité", 'addon', 1, 'year', 'advance', 0, 0, 0, 0),
    ('INSTALL', "Installation", "Frais d’installation", 'one_time', 1, 'month', 'advance',
     0, 0, 0, 0),
    # No longer sold: the demo archives its product, which the bill run must notice.
    ('DSL10', "Heritage DSL 10", "DSL 10 (ancienne offre)", 'internet', 1, 'month', 'advance',
     10, 1, 250, 0),
)

DESCRIPTIONS = {
    'FIB100': ("Everyday fibre for a quiet household. Unlimited data.",
               "La fibre de tous les jours. Données illimitées."),
    'FIB500': ("Films, games and calls at the same time. Unlimited data.",
               "Films, jeux et appels en même temps. Données illimitées."),
    'FIB1000': ("As fast up as down. Unlimited data, 24-month price.",
                "Aussi rapide en envoi qu’en réception. Données illimitées, prix sur 24 mois."),
    'RUR50': ("Fixed wireless where fibre does not go yet. 350 GB a month.",
              "Le sans-fil fixe là où la fibre ne va pas encore. 350 Go par mois."),
    'SHIELD': ("Antivirus and parental controls for five devices.",
               "Antivirus et contrôle parental pour cinq appareils."),
}

# code: (Canadian dollars, euros); None: not sold in that currency
PRICES = {
    'FIB100': ('54.95', '24.99'), 'FIB500': ('74.95', '33.32'), 'FIB1000': ('94.95', '41.66'),
    'RUR50': ('59.95', None), 'VOIP': ('24.95', '8.32'), 'VOIPB': ('39.95', '19.90'),
    'TVBASE': ('29.95', '9.99'), 'TVSPORT': ('15.00', None), 'MODEM': ('9.95', '4.16'),
    'STATIC': ('29.85', '15.00'), 'SHIELD': ('59.40', '39.00'), 'INSTALL': ('75.00', '49.00'),
    'DSL10': ('44.95', None),
}
# Price before the changes below, where it was another one.
FIRST_PRICES = {('FIB500', 'CAD'): '69.95'}
# Price changes: code, currency, months from the demo month, amount.
PRICE_CHANGES = (('FIB500', 'CAD', -6, '74.95'), ('FIB1000', 'CAD', 2, '99.95'))
