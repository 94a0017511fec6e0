"""The page of the report: safe, self-contained, small, and the same bytes in every run."""

import io
import itertools
import re
from html.parser import HTMLParser

import numpy as np
import pandas as pd
import pytest

from denoising.evaluation.intervals import Estimate
from denoising.report.facts import PACKAGES, software_facts
from denoising.report.look import choose
from denoising.report.page import build
from denoising.report.results import join_arms, read_arms, read_break_even, read_differences
from tests.support import made_up_run, made_up_tables
from tests.support.dag import ROOT
from tests.support.report_views import panel_of

MEGABYTE = 1e6


class Page(HTMLParser):
    """The elements of a page with their attributes, and its text without scripts and styles."""

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
    panel = panel_of(html)
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
    single = build(
        made_up_run.run(levels=[0.1, 0.4], kinds=["poisson"], level_input=True, names=["a", "b"])
    )
    said = Page(single).words()
    assert "Other kinds of noise" not in said
    assert "Other kinds of noise" in page.words()
    assert "Without noise" not in said
    assert "Without noise" in page.words()
    assert not Page(single).all("fieldset")[1:]  # no choice of the kind of noise


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
    assert (slider["min"], slider["max"], slider["value"]) == ("0", "0.4", "0.1")  # the nearest one


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
    run = made_up_run.run()
    gain = {("joint", "noise_trained"): made_up_tables.compared(Estimate(0.05, 0.04, 0.06))}
    changed = run._replace(differences=run.differences | gain)
    said = Page(build(changed)).words()
    assert "Yes, by 5.0 points." in said
    assert (
        "(95% interval over the same images: +4.0 to +6.0; exact McNemar test: p = 0.012)" in said
    )


def test_the_arms_have_their_calibration_error_beside_that_of_a_perfect_model(page):
    assert "0.050 (0.040 to 0.060) 0.012 to 0.031 0.014 (0.010 to 0.018) 20.5" in page.words()


def test_the_accuracies_by_level_end_with_their_summaries(page):
    said = page.words()
    assert "mean over the levels above 0 80.00% (79.00 to 81.00)" in said
    assert "errors, relative to clean-trained 0.62 (0.60 to 0.64)" in said
    assert "lost accuracy, relative" not in said  # which this run lacks


def test_one_sentence_answers_above_the_four_cards(html):
    sentence, cards = html.index("Yes: denoising first raises"), html.index("<article")
    assert html.index("The answer</h2>") < sentence < cards


def test_no_interval_on_the_page_is_without_a_width(page):
    for number in (r"[−+]?\d+(?:\.\d+)?", r"\d+(?:\.\d+)?%"):
        found = re.findall(rf"({number}) to ({number})", page.words())
        assert [pair for pair in found if pair[0] == pair[1]] == []
    assert "100.00% (98.74 to 100.00)" in Page(build(perfect())).words()
    assert "1.0000 (" not in Page(build(perfect())).words()


def perfect():
    """Return a run in which the joint network is right on every image, and restores it."""
    run = made_up_run.run()
    best = {"accuracy": made_up_tables.of(300), "ssim": Estimate(1.0, 1.0, 1.0)}
    return run._replace(arms=run.arms | {"joint": run.arms["joint"] | best})


def test_wrong_predictions_are_in_the_table_alone(html):
    panel = panel_of(html)
    summaries = {view["summary"] for image in panel["images"] for view in image["views"]}
    assert all(re.fullmatch(r"\d of 5 arms are right\.", text) for text in summaries)


def test_unequal_classes_add_a_column_of_balanced_accuracy(page):
    run = made_up_run.run()
    balanced = {"balanced_accuracy": Estimate(0.71234, 0.7, 0.73)}
    said = Page(build(run._replace(arms={k: v | balanced for k, v in run.arms.items()}))).words()
    assert "71.23% (70.00 to 73.00)" in said
    assert "Balanced accuracy" in said
    assert "Balanced accuracy" not in page.words()


def test_a_run_without_a_break_even_level_has_a_page():
    run = made_up_run.run()
    said = Page(build(run._replace(break_even=dict.fromkeys(run.kinds)))).words()
    assert "no break-even was found" in said


def test_what_was_run_has_versions_and_hashes_of_parameters_and_data(tmp_path):
    path = tmp_path / "images.npy"
    path.write_bytes(b"images")
    first = dict(software_facts({"seed": 0, "noise": {"level": 0.2}}, [path]))
    assert set(PACKAGES.values()) <= set(first)
    again = dict(software_facts({"noise": {"level": 0.2}, "seed": 0}, [path]))
    assert again == first
    other = dict(software_facts({"noise": {"level": 0.2}, "seed": 1}, [path]))
    assert [name for name in first if other[name] != first[name]] == ["Parameters (SHA-256)"]
    path.write_bytes(b"others")
    other = dict(software_facts({"seed": 0, "noise": {"level": 0.2}}, [path]))
    assert [name for name in first if other[name] != first[name]] == ["Images and labels (SHA-256)"]


def test_parts_of_tables_are_joined_in_the_order_of_the_arms():
    parts = [
        pd.DataFrame({"arm": [arm, arm], "measure": ["accuracy", "ece"], "value": value})
        for arm, value in (("nlm", 0.1), ("joint", 0.2), ("clean_trained", 0.3))
    ]
    joined = join_arms(parts)
    assert [*joined["arm"]] == 2 * ["clean_trained"] + 2 * ["joint"] + 2 * ["nlm"]
    assert [*joined["measure"]] == 3 * ["accuracy", "ece"]


def test_empty_ends_of_an_interval_are_read_as_none():
    text = "arm,measure,value,low,high\njoint,ece,0.1,,\njoint,psnr,20,19,21\n"
    found = read_arms(pd.read_csv(io.StringIO(text)))
    assert found == {"joint": {"ece": Estimate(0.1), "psnr": Estimate(20.0, 19.0, 21.0)}}
    text = "arm,minus,measure,value,low,high\njoint,noise_trained,accuracy,0.1,0,0.2\n"
    found = read_differences(pd.read_csv(io.StringIO(text)))
    assert found == {("joint", "noise_trained"): {"accuracy": Estimate(0.1, 0.0, 0.2)}}
    text = "kind,value,low,high,found\ngaussian,0.1,,,1\npoisson,,,,0\n"
    found = read_break_even(pd.read_csv(io.StringIO(text)))
    assert found == {"gaussian": Estimate(0.1), "poisson": None}
