"""The report in a real browser: controls, keys, labels and colours."""

import os
import subprocess
import sys

import pytest
import pyvips

from denoising.report.states import STATES
from tests.support import made_up_run
from tests.support.contrast import CONTRASTS
from tests.support.dag import ROOT
from tests.support.report_views import CHARTS, DESK, PHONE, TABLE, TALL_PHONE

pytestmark = [pytest.mark.browser, pytest.mark.usefixtures("deterministic")]


def shown(page) -> tuple[list[str], str, str]:
    """Return the pictures of the panel, its predictions and its summary."""
    pictures = [page.get_attribute(f"#picture-{state}", "src") for state in ("clean", *STATES)]
    return pictures, page.inner_text("#predictions"), page.inner_text("#summary")


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


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("viewport", [PHONE, DESK])
def test_nothing_sticks_out_of_the_page(opened, scheme, viewport):
    page = opened(viewport=viewport, color_scheme=scheme)
    page.click(TABLE)
    assert page.evaluate("document.documentElement.scrollWidth") <= viewport["width"]
    for name in CHARTS:
        box = page.locator(f"[data-chart={name}] svg").bounding_box()
        assert box["x"] + box["width"] <= viewport["width"]


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


def test_a_screenshot_shows_the_top_of_the_page(report_page, tmp_path):
    """In a process of its own: playwright takes a thread for one browser at a time."""
    program = (
        "import sys; from pathlib import Path; from tools import screenshot;"
        "screenshot.PAGE, screenshot.TARGET = map(Path, sys.argv[1:]); screenshot.main()"
    )
    command = [sys.executable, "-c", program, report_page, tmp_path / "report.png"]
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
