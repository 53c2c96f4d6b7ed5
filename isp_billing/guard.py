"""What clients may not set, whichever way they try."""


def without_defaults(model, names):
    """A model without the defaults that a client's context has for guarded fields.

    Values are checked where records are made; ``default_state`` would come in behind that check.

    :param model: recordset on which ``create`` was called
    :param names: names of the guarded fields
    """
    if model.env.su:
        return model
    # keys are taken out, which keywords cannot do
    return model.with_context({  # pylint: disable=context-overridden
        key: value for key, value in model.env.context.items()
        if not (key.startswith('default_') and key.removeprefix('default_') in names)
    })
