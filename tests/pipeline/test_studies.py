"""The pipelines of the studies, run for real on a few small images."""

import json
import re
import shutil
from pathlib import Path

import pandas as pd
import pytest

from tests.support.dag import ROOT
from tests.support.workspace import fresh_copy, run, succeed, tiny, write_params
from tests.support.yaml_files import read_yaml, write_yaml

pytestmark = pytest.mark.long

PUBLISHED, LEVELS = "studies/published", "studies/noise_levels"


@pytest.fixture
def project(tmp_path) -> Path:
    """Return a copy of the project with the parameters of a tiny pipeline."""
    fresh_copy(tmp_path)
    write_params(tmp_path, tiny)
    return tmp_path


def test_a_recipe_runs_from_its_parameters_to_its_metrics(project):
    path = project / PUBLISHED / "params.yaml"
    recipe = read_yaml(path)["recipes"]["shallow_fashion_mnist"]
    recipe |= {"dataset": "digits", "epochs": 2}
    recipe["classifier"]["epochs"] = 1
    write_yaml(path, {"seed": 0, "recipes": {"small": recipe}, "published": {}})

    succeed(f"dvc repro {PUBLISHED}/dvc.yaml:evaluate@small", project)
    results = project / "data/published"
    written = (results / "metrics/small.json").read_text()
    found = json.loads(written)
    assert found["psnr_gain"] == pytest.approx(found["psnr"] - found["psnr_noisy"], abs=1e-3)
    assert found["mae_gain"] == pytest.approx(found["mae_noisy"] - found["mae"], abs=1e-5)
    assert found["validation"]["psnr"] == pytest.approx(found["psnr"], abs=2)
    arms = {"clean_trained", "denoised_clean_trained", "noise_trained"}
    assert set(found["classification"]) == arms
    folder = results / "plots/small"
    assert len(pd.read_csv(folder / "history.csv")) == 2
    for suffix in ("keras", "onnx"):
        models = {file.stem for file in (project / "models/published/small").glob(f"*.{suffix}")}
        assert models == {"denoiser", "classifier_clean", "classifier_noisy"}
    for score in ("psnr", "ssim", "mae"):
        table = pd.read_csv(folder / f"{score}.csv")
        assert list(table["images"].unique()) == ["noisy", "denoised", "gain"]
        assert table.groupby("images")["percent"].sum().tolist() == pytest.approx([100] * 3)
    assert {"curves.png", "pictures.png"} < {file.name for file in folder.iterdir()}
    assert small_is_kept_alone(project) == written

    lock = (project / PUBLISHED / "dvc.lock").read_text()
    assert "Running" not in succeed(f"dvc repro {PUBLISHED}/dvc.yaml", project)
    succeed(f"dvc repro --force {PUBLISHED}/dvc.yaml", project)
    assert (project / PUBLISHED / "dvc.lock").read_text() == lock
    assert (results / "metrics/small.json").read_text() == written

    done = run("python -m stages.train_recipe published missing", project)
    assert done.returncode == 1
    assert "no recipe 'missing'. Expected one of: small" in done.stderr


def small_is_kept_alone(project: Path) -> str:
    """Keep the study; return the metrics of its one recipe, all that is left of earlier runs."""
    succeed("python -m tools.keep_run published", project)
    kept = project / "results/published"
    assert {path.name for path in kept.glob("*/*")} == {"small.json", "small"}
    assert (kept / "dvc.lock").read_text() == (project / PUBLISHED / "dvc.lock").read_text()
    assert list(json.loads((kept / "seconds.json").read_text())) == ["small"]
    assert (kept / "plots/small/curves.png").is_file()
    return (kept / "metrics/small.json").read_text()


def test_a_study_is_restored_from_the_run_cache(project):
    path = "studies/traffic_signs"
    write_yaml(project / path / "params.yaml", {"seeds": [0], "levels": [0.2]})
    succeed(f"dvc repro {path}/dvc.yaml", project)
    for gone in (project / path / "dvc.lock", project / "data/traffic_signs/scores.csv"):
        gone.unlink()
    assert "measure' is cached - skipping run" in succeed(f"dvc repro {path}/dvc.yaml", project)
    assert len(pd.read_csv(project / "data/traffic_signs/scores.csv")) == 1


def test_the_study_of_noise_levels_runs(project):
    recipes = read_yaml(ROOT / LEVELS / "params.yaml")["recipes"]
    chosen = ("specialist_2", "blind", "specialist_1_psnr", "level_input")
    small = {"dataset": "digits", "epochs": 1, "options": {"width": 8, "blocks": 1}}
    values = {"seed": 0, "recipes": {name: recipes[name] | small for name in chosen}}
    write_yaml(project / LEVELS / "params.yaml", values)
    succeed(f"dvc repro {LEVELS}/dvc.yaml:measure", project)
    results = project / "data/noise_levels"
    levels = pd.read_csv(results / "levels.csv")
    denoisers = set(levels[levels["level"] == 0.2]["denoiser"])
    given = {"level given", "level estimated", "half the level", "twice the level"}
    assert denoisers == given | {"noisy", "blind", "specialist"}
    assert levels["n"].eq(20).all()
    estimates = pd.read_csv(results / "estimates.csv")
    assert set(estimates["clipped"]) == {True, False}
    metrics = json.loads((results / "metrics.json").read_text())
    assert set(metrics) == {"0.1", "0.2", "identity_psnr"}
    assert "blind_minus_specialist_psnr" in metrics["0.1"]
    assert "Running" not in succeed(f"dvc repro {LEVELS}/dvc.yaml:measure", project)


@pytest.mark.thorough
def test_the_arms_of_the_pipeline_are_trained_on_a_range_and_nothing_twice(finished, tmp_path):
    """What was trained without noise, or at one level, comes from the pipeline."""
    shutil.copytree(finished, tmp_path, symlinks=True, dirs_exist_ok=True)
    done = succeed(f"dvc repro {LEVELS}/dvc.yaml:measure_arms", tmp_path)
    started = set(re.findall(r"Running stage '.*?([\w@]+)'", done))
    assert started == {
        *("train_arm_classifier@noisy", "train_arm_classifier@denoised"),
        *("train_arm_autoencoder", "train_arm_joint", "measure_arms"),
    }
    arms = pd.read_csv(tmp_path / "data/noise_levels/arms.csv")
    assert set(arms["trained_on"]) == {"level", "range"}
    sweep = pd.read_csv(tmp_path / "plots/sweep.csv")
    single = arms[arms["trained_on"] == "level"].set_index(["level", "arm"])["accuracy"]
    swept = sweep[sweep["kind"] == "gaussian"].set_index(["level", "arm"])["accuracy"]
    assert single.to_numpy() == pytest.approx(swept.loc[single.index].to_numpy())
    (tmp_path / "params.yaml").write_text(
        (tmp_path / "params.yaml").read_text().replace("level: 0.2", "level: 0.3")
    )
    again = run(f"dvc status {LEVELS}/dvc.yaml:train_arm_classifier@noisy", tmp_path).stdout
    assert "up to date" in again
