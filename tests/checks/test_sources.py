"""The sources pass the checks; `make lint` prints the same with pylint's added."""

import importlib

import pytest


@pytest.mark.parametrize("name", ["style", "boundaries", "xml_files", "installation", "french"])
def test_no_problem(name):
    """The check finds nothing."""
    problems = importlib.import_module(f"tools.checks.{name}").problems()
    assert not problems, "\n" + "\n".join(problems)
