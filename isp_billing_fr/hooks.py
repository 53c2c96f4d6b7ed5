"""Installation hook: French is there, and English stays the language everything falls back to."""
LANGUAGES = ('en_US', 'fr_FR', 'fr_CA')


def post_init_hook(env):
    """Activate French of France and of Canada and keep English active.

    Translated names fall back to en_US only; without it, the first French name would overwrite
    the English one.
    """
    for code in LANGUAGES:
        env['res.lang']._activate_lang(code)
