"""The version that a kept run belongs to."""

import hashlib

import pytest

from tests.support.dag import ROOT
from tests.support.yaml_files import read_yaml, write_yaml
from tools._provenance import changed_stages, sentence


@pytest.fixture
def lock(tmp_path):
    """Return a lock of two stages, of the present code and parameters, for Fashion-MNIST."""
    params = read_yaml(ROOT / "params.yaml")
    noise = {"noise": params["noise"], "dataset": "fashion_mnist"}
    schedule = {"training.schedule": params["training"]["schedule"]}
    stages = {
        "fingerprint": {"deps": [{"path": "denoising", "md5": "0.dir"}]},
        "add_noise": stage("add_noise", noise),
        "train_joint": stage("train_joint", schedule),
    }
    return write_yaml(tmp_path / "dvc.lock", {"stages": stages})


def stage(name: str, params: dict) -> dict:
    path = f"fingerprints/{name}.txt"
    digest = hashlib.md5((ROOT / path).read_bytes()).hexdigest()
    deps = [{"path": path, "md5": digest}, {"path": "requirements.txt", "md5": "0"}]
    return {"deps": deps, "params": {"params.yaml": params}}


def test_a_run_of_the_present_code_is_said_to_be(lock):
    assert changed_stages(lock, dataset="fashion_mnist") == []
    assert sentence("It", lock, dataset="fashion_mnist").endswith("are of the committed code.")


def test_stages_with_another_fingerprint_are_listed(lock):
    stages = read_yaml(lock)
    stages["stages"]["train_joint"]["deps"][0]["md5"] = "0"
    write_yaml(lock, stages)
    assert changed_stages(lock, dataset="fashion_mnist") == ["train_joint"]
    assert sentence("They", lock, dataset="fashion_mnist") == (
        "They are of an earlier version: code or parameters have changed since in `train_joint`."
    )


def test_stages_with_other_parameters_are_listed(lock):
    assert changed_stages(lock) == ["add_noise"]
    stages = read_yaml(lock)
    stages["stages"]["train_joint"]["params"]["params.yaml"]["training.schedule"] = "plateau"
    write_yaml(lock, stages)
    assert changed_stages(lock, dataset="fashion_mnist") == ["train_joint"]


def test_a_lock_without_fingerprints_is_of_the_first_version(lock):
    locked = read_yaml(lock)
    for one in locked["stages"].values():
        one["deps"] = [dep for dep in one["deps"] if not dep["path"].startswith("fingerprints/")]
    write_yaml(lock, locked)
    assert changed_stages(lock) is None
    assert sentence("They", lock) == "They are of version 0.1.0."
