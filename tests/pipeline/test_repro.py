"""The whole pipeline, run for real by `dvc repro` on a tiny slice, as a user would run it."""

import contextlib
import json
import shutil
import sys

import networkx
import numpy as np
import pandas as pd
import pytest
from dvc.repo import Repo

from tests.support.workspace import changed_params, run, succeed
from tests.support.yaml_files import read_yaml
from tools.reruns import CHANGES, changed_first, run_again, stages

ARMS = {
    "clean_trained",
    "noise_trained",
    "denoised_clean_trained",
    "denoised_trained",
    "joint",
}
DATA = ("clean", "noisy", "denoised")


def test_the_pipeline_writes_every_output(copy):
    for stage in stages().values():
        for path in [*stage.outs, *stage.metrics]:
            assert (copy / path).exists(), path


def test_the_metrics_have_their_keys(copy):
    expected = {
        "data": {
            "dataset",
            "train",
            "validation",
            "test",
            "height",
            "width",
            "channels",
            "classes",
        },
        "roc": {"auc", "auc_low", "auc_high", "eer", "youden_threshold", "tpr_at_1pct_fpr"},
        "classifier": {"clean_trained", "noise_trained"},
        "denoised": {
            *("psnr", "psnr_noisy", "psnr_gain", "ssim", "ssim_noisy", "ssim_gain"),
            *("mae", "mse", "bce", "denoised_clean_trained"),
        },
        "joint": {
            *("joint", "psnr", "ssim", "mae"),
            *("loss", "classification_loss", "reconstruction_loss"),
        },
        "classical": {"median", "tv", "wavelet", "nlm"},
        "calibration": ARMS,
        "sweep": {"break_even_level", "break_even_found", "area", "other_kinds"},
    }
    metrics = {name: json.loads((copy / f"metrics/{name}.json").read_text()) for name in expected}
    for name, keys in expected.items():
        assert keys <= set(metrics[name])
    for arm in ("clean_trained", "noise_trained"):
        assert {"accuracy_clean", "accuracy", "nll", "ece"} <= set(metrics["classifier"][arm])
    assert {"accuracy", "nll", "ece"} <= set(metrics["joint"]["joint"])
    assert metrics["data"]["train"] + metrics["data"]["validation"] == 1777


def test_the_sweep_measures_every_arm_at_every_level_on_the_same_images(copy):
    table = pd.read_csv(copy / "plots/sweep.csv")
    settings = read_yaml(copy / "params.yaml")["sweep"]
    for kind in settings["kinds"]:
        part = table[table["kind"] == kind]
        assert set(part["level"]) == set(settings["levels"])
        arms = ARMS | ({"median", "tv", "wavelet", "nlm"} if kind == "gaussian" else set())
        assert set(part["arm"]) == arms
        assert len(part) == len(arms) * len(settings["levels"])
    trained = table[(table["kind"] == "gaussian") & (table["level"] == 0.2)].set_index("arm")
    read = {
        name: json.loads((copy / f"metrics/{name}.json").read_text())
        for name in ("classifier", "denoised", "joint", "calibration", "classical")
    }
    for arm in ("clean_trained", "noise_trained"):
        assert trained["nll"][arm] == pytest.approx(read["classifier"][arm]["nll"], rel=1e-5)
    assert trained["psnr"]["denoised_trained"] == pytest.approx(read["denoised"]["psnr"], rel=1e-5)
    assert trained["psnr"]["joint"] == pytest.approx(read["joint"]["psnr"], rel=1e-5)
    for arm in ARMS:
        assert trained["ece_calibrated"][arm] == pytest.approx(
            read["calibration"][arm]["ece_calibrated"], rel=1e-4
        )
    for name in read["classical"]:
        assert trained["psnr"][name] == pytest.approx(read["classical"][name]["psnr"], rel=1e-5)


def test_the_history_is_a_table_by_epoch(copy):
    for model in (*(f"classifier_{data}" for data in DATA), "autoencoder", "joint"):
        header, *rows = (copy / f"plots/history/{model}.csv").read_text().splitlines()
        assert {"epoch", "loss", "val_loss"} <= set(header.split(","))
        assert [row.split(",")[0] for row in rows] == ["1"]


def test_a_second_run_has_nothing_to_do(copy):
    before = (copy / "dvc.lock").read_bytes()
    done = run("dvc repro", copy)
    assert "up to date" in done.stdout
    assert "Running stage" not in done.stdout
    assert (copy / "dvc.lock").read_bytes() == before


@pytest.mark.long
def test_a_forced_run_changes_no_hash(copy):
    before = (copy / "dvc.lock").read_bytes()
    done = run("dvc repro --force", copy)
    assert done.stdout.count("Running stage") == len(stages()) + 1  # and `fingerprint`
    assert (copy / "dvc.lock").read_bytes() == before


def another(value):
    """Return another value of the same kind."""
    if isinstance(value, dict):
        return {**value, next(iter(value)): another(next(iter(value.values())))}
    if isinstance(value, list):
        return [*value, another(value[-1])]
    return "mnist" if isinstance(value, str) else value + 1


@pytest.mark.long
@pytest.mark.parametrize("changed", CHANGES)
def test_dvc_runs_the_stages_of_the_table_again(copy, changed):
    def change(values):
        *sections, key = changed.split(".")
        for section in sections:
            values = values[section]
        values[key] = another(values[key])

    with changed_params(copy, change):
        status = json.loads(run("dvc status --json dvc.yaml", copy).stdout)
    assert set(status) == changed_first(changed)
    with changed_params(copy, change), contextlib.chdir(copy):
        graph = Repo().index.graph
        behind = {
            stage.addressing
            for first in status
            for found in graph
            if found.addressing == first
            for stage in [found, *networkx.ancestors(graph, found)]
        }
    assert behind == run_again(changed)


def test_fixed_training_noise_is_stored_and_trained_on(copy):
    with changed_params(copy, lambda values: values["training"].update(noise="fixed")):
        succeed("dvc repro train_autoencoder", copy)
    stored = np.load(copy / "data/noisy/train/images.npy")
    clean = np.load(copy / "data/clean/train/images.npy")
    assert stored.shape == clean.shape
    assert 0.05 < np.abs(stored - clean / 255).mean() < 0.3
    assert "Running stage" not in succeed("dvc repro train_autoencoder", copy)  # as it was before


def test_a_mistake_in_the_parameters_gives_one_message(copy):
    with changed_params(copy, lambda values: values["noise"].update(levle=0.4)):
        done = run(f"{sys.executable} -m stages.add_noise", copy)
    assert done.returncode == 1
    assert "noise.levle: unknown key. Expected one of: kind, level, clip" in done.stderr
    assert "Traceback" not in done.stderr


def test_without_network_and_files_download_names_the_file_to_provide(copy, tmp_path):
    """The proxy is a closed port of this machine: no request leaves it."""
    with changed_params(copy, lambda values: values.update(dataset="mnist")):
        closed = dict.fromkeys(("http_proxy", "https_proxy"), "http://127.0.0.1:9")
        done = run(
            f"{sys.executable} -m stages.download", copy, DENOISE_RAW_DIR=str(tmp_path), **closed
        )
    assert done.returncode == 1
    assert f"{tmp_path}/mnist/train-images-idx3-ubyte.gz" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_stage_without_its_inputs_names_the_command_to_run(copy, tmp_path):
    shutil.copyfile(copy / "params.yaml", tmp_path / "params.yaml")
    done = run(f"{sys.executable} -m stages.evaluate_denoised", tmp_path, PYTHONPATH=str(copy))
    assert done.returncode == 1
    assert "dvc repro" in done.stderr
    assert "Traceback" not in done.stderr


def test_the_outputs_of_another_detector_are_scored(copy, tmp_path):
    truth, outputs = tmp_path / "truth.csv", tmp_path / "outputs.npy"
    truth.write_text("label\n0\n0\n1\n1\n")
    np.save(outputs, np.array([0.9, 0.4, 0.6, 0.1]))
    kept = (copy / "metrics/roc.json").read_text()
    kept_picture = (copy / "data/detector/patches.png").read_bytes()

    def files(values):
        paths = {"ground_truth": str(truth), "outputs": str(outputs)}
        values["detector"] |= {"source": "files", "positive_label": 0} | paths

    with changed_params(copy, files):
        succeed("dvc repro compute_roc", copy)
        metrics = json.loads((copy / "metrics/roc.json").read_text())
        picture = (copy / "data/detector/patches.png").read_bytes()
        outputs.write_bytes(b"")
        done = run("dvc repro compute_roc", copy)
    assert metrics["auc"] == pytest.approx(0.75)
    assert metrics["positives"] == 2
    assert picture != kept_picture
    assert done.returncode != 0  # the files are dependencies: a change runs the stage again
    assert f"error: {outputs} is not an array of numbers" in done.stderr
    assert "Traceback" not in done.stderr
    succeed("dvc repro compute_roc", copy)
    assert (copy / "metrics/roc.json").read_text() == kept
