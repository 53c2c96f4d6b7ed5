"""Installation hook: French is there, and English stays the language everything falls back to."""
LANGUAGES = ('en_US', 'fr_FR', 'fr_CA')


def post_init_hook(env):
    """Activate French of France and of Canada with their words, and keep English active.

    Translated names fall back to en_US only; without it, the first French name would overwrite
    the English one.
    """
    installed = {code for code, _name in env['res.lang'].get_installed()}
    for code in LANGUAGES:
        env['res.lang']._activate_lang(code)
    added = [code for code in LANGUAGES if code not in installed]
    if added:
        env['ir.module.module'].search(
            [('state', 'in', ('installed', 'to install', 'to upgrade'))],
        )._update_translations(added)
