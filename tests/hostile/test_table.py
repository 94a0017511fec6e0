"""The table of hostile cases in tests/README.md: its tests exist, and its numbers are right."""

import ast
import re

from tests.support.cases import CASES
from tests.support.dag import ROOT

PAGE = (ROOT / "tests/README.md").read_text("utf-8")


def test_every_test_of_the_table_exists():
    named = re.findall(r"`([\w/]+\.py)::(\w+)`", PAGE)
    assert len(named) > 60
    for file, test in named:
        tree = ast.parse((ROOT / "tests" / file).read_text("utf-8"))
        functions = {node.name for node in tree.body if isinstance(node, ast.FunctionDef)}
        assert test in functions, f"{file}::{test}"


def test_every_hostile_test_is_in_the_table():
    for path in (ROOT / "tests/hostile").glob("test_*.py"):
        for test in re.findall(r"^def (test_\w+)", path.read_text("utf-8"), re.MULTILINE):
            assert path.name == "test_table.py" or f"`hostile/{path.name}::{test}`" in PAGE, test


def test_the_page_states_the_number_of_random_cases():
    text = " ".join(PAGE.split())
    for name, number in CASES.items():
        assert f"{number:,} {name}" in text
