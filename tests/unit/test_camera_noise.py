"""Noise as cameras make it: its level, its steps, and its mixture with white noise in training."""

import numpy as np
import pytest

from denoising.config.noise import Noise
from denoising.noise.apply import add_noise
from denoising.noise.camera import Camera, draw_camera, exposure, photographed, rms
from denoising.noise.grain import blurred, resized
from denoising.noise.jpeg import jpeg
from denoising.noise.keys import noise_keys
from denoising.noise.mosaic import interpolated, sampled
from denoising.training.fresh_noise import fresh_noise

LEVELS = (0.004, 0.02, 0.1, 0.3)
COLOURS = np.array([0.7, 0.5, 0.3], np.float32)


def pictures(number: int, height: int = 48, width: int = 40, channels: int = 3) -> np.ndarray:
    """Return smooth pictures with an edge, ``float32`` in [0.1, 0.9]."""
    random = np.random.default_rng(0)
    slope = np.linspace(0, 0.4, width)[:, None] + np.linspace(0, 0.2, height)[:, None, None]
    found = 0.1 + slope + 0.1 * random.random((number, 1, 1, channels))
    found[:, :, width // 2 :] += 0.1
    return found.astype(np.float32)


def keys(number: int, epoch: int = 0) -> np.ndarray:
    return noise_keys(0, "train", "camera", range(number), epoch)


def levels_of(noisy: np.ndarray, clean: np.ndarray) -> np.ndarray:
    return np.sqrt(np.square(noisy - clean).mean(axis=(1, 2, 3)))


def noise_of(camera: Camera, clean: np.ndarray, level: float = 0.05) -> np.ndarray:
    return exposure(clean, camera, np.random.default_rng(0))(level) - clean


def neighbours(noise: np.ndarray) -> float:
    """Return the correlation of green noise with that of the next pixel in the row."""
    green = noise[..., 1]
    return np.corrcoef(green[:, 1:].ravel(), green[:, :-1].ravel())[0, 1]


@pytest.mark.parametrize("level", LEVELS)
@pytest.mark.parametrize("channels", [1, 2, 3, 4])
@pytest.mark.parametrize("size", [(8, 8), (9, 31), (64, 64)])
def test_the_level_is_the_root_mean_square_of_each_image(level, channels, size):
    clean = pictures(16, size[0], size[1], channels)
    noisy = add_noise(clean, level, keys(16), "camera", clip=False)
    assert noisy.dtype == np.float32
    assert levels_of(noisy, clean) == pytest.approx(np.full(16, level), rel=0.01)


@pytest.mark.parametrize("level", LEVELS)
def test_what_is_written_comes_close_to_the_level_before_any_scaling(level):
    clean = pictures(64)
    drawn = [draw_camera(random, 3) for random in map(np.random.default_rng, range(64))]
    found = [
        rms(exposure(image, camera, np.random.default_rng(1))(level) - image)
        for image, camera in zip(clean, drawn, strict=True)
    ]
    assert np.array(found) == pytest.approx(np.full(64, level), rel=0.1)


@pytest.mark.parametrize("shade", [0.0, 0.5, 1.0])
@pytest.mark.parametrize("level", [1e-6, 0.1, 3.0])
def test_flat_and_tiny_images_have_finite_noise(shade, level):
    clean = np.full((32, 8, 8, 3), shade, np.float32)
    noisy = add_noise(clean, level, keys(32), "camera", clip=False)
    assert levels_of(noisy, clean) == pytest.approx(np.full(32, level), rel=0.05)
    for size in ((1, 1), (1, 9), (2, 3)):
        clean = np.full((32, *size, 3), shade, np.float32)
        noisy = add_noise(clean, level, keys(32), "camera", clip=False)
        assert np.isfinite(noisy).all()


def test_noise_of_the_sensor_is_stronger_in_shadows_on_the_display():
    clean = np.full((64, 64, 1), 0.15, np.float32)
    clean[:, 32:] = 0.7
    shadow, light = (
        np.std(part) for part in np.split(noise_of(Camera(2.2, 0.2), clean), 2, axis=1)
    )
    assert shadow > 1.3 * light
    even = np.split(noise_of(Camera(), clean), 2, axis=1)
    assert np.std(even[0]) == pytest.approx(np.std(even[1]), rel=0.05)


@pytest.mark.parametrize(
    "camera",
    [
        Camera(interpolation="bilinear"),
        Camera(blur=0.8),
        Camera(scale=0.7),
        Camera(quality=60, subsampling="4:2:0"),
    ],
)
def test_neighbouring_pixels_share_noise(camera):
    clean = np.full((96, 96, 3), 0.5, np.float32)
    assert abs(neighbours(noise_of(Camera(), clean))) < 0.05
    noisy = clean + noise_of(camera._replace(quality=None), clean)
    if camera.quality:
        written = jpeg(np.rint(255 * noisy).astype(np.uint8), 60)
        noisy = written.astype(np.float32) / 255
    assert neighbours(noisy - clean) > 0.1


def test_channels_share_noise_that_is_made_vivid_or_blurred_in_its_colours():
    clean = np.full((96, 96, 3), 0.5, np.float32)

    def shared(camera: Camera) -> float:
        return np.corrcoef(noise_of(camera, clean).reshape(-1, 3).T)[0, 1]

    assert abs(shared(Camera())) < 0.05
    assert shared(Camera(vivid=0.5)) < -0.2
    assert shared(Camera(colour_blur=1.5)) > 0.5


def test_weak_white_balance_leaves_green_cleanest():
    clean = np.full((96, 96, 3), 0.5, np.float32)
    red, green, blue = noise_of(Camera(2.2, 0.2, balance=(2, 1, 1.5)), clean).std(axis=(0, 1))
    assert red > blue > green


@pytest.mark.parametrize("method", ["bilinear", "malvar"])
@pytest.mark.parametrize("phase", [(0, 0), (0, 1), (1, 0), (1, 1)])
def test_a_mosaic_of_one_colour_is_interpolated_to_that_colour(method, phase):
    for size in ((8, 8), (5, 7)):
        flat = np.broadcast_to(COLOURS, (*size, 3))
        samples = sampled(np.ascontiguousarray(flat), phase)
        assert np.unique(samples).size == 3
        found = interpolated(samples, method, phase)
        if method == "bilinear":
            assert found == pytest.approx(flat, abs=1e-6)
        assert interpolated(np.full(size, 0.5), method, phase) == pytest.approx(0.5, abs=1e-6)


@pytest.mark.parametrize("method", ["bilinear", "malvar"])
@pytest.mark.parametrize("phase", [(0, 0), (0, 1), (1, 0), (1, 1)])
def test_samples_stay_as_they_are_and_slopes_are_interpolated(method, phase):
    slope = np.add.outer(np.arange(12), 2 * np.arange(10)) / 40
    image = np.repeat(slope[..., None], 3, axis=2)
    found = interpolated(sampled(image, phase), method, phase)
    assert np.array_equal(sampled(found, phase), slope.astype(np.float32))
    assert found[2:-2, 2:-2] == pytest.approx(image[2:-2, 2:-2], abs=1e-6)


def test_blurred_and_resized_images_keep_their_mean_and_size():
    random = np.random.default_rng(0)
    image = random.random((40, 30, 3)).astype(np.float32)
    soft = blurred(image, 1.2)
    assert soft.shape == image.shape
    assert soft.std() < 0.5 * image.std()
    assert soft.mean() == pytest.approx(image.mean(), abs=0.01)
    assert blurred(np.full((3, 1, 2), 0.3, np.float32), 2) == pytest.approx(0.3)
    assert resized(image, 17, 50).shape == (17, 50, 3)
    assert resized(image, 17, 50).mean() == pytest.approx(image.mean(), abs=0.01)


@pytest.mark.parametrize("channels", [1, 2, 3, 4])
def test_jpeg_keeps_shape_and_compresses_less_at_high_quality(channels):
    clean = np.rint(255 * pictures(1, 21, 19, channels)[0]).astype(np.uint8)
    far = [rms(jpeg(clean, quality) - clean.astype(float)) for quality in (20, 60, 98)]
    assert jpeg(clean, 60).shape == clean.shape
    assert far[0] > far[1] > far[2]
    assert not np.array_equal(jpeg(clean, 60), jpeg(clean, 60, corner=(3, 5)))


def test_photographs_are_written_in_8_bits_or_not_and_their_level_is_what_was_added():
    clean = pictures(64)
    wanted = np.linspace(0.005, 0.2, 64)
    noisy, found = photographed(clean, wanted, keys(64))
    assert found == pytest.approx(levels_of(noisy, clean), rel=1e-4)
    assert found[16:] == pytest.approx(wanted[16:], rel=0.6)
    assert noisy.min() >= 0
    assert noisy.max() <= 1
    packed = [np.allclose(255 * image, np.rint(255 * image), atol=1e-3) for image in noisy]
    assert 0.3 < np.mean(packed) < 0.9


def test_a_grey_picture_in_three_channels_stays_grey():
    grey = np.repeat(pictures(16, channels=1), 3, axis=3)
    noisy, _ = photographed(grey, np.full(16, 0.1), keys(16))
    assert (noisy == noisy[..., :1]).all()


def mixture(fraction: float):
    return fresh_noise(Noise(kind="gaussian", level=0.1, clip=True), 0, "train", [0, 0.2], fraction)


def test_the_mixture_photographs_the_fraction_of_the_images_and_the_rest_is_as_without_it():
    clean, indices = pictures(200, 8, 8), np.arange(200)
    white, plain = mixture(0)(clean, indices, 3)
    mixed, levels = mixture(0.4)(clean, indices, 3)
    same = (mixed == white).all(axis=(1, 2, 3))
    assert 1 - same.mean() == pytest.approx(0.4, abs=0.1)
    assert np.array_equal(levels[same], plain[same])
    taken = ~same
    assert levels[taken] == pytest.approx(levels_of(mixed, clean)[taken], rel=1e-4)
    assert np.median(levels[taken]) < 0.7 * np.median(plain[taken])


def test_the_mixture_does_not_depend_on_the_batch_and_changes_with_the_epoch():
    clean, indices = pictures(32, 8, 8), np.arange(32)
    degrade = mixture(0.5)
    whole, levels = degrade(clean, indices, 1)
    part, some = degrade(clean[5:9], indices[5:9], 1)
    assert np.array_equal(whole[5:9], part)
    assert np.array_equal(levels[5:9], some)
    other, _ = degrade(clean, indices, 2)
    assert not (other == whole).all(axis=(1, 2, 3)).any()
