"""Write the page template for `dvc plots`: `python -m denoising.plots.html_template PATH`.

DVC's own page loads Vega from the network. This one includes Vega, from vl-convert-python, and
loads nothing; page.js puts the plots into sections. `make` sets it as DVC's `plots.html_template`.
"""

import json
import sys
from pathlib import Path
from typing import Any

from denoising.files.atomic import replacing
from denoising.plots import colours
from denoising.plots.sections import as_json
from denoising.plots.vega import vega_bundle

FILES = {"style": "page.css", "script": "page.js"}


def dark_mode() -> dict[str, str]:
    """Return the colours of the templates in dark mode, by those in light mode."""
    tables = (colours.ARM_COLOURS, colours.STATES, colours.CURVES, colours.CONFIDENCES)
    single = (*colours.SERIES, colours.CARD, colours.INK, colours.LINE, colours.CELL)
    return dict([*single, *(colour for table in tables for colour in table.values())])


def page() -> str:
    """Return the template of the page, with the placeholders that DVC fills in."""
    parts = {name: _read(file) for name, file in FILES.items()}
    parts |= {
        "sections": _script(as_json()),
        "colours": _script(dark_mode()),
        "vega": vega_bundle(),
    }
    text = _read("page.html")
    for name, part in parts.items():
        text = text.replace(f"@{name}@", part)
    return text


def _read(name: str) -> str:
    return (Path(__file__).parent / name).read_text(encoding="utf-8")


def _script(value: Any) -> str:
    """Return a value as JSON that a script of an HTML page can hold."""
    return json.dumps(value, ensure_ascii=False).replace("<", "\\u003c")


def main() -> None:
    if len(sys.argv) != 2:
        sys.exit("usage: python -m denoising.plots.html_template PATH")
    with replacing(Path(sys.argv[1])) as partial:
        partial.write_text(page(), encoding="utf-8")


if __name__ == "__main__":
    main()
