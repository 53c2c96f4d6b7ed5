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
    _correct_stage(env)


def _correct_stage(env):
    """The stage before the start: a record that Odoo does not translate again once it is there.

    ``subscription_oca`` calls it “Raison”; what somebody wrote instead stays.
    """
    stage = env.ref('subscription_oca.subscription_stage_ready', raise_if_not_found=False)
    for lang in FRENCH if stage else ():
        translated = stage.with_context(lang=lang)
        if translated.name == "Raison":
            translated.name = "Prêt à démarrer"
