"""Installation hook: French is there, and English stays the language everything falls back to."""
FRENCH = ('fr_FR', 'fr_CA')


def post_init_hook(env):
    """Activate French of France and of Canada with their terms and keep English active.

    Translated names fall back to en_US only; without it, the first French name would overwrite
    the English one. Activating a language by its flag alone would leave every screen in English.
    """
    languages = env['res.lang'].with_context(active_test=False)
    languages._activate_lang('en_US')
    languages.search([('code', 'in', FRENCH), ('active', '=', False)]).action_unarchive()
    # our words for terms of other modules win over theirs
    env['ir.module.module']._load_module_terms(['isp_billing_fr'], list(FRENCH), overwrite=True)
