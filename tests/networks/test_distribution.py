"""The processes and devices of a training, as far as a single process shows them."""

import keras
import numpy as np
import pandas as pd
import pytest

from denoising.files.errors import UserError
from denoising.training import distribution
from denoising.training.distribution import Launch, Share, launched
from denoising.training.loop import Course, Objective, fit
from denoising.training.losses import classification_loss, psnr_shortfall
from denoising.training.weighting import PerImage
from tests.support.learning import batches

JOB = {"SLURM_NTASKS": "8", "SLURM_STEP_NODELIST": "node[1-2]"}


@pytest.mark.parametrize(
    ("variables", "expected"),
    [
        ({}, None),
        ({"JAX_NUM_PROCESSES": "2", "JAX_PROCESS_ID": "1"}, Launch(2, 1)),
        ({"JAX_NUM_PROCESSES": "4", "JOB_COMPLETION_INDEX": "3"}, Launch(4, 3)),
        ({"OMPI_COMM_WORLD_SIZE": "2", "OMPI_COMM_WORLD_RANK": "0"}, Launch(2, 0)),
        (JOB | {"SLURM_PROCID": "0"}, None),  # a batch script
        (JOB | {"SLURM_PROCID": "0", "SLURM_STEP_NUM_TASKS": "1"}, Launch(1, 0)),  # salloc's shell
        (JOB | {"SLURM_PROCID": "5", "SLURM_STEP_NUM_TASKS": "8"}, Launch(8, 5)),
    ],
)
def test_launchers_are_found_by_their_variables(variables, expected):
    assert launched(variables) == expected


@pytest.mark.parametrize(
    "variables",
    [
        {"JAX_NUM_PROCESSES": "2"},
        {"JAX_NUM_PROCESSES": "two", "JAX_PROCESS_ID": "0"},
        {"JAX_NUM_PROCESSES": "2", "JAX_PROCESS_ID": "2"},
        {"JAX_NUM_PROCESSES": "0", "JAX_PROCESS_ID": "0"},
    ],
)
def test_a_launch_that_contradicts_itself_is_refused(variables):
    with pytest.raises(UserError, match=r"JAX_NUM_PROCESSES, and in JAX_PROCESS_ID .* Set both"):
        launched(variables)


def test_several_processes_without_jax_are_refused(monkeypatch):
    monkeypatch.setenv("OMPI_COMM_WORLD_SIZE", "2")
    monkeypatch.setenv("OMPI_COMM_WORLD_RANK", "0")
    with pytest.raises(UserError, match=r"2 processes were started, .* training.backend: jax"):
        distribution.join("tensorflow")


def test_another_backend_than_that_of_keras_is_refused():
    with pytest.raises(UserError, match=r"training.backend: Expected tensorflow, .* Received: jax"):
        distribution.join("jax")


def test_the_parts_of_all_processes_are_the_whole_batch():
    """Five images in a batch of six, for three processes."""
    parts = [Share(6, slice(2 * rank, 2 * rank + 2)).of(np.arange(10, 15)) for rank in range(3)]
    assert np.concatenate([chosen for chosen, _ in parts]).tolist() == [10, 11, 12, 13, 14, 10]
    assert np.concatenate([weights for _, weights in parts]).tolist() == [1, 1, 1, 1, 1, 0]


def test_a_batch_may_be_larger_than_all_images():
    chosen, weights = Share(5, slice(0, 5)).of(np.array([3, 8]))
    assert chosen.tolist() == [3, 8, 3, 8, 3]
    assert weights.sum() == 2


@pytest.mark.parametrize("loss", ["mean_squared_error", psnr_shortfall])
def test_images_of_weight_0_do_not_count(loss, images):
    """Keras itself would multiply a value for each pixel by weights, and divide by the images."""
    weights = np.arange(8) < 5
    found = PerImage(loss)(images[:8], images[8:16], weights.astype(np.float32))
    expected = PerImage(loss)(images[:5], images[8:13])
    assert float(found) == pytest.approx(float(expected), rel=1e-6)


def two_outputs() -> keras.Model:
    """Return a network without randomness that classifies and denoises."""
    noisy = keras.Input((28, 28, 1), name="noisy")
    image = keras.layers.Conv2D(1, 3, padding="same", name="reconstruction")(noisy)
    pooled = keras.layers.AveragePooling2D(7)(noisy)
    logits = keras.layers.Dense(4, name="classification")(keras.layers.Flatten()(pooled))
    return keras.Model(noisy, {"classification": logits, "reconstruction": image})


def test_filled_batches_are_learned_like_others(pixels, monkeypatch):
    """The last of them has 14 images, of 25, and 11 in validation.

    The loss of each output is checked by their sum: TensorFlow's is a mean over batches.
    """

    def learn() -> tuple[pd.DataFrame, np.ndarray]:
        keras.utils.set_random_seed(0)
        model = two_outputs()
        objective = Objective(
            {"classification": classification_loss(0.1), "reconstruction": "mean_squared_error"},
            {
                "classification": [keras.metrics.CategoricalAccuracy(name="accuracy")],
                "reconstruction": [keras.metrics.MeanAbsoluteError(name="mae")],
            },
            {"classification": 0.1, "reconstruction": 0.9},
        )
        course = Course(epochs=2, learning_rate=1e-3, schedule="cosine", patience=5)
        parts = batches(pixels, "joint", size=25), batches(pixels[:36], "joint", size=25)
        table = fit(model, *parts, objective, course)
        weights = np.concatenate([weight.ravel() for weight in model.get_weights()])
        return table, weights

    plain, plain_weights = learn()
    monkeypatch.setattr(distribution, "share", lambda size: Share(size, slice(0, size)))
    filled, filled_weights = learn()
    assert filled_weights == pytest.approx(plain_weights, abs=1e-5)
    assert set(filled) == set(plain)
    for column in plain:
        if not column.endswith("ion_loss"):
            assert filled[column].to_numpy() == pytest.approx(plain[column].to_numpy(), rel=1e-5)
    for prefix in ("", "val_"):
        both = (filled[f"{prefix}{name}_loss"] for name in ("classification", "reconstruction"))
        total = sum(part * weight for part, weight in zip(both, (0.1, 0.9), strict=True))
        assert total.to_numpy() == pytest.approx(filled[f"{prefix}loss"].to_numpy(), rel=1e-5)
