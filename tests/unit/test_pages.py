"""The README and the pages of docs/: length, order, links, pictures, and paths that exist."""

import importlib.util
import re
import subprocess
from collections import Counter
from pathlib import Path

import pytest

from tests.support.dag import ROOT

README = ROOT / "README.md"
PAGES = [README, *sorted((ROOT / "docs").glob("*.md"))]
FRONT = [*PAGES, ROOT / "CONTRIBUTING.md", ROOT / "CHANGELOG.md"]
SECTIONS = [
    "Denoise a picture",
    "Run the experiment",
    "Result",
    "Change one thing and compare",
    "Make it yours",
    "How it works",
    "Reproducibility",
    "Cite, contribute",
]
STALE = re.compile(
    r"(?<![\w/])recipes/|benchmarks/|studies/levels|python -m (results|recipes|benchmarks)\b"
    r"|results/README\.md|stages/README\.md|\btold_share\b"
)
IMAGE = re.compile(r"!\[([^\]]*)\]\(([^)]+)\)")
LINK = re.compile(r"(?<!!)\[[^\]]+\]\(([^)\s]+)\)")


def name(page: Path) -> str:
    return str(page.relative_to(ROOT))


def prose(page: Path) -> str:
    """Return the text of a page without its code blocks."""
    return re.sub(r"^ *```.*?^ *```$", "", page.read_text("utf-8"), flags=re.DOTALL | re.MULTILINE)


def anchors(page: Path) -> set[str]:
    """Return the anchors of a page's headings, as GitHub makes them."""
    titles = re.findall(r"^#+ (.+)$", prose(page), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", title.lower()).replace(" ", "-") for title in titles}


def is_program(module: str) -> bool:
    """Return whether Python can run a module, or a package by its `__main__`."""
    found = importlib.util.find_spec(module)
    if found and found.submodule_search_locations is not None:
        found = importlib.util.find_spec(f"{module}.__main__")
    return found is not None


def test_every_program_that_is_named_exists():
    listed = subprocess.check_output(["git", "ls-files"], cwd=ROOT, text=True).splitlines()
    kinds = (".md", ".py", ".yaml", ".yml", ".jinja", ".html", ".ipynb", "Makefile")
    named = {
        (module, file)
        for file in listed
        if file.endswith(kinds) and not file.startswith("results/")
        for module in re.findall(
            r"python -m (\w+(?:\.\w+)*)", (ROOT / file).read_text("utf-8", errors="replace")
        )
    }
    assert len(named) > 40
    missing = {
        (module, file)
        for module, file in named
        if not module.endswith((".NAME", ".X")) and not is_program(module)
    }
    assert missing == set()


def test_the_readme_is_short():
    assert len(README.read_text("utf-8").split()) <= 1000


def test_the_readme_goes_from_use_to_background():
    text = README.read_text("utf-8")
    assert re.findall(r"^## (.+)$", text, re.MULTILINE) == SECTIONS
    before, _, _ = text.partition("\n## ")
    sentence = re.sub(IMAGE, "", before).partition("\n")[2].strip()
    assert sentence.count(".") == 1
    assert len(IMAGE.findall(before)) == 1


def test_the_two_commands_are_on_the_first_screen():
    lines = README.read_text("utf-8").splitlines()[:30]
    assert [line.split("#")[0].strip() for line in lines if re.match(r"make \w+ ", line)] == [
        "make repro",
        "make test",
    ]


@pytest.mark.parametrize("page", FRONT, ids=name)
def test_links_lead_somewhere(page: Path):
    for target in LINK.findall(prose(page)):
        if target.startswith("http"):
            continue
        path, _, anchor = target.partition("#")
        linked = page.parent / path if path else page
        assert linked.exists(), target
        assert not anchor or anchor in anchors(linked), target


@pytest.mark.parametrize("page", FRONT, ids=name)
def test_pictures_exist_and_are_described(page: Path):
    for text, target in IMAGE.findall(page.read_text("utf-8")):
        assert (page.parent / target).is_file(), target
        assert len(text) > 10, target


def test_no_picture_is_used_twice():
    used = Counter(
        (page.parent / target).resolve()
        for page in PAGES
        for _, target in IMAGE.findall(page.read_text("utf-8"))
    )
    assert [path for path, times in used.items() if times > 1] == []


def test_the_index_lists_every_page():
    index = ROOT / "docs" / "README.md"
    listed = set(LINK.findall(index.read_text("utf-8")))
    assert {page.name for page in PAGES[1:]} - listed == {"README.md"}


@pytest.mark.parametrize("page", PAGES, ids=name)
def test_no_page_mentions_a_path_that_was_moved(page: Path):
    assert STALE.search(page.read_text("utf-8")) is None
