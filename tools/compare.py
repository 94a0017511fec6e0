"""Compare one measure of all arms between settings: `python -m tools.compare accuracy`.

The table has a column for each experiment or Git revision that is named, with the parameters in
which they differ above the arms; `workspace` is the working tree. Without names, it has the
workspace and the experiments of HEAD. Settings that differ in nothing but the seed have their mean
and standard deviation beside them. It is Markdown.
"""

import argparse
import json
from pathlib import Path
from statistics import fmean, stdev
from typing import Any, NamedTuple

import pandas as pd

from denoising.evaluation.arms import ARM_LABELS
from denoising.files.errors import UserError, first_line
from stages._measures import METRIC_DIGITS, OTHER_DIGITS
from tools._program import ROOT, run

WORKSPACE = "workspace"
PARAMS = "params.yaml"


class Setting(NamedTuple):
    """A named state of the project: its parameters by dotted key, and its metrics by arm."""

    name: str
    params: dict[str, Any]
    metrics: dict[str, dict[str, float]]


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tools.compare", description=__doc__)
    parser.add_argument("measure", nargs="?", default="accuracy", help="a key of metrics/*.json")
    parser.add_argument("names", nargs="*", help="experiments or Git revisions")
    given = parser.parse_args()
    print(compared(given.measure, read(given.names)))


def read(names: list[str]) -> list[Setting]:
    """Return the named settings, or the workspace and all experiments of HEAD.

    Raises
    ------
    UserError
        There is no such experiment or revision, or DVC cannot read its metrics or parameters.
    """
    from dvc.repo import Repo  # takes a second
    from dvc.scm import RevError

    with Repo(str(ROOT)) as repo:
        listed = repo.experiments.ls().values()
        experiments = [str(name) for found in listed for name, _ in found]
        settings = []
        for name in names or [WORKSPACE, *experiments]:
            revs = None if name == WORKSPACE else [name]
            try:
                params = repo.params.show(revs=revs, targets=[str(ROOT / PARAMS)])
                metrics = repo.metrics.show(revs=revs)
            except RevError:
                raise UserError(
                    f"No experiment or Git revision is called {name!r}. The experiments of HEAD: "
                    f"{', '.join(experiments) or 'none'}; `dvc exp list --all` lists all."
                ) from None
            # Earlier versions list those of studies, too, and nest numbers by arm.
            arms: dict[str, dict[str, float]] = {
                Path(path).stem: {
                    key: one for key, one in found.items() if isinstance(one, int | float)
                }
                for path, found in contents(name, metrics).items()
                if Path(path).parts[0] == "metrics"
            }
            settings.append(Setting(name, flat(contents(name, params).get(PARAMS, {})), arms))
    return settings


def contents(name: str, shown: dict[str, Any]) -> dict[str, Any]:
    """Return the values of each file of a setting, from DVC's answer; it may have lost some files.

    DVC answers for the workspace as well, and names it "" if it was not asked for a revision.
    """
    [found] = [answer for key, answer in shown.items() if key != WORKSPACE]
    files = {name: found} if "error" in found else found["data"]
    for path, answer in files.items():
        if (error := answer.get("error")) and not isinstance(error, FileNotFoundError):
            raise UserError(f"DVC cannot read {path} of {name}: {first_line(error)}.")
    return {path: answer["data"] for path, answer in files.items() if "data" in answer}


def flat(values: dict[str, Any], prefix: str = "") -> dict[str, Any]:
    """Return nested parameters by their dotted keys."""
    found = {}
    for key, value in values.items():
        found |= (
            flat(value, f"{prefix}{key}.") if isinstance(value, dict) else {prefix + key: value}
        )
    return found


def compared(measure: str, settings: list[Setting]) -> str:
    """Return a table in Markdown: a column a setting; differing parameters, then arms, as rows.

    Settings that differ in the seed alone have their mean and standard deviation in two more.

    Raises
    ------
    UserError
        No setting has this measure.
    """
    measures = {name for one in settings for found in one.metrics.values() for name in found}
    if measure not in measures:
        found = ", ".join(sorted(measures)) or "none; `dvc repro` computes them"
        names = ", ".join(one.name for one in settings)
        raise UserError(f"No metric of {names} is called {measure!r}. Metrics: {found}.")
    differing = differing_params([one.params for one in settings])
    files = [name for one in settings for name in one.metrics]
    rows = [
        row
        for row in dict.fromkeys((*ARM_LABELS, *files))
        if any(measure in one.metrics.get(row, {}) for one in settings)
    ]
    table = pd.DataFrame({measure: [*differing, *(ARM_LABELS.get(row, row) for row in rows)]})
    for one in settings:
        table[one.name] = [
            *(text(one.params.get(key)) for key in differing),
            *(number(measure, one.metrics.get(row, {}).get(measure)) for row in rows),
        ]
    if differing == ["seed"]:
        known = [
            [one.metrics[row][measure] for one in settings if measure in one.metrics.get(row, {})]
            for row in rows
        ]
        for name, summary in (("mean", fmean), ("standard deviation", stdev)):
            whole = (summary(found) if len(found) == len(settings) else None for found in known)
            table[name] = ["", *(number(measure, found) for found in whole)]
    alignment = ("left", *("right" for _ in table.columns[1:]))
    return table.to_markdown(index=False, disable_numparse=True, colalign=alignment) or ""


def differing_params(params: list[dict[str, Any]]) -> list[str]:
    """Return the keys whose values differ, without the entry of a data set that some lack."""
    entries = [{data_set(key) for key in one} for one in params]
    missing = set.union(*entries) - set.intersection(*entries)
    keys = dict.fromkeys(key for one in params for key in one if data_set(key) not in missing)
    return [key for key in keys if len({text(one.get(key)) for one in params}) > 1]


def data_set(key: str) -> str | None:
    """Return the data set to which a parameter belongs."""
    section, _, rest = key.partition(".")
    return rest.partition(".")[0] if section == "datasets" else None


def text(value: Any) -> str:
    """Return a parameter as text, empty if a setting lacks it."""
    if value is None:
        return ""
    return value if isinstance(value, str) else json.dumps(value)


def number(measure: str, value: float | None) -> str:
    """Return a number of `metrics/` with the digits that it has there."""
    digits = METRIC_DIGITS.get(measure, OTHER_DIGITS)
    return "" if value is None else f"{value:.{digits}f}"


if __name__ == "__main__":
    run(main)
