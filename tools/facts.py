"""Numbers in prose that are read from kept tables, with a note on which row each comes from.

In a page's source ``{{sweep, gaussian, 0.2, clean_trained, accuracy | .1%}}`` is a number: a table
of `SOURCES`, what names the row, the column, and how it is written. ``{{sweep.json, area, joint |
.3f}}`` is one of a JSON file, by its keys. ``{{^}}`` ends a sentence: a footnote there says where
its numbers stand.
"""

import json
import re
import textwrap
from functools import cache
from pathlib import Path
from typing import NamedTuple

import pandas as pd

HERE = Path(__file__).parent
WIDTH = 120
MARK = re.compile(r"\{\{(.+?)\}\}", re.DOTALL)


class Source(NamedTuple):
    """A kept file: its path, as seen from `results/`, and the columns that name a row of it."""

    path: str
    keys: tuple[str, ...] = ()


SOURCES = {
    "sweep": Source("fashion_mnist/plots/sweep.csv", ("kind", "level", "arm")),
    "reference": Source("fashion_mnist/plots/reference.csv", ("level", "denoiser")),
    "sweep.json": Source("fashion_mnist/metrics/sweep.json"),
    "levels": Source("../studies/levels/levels.csv", ("level", "denoiser")),
    "estimates": Source("../studies/levels/estimates.csv", ("level", "clipped", "estimate")),
    "levels.json": Source("../studies/levels/metrics.json"),
}


class Fact(NamedTuple):
    """A number: where it stands, and how it is written, as `format` takes it."""

    source: str
    place: tuple[str, ...]
    style: str

    @classmethod
    def parse(cls, text: str) -> "Fact":
        """Read what stands between the braces; raise `ValueError` where it is no fact."""
        names, _, style = " ".join(text.split()).partition(" | ")
        source, *place = names.split(", ")
        if source not in SOURCES or not place or not style:
            raise ValueError(
                f"Expected {{{{source, place | style}}}} with a source among {', '.join(SOURCES)}. "
                f"Received: {text!r}"
            )
        return cls(source, tuple(place), style)

    def value(self) -> float:
        """Read the number; raise `KeyError` where it is not there, or more than one is meant."""
        path, keys = SOURCES[self.source]
        if not keys:
            found = json.loads((HERE / path).read_text("utf-8"))
            for key in self.place:
                if key not in found:
                    raise KeyError(f"Expected {self.place} in {path}. Received: no {key}")
                found = found[key]
            return found
        *row, column = self.place
        table = read_table(self.source)
        for key, wanted in zip(keys, row, strict=False):
            table = table[table[key].astype(str) == wanted]
        if len(row) != len(keys) or len(table) != 1 or column not in table:
            raise KeyError(f"Expected one row and a column of {path}. Received: {self.place}")
        return float(table[column].iloc[0])

    def where(self) -> str:
        """Say which row and column, or which key, it is."""
        if not SOURCES[self.source].keys:
            return f"`{'.'.join(self.place)}`"
        *row, column = self.place
        return f"row `{' '.join(row)}`, `{column}`"


@cache
def read_table(source: str) -> pd.DataFrame:
    """Return a kept table; levels are written as in the source of a page: 0.2, and 0 for 0.0."""
    table = pd.read_csv(HERE / SOURCES[source].path)
    return table.assign(level=[f"{level:g}" for level in table["level"]])


def fill(text: str) -> str:
    """Return a page: its source with each number filled in, and footnotes at its end."""
    facts, notes = [], []

    def replace(match: re.Match) -> str:
        if match[1] != "^":
            facts.append(Fact.parse(match[1]))
            return format(facts[-1].value(), facts[-1].style)
        notes.append(note(facts))
        facts.clear()
        return f"[^{len(notes)}]"

    filled = MARK.sub(replace, text)
    if facts:
        raise ValueError(f"Expected {{{{^}}}} behind the sentence that says {facts}")
    ends = [f"[^{number}]: {text}" for number, text in enumerate(notes, start=1)]
    return "\n".join([wrapped(filled.rstrip()), "", *ends]) + "\n"


def wrapped(text: str) -> str:
    """Break the lines of paragraphs and lists anew; headings, tables, pictures and code stay."""
    blocks = []
    for block in text.split("\n\n"):
        if not block.startswith(("#", "|", "!", "`", "<")):
            items = (" ".join(item.split()) for item in re.split(r"\n(?=- )", block))
            block = "\n".join(
                textwrap.fill(
                    item,
                    WIDTH,
                    subsequent_indent="  " if item.startswith("- ") else "",
                    break_long_words=False,
                    break_on_hyphens=False,
                )
                for item in items
            )
        blocks.append(block)
    return "\n\n".join(blocks)


def note(facts: list[Fact]) -> str:
    """Say of each file which of its rows and columns these numbers are."""
    if not facts:
        raise ValueError("Expected a number before {{^}}")
    by_file: dict[str, list[str]] = {}
    for fact in facts:
        by_file.setdefault(SOURCES[fact.source].path, []).append(fact.where())
    return ". ".join(
        f"[{path.removeprefix('../')}]({path}): {'; '.join(dict.fromkeys(places))}"
        for path, places in by_file.items()
    )
