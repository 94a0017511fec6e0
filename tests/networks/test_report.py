"""The page of the report: safe, self-contained, small, and the same bytes in every run."""

import copy as copying
import itertools
import json
import re
from html.parser import HTMLParser

import numpy as np
import pytest

from denoising.report.page import build
from denoising.report.panel import choose
from tests.support import made_up_run
from tests.support.dag import ROOT
from tests.support.made_up_tables import paired

MEGABYTE = 1e6


class Page(HTMLParser):
    """What a page is made of: its elements with their attributes, and its text by element."""

    def __init__(self, html: str):
        super().__init__()
        self.elements, self.text, self._open = [], [], ""
        self.feed(html)

    def handle_starttag(self, tag, attrs):
        self.elements.append((tag, dict(attrs)))
        self._open = tag

    def handle_data(self, data):
        if self._open not in ("script", "style"):
            self.text.append(data)

    def all(self, *tags: str) -> list[dict]:
        return [attributes for tag, attributes in self.elements if tag in tags]

    def words(self) -> str:
        return " ".join(" ".join(self.text).split())


@pytest.fixture(scope="module")
def html() -> str:
    return build(made_up_run.run())


@pytest.fixture(scope="module")
def page(html) -> Page:
    return Page(html)


def test_names_are_escaped_everywhere(html, page):
    assert "<b>bold" not in html
    assert "bold" not in page.text
    assert html.count("</script>") == len(page.all("script"))
    assert "<b>bold</b>" in page.words()
    assert "Größe" in page.words()
    panel = json.loads(re.search(r'id="panel-data">(.*?)</script>', html)[1])
    assert [image["name"] for image in panel["images"][:4]] == [*made_up_run.NASTY]


def test_the_same_run_gives_the_same_page(html):
    assert build(made_up_run.run()) == html


def test_the_page_loads_nothing(html, page):
    for attributes in page.all("link", "script", "img", "a", "source", "iframe"):
        for key in ("src", "href", "srcset", "data"):
            target = attributes.get(key) or "#"
            assert target.startswith(("data:", "#")), target
    (policy,) = (one["content"] for one in page.all("meta") if "http-equiv" in one)
    assert policy.startswith("default-src 'none'; img-src data:;")
    style = re.search(r"<style>(.*?)</style>", html, re.DOTALL)[1]
    assert not re.search(r"url\(|@import", style)
    own = (ROOT / "denoising/report/page.js").read_text()
    assert not re.search(r"fetch\(|XMLHttpRequest|import\(|https?:", own)
    assert html.count("window.vegaEmbed=") == 1


@pytest.mark.parametrize("image_shape", [(32, 32, 3), (256, 256, 1)])
def test_the_page_is_small_even_for_images_of_pure_noise(image_shape):
    levels = [0.05 * step for step in range(8)]
    run = made_up_run.run(
        image_shape=image_shape, levels=levels, names=[f"c{i}" for i in range(10)]
    )
    assert len(build(run).encode()) < 5 * MEGABYTE
    assert len(run.examples) == (12 if image_shape[0] == 32 else 1)


def test_images_are_the_first_of_each_class_in_turn():
    labels = np.array([2, 2, 0, 1, 0, 2])
    assert list(choose(labels, (8, 8, 1), 4)) == [2, 3, 0, 4, 1, 5]
    many = choose(np.arange(100), (8, 8, 1), 4)
    assert list(many) == list(range(12))
    assert [example.name for example in made_up_run.run(names=["a", "b"]).examples[:4]] == [
        *("a", "b"),
        *("a (2)", "b (2)"),
    ]


def test_a_run_with_one_kind_a_level_input_and_no_level_0_has_a_page(page):
    found = made_up_run.metrics()
    found["sweep"]["other_kinds"] = {}
    single = build(
        made_up_run.run(
            levels=[0.1, 0.4], kinds=["poisson"], level_input=True, found=found, names=["a", "b"]
        )
    )
    said = Page(single).words()
    assert "Other kinds of noise" not in said
    assert "Other kinds of noise" in page.words()
    assert "Without any noise" not in said
    specifications = json.loads(re.search(r'id="charts-data">(.*?)</script>', single)[1])
    for name in ("accuracy", "psnr"):
        assert not any("bind" in parameter for parameter in specifications[name]["params"])


def test_a_denoiser_with_a_level_input_gets_each_level():
    given, blind = (
        made_up_run.run(level_input=level_input, names=["a", "b"]).examples[0]
        for level_input in (True, False)
    )
    assert given.views[0.0].pictures["denoised"] == blind.views[0.0].pictures["denoised"]
    assert given.views[0.4].pictures["denoised"] != blind.views[0.4].pictures["denoised"]


def test_a_level_outside_the_sweep_has_pictures_too():
    run = made_up_run.run(levels=[0.0, 0.1, 0.4])
    assert set(run.examples[0].views) == {0.0, 0.1, 0.2, 0.4}
    page = Page(build(run))
    (slider,) = (one for one in page.all("input") if one["type"] == "range")
    assert (slider["max"], slider["value"]) == ("2", "1")  # the nearest one


def test_words_tables_and_pictures_need_no_javascript(page):
    said = page.words()
    for answer in ("How badly", "How much", "Does the joint", "From which level"):
        assert answer in said
    assert len(page.all("table")) >= 9
    assert len(page.all("img")) >= 12 + 4 + 4 * 12


def test_the_page_has_labels_and_landmarks_for_screen_readers(page):
    assert page.all("html")[0]["lang"] == "en"
    assert {"header", "nav", "main", "footer"} <= {tag for tag, _ in page.elements}
    assert all("alt" in image for image in page.all("img"))
    assert len(page.all("caption")) == len(page.all("table"))
    assert all(cell.get("scope") in ("row", "col") for cell in page.all("th"))
    levels = [int(tag[1]) for tag, _ in page.elements if re.fullmatch("h[1-6]", tag)]
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(after - before <= 1 for before, after in itertools.pairwise(levels))
    ids = [one["id"] for _, one in page.elements if "id" in one]
    assert len(ids) == len(set(ids))
    for one in page.all("section"):
        assert one["aria-labelledby"] in ids
    for one in page.all("a"):
        assert one["href"].removeprefix("#") in ids


def test_a_changed_number_changes_the_words():
    found = copying.deepcopy(made_up_run.metrics())
    found["joint"]["joint_minus_noise_trained"] = paired(0.05, 0.04, 0.06)
    assert "Yes, by 5.0 points." in Page(build(made_up_run.run(found=found))).words()
