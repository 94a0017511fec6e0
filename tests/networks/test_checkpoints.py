"""Checkpoints: restored, or ignored if they belong to another training."""

import functools

import keras
import numpy as np
import pytest
from keras import layers

from denoising.training.batches import Batches, BatchSettings, Samples
from denoising.training.checkpoints import Checkpoint, training_hash
from denoising.training.loop import Course, Objective, fit

EPOCHS = 20


class Interrupted(Batches):
    """Batches that interrupt a training when its epoch `last`, from 0, begins."""

    last = None

    def begin(self, epoch):
        if epoch == self.last:
            raise KeyboardInterrupt
        super().begin(epoch)


@pytest.fixture(scope="module")
def train(images):
    """Return a function that trains a small network with dropout, up to the epoch `last`."""
    pixels = np.rint(255 * images).astype(np.uint8)
    noise = np.random.default_rng(0).normal(0, 0.3, images.shape).astype(np.float32)

    def run(path=None, mark="same", last=None, schedule="plateau", history=None, averaging=0.0):
        keras.utils.set_random_seed(0)
        parts = [
            Interrupted(
                Samples(pixels[part], np.zeros(32, dtype=int), noise[part]),
                BatchSettings("reconstruction", 8, 0, 1),
            )
            for part in (slice(32), slice(32, 64))
        ]
        parts[0].last = last
        model = keras.Sequential(
            [
                keras.Input((28, 28, 1)),
                layers.Conv2D(4, 3, padding="same"),
                layers.Dropout(0.2),
                layers.BatchNormalization(),
                layers.Conv2D(1, 3, padding="same"),
            ]
        )
        checkpoint = Checkpoint(path, mark) if path else None
        table = fit(
            model,
            *parts,
            Objective("mean_squared_error", []),
            Course(EPOCHS, 0.1, schedule, 4, averaging=averaging),
            history=history,
            checkpoint=checkpoint,
        )
        return model.get_weights(), table

    return run


@pytest.fixture(scope="module")
def undisturbed(train):
    """Return a function that gives the result of an undisturbed training with a schedule."""
    return functools.cache(lambda schedule: train(schedule=schedule))


@pytest.fixture(scope="module")
def interrupted(train, tmp_path_factory) -> bytes:
    """Return the checkpoint of a training that was interrupted after three epochs."""
    path = tmp_path_factory.mktemp("interrupted") / "some.npz"
    interrupt(train, path, 3)
    return path.read_bytes()


def same(one, other) -> bool:
    weights = all(np.array_equal(*pair) for pair in zip(one[0], other[0], strict=True))
    return weights and one[1].equals(other[1])


def interrupt(train, path, last, **how):
    with pytest.raises(KeyboardInterrupt):
        train(path, last=last, **how)


@pytest.mark.parametrize("schedule", ["plateau", "cosine"])
def test_an_interrupted_training_resumes_to_the_same_weights(
    train, undisturbed, tmp_path, capsys, schedule
):
    epochs = len(undisturbed(schedule)[1])
    path = tmp_path / "some.npz"
    for last in (1, 3, epochs - 1):
        interrupt(train, path, last, schedule=schedule)
    assert "Resuming after epoch 3" in capsys.readouterr().out
    assert same(train(path, schedule=schedule), undisturbed(schedule))
    assert same(train(path, schedule=schedule), undisturbed(schedule))  # nothing is left to train


def test_averaged_weights_survive_an_interruption(train, undisturbed, tmp_path):
    whole = train(schedule="cosine", averaging=0.9)
    assert not same(whole, undisturbed("cosine"))
    for last in (1, len(whole[1]) - 1):
        interrupt(train, tmp_path / "some.npz", last, schedule="cosine", averaging=0.9)
    for _ in range(2):  # in the end nothing is left to train
        assert same(train(tmp_path / "some.npz", schedule="cosine", averaging=0.9), whole)


@pytest.mark.parametrize("last", [1, 3])
def test_the_history_grows_with_every_epoch_and_keeps_its_rows(train, tmp_path, last):
    whole, part = tmp_path / "whole.csv", tmp_path / "part.csv"
    train(history=whole)
    interrupt(train, tmp_path / "some.npz", last, history=part)
    lines = whole.read_text().splitlines()
    assert part.read_text().splitlines() == lines[: last + 1]
    part.unlink()  # as DVC does before a stage runs
    train(tmp_path / "some.npz", history=part)
    assert part.read_bytes() == whole.read_bytes()
    part.unlink()
    train(tmp_path / "some.npz", history=part)  # nothing is left to train
    assert part.read_bytes() == whole.read_bytes()


def test_the_training_in_these_tests_reaches_a_plateau_and_stops_early(undisturbed):
    _, history = undisturbed("plateau")
    assert history["learning_rate"].nunique() > 1
    assert len(history) < EPOCHS
    assert history["val_loss"].idxmin() < len(history) - 1


def test_the_checkpoint_of_another_training_is_not_used(
    train, undisturbed, interrupted, tmp_path, capsys
):
    path = tmp_path / "some.npz"
    path.write_bytes(interrupted)
    assert same(train(path, mark="other"), undisturbed("plateau"))
    assert "other parameters, data or code" in capsys.readouterr().out


@pytest.mark.parametrize("damage", ["cut", "bit", "empty", "text"])
def test_a_damaged_checkpoint_is_set_aside(
    train, undisturbed, interrupted, tmp_path, capsys, damage
):
    path, content = tmp_path / "some.npz", interrupted
    middle = len(content) // 2
    inside = content.index(b"NUMPY") + 200  # of an array's data, whose checksum is in the file
    path.write_bytes(
        {
            "cut": content[:middle],
            "bit": content[:inside] + bytes([content[inside] ^ 1]) + content[inside + 1 :],
            "empty": b"",
            "text": b"not a checkpoint",
        }[damage]
    )
    broken = path.read_bytes()
    assert same(train(path), undisturbed("plateau"))
    assert "damaged" in capsys.readouterr().out
    assert path.with_suffix(".damaged").read_bytes() == broken


def test_the_training_hash_changes_with_settings_and_data(monkeypatch):
    monkeypatch.setattr("denoising.training.checkpoints._loaded_code", list)
    data = np.arange(6.0)
    known = training_hash({"epochs": 3}, [data])
    assert training_hash({"epochs": 3}, [data.copy()]) == known
    assert training_hash({"epochs": 4}, [data]) != known
    assert training_hash({"epochs": 3}, [data + 1e-9]) != known
    assert training_hash({"epochs": 3}, [data.reshape(2, 3)]) != known
    assert training_hash({"epochs": 3}, [data.astype(np.float32)]) != known


def test_the_training_hash_changes_with_code_but_not_with_comments(tmp_path, monkeypatch):
    for name in ("denoising/__init__.py", "requirements.txt"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text("")
    monkeypatch.setattr("denoising.training.checkpoints.ROOT", tmp_path)
    monkeypatch.setattr(
        "denoising.training.checkpoints._loaded_code", lambda: [tmp_path / "denoising/__init__.py"]
    )
    known = training_hash({}, [])
    (tmp_path / "denoising/__init__.py").write_text("# A comment.\n")
    assert training_hash({}, []) == known
    (tmp_path / "denoising/__init__.py").write_text("changed = True\n")
    code = training_hash({}, [])
    (tmp_path / "requirements.txt").write_text("tensorflow==9\n")
    assert len({known, code, training_hash({}, [])}) == 3
