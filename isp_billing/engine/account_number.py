"""Account numbers with a check digit (Luhn, ISO/IEC 7812-1 annex B)."""


def luhn_digit(body):
    """Check digit of a number without one.

    :param str body: decimal digits
    :raises ValueError: when something else than digits is given
    """
    if not body.isdecimal():
        raise ValueError(f"An account number has digits only, not {body!r}")
    total = 0
    for place, char in enumerate(reversed(body)):
        digit = int(char) * (1 if place % 2 else 2)
        total += digit - 9 if digit > 9 else digit
    return str(-total % 10)


def with_check_digit(body):
    """The number followed by its check digit."""
    return body + luhn_digit(body)


def is_valid(number):
    """Whether the last digit is the check digit of the others."""
    return len(number) > 1 and number.isdecimal() and luhn_digit(number[:-1]) == number[-1]
