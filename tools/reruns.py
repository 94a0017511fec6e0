"""The stages that a change of a parameter runs again, from DVC's own index of the pipeline."""

from collections.abc import Iterable
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

import pandas as pd

from tools._kept import markdown
from tools._program import ROOT

FINGERPRINT = "fingerprint"
# Parameters that a user changes; each is a row of the table.
CHANGES = [
    "seed",
    "threads",
    "dataset",
    "noise.level",
    "training.noise_range",
    "training.schedule",
    "training.distillation",
    "classifier.learning_rate",
    "autoencoder.options",
    "autoencoder.loss",
    "joint.form",
    "joint.learning_rate",
    "joint.classification_weight",
    "sweep.levels",
    "classical.images",
    "detector.scored_patches",
    "datasets.digits.source.size",
    "datasets.digits.training.classifier.epochs",
    "datasets.digits.training.autoencoder.epochs",
    "datasets.digits.training.joint.epochs",
    "datasets.digits.training.augmentation",
    "datasets.mnist.source.validation",
]


class Stage(NamedTuple):
    """A stage of a `dvc.yaml`, with paths and parameters filled in.

    Attributes
    ----------
    name : with its key, as in ``train_classifier@clean``.
    file : the `dvc.yaml`, relative to the root, as are all paths.
    params : keys by file.
    outs, metrics : paths; `metrics` are not among `outs`.
    """

    name: str
    file: str
    command: str
    description: str
    deps: list[str]
    params: dict[str, list[str]]
    outs: list[str]
    metrics: list[str]

    @property
    def module(self) -> str:
        """The module that the stage runs."""
        return self.command.partition(" -m ")[2].split()[0]

    @property
    def keys(self) -> list[str]:
        """The keys of `params.yaml` on which the stage depends."""
        return self.params.get("params.yaml", [])


@cache
def _index(file: str) -> Any:
    """Return DVC's index of a `dvc.yaml`; importing DVC takes a second."""
    from dvc.repo import Repo
    from dvc.repo.index import Index

    return Index.from_file(Repo(str(ROOT)), str(ROOT / file))


@cache
def stages(file: str = "dvc.yaml") -> dict[str, Stage]:
    """Return the stages of a pipeline that compute, by name: all but `fingerprint`."""
    found = (_stage(stage) for stage in _index(file).stages)
    return {stage.name: stage for stage in found if stage.name != FINGERPRINT}


def _stage(found: Any) -> Stage:
    """Return a stage of DVC's, a `PipelineStage`, as ours."""
    params = {dep.def_path: dep.params for dep in found.params}
    return Stage(
        found.name,
        str(Path(found.path).relative_to(ROOT)),
        found.cmd,
        found.desc or "",
        [dep.def_path for dep in found.deps if dep.def_path not in params],
        params,
        [out.def_path for out in found.outs if not out.metric],
        [out.def_path for out in found.outs if out.metric],
    )


def covers(section: str, key: str) -> bool:
    """Return whether the parameter `key` is `section`, or is in it."""
    return key == section or key.startswith(f"{section}.")


def changed_first(changed: str) -> set[str]:
    """Return the stages that depend on the parameter `changed` themselves."""
    return {
        name
        for name, stage in stages().items()
        if any(covers(key, changed) or covers(changed, key) for key in stage.keys)
    }


def run_again(changed: str) -> set[str]:
    """Return the stages that a change of a parameter runs again, if their outputs change."""
    return downstream(changed_first(changed))


def downstream(names: Iterable[str]) -> set[str]:
    """Return these stages, and all that depend on their outputs, directly or not."""
    import networkx as nx

    graph = _index("dvc.yaml").graph  # from a stage to those that it depends on
    nodes = {stage.name: stage for stage in graph.nodes}
    found = set(names)
    for name in set(names):
        found |= {stage.name for stage in nx.ancestors(graph, nodes[name])}
    return found


def reruns() -> str:
    """Return, for each change, the stages that run again, in the order of `dvc.yaml`."""
    rows = [
        {"a change of": f"`{changed}`", "runs again": _listed(run_again(changed))}
        for changed in CHANGES
    ]
    return markdown(pd.DataFrame(rows))


def _listed(again: set[str]) -> str:
    """Return the names of stages, or of the others if these are fewer."""
    others = set(stages()) - again
    shorter = others if len(others) < len(again) else again
    names = ", ".join(f"`{name}`" for name in stages() if name in shorter)
    if shorter is again:
        return names or "nothing"
    return f"everything but {names}" if names else "everything"


if __name__ == "__main__":
    print(reruns())
