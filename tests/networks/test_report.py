"""The report: words that follow from the numbers, and one safe, whole, small, stable page."""

import base64
import copy as copying
import itertools
import json
import re
from html.parser import HTMLParser

import numpy as np
import pytest
import pyvips

from denoising.evaluation.arms import ARMS, FILTER_ARMS
from denoising.noise import kinds
from denoising.noise.models import KINDS
from denoising.report import numbers, words
from denoising.report.colours import DARK, LIGHT, contrast, legible
from denoising.report.page import build
from denoising.report.panel import choose
from tests.support import made_up_run as made_up
from tests.support.dag import ROOT
from tests.support.yaml_files import read_yaml

LEVELS = [0.0, 0.1, 0.2, 0.4]
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
    return build(made_up.run())


@pytest.fixture(scope="module")
def page(html) -> Page:
    return Page(html)


def interval(key: str, value: float, low: float, high: float) -> dict[str, float]:
    return {key: value, f"{key}_low": low, f"{key}_high": high}


def paired(value: float, low: float, high: float) -> dict[str, float]:
    return interval("accuracy", value, low, high)


@pytest.mark.parametrize(
    ("noisy", "short", "said"),
    [
        ((0.5, 0.45, 0.55), "It loses 40.0 points.", "5 times as many mistakes"),
        ((0.85, 0.84, 0.86), "It loses 5.0 points.", "50% more mistakes"),
        ((0.88, 0.85, 0.91), "No clear loss.", "may be chance"),
        ((0.96, 0.95, 0.97), "It does not: it gains 6.0 points.", "no harm"),
    ],
)
def test_the_answer_states_how_badly_the_classifier_suffers(noisy, short, said):
    arm = interval("accuracy_clean", 0.9, 0.88, 0.92) | paired(*noisy)
    answer = words.suffering({"clean_trained": arm, "noise_trained": arm}, "noise")
    assert answer.short == short
    assert said in answer.sentences[0]


def test_a_classifier_that_made_no_mistake_suffers_without_a_division_by_zero():
    arm = interval("accuracy_clean", 1.0, 1.0, 1.0) | paired(0.5, 0.4, 0.6)
    answer = words.suffering({"clean_trained": arm, "noise_trained": arm}, "noise")
    assert "made no mistakes on the clean images, and now gets 50.0% wrong" in answer.sentences[0]


@pytest.mark.parametrize(
    ("gain", "psnr_gain", "short", "nearer"),
    [
        ((0.2, 0.1, 0.3), (5, 4, 6), "20.0 points, 50% of the loss.", "are closer"),
        ((0.4, 0.3, 0.5), (5, 4, 6), "40.0 points, the whole loss.", "are closer"),
        ((0.1, -0.1, 0.3), (0, -1, 1), "No clear gain.", "not clearly closer"),
        ((-0.2, -0.3, -0.1), (-5, -6, -4), "Nothing: it costs another 20.0 points.", "farther"),
    ],
)
def test_the_answer_states_how_much_denoising_gives_back(gain, psnr_gain, short, nearer):
    clean_trained = interval("accuracy_clean", 0.9, 0.88, 0.92) | paired(0.5, 0.45, 0.55)
    denoised = interval("psnr_gain", *psnr_gain) | {"psnr": 20.0, "psnr_noisy": 15.0}
    denoised |= {"denoised_clean_trained": paired(0.7, 0.6, 0.8)}
    denoised |= {"denoised_minus_clean_trained": paired(*gain)}
    answer = words.given_back(denoised, {"clean_trained": clean_trained})
    assert answer.short == short
    assert nearer in answer.sentences[1]
    assert ("does harm" in answer.sentences[0]) == (gain[2] < 0)


def test_no_share_is_given_of_a_loss_that_is_not_shown():
    clean_trained = interval("accuracy_clean", 0.9, 0.85, 0.95) | paired(0.88, 0.84, 0.92)
    denoised = interval("psnr_gain", 5, 4, 6) | {"psnr": 20.0, "psnr_noisy": 15.0}
    denoised |= {"denoised_clean_trained": paired(0.95, 0.9, 0.99)}
    denoised |= {"denoised_minus_clean_trained": paired(0.07, 0.05, 0.09)}
    assert words.given_back(denoised, {"clean_trained": clean_trained}).short == "7.0 points."


@pytest.mark.parametrize(
    ("gain", "short"),
    [
        ((0.02, 0.01, 0.03), "Yes, by 2.0 points."),
        ((0.0, -0.01, 0.01), "No clear difference."),
        ((-0.01, -0.02, 0.0), "No clear difference."),
        ((-0.02, -0.03, -0.01), "No, it is 2.0 points worse."),
    ],
)
def test_the_answer_states_whether_the_joint_network_does_better(gain, short):
    joint = {"joint": paired(0.9, 0.8, 1.0), "joint_minus_noise_trained": paired(*gain)}
    joint |= interval("psnr", 20, 19, 21)
    rest = {"noise_trained": paired(0.9, 0.8, 1.0)}, interval("psnr", 23, 22, 24)
    answer = words.joint_better(joint, *rest, 0.05)
    assert answer.short == short
    assert ("may be chance" in answer.sentences[0]) == (gain[1] <= 0 <= gain[2])
    assert "less well than the autoencoder" in answer.sentences[1]
    assert "did not learn to restore" in words.joint_better(joint, *rest, 1.0).sentences[1]
    assert "did not learn to classify" in words.joint_better(joint, *rest, 0.0).sentences[1]


@pytest.mark.parametrize(
    ("level", "low", "high", "found", "short", "sure"),
    [
        (0.05714, 0.0546, 0.0598, 1, "From level 0.057", "95% interval 0.055 to 0.06"),
        (0.2, 0.1, 0.4, 1, "From level 0.2", "may never pay off"),
        (0.0, 0.0, 0.05, 1, "As soon as there is noise", "95% interval 0 to 0.05"),
        (0.0, 0.0, 0.0, 0, "Even without noise", "no break-even was found"),
        (0.0, 0.0, 0.1, 0, "Even without noise", "95% interval 0 to 0.1"),
        (0.4, 0.4, 0.4, 0, "At none of the measured levels", "no break-even was found"),
        (0.4, 0.2, 0.4, 0, "At none of the measured levels", "one from 0.2 up"),
    ],
)
def test_the_answer_names_the_break_even_level(level, low, high, found, short, sure):
    metrics = interval("break_even_level", level, low, high) | {"break_even_found": found}
    said = words.pays_from(metrics, LEVELS)
    assert said[0] == short
    assert sure in said[1]


def test_a_sweep_without_level_0_states_the_end_of_its_interval():
    metrics = interval("break_even_level", 0.15, 0.1, 0.2) | {"break_even_found": 1}
    assert "lowest measured level" in words.pays_from(metrics, LEVELS[1:])[1]
    assert "lowest measured level" not in words.pays_from(metrics, LEVELS)[1]
    metrics = interval("break_even_level", 0.1, 0.1, 0.1) | {"break_even_found": 0}
    said = words.pays_from(metrics, LEVELS[1:])
    assert said == ("From the lowest measured level, 0.1", "it may pay off below that, too")


def gaining(gains: list[float]) -> words.Answer:
    table = made_up.sweep_table(LEVELS, ["gaussian"])
    arm = table["arm"] == "denoised_clean_trained"
    before = table.loc[table["arm"] == "clean_trained", "accuracy"].to_numpy()
    table.loc[arm, "accuracy"] = before + gains
    found = interval("break_even_level", 0.1, 0.1, 0.1) | {"break_even_found": 1}
    return words.break_even(found, table, "gaussian", LEVELS)


def test_the_answer_names_the_levels_of_the_largest_and_of_no_gain():
    said = " ".join(gaining([-0.1, 0.2, 0.1, -0.3]).sentences)
    assert "largest at level 0.1: +20.0 points. Beyond that, there is no gain at level 0.4" in said
    assert "Beyond" not in " ".join(gaining([-0.1, 0.2, 0.1, 0.1]).sentences)
    assert "largest" not in " ".join(gaining([-0.1, 0.0, -0.1, -0.3]).sentences)
    assert "1.0% of the predictions from right to wrong" in said


@pytest.mark.parametrize(
    ("number", "text"), [(0.04, "0.0"), (-0.04, "0.0"), (-1.26, "−1.3"), (1.26, "+1.3")]
)
def test_signed_numbers_have_a_sign_unless_they_round_to_0(number, text):
    assert numbers.signed(number) == text


@pytest.mark.parametrize(("chance", "text"), [(1, "100%"), (0.9999, ">99%"), (0.994, "99%")])
def test_only_certainty_is_100_percent(chance, text):
    assert numbers.confidence_text(chance) == text


def test_every_kind_of_noise_has_a_name():
    assert set(kinds.KINDS) == set(KINDS)


def test_names_are_escaped_everywhere(html, page):
    assert "<b>bold" not in html
    assert "bold" not in page.text
    assert html.count("</script>") == len(page.all("script"))
    assert "<b>bold</b>" in page.words()
    assert "Größe" in page.words()
    panel = json.loads(re.search(r'id="panel-data">(.*?)</script>', html)[1])
    assert [image["name"] for image in panel["images"][:4]] == [*made_up.NASTY]


def test_the_same_run_gives_the_same_page(html):
    assert build(made_up.run()) == html


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
    run = made_up.run(image_shape=image_shape, levels=levels, names=[f"c{i}" for i in range(10)])
    assert len(build(run).encode()) < 5 * MEGABYTE
    assert len(run.examples) == (12 if image_shape[0] == 32 else 1)


def test_images_are_the_first_of_each_class_in_turn():
    labels = np.array([2, 2, 0, 1, 0, 2])
    assert list(choose(labels, (8, 8, 1), 4)) == [2, 3, 0, 4, 1, 5]
    many = choose(np.arange(100), (8, 8, 1), 4)
    assert list(many) == list(range(12))
    assert [example.name for example in made_up.run(names=["a", "b"]).examples[:4]] == [
        *("a", "b"),
        *("a (2)", "b (2)"),
    ]


def test_a_run_with_one_kind_a_level_input_and_no_level_0_has_a_page(page):
    found = made_up.metrics()
    found["sweep"]["other_kinds"] = {}
    single = build(
        made_up.run(
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
        made_up.run(level_input=level_input, names=["a", "b"]).examples[0]
        for level_input in (True, False)
    )
    assert given.views[0.0].pictures["denoised"] == blind.views[0.0].pictures["denoised"]
    assert given.views[0.4].pictures["denoised"] != blind.views[0.4].pictures["denoised"]


def test_a_level_outside_the_sweep_has_pictures_too():
    run = made_up.run(levels=[0.0, 0.1, 0.4])
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


@pytest.mark.parametrize("name", ["page.css", "page.html", "page.js"])
def test_the_fingerprint_of_the_report_covers_the_files_of_the_page(name):
    assert f"  denoising/report/{name}\n" in (ROOT / "fingerprints/report.txt").read_text()


@pytest.mark.parametrize("background", [LIGHT, DARK])
@pytest.mark.parametrize("arm", [*ARMS.values(), *FILTER_ARMS.values()])
def test_every_arm_stands_out_from_the_page(arm, background):
    colour = legible(arm.colour, background)
    assert contrast(colour, background) >= 3
    assert colour == arm.colour or contrast(arm.colour, background) < 3


def pixels(address: str) -> np.ndarray:
    content = base64.b64decode(address.removeprefix("data:image/png;base64,"))
    return np.asarray(pyvips.Image.new_from_buffer(content, "")).astype(int)


def test_the_panel_shows_the_images_and_the_noise_of_the_pipeline(copy):
    html = (copy / "report/index.html").read_text()
    panel = json.loads(re.search(r'id="panel-data">(.*?)</script>', html)[1])
    params = read_yaml(copy / "params.yaml")
    labels, clean, noisy = (
        np.load(copy / "data" / path)
        for path in ("clean/test/labels.npy", "clean/test/images.npy", "noisy/test/images.npy")
    )
    place = params["sweep"]["levels"].index(params["noise"]["level"])
    for index, image in zip(choose(labels, clean.shape[1:], 3), panel["images"], strict=True):
        assert (pixels(image["clean"]) == clean[index].squeeze()).all()
        shown = pixels(image["views"][place]["pictures"][0])
        assert (shown == np.rint(255 * noisy[index].squeeze())).all()
        assert params["datasets"]["digits"]["source"]["classes"][labels[index]] in image["name"]


def test_a_changed_number_changes_the_words():
    found = copying.deepcopy(made_up.metrics())
    found["joint"]["joint_minus_noise_trained"] = paired(0.05, 0.04, 0.06)
    assert "Yes, by 5.0 points." in Page(build(made_up.run(found=found))).words()
