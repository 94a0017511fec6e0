"""Training: losses, the learning rate, precision, and the result of `fit`."""

from pathlib import Path

import keras
import numpy as np
import pytest
import tensorflow as tf

from denoising.config.noise import Noise
from denoising.evaluation import scores
from denoising.files.errors import UserError
from denoising.inference.predict import denoise
from denoising.networks import residual_unet
from denoising.seeding import faster_precision
from denoising.training.fresh_noise import fresh_noise
from denoising.training.loop import Course, Objective, fit
from denoising.training.losses import (
    bce_and_ssim,
    classification_loss,
    psnr_and_ssim,
    psnr_shortfall,
)
from denoising.training.schedule import Cosine
from tests.support.learning import NOISE, STILL, batches, runnable, small_denoiser

COURSE = Course(epochs=2, learning_rate=1e-3, schedule="cosine", patience=5)
MSE = Objective("mean_squared_error", [])


def test_the_ssim_of_the_loss_equals_the_score(images):
    noisy = np.clip(images + np.random.default_rng(0).normal(0, 0.1, images.shape), 0.01, 0.99)
    noisy = noisy.astype(np.float32)
    shortfall = 1 - scores.ssim_uniform(images, noisy)
    expected = scores.bce(images, noisy) + 0.1 * shortfall
    assert np.asarray(bce_and_ssim(images, noisy)) == pytest.approx(expected, rel=1e-4)
    expected = np.asarray(psnr_shortfall(images, noisy)) + 20 * shortfall
    assert np.asarray(psnr_and_ssim(images, noisy)) == pytest.approx(expected, rel=1e-4)


def test_the_psnr_loss_is_the_shortfall_from_40_db(images):
    for level in (0.05, 0.3):
        noisy = images + np.random.default_rng(0).normal(0, level, images.shape).astype(np.float32)
        expected = 40 - scores.psnr(images, noisy)
        found = np.asarray(psnr_shortfall(images, noisy))
        assert found == pytest.approx(expected, abs=10 * np.log10(1 + 1e-4 / (0.9 * level) ** 2))
        assert (found > expected).all()
    assert np.asarray(psnr_shortfall(images, images)) == pytest.approx(0)


@pytest.mark.parametrize(
    "loss",
    [
        "mean_squared_error",
        pytest.param(bce_and_ssim, marks=pytest.mark.long),
        pytest.param(psnr_and_ssim, marks=pytest.mark.long),
    ],
)
def test_a_denoiser_learns_images_that_are_mostly_black(loss):
    """With a sigmoid alone, the mean squared error ends in black, where its gradient is 0."""
    keras.utils.set_random_seed(0)
    squares = np.zeros((512, 28, 28, 1), dtype=np.uint8)
    places = np.random.default_rng(0).integers(2, 16, (512, 2))
    for image, (top, left) in zip(squares, places, strict=True):
        image[top : top + 10, left : left + 10] = 255
    noise = Noise(kind="gaussian", level=0.5, clip=True)
    train = batches(squares, degrade=fresh_noise(noise, 0), augmentation=STILL)
    model = residual_unet.build((28, 28, 1), width=16, blocks=1)
    course = COURSE._replace(epochs=4, learning_rate=0.002)
    fit(model, train, train, Objective(loss, []), course)
    seen, clean = train[0]
    left = scores.mse(clean, model.predict_on_batch(seen)).mean()
    assert left < 0.1 * scores.mse(clean, np.zeros_like(clean)).mean()


def test_a_network_learns_to_use_its_level_input(pixels):
    """At level 0 it leaves an image alone; at a higher one it removes more."""
    keras.utils.set_random_seed(0)
    parts = [
        batches(pixels, degrade=fresh_noise(NOISE, 0, split, [0, 0.6]), augmentation=STILL)
        for split in ("train", "validation")
    ]
    model = residual_unet.build((None, None, 1), width=8, blocks=1, level_input=True)
    fit(model, *parts, MSE, COURSE._replace(epochs=20, learning_rate=0.01))
    images = pixels.astype(np.float32) / 255
    restored = {level: denoise(runnable(model), images, level) for level in (0.0, 0.6)}
    scored = {level: scores.psnr(images, found).mean() for level, found in restored.items()}
    assert scored[0.0] > scored[0.6] + 1


def test_the_history_has_the_losses_and_metrics_of_each_epoch(pixels):
    noisy = keras.Input((28, 28, 1), name="noisy")
    model = keras.Model(noisy, keras.layers.Dense(4)(keras.layers.Flatten()(noisy)))
    train = batches(pixels, "classification", augmentation=STILL)
    objective = Objective(classification_loss(0.1), ["accuracy"])
    history = fit(model, train, batches(pixels, "classification"), objective, COURSE)
    assert history["epoch"].tolist() == [1, 2]
    assert {"loss", "accuracy", "val_loss", "val_accuracy"} <= set(history.columns)


def test_the_best_weights_are_restored_and_training_stops_early(pixels):
    """A learning rate that is far too high makes the first epochs better than the later ones."""
    keras.utils.set_random_seed(0)
    model = small_denoiser()
    validation = batches(pixels)
    course = Course(epochs=30, learning_rate=0.3, schedule="plateau", patience=2)
    history = fit(model, batches(pixels, augmentation=STILL), validation, MSE, course)
    best = history["val_loss"].min()
    assert len(history) < 30
    assert history["val_loss"].idxmin() == len(history) - 3
    model.compile(loss="mse")
    assert model.evaluate(validation, verbose=0) == pytest.approx(best, rel=1e-4)


def test_the_plateau_schedule_lowers_the_learning_rate(pixels):
    model = small_denoiser()
    course = Course(epochs=12, learning_rate=0.3, schedule="plateau", patience=6)
    history = fit(model, batches(pixels, augmentation=STILL), batches(pixels), MSE, course)
    assert history["learning_rate"].iloc[-1] < history["learning_rate"].iloc[0]


def test_a_loss_of_nan_is_an_error(pixels):
    model = small_denoiser()
    train = batches(pixels, augmentation=STILL)

    def broken(clean, restored):
        return np.nan * keras.ops.mean(restored - clean)

    with pytest.raises(UserError, match=r"NaN.*learning rate \(now 0\.001\)"):
        fit(model, train, batches(pixels), Objective(broken, []), COURSE)


def test_the_learning_rate_rises_in_a_line_and_falls_in_half_a_cosine():
    rate = Cosine(0.01, rise=10, steps=110)
    assert [float(rate(step)) for step in (0, 4, 9)] == pytest.approx([0.001, 0.005, 0.01])
    assert float(rate(60)) == pytest.approx(0.005)
    assert float(rate(85)) == pytest.approx(0.01 * (1 - 0.5**0.5) / 2)
    assert float(rate(110)) == pytest.approx(0, abs=1e-8)
    assert float(Cosine(0.01, rise=0, steps=1)(0)) == pytest.approx(0.01)


@pytest.mark.parametrize(
    ("flags", "precision"),
    [("fma avx2 avx512f", "float32"), ("avx512f avx512_bf16", "mixed_bfloat16")],
)
def test_bfloat16_is_chosen_if_the_processor_supports_it(flags, precision, monkeypatch):
    monkeypatch.setattr(tf.config, "list_physical_devices", lambda kind: [])
    monkeypatch.setattr(Path, "read_text", lambda path: f"model name: one\nflags: {flags}\n")
    assert faster_precision() == precision


@pytest.mark.parametrize(
    ("details", "precision"),
    [
        ({"compute_capability": (9, 0)}, "mixed_bfloat16"),
        ({"compute_capability": (8, 0)}, "mixed_bfloat16"),
        ({"compute_capability": (7, 5)}, "float32"),
        ({}, "float32"),
    ],
)
def test_with_a_gpu_bfloat16_is_chosen_if_the_gpu_supports_it(details, precision, monkeypatch):
    """Whatever the processor beside it supports."""
    gpu = tf.config.PhysicalDevice("/physical_device:GPU:0", "GPU")
    monkeypatch.setattr(tf.config, "list_physical_devices", lambda kind: {"GPU": [gpu]}[kind])
    monkeypatch.setattr(tf.config.experimental, "get_device_details", {gpu: details}.get)
    monkeypatch.setattr(Path, "read_text", lambda path: "flags: fma avx2 avx512_bf16 amx_bf16\n")
    assert faster_precision() == precision
