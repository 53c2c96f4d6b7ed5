"""Every hard case has a test that bears its number, and the list in the guide names them all."""
from . import hard_cases


def test_every_case_has_a_test():
    found = hard_cases.tests_by_case()
    assert [number for number in hard_cases.CASES if number not in found] == []
    assert [number for number in found if number not in hard_cases.CASES] == []


def test_the_guide_lists_every_case():
    guide = (hard_cases.ROOT / "docs/engine.md").read_text().splitlines()
    assert [line for line in hard_cases.table() if line not in guide] == []
