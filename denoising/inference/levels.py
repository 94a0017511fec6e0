"""The noise levels that a model can be given."""

from denoising.files.errors import UserError
from denoising.inference.engine import Network


def highest_level(model: Network) -> float:
    """Return the highest level that a model was trained on; 1 if its card names none."""
    return model.card.levels[1] if model.card and model.card.levels else 1.0


def check_level(model: Network, level: float, source: object = "the model") -> None:
    """Raise `UserError` if a model, called `source`, cannot use a given level."""
    if not model.has_level:
        raise UserError(f"{source} has no level input. Leave the level out.")
    highest = highest_level(model)
    if not 0 <= level <= highest:
        raise UserError(
            f"The level {level!r} is impossible: {source} was trained on levels up to {highest!r}. "
            "Give one from 0 to that, or leave the level out."
        )
