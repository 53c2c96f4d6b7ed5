"""SVG pieces shared by the logos and the flyers."""


def owl(x, y, scale, *, body='#ffffff', shade='#d7e4f2', ink='#0b1c3d', eye='#ffc233'):
    """A snowy owl seen from the front, 200 wide and 260 high before scaling."""
    flecks = ''.join(
        f'<path d="M{cx} {cy} q6 9 12 0" stroke="{shade}" stroke-width="5" fill="none" '
        f'stroke-linecap="round"/>'
        for cx, cy in ((60, 168), (94, 168), (128, 168), (77, 190), (111, 190), (94, 212),
                       (60, 212), (128, 212)))
    return f'''
<g transform="translate({x} {y}) scale({scale})">
  <path d="M100 8 C38 8 14 52 16 100 C10 150 18 212 60 240 L140 240 C182 212 190 150 184 100
           C186 52 162 8 100 8 Z" fill="{body}"/>
  <path d="M16 104 C-6 150 2 206 52 236 C36 196 34 150 38 122 Z" fill="{shade}"/>
  <path d="M184 104 C206 150 198 206 148 236 C164 196 166 150 162 122 Z" fill="{shade}"/>
  <path d="M100 42 C72 24 34 44 36 84 C38 120 76 132 100 112 C124 132 162 120 164 84
           C166 44 128 24 100 42 Z" fill="{shade}" opacity="0.55"/>
  <circle cx="69" cy="82" r="24" fill="{eye}"/><circle cx="131" cy="82" r="24" fill="{eye}"/>
  <circle cx="71" cy="83" r="13" fill="{ink}"/><circle cx="129" cy="83" r="13" fill="{ink}"/>
  <circle cx="76" cy="77" r="4.6" fill="#fff"/><circle cx="134" cy="77" r="4.6" fill="#fff"/>
  <path d="M100 92 L111 104 Q100 128 89 104 Z" fill="{ink}"/>
  <path d="M40 56 Q66 38 92 60" stroke="{ink}" stroke-width="5" fill="none"
        stroke-linecap="round"/>
  <path d="M160 56 Q134 38 108 60" stroke="{ink}" stroke-width="5" fill="none"
        stroke-linecap="round"/>
  {flecks}
  <path d="M72 238 q-8 16 -14 0 M86 238 q-7 16 -14 0 M128 238 q-7 16 -14 0
           M142 238 q-8 16 -14 0" stroke="{eye}" stroke-width="7" fill="none"
        stroke-linecap="round"/>
</g>'''


def waves(x, y, scale, colour, width=10, count=3):
    """Wi-Fi waves opening upwards from (x, y)."""
    arcs = ''.join(
        f'<path d="M{-radius * 0.707:.1f} {-radius * 0.707:.1f} '
        f'A{radius} {radius} 0 0 1 {radius * 0.707:.1f} {-radius * 0.707:.1f}" fill="none" '
        f'stroke="{colour}" stroke-width="{width}" stroke-linecap="round"/>'
        for radius in range(26, 26 + count * 24, 24))
    return f'<g transform="translate({x} {y}) scale({scale})">{arcs}</g>'


def pine(x, y, height, colour):
    """A pine of three tiers standing at (x, y)."""
    h, w = height, height * 0.42
    tiers = ''.join(
        f'<path d="M{x} {y - h * top:.1f} L{x + w * half:.1f} {y - h * bottom:.1f} '
        f'L{x - w * half:.1f} {y - h * bottom:.1f} Z" fill="{colour}"/>'
        for top, bottom, half in ((1, 0.58, 0.3), (0.78, 0.32, 0.42), (0.52, 0.06, 0.54)))
    return tiers + (f'<rect x="{x - h * 0.03:.1f}" y="{y - h * 0.08:.1f}" '
                    f'width="{h * 0.06:.1f}" height="{h * 0.1:.1f}" fill="{colour}"/>')


def house(x, y, width, *, wall, roof, door, window):
    """A small house with its left bottom corner at (x, y)."""
    w = width
    return f'''
<g transform="translate({x} {y})">
  <rect x="0" y="{-w * 0.62}" width="{w}" height="{w * 0.62}" fill="{wall}"/>
  <path d="M{-w * 0.1} {-w * 0.6} L{w * 0.5} {-w * 1.08} L{w * 1.1} {-w * 0.6} Z" fill="{roof}"/>
  <rect x="{w * 0.74}" y="{-w * 1.04}" width="{w * 0.12}" height="{w * 0.3}" fill="{roof}"/>
  <path d="M{w * 0.38} 0 V{-w * 0.3} A{w * 0.12} {w * 0.12} 0 0 1 {w * 0.62} {-w * 0.3} V0 Z"
        fill="{door}"/>
  <circle cx="{w * 0.57}" cy="{-w * 0.16}" r="{w * 0.016}" fill="{window}"/>
  <rect x="{w * 0.1}" y="{-w * 0.48}" width="{w * 0.2}" height="{w * 0.22}" rx="{w * 0.02}"
        fill="{window}"/>
  <rect x="{w * 0.7}" y="{-w * 0.48}" width="{w * 0.2}" height="{w * 0.22}" rx="{w * 0.02}"
        fill="{window}"/>
</g>'''


def petals(x, y, radius, colours):
    """A flower of eight overlapping petals, the mark of Garance."""
    out = []
    for number in range(8):
        colour = colours[number % len(colours)]
        out.append(
            f'<ellipse cx="0" cy="{-radius * 0.6:.2f}" rx="{radius * 0.26:.2f}" '
            f'ry="{radius * 0.4:.2f}" fill="{colour}" opacity="0.92" '
            f'transform="rotate({number * 45})"/>')
    return f'<g transform="translate({x} {y})">{"".join(out)}</g>'
