"""Flyer of Harfang Internet: Fibre Gig, Letter size, northern lights over a village."""
import random

from . import texts
from .shapes import owl, pine, waves

WIDTH, HEIGHT = 816, 1056  # Letter in CSS pixels


def _stars():
    chance = random.Random(7)
    return ''.join(
        f'<circle cx="{chance.uniform(0, WIDTH):.0f}" cy="{chance.uniform(0, 560):.0f}" '
        f'r="{chance.choice((0.8, 1.1, 1.6))}" fill="#fff" opacity="{chance.uniform(.3, .9):.2f}"/>'
        for _number in range(110))


def _aurora():
    bands = (
        ('#3fe0c5', 0.50, 'M-40 330 C150 150 280 420 470 250 S760 80 880 190 L880 420 '
                          'C700 330 640 520 450 470 S140 560 -40 470 Z'),
        ('#5b6cff', 0.42, 'M-40 250 C120 90 300 300 480 150 S760 10 880 90 L880 300 '
                          'C720 230 600 420 420 350 S120 430 -40 360 Z'),
        ('#b45cff', 0.30, 'M-40 160 C160 20 330 210 520 80 S780 -40 880 10 L880 170 '
                          'C720 130 610 290 420 230 S140 310 -40 250 Z'))
    gradients = ''.join(
        f'<linearGradient id="a{n}" x1="0" y1="0" x2="0" y2="1">'
        f'<stop offset="0" stop-color="{colour}" stop-opacity="0"/>'
        f'<stop offset="0.55" stop-color="{colour}" stop-opacity="{opacity}"/>'
        f'<stop offset="1" stop-color="{colour}" stop-opacity="0"/></linearGradient>'
        for n, (colour, opacity, _path) in enumerate(bands))
    paths = ''.join(f'<path d="{path}" fill="url(#a{n})"/>'
                    for n, (_colour, _opacity, path) in enumerate(bands))
    return f'<defs>{gradients}</defs>{paths}'


def _village():
    chance = random.Random(11)
    far = ''.join(pine(x + chance.uniform(-8, 8), 706 + chance.uniform(-6, 8),
                       chance.uniform(44, 78), '#123a63') for x in range(-10, 830, 26))
    near = ''.join(pine(x + chance.uniform(-10, 10), 760 + chance.uniform(-6, 10),
                        chance.uniform(70, 130), '#0a2445')
                   for x in (*range(-10, 180, 34), *range(640, 840, 34)))
    houses = ''
    for x, width, base in ((236, 54, 742), (316, 70, 752), (566, 58, 744)):
        houses += (
            f'<rect x="{x}" y="{base - width * .55}" width="{width}" height="{width * .6}" '
            f'fill="#071a35"/><path d="M{x - 7} {base - width * .53} L{x + width / 2} '
            f'{base - width} L{x + width + 7} {base - width * .53} Z" fill="#eaf4ff"/>'
            f'<rect x="{x + width * .16}" y="{base - width * .4}" width="{width * .22}" '
            f'height="{width * .2}" fill="#ffc233"/><rect x="{x + width * .6}" '
            f'y="{base - width * .4}" width="{width * .22}" height="{width * .2}" '
            f'fill="#ffc233"/>')
    snow = ('<path d="M0 730 C140 690 260 742 420 724 S700 690 816 728 L816 800 L0 800 Z" '
            'fill="#dcecf9"/>')
    front = ('<path d="M0 770 C160 740 300 790 460 764 S720 748 816 776 L816 1056 L0 1056 Z" '
             'fill="#ffffff"/>')
    return (f'<path d="M0 690 L120 612 L220 676 L352 586 L486 676 L600 606 L724 672 L816 622 '
            f'L816 760 L0 760 Z" fill="#1a4a78"/>{far}{snow}{houses}{near}{front}')


def _background(title):
    return f'''<div class="sky"></div>
<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH}" height="{HEIGHT}"
     viewBox="0 0 {WIDTH} {HEIGHT}" style="position:absolute;left:0;top:0">
  <title>{title}</title>
  {_stars()}{_aurora()}
  {_village()}
  <circle cx="632" cy="236" r="118" fill="#fff6d8" opacity="0.12"/>
  <circle cx="632" cy="236" r="92" fill="#fff3cc"/>
  <circle cx="604" cy="212" r="15" fill="#f3e2ab"/><circle cx="662" cy="266" r="20"
    fill="#f3e2ab"/><circle cx="668" cy="196" r="9" fill="#f3e2ab"/>
  <rect x="500" y="446" width="400" height="13" rx="6" fill="#2b1c14"/>
  <path d="M560 456 q-22 26 -46 24 M700 456 q16 30 44 32" stroke="#2b1c14" stroke-width="6"
    fill="none" stroke-linecap="round"/>
  {waves(640, 196, 1.25, '#3fe0c5', 9)}
  {owl(546, 206, 0.98)}
</svg>'''


CSS = '''
@page { size: 8.5in 11in; margin: 0; }
html, body { margin: 0; font-family: Demo, 'Montserrat', sans-serif; color: #0b1c3d; }
div, p { margin: 0; position: absolute; }
.sky { left: 0; top: 0; width: 816px; height: 790px;
  background: linear-gradient(#050d26, #0b2a57 50%, #17709a); }
.logo { left: 56px; top: 44px; }
.kicker { left: 56px; top: 128px; background: #3fe0c5; color: #06203f; font-weight: 900;
  font-size: 17px; letter-spacing: 1.5px; text-transform: uppercase; padding: 7px 16px 8px;
  border-radius: 20px; }
.title { left: 54px; top: 182px; width: 450px; font-weight: 900; font-size: 80px;
  line-height: 0.98; letter-spacing: -2.2px; color: #fff; }
.fr .title { font-size: 65px; }
.lead { left: 56px; top: 372px; width: 392px; color: #e4f1ff; font-size: 19.5px;
  line-height: 1.42; }
.fr .lead { top: 416px; }
.price { left: 56px; top: 612px; width: 262px; height: 262px; border-radius: 50%;
  background: #ffc233; border: 9px solid #fff; color: #0b1c3d; }
.price div { width: 262px; text-align: center; left: 0; }
.only { top: 32px; font-weight: 700; font-size: 19px; }
.amount { top: 48px; font-weight: 900; font-size: 104px; letter-spacing: -5px; }
.amount span { font-size: 42px; letter-spacing: -1px; vertical-align: 42px; }
.unit { top: 166px; font-weight: 900; font-size: 18px; }
.then { top: 193px; font-size: 15px; }
.point { top: 808px; width: 134px; text-align: left; }
.point b { font-weight: 900; font-size: 40px; color: #0a8d8d; display: block; line-height: 1.1; }
.point i { font-style: normal; font-weight: 900; font-size: 16px; line-height: 1.15;
  display: block; }
.point s { text-decoration: none; font-size: 14px; color: #41567a; line-height: 1.3;
  display: block; margin-top: 3px; }
.bar { left: 0; top: 946px; width: 816px; height: 62px; background: #0b1c3d; }
.call { left: 56px; top: 960px; color: #fff; font-weight: 900; font-size: 26px; }
.phone { right: 290px; top: 964px; color: #fff; font-weight: 700; font-size: 20px; }
.site { right: 56px; top: 958px; background: #3fe0c5; color: #06203f; font-weight: 900;
  font-size: 19px; padding: 7px 18px 8px; border-radius: 20px; }
.small { left: 56px; top: 1016px; width: 704px; font-size: 9.6px; line-height: 1.32;
  color: #5b6d8c; }
.until { right: 56px; top: 52px; color: #fff; font-weight: 700; font-size: 16px;
  border: 2px solid #ffffffaa; padding: 6px 15px 7px; border-radius: 18px; }
'''

_LOGO = '''
<svg xmlns="http://www.w3.org/2000/svg" width="250" height="60" viewBox="0 0 500 120">
  <title>Harfang Internet</title><circle cx="60" cy="60" r="56" fill="#ffffff"/>{owl}
  <text x="134" y="72" font-family="Demo" font-weight="900" font-size="66" letter-spacing="-1"
    fill="#fff">harfang</text>
  <text x="137" y="106" font-family="Demo" font-weight="700" font-size="24" letter-spacing="11"
    fill="#3fe0c5">INTERNET</text></svg>'''


def page(language, end, font_faces):
    """The flyer as an HTML document.

    :param str language: ``en`` or ``fr``
    :param date end: last day of the offer
    :param str font_faces: CSS that defines the font family ``Demo``
    """
    text = texts.GIG[language]
    day = texts.last_day(end, language)
    points = ''.join(
        f'<div class="point" style="left:{346 + number * 149}px"><b>{big}</b><i>{what}</i>'
        f'<s>{more}</s></div>' for number, (big, what, more) in enumerate(text['points']))
    mark = '.' if language == 'en' else ','
    price = (f'$74<span>{mark}95</span>' if language == 'en' else f'74<span>{mark}95 $</span>')
    logo = _LOGO.format(owl=owl(24, 12, 0.36, body='#e8f1fa', shade='#b9cfe6'))
    return f'''<!DOCTYPE html>
<html lang="{text['lang']}"><head><meta charset="utf-8"><title>{text['title']}</title>
<style>{font_faces}{CSS}</style></head><body class="{language}">{_background(text['picture'])}
<div class="logo">{logo}</div><div class="until">{text['until'].format(end=day)}</div>
<p class="kicker">{text['kicker']}</p><div class="title">{text['title']}</div>
<p class="lead">{text['lead']}</p>
<div class="price"><div class="only">{text['from']}</div><div class="amount">{price}</div>
<div class="unit">{text['unit']}</div><div class="then">{text['then']}</div></div>
{points}
<div class="bar"></div><p class="call">{text['call']}</p><p class="phone">{text['phone']}</p>
<p class="site">{text['site']}</p><p class="small">{text['small'].format(end=day)}</p>
</body></html>'''
