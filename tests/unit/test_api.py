"""The functions of `from denoising import …`."""

import doctest
import subprocess
import sys
import warnings
from dataclasses import replace

import numpy as np
import pytest
import tifffile

import denoising
from denoising import add_noise, api, classify, denoise, estimate_level, load_denoiser
from denoising.baselines.toolbox import METHODS
from denoising.cli.main import main
from denoising.config.noise import Noise
from denoising.files.errors import UserError
from denoising.files.pictures import read_picture
from denoising.noise.apply import noisy_images
from tests.support.dag import ROOT

CAT = ROOT / "examples/pictures/cat.png"


def test_the_examples_of_the_docstrings_are_true():
    found = doctest.testmod(api)
    assert found.attempted > 5
    assert found.failed == 0


def test_the_package_opens_without_numpy_and_offers_these_functions():
    program = "import sys, denoising; print('numpy' in sys.modules, *denoising.__all__)"
    found = subprocess.run(
        [sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True
    )
    numpy, *names = found.stdout.split()
    assert numpy == "False"
    assert all(callable(getattr(denoising, name)) for name in names)
    with pytest.raises(AttributeError, match="no attribute 'sharpen'"):
        denoising.sharpen  # noqa: B018


@pytest.mark.parametrize("dtype", [np.uint8, np.uint16, np.float16, np.float32, np.float64])
@pytest.mark.parametrize("shape", [(41, 30), (41, 30, 1), (41, 30, 3)])
def test_images_keep_their_shape_and_type(dtype, shape):
    white = np.iinfo(dtype).max if np.issubdtype(dtype, np.integer) else 1
    clean = np.full(shape, 0.5 * white, dtype)
    noisy = add_noise(clean, 0.1)
    restored = denoise(noisy)
    for image in (noisy, restored):
        assert image.shape == shape
        assert image.dtype == dtype
    before, after = (np.abs(one / white - 0.5).mean() for one in (noisy, restored))
    assert before == pytest.approx(0.08, abs=0.01)
    assert after < before / 3


def test_an_array_becomes_what_the_command_writes(tmp_path):
    assert main(["image", str(CAT), "-o", str(tmp_path / "restored.png")]) == 0
    noisy = read_picture(CAT).pixels
    assert np.array_equal(denoise(noisy), read_picture(tmp_path / "restored.png").pixels)
    assert np.abs(denoise(noisy / 255) - denoise(noisy) / 255).max() < 1 / 255


def test_floats_are_not_clipped_before_they_are_denoised():
    noisy = add_noise(np.zeros((64, 64), np.float32), 0.1, clip=False)
    assert noisy.min() < -0.1
    assert estimate_level(noisy) == pytest.approx(0.1, abs=0.01)
    assert not np.array_equal(denoise(noisy), denoise(np.clip(noisy, 0, 1)))


def test_a_higher_level_removes_more():
    noisy = read_picture(CAT).pixels
    weak, strong = (denoise(noisy, level=level).astype(int) for level in (0.02, 0.15))
    assert np.abs(strong - noisy).mean() > np.abs(weak - noisy).mean()


def test_noise_is_that_of_the_pipeline_in_every_kind():
    clean = np.random.default_rng(0).random((8, 6, 3), dtype=np.float32)
    for kind in ("gaussian", "speckle", "poisson", "salt_and_pepper"):
        noise = Noise(kind=kind, level=0.3, clip=False)
        expected = noisy_images(clean[None], noise, 7, "picture")[0]
        assert np.array_equal(add_noise(clean, 0.3, kind, seed=7, clip=False), expected)


def test_a_level_above_those_of_the_training_is_refused():
    for level in (0.5, -1, np.nan, np.inf):
        with pytest.raises(UserError, match=r"trained on levels up to 0\.2"):
            denoise(np.zeros((8, 8)), level=level)


class Broken:
    """A session that computes NaN."""

    def run(self, outputs: list[str], given: dict[str, np.ndarray]) -> list[np.ndarray]:
        (image,) = (value for name, value in given.items() if name != "level")
        shapes = {"reconstruction": image.shape, "classification": (len(image), 2)}
        return [np.full(shapes[name], np.nan, np.float32) for name in outputs]


@pytest.mark.parametrize("dtype", [np.uint8, np.float32])
@pytest.mark.parametrize("level", [None, 0.1])
def test_a_network_that_returns_nan_is_an_error(dtype, level):
    broken = replace(load_denoiser(), session=Broken())  # pyright: ignore[reportArgumentType]
    noisy = add_noise(np.full((64, 64, 3), 0.5 * (255 if dtype == np.uint8 else 1), dtype), 0.1)
    with pytest.raises(UserError, match="returns NaN instead of an image"):
        denoise(noisy, level=level, model=broken)


def test_a_classifier_that_returns_nan_is_an_error():
    model = load_denoiser()
    card = model.card and model.card.model_copy(update={"classes": ["cat", "dog"]})
    sides = {"inputs": {"image": (None, None, 3)}, "outputs": {"classification": (2,)}}
    broken = replace(model, **sides, card=card, session=Broken())  # pyright: ignore[reportArgumentType]
    with pytest.raises(UserError, match="returns NaN instead of probabilities"):
        classify(np.zeros((64, 64, 3)), broken)


def test_a_denoiser_does_not_classify():
    with pytest.raises(UserError, match="is not a classifier"):
        classify(np.zeros((8, 8)), load_denoiser())


@pytest.mark.parametrize(
    ("image", "error", "reason"),
    [
        ([[0.5]], TypeError, "NumPy array"),
        (np.zeros((4, 4), int), TypeError, "int64"),
        (np.zeros((4, 4), bool), TypeError, "bool"),
        (np.zeros(4), ValueError, "one image"),
        (np.zeros((4, 4, 4)), ValueError, "1 or 3"),
        (np.zeros((0, 4)), ValueError, "one image"),
        (np.full((4, 4), np.nan), ValueError, "NaN"),
        (np.full((4, 4), 254.0), ValueError, "scale from 0"),
        (np.ma.masked_array(np.zeros((4, 4))), TypeError, "MaskedArray"),
    ],
)
def test_what_is_no_image_is_refused(image, error, reason):
    for function in (denoise, estimate_level, lambda one: add_noise(one, 0.1)):
        with pytest.raises(error, match=reason):
            function(image)


def test_impossible_noise_is_refused():
    with pytest.raises(UserError, match="Impossible level"):
        add_noise(np.zeros((4, 4)), -1)
    with pytest.raises(UserError, match="Unknown kind"):
        add_noise(np.zeros((4, 4)), 0.1, "pink")  # pyright: ignore[reportArgumentType]


@pytest.mark.parametrize("changed", [np.asfortranarray, lambda one: one[::2, ::-1], np.matrix])
def test_the_layout_of_an_array_in_memory_does_not_matter(changed):
    image = changed(read_picture(CAT).pixels[:64, :64, 0])
    plain = np.ascontiguousarray(np.asarray(image))
    assert np.array_equal(denoise(image), denoise(plain))


def test_something_else_in_place_of_a_model_or_a_level_is_refused():
    with pytest.raises(TypeError, match="load_denoiser"):
        denoise(np.zeros((8, 8)), model="models/x.onnx")  # pyright: ignore[reportArgumentType]
    with pytest.raises(TypeError, match="a number as the level"):
        denoise(np.zeros((8, 8)), level="0.1")  # pyright: ignore[reportArgumentType]


@pytest.mark.parametrize(("kind", "white"), [("u2", 4095), ("u2", 65535), ("f4", 255), ("f8", 4)])
def test_white_sets_the_range(kind, white):
    clean = np.tile(np.linspace(0.2, 0.8, 64), (64, 1))
    noisy = add_noise(clean, 0.08)
    given = (noisy * white).astype(kind)
    restored = denoise(given, white=white)
    assert restored.dtype == given.dtype
    assert np.abs(restored / white - clean).mean() < np.abs(noisy - clean).mean() / 3
    assert estimate_level(given, white=white) == pytest.approx(estimate_level(noisy), abs=0.005)


def test_deep_pixels_of_few_bits_are_warned_of():
    pixels = np.full((32, 32), 2000, np.uint16)
    for function in (denoise, estimate_level):
        with pytest.warns(UserWarning, match="taken for one of 12 bits.*no value is above 2000"):
            function(pixels)
    with warnings.catch_warnings(action="error"):
        denoise(pixels, white=4095)
        denoise(pixels, white=65535)
        denoise(pixels * 20)


def test_deep_pixels_of_few_bits_are_denoised_as_the_command_does(tmp_path):
    noisy = np.random.default_rng(0).normal(2000, 300, (64, 64)).astype(np.uint16)
    tifffile.imwrite(tmp_path / "a.tif", noisy)
    assert main(["image", str(tmp_path / "a.tif"), "-o", str(tmp_path / "b.tif")]) == 0
    with pytest.warns(UserWarning, match="12 bits in 16"):
        restored = denoise(noisy)
    assert np.array_equal(restored, tifffile.imread(tmp_path / "b.tif"))
    assert restored.std() < noisy.std() / 5


def test_white_of_8_bits_is_warned_of():
    with pytest.warns(UserWarning, match="white is 255 in 8 bits"):
        denoise(np.zeros((8, 8), np.uint8), white=100)
    with warnings.catch_warnings(action="error"):
        denoise(np.zeros((8, 8), np.uint8), white=255)


@pytest.mark.parametrize("level", [0, 0.1])
def test_noise_is_clipped_at_every_level(level):
    floats = np.linspace(-0.5, 1.5, 64).reshape(8, 8)
    noisy = add_noise(floats, level)
    assert (noisy.min(), noisy.max()) == (0, 1)
    assert add_noise(floats, level, clip=False).max() > 1


@pytest.mark.parametrize("white", [0, -1, float("nan"), "4095"])
def test_an_impossible_white_is_refused(white):
    with pytest.raises(ValueError, match="as white"):
        denoise(np.zeros((8, 8)), white=white)


@pytest.mark.parametrize("method", METHODS)
def test_a_grey_picture_in_three_channels_is_denoised_as_a_grey_one(method):
    clean = read_picture(CAT).pixels[:96, :96, :1]
    noisy = add_noise(clean, 0.1)
    colour = np.repeat(noisy, 3, axis=2)
    assert estimate_level(colour) == estimate_level(noisy)
    assert np.array_equal(
        denoise(colour, method=method), np.repeat(denoise(noisy, method=method), 3, axis=2)
    )
