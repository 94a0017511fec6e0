"""Print the answers of a run: `python -m tools.summary`, at the end of `make repro`.

`--since SECONDS`, the Unix time at which the run began, adds how long it took.
"""

import argparse
import time
from pathlib import Path

import pandas as pd

from denoising.config.params import Params, read_params
from denoising.files.tables import read_csv
from denoising.report import results, words
from denoising.report.answers import answers
from denoising.report.facts import noise_name
from stages._paths import PLOTS
from tools._program import run

REPORT = Path("report/index.html")


def text(params: Params, seconds: float | None) -> str:
    """Return the answers, a line each, and where the report is.

    Parameters
    ----------
    seconds : the duration of the run, if it is known.
    """
    found = read_answers(params)
    width = max(len(answer.question) for answer in found)
    lines = [f"{answer.question:<{width}}  {answer.short}" for answer in found]
    title = f"{params.dataset}, {noise_name(params.noise)}:"
    took = "" if seconds is None else f"The run took {duration(seconds)}. "
    end = f"{took}Its report is {REPORT}; `make report` opens it."
    return "\n".join(["", title, *lines, "", end])


def read_answers(params: Params) -> list[words.Answer]:
    """Return the answers to the four questions of the report, from the tables of the run."""
    return answers(
        arms=results.read_arms(read_table("arms")),
        differences=results.read_differences(read_table("differences")),
        break_even=results.read_break_even(read_table("break_even")),
        sweep=read_table("sweep"),
        noise=params.noise,
        joint_weight=params.joint.classification_weight,
        images=int(results.read_data(read_table("data"))["test"]),
    )


def read_table(name: str) -> pd.DataFrame:
    """Read a table of the run."""
    return read_csv(PLOTS / f"{name}.csv")


def duration(seconds: float) -> str:
    """Return seconds in words, as in ``4 min 5 s``."""
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes} min {rest} s" if minutes else f"{rest} s"


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tools.summary", description=__doc__)
    parser.add_argument("--since", type=float, metavar="SECONDS")
    since = parser.parse_args().since
    print(text(read_params(), None if since is None else time.time() - since))


if __name__ == "__main__":
    run(main)
