"""One page that holds all it shows: words, tables, curves, pictures and the means to draw them."""

from pathlib import Path
from typing import NamedTuple

import jinja2
import pandas as pd
import vl_convert

from denoising.config.noise import Noise
from denoising.evaluation.arms import ARMS
from denoising.noise.kinds import KINDS
from denoising.plots.page import VEGA_LITE
from denoising.report import charts, levels, tables, words
from denoising.report.facts import SOURCES, noise_name
from denoising.report.numbers import level_text
from denoising.report.panel import STATES, Example

HERE = Path(__file__).parent


class Run(NamedTuple):
    """What the page is made of.

    metrics : what `metrics/NAME.json` hold, by name.
    sweep, roc, histories : the tables of `plots/`; histories by network.
    levels, kinds : those of the sweep.
    examples : images, each with a view at every level and at that of `noise`.
    facts : of the data, of the noise and of the networks, see `denoising.report.facts`.
    joint_weight : the weight of the classification in the joint network's loss.
    detector : a key of `SOURCES`.
    """

    metrics: dict[str, dict]
    sweep: pd.DataFrame
    roc: pd.DataFrame
    histories: dict[str, pd.DataFrame]
    noise: Noise
    levels: list[float]
    kinds: list[str]
    examples: list[Example]
    facts: tuple[list, list, list]
    joint_weight: float
    detector: str


def build(run: Run) -> str:
    """Return the page as HTML; the same run gives the same characters."""
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(HERE),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.policies["json.dumps_kwargs"] = {"ensure_ascii": False, "allow_nan": False}
    environment.filters["level"] = level_text
    noise = noise_name(run.noise)
    trained = run.noise.kind
    kinds = [trained, *(kind for kind in run.kinds if kind != trained)]
    drawn = _charts(run, kinds)
    return environment.get_template("page.html").render(
        style=_own("page.css"),
        script=_own("page.js"),
        vega=vl_convert.javascript_bundle(vl_version=VEGA_LITE),
        charts=drawn,
        specifications={name: chart.specification for name, chart in drawn.items()},
        run=run,
        data=run.metrics["data"],
        noise=noise,
        kind=KINDS[trained],
        answers=answers(run, noise),
        other_images=run.sweep.loc[run.sweep["kind"] != trained, "n"].max(),
        other_kinds=words.other_kinds(run.metrics["sweep"], run.levels),
        arms=(arms := tables.arms(run.metrics["calibration"])),
        scale=tables.scale(arms),
        restoration=tables.restoration(
            run.metrics["denoised"], run.metrics["joint"], run.sweep, run.noise
        ),
        classical=tables.classical(run.metrics["classical"]),
        classical_images=next(iter(run.metrics["classical"].values()))["n"],
        by_level=tables.by_level(run.sweep, trained),
        detector=tables.detector(run.metrics["roc"]),
        detector_source=SOURCES[run.detector],
        arm_names={name: arm.label for name, arm in ARMS.items()},
        states={"noisy": "noisy", "denoised": "denoised", "joint": "by the joint network"},
        start=min(run.levels, key=lambda level: abs(level - run.noise.level)),
        panel=_panel(run),
    )


def answers(run: Run, noise: str) -> list[words.Answer]:
    """Return the four questions with what the numbers say."""
    found = run.metrics
    classifier, denoised, joint = (found[name] for name in ("classifier", "denoised", "joint"))
    return [
        words.suffering(classifier, noise),
        words.given_back(denoised, classifier),
        words.joint_better(joint, classifier, denoised, run.joint_weight),
        words.break_even(found["sweep"], run.sweep, run.noise.kind, run.levels),
    ]


def _charts(run: Run, kinds: list[str]) -> dict[str, charts.Chart]:
    return {
        "accuracy": levels.accuracy_by_level(run.sweep, kinds, run.noise.level),
        "psnr": levels.psnr_by_level(run.sweep, kinds, run.noise.level),
        "roc": charts.roc(run.roc),
        "training": charts.training(run.histories),
    }


def _panel(run: Run) -> dict:
    """Return what the script of the panel needs, each level's views in the order of the levels."""
    return {
        "levels": [level_text(level) for level in run.levels],
        "images": [
            {
                "name": example.name,
                "clean": example.clean,
                "views": [_view(example, level) for level in run.levels],
            }
            for example in run.examples
        ],
    }


def _view(example: Example, level: float) -> dict:
    view = example.views[level]
    return {
        "summary": view.summary(),
        "pictures": [view.pictures[state] for state in STATES],
        "psnr": [view.psnr[state] for state in STATES],
        "verdicts": [[*view.verdicts[arm], view.verdicts[arm].text] for arm in ARMS],
    }


def _own(name: str) -> str:
    """Return one of the page's own files, to stand in it as it is."""
    return (HERE / name).read_text("utf-8")
