"""Check digit of account numbers."""
import pytest
from hypothesis import given
from hypothesis import strategies as st

from odoo.addons.isp_billing.engine import account_number

bodies = st.text("0123456789", min_size=1, max_size=12)


@pytest.mark.parametrize("number", ["79927398713", "4539578763621486", "18"])
def test_known_numbers(number):
    assert account_number.is_valid(number)
    assert account_number.with_check_digit(number[:-1]) == number


@given(bodies)
def test_a_number_with_its_check_digit_is_valid(body):
    assert account_number.is_valid(account_number.with_check_digit(body))


@given(bodies, st.data())
def test_one_wrong_digit_is_found(body, data):
    number = account_number.with_check_digit(body)
    place = data.draw(st.integers(0, len(number) - 1))
    digit = data.draw(st.sampled_from([x for x in "0123456789" if x != number[place]]))
    assert not account_number.is_valid(number[:place] + digit + number[place + 1:])


@given(bodies, st.data())
def test_two_swapped_digits_are_found_but_09_and_90(body, data):
    number = account_number.with_check_digit(body)
    place = data.draw(st.integers(0, len(number) - 2))
    pair = number[place:place + 2]
    swapped = number[:place] + pair[::-1] + number[place + 2:]
    same = pair[0] == pair[1] or set(pair) == set("09")
    assert account_number.is_valid(swapped) == same


@pytest.mark.parametrize("wrong", ["", "7", "12A4", "1234 5", "²³", "-18"])
def test_what_is_not_a_number(wrong):
    assert not account_number.is_valid(wrong)


@pytest.mark.parametrize("wrong", ["12A", "1 2", "", "²"])
def test_a_body_has_digits_only(wrong):
    with pytest.raises(ValueError, match="digits"):
        account_number.luhn_digit(wrong)
