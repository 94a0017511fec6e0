"""The study of changed parameters, run for real on a few small images."""

import pandas as pd
import pytest

from tests.support.workspace import fresh_copy, run, succeed, tiny, write_params
from tests.support.yaml_files import write_yaml

pytestmark = pytest.mark.long

STUDY = "studies/trials"
TRIALS = {
    "classifier_clean": {"clean": {}},
    "classifier_noisy": {"noisy": {}, "noisy_averaged": {"training.weight_averaging": 0.9}},
    "autoencoder": {"autoencoder": {}},
    "classifier_denoised": {"denoised": {}},
    "joint": {"joint": {}},
}


def test_trials_are_trained_measured_and_kept(tmp_path):
    fresh_copy(tmp_path)
    write_params(tmp_path, tiny)
    values = {"dataset": "digits", "images": 60, "trials": TRIALS}
    write_yaml(tmp_path / STUDY / "params.yaml", values)
    succeed(f"dvc repro {STUDY}/dvc.yaml", tmp_path)
    written = (tmp_path / "data/trials/trials.csv").read_bytes()
    table = pd.read_csv(tmp_path / "data/trials/trials.csv").set_index("name")
    assert [*table.index] == [name for trials in TRIALS.values() for name in trials]
    assert set(table["n"]) == {1600}  # the validation images
    accuracy = table["accuracy"]
    assert table["gain"].dropna().to_dict() == pytest.approx(
        {"noisy_averaged": accuracy["noisy_averaged"] - accuracy["noisy"]}, abs=1e-6
    )
    assert set(table.index[table["psnr"].notna()]) == {"autoencoder", "joint"}
    assert set(table["epochs"]) == {1}
    assert table.loc["noisy_averaged", "changed"] == "training.weight_averaging=0.9"
    assert not any((tmp_path / "logs/trials").iterdir())
    assert not (tmp_path / "data/clean").exists()

    succeed("python -m tools.keep_run trials", tmp_path)
    assert (tmp_path / "results/trials/trials.csv").read_bytes() == written
    assert "up to date" in run(f"dvc status {STUDY}/dvc.yaml", tmp_path).stdout
