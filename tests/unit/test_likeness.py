"""Pictures unlike a classifier's training images: brought to their appearance, or reported."""

import numpy as np
import pytest
import pyvips

from denoising.config.card import Card
from denoising.datasets.appearance import find_ground
from denoising.files.pictures import read_picture
from denoising.inference.likeness import Seen, describe, seen_by
from tests.support.dag import ROOT
from tests.support.signs import card_of, signs


@pytest.fixture(scope="module")
def card() -> Card:
    """Return the card of a classifier of light signs on black."""
    return card_of(signs(600))


@pytest.fixture(scope="module")
def others() -> np.ndarray:
    """Return signs that the classifier has not seen, ``uint8``, (N, 28, 28, 1)."""
    return signs(100, seed=1)


def enlarged(sign: np.ndarray, factor: float = 4) -> np.ndarray:
    """Return a sign enlarged, floats from 0 to 1, (H, W)."""
    image = pyvips.Image.new_from_array(sign).cast("float").resize(factor)
    return (np.asarray(image).reshape(image.height, image.width) / 255).clip(0, 1)


def see(card: Card, picture: np.ndarray, as_is: bool = False) -> Seen:
    """Return what a classifier sees of floats from 0 to 1, (H, W) or (H, W, C)."""
    pixels = np.rint(255 * picture.clip(0, 1)).astype(np.uint8)
    return seen_by(card, pyvips.Image.new_from_array(pixels), 255, as_is)


def close(seen: Seen, sign: np.ndarray) -> bool:
    """Return whether the image is a sign, nearly in its place."""
    found, wanted = (one.astype(float).ravel() for one in (seen.image, sign))
    return float(np.corrcoef(found, wanted)[0, 1]) > 0.8


def photographed(sign: np.ndarray, seed: int) -> np.ndarray:
    """Return a sign in ink on unevenly lit paper with grain, in colour, off the centre."""
    random = np.random.default_rng(seed)
    ink = enlarged(sign, 2)
    page = np.zeros((120, 160))
    top, left = random.integers(5, 50, 2)
    page[top : top + ink.shape[0], left : left + ink.shape[1]] = ink
    light = 0.7 + np.linspace(0, 0.15, 160) + np.linspace(0, 0.1, 120)[:, None]
    grey = light * (1 - 0.8 * page) + random.normal(0, 0.015, page.shape)
    return grey[..., None] * [1, 0.98, 0.93]


def drawn_dark(sign: np.ndarray, seed: int) -> np.ndarray:
    return 1 - sign[..., 0] / 255


def noisy_and_dark(sign: np.ndarray, seed: int) -> np.ndarray:
    return drawn_dark(sign, seed) + np.random.default_rng(seed).normal(0, 0.1, sign.shape[:2])


def small_in_a_corner(sign: np.ndarray, seed: int) -> np.ndarray:
    page = np.zeros((200, 200))
    ink = enlarged(sign, 2)
    page[10 : 10 + len(ink), 120 : 120 + len(ink)] = ink
    return page


def without_a_margin(sign: np.ndarray, seed: int) -> np.ndarray:
    rows, columns = (np.flatnonzero(sign.any(axis=axis)) for axis in ((1, 2), (0, 2)))
    return sign[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1, 0] / 255


def chalk_on_a_board(sign: np.ndarray, seed: int) -> np.ndarray:
    return 0.25 + 0.5 * sign[..., 0] / 255


@pytest.mark.parametrize(
    ("drawn", "changes"),
    [
        (drawn_dark, ["inverted"]),
        (noisy_and_dark, ["inverted"]),
        (photographed, ["inverted", "cropped"]),
        (small_in_a_corner, ["cropped"]),
        (without_a_margin, ["cropped"]),
        (chalk_on_a_board, ["stretched"]),
    ],
)
def test_a_sign_drawn_otherwise_becomes_like_those_of_the_training(card, others, drawn, changes):
    seen = [see(card, drawn(sign, number)) for number, sign in enumerate(others)]
    assert np.mean([one.changes == changes for one in seen]) > 0.9
    assert np.mean([close(one, sign) for one, sign in zip(seen, others, strict=True)]) > 0.9
    assert np.mean([one.unlike for one in seen]) < 0.1
    as_is = [see(card, drawn(sign, number), as_is=True) for number, sign in enumerate(others)]
    assert not any(one.changes for one in as_is)
    assert not any(close(one, sign) for one, sign in zip(as_is, others, strict=True)) or (
        drawn in (chalk_on_a_board, without_a_margin)
    )


def test_a_sign_like_those_of_the_training_stays_as_it_is(card, others):
    seen = [see(card, sign / 255) for sign in others]
    assert not any(one.changes for one in seen)
    assert np.mean([one.unlike for one in seen]) <= 0.05
    assert all(np.array_equal(one.image, sign) for one, sign in zip(seen, others, strict=True))


def test_what_is_no_sign_is_reported(card):
    random = np.random.default_rng(0)
    cat = read_picture(ROOT / "examples/pictures/cat.png").pixels / 255
    for picture in (cat, random.random((28, 28)), np.ones((50, 50)), cat[:100, :60]):
        seen = see(card, picture)
        assert seen.unlike
        assert "unlike the images of signs" in describe(seen, card.dataset)
    assert describe(see(card, signs(1)[0] / 255), card.dataset) == ""


def test_colour_photographs_are_neither_inverted_nor_cropped():
    random = np.random.default_rng(0)
    coarse = random.random((400, 7, 7, 3))
    photographs = np.rint(255 * np.kron(coarse, np.ones((1, 4, 4, 1)))).astype(np.uint8)
    card = card_of(photographs)
    assert card.ground is None
    sign = 1 - enlarged(signs(1)[0])[..., None] * np.ones(3)
    assert see(card, sign).changes == []
    assert see(card, photographs[0] / 255).changes == []
    assert not see(card, photographs[0] / 255).unlike


def test_grey_photographs_have_no_plain_ground():
    random = np.random.default_rng(0)
    coarse = random.random((400, 7, 7, 1))
    assert (
        find_ground(np.rint(255 * np.kron(coarse, np.ones((1, 4, 4, 1)))).astype(np.uint8)) is None
    )


def test_dark_signs_on_white_are_expected_where_they_were_trained_on(others):
    card = card_of(255 - signs(600))
    assert card.ground is not None
    assert not card.ground.brighter
    assert see(card, 1 - others[0] / 255).changes == []
    seen = see(card, others[0] / 255)
    assert seen.changes == ["inverted"]
    assert close(seen, 255 - others[0])


@pytest.mark.parametrize("tone", [0, 0.03, 0.5, 1])
@pytest.mark.parametrize("noise", [0, 0.02, 0.04, 0.1, 0.3])
@pytest.mark.parametrize("size", [28, 200])
@pytest.mark.parametrize("as_is", [False, True])
def test_an_empty_page_is_unlike_every_sign(card, tone, noise, size, as_is):
    page = tone + np.random.default_rng(0).normal(0, noise, (size, size))
    assert see(card, page, as_is).unlike


def test_a_picture_of_one_tone_is_unlike_photographs():
    random = np.random.default_rng(0)
    coarse = random.integers(0, 256, (400, 7, 7, 1), dtype=np.uint8)
    card = card_of(np.kron(coarse, np.ones((1, 4, 4, 1), np.uint8)))
    assert card.ground is None
    assert see(card, np.full((28, 28), 0.5)).unlike
    assert not see(card, np.kron(random.random((7, 7)), np.ones((4, 4)))).unlike


def test_a_card_of_an_earlier_version_changes_and_reports_nothing(others):
    card = card_of(signs(600), ground=None, usual=None)
    seen = see(card, 1 - others[0] / 255)
    assert np.array_equal(seen.image, 255 - others[0])
    assert (seen.changes, seen.unlike) == ([], False)


@pytest.mark.parametrize("shape", [(1, 1), (1, 300), (300, 2), (9, 9), (8, 80), (500, 30)])
def test_pictures_of_any_shape_are_seen(card, shape):
    for picture in (np.zeros(shape), np.ones(shape), np.random.default_rng(0).random(shape)):
        assert see(card, picture).image.shape == (28, 28, 1)


def test_the_card_survives_its_file(card):
    assert Card.model_validate_json(card.model_dump_json()) == card
    assert len(card.model_dump_json()) < 20_000
