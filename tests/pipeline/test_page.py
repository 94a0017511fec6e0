"""The page of `dvc plots`, in a real browser: whole, without a network."""

import json
import sys
from pathlib import Path

import pytest

from tests.support.dag import ROOT
from tests.support.workspace import changed_params, succeed
from tests.support.yaml_files import read_yaml

PLOTS = read_yaml(ROOT / "dvc.yaml")["plots"]
TITLES = [next(iter(entry.values()))["title"] for entry in PLOTS if isinstance(entry, dict)]
PICTURES = [entry for entry in PLOTS if isinstance(entry, str)]
# Of each plot: its text, and the sizes of the points, lines, areas and cells that show data.
SHOWN = """all => all.map(plot => ({
    text: plot.textContent,
    sizes: [...plot.querySelectorAll('.role-mark path')]
        .map(mark => mark.getBBox()).map(box => box.width + box.height)}))"""


def test_the_template_carries_its_scripts(tmp_path):
    succeed(f"{sys.executable} -m denoising.plots.html_template {tmp_path}/page.html", ROOT)
    text = (tmp_path / "page.html").read_text()
    assert "{plot_divs}" in text
    assert "vegaEmbed" in text
    assert "<script src" not in text


@pytest.fixture(scope="module")
def page_of_its_own(copy, tmp_path_factory) -> Path:
    """Set the copy up as `make` does."""
    template = tmp_path_factory.mktemp("page") / "page.html"
    succeed(f"{sys.executable} -m denoising.plots.html_template {template}", copy)
    succeed(f"dvc config --local plots.html_template {template}", copy)
    return copy


def look(browser, path: Path) -> tuple[list[dict], list[int]]:
    """Return the plots of a page, and the widths of its pictures."""
    requests, complaints = [], []
    page = browser.new_page()
    page.on("request", lambda request: requests.append(request.url))
    page.on("console", lambda message: complaints.append(message.text))
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.goto(path.as_uri())
    page.wait_for_function(f"document.querySelectorAll('svg.marks').length == {len(TITLES)}")
    shown = page.eval_on_selector_all("svg.marks", SHOWN)
    widths = page.eval_on_selector_all("img", "all => all.map(one => one.naturalWidth)")
    page.close()
    assert complaints == []
    assert all(url.startswith(("file:", "data:")) for url in requests)
    return shown, widths


@pytest.mark.browser
def test_every_plot_is_drawn_and_nothing_is_loaded_from_outside(page_of_its_own, browser, tmp_path):
    succeed(f"dvc plots show --out {tmp_path}", page_of_its_own)
    shown, widths = look(browser, tmp_path / "index.html")
    for title in TITLES:
        (sizes,) = (plot["sizes"] for plot in shown if title in plot["text"])
        assert max(sizes) > 3, title
    assert len(widths) == len(PICTURES)
    assert min(widths) > 500


@pytest.mark.browser
def test_two_revisions_are_drawn_side_by_side(page_of_its_own, browser, tmp_path):
    with changed_params(page_of_its_own, lambda values: values["noise"].update(level=0.1)):
        succeed("dvc repro compute_roc", page_of_its_own)
        succeed(f"dvc plots diff HEAD --out {tmp_path}", page_of_its_own)
        areas = json.loads((page_of_its_own / "metrics/roc.json").read_text())["auc"]
    succeed("dvc repro compute_roc", page_of_its_own)
    shown, widths = look(browser, tmp_path / "index.html")
    (curves,) = (plot for plot in shown if "Traffic-sign detector: ROC curve" in plot["text"])
    assert f"workspace: AUC {areas:.3f}" in curves["text"]
    assert "HEAD: AUC" in curves["text"]
    assert len(curves["sizes"]) == 3  # a line each, and that of chance
    assert len(widths) > len(PICTURES)
