"""Sentences whose numbers come from rows of kept tables, and say from which."""

import json
from pathlib import Path
from typing import NamedTuple

import pandas as pd

ROOT = Path(__file__).parent.parent


class Fact(NamedTuple):
    """One number: a file below the repository's root, where in it, and how it is written.

    `place` is, in a table, the column and then the value of each of the other columns that name
    the row; in JSON the keys that lead to the number.
    """

    file: str
    place: tuple
    style: str = ".3f"

    def value(self) -> float:
        """Read the number; a row that is not there, or not the only one, is a `KeyError`."""
        if self.file.endswith(".json"):
            found = json.loads((ROOT / self.file).read_text())
            for key in self.place:
                found = found[key]
            return found
        column, *row = self.place
        table = pd.read_csv(ROOT / self.file)
        chosen = table
        for name, wanted in zip(table.columns, row, strict=False):
            chosen = chosen[chosen[name] == wanted]
        if len(chosen) != 1:
            raise KeyError(f"{len(chosen)} rows of {self.file} are {row}")
        return float(chosen[column].iloc[0])

    def __str__(self) -> str:
        return format(self.value(), self.style)

    def source(self) -> str:
        """Say where the number stands."""
        if self.file.endswith(".json"):
            return f"{self.file} {'.'.join(self.place)}"
        column, *row = self.place
        return f"{self.file} {' '.join(str(name) for name in row)}: {column}"


def sentence(text: str, *facts: Fact) -> str:
    """Fill the facts into a sentence, and say in a note behind it where they come from."""
    by_file: dict[str, list[str]] = {}
    for fact in facts:
        file, _, place = fact.source().partition(" ")
        by_file.setdefault(file, []).append(place)
    notes = [
        f"[{Path(file).name}]({_link(file)}) {'; '.join(dict.fromkeys(places))}"
        for file, places in by_file.items()
    ]
    return f"{text.format(*facts)} <sub>({', '.join(notes)})</sub>"


def _link(file: str) -> str:
    """Return the path of a file as seen from `results/`."""
    return file.removeprefix("results/") if file.startswith("results/") else f"../{file}"
