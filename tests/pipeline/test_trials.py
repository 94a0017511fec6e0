"""The study of changed parameters, run for real on a few small images."""

import pandas as pd
import pytest

from tests.support.runs import fails
from tests.support.workspace import fresh_copy, run, succeed, tiny, write_params
from tests.support.yaml_files import write_yaml

pytestmark = pytest.mark.long

STUDY, TRAIN = "studies/trials", "studies.trials.stages.train"
TRIALS = {
    "classifier_clean": {"clean": {}},
    "classifier_noisy": {"noisy": {}, "noisy_averaged": {"training.weight_averaging": 0.9}},
    "autoencoder": {"autoencoder": {}},
    "classifier_denoised": {"denoised": {}},
    "joint": {"joint": {}, "branches": {"joint.form": "branches"}},
}


def small(values: dict) -> None:
    """Make the images those of a cascade, whose autoencoder halves them twice."""
    tiny(values)
    values["datasets"]["digits"]["source"] |= {"size": 12, "validation": 400}
    values["classifier"] |= {"name": "resnet", "options": {"width": 8}}


def test_trials_are_trained_measured_and_kept(tmp_path):
    fresh_copy(tmp_path)
    write_params(tmp_path, small)
    values = {"dataset": "digits", "images": 60, "trials": TRIALS}
    write_yaml(tmp_path / STUDY / "params.yaml", values)
    succeed(f"dvc repro {STUDY}/dvc.yaml", tmp_path)
    written = (tmp_path / "data/trials/trials.csv").read_bytes()
    table = pd.read_csv(tmp_path / "data/trials/trials.csv").set_index("name")
    assert [*table.index] == [name for trials in TRIALS.values() for name in trials]
    assert set(table["n"]) == {400}  # the validation images
    gain = table["accuracy"] - table["accuracy"].groupby(table["network"]).transform("first")
    assert table["gain"].dropna().to_dict() == pytest.approx(
        gain[["noisy_averaged", "branches"]].to_dict(), abs=1e-6
    )
    assert set(table.index[table["psnr"].notna()]) == {"autoencoder", "joint", "branches"}
    assert set(table["epochs"]) == {1}
    assert table.loc["branches", "changed"] == "joint.form=branches"
    assert not any((tmp_path / "logs/trials").iterdir())
    assert not (tmp_path / "data/clean").exists()

    succeed("python -m tools.keep_run trials", tmp_path)
    assert (tmp_path / "results/trials/trials.csv").read_bytes() == written
    succeed(f"dvc repro --force {STUDY}/dvc.yaml:train_joint@branches --single-item", tmp_path)
    assert "up to date" in run(f"dvc status {STUDY}/dvc.yaml", tmp_path).stdout

    values["trials"]["joint"]["branches"] = {"joint.form": "cascade"}
    write_yaml(tmp_path / STUDY / "params.yaml", values)
    fails(run(f"python -m {TRAIN} branches", tmp_path), "is cascade")
    values["images"] = 1500
    write_yaml(tmp_path / STUDY / "params.yaml", values)
    done = run(f"python -m {TRAIN} joint", tmp_path)
    fails(done, "images: Expected at most the 1377 training images of digits. Received: 1500")
