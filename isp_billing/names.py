"""Names of records that the program makes: in every language, whoever's language made them."""


def name_in_languages(records, langs=None):
    """Give records the name that the program has for them, in English and in other languages.

    English is what every language without a name of its own falls back on, also where it is not
    active. A name that is not the English one stays: a person gave it.

    :param records: of a model with ``_isp_made_name``: the name in the language of its environment
    :param langs: codes of languages; the installed ones unless said otherwise
    :return: the records
    """
    langs = langs or [code for code, _name in records.env['res.lang'].get_installed()]
    for english in records.with_context(lang='en_US'):
        english.name = english._isp_made_name()
        for code in langs:
            record = english.with_context(lang=code)
            if code != 'en_US' and record.name == english.name:
                record.name = record._isp_made_name()
    return records
