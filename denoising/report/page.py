"""The report as one self-contained HTML page: words, tables, charts, pictures and their script."""

from pathlib import Path
from typing import Any

import jinja2

from denoising.evaluation.arms import ARMS
from denoising.noise.kinds import KINDS
from denoising.plots.vega import vega_bundle
from denoising.report import charts, colours, levels, pays_off, tables, words
from denoising.report.answers import answers, gain
from denoising.report.facts import detector_source, noise_name
from denoising.report.numbers import level_text
from denoising.report.panel import panel_data, steps
from denoising.report.results import Run
from denoising.report.states import STATES

HERE = Path(__file__).parent


def build(run: Run) -> str:
    """Return the page as HTML; the same run gives the same characters."""
    noise = noise_name(run.noise)
    drawn = _charts(run)
    return _template().render(
        style=_source("page.css"),
        light=colours.css_variables("light"),
        dark=colours.css_variables("dark"),
        script=_source("page.js"),
        vega=vega_bundle(),
        charts=drawn,
        specifications={name: chart.specification for name, chart in drawn.items()},
        run=run,
        noise=noise,
        kinds={kind: KINDS[kind].label for kind in run.kinds},
        headline=words.headline(run.arms, gain(run.differences)),
        answers=answers(
            arms=run.arms,
            differences=run.differences,
            break_even=run.break_even,
            sweep=run.sweep,
            noise=run.noise,
            joint_weight=run.joint_weight,
            images=run.images,
        ),
        arm_names={name: arm.label for name, arm in ARMS.items()},
        states=STATES,
        start=min(run.levels, key=lambda level: abs(level - run.noise.level)),
        steps=steps(run.levels),
        panel=panel_data(run.examples, run.levels),
        detector_source=detector_source(run.detector_source, noise),
        **_tables(run),
    )


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
    trained = levels.Trained(run.noise.kind, run.noise.level)
    return {
        "accuracy": levels.accuracy_by_level(run.sweep, trained),
        "psnr": levels.psnr_by_level(run.sweep, trained),
        "roc": charts.roc(run.roc),
        "training": charts.training(run.histories),
    }


def _tables(run: Run) -> dict[str, Any]:
    """Return the tables of the page, and the numbers of images in their captions."""
    arms = tables.arms(run.arms, run.calibration)
    return {
        "arms": arms,
        "scale": tables.scale(arms),
        "restoration": tables.restoration(run.arms),
        "filters": tables.filters(run.arms, run.filters),
        "filter_images": int(run.filters["n"].max()),
        "by_level": tables.by_level(run.sweep, run.over_levels, run.kinds),
        "other_kinds": pays_off.other_kinds(run.break_even, run.sweep, run.noise.kind),
        "detector": tables.detector(run.detector),
    }
