"""Characters that the fonts of documents have."""
import re

import pytest

from odoo.addons.isp_billing.engine import font_characters, pdf_render

BOTH = frozenset(pdf_render.FONTS)


@pytest.mark.parametrize('fonts', [frozenset(('open_sans',)), frozenset(('roboto',)), BOTH])
@pytest.mark.parametrize(('text', 'expected'), [
    ("Anouk Vaillancourt-Lê, l’œuvre « À » 12\u202f345,67\u00a0€ № Nº ½ –", ""),
    ("Владимир Петров, Ελένη", ""), ("Nguyễn Thị Ánh", ""), ("e\u0301te\u0301", ""),
    ("王小明 (Wang 小)", "王小明"), ("محمد", "محد"), ("Zoé 🎉\ufe0f\u200d ", "🎉"), (None, ""),
])
def test_missing(text, expected, fonts):
    assert font_characters.missing(text, fonts) == expected


def test_the_pattern_names_the_same_characters():
    pattern = re.compile(font_characters.pattern(BOTH))
    assert pattern.search("小") and pattern.search("🎉")
    assert not pattern.search("Anouk Vaillancourt-Lê\n[a]-^\\ € Владимир")
