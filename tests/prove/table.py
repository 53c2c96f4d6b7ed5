"""One table of what was tried and what came out."""


def show(capsys, title, figures):
    """Print figures past pytest's capture.

    :param dict figures: {what: number or text}
    """
    width = max(len(str(name)) for name in figures)
    lines = [f"  {name!s:<{width}}  {_text(value):>12}" for name, value in figures.items()]
    with capsys.disabled():
        print("\n" + "\n".join([title, *lines]), flush=True)


def _text(value):
    return f"{value:,}" if isinstance(value, int) else str(value)
