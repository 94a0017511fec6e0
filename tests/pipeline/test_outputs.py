"""What the finished pipeline wrote: metrics, tables and histories."""

import json

import pandas as pd
import pytest

from denoising.evaluation.break_even import levels_between
from tests.support.workspace import succeed
from tests.support.yaml_files import read_yaml
from tools.reruns import stages

ARMS = ["clean_trained", "noise_trained", "denoised_clean_trained", "denoised_trained", "joint"]
FILTERS = ["median", "tv", "wavelet", "nlm"]
DATA = ("clean", "noisy", "denoised")


def test_the_pipeline_writes_every_output(copy):
    for stage in stages().values():
        for path in [*stage.outs, *stage.metrics]:
            assert (copy / path).exists(), path


QUALITY = {"psnr", "ssim", "mae"}
SURE = {"accuracy", "nll", "ece"}
METRICS = {
    "clean_trained": {*SURE, "accuracy_clean", *QUALITY},
    "noise_trained": {*SURE, "accuracy_clean"},
    **{arm: {*SURE, *QUALITY} for arm in ("denoised_clean_trained", "denoised_trained", "joint")},
    **{name: {"accuracy", *QUALITY} for name in FILTERS},
    "detector": {"auc", "eer", "tpr_at_1pct_fpr"},
}


def test_the_metrics_are_those_of_their_arm_and_no_others(copy):
    found = {path.stem: json.loads(path.read_text()) for path in (copy / "metrics").iterdir()}
    assert set(found.pop("sweep")) <= {"break_even_level"}
    assert set(found) == set(METRICS)
    for name, keys in METRICS.items():
        # The 20 test images of the tiny pipeline may have unequal classes.
        assert set(found[name]) - {"balanced_accuracy"} == keys
        assert all(isinstance(value, float) for value in found[name].values())


def test_dvc_prints_the_metrics_as_a_narrow_table(copy):
    lines = succeed("dvc metrics show", copy).rstrip().splitlines()
    assert len(lines) == 1 + len(METRICS) + 1  # a header, the arms and the detector, the sweep
    width = 160 + (len("balanced_accuracy    ") if "balanced_accuracy" in lines[0] else 0)
    assert max(len(line) for line in lines) <= width


def test_differences_between_settings_fit_on_a_screen(copy):
    """Every metric changes, and there are two columns of values: the longest difference."""
    kept = {path: path.read_text() for path in (copy / "metrics").iterdir()}
    for path, text in kept.items():
        values = {key: value + 0.01 for key, value in json.loads(text).items()}
        path.write_text(json.dumps(values))
    lines = succeed("dvc metrics diff HEAD", copy).rstrip().splitlines()
    for path, text in kept.items():
        path.write_text(text)
    assert 40 < len(lines) <= 70
    assert max(len(line) for line in lines) <= 120


def test_the_tables_hold_every_arm_with_intervals(copy):
    arms = pd.read_csv(copy / "plots/arms.csv")
    assert list(dict.fromkeys(arms["arm"])) == [*ARMS, *FILTERS]
    accuracy = arms[arms["measure"] == "accuracy"].set_index("arm")
    assert (accuracy["low"] < accuracy["high"]).all()  # also where all images are right
    assert accuracy["value"].between(accuracy["low"], accuracy["high"]).all()
    rounded = {name: json.loads((copy / f"metrics/{name}.json").read_text()) for name in METRICS}
    for arm in accuracy.index:
        assert rounded[arm]["accuracy"] == pytest.approx(accuracy["value"][arm], abs=1e-4)
    gains = arms[arms["measure"] == "psnr_gain"]["arm"]
    assert set(gains) == {"denoised_clean_trained", "denoised_trained", "joint", *FILTERS}
    differences = pd.read_csv(copy / "plots/differences.csv")
    assert set(differences["measure"]) == {"accuracy", "mcnemar_p"}
    pairs = differences[["arm", "minus"]].drop_duplicates()
    assert pairs.to_numpy().tolist() == [
        ["denoised_clean_trained", "clean_trained"],
        ["denoised_trained", "noise_trained"],
        ["joint", "noise_trained"],
    ]
    work = arms[arms["measure"] == "multiply_adds"].set_index("arm")["value"]
    assert set(work.index) == set(ARMS)
    denoised, alone = work["denoised_clean_trained"], work["clean_trained"]
    assert denoised > alone == work["noise_trained"] > 0
    data = pd.read_csv(copy / "plots/data.csv").set_index("measure")["value"]
    assert int(data["train"]) + int(data["validation"]) == 1777


def test_the_sweep_measures_every_arm_at_every_level_on_the_same_images(copy):
    table = pd.read_csv(copy / "plots/sweep.csv")
    settings = read_yaml(copy / "params.yaml")["sweep"]
    for kind in settings["kinds"]:
        part = table[table["kind"] == kind]
        assert set(part["level"]) == set(settings["levels"])
        arms = [*ARMS, *FILTERS] if kind == "gaussian" else ARMS
        assert set(part["arm"]) == set(arms)
        assert len(part) == len(arms) * len(settings["levels"])
    trained = table[(table["kind"] == "gaussian") & (table["level"] == 0.2)].set_index("arm")
    measured = pd.read_csv(copy / "plots/arms.csv").pivot(
        index="arm", columns="measure", values="value"
    )
    for measure in ("accuracy", "nll", "ece"):
        for arm in (*ARMS, *FILTERS):
            assert trained[measure][arm] == pytest.approx(measured[measure][arm], rel=1e-5)
    for arm in ("denoised_trained", "joint", *FILTERS):
        assert trained["psnr"][arm] == pytest.approx(measured["psnr"][arm], rel=1e-5)
    calibration = pd.read_csv(copy / "plots/calibration.csv").set_index("arm")
    for arm in ARMS:
        expected = calibration["ece_calibrated"][arm]
        assert trained["ece_calibrated"][arm] == pytest.approx(expected, rel=1e-4)


def test_filters_are_measured_on_the_images_of_the_other_arms_at_the_level_of_the_noise(copy):
    table = pd.read_csv(copy / "plots/sweep.csv")
    images = table[table["kind"] == "gaussian"].pivot(index="level", columns="arm", values="n")
    assert set(images.loc[0.2]) == {20}
    assert set(images.loc[0.4, FILTERS]) == {7}  # a third, drawn at random
    assert set(pd.read_csv(copy / "plots/filters.csv")["n"]) == {20}


def test_the_gains_by_level_are_those_of_the_sweep_and_of_levels_around_the_break_even(copy):
    gains = pd.read_csv(copy / "plots/gains.csv").set_index(["kind", "level"])
    table = pd.read_csv(copy / "plots/sweep.csv")
    accuracy = table.pivot(index=["kind", "level"], columns="arm", values="accuracy")
    expected = accuracy["denoised_clean_trained"] - accuracy["clean_trained"]
    found = gains["value"][expected.index].to_numpy()
    assert found == pytest.approx(expected.to_numpy(), abs=1e-6)
    levels = read_yaml(copy / "params.yaml")["sweep"]["levels"]
    images = gains["value"] * gains["n"]  # a whole number, rounded as all tables are
    for kind, part in (images.round() / gains["n"]).groupby("kind"):
        measured = part[kind]
        further = levels_between(levels, measured[levels].to_numpy(), 3)
        assert [*measured.index] == sorted([*levels, *further]), kind
    crossings = pd.read_csv(copy / "plots/break_even.csv").set_index("kind")
    further = gains.index.difference(expected.index)
    assert set(crossings.index[crossings["found"] == 1]) <= {kind for kind, _ in further}


def test_the_summaries_over_levels_are_means_of_the_sweep(copy):
    table = pd.read_csv(copy / "plots/sweep.csv")
    noisy = table[table["level"] > 0]
    # Of the images that an arm saw: filters see a part of them at most levels.
    before = noisy["accuracy"] + noisy["harm_rate"] - noisy["help_rate"]
    right = noisy.assign(before=before).groupby(["kind", "arm"])[["accuracy", "before"]].mean()
    found = pd.read_csv(copy / "plots/over_levels.csv")
    values = found.set_index(["measure", "kind", "arm"])["value"].to_dict()
    for (kind, arm), row in right.iterrows():
        assert values["accuracy", kind, arm] == pytest.approx(row["accuracy"], rel=1e-6)
        if row["before"] < 1:
            ratio = (1 - row["accuracy"]) / (1 - row["before"])
            assert values["corruption_error", kind, arm] == pytest.approx(ratio, rel=1e-5)
    assert not set(FILTERS) & set(found.loc[found["kind"] == "all", "arm"])


def test_the_history_is_a_table_by_epoch(copy):
    for model in (*(f"classifier_{data}" for data in DATA), "autoencoder", "joint"):
        header, *rows = (copy / f"plots/history/{model}.csv").read_text().splitlines()
        assert {"epoch", "loss", "val_loss"} <= set(header.split(","))
        assert [row.split(",")[0] for row in rows] == ["1"]
