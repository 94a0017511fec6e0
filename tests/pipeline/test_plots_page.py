"""The page of `dvc plots`, in a real browser: whole, readable, without a network."""

import contextlib
import sys
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from denoising.plots.image_charts import MATRICES
from denoising.plots.sections import SECTIONS
from tests.support import made_up_plots
from tests.support.dag import ROOT
from tests.support.workspace import succeed
from tests.support.yaml_files import read_yaml

PLOTS = read_yaml(ROOT / "dvc.yaml")["plots"]
CHARTS = [next(iter(entry)) for entry in PLOTS if isinstance(entry, dict)]
PICTURES = [entry for entry in PLOTS if isinstance(entry, str)]
REVISIONS = {"level-0.1": 0.97, "level-0.2": 0.9, "level-0.4": 0.7}
DESK, PHONE = 1280, 390
# Of each plot: its heading, its text, and the sizes of the marks that show data.
SHOWN = """all => all.map(plot => ({
    title: plot.closest('figure').querySelector('h3').textContent,
    alternative: plot.querySelector('[role=graphics-document]').getAttribute('aria-label'),
    texts: [...plot.querySelectorAll('svg.marks text')].map(text => text.textContent),
    width: plot.querySelector('svg.marks').width.baseVal.value,
    place: plot.clientWidth,
    sizes: [...plot.querySelectorAll('.role-mark path')]
        .map(mark => mark.getBBox()).map(box => box.width + box.height)}))"""
# The axis titles that are longer than the panel beside them, or cut off.
CUT_OFF = """all => all.flatMap(svg => {
    const edge = svg.getBoundingClientRect();
    return [...svg.querySelectorAll('.role-axis-title text, .role-title text, .role-legend text')]
        .filter(text => {
            const box = text.getBoundingClientRect();
            return box.left < edge.left - 1 || box.right > edge.right + 1
                || box.top < edge.top - 1 || box.bottom > edge.bottom + 1; })
        .map(text => text.textContent)})"""


@pytest.fixture(scope="module")
def template(tmp_path_factory) -> Path:
    path = tmp_path_factory.mktemp("page") / "page.html"
    succeed(f"{sys.executable} -m denoising.plots.html_template {path}", ROOT)
    return path


def test_the_template_carries_its_scripts(template):
    text = template.read_text()
    assert "{plot_divs}" in text
    assert "vegaEmbed" in text
    assert "<script src" not in text


@pytest.fixture(scope="module")
def repository(template, tmp_path_factory) -> Path:
    """Return a repository with made-up plots of three revisions, set up as `make` does."""
    folder = tmp_path_factory.mktemp("plots") / "repository"
    made_up_plots.repository(folder)
    succeed(f"dvc config --local plots.html_template {template}", folder)
    for name, accuracy in REVISIONS.items():
        made_up_plots.revision(folder, name, accuracy)
    return folder


@pytest.fixture(scope="module")
def pages(repository, tmp_path_factory) -> dict[int, Path]:
    """Return the pages of one, two and three revisions, by their number."""
    found = {}
    for number in (1, 2, 3):
        out = tmp_path_factory.mktemp(f"page-{number}")
        chosen = "diff " + " ".join([*REVISIONS][:number]) if number > 1 else "show"
        succeed(f"dvc plots {chosen} --out {out}", repository)
        found[number] = out / "index.html"
    return found


@contextlib.contextmanager
def opened(
    browser, path: Path, width: int = DESK, scheme: str = "light", ours: bool = True
) -> Iterator[Any]:
    """Open a page; it has to load nothing from outside and, with our templates, to be silent."""
    requests, complaints = [], []
    size = {"width": width, "height": 900}
    context = browser.new_context(viewport=size, color_scheme=scheme)
    page = context.new_page()
    page.on("request", lambda request: requests.append(request.url))
    page.on("console", lambda message: complaints.append(message.text))
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.goto(path.as_uri())
    page.wait_for_function("document.body.dataset.drawn === 'yes'")
    yield page
    context.close()
    assert complaints == [] or not ours
    assert all(url.startswith(("file:", "data:")) for url in requests)


def charts(page) -> list[dict[str, Any]]:
    return page.eval_on_selector_all(".chart", SHOWN)


@pytest.mark.browser
def test_every_plot_of_a_run_is_drawn(copy, template, browser, tmp_path):
    succeed(f"dvc config --local plots.html_template {template}", copy)
    succeed(f"dvc plots show --out {tmp_path}", copy)
    with opened(browser, tmp_path / "index.html") as page:
        shown = charts(page)
        assert len(shown) == len(CHARTS)
        for plot in shown:
            assert max(plot["sizes"]) > 3, plot["title"]
        assert page.locator("img").count() == len(PICTURES)


@pytest.mark.browser
@pytest.mark.parametrize("number", [1, 2, 3])
@pytest.mark.parametrize("width", [DESK, PHONE])
def test_everything_fits(browser, pages, number, width):
    with opened(browser, pages[number], width) as page:
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        for plot in charts(page):
            assert plot["width"] <= plot["place"] + 1, plot["title"]
        assert page.eval_on_selector_all(".chart svg.marks", CUT_OFF) == []
        boxes = [image.bounding_box() for image in page.locator(".picture img").all()]
        assert all(box["x"] >= 0 and box["x"] + box["width"] <= width for box in boxes)
        for choice in page.locator("select").all():
            box = choice.bounding_box()
            edge = choice.locator("xpath=ancestor::figure").bounding_box()
            assert box["x"] + box["width"] <= edge["x"] + edge["width"]
        ends = [(box["y"], box["y"] + box["height"]) for box in boxes]
        assert all(below[0] >= above[1] for above, below in pairwise(ends))


@pytest.mark.browser
def test_sections_come_in_the_order_of_the_questions(browser, pages):
    with opened(browser, pages[1]) as page:
        titles = [section.title for section in SECTIONS]
        assert page.locator("h2").all_text_contents() == titles
        assert page.locator("nav a").all_text_contents() == titles
        assert page.locator("section > .lead").count() == len(SECTIONS)
        first = page.locator("section").first
        assert first.locator("img").count() == 2


@pytest.mark.browser
@pytest.mark.parametrize("number", [1, 3])
def test_everything_has_an_alternative_text_and_shown_names(browser, pages, number):
    notes = [note for section in SECTIONS for note in section.plots.values()]
    with opened(browser, pages[number]) as page:
        for image in page.locator("img").all():
            assert any(note in (image.get_attribute("alt") or "") for note in notes)
        for plot in charts(page):
            assert plot["alternative"].startswith(plot["title"])
            assert any(note in plot["alternative"] for note in notes)
        assert not made_up_plots.identifiers(page.inner_text("body"))


@pytest.mark.browser
@pytest.mark.parametrize("number", [2, 3])
def test_each_picture_is_labelled_by_its_revision(browser, pages, number):
    with opened(browser, pages[number]) as page:
        labels = page.locator(".revision").all_text_contents()
        assert labels == [*REVISIONS][:number] * len(PICTURES)
        sources = page.eval_on_selector_all("img", "all => all.map(image => image.src)")
        assert len(set(sources)) == number * len(PICTURES)


@pytest.mark.browser
def test_a_comparison_shows_each_arm_at_each_setting(browser, pages):
    with opened(browser, pages[3]) as page:
        (arms,) = (plot for plot in charts(page) if plot["title"].startswith("The arms"))
        for name, accuracy in REVISIONS.items():
            assert name in arms["texts"]
            assert arms["texts"].count(f"{accuracy:.3f}") == 8  # all arms but the first
        page.locator("select[name=measure]").select_option("psnr")
        (arms,) = (plot for plot in charts(page) if plot["title"].startswith("The arms"))
        assert "20.0" in arms["texts"]


@pytest.mark.browser
def test_a_click_on_a_name_in_the_legend_dims_the_others(browser, pages):
    with opened(browser, pages[1]) as page:
        plot = page.locator("figure", has_text="Accuracy by noise level")
        dimmed = plot.locator(".mark-line path[opacity='0.12']")
        assert dimmed.count() == 0
        plot.get_by_text("joint network", exact=True).click()
        dimmed.first.wait_for(state="attached")
        panels = len(made_up_plots.KINDS)
        bright = plot.locator(".mark-line path").count() - dimmed.count()
        assert bright == panels


@pytest.mark.browser
@pytest.mark.parametrize(
    ("title", "mark"),
    [
        ("The arms", "mark-symbol path"),
        ("Accuracy by noise level", "mark-symbol path"),
        ("PSNR of the autoencoder", "mark-symbol path"),
        ("Confusion matrices", "mark-rect path"),
        ("Training the joint network", "mark-symbol path"),
    ],
)
def test_tooltips_have_shown_names(browser, pages, title, mark):
    with opened(browser, pages[2]) as page:
        plot = page.locator("figure", has_text=title)
        point = plot.locator(f".role-mark.{mark}").last
        point.scroll_into_view_if_needed()
        box = point.bounding_box()
        nearer = 3 if "rect" in mark else 2  # a number is in the middle of a cell
        page.mouse.move(box["x"] + box["width"] / nearer, box["y"] + box["height"] / nearer)
        tip = page.locator("#vg-tooltip-element.visible")
        tip.wait_for(timeout=5000)
        words = set(tip.inner_text().split())
        assert not made_up_plots.identifiers(" ".join(words))
        assert not words & {"series", "rev", "split", "row"}


@pytest.mark.browser
def test_several_revisions_begin_with_one_confusion_matrix(browser, pages):
    for number, expected in ((1, len(MATRICES)), (3, 3)):
        with opened(browser, pages[number]) as page:
            (plot,) = (plot for plot in charts(page) if plot["title"].startswith("Confusion"))
            assert len([text for text in plot["texts"] if " on " in text]) == expected


@pytest.mark.browser
def test_dark_mode_is_dark_and_follows_the_system(browser, pages):
    colour = "getComputedStyle(document.querySelector('.chart text')).fill"
    with opened(browser, pages[1], scheme="dark") as page:
        assert page.evaluate(colour) == "rgb(233, 231, 226)"
        assert page.locator(".chart path[fill='#333333'], .chart text[fill='#333333']").count() == 0
        page.evaluate("document.body.dataset.drawn = 'no'")
        page.emulate_media(color_scheme="light")
        page.wait_for_function("document.body.dataset.drawn === 'yes'")
        assert page.evaluate(colour) == "rgb(29, 33, 38)"


@pytest.mark.browser
def test_dashes_in_the_legend_can_be_seen(browser, pages):
    with opened(browser, pages[2]) as page:
        for title in ("Training the joint network", "Accuracy by noise level"):
            plot = page.locator("figure", has_text=title)
            strokes = plot.locator(".role-legend-symbol path[stroke='#333333']")
            assert strokes.count() == 2, title


@pytest.mark.browser
def test_classes_are_shown_on_demand(browser, pages):
    with opened(browser, pages[1]) as page:
        details = page.locator("section details.wide").first
        assert details.locator("svg.marks").is_hidden()
        details.locator("summary").first.click()
        assert details.locator("svg.marks").is_visible()


@pytest.mark.browser
def test_a_training_can_be_watched(browser, repository, tmp_path):
    """A single plot, of a table with one row, while the others are not there."""
    path = repository / "plots/history/autoencoder.csv"
    kept = path.read_text()
    path.write_text("\n".join(kept.splitlines()[:2]) + "\n")
    try:
        succeed(f"dvc plots show training_autoencoder --out {tmp_path}", repository)
    finally:
        path.write_text(kept)
    with opened(browser, tmp_path / "index.html") as page:
        assert page.locator("h2").all_text_contents() == ["Training"]
        (plot,) = charts(page)
        assert {"training", "validation"} <= {*plot["texts"]}
        assert len([size for size in plot["sizes"] if size > 3]) >= 2


@pytest.mark.browser
def test_plots_of_other_templates_are_shown_too(browser, repository, tmp_path):
    (repository / "own.csv").write_text("step,value\n0,1\n1,2\n")
    succeed(f"dvc plots show own.csv --out {tmp_path}", repository)
    with opened(browser, tmp_path / "index.html", ours=False) as page:
        assert page.locator("h2").all_text_contents() == ["More plots"]
        assert len(charts(page)) == 1
