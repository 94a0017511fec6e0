"""The page of `dvc plots show`, in a real browser: whole, without a network."""

import os
import shutil
import sys
from pathlib import Path

import pytest
import yaml

from tests.workspace import succeed

CHROMIUM = os.environ.get("CHROMIUM", "/usr/bin/chromium")
QUIET = ("--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-sync")


def test_the_template_carries_its_scripts(tmp_path):
    succeed(f"{sys.executable} -m denoising.page {tmp_path}/page.html", Path.cwd())
    text = (tmp_path / "page.html").read_text()
    assert "{plot_divs}" in text
    assert "vegaEmbed" in text
    assert "<script src" not in text


@pytest.mark.browser
def test_every_plot_is_drawn_and_nothing_is_loaded_from_outside(copy, tmp_path):
    from playwright.sync_api import sync_playwright

    template = tmp_path / "page.html"
    succeed(f"{sys.executable} -m denoising.page {template}", copy)
    succeed(f"dvc plots show --html-template {template} --out {tmp_path / 'plots'}", copy)
    pipeline = yaml.safe_load((copy / "dvc.yaml").read_text())
    titles = [next(iter(e.values()))["title"] for e in pipeline["plots"] if isinstance(e, dict)]
    pictures = [entry for entry in pipeline["plots"] if isinstance(entry, str)]

    requests, complaints = [], []
    assert shutil.which(CHROMIUM), f"set CHROMIUM to the browser: there is none at {CHROMIUM}"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=[*QUIET])
        page = browser.new_page()
        page.on("request", lambda request: requests.append(request.url))
        page.on("console", lambda message: complaints.append(message.text))
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.goto((tmp_path / "plots/index.html").as_uri())
        page.wait_for_function(f"document.querySelectorAll('svg.marks').length == {len(titles)}")
        shown = page.eval_on_selector_all(
            "svg.marks", "all => all.map(one => [one.textContent, one.getBBox().height])"
        )
        drawn = page.eval_on_selector_all("img", "all => all.map(one => one.naturalWidth)")
        browser.close()

    assert complaints == []
    assert all(url.startswith(("file:", "data:")) for url in requests)
    for title in titles:
        assert [height for text, height in shown if title in text], title
    assert min(height for _, height in shown) > 200
    assert len(drawn) == len(pictures)
    assert min(drawn) > 500
