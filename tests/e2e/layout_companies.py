"""Two invented companies as a user types them into the forms, and their logos."""
import base64
import io
from pathlib import Path

import pypdfium2
from weasyprint import HTML

from tools.demo.art.logos import outline

FONTS = Path(__file__).resolve().parents[2] / 'isp_billing' / 'static' / 'fonts'
NBSP = '\N{NO-BREAK SPACE}'

QUEBEC = {
    'layout': "Members", 'language': "French (CA)",
    'colours': {'color_primary': '#00573d', 'color_totals': '#00704d',
                'color_accent': '#e8b12c'},
    'registrations': [
        {'label': "GST", 'french': "TPS", 'number': "80512 3456 RT0001", 'groups': ["GST"]},
        {'label': "QST", 'french': "TVQ", 'number': "1234567890 TQ0001", 'groups': ["QST"]},
    ],
    'tabs': {
        'charges': {'show_aging': True, 'show_past_due': True, 'show_check_digit': True},
        'payment': {'window': {'choose': "Left window"}},
        'texts': {
            'website': "mon.littoral.example", 'phone': "1 855 555-0139",
            'support_hours': {'en': "Mon.–Fri., 8 a.m. – 8 p.m.",
                              'fr': f"lun.–ven., de 8{NBSP}h à 20{NBSP}h"},
            'terms': {
                'en': "A late-payment charge of 1.5% per month (18% per year) applies to amounts "
                      "not paid by the due date.",
                'fr': f"Des frais de retard de 1,5{NBSP}% par mois (18{NBSP}% par an) "
                      "s’appliquent aux montants non payés à l’échéance.",
            },
        },
    },
    'message': {
        'en': "Good news: from November 1 your Fibre 500 service is faster, at no extra cost.",
        'fr': f"Bonne nouvelle{NBSP}: dès le 1er novembre, votre service Fibre 500 est plus "
              "rapide, sans supplément.",
    },
    'seen': {
        'en': ["80512 3456 RT0001", "A late-payment charge", "mon.littoral.example", "PAST DUE"],
        'fr': ["TPS 5 % Nº 80512 3456 RT0001", "Des frais de retard", "lun.–ven."],
        'both': ["Facture / Invoice", "Des frais de retard", "A late-payment charge"],
    },
}
FRANCE = {
    'layout': "Clients", 'language': "French / ",
    'colours': {'color_primary': '#4a1542', 'color_totals': '#a3195b',
                'color_accent': '#ff8a3d'},
    'registrations': [
        {'label': "VAT", 'french': "TVA", 'number': "FR 46 999999998", 'groups': ["TVA 20"]},
        {'label': "SIRET", 'number': "999 999 998 00013", 'foot': True},
    ],
    'tabs': {
        'look': {'font': {'choose': "Roboto"}},
        'charges': {'show_quantities': False, 'show_codes': True, 'show_zero_lines': False},
        'payment': {'show_slip': False, 'window': {'choose': "Right window"}},
        'texts': {
            'website': "espace.altitel.example", 'phone': "09 70 00 00 42",
            'support_hours': {'en': "Mon.–Sat., 9:00–19:00",
                              'fr': f"lun.–sam., de 9{NBSP}h à 19{NBSP}h"},
            'terms': {
                'en': "No discount for early payment. Late payment: three times the legal "
                      "interest rate, and a fixed charge of EUR 40 for recovery costs between "
                      "businesses.",
                'fr': "Pas d’escompte pour paiement anticipé. En cas de retard"
                      f"{NBSP}: trois fois le taux d’intérêt légal et, entre professionnels, "
                      f"indemnité forfaitaire de 40{NBSP}€ pour frais de recouvrement.",
            },
        },
    },
    'message': {
        'en': "Night of maintenance: on October 12, from 2:00 to 4:00, your connection may pause "
              "for a few minutes. Thank you for your patience.",
        'fr': f"Nuit de maintenance{NBSP}: le 12 octobre, de 2{NBSP}h à 4{NBSP}h, votre connexion "
              "pourra s’interrompre quelques minutes. Merci de votre patience.",
    },
    'seen': {
        'en': ["FR 46 999999998", "SIRET 999 999 998 00013", "Code", "FR76 9999 9000"],
        'fr': ["TVA 20 %", "Pas d’escompte", "Total TTC", "de 9 h à 19 h"],
        'both': ["Facture / Invoice", "Pas d’escompte", "No discount"],
    },
}


def logo(which):
    """A logo as a PNG of 1,000 dots, in base64."""
    svg = {'quebec': _littoral, 'france': _altitel}[which]()
    html = (f'<style>@page {{ size: 500px 140px; margin: 0 }} body {{ margin: 0 }}'
            f' svg {{ display: block }}</style>{svg}')
    with pypdfium2.PdfDocument(HTML(string=html).write_pdf()) as pdf:
        picture = pdf[0].render(scale=1000 / pdf[0].get_width()).to_pil()
    target = io.BytesIO()
    picture.save(target, 'PNG')
    return base64.b64encode(target.getvalue()).decode()


def _svg(body):
    return ('<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 500 140" width="500" '
            f'height="140">{body}</svg>')


def _littoral():
    """A wave that ends in a point of light, on a disc; the name beside it."""
    return _svg(
        '<circle cx="70" cy="70" r="62" fill="#00573d"/>'
        '<path d="M24 88 C40 60 52 60 66 80 S92 96 104 52" fill="none" stroke="#e8b12c" '
        'stroke-width="10" stroke-linecap="round"/><circle cx="105" cy="48" r="10" '
        'fill="#e8b12c"/><path d="M30 106 C46 92 60 92 74 103 S98 110 110 98" fill="none" '
        'stroke="#7cc4a4" stroke-width="6" stroke-linecap="round"/>'
        + outline("Coopérative", FONTS / 'OpenSans-Bold.ttf', 50, 152, 68, '#00573d', -0.5)
        + outline("Fibre du Littoral", FONTS / 'OpenSans-Regular.ttf', 37, 153, 113, '#2b4a40'))


def _altitel():
    """A summit in a rounded square; the name beside it."""
    return _svg(
        '<rect x="10" y="14" width="112" height="112" rx="26" fill="#4a1542"/>'
        '<path d="M34 96 L66 42 L98 96" fill="none" stroke="#ff8a3d" stroke-width="14" '
        'stroke-linejoin="round" stroke-linecap="round"/>'
        '<circle cx="66" cy="88" r="8" fill="#ffffff"/>'
        + outline("Altitel", FONTS / 'Roboto-Bold.ttf', 84, 146, 98, '#4a1542', -1))
