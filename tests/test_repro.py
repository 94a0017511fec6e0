"""The whole pipeline, run for real by `dvc repro` on a tiny slice, as a user would run it."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import yaml

from tests.pipeline import ROOT, stages

ENVIRONMENT = {**os.environ, "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}"}
TINY = {"epochs": 1, "batch_size": 32}


def run(command: str, folder: Path, **variables) -> subprocess.CompletedProcess:
    return subprocess.run(
        command.split(),
        cwd=folder,
        env=ENVIRONMENT | variables,
        capture_output=True,
        text=True,
    )


def write_params(folder: Path, change) -> None:
    values = yaml.safe_load((folder / "params.yaml").read_text())
    change(values)
    (folder / "params.yaml").write_text(yaml.safe_dump(values, sort_keys=False))


def tiny(values: dict) -> None:
    digits = values["datasets"]["digits"]
    digits["source"] |= {"size": 14, "test": 20, "validation": 1600}
    digits["training"] |= {"classifier": TINY, "autoencoder": TINY, "joint": TINY}
    values["classifier"]["options"] = {"width": 8}
    values["autoencoder"]["options"] = {"width": 8, "blocks": 1}


def fresh_copy(folder: Path) -> None:
    """Copy what Git tracks, or would track, into a repository of its own."""
    listed = run("git ls-files --cached --others --exclude-standard", ROOT).stdout.splitlines()
    for name in listed:
        if (ROOT / name).is_file():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(ROOT / name, folder / name)
    run("git init --quiet", folder)


@pytest.fixture(scope="module")
def copy(tmp_path_factory) -> Path:
    """Return a fresh copy where the pipeline has run once."""
    folder = tmp_path_factory.mktemp("copy")
    fresh_copy(folder)
    write_params(folder, tiny)
    done = run("dvc repro", folder)
    assert done.returncode == 0, done.stdout + done.stderr
    return folder


def test_the_pipeline_writes_every_output(copy):
    for stage in stages().values():
        for path in [*stage.get("outs", []), *(next(iter(e)) for e in stage.get("metrics", []))]:
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
        "classifier": {"clean_trained", "noise_trained"},
        "denoised": {
            *("psnr", "psnr_noisy", "psnr_gain", "ssim", "ssim_noisy", "ssim_gain"),
            *("mae", "mse", "bce", "denoised_clean_trained"),
        },
        "joint": {
            *("joint", "psnr", "ssim", "mae"),
            *("loss", "classification_loss", "reconstruction_loss"),
        },
    }
    metrics = {name: json.loads((copy / f"metrics/{name}.json").read_text()) for name in expected}
    for name, keys in expected.items():
        assert keys <= set(metrics[name])
    for arm in ("clean_trained", "noise_trained"):
        assert {"accuracy_clean", "accuracy", "nll", "ece"} <= set(metrics["classifier"][arm])
    assert {"accuracy", "nll", "ece"} <= set(metrics["joint"]["joint"])
    assert metrics["data"]["train"] + metrics["data"]["validation"] == 1777


def test_the_history_is_a_table_by_epoch(copy):
    for model in ("classifier_clean", "classifier_noisy", "autoencoder", "joint"):
        header, *rows = (copy / f"plots/history/{model}.csv").read_text().splitlines()
        assert {"epoch", "loss", "val_loss"} <= set(header.split(","))
        assert [row.split(",")[0] for row in rows] == ["1"]


def test_a_second_run_has_nothing_to_do(copy):
    before = (copy / "dvc.lock").read_bytes()
    done = run("dvc repro", copy)
    assert "up to date" in done.stdout
    assert "Running stage" not in done.stdout
    assert (copy / "dvc.lock").read_bytes() == before


def test_a_forced_run_changes_no_hash(copy):
    before = (copy / "dvc.lock").read_bytes()
    done = run("dvc repro --force", copy)
    assert done.stdout.count("Running stage") == len(stages())
    assert (copy / "dvc.lock").read_bytes() == before


def test_another_level_makes_only_what_depends_on_it_stale(copy):
    kept = (copy / "params.yaml").read_text()
    write_params(copy, lambda values: values["noise"].update(level=0.4))
    status = json.loads(run("dvc status --json", copy).stdout)
    (copy / "params.yaml").write_text(kept)
    assert "add_noise" in status
    assert not {"download", "train_classifier@clean"} & set(status)


def test_fixed_training_noise_is_stored_and_trained_on(copy):
    kept = (copy / "params.yaml").read_text()
    write_params(copy, lambda values: values["training"].update(noise="fixed"))
    done = run("dvc repro train_autoencoder", copy)
    (copy / "params.yaml").write_text(kept)
    assert done.returncode == 0, done.stdout + done.stderr
    stored = np.load(copy / "data/noisy/train/images.npy")
    clean = np.load(copy / "data/clean/train/images.npy")
    assert stored.shape == clean.shape
    assert 0.05 < np.abs(stored - clean / 255).mean() < 0.3


def test_a_mistake_in_the_parameters_is_one_message(copy):
    kept = (copy / "params.yaml").read_text()
    write_params(copy, lambda values: values["noise"].update(levle=0.4))
    done = run(f"{sys.executable} -m stages.add_noise", copy)
    (copy / "params.yaml").write_text(kept)
    assert done.returncode == 1
    assert "noise.levle: unknown key. Expected one of: kind, level, clip" in done.stderr
    assert "Traceback" not in done.stderr


def test_without_network_and_files_the_download_says_what_to_do(copy, tmp_path):
    """The proxy is a closed port of this machine: no request leaves it."""
    kept = (copy / "params.yaml").read_text()
    write_params(copy, lambda values: values.update(dataset="mnist"))
    closed = dict.fromkeys(("http_proxy", "https_proxy"), "http://127.0.0.1:9")
    done = run(
        f"{sys.executable} -m stages.download", copy, DENOISE_RAW_DIR=str(tmp_path), **closed
    )
    (copy / "params.yaml").write_text(kept)
    assert done.returncode == 1
    assert f"{tmp_path}/mnist/train-images-idx3-ubyte.gz" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_stage_in_the_wrong_order_says_so(copy, tmp_path):
    shutil.copyfile(copy / "params.yaml", tmp_path / "params.yaml")
    done = run(f"{sys.executable} -m stages.evaluate_denoised", tmp_path, PYTHONPATH=str(copy))
    assert done.returncode == 1
    assert "dvc repro" in done.stderr
    assert "Traceback" not in done.stderr
