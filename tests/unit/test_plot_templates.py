"""The templates of `dvc plots`: written from the code, with its names and colours."""

import json
import re
from typing import Any

import pandas as pd
import pytest
import vl_convert
from dvc_render import VegaRenderer
from matplotlib.colors import to_hex

from denoising.evaluation.arms import ARM_LABELS
from denoising.noise.kinds import KINDS
from denoising.plots.colours import (
    ARM_COLOURS,
    CURVES,
    DARK,
    LIGHT,
    SERIES,
    STATES,
    contrast,
)
from denoising.plots.figures import curves
from denoising.plots.html_template import dark_mode, page
from denoising.plots.sections import SECTIONS
from denoising.plots.templates import TEMPLATES, text
from denoising.plots.vega import VEGA_LITE
from tests.support.dag import ROOT
from tests.support.made_up_plots import identifiers, tables
from tests.support.made_up_tables import sweep_table
from tests.support.yaml_files import read_yaml

FOLDER = ROOT / ".dvc/plots"
PLOTS = read_yaml(ROOT / "dvc.yaml")["plots"]
NAMES = [entry if isinstance(entry, str) else next(iter(entry)) for entry in PLOTS]
COLOURS = [*ARM_COLOURS.values(), *STATES.values(), *CURVES.values(), *SERIES]
DEFINED = {name: plot for entry in PLOTS if isinstance(entry, dict) for name, plot in entry.items()}


def drawn(template: str, rows: pd.DataFrame, x: str, y: str) -> str:
    """Return a plot as SVG, filled in as DVC does."""
    values = json.loads(rows.to_json(orient="records"))
    labels = {"x_label": "across", "y_label": "up", "title": "a title"}
    settings = {"template": template, "template_dir": str(FOLDER), "x": x, "y": y, **labels}
    specification = VegaRenderer(values, "plot", **settings).get_filled_template()
    return vl_convert.vegalite_to_svg(specification, vl_version=VEGA_LITE)


def written(svg: str) -> set[str]:
    """Return the texts in an SVG."""
    return {re.sub("<[^>]*>", "", found) for found in re.findall(r"<text[^>]*>(.*?)</text>", svg)}


def table(name: str, revisions: tuple[str, ...] = ("workspace",)) -> pd.DataFrame:
    """Return the rows of a plot of dvc.yaml, made up, as DVC passes them on."""
    made = tables(0.9, epochs=3)
    return pd.concat(
        made[path].assign(rev=revision, filename=path.rpartition("/")[2], field=field)
        for revision in revisions
        for path, fields in DEFINED[name]["y"].items()
        for field in ([fields] if isinstance(fields, str) else fields)
    )


def plot(name: str, **more: Any) -> str:
    """Return a plot of dvc.yaml with made-up data as SVG."""
    settings = DEFINED[name]
    (fields, *_) = settings["y"].values()
    y = fields if isinstance(fields, str) else fields[0]
    return drawn(settings["template"], table(name, **more), settings["x"], y)


@pytest.mark.parametrize("name", TEMPLATES)
def test_templates_are_up_to_date(name):
    assert (FOLDER / f"{name}.json").read_text() == text(name), (
        "Run `python -m denoising.plots.templates`."
    )


def test_every_template_has_a_plot_and_no_other_file_is_there():
    assert {path.stem for path in FOLDER.iterdir()} == {*TEMPLATES}
    assert {settings["template"] for settings in DEFINED.values()} == {*TEMPLATES}


@pytest.mark.parametrize("name", DEFINED)
@pytest.mark.parametrize("revisions", [("workspace",), ("main", "level-0.4")], ids=len)
def test_plots_show_names_rather_than_identifiers(name, revisions):
    found = written(plot(name, revisions=revisions))
    titles = {"across"} if name == "arms" else {"across", "up"}  # its rows have names instead
    assert titles <= found
    assert not identifiers(" ".join(found))


@pytest.mark.parametrize("name", ["accuracy_by_level", "arms"])
def test_arms_have_their_shown_names(name):
    assert {*ARM_LABELS.values()} <= written(plot(name))


def test_panels_have_the_shown_names_of_kinds_in_the_order_of_the_table():
    svg = drawn("by_level", sweep_table([0, 0.2], [*KINDS]).assign(rev="a"), "level", "accuracy")
    places = [svg.index(f">{kind.label} noise<") for kind in KINDS.values()]
    assert places == sorted(places)


@pytest.mark.parametrize("epochs", [1, 2])
def test_a_training_is_drawn_from_its_first_epoch_on(epochs):
    rows = tables(0.9, epochs)["plots/history/joint.csv"].assign(rev="workspace")
    both = pd.concat(
        rows.assign(field=field, dvc_inferred_y_value=rows[field]) for field in ("loss", "val_loss")
    )
    svg = drawn("history", both, "epoch", "dvc_inferred_y_value")
    for colour in CURVES.values():
        assert colour.light in svg
    assert "NaN" not in svg


def test_images_identical_to_the_clean_ones_are_not_drawn():
    """Their PSNR is 100 dB, which would squeeze everything else."""
    ticks = written(drawn("psnr_by_level", table("psnr_by_level"), "level", "psnr"))
    assert max(float(tick) for tick in ticks if re.fullmatch(r"[\d.]+", tick)) < 50


def test_missing_intervals_are_left_out():
    rows = pd.DataFrame({"arm": ["joint"], "measure": ["accuracy"], "value": [0.75]})
    svg = drawn("arms", rows.assign(low="", high="", rev="a"), "value", "arm")
    assert "0.750" in written(svg)
    assert "NaN" not in svg


@pytest.mark.parametrize("name", DEFINED)
def test_several_revisions_are_named(name):
    revisions = ("main", "level-0.4")
    found = " ".join(written(plot(name, revisions=revisions)))
    assert all(revision in found for revision in revisions)


def test_macro_averages_have_a_plot_of_their_own():
    averaged, single = (
        written(plot(name)) for name in ("roc_of_classifiers", "class_roc_clean_trained")
    )
    assert {"clean-trained", "noise-trained"} <= averaged
    assert "macro average" not in single
    assert "frog" in single


def test_each_colour_has_one_counterpart_in_dark_mode():
    used = set(re.findall(r"#[0-9a-f]{6}\b", "".join(map(text, TEMPLATES))))
    assert used <= {*dark_mode()}
    assert all(dark_mode()[colour.light] == colour.dark for colour in COLOURS)


def test_every_colour_stands_out_from_the_page():
    """As WCAG 2.2 wants it of graphics; the report has the same colours."""
    assert min(contrast(colour.light, LIGHT) for colour in COLOURS) >= 3
    assert min(contrast(colour.dark, DARK) for colour in COLOURS) >= 3


def test_figures_have_the_colours_of_the_templates():
    made = tables(0.9, epochs=3)
    history, psnr = made["plots/history/joint.csv"], made["plots/distribution/psnr.csv"]
    gain = psnr[psnr["images"] == "denoised"].assign(images="gain")  # as in the studies
    losses, scores = curves(history, {"PSNR": pd.concat([psnr, gain])}).axes
    found = [to_hex(line.get_color()) for line in losses.lines]
    assert found == [CURVES["training"].light, CURVES["validation"].light]
    found = [to_hex(area.get_facecolor()[0]) for area in scores.collections]
    assert found == [STATES["noisy"].light, STATES["denoised"].light, SERIES[0].light]


def test_the_page_shows_each_plot_once_in_the_order_of_dvc_yaml():
    assert [name for section in SECTIONS for name in section.plots] == NAMES


def test_every_section_and_plot_is_explained():
    for section in SECTIONS:
        assert section.title
        assert section.lead.endswith(".")
        assert all(note.endswith((".", ":")) for note in section.plots.values())
        assert set(section.titles) == {name for name in section.plots if name not in DEFINED}
        assert set(section.folded) <= set(section.plots)


def test_the_page_has_the_places_that_dvc_fills():
    assert page().count("{plot_divs}") == 1
    assert page().count("{refresh_tag}") == 1
    assert not re.search(r"@(style|script|sections|colours|vega)@", page())
