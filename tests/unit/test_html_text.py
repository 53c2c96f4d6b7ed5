"""Formatted terms as plain text."""
import pytest

from odoo.addons.isp_billing.engine.html_text import plain_text

LINK = '<a href="https://nordet.example/terms">%s</a>'


@pytest.mark.parametrize(('formatted', 'expected'), [
    ('', ''), (None, ''), ('<p><br></p>', ''), ('Pay in time', "Pay in time"),
    ('<p><b>Retard</b>&nbsp;: 1,5&nbsp;%</p>', "Retard\u00a0: 1,5\u00a0%"),
    ('<p>One</p><p>Two<br>Three<br></p><p>Four</p>', "One\nTwo\nThree\nFour"),
    ('<p>One</p><p><br></p><p> <br></p><p>Two</p>', "One\n\nTwo"),
    ('<h2>Article 1</h2><p>Words</p><h2>Article 2</h2><p>More</p>',
     "Article 1\nWords\n\nArticle 2\nMore"),
    ('<ul><li>First</li><li><p>Second <em>one</em></p></li></ul><p>After</p>',
     "• First\n• Second one\nAfter"),
    ('<ol><li>First</li><li>Second</li></ol>', "1. First\n2. Second"),
    (f'<p>See {LINK % "our terms"}.</p>', "See our terms (https://nordet.example/terms)."),
    (f'<p>See {LINK % "nordet.example/terms"}.</p>', "See nordet.example/terms."),
    (f'<p>{LINK % "https://nordet.example/terms/"}</p>', "https://nordet.example/terms/"),
    ('<a href="mailto:a@b.example">Write</a> <a href="#top">up</a> <a href="tel:1">1</a>',
     "Write (a@b.example) up 1"),
    ('<table><tr><td>A</td><td>B</td></tr><tr><td>C</td></tr></table>', "A B\nC"),
    ('<style>p {}</style><!-- no --><p>1 &lt; 2 &amp; *3*\n   words</p>', "1 < 2 & *3* words"),
])
def test_plain_text(formatted, expected):
    assert plain_text(formatted) == expected
