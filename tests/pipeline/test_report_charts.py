"""The charts of the report in a real browser, and the controls that change them."""

import re

import pytest

from tests.support import made_up_run
from tests.support.report_views import CHARTS, DESK, PHONE, TABLE, TALL_PHONE

pytestmark = [pytest.mark.browser, pytest.mark.usefixtures("deterministic")]


def test_every_chart_has_curves(opened):
    page = opened()
    for name in CHARTS:
        sizes = page.eval_on_selector_all(
            f"[data-chart={name}] .mark-line path",
            "all => all.map(one => one.getBBox().width)",
        )
        assert max(sizes) > 100, name


def test_a_legend_button_highlights_its_curve(opened):
    page = opened()
    chart, legend = "[data-chart=accuracy]", "[data-legend=accuracy]"
    count = f"document.querySelectorAll('{chart} .mark-line path[opacity=\"1\"]').length"
    lines = page.locator(f"{chart} .mark-line path").count()
    assert page.evaluate(count) == lines == 9
    page.focus(f"{legend} button")
    page.keyboard.press("Enter")
    page.wait_for_function(f"{count} == 1")
    assert page.get_attribute(f"{legend} button >> nth=0", "aria-pressed") == "true"
    page.click(f"{legend} button >> nth=4")
    assert page.get_attribute(f"{legend} button >> nth=0", "aria-pressed") == "false"
    page.click(f"{legend} button >> nth=4")
    page.wait_for_function(f"{count} == {lines}")


def lit(page, chart: str) -> list[str]:
    """Return the names in the legend of a chart that are pressed."""
    pressed = f"[data-legend={chart}] button[aria-pressed=true]"
    return [text.split(maxsplit=1)[1] for text in page.locator(pressed).all_inner_texts()]


@pytest.mark.parametrize(
    ("chart", "name", "accuracy", "psnr"),
    [
        ("accuracy", "joint network", ["joint network"], ["joint network"]),
        ("accuracy", "noise-trained", ["noise-trained"], ["noisy"]),
        ("psnr", "noisy", ["clean-trained", "noise-trained"], ["noisy"]),
        ("psnr", "wavelets", ["wavelets"], ["wavelets"]),
    ],
)
def test_an_arm_is_highlighted_in_both_charts(opened, chart, name, accuracy, psnr):
    page = opened()
    page.locator(f"[data-legend={chart}] button", has_text=name).click()
    assert lit(page, "accuracy") == accuracy
    assert lit(page, "psnr") == psnr
    for drawn, names in (("accuracy", accuracy), ("psnr", psnr)):
        bright = f"document.querySelectorAll('[data-chart={drawn}] .mark-line path[opacity=\"1\"]')"
        page.wait_for_function(f"{bright}.length == {len(names)}")
    assert lit(page, "training") == []
    page.locator(f"[data-legend={chart}] button", has_text=name).click()
    assert lit(page, "accuracy") + lit(page, "psnr") == []


def test_another_kind_of_noise_changes_charts_tables_and_legends(opened):
    page = opened()
    page.click(TABLE)
    lines = "[data-chart={}] .mark-line path"
    assert [page.locator(lines.format(chart)).count() for chart in ("accuracy", "psnr")] == [9, 7]
    page.locator("[data-legend=accuracy] button", has_text="wavelets").click()
    assert "Gaussian" in page.inner_text("#levels table:visible caption")
    page.get_by_role("radio", name="speckle").check()
    for chart, number in (("accuracy", 5), ("psnr", 3)):
        drawn = f"document.querySelectorAll('{lines.format(chart)}').length"
        page.wait_for_function(f"{drawn} == {number}")
        assert page.locator(f"[data-legend={chart}] button:visible").count() == number
    assert lit(page, "accuracy") == []  # not a curve that is not there
    assert "speckle" in page.inner_text("#levels table:visible caption")
    assert page.locator("#levels table:visible thead th").count() == 6
    assert "relative to the brightness" in page.inner_text("#levels .note:visible")
    page.get_by_role("radio", name="Gaussian").check()
    assert page.locator("[data-legend=accuracy] button:visible").count() == 9


def field(page, chart: str) -> dict[str, float]:
    """Return the place of the field in which a chart's curves are drawn."""
    return page.locator(f"[data-chart={chart}] .root > g > path.background").bounding_box()


@pytest.mark.parametrize("viewport", [TALL_PHONE, DESK])
def test_both_charts_have_the_same_axis_with_each_level(opened, viewport):
    page = opened(viewport=viewport)
    first, other = field(page, "accuracy"), field(page, "psnr")
    assert (first["x"], first["width"]) == (other["x"], other["width"])
    for chart in ("accuracy", "psnr"):
        axis = page.locator(f"[data-chart={chart}] [aria-label^='X-axis'] .role-axis-label text")
        labels = [text for text in axis.all_text_contents() if text]
        assert labels == [f"{level:g}" for level in made_up_run.LEVELS]
        boxes = [axis.nth(place).bounding_box() for place in range(len(labels))]
        for level, box in zip(made_up_run.LEVELS, boxes, strict=True):
            expected = first["x"] + level / made_up_run.LEVELS[-1] * first["width"]
            assert box["x"] + box["width"] / 2 == pytest.approx(expected, abs=2)


def test_the_line_at_the_training_level_is_labelled_for_its_kind_of_noise(opened):
    page = opened()
    for chart in ("accuracy", "psnr"):
        label = page.locator(f"[data-chart={chart}] text", has_text="training level")
        assert label.get_attribute("opacity") == "1"
    page.get_by_role("radio", name="speckle").check()
    for chart in ("accuracy", "psnr"):
        page.wait_for_selector(f"[data-chart={chart}] text[opacity='0']", state="attached")


def test_hovering_over_a_curve_shows_its_numbers(opened):
    page = opened()
    point = page.locator("[data-chart=accuracy] .mark-symbol path[opacity='1']").first
    point.scroll_into_view_if_needed()
    point.hover(force=True)
    page.wait_for_selector("#vg-tooltip-element.visible")
    text = page.inner_text("#vg-tooltip-element")
    assert "test images" in text
    assert re.search(r"\d\d\.\d\d% \(\d\d\.\d\d to \d\d\.\d\d\)", text)


def test_charts_widen_when_a_phone_is_turned(opened):
    page = opened(viewport=PHONE)
    width = "document.querySelector('[data-chart=accuracy] svg').getBoundingClientRect().width"
    narrow = page.evaluate(width)
    page.set_viewport_size({"width": 740, "height": 360})
    page.wait_for_function(f"{width} > {narrow} + 200")
