"""The whole pipeline, run by `dvc repro` on a tiny slice: what runs again, and what is refused."""

import contextlib
import json
import shutil
import sys

import networkx
import numpy as np
import pandas as pd
import pytest
from dvc.repo import Repo

from denoising.images import as_float
from tests.support.runs import fails
from tests.support.workspace import NEW_PROCESSES, changed_params, run, succeed
from tools.reruns import CHANGES, changed_first, run_again, stages


def test_a_second_run_has_nothing_to_do(copy):
    before = (copy / "dvc.lock").read_bytes()
    done = run("dvc repro", copy)
    assert "up to date" in done.stdout
    assert "Running stage" not in done.stdout
    assert (copy / "dvc.lock").read_bytes() == before


@pytest.mark.long
def test_a_forced_run_changes_no_hash(copy):
    """Every stage is a process of its own here, with another seed of Python's hashes.

    Those of `copy` ran in forks: these compute the same bytes.
    """
    before = (copy / "dvc.lock").read_bytes()
    done = run("dvc repro --force", copy, **NEW_PROCESSES)
    assert done.stdout.count("Running stage") == len(stages()) + 1  # and `fingerprint`
    assert (copy / "dvc.lock").read_bytes() == before


def another(value):
    """Return another value of the same kind; a range of levels for none."""
    if value is None:
        return [0, 1]
    if isinstance(value, dict):
        return {**value, next(iter(value)): another(next(iter(value.values())))}
    if isinstance(value, list):
        return [*value, another(value[-1])]
    return "mnist" if isinstance(value, str) else value + 1


EACH_KIND = {
    *("dataset", "training.noise_range", "joint.learning_rate", "sweep.levels"),
    *("datasets.digits.training.augmentation", "datasets.mnist.source.validation"),
}
"""A name, a range that was none, a number, a list, a section, and one that no stage depends on."""


@pytest.fixture(scope="module")
def followers(copy) -> dict[str, set[str]]:
    """Return, for each stage of DVC's graph, the pipeline's stages behind it, with itself."""
    with contextlib.chdir(copy):
        graph = Repo().index.graph
        return {
            first.addressing: {
                stage.addressing
                for stage in [first, *networkx.ancestors(graph, first)]
                if stage.path_in_repo == "dvc.yaml"
            }
            for first in graph
        }


@pytest.mark.long
@pytest.mark.parametrize(
    "changed",
    [pytest.param(one, marks=[] if one in EACH_KIND else pytest.mark.thorough) for one in CHANGES],
)
def test_dvc_runs_the_stages_of_the_table_again(copy, changed, followers):
    def change(values):
        *sections, key = changed.split(".")
        for section in sections:
            values = values[section]
        values[key] = another(values[key])

    with changed_params(copy, change):
        status = json.loads(run("dvc status --json dvc.yaml", copy).stdout)
    assert set(status) == changed_first(changed)
    behind = {stage for first in status for stage in followers[first]}
    assert behind == run_again(changed)


def test_fixed_training_noise_is_stored_and_trained_on(copy):
    with changed_params(copy, lambda values: values["training"].update(noise="fixed")):
        succeed("dvc repro train_autoencoder", copy)
    stored = as_float(np.load(copy / "data/noisy/train/images.npy"))
    clean = np.load(copy / "data/clean/train/images.npy")
    assert stored.shape == clean.shape
    assert 0.05 < np.abs(stored - clean / 255).mean() < 0.3
    assert "Running stage" not in succeed("dvc repro train_autoencoder", copy)  # as it was before


def test_a_mistake_in_the_parameters_gives_one_message(copy):
    with changed_params(copy, lambda values: values["noise"].update(levle=0.4)):
        done = run(f"{sys.executable} -m stages.add_noise", copy)
    fails(done, "noise.levle: unknown key. Expected one of: kind, level, clip")


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
    fails(done, "dvc repro")


def test_the_outputs_of_another_detector_are_scored(copy, tmp_path):
    truth, outputs = tmp_path / "truth.csv", tmp_path / "outputs.npy"
    truth.write_text("label\n0\n0\n1\n1\n")
    np.save(outputs, np.array([0.9, 0.4, 0.6, 0.1]))
    kept = (copy / "metrics/detector.json").read_text()
    kept_picture = (copy / "data/detector/patches.png").read_bytes()

    def files(values):
        paths = {"ground_truth": str(truth), "outputs": str(outputs)}
        values["detector"] |= {"source": "files", "positive_label": 0} | paths

    with changed_params(copy, files):
        succeed("dvc repro compute_roc", copy)
        summary = pd.read_csv(copy / "plots/detector/summary.csv").set_index("measure")["value"]
        picture = (copy / "data/detector/patches.png").read_bytes()
        outputs.write_bytes(b"")
        done = run("dvc repro compute_roc", copy)
    assert summary["auc"] == pytest.approx(0.75)
    assert summary["positives"] == 2
    assert picture != kept_picture
    assert done.returncode != 0  # the files are dependencies: a change runs the stage again
    assert f"error: {outputs} is not an array of numbers" in done.stderr
    assert "Traceback" not in done.stderr
    succeed("dvc repro compute_roc", copy)
    assert (copy / "metrics/detector.json").read_text() == kept
