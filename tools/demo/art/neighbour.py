"""Flyer of Garance Télécom: bring a neighbour, A4, two houses and a thread of fibre."""
from . import texts
from .shapes import house, petals

WIDTH, HEIGHT = 794, 1123  # A4 in CSS pixels

CSS = '''
@page { size: A4; margin: 0; }
html, body { margin: 0; font-family: Demo, 'Montserrat', sans-serif; color: #4a0d2b; }
div, p { margin: 0; position: absolute; }
.kicker { left: 60px; top: 146px; color: #fff; background: #4a0d2b; font-weight: 900;
  font-size: 17px; letter-spacing: 2px; text-transform: uppercase; padding: 8px 18px 9px;
  border-radius: 4px; }
.title { left: 56px; top: 200px; font-weight: 900; font-size: 96px; line-height: 0.94;
  letter-spacing: -3.5px; color: #4a0d2b; }
.en .title { font-size: 90px; }
.en .badge { top: 310px; }
.title em { font-style: normal; color: #fff; }
.lead { left: 60px; top: 492px; width: 366px; font-size: 19.5px; line-height: 1.42;
  color: #4a0d2b; }
.badge { left: 512px; top: 128px; width: 224px; height: 224px; transform: rotate(-9deg); }
.badge div { left: 0; width: 224px; text-align: center; color: #4a0d2b; }
.b1 { top: 56px; font-weight: 900; font-size: 50px; letter-spacing: -1.5px; line-height: 1; }
.b2 { top: 104px; font-weight: 900; font-size: 50px; letter-spacing: -1.5px; line-height: 1; }
.b3 { top: 162px; font-weight: 700; font-size: 18px; }
.en .b1, .en .b2 { font-size: 43px; }
.step { top: 872px; width: 210px; }
.step b { display: block; font-weight: 900; font-size: 19px; line-height: 1.2; color: #fff;
  margin-bottom: 5px; }
.step span { font-size: 15px; line-height: 1.38; color: #ffe3d3; }
.number { top: 822px; width: 40px; height: 40px; border-radius: 50%; background: #f6b73c;
  color: #4a0d2b; font-weight: 900; font-size: 23px; line-height: 38px; text-align: center; }
.site { left: 60px; top: 1004px; background: #f6b73c; color: #4a0d2b; font-weight: 900;
  font-size: 23px; padding: 10px 24px 12px; border-radius: 28px; }
.phone { right: 60px; top: 1014px; color: #fff; font-weight: 900; font-size: 25px; }
.small { left: 60px; top: 1070px; width: 674px; font-size: 9.8px; line-height: 1.35;
  color: #f0b9a9; }
'''


def _background(language):
    star = ' '.join(
        f'{"L" if number else "M"}{112 + (112 if number % 2 == 0 else 97) * c:.1f} '
        f'{112 + (112 if number % 2 == 0 else 97) * s:.1f}'
        for number, (c, s) in enumerate(_circle(36)))
    badge_top = 128 if language == 'fr' else 310
    left = house(92, 788, 190, wall='#ffffff', roof='#b3202e', door='#4a0d2b', window='#f6b73c')
    right = house(508, 788, 190, wall='#ffe9d6', roof='#4a0d2b', door='#b3202e',
                  window='#fff3b0')
    hedge = ''.join(f'<circle cx="{x}" cy="{782 - (x % 3) * 3}" r="{24 + x % 7}" '
                    f'fill="{"#2f8f6b" if x % 2 else "#3aa57d"}"/>' for x in range(318, 482, 23))
    return f'''
<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH}" height="{HEIGHT}"
     viewBox="0 0 {WIDTH} {HEIGHT}" style="position:absolute;left:0;top:0">
  <title>{texts.NEIGHBOUR[language]['picture']}</title>
  <rect width="{WIDTH}" height="{HEIGHT}" fill="#ff8a5c"/>
  <circle cx="700" cy="120" r="420" fill="#ff9d6c"/>
  <circle cx="700" cy="120" r="300" fill="#ffb07c"/>
  <circle cx="60" cy="760" r="330" fill="#ff7a4d"/>
  <circle cx="640" cy="640" r="210" fill="#ffd27a" opacity="0.75"/>
  {petals(742, 470, 64, ('#ffd9b8', '#ffe6cf'))}
  {petals(470, 690, 34, ('#ffd9b8', '#fff0e0'))}
  {petals(44, 660, 40, ('#ffc39d', '#ffb48a'))}
  <path d="M0 770 C180 738 330 792 480 770 S690 744 794 774 L794 1123 L0 1123 Z"
        fill="#a81d31"/>
  <path d="M0 800 C200 770 340 824 500 800 S700 780 794 806 L794 1123 L0 1123 Z"
        fill="#8c1530"/>
  <rect y="984" width="{WIDTH}" height="139" fill="#4a0d2b"/>
  {left}{right}{hedge}
  <path d="M256 640 C300 560 352 574 392 640 C432 706 486 716 536 640" fill="none"
        stroke="#fff" stroke-width="7" stroke-linecap="round"/>
  <path d="M256 640 C300 560 352 574 392 640 C432 706 486 716 536 640" fill="none"
        stroke="#b3202e" stroke-width="2.4" stroke-dasharray="1 11" stroke-linecap="round"/>
  <circle cx="256" cy="640" r="10" fill="#f6b73c" stroke="#fff" stroke-width="4"/>
  <circle cx="536" cy="640" r="10" fill="#f6b73c" stroke="#fff" stroke-width="4"/>
  <path d="M396 622 c-16 -24 -50 -8 -38 20 c7 15 24 25 38 37 c14 -12 31 -22 38 -37
           c12 -28 -22 -44 -38 -20 Z" fill="#d9412b" stroke="#fff" stroke-width="6"/>
  <g transform="translate(60 56)">{petals(30, 30, 34, ('#8c1530', '#ffffff', '#d9412b'))}
    <circle cx="30" cy="30" r="8" fill="#4a0d2b"/>
    <text x="78" y="36" font-family="Demo" font-weight="900" font-size="36"
      letter-spacing="-0.6" fill="#4a0d2b">garance</text>
    <text x="80" y="56" font-family="Demo" font-weight="700" font-size="13.5"
      letter-spacing="6.2" fill="#fff">TÉLÉCOM</text></g>
  <g transform="translate(512 {badge_top})"><path d="{star} Z" fill="#fff3e4"/>
    <circle cx="112" cy="112" r="88" fill="none" stroke="#d9412b" stroke-width="2.5"
      stroke-dasharray="3 6"/></g>
</svg>'''


def _circle(points):
    """Cosines and sines of the corners of a regular polygon."""
    from math import cos, pi, sin
    return [(cos(2 * pi * n / points), sin(2 * pi * n / points)) for n in range(points)]


def page(language, end, font_faces):
    """The flyer as an HTML document; same parameters as ``gig.page``."""
    text = texts.NEIGHBOUR[language]
    day = texts.last_day(end, language)
    steps = ''.join(
        f'<div class="number" style="left:{60 + n * 234}px">{n + 1}</div>'
        f'<div class="step" style="left:{60 + n * 234}px"><b>{title}</b><span>{more}</span></div>'
        for n, (title, more) in enumerate(text['steps']))
    return f'''<!DOCTYPE html>
<html lang="{text['lang']}"><head><meta charset="utf-8"><title>{text['kicker']}</title>
<style>{font_faces}{CSS}</style></head><body class="{language}">{_background(language)}
<p class="kicker">{text['kicker']}</p>
<div class="title">{text['title_1']}<br>{text['title_2']}<br><em>{text['title_3']}</em></div>
<p class="lead">{text['lead']}</p>
<div class="badge"><div class="b1">{text['badge_1']}</div><div class="b2">{text['badge_2']}</div>
<div class="b3">{text['badge_3']}</div></div>
{steps}
<p class="site">{text['call']}</p><p class="phone">{text['phone']}</p>
<p class="small">{text['small'].format(end=day)}</p>
</body></html>'''
