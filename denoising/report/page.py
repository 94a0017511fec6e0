"""The report as one self-contained HTML page: words, tables, charts, pictures and their script."""

from pathlib import Path
from typing import Any, NamedTuple

import jinja2
import pandas as pd
import vl_convert

from denoising.config.noise import Noise
from denoising.evaluation.arms import ARMS
from denoising.noise.kinds import KINDS
from denoising.plots.vega import VEGA_LITE
from denoising.report import charts, colours, levels, tables, words
from denoising.report.facts import FactRow, NetworkRow, detector_source, noise_name
from denoising.report.numbers import level_text
from denoising.report.panel import Example
from denoising.report.states import STATES

HERE = Path(__file__).parent


class Run(NamedTuple):
    """The results of a run, from which the page is made.

    Attributes
    ----------
    metrics : contents of the files `metrics/NAME.json`, by name.
    sweep, roc : the tables `plots/sweep.csv` and `plots/detector/roc.csv`.
    histories : training histories, by network.
    noise : used in training.
    levels, kinds : of the sweep.
    examples : images with a view at each of `levels` and at the level of `noise`.
    facts : rows on the data, the noise and the networks, from `denoising.report.facts`.
    joint_weight : of the classification in the joint network's loss.
    detector : source of the detector's outputs, ``rendered`` or ``files``.
    """

    metrics: dict[str, dict]
    sweep: pd.DataFrame
    roc: pd.DataFrame
    histories: dict[str, pd.DataFrame]
    noise: Noise
    levels: list[float]
    kinds: list[str]
    examples: list[Example]
    facts: tuple[list[FactRow], list[FactRow], list[NetworkRow]]
    joint_weight: float
    detector: str


def build(run: Run) -> str:
    """Return the page as HTML; the same run gives the same characters."""
    noise = noise_name(run.noise)
    drawn = _charts(run)
    return _template().render(
        style=_source("page.css"),
        light=colours.css_variables(colours.LIGHT),
        dark=colours.css_variables(colours.DARK),
        script=_source("page.js"),
        # The stub takes the optional snippet for required.
        vega=vl_convert.javascript_bundle(vl_version=VEGA_LITE),  # pyright: ignore[reportCallIssue]
        charts=drawn,
        specifications={name: chart.specification for name, chart in drawn.items()},
        run=run,
        data=run.metrics["data"],
        noise=noise,
        kind=KINDS[run.noise.kind],
        answers=answers(run, noise),
        arm_names={name: arm.label for name, arm in ARMS.items()},
        states=STATES,
        start=min(run.levels, key=lambda level: abs(level - run.noise.level)),
        panel=_panel(run),
        detector_source=detector_source(run.detector, noise),
        **_tables(run),
    )


def answers(run: Run, noise: str) -> list[words.Answer]:
    """Return the four questions with their answers; `noise` is its shown name."""
    found = run.metrics
    classifier, denoised, joint = (found[name] for name in ("classifier", "denoised", "joint"))
    return [
        words.suffering(classifier, noise),
        words.given_back(denoised, classifier),
        words.joint_better(joint, classifier, denoised, run.joint_weight),
        words.break_even(found["sweep"], run.sweep, run.noise.kind, run.levels),
    ]


def _template() -> jinja2.Template:
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(HERE),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.policies["json.dumps_kwargs"] = {"ensure_ascii": False, "allow_nan": False}
    environment.filters["level"] = level_text
    return environment.get_template("page.html")


def _source(name: str) -> str:
    """Return the text of a file beside this one."""
    return (HERE / name).read_text("utf-8")


def _charts(run: Run) -> dict[str, charts.Chart]:
    kinds = [run.noise.kind, *(kind for kind in run.kinds if kind != run.noise.kind)]
    return {
        "accuracy": levels.accuracy_by_level(run.sweep, kinds, run.noise.level),
        "psnr": levels.psnr_by_level(run.sweep, kinds, run.noise.level),
        "roc": charts.roc(run.roc),
        "training": charts.training(run.histories),
    }


def _tables(run: Run) -> dict[str, Any]:
    """Return the tables of the page, and the numbers of images in their captions."""
    found = run.metrics
    arms = tables.arms(found["calibration"])
    return {
        "arms": arms,
        "scale": tables.scale(arms),
        "restoration": tables.restoration(found["denoised"], found["joint"], run.sweep, run.noise),
        "classical": tables.classical(found["classical"]),
        "classical_images": next(iter(found["classical"].values()))["n"],
        "by_level": tables.by_level(run.sweep, run.noise.kind),
        "other_kinds": words.other_kinds(found["sweep"], run.levels),
        "other_images": run.sweep.loc[run.sweep["kind"] != run.noise.kind, "n"].max(),
        "detector": tables.detector(found["roc"]),
    }


def _panel(run: Run) -> dict[str, Any]:
    """Return the data of the panel's script, with the views in the order of the levels."""
    return {
        "levels": [level_text(level) for level in run.levels],
        "states": {name: state.label for name, state in STATES.items()},
        "images": [
            {
                "name": example.name,
                "clean": example.clean,
                "views": [_view(example, level) for level in run.levels],
            }
            for example in run.examples
        ],
    }


def _view(example: Example, level: float) -> dict[str, Any]:
    view = example.views[level]
    return {
        "summary": view.summary(),
        "pictures": [view.pictures[state] for state in STATES],
        "psnr": [view.psnr[state] for state in STATES],
        "verdicts": [[*view.verdicts[arm], view.verdicts[arm].text] for arm in ARMS],
    }
