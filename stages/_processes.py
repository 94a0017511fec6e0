"""Run a training stage, in one process or in each of several that a launcher started."""

from collections.abc import Callable

from denoising.config.params import Params
from denoising.training import distribution
from stages._runner import run


def run_training(stage: str, main: Callable[[Params], None]) -> None:
    """Run a training stage as `run` does; if one of its processes ends, so do the others."""

    def member(params: Params) -> None:
        with distribution.together():
            main(params)

    run(stage, member, distribution.rank)
