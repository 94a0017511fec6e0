"""The table of hostile cases in tests/README.md names tests that exist, and how many cases run."""

import ast
import re

from tests import test_hostile_files, test_hostile_models, test_params
from tests.support.dag import ROOT

PAGE = (ROOT / "tests/README.md").read_text()


def test_every_test_of_the_table_exists():
    named = re.findall(r"`(test_\w+\.py)::(\w+)`", PAGE)
    assert len(named) > 40
    for file, test in named:
        tree = ast.parse((ROOT / "tests" / file).read_text())
        functions = {node.name for node in tree.body if isinstance(node, ast.FunctionDef)}
        assert test in functions, f"{file}::{test}"


def test_every_hostile_test_is_in_the_table():
    for path in (ROOT / "tests").glob("test_hostile_[dfmpr]*.py"):
        for test in re.findall(r"^def (test_\w+)", path.read_text(), re.MULTILINE):
            assert f"`{path.name}::{test}`" in PAGE, f"{path.name}::{test}"


def test_the_page_states_the_number_of_random_cases():
    cases = test_hostile_files.CASES
    numbers = [test_params.FUZZED, *cases.values(), test_hostile_models.FUZZED]
    told = re.search(r"hypothesis draws .*?models", PAGE, re.DOTALL)[0]
    assert [int(one.replace(",", "")) for one in re.findall(r"\b[\d,]+\b", told)] == numbers
