"""Pages and model cards match the results in Git."""

import re
from math import isnan, nan
from pathlib import Path

import pandas as pd
import pytest

from denoising.evaluation.arms import ARMS
from denoising.files.errors import UserError
from denoising.files.tables import read_json, write_csv, write_json
from tests.support.dag import ROOT
from tests.support.yaml_files import read_yaml, write_yaml
from tools import _experiment, _kept, _studies, model_cards, tables
from tools._provenance import changed_stages
from tools._trainings import training_minutes

RUNS = [_kept.DIGITS, *(run for run in _experiment.SEEDS if run.is_dir())]
TABLES = {name for page in tables.pages() for name in tables.markers(page.read_text("utf-8"))}


def name(page: Path) -> str:
    return str(page.relative_to(ROOT))


@pytest.mark.parametrize("page", tables.pages(), ids=name)
def test_the_tables_on_the_pages_match_the_files(page, monkeypatch):
    """If it fails, run `python -m tools.tables`. The networks have a test with Keras."""
    text = page.read_text("utf-8")
    kept = re.search(r"<!-- networks -->\n(.*?)\n<!--", text, re.DOTALL)
    monkeypatch.setitem(tables.TABLES, "networks", lambda: kept[1] if kept else "")
    assert tables.filled(text) == text


def test_every_table_is_on_a_page():
    assert set(tables.TABLES) == TABLES


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("<!-- summary -->", "do not pair up"),
        ("<!-- summary --><!-- end of results -->", "do not pair up"),
        ("<!-- results --><!-- summary --><!-- end of summary --><!-- end of results -->", "pair"),
        ("<!-- sumary --><!-- end of sumary -->", "No table is called sumary. Tables: summary,"),
    ],
)
def test_faulty_markers_are_reported(text, fault):
    with pytest.raises(UserError, match=fault):
        tables.filled(text)


def test_text_around_a_table_is_kept():
    text = "above\n<!-- provenance -->old<!-- end of provenance -->\nbelow\n"
    above, new, below = re.split(r"<!-- .*?provenance -->", tables.filled(text))
    assert (above, below) == ("above\n", "\nbelow\n")
    assert "Fashion-MNIST" in new


def test_the_summary_has_five_rows():
    rows = _experiment.summary().splitlines()
    assert len(rows) == 2 + 5
    assert rows[0].startswith("| accuracy | digits | Fashion-MNIST |")


def table_of(values: dict[str, float]) -> pd.DataFrame:
    """Return measures of the denoised images as the rows of a run's table of arms."""
    rows = [
        {"arm": "denoised_clean_trained", "measure": measure, "value": value}
        for measure, value in values.items()
    ]
    return pd.DataFrame(rows).assign(low=0.5, high=99.5)


def made_up_run(folder: Path, images: int) -> Path:
    """Write a run that has measured denoised images alone, `images` of them."""
    write_csv(folder / "plots/arms.csv", table_of({"psnr": 99, "accuracy": 2 / 3}))
    sizes = pd.DataFrame({"measure": ["dataset", "test"], "value": ["digits", str(images)]})
    write_csv(folder / "plots/data.csv", sizes)
    return folder


def test_changed_numbers_change_the_table(tmp_path, monkeypatch):
    monkeypatch.setattr(_experiment, "DIGITS", made_up_run(tmp_path, 300))
    rows = {row.split("|")[1].strip(): row for row in _experiment.results().splitlines()}
    assert rows["PSNR of the autoencoder (dB)"].split("|")[2] == " 99.00 (0.50 to 99.50) "
    assert rows["joint network"].split("|")[2].strip() == ""  # which this run lacks
    paired = [row for name, row in rows.items() if name.endswith("(paired)")]
    assert [row.split("|")[2].strip() for row in paired] == [""]  # this run has no such table


def seed(folder: Path, gain: float, right: float = 0.9) -> Path:
    """Write a run with the joint network alone: its accuracy, its gain and its work."""
    arms = pd.DataFrame(
        {"arm": "joint", "measure": ["accuracy", "multiply_adds"], "value": [right, 43.9e6]}
    ).assign(low=[right - 0.01, None], high=[right + 0.01, None])
    pair = {"arm": "joint", "minus": "noise_trained"}
    measures = [("accuracy", gain, gain - 0.004, gain + 0.004), ("mcnemar_p", 0.12, None, None)]
    differences = pd.DataFrame(measures, columns=["measure", "value", "low", "high"]).assign(**pair)
    write_csv(folder / "plots/arms.csv", arms)
    write_csv(folder / "plots/differences.csv", differences)
    sizes = pd.DataFrame({"measure": ["dataset", "test"], "value": ["a", "10000"]})
    write_csv(folder / "plots/data.csv", sizes)
    return folder


def cells(table: str, label: str) -> list[str]:
    """Return the cells of a row of a table."""
    (row,) = (row for row in table.splitlines() if row.startswith(f"| {label} |"))
    return [cell.strip() for cell in row.split("|")[2:-1]]


@pytest.fixture
def seeds(tmp_path, monkeypatch):
    """Have three kept seeds, in which the joint network is ever better."""
    runs = [
        seed(tmp_path / f"seed_{number}", 0.001 * number, 0.9 + 0.01 * number)
        for number in range(3)
    ]
    write_json(runs[0] / "seconds.json", {"train_joint": 660})
    write_yaml(runs[0] / "params.yaml", {"training": {}, "joint": {}})
    monkeypatch.setattr(_experiment, "SEEDS", runs)
    monkeypatch.setattr(_experiment, "DIGITS", runs[0])
    return runs


def test_the_spread_between_trainings_has_their_mean_and_their_ends(seeds):
    assert cells(_experiment.results(), "joint network")[2] == "0.9100, 0.9000 to 0.9200"
    assert len(cells(_experiment.summary(), "joint network")) == 3
    for table in ("arms", "differences"):
        (seeds[1] / f"plots/{table}.csv").unlink()
    assert len(cells(_experiment.results(), "joint network")) == 2  # no column without its numbers
    assert len(cells(_experiment.summary(), "joint network")) == 2


def test_each_seed_has_its_paired_interval_and_its_test(seeds):
    row = cells(_experiment.comparisons(), "joint network minus noise-trained")
    assert row[1] == "+0.0000 (-0.0040 to +0.0040), p = 0.12"
    assert row[3] == "+0.0020 (-0.0020 to +0.0060), p = 0.12"
    assert "equal work" not in _experiment.comparisons()


def test_the_work_of_an_arm_is_beside_its_accuracy(seeds):
    row = cells(_experiment.work(), "joint network")
    assert row == ["0.9000 (0.8900 to 0.9100)", "0.9100, 0.9000 to 0.9200", "43.9", "11"]
    assert cells(_experiment.work(), "noise-trained") == ["", "", "", ""]


@pytest.mark.parametrize(
    ("joint", "distillation", "minutes"),
    [
        (
            {},
            0,
            {"noise_trained": 2, "denoised_clean_trained": 9, "denoised_trained": 12, "joint": 16},
        ),
        ({"form": "cascade", "start": "scratch"}, 0.5, {"noise_trained": 3, "joint": 17}),
        ({"form": "branches", "start": "trained"}, 0.5, {"denoised_trained": 13, "joint": 25}),
        ({"form": "branches", "start": "trained"}, 0, {"joint": 24}),
        ({"form": "cascade", "start": "trained"}, 0, {"clean_trained": 1, "joint": 28}),
        ({"form": "cascade", "start": "trained"}, 0.5, {"clean_trained": 1, "joint": 29}),
    ],
)
def test_the_time_of_an_arm_is_that_of_all_trainings_it_needs(
    joint, distillation, minutes, tmp_path
):
    names = ("classifier@clean", "classifier@noisy", "classifier@denoised", "autoencoder", "joint")
    each = dict(zip(names, (60, 120, 240, 480, 960), strict=True))
    write_json(tmp_path / "seconds.json", {f"train_{name}": one for name, one in each.items()})
    training = {"distillation": distillation} if distillation else {}
    write_yaml(tmp_path / "params.yaml", {"training": training, "joint": joint})
    found = {arm: training_minutes(tmp_path, ARMS[arm].networks) for arm in minutes}
    assert found == minutes


def test_the_time_of_an_arm_is_unknown_without_that_of_a_training_it_needs(tmp_path):
    write_json(tmp_path / "seconds.json", {"train_joint": 660})
    joint = {"form": "cascade", "start": "trained"}
    write_yaml(tmp_path / "params.yaml", {"training": {}, "joint": joint})
    assert isnan(training_minutes(tmp_path, ["joint"]))


def crosses(run: Path, value: float, low: float, high: float) -> None:
    """Write the break-even level of a run."""
    row = {
        "kind": ["gaussian", "poisson"],
        "value": [value, 9],
        "low": [low, 8],
        "high": [high, 10],
    }
    write_csv(run / "plots/break_even.csv", pd.DataFrame(row))


def test_the_break_even_level_has_its_interval_where_it_is_resolved(seeds):
    row = "break-even level of Gaussian noise"
    assert cells(_experiment.results(), row)[::2] == ["", ""]
    for number, run in enumerate(seeds):
        crosses(run, 0.06 + number / 100, 0.05, 0.09)
    found = cells(_experiment.results(), row)
    assert found[::2] == ["0.060 (0.050 to 0.090)", "0.070, 0.060 to 0.080"]
    crosses(seeds[0], 0.06, nan, nan)
    found = cells(_experiment.results(), row)
    assert found[::2] == ["not resolved", "not resolved in 1 of 3"]
    crosses(seeds[0], nan, nan, nan)
    assert cells(_experiment.results(), row)[0] == "none"
    (seeds[1] / "plots/break_even.csv").unlink()
    assert cells(_experiment.results(), row)[2] == ""


def test_a_kept_control_of_equal_work_has_its_rows(seeds):
    arms = {"arm": ["joint", "control"], "multiply_adds": [43.9e6, 44.1e6], "accuracy": [0.9, 0.89]}
    arms |= {"accuracy_low": [0.89, 0.88], "accuracy_high": [0.91, 0.9]}
    gain = {"arm": "joint", "minus": 2 * ["control", "noise_trained"]}
    gain |= {"measure": 2 * ["accuracy"] + 2 * ["mcnemar_p"], "value": [0.01, 0.02, 0.03, 0.04]}
    for run in seeds:
        write_csv(run / "equal_work/arms.csv", pd.DataFrame(arms))
        ends = {"low": [0.004, 0.01, nan, nan], "high": [0.016, 0.03, nan, nan]}
        differences = pd.DataFrame(gain | ends)
        write_csv(run / "equal_work/differences.csv", differences)
    row = cells(_experiment.comparisons(), "joint network minus noise-trained of equal work")
    assert row == ["", *3 * ["+0.0100 (+0.0040 to +0.0160), p = 0.03"]]
    row = cells(_experiment.work(), "noise-trained of equal work")
    assert row == ["0.8900 (0.8800 to 0.9000)", "0.8900, 0.8900 to 0.8900", "44.1", ""]
    (seeds[2] / "equal_work/differences.csv").unlink()
    assert "equal work" not in _experiment.comparisons()


@pytest.mark.parametrize(("images", "text"), [(30, "0.67"), (300, "0.667"), (10_000, "0.6667")])
def test_an_accuracy_has_the_digits_that_its_images_can_tell(images, text, tmp_path):
    accuracy = _kept.Measure("", "denoised_clean_trained", "accuracy")
    found = _kept.value(made_up_run(tmp_path, images), accuracy)
    assert found
    assert found.text(found.value) == text


@pytest.mark.parametrize("run", RUNS, ids=name)
def test_the_metrics_of_a_kept_run_are_those_of_its_tables(run):
    arms = pd.read_csv(run / "plots/arms.csv").set_index(["arm", "measure"])["value"]
    files = [path for path in (run / "metrics").glob("*.json") if path.stem in arms]
    assert {path.stem for path in files} == set(arms.index.get_level_values("arm"))
    for path in files:
        for measure, value in read_json(path).items():
            digits = 0.005 if measure == "psnr" else 0.00005
            assert value == pytest.approx(arms[path.stem, measure], abs=1.01 * digits)


def test_the_kept_digits_are_of_the_committed_code_and_parameters():
    """If it fails, run `dvc repro`, `python -m tools.keep_run digits`, and refill the tables."""
    assert changed_stages(_kept.DIGITS / "dvc.lock") == []


def test_the_model_cards_match_the_kept_results():
    """If it fails, run `python -m tools.model_cards`."""
    written = {path.stem: path.read_text("utf-8") for path in model_cards.FOLDER.glob("*.md")}
    assert written == model_cards.cards()


def test_the_card_of_the_shipped_model_begins_with_its_limits():
    _, second = model_cards.photos_card().partition("\n\n")[2].split(". ", 1)
    assert second.startswith("It is not for")


def test_the_detector_table_contains_the_default_run():
    summary = pd.read_csv(_kept.DIGITS / "plots/detector/summary.csv").set_index("measure")
    found = summary["value"].to_dict()
    found |= {f"auc_{end}": summary.at["auc", end] for end in ("low", "high")}
    rows = pd.read_csv(_studies.SCORES)
    row = rows[(rows.seed == 0) & (rows.level == 0.2)].iloc[0]
    assert {key: row[key] for key in found} == pytest.approx(found, rel=1e-5)


def test_the_workflow_runs_targets_of_the_makefile():
    workflow = read_yaml(ROOT / ".github/workflows/pipeline.yml")
    steps = workflow["jobs"]["pipeline"]["steps"]
    run = [word for step in steps for word in re.findall(r"make ([\w-]+)", step.get("run", ""))]
    targets = re.findall(r"^(\w[\w-]*):", (ROOT / "Makefile").read_text(), re.MULTILINE)
    assert set(run) <= set(targets)
    [kept] = [step["with"]["path"] for step in steps if "upload" in step.get("uses", "")]
    assert kept in read_yaml(ROOT / "dvc.yaml")["stages"]["report"]["outs"]


def test_the_artifacts_of_dvc_are_outputs_of_stages():
    artifacts = read_yaml(ROOT / "dvc.yaml")["artifacts"]
    assert set(artifacts) == {"classifier", "autoencoder", "joint"}
    stages = read_yaml(ROOT / "dvc.lock")["stages"]
    outs = {out["path"] for stage in stages.values() for out in stage.get("outs", ())}
    assert {artifact["path"] for artifact in artifacts.values()} <= outs
