#!/usr/bin/env python3
"""Draw the demo's two flyers in English and French, and the two company logos.

    python -m tools.make_flyers [--month 2026-11] [--out demo]

The fonts are those that come with Odoo's web module (Lato); without them the system's
sans-serif font is used and the files look different.
"""
import argparse
import shutil
import subprocess
from datetime import date, timedelta
from pathlib import Path

from tools.demo.art import gig, logos, neighbour

ROOT = Path(__file__).resolve().parents[1]
MONTH = date(2026, 11, 1)  # month of the committed files
FACES = (('Reg', 400), ('Bol', 700), ('Bla', 900))


def font_folder():
    """Folder of the Lato fonts inside Odoo, or None."""
    try:
        import odoo.addons.web as web
    except ImportError:
        return None
    folder = Path(web.__path__[0]) / 'static' / 'fonts' / 'lato'
    return folder if folder.is_dir() else None


def font_faces(folder):
    """The ``@font-face`` rules, an empty text without fonts."""
    if not folder:
        return ''
    return ''.join(
        f"@font-face {{ font-family: Demo; font-weight: {weight}; "
        f"src: url('{Path(folder, f'Lato-{name}-webfont.ttf').resolve().as_uri()}'); }}\n"
        for name, weight in FACES)


def end_of_offer(month):
    """Last day of the month after ``month``: both offers end then."""
    first = date(month.year + (month.month + 1) // 12, (month.month + 1) % 12 + 1, 1)
    return first - timedelta(days=1)


def make(out, month=MONTH, fonts=None):
    """Write the four flyers below ``out``; return their paths."""
    from weasyprint import HTML
    out = Path(out)
    (out / 'flyers').mkdir(parents=True, exist_ok=True)
    faces = font_faces(fonts or font_folder())
    paths = []
    for name, drawing in (('fibre-gig', gig), ('neighbour', neighbour)):
        for language in ('en', 'fr'):
            html = drawing.page(language, end_of_offer(month), faces)
            path = out / 'flyers' / f'{name}-{language}.pdf'
            HTML(string=html, base_url=str(ROOT)).write_pdf(path, pdf_tags=True)
            paths.append(path)
    return paths


def make_logos(out, fonts):
    """Write the logos as SVG, and as PNG (600 pixels wide) where pdftocairo is installed."""
    from weasyprint import HTML
    folder = Path(out) / 'logos'
    folder.mkdir(parents=True, exist_ok=True)
    for name, svg in logos.all_logos(fonts).items():
        (folder / f'{name}.svg').write_text(svg, encoding='utf-8')
        if shutil.which('pdftocairo'):
            width = int(svg.split('width="')[1].split('"')[0])
            page = f'<style>@page{{size:{width}px 180px;margin:0}}body{{margin:0}}</style>{svg}'
            sheet = folder / f'{name}.pdf'
            HTML(string=page).write_pdf(sheet)
            subprocess.run(['pdftocairo', '-png', '-transp', '-singlefile', '-scale-to-x', '600',
                            '-scale-to-y', '-1', str(sheet), str(folder / name)], check=True)
            sheet.unlink()


def main():
    """Command line."""
    parser = argparse.ArgumentParser(description=__doc__.split('\n', 1)[0])
    parser.add_argument('--month', default=MONTH.strftime('%Y-%m'))
    parser.add_argument('--out', default=str(ROOT / 'demo'))
    parser.add_argument('--fonts', help="folder of Lato-*-webfont.ttf")
    arguments = parser.parse_args()
    month = date.fromisoformat(f'{arguments.month}-01')
    fonts = arguments.fonts or font_folder()
    make_logos(arguments.out, fonts)
    for path in make(arguments.out, month, fonts):
        print(f'{path.name:24}{path.stat().st_size / 1024:7.1f} KB')


if __name__ == '__main__':
    main()
