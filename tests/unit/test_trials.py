"""The trials of changed parameters: what they may change, and the table of what they gave."""

from collections.abc import Callable
from functools import partial
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from denoising.config.params import read_params
from denoising.datasets.splits import Split
from denoising.files.errors import UserError
from denoising.files.tables import write_csv
from studies.trials.stages import _settings, measure, train
from studies.trials.stages._settings import CHANGEABLE, SETTINGS, Trial, changed, read_settings
from tests.support.dag import ROOT
from tests.support.yaml_files import read_yaml, write_yaml
from tools import _studies
from tools.reruns import covers, stages

STUDY = stages("studies/trials/dvc.yaml")
DATASET = read_yaml(ROOT / "params.yaml")["dataset"]
TRIALS = read_settings().every()
# The pipeline's stage that trains each network, and that of this study.
TRAINED_BY = {
    "classifier_clean": ("train_classifier@clean", "train_clean"),
    "classifier_noisy": ("train_classifier@noisy", "train_noisy"),
    "autoencoder": ("train_autoencoder", "train_autoencoder"),
    "classifier_denoised": ("train_classifier@denoised", "train_denoised"),
    "joint": ("train_joint", "train_joint"),
}
# What every training depends on and no trial changes, so that all are measured alike.
FIXED = {
    *(
        "threads",
        "training.backend",
        "seed",
        "dataset",
        f"datasets.{DATASET}.source.classes",
        "noise",
    ),
    *("training.noise_range", "training.level_input", "training.level_known"),
}
PARTS = {"autoencoder.name", "autoencoder.options", "classifier.name", "classifier.options"}
"""Of the joint network, which starts from networks with these parameters."""


@pytest.mark.parametrize("trial", TRIALS, ids=lambda trial: trial.name)
def test_each_trial_is_possible_and_declares_what_it_reads(trial):
    params = read_params()
    assert (changed(params, trial, "fashion_mnist") != changed_by_nothing(params)) == bool(
        trial.changes
    )
    stage = STUDY[f"{TRAINED_BY[trial.network][1]}@{trial.name}"]
    needed = {str(train.needed_path(file)) for file in train.NEEDED[trial.network]}
    assert needed <= set(stage.deps)
    for key in trial.changes:
        assert any(covers(declared, key) for declared in stage.keys)


def changed_by_nothing(params):
    return params.model_copy(update={"dataset": "fashion_mnist"})


@pytest.mark.parametrize("network", CHANGEABLE)
def test_a_trial_may_change_what_the_training_of_its_network_reads(network):
    keys = {key.format(dataset=DATASET) for key in CHANGEABLE[network]}
    declared = set(stages()[TRAINED_BY[network][0]].keys) - FIXED
    if network == "joint":
        declared -= PARTS
    assert {key for key in keys if not any(covers(one, key) for one in declared)} == set()
    names = {f"{section}.name" for section in ("classifier", "autoencoder")}
    for one in declared - names:
        assert any(covers(one, key) for key in keys), one


@pytest.mark.parametrize(
    ("network", "changes", "message"),
    [
        ("autoencoder", {"trainin.patience": 3}, "trainin.patience is unknown, or does nothing"),
        ("autoencoder", {"joint.form": "cascade"}, "joint.form .* does nothing .* autoencoder"),
        ("classifier_clean", {"training.distillation": 0}, "does nothing for .* classifier_clean"),
        ("joint", {"datasets.mnist.training.joint.epochs": 3}, "datasets.digits.training.joint$"),
        ("joint", {"joint.start": "trained"}, "joint.start is trained in params.yaml, too"),
        ("joint", {"joint.form": "tree"}, "joint.form: .*'branches' or 'cascade'.* 'tree'"),
        ("joint", {"joint.form.x": 1}, "joint.form: .*'branches' or 'cascade'"),
        ("joint", {"joint.from": 1}, "joint.from: unknown key. .* [(]perhaps form[)]"),
    ],
)
def test_a_change_that_cannot_be_made_is_refused(network, changes, message):
    with pytest.raises(UserError, match=rf"studies/trials/params.yaml: trials.*some.*{message}"):
        changed(read_params(), Trial(network, "some", changes), "digits")


def test_options_of_a_network_are_added():
    trial = Trial("classifier_noisy", "some", {"classifier.options.width": 8})
    assert changed(read_params(), trial, "digits").classifier.options == {"width": 8}


@pytest.fixture
def write_settings(tmp_path, monkeypatch) -> Callable[[dict], None]:
    """Return a function that writes the study's parameters, in place of its own."""
    monkeypatch.setattr(_settings, "SETTINGS", tmp_path / "params.yaml")
    return partial(write_yaml, tmp_path / "params.yaml")


def unknown_network(values: dict) -> None:
    values["trials"]["joints"] = {}


def no_base(values: dict) -> None:
    del values["trials"]["joint"]["joint"]


def changed_base(values: dict) -> None:
    values["trials"]["autoencoder"]["autoencoder"] = {"autoencoder.loss": "psnr"}


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (unknown_network, r"trials.joints: unknown key. Expected .* [(]perhaps joint[)]"),
        (no_base, "trials.joint: Expected `joint: {}` first"),
        (changed_base, "trials.autoencoder: Expected `autoencoder: {}` first"),
    ],
)
def test_trials_that_cannot_be_compared_are_refused(change, message, write_settings):
    values = read_yaml(ROOT / SETTINGS)
    change(values)
    write_settings(values)
    with pytest.raises(UserError, match=message):
        read_settings()


def test_more_training_images_than_there_are_are_refused(write_settings):
    write_settings(read_yaml(ROOT / SETTINGS) | {"dataset": "digits", "images": 1500})
    expected = "Expected at most the 1347 training images of digits. Received: 1500"
    with pytest.raises(UserError, match=f"{SETTINGS}: images: {expected}"):
        train.main(read_params(), "joint")


def test_an_unknown_trial_is_refused():
    with pytest.raises(UserError, match=r"no trial 'tidy'. Expected one of: clean, clean_whole"):
        read_settings().find("tidy")


def test_keras_is_imported_where_the_parameters_name_its_backend(tmp_path, monkeypatch):
    places = []

    def training_of(network):
        places.append(Path.cwd())
        return write_networks

    def write_networks(params):
        places.append(Path.cwd())
        for path in ("models/joint.keras", "models/joint.onnx", "plots/history/joint.csv"):
            Path(path).parent.mkdir(parents=True, exist_ok=True)
            Path(path).touch()

    few = Split(np.zeros((1, 8, 8, 1), np.uint8), np.zeros(1, np.int64))
    settings = read_settings().model_copy(update={"images": 1})
    monkeypatch.setattr(train, "read_settings", lambda: settings)
    monkeypatch.setattr(train, "load_named", lambda *_: {"train": few, "validation": few})
    monkeypatch.setattr(train, "lay_out", lambda *_: None)
    monkeypatch.setattr(train, "training_of", training_of)
    params = read_params()
    monkeypatch.chdir(tmp_path)
    train.main(params, "branches")
    assert places == [tmp_path, tmp_path / "logs/trials/branches"]
    kept = {path.name for path in (tmp_path / "models/trials/branches").iterdir()}
    assert kept == {"joint.keras", "joint.onnx", "joint.csv"}
    assert not (tmp_path / "logs/trials/branches").exists()


@pytest.fixture
def kept(tmp_path, monkeypatch) -> Path:
    monkeypatch.setattr(_studies, "TRIALS", tmp_path / "trials.csv")
    return tmp_path / "trials.csv"


def test_the_table_shows_gains_with_their_intervals(kept):
    table = pd.DataFrame(
        {
            "name": ["joint", "joint_slow"],
            "changed": ["", "joint.learning_rate=0.001; joint.start=scratch"],
            **{"accuracy": [0.8, 0.9], "accuracy_low": 0.7, "accuracy_high": 0.95},
            **{"gain": [None, 0.1], "gain_low": [None, 0.05], "gain_high": [None, 0.15]},
            **{"psnr": [24.123, None], "ssim_uniform": [0.81234, None], "mae": [0.04567, None]},
            "epochs": 9,
        }
    )
    write_csv(kept, table)
    base, slow = (
        [cell.strip() for cell in row.split("|")[1:-1]] for row in _studies.tried().splitlines()[2:]
    )
    assert base == ["joint", "", "0.8000 (0.7000 to 0.9500)", "", "24.12", "0.8123", "0.0457", "9"]
    assert slow[:2] == ["joint slow", "`joint.learning_rate=0.001`, `joint.start=scratch`"]
    assert slow[3:5] == ["+0.1000 (+0.0500 to +0.1500)", ""]


def test_a_value_with_spaces_is_one_change_in_the_table(kept, tmp_path, monkeypatch):
    monkeypatch.setattr(measure, "TRAINED", tmp_path)
    trial = Trial("classifier_noisy", "some", {"a.range": [0, 0.6], "a.share": 0.5})
    found = measure.Answers(right=np.array([1.0, 0.0]))
    history = tmp_path / trial.name / f"{trial.network}.csv"
    write_csv(history, pd.DataFrame({"val_loss": [0.2]}))
    write_csv(kept, pd.DataFrame([measure.row(trial, found, found, np.zeros(2))]))
    assert "| `a.range=[0, 0.6]`, `a.share=0.5` |" in _studies.tried()


def test_without_a_kept_run_the_page_says_so(kept):
    assert _studies.tried() == "No run of this study is kept yet."
