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
from denoising.report.panel import STATES
from tests.support import made_up_run
from tests.support.contrast import CONTRASTS
from tests.support.dag import ROOT

pytestmark = [pytest.mark.browser, pytest.mark.usefixtures("deterministic")]
CHARTS = ("accuracy", "psnr", "roc", "training")
PHONE, DESK = {"width": 360, "height": 740}, {"width": 1000, "height": 800}


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
    """Return the pictures of the panel, its verdicts and its summary."""
    pictures = [page.get_attribute(f"#picture-{state}", "src") for state in ("clean", *STATES)]
    return pictures, page.inner_text("#verdicts"), page.inner_text("#summary")


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
    pictures, verdicts, summary = shown(page)
    assert pictures[0] == before[0][0]
    assert all(one != other for one, other in zip(pictures[1:], before[0][1:], strict=True))
    assert verdicts != before[1]
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


def test_another_image_is_picked_by_keys(opened):
    page = opened()
    before = shown(page)
    page.focus("input[name=image]:checked")
    page.keyboard.press("ArrowRight")
    pictures, _, summary = shown(page)
    assert all(one != other for one, other in zip(pictures, before[0], strict=True))
    assert page.inner_text("#class") == made_up_run.NASTY[1]
    assert summary.startswith(f"{made_up_run.NASTY[1]} at level 0.2: ")


def test_each_verdict_is_marked_right_or_wrong_in_words_too(opened):
    page = opened()
    name = page.inner_text("#class")
    for level in range(len(made_up_run.LEVELS)):
        page.fill("#level", str(level))
        rows = page.eval_on_selector_all(
            "#verdicts td:nth-child(2)",
            "all => all.map(cell => [...cell.firstElementChild.children].map(x => x.textContent))",
        )
        marks = [(sign.strip(), spoken) for sign, _, spoken in rows]
        assert marks == [
            ("✓", ", right") if says == name else ("✗", ", wrong") for _, says, _ in rows
        ]
        right = sum(says == name for _, says, _ in rows)
        assert f"{right} of {len(rows)} arms are right" in page.inner_text("#summary")


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


def test_another_kind_of_noise_is_drawn(opened):
    page = opened()
    lines = "[data-chart=accuracy] .mark-line path"
    before = page.locator(lines).count()
    assert page.locator("[data-choice=accuracy] [role=radiogroup][aria-label]").count() == 1
    page.get_by_label("speckle").first.check()
    page.wait_for_function(f"document.querySelectorAll('{lines}').length == 5")
    assert before == 9


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
    page.click("summary")
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
    page.click("summary")
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
    assert page.is_visible("#verdicts")
    assert page.is_visible("#picture-denoised")
    assert not page.is_visible("#controls")
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
