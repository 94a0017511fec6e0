"""The report in a real browser: charts, controls, keys, labels and colours."""

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
import pyvips

from denoising.report.page import build
from denoising.report.states import STATES
from tests.support import made_up_run
from tests.support.contrast import CONTRASTS
from tests.support.dag import ROOT

pytestmark = [pytest.mark.browser, pytest.mark.usefixtures("deterministic")]
CHARTS = ("accuracy", "psnr", "roc", "training")
PHONE, DESK = {"width": 360, "height": 740}, {"width": 1000, "height": 800}
TALL_PHONE = {"width": 390, "height": 844}
TABLE = "#levels details summary"


@pytest.fixture(scope="module")
def path(tmp_path_factory) -> Path:
    target = tmp_path_factory.mktemp("report") / "index.html"
    target.write_text(build(made_up_run.run()), encoding="utf-8")
    return target


@pytest.fixture
def opened(browser, path) -> Iterator:
    """Return a function that opens the page; it makes no request, and no error is logged."""
    contexts, complaints = [], []

    def open_page(target: Path = path, **settings):
        context = browser.new_context(**{"viewport": DESK, "color_scheme": "light"} | settings)
        contexts.append(context)
        page = context.new_page()
        page.on("request", lambda one: one.url.startswith("data:") or requests.append(one.url))
        page.on("console", lambda message: complaints.append(message.text))
        page.on("pageerror", lambda error: complaints.append(str(error)))
        requests = []
        page.goto(target.as_uri())
        if settings.get("java_script_enabled", True):
            page.wait_for_function(
                f"document.querySelectorAll('.chart svg').length == {len(CHARTS)}"
            )
        assert requests == [target.as_uri()]
        page.requests = requests
        return page

    yield open_page
    for context in contexts:
        for page in context.pages:
            assert len(page.requests) == 1
        context.close()
    assert complaints == []


def shown(page) -> tuple[list[str], str, str]:
    """Return the pictures of the panel, its predictions and its summary."""
    pictures = [page.get_attribute(f"#picture-{state}", "src") for state in ("clean", *STATES)]
    return pictures, page.inner_text("#predictions"), page.inner_text("#summary")


def test_every_chart_has_curves(opened):
    page = opened()
    for name in CHARTS:
        sizes = page.eval_on_selector_all(
            f"[data-chart={name}] .mark-line path",
            "all => all.map(one => one.getBBox().width)",
        )
        assert max(sizes) > 100, name


def test_the_slider_is_moved_by_keys(opened):
    page = opened()
    before = shown(page)
    page.focus("#level")
    page.keyboard.press("ArrowRight")
    pictures, predictions, summary = shown(page)
    assert pictures[0] == before[0][0]
    assert all(one != other for one, other in zip(pictures[1:], before[0][1:], strict=True))
    assert predictions != before[1]
    assert "at level 0.4: " in summary
    assert page.get_attribute("#level", "aria-valuetext") == "0.4"
    assert page.inner_text("#level-shown") == "0.4"
    assert "at level 0.4" in page.get_attribute("#picture-noisy", "alt")
    page.keyboard.press("Home")
    assert page.inner_text("#psnr-noisy") == "identical to clean"
    assert page.get_attribute("#picture-noisy", "src") == shown(page)[0][0]
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowRight")
    assert shown(page) == before


def test_the_steps_of_the_slider_are_at_their_levels(opened):
    page = opened()
    page.locator("#level").scroll_into_view_if_needed()
    slider = page.locator("#level").bounding_box()
    labels = {
        text: page.get_by_text(text, exact=True).and_(page.locator(".steps span")).bounding_box()
        for text in ("0", "0.1", "0.2", "0.4")
    }
    centre = {text: box["x"] + box["width"] / 2 for text, box in labels.items()}
    assert centre["0.2"] - centre["0"] == pytest.approx(centre["0.4"] - centre["0.2"], abs=1)
    assert centre["0.2"] - centre["0.1"] == pytest.approx(centre["0.1"] - centre["0"], abs=1)
    for text in ("0", "0.1", "0.4"):
        page.mouse.click(centre[text], slider["y"] + slider["height"] / 2)
        assert page.inner_text("#level-shown") == text
        assert page.input_value("#level") == text
    page.mouse.click(centre["0.4"] - 20, slider["y"] + slider["height"] / 2)
    assert page.input_value("#level") == "0.4"  # it stays at a measured level


def test_another_image_is_picked_by_keys(opened):
    page = opened()
    before = shown(page)
    page.focus("input[name=image]:checked")
    page.keyboard.press("ArrowRight")
    pictures, _, summary = shown(page)
    assert all(one != other for one, other in zip(pictures, before[0], strict=True))
    assert page.inner_text("#class") == made_up_run.NASTY[1]
    assert summary.startswith(f"{made_up_run.NASTY[1]} at level 0.2: ")


def test_each_prediction_is_marked_right_or_wrong_in_words_too(opened):
    page = opened()
    name = page.inner_text("#class")
    page.focus("#level")
    page.keyboard.press("Home")
    for level in made_up_run.LEVELS:
        assert page.inner_text("#level-shown") == f"{level:g}"
        rows = page.eval_on_selector_all(
            "#predictions td:nth-child(2)",
            "all => all.map(cell => [...cell.firstElementChild.children].map(x => x.textContent))",
        )
        marks = [(sign.strip(), spoken) for sign, _, spoken in rows]
        assert marks == [
            ("✓", ", right") if says == name else ("✗", ", wrong") for _, says, _ in rows
        ]
        right = sum(says == name for _, says, _ in rows)
        assert page.inner_text("#summary").endswith(f": {right} of {len(rows)} arms are right.")
        page.keyboard.press("ArrowRight")


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


def test_the_pictures_come_within_the_second_screen_of_a_phone(opened):
    page = opened(viewport=TALL_PHONE)
    top = page.locator("#try .panel").bounding_box()["y"]
    assert top < 2 * TALL_PHONE["height"]
    assert not page.is_visible("article p >> nth=0")
    page.click("article summary >> nth=0")
    assert page.is_visible("article p >> nth=0")


def test_the_answers_are_in_full_on_a_wide_screen(opened):
    page = opened()
    assert page.locator("article p:visible").count() >= 8


def test_hovering_over_a_curve_shows_its_numbers(opened):
    page = opened()
    point = page.locator("[data-chart=accuracy] .mark-symbol path[opacity='1']").first
    point.scroll_into_view_if_needed()
    point.hover(force=True)
    page.wait_for_selector("#vg-tooltip-element.visible")
    text = page.inner_text("#vg-tooltip-element")
    assert "test images" in text
    assert re.search(r"\d\d\.\d\d% \(\d\d\.\d\d to \d\d\.\d\d\)", text)


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("viewport", [PHONE, DESK])
def test_nothing_sticks_out_of_the_page(opened, scheme, viewport):
    page = opened(viewport=viewport, color_scheme=scheme)
    page.click(TABLE)
    assert page.evaluate("document.documentElement.scrollWidth") <= viewport["width"]
    for name in CHARTS:
        box = page.locator(f"[data-chart={name}] svg").bounding_box()
        assert box["x"] + box["width"] <= viewport["width"]


def test_charts_widen_when_a_phone_is_turned(opened):
    page = opened(viewport=PHONE)
    width = "document.querySelector('[data-chart=accuracy] svg').getBoundingClientRect().width"
    narrow = page.evaluate(width)
    page.set_viewport_size({"width": 740, "height": 360})
    page.wait_for_function(f"{width} > {narrow} + 200")


def test_dark_mode_changes_the_page_and_the_charts(opened):
    page = opened()
    line = "[data-chart=accuracy] .mark-line path"

    def colours() -> list[str]:
        return [
            page.evaluate("getComputedStyle(document.body).backgroundColor"),
            page.evaluate("getComputedStyle(document.body).color"),
            page.eval_on_selector(line, "one => getComputedStyle(one).stroke"),
            page.eval_on_selector(
                "[data-chart=roc] .role-axis-label text", "one => getComputedStyle(one).fill"
            ),
        ]

    light = colours()
    page.emulate_media(color_scheme="dark")
    assert all(one != other for one, other in zip(light, colours(), strict=True))


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_all_text_has_enough_contrast(opened, scheme):
    page = opened(color_scheme=scheme)
    page.click(TABLE)
    found = page.evaluate(CONTRASTS)
    assert len(found) > 200
    faint = {text: round(contrast, 2) for contrast, text in found if contrast < 4.5}
    signs = {"●", "■", "◆", "▲", "✚", "▼", "◀", "▶", "★"}  # drawn, not read: 3 is enough
    assert {text for text, contrast in faint.items() if text not in signs or contrast < 3} == set()


def test_controls_have_labels_and_a_visible_focus(opened):
    page = opened()
    unnamed = page.eval_on_selector_all(
        "input, button", "all => all.filter(x => !x.labels?.length && !x.textContent).length"
    )
    assert unnamed == 0
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    seen = set()
    for _ in range(60):
        page.keyboard.press("Tab")
        active = page.evaluate(
            """() => {
              const one = document.activeElement.closest(".choice") || document.activeElement;
              const { outlineStyle, outlineWidth } = getComputedStyle(one);
              return [one.tagName, one.id, outlineStyle, parseFloat(outlineWidth)];
            }"""
        )
        if active[0] == "BODY":
            break
        assert active[2] == "solid", active
        assert active[3] >= 2
        seen.add(active[1] or active[0])
    assert {"level", "BUTTON", "SUMMARY", "A", "LABEL", "DIV"} <= seen


def test_reduced_motion_is_respected(opened):
    page = opened(reduced_motion="reduce")
    moving = "getComputedStyle(document.querySelector('.bar span')).transitionDuration"
    assert page.evaluate(moving) == "0s"
    assert page.evaluate("getComputedStyle(document.documentElement).scrollBehavior") == "auto"


def test_the_page_is_readable_without_javascript(opened):
    page = opened(java_script_enabled=False)
    assert page.is_visible("text=How badly does the classifier suffer?")
    assert page.is_visible("text=Trained on clean images, the classifier gets")
    assert page.is_visible("#predictions")
    assert page.is_visible("#picture-denoised")
    assert not page.is_visible("#controls")
    assert not page.is_visible("#kinds")
    assert not page.is_visible(".legend >> nth=0")


def test_a_screenshot_shows_the_top_of_the_page(path, tmp_path):
    """In a process of its own: playwright takes a thread for one browser at a time."""
    program = (
        "import sys; from pathlib import Path; from tools import screenshot;"
        "screenshot.PAGE, screenshot.TARGET = map(Path, sys.argv[1:]); screenshot.main()"
    )
    command = [sys.executable, "-c", program, path, tmp_path / "report.png"]
    subprocess.run(command, cwd=tmp_path, env=os.environ | {"PYTHONPATH": str(ROOT)}, check=True)
    image = pyvips.Image.new_from_file(str(tmp_path / "report.png"))
    assert (image.width, image.height) == (1000, 1100)
    assert [round(value) for value in image.getpoint(2, 2)] == [0xFB, 0xFA, 0xF7]  # the paper
    assert (tmp_path / "report.png").stat().st_size < 200_000


def test_the_page_of_the_pipeline_is_drawn(copy, opened):
    page = opened(copy / "report/index.html")
    assert page.inner_text("h1") == "Denoise, then classify?"
    before = shown(page)
    page.focus("#level")
    page.keyboard.press("ArrowLeft")
    assert shown(page)[0][1:] != before[0][1:]
