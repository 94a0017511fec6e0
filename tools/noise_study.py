"""Write docs/noise_study.md and its figures from kept tables: `python -m tools.noise_study`.

The words are in `noise_study.md.jinja`; every number is read from a table.
"""

from functools import cache
from math import isnan
from pathlib import Path

import jinja2
import pandas as pd

from denoising.evaluation.arms import ARMS, FILTER_ARMS
from denoising.files.atomic import replacing
from denoising.files.errors import UserError
from denoising.files.figures import write_figure
from denoising.files.tables import read_csv, read_json
from denoising.noise.kinds import KINDS, Kind
from tools import _noise_figures
from tools._kept import FASHION, markdown_environment
from tools._program import RESULTS, ROOT, run
from tools._provenance import sentence

TEMPLATE = Path(__file__).with_name("noise_study.md.jinja")
PAGE = ROOT / "docs" / "noise_study.md"
PLOTS = RESULTS / "plots"
LEVELS = RESULTS / "noise_levels"


@cache
def table(path: Path) -> pd.DataFrame:
    """Return a kept table."""
    return read_csv(path)


def number(path: Path, column: str, **row: str | float | bool) -> float:
    """Return a number of a kept table, from the one row that has these values.

    Raises
    ------
    UserError
        No row has them, more than one has, or the column is missing.
    """
    found = table(path)
    for key, wanted in row.items():
        found = found.loc[found[key] == wanted]
    if len(found) != 1 or column not in found:
        raise UserError(
            f"{path} has {len(found)} rows with {row}, and the columns {', '.join(found)}. "
            f"Expected one row, and the column {column}."
        )
    return float(found[column].item())


def swept_kinds() -> dict[str, Kind]:
    """Return the kinds of noise of the sweep on Fashion-MNIST, as they are shown."""
    return {name: KINDS[name] for name in table(FASHION / "plots/sweep.csv")["kind"].unique()}


def sweep(kind: str, level: float, arm: str, column: str) -> float:
    """Return a number of the sweep over noise levels on Fashion-MNIST."""
    return number(FASHION / "plots/sweep.csv", column, kind=kind, level=level, arm=arm)


def reference(level: float, denoiser: str, column: str) -> float:
    """Return a number of the comparison with the posterior mean."""
    return number(FASHION / "plots/reference.csv", column, level=level, denoiser=denoiser)


def levels(level: float, denoiser: str, column: str) -> float:
    """Return a number of the study of unknown noise levels."""
    return number(LEVELS / "levels.csv", column, level=level, denoiser=denoiser)


def estimate_error(level: float, estimate: str, *, clipped: bool) -> float:
    """Return the mean absolute error of an estimate of the noise level."""
    row = {"level": level, "estimate": estimate, "clipped": clipped}
    return number(LEVELS / "estimates.csv", "mean_absolute_error", **row)


def blind_lead(level: float, other: str = "specialist") -> float:
    """Return the PSNR of the blind denoiser minus that of a specialist, in dB."""
    return read_json(LEVELS / "metrics.json")[f"{level:g}"][f"blind_minus_{other}"]


def area(arm: str) -> float:
    """Return the average accuracy of an arm over all levels of Gaussian noise."""
    return number(FASHION / "plots/areas.csv", "value", kind="gaussian", arm=arm)


def break_even(kind: str) -> dict[str, float]:
    """Return the break-even level of a kind of noise, its interval, and whether there is one.

    ``low`` and ``high`` are NaN if the crossing is not resolved between two levels.
    """
    path = FASHION / "plots/break_even.csv"
    return {key: number(path, key, kind=kind) for key in ("value", "low", "high", "found")}


def break_even_text(kind: str) -> str:
    """Return the level from which on denoising pays off, with its interval if it is resolved."""
    return crossing_text(**break_even(kind))


def crossing_text(value: float, low: float, high: float, found: float) -> str:
    """Return a break-even level as text: without an interval it has the digits of the levels."""
    if not found:
        return "none of these levels"
    return f"about {value:.2f}" if isnan(low) else f"{value:.3f} ({low:.3f} to {high:.3f})"


def versions() -> str:
    """Return the sentences on the versions that the page's figures belong to."""
    return "\n".join(
        [
            sentence("The Fashion-MNIST figures", FASHION / "dvc.lock", dataset=FASHION.name),
            sentence("The figures for unknown levels", LEVELS / "dvc.lock"),
        ]
    )


def rendered(template: str) -> str:
    """Return the page that a template gives; it may use the functions of this module."""
    environment = markdown_environment()
    environment.filters |= {
        "percent": "{:.1%}".format,
        "count": "{:,.0f}".format,
        "fixed": lambda value, digits: f"{value:.{digits}f}",
        "signed": lambda value, digits: f"{value:+.{digits}f}",
    }
    functions = (sweep, reference, levels, estimate_error, blind_lead, area, break_even_text)
    environment.globals |= {function.__name__: function for function in (*functions, versions)}
    environment.globals |= {"arms": ARMS, "filters": FILTER_ARMS, "kinds": swept_kinds()}
    try:
        return environment.from_string(template).render()
    except jinja2.TemplateError as error:
        raise UserError(f"{TEMPLATE}: {error}. The functions are those of {__name__}.") from None


def main() -> None:
    page = rendered(TEMPLATE.read_text("utf-8"))
    figures = {
        "accuracy_by_level": _noise_figures.accuracy(table(FASHION / "plots/sweep.csv")),
        "accuracy_gain": _noise_figures.gain(
            table(FASHION / "plots/sweep.csv"), {kind: break_even(kind) for kind in swept_kinds()}
        ),
        "blind_denoiser": _noise_figures.blind(table(LEVELS / "levels.csv")),
    }
    for name, figure in figures.items():
        write_figure(PLOTS / f"{name}.png", figure)
    with replacing(PAGE) as partial:
        partial.write_text(page, "utf-8")


if __name__ == "__main__":
    run(main)
