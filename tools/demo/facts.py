"""What the two companies of the demo are: addresses, numbers, people, texts. All invented."""

HARFANG = {
    'name': "Harfang Internet inc.", 'street': "2200, rue du Vieux-Phare", 'city': "Rimouski",
    'zip': "G5L 3A1", 'state': 'QC', 'country': 'CA', 'currency': 'CAD', 'chart': 'ca_2023',
    'phone': "+1 581-555-0100", 'email': "facturation@harfang.example",
    'website': "https://www.harfang.example", 'vat': "100000009RT0001", 'registry': False,
    'tz': 'America/Toronto', 'language': 'fr', 'french': 'fr_CA', 'logo': 'harfang',
    'hours': ("Monday to Saturday, 8 a.m. to 8 p.m.", "Du lundi au samedi, de 8 h à 20 h"),
    'pay': ("In your bank's payment service: payee “Harfang Internet”, reference your account "
            "number. Or by mail, with the payment slip.",
            "Dans les services bancaires en ligne : fournisseur « Harfang Internet », référence : "
            "votre numéro de compte. Ou par la poste, avec le bordereau de paiement."),
    'journal': ("Subscriber invoices", "Factures des abonnés"),
}
GARANCE = {
    'name': "Garance Télécom SAS", 'street': "14 avenue des Trois-Moulins-Perdus", 'city': "Die",
    'zip': "26150", 'state': False, 'country': 'FR', 'currency': 'EUR', 'chart': 'fr',
    'phone': "+33 4 65 71 00 10", 'email': "factures@garance.example",
    'website': "https://www.garance.example", 'vat': None, 'registry': None,
    'tz': 'Europe/Paris', 'language': 'fr', 'french': 'fr_FR', 'logo': 'garance',
    'hours': ("Monday to Friday, 9:00 to 18:00", "Du lundi au vendredi, de 9 h à 18 h"),
    'pay': ("By bank transfer; give your account number as the reference.",
            "Par virement, avec votre numéro de client en référence."),
    'journal': ("Subscriber invoices", "Factures des abonnés"),
}
SIREN = "999999998"  # the last nine-digit number with a right check digit: never given out

# company, English label, French label, number, tax groups (external ids of the chart)
REGISTRATIONS = (
    ('HARFANG', "GST", "TPS", "10000 0009 RT0001", ('tax_group_gst',)),
    ('HARFANG', "HST", "TVH", "10000 0009 RT0001",
     ('tax_group_hst_13', 'tax_group_hst_14', 'tax_group_hst_15')),
    ('HARFANG', "QST", "TVQ", "1000000009 TQ0001", ('tax_group_qst',)),
    ('HARFANG', "PST (BC)", "TVP (C.-B.)", "PST-1000-0009", ('tax_group_pst_7',)),
)

USERS = (
    # login, name, group, label of the list of logins
    ('clerk', "Claire Lajeunesse", 'group_clerk', "Billing clerk"),
    ('approver', "Armand Approvato", 'group_approver', "Approver of bill runs"),
    ('manager', "Maud Hautcoeur", 'group_manager', "Billing manager"),
    ('auditor', "Audrey Quillfeather", 'group_auditor', "Auditor (reads all, writes nothing)"),
)

MESSAGES = {
    'HARFANG': (
        "Winter hours: our counter in Rimouski closes at noon on December 24 and 31. The "
        "telephone is answered as usual.\nThank you for being with us!",
        "Horaire des Fêtes : notre comptoir de Rimouski ferme à midi les 24 et 31 décembre. Le "
        "service téléphonique reste ouvert.\nMerci d’être des nôtres!"),
    'GARANCE': (
        "Night of maintenance: on the 12th, from 2:00 to 4:00, your connection may pause for a "
        "few minutes.\nThank you for your patience.",
        "Nuit de maintenance : le 12, de 2 h à 4 h, votre connexion peut s’interrompre quelques "
        "minutes.\nMerci de votre patience."),
}

# company, name, file, file names in English and French
FLYERS = (
    ('HARFANG', "Fibre Gig campaign", 'fibre-gig', "Fibre Gig offer.pdf", "Offre Fibre Giga.pdf"),
    ('GARANCE', "Bring a neighbour", 'neighbour', "Bring a neighbour.pdf",
     "Parrainez un voisin.pdf"),
)


def siret():
    """The SIRET of the demo's French company: SIREN, office number and check digit."""
    from tools.make_demo_book import with_check_digit
    return with_check_digit(SIREN + '0001')


def french_vat():
    """The VAT number that belongs to the SIREN."""
    key = (12 + 3 * (int(SIREN) % 97)) % 97
    return f"FR{key:02d}{SIREN}"
