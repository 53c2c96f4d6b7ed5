"""Invented names, streets and towns of the demo's subscribers.

Nobody here exists: names are drawn at random, streets are made up, telephone numbers lie in the
ranges kept for fiction (555-01xx in North America, 04 65 71 xx xx in France) and every address
ends in ``.example``.
"""

FIRST_FR = (
    "Amélie", "Benoît", "Camille", "Delphine", "Étienne", "Florence", "Gaétan", "Hélène",
    "Isabelle", "Jérôme", "Karine", "Loïc", "Maëlle", "Normand", "Océane", "Philippe", "Quentin",
    "Rosalie", "Sébastien", "Thérèse", "Ursule", "Véronique", "Xavier", "Yolande", "Zoé",
    "Anaïs", "Émile", "Françoise", "Guylaine", "Réjean")
LAST_FR = (
    "Aubépin", "Beaurivage", "Courtemanche", "Deschênes", "Épinette", "Fontanelle",
    "Grandbois", "Hautcoeur", "Islet", "Jolicoeur", "Laforêt", "Montreuil", "Noirmont",
    "Ormeau", "Petitpas", "Quessy", "Rivedoux", "Saint-Aubin", "Tremblemont", "Vadeboncoeur",
    "Bellefleur", "Lajeunesse", "Sansregret", "Dubreuil", "Charlesbois", "Lavertu")
FIRST_EN = (
    "Alice", "Barnaby", "Clara", "Desmond", "Eleanor", "Fraser", "Grace", "Harvey", "Imogen",
    "Jasper", "Kirsten", "Leonard", "Marigold", "Nathan", "Olive", "Percy", "Rosalind", "Stuart",
    "Tabitha", "Vernon", "Winona", "Arjun", "Mei", "Noor", "Kwame", "Ingrid", "Mateo", "Aiko")
LAST_EN = (
    "Applegarth", "Birchall", "Crowfoot", "Dunmore", "Eastlake", "Fairweather", "Greystone",
    "Hawksworth", "Inglewood", "Juniper", "Kettlewell", "Larkspur", "Maplethorpe", "Northcott",
    "Oakhurst", "Penhallow", "Quillfeather", "Ravenscar", "Silverthorne", "Thistlewood",
    "Underhill", "Whitlock", "Yarrow", "Brambleby", "Patelwood", "Okonkwell", "Lindqvale")

BUSINESS_QC = (
    "Boulangerie du Quai des Brumes", "Garage Vadeboncoeur et Filles", "Clinique de l'Aubier",
    "Atelier Bois-Franc", "Microbrasserie L'Oie Pressée", "Ferme des Trois Lucioles",
    "Imprimerie Belle Encre", "Camping Baie-aux-Huards", "Quincaillerie Jolimarteau",
    "Traiteur La Tire Dorée")
BUSINESS_EN = (
    "Maplethorpe Veterinary Clinic", "Larkspur & Yarrow Architects", "Granite Bay Outfitters",
    "Silver Kettle Tea Rooms", "Northcott Machine Works", "Tidewater Kayak School",
    "Old Ferry Books")
BUSINESS_FR = (
    "Menuiserie Rivedoux", "Cabinet Aubépin & Associés", "Librairie La Page Cornée",
    "Domaine des Cigalines", "Fromagerie du Val Perché", "Studio Garrigue")

# (town, postal code pattern with # for a digit and @ for a letter)
TOWNS_QC = (
    ("Saint-Jean-Port-Joli", "G0R 3G#"), ("Rimouski", "G5L @"), ("Rivière-du-Loup", "G5R @"),
    ("Québec", "G1R @"), ("Lévis", "G6V @"), ("Trois-Rivières", "G9A @"),
    ("Sherbrooke", "J1H @"), ("Gatineau", "J8X @"), ("Montmagny", "G5V @"),
    ("La Pocatière", "G0R 1Z#"))
TOWNS_ON = (("Ottawa", "K1N @"), ("Hawkesbury", "K6A @"), ("Kingston", "K7L @"),
            ("Cornwall", "K6H @"))
TOWNS_BC = (("Nelson", "V1L @"), ("Squamish", "V8B @"), ("Courtenay", "V9N @"))
TOWNS_FR = (
    ("Die", "26150"), ("Crest", "26400"), ("Valence", "26000"), ("Privas", "07000"),
    ("Montélimar", "26200"), ("Romans-sur-Isère", "26100"), ("Gap", "05000"))

STREETS_QC = (
    "rue des Épinettes-Bleues", "chemin du Grand-Harfang", "rang des Sarcelles",
    "avenue de l'Érablière-Neuve", "rue du Vieux-Phare", "montée des Outardes",
    "rue des Glaces-Vives", "chemin de la Batture-aux-Loups", "rue Belle-Aurore")
STREETS_EN = (
    "Snowy Owl Lane", "Tamarack Hollow Road", "Lanternlight Crescent", "Old Beaver Dam Road",
    "Copper Kettle Street", "Windrow Terrace", "Heron's Landing", "Quarry Moss Avenue")
STREETS_FR = (
    "rue des Lampions", "chemin de la Garance", "impasse du Grillon-Bleu",
    "avenue des Trois-Moulins-Perdus", "place de la Fontaine-Sèche", "montée des Amandiers-Fous",
    "rue du Colporteur", "traverse des Lavandières-d'En-Haut")
