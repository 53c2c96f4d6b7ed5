"""French spacing and apostrophes, in the ways of France and of Canada."""

import html
import re

NBSP, NNBSP = "\u00a0", "\u202f"
ANY = f"{NBSP}{NNBSP}"
SPACE = {" ": "a plain space", NBSP: "a no-break space", NNBSP: "a narrow no-break space"}
MASKS = (  # parts that are not prose; {x} stands for a word
    (re.compile(r"<[^>]*>"), ""),
    (re.compile(r"(?:https?://|www\.|mailto:)\S+"), "x"),
    (re.compile(r"\{\{.*?\}\}|\$\{.*?\}|\{[\w.!:]*\}"), "x"),
    (re.compile(r"%\(\w+\)[#0\- +]*[\d.*]*[a-zA-Z]|%[sdifgr]\b|%\.\d+f"), "x"),
    (re.compile(r"%%"), "%"),
)
LETTER = r"[^\W\d_]"


def prose(text):
    """Return a message without markup, addresses and placeholders."""
    for pattern, replacement in MASKS:
        text = pattern.sub(replacement, text)
    return html.unescape(text)


def _before(text, marks, follower, allowed):
    """Yield what stands before each mark of punctuation, when it is not one of `allowed`."""
    pattern = rf"(?P<before>[^{marks}.(\[])(?P<mark>[{marks}]){follower}"
    for found in re.finditer(pattern, text):
        before = found["before"] if found["before"] in SPACE else ""
        if before not in allowed:
            yield found["mark"], SPACE.get(before, "nothing"), found.start()


def complaints(message, canadian=False):
    """Return what is wrong with a French message.

    :param bool canadian: in Canada nothing stands before ``; ! ?``
    """
    text, found = prose(message), []
    end = r"(?=$|[\s)»\]”.…])"
    rules = [
        (":", end, (NBSP,)),
        ("%", r"(?!\w)", (NBSP,)),
        ("»", "", tuple(ANY)),
        (";!?", end, ("",) if canadian else tuple(ANY)),
    ]
    for marks, follower, allowed in rules:
        for mark, before, _start in _before(text, marks, follower, allowed):
            found.append(f"{before} before {mark!r}")
    if re.search(rf"«(?![{ANY}])", text):
        found.append("no no-break space after '«'")
    if re.search(rf"{LETTER}'{LETTER}", text):
        found.append("straight apostrophe (write ’)")
    return found


def differs_in_canada(message):
    """Return whether a message needs a Canadian version, for what stands before ``; ! ?``."""
    return bool(re.search(rf"[{ANY}][;!?]", prose(message)))
