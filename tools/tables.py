"""Fill the tables of README.md and docs/*.md from kept results: `python -m tools.tables`.

A table replaces the text between ``<!-- NAME -->`` and ``<!-- end of NAME -->``. A test checks that
every page is up to date.
"""

import re
from collections.abc import Callable
from pathlib import Path

from denoising.files.atomic import replacing
from denoising.files.errors import UserError
from tools import _experiment, _photographs, _published, _studies
from tools._program import ROOT, run


def networks() -> str:
    """Return the table of networks; importing Keras takes seconds."""
    from tools.complexity import table

    return table()


def reruns() -> str:
    """Return the table of reruns; importing DVC takes a second."""
    from tools.reruns import reruns

    return reruns()


def megapixel() -> str:
    """Return the table of seconds and memory; importing OpenCV takes a moment."""
    from tools.megapixel import table

    return table()


def noisy_pictures() -> str:
    """Return the table of levels found; importing ONNX Runtime takes a moment."""
    from tools.noisy_pictures import table

    return table()


TABLES: dict[str, Callable[[], str]] = {
    "summary": _experiment.summary,
    "results": _experiment.results,
    "comparisons": _experiment.comparisons,
    "work": _experiment.work,
    "calibration": _experiment.calibration,
    "seconds": _experiment.seconds,
    "provenance": _experiment.provenance,
    "classical": _experiment.classical,
    "peers": _photographs.peers,
    "white_noise": _photographs.white_noise,
    "real_noise": _photographs.real_noise,
    "without_noise": _photographs.without_noise,
    "trials": _photographs.trials,
    "megapixel": megapixel,
    "auc": _studies.auc,
    "detector": _studies.detector,
    "tried": _studies.tried,
    "portability": _studies.portability,
    "figures": _published.figures,
    "accuracies": _published.accuracies,
    "published": _published.published_summary,
    "reruns": reruns,
    "networks": networks,
    "noisy_pictures": noisy_pictures,
}
MARKER = re.compile(r"<!-- (end of )?(\w+) -->")


def pages() -> list[Path]:
    """Return the pages that may have tables."""
    return [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]


def markers(text: str) -> list[str]:
    """Return the names of the tables of a page.

    Raises
    ------
    UserError
        A marker has no counterpart, or names no table.
    """
    found = [(bool(end), name) for end, name in MARKER.findall(text)]
    names = [name for end, name in found if not end]
    if found != [pair for name in names for pair in ((False, name), (True, name))]:
        raise UserError(
            f"The markers of tables do not pair up: found {MARKER.findall(text)}. Put "
            "<!-- end of NAME --> behind each <!-- NAME -->."
        )
    if unknown := sorted(set(names) - set(TABLES)):
        raise UserError(f"No table is called {', '.join(unknown)}. Tables: {', '.join(TABLES)}.")
    return names


def filled(text: str) -> str:
    """Return the text of a page with its tables made anew."""
    for name in markers(text):
        begin, end = f"<!-- {name} -->", f"<!-- end of {name} -->"
        before, _, rest = text.partition(begin)
        text = f"{before}{begin}\n{TABLES[name]()}\n{end}{rest.partition(end)[2]}"
    return text


def main() -> None:
    for page in pages():
        text = page.read_text("utf-8")
        try:
            new = filled(text)
        except UserError as error:
            raise UserError(f"{page.relative_to(ROOT)}: {error}") from None
        if new != text:
            with replacing(page) as partial:
                partial.write_text(new, "utf-8")
            print(f"{page.relative_to(ROOT)} changed")


if __name__ == "__main__":
    run(main)
