"""The answers that `make repro` ends with."""

import pandas as pd
import pytest

from denoising.config.params import read_params
from denoising.files.errors import UserError
from denoising.files.tables import write_csv
from stages._measures import measure_table
from tests.support import made_up_tables
from tests.support.dag import ROOT
from tools import summary


@pytest.fixture
def run(tmp_path, monkeypatch):
    """Write the tables of a made-up run, and make its folder the current one."""
    params = read_params(ROOT / "params.yaml")
    arms = {arm: measure_table(found) for arm, found in made_up_tables.arms().items()}
    differences = [
        measure_table(found).assign(arm=arm, minus=minus)
        for (arm, minus), found in made_up_tables.differences().items()
    ]
    crossing = {"kind": params.noise.kind, "value": 0.06, "low": 0.052, "high": 0.071, "found": 1}
    data = {"measure": ["dataset", "test"], "value": ["digits", made_up_tables.IMAGES]}
    tables = {
        "arms": pd.concat(arms, names=["arm"]).reset_index("arm"),
        "differences": pd.concat(differences),
        "break_even": pd.DataFrame([crossing]),
        "data": pd.DataFrame(data),
        "sweep": made_up_tables.sweep_table([0.0, 0.1, 0.2], [params.noise.kind]),
    }
    monkeypatch.chdir(tmp_path)
    for name, table in tables.items():
        write_csv(f"plots/{name}.csv", table)
    return params


def test_a_run_ends_with_its_answers_its_duration_and_its_report(run):
    assert summary.text(run, 125).splitlines() == [
        "",
        "digits, Gaussian noise at level 0.2:",
        "How badly does the classifier suffer?     It loses 8.7 points.",
        "How much does denoising give back?        8.3 points, 96% of the loss.",
        "Does the joint network do better?         No clear difference.",
        "From which level does denoising pay off?  From level 0.06.",
        "",
        "The run took 2 min 5 s. Its report is report/index.html; `make report` opens it.",
    ]


def test_without_its_start_a_run_has_no_duration(run):
    assert summary.text(run, None).splitlines()[-1].startswith("Its report is")


@pytest.mark.parametrize(
    ("seconds", "words"), [(3.2, "3 s"), (59.6, "1 min 0 s"), (3601, "60 min 1 s")]
)
def test_durations_are_in_minutes_and_seconds(seconds, words):
    assert summary.duration(seconds) == words


def test_without_a_run_the_missing_table_is_named(run, tmp_path):
    (tmp_path / "plots/arms.csv").unlink()
    with pytest.raises(UserError, match=r"plots/arms.csv.*dvc repro"):
        summary.text(run, None)
