"""The data set of a recipe."""

from denoising.datasets.registry import load
from denoising.datasets.splits import Split
from denoising.errors import UserError
from denoising.params import Params
from recipes.settings import Recipe


def read_splits(params: Params, recipe: Recipe, seed: int) -> dict[str, Split]:
    """Return the splits of a recipe's data set; raise `UserError` if `params` do not know it."""
    if recipe.dataset not in params.datasets:
        raise UserError(
            f"Expected a recipe's data set to be one of `datasets` in params.yaml: "
            f"{', '.join(params.datasets)}. Received: {recipe.dataset!r}"
        )
    return load(params.datasets[recipe.dataset].source, recipe.dataset, seed)
