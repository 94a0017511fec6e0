"""The range of a picture: found, used, and left as it was."""

import numpy as np
import pytest

from denoising.files.errors import UserError
from denoising.files.ranges import find_scale
from denoising.files.survey import survey

NOISE = np.random.default_rng(0).normal(0, 0.05, (40, 50, 1))
RAMP = np.tile(np.linspace(0, 1, 50), (40, 1))[..., None]


def scale_of(values: np.ndarray, white: float | None = None, **options):
    return find_scale(values.dtype, survey(values, white=white), white, **options)


@pytest.mark.parametrize(
    ("most", "white"),
    [(1, 255), (255, 255), (900, 1023), (1024, 4095), (2657, 4095), (9000, 16383), (16384, 65535)],
)
def test_the_bits_that_hold_the_largest_value_are_the_range(most, white):
    scale = scale_of((RAMP * most).astype(np.uint16))
    assert (scale.black, scale.white) == (0, white)
    assert bool(scale.note) == (white < 65535)
    assert f"{white}" in scale.note or not scale.note


def test_stated_bits_count_if_the_values_fit_in():
    dark = (RAMP * 900).astype(np.uint16)
    assert scale_of(dark, declared=14).white == 16383
    assert scale_of(dark, declared=16).note == ""
    assert scale_of((RAMP * 5000).astype(np.uint16), declared=12).white == 16383
    assert scale_of(dark, declared=14, white=4000).white == 4000


@pytest.mark.parametrize("white", [255, 1000, 4095, 16383, 65535])
def test_unsigned_values_survive_the_way_there_and_back(white):
    values = np.arange(white + 1, dtype=np.uint16).reshape(1, -1, 1)
    scale = scale_of(values, white=white)
    work, kept = scale.to_work(values)
    assert (work.dtype, work.min(), work.max()) == (np.uint16, 0, 65535)
    assert np.array_equal(scale.to_stored(work, kept), values)


@pytest.mark.parametrize(
    ("values", "black", "white"),
    [
        (RAMP.astype(np.float32), 0, 1),
        ((RAMP + NOISE).astype(np.float16), 0, 1),
        (RAMP * 30_000 + 200, 200, 30_200),
        (RAMP * 0.01, 0, 0.01),
        ((RAMP * 2000 - 1000).astype(np.int16), -1000, 1000),
        ((RAMP * 3e6).astype(np.uint32), 0, 3e6),
        (np.full((4, 5, 1), 7, np.int32), 7, 8),
    ],
    ids=["unit", "noisy unit", "counts", "tiny", "signed", "long", "flat"],
)
def test_floats_and_integers_of_any_range_become_black_to_white(values, black, white):
    scale = scale_of(values)
    assert (scale.black, scale.white) == pytest.approx((black, white))
    work, kept = scale.to_work(values)
    assert work.dtype == np.float32
    assert abs(work - (values.astype(float) - black) / (white - black)).max() < 1e-3
    back = scale.to_stored(work, kept)
    assert back.dtype == values.dtype
    assert abs(back.astype(float) - values).max() <= 1e-6 * (white - black)


def test_an_outlier_neither_sets_the_range_nor_is_clipped():
    values = RAMP * 100
    values[3, 4] = 1e6
    scale = scale_of(values)
    assert scale.white == pytest.approx(100, rel=0.02)
    work, kept = scale.to_work(values)
    assert work.max() == 1
    assert scale.to_stored(work * 0.9, kept)[3, 4, 0] == pytest.approx(1e6, rel=1e-3)


def test_pixels_without_data_stay_and_do_not_spread():
    values = (RAMP * 100).astype(np.float32)
    holes = np.zeros(values.shape, bool)
    holes[10:20, 10:20] = True
    values[holes] = np.nan
    values[0, 0], values[0, 1] = np.inf, -9999
    scale = find_scale(values.dtype, survey(values, -9999), nodata=-9999)
    assert scale.white == pytest.approx(100)
    work, kept = scale.to_work(values)
    assert np.isfinite(work).all()
    assert 0.15 < work[holes].min() < work[holes].max() < 0.45
    back = scale.to_stored(work * 0, kept)
    assert np.isnan(back[holes]).all()
    assert back[0, :2, 0].tolist() == [np.inf, -9999]
    assert (back[30:] == 0).all()


def test_a_picture_without_any_data_stays():
    values = np.full((4, 5, 1), np.nan)
    scale = scale_of(values)
    work, kept = scale.to_work(values)
    assert np.isnan(scale.to_stored(work, kept)).all()


def test_values_above_a_given_white_stay_within_reason():
    values = (RAMP * 4000).astype(np.uint16)
    scale = scale_of(values, white=2000)
    work, kept = scale.to_work(values)
    assert np.array_equal(scale.to_stored(work, kept), values)
    assert scale.to_stored(np.clip(work, 0, 1), kept).max() == values.max()


def with_spots(values: np.ndarray, *places: tuple[int, int], value: float = 65535) -> np.ndarray:
    spotted = values.astype(np.uint16)
    for row, column in places:
        spotted[row, column] = value
    return spotted


@pytest.mark.parametrize(
    ("places", "value", "words"),
    [
        ([(20, 30)], 65535, "a single pixel, which stays"),
        ([(0, 0), (79, 99), (40, 50)], 8192, "3 single pixels, which stay"),
        ([(10, 10), (10, 11), (40, 50)], 30000, "3 single pixels, which stay"),
    ],
    ids=["one", "at the edges", "two together"],
)
def test_hot_pixels_do_not_hide_the_range(places, value, words):
    values = with_spots(np.tile(RAMP, (2, 2, 1)) * 3900, *places, value=value)
    scale = scale_of(values)
    assert f"white at 4095: no value is above 3900, but for {words}" in scale.note
    work, kept = scale.to_work(values)
    assert work.max() < 1
    restored = scale.to_stored(work * 0.5, kept)
    hot = values > 4095
    assert (restored[hot] == value).all()
    assert abs(restored[~hot] - values[~hot] / 2.0).max() <= 0.5


def lamps() -> np.ndarray:
    """Return a dark street, (80, 100, 1), with three lamps whose light falls off around them."""
    y, x = np.mgrid[:80, :100]
    street = np.tile(RAMP, (2, 2, 1))[..., 0] * 3000
    for row, column in ((20, 30), (40, 50), (60, 90)):
        street += 90_000 * np.exp(-((y - row) ** 2 + (x - column) ** 2) / (2 * 0.8**2))
    return street.clip(0, 65535)[..., None]


@pytest.mark.parametrize(
    "values",
    [
        lamps(),
        with_spots(np.tile(RAMP, (2, 2, 1)) * 3900, *[(y, x) for y in (3, 4) for x in (3, 4)]),
        with_spots(np.tile(RAMP, (2, 2, 1)) * 3900, *[(2 * n, 5 * n) for n in range(9)]),
        with_spots(np.tile(RAMP, (2, 2, 1)) * 3900, (3, 3), value=7000),
    ],
    ids=["lamps", "a patch", "many", "in between"],
)
def test_bright_places_of_the_picture_are_of_its_range(values):
    assert scale_of(values.astype(np.uint16)).white > 4095


def test_hot_pixels_of_one_page_are_not_the_range_of_a_stack():
    pages = [with_spots(RAMP * 3900), with_spots(np.tile(RAMP, (2, 2, 1)) * 2000, (3, 4))]
    first, second = map(survey, pages)
    assert first
    assert second
    assert find_scale(pages[0].dtype, first.joined(second)).white == 4095
    bright = survey(with_spots(RAMP * 40_000))
    assert bright
    assert find_scale(pages[0].dtype, second.joined(bright)).note == ""


@pytest.mark.parametrize("kind", [np.uint16, np.int32, np.float32])
def test_a_white_that_most_values_are_above_is_refused(kind):
    values = (RAMP * 4000).astype(kind)
    with pytest.raises(UserError, match=r"given as 400, but 90% of the values are above it, up to"):
        scale_of(values, white=400)
    assert ", 26.0% of the values above it" in scale_of(values, white=3000).note


def test_white_does_not_concern_8_bits():
    values = (RAMP * 255).astype(np.uint8)
    assert "the value given is not used" in scale_of(values, white=100).note
    assert scale_of(values, white=255).note == ""


@pytest.mark.parametrize(("kind", "white"), [(np.uint16, 70_000), (np.int16, 40_000)])
def test_a_white_beyond_the_type_is_refused(kind, white):
    with pytest.raises(UserError, match=f"White is given as {white}"):
        scale_of((RAMP * 1000).astype(kind), white=white)


def test_a_white_below_black_is_refused():
    with pytest.raises(UserError, match="black is at -1000"):
        scale_of((RAMP * 100 - 1000).astype(np.int16), white=-2000)
