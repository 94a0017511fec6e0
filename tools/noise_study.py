"""Write docs/noise_study.md and its figures from kept tables: `python -m tools.noise_study`.

The words are in `noise_study.md.jinja`; every number is read from a table.
"""

from functools import cache
from math import isnan, nan
from pathlib import Path

import jinja2
import numpy as np
import pandas as pd

from denoising.evaluation.arms import ARMS, FILTER_ARMS, Arm
from denoising.files.atomic import replacing
from denoising.files.errors import UserError
from denoising.files.figures import write_figure
from denoising.files.tables import read_csv, read_json
from denoising.noise.kinds import KINDS, Kind
from tools import _noise_figures
from tools._experiment import SEEDS
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


def arm_measure(arm: str, measure: str, column: str = "value") -> float:
    """Return a measure of an arm at the level of the training noise."""
    return number(FASHION / "plots/arms.csv", column, arm=arm, measure=measure)


def ranges_are_kept() -> bool:
    """Return whether arms trained on a range of levels have been measured and kept."""
    return (LEVELS / "arms.csv").is_file()


def ranged_arms() -> dict[str, Arm]:
    """Return the arms that were trained on a range of levels, too."""
    found = table(LEVELS / "arms.csv")
    names = set(found.loc[found["trained_on"] == "range", "arm"])
    return {name: arm for name, arm in ARMS.items() if name in names}


def arms_levels() -> list[float]:
    """Return the levels at which these arms were measured."""
    return sorted(table(LEVELS / "arms.csv")["level"].unique())


def trained_on(where: str, level: float, arm: str, column: str = "accuracy") -> float:
    """Return a number of an arm trained on one ``level`` or on a ``range``, at a level."""
    return number(LEVELS / "arms.csv", column, trained_on=where, level=level, arm=arm)


def average_of(where: str, arm: str) -> float:
    """Return the average accuracy of an arm, trained on a ``level`` or a ``range``, over levels."""
    every = arms_levels()
    area = np.trapezoid([trained_on(where, level, arm) for level in every], every)
    return float(area / (every[-1] - every[0]))


def best_arm(where: str, level: float | None = None) -> str:
    """Return the most accurate of these arms at a level; without one, over all levels."""

    def accuracy(arm: str) -> float:
        return average_of(where, arm) if level is None else trained_on(where, level, arm)

    return max(ranged_arms(), key=accuracy)


def range_gain(level: float, arm: str, column: str = "value") -> float:
    """Return the accuracy of an arm trained on a range minus that of one trained on one level."""
    return number(LEVELS / "arm_differences.csv", column, level=level, arm=arm)


def estimate_error(level: float, estimate: str, *, clipped: bool) -> float:
    """Return the mean absolute error of an estimate of the noise level."""
    row = {"level": level, "estimate": estimate, "clipped": clipped}
    return number(LEVELS / "estimates.csv", "mean_absolute_error", **row)


def blind_lead(level: float, other: str = "specialist") -> float:
    """Return the PSNR of the blind denoiser minus that of a specialist, in dB."""
    return read_json(LEVELS / "metrics.json")[f"{level:g}"][f"blind_minus_{other}"]


def over_levels(arm: str, measure: str, kind: str = "gaussian") -> float:
    """Return a summary of an arm over the levels of a kind of noise, or over all kinds; or NaN."""
    found = table(FASHION / "plots/over_levels.csv")
    rows = found.loc[
        (found["arm"] == arm) & (found["measure"] == measure) & (found["kind"] == kind), "value"
    ]
    return float(rows.item()) if len(rows) else nan


def break_even(kind: str) -> dict[str, float]:
    """Return the break-even level of a kind of noise, its interval, and whether there is one.

    ``low`` and ``high`` are NaN if the crossing is not resolved between two levels.
    """
    path = FASHION / "plots/break_even.csv"
    return {key: number(path, key, kind=kind) for key in ("value", "low", "high", "found")}


def break_even_text(kind: str) -> str:
    """Return the level from which on denoising pays off, with its interval if it is resolved."""
    return crossing_text(**break_even(kind))


def break_even_seeds(kind: str) -> str:
    """Return the lowest and the highest break-even level of three trainings, if each has one.

    It is empty if they have not been kept.
    """
    paths = [run / "plots/break_even.csv" for run in SEEDS]
    if not all(path.is_file() for path in paths):
        return ""
    if not all(number(path, "found", kind=kind) for path in paths):
        return "not in each"
    found = [number(path, "value", kind=kind) for path in paths]
    return f"{min(found):.3f} to {max(found):.3f}"


def crossing_text(value: float, low: float, high: float, found: float) -> str:
    """Return a break-even level as text, with its interval if it is resolved."""
    if not found:
        return "none of these levels"
    if isnan(low):
        return f"about {value:.2f}, not resolved"
    return f"{value:.3f} ({low:.3f} to {high:.3f})"


def versions() -> str:
    """Return the sentences on the versions that the page's figures belong to."""
    return "\n".join(
        [
            sentence("The Fashion-MNIST figures", FASHION / "dvc.lock", dataset=FASHION.name),
            sentence("The figures for unknown levels", LEVELS / "dvc.lock", dataset=FASHION.name),
        ]
    )


def rendered(template: str) -> str:
    """Return the page that a template gives; it may use the functions of this module."""
    environment = markdown_environment()
    environment.filters |= {
        "percent": "{:.1%}".format,
        "ratio": lambda value: "" if isnan(value) else f"{value:.2f}",
        "short": "{:g}".format,
        "points": lambda value: f"{100 * value:+.1f}",
        "count": "{:,.0f}".format,
        "fixed": lambda value, digits: f"{value:.{digits}f}",
        "signed": lambda value, digits: f"{value:+.{digits}f}",
    }
    functions = [sweep, reference, levels, estimate_error, blind_lead, over_levels]
    functions += [break_even_text, break_even_seeds, arm_measure, versions]
    functions += [ranges_are_kept, ranged_arms, arms_levels, trained_on, average_of, best_arm]
    functions += [range_gain]
    environment.globals |= {function.__name__: function for function in functions}
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
            table(FASHION / "plots/gains.csv"), {kind: break_even(kind) for kind in swept_kinds()}
        ),
        "blind_denoiser": _noise_figures.blind(table(LEVELS / "levels.csv")),
    }
    if ranges_are_kept():
        figures["accuracy_of_ranges"] = _noise_figures.ranges(table(LEVELS / "arms.csv"))
    for name, figure in figures.items():
        write_figure(PLOTS / f"{name}.png", figure)
    with replacing(PAGE) as partial:
        partial.write_text(page, "utf-8")


if __name__ == "__main__":
    run(main)
