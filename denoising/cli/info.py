"""The command `denoise info`: describe a model."""

from pathlib import Path

from denoising.config.card import Card
from denoising.inference.pretrained import open_model
from denoising.noise.kinds import KINDS


def describe(path: Path) -> None:
    """Print a model's inputs, outputs and training data."""
    model = open_model(path)
    size = path.stat().st_size / 2**20
    print(f"{path}: {model.name}, {model.count_params():,} parameters, {size:.1f} MiB")
    for side, found in (("input", model.inputs), ("output", model.outputs)):
        for name, shape in found.items():
            sides = " × ".join("any" if part is None else str(part) for part in shape)
            print(f"  {side} {name}: {sides}")
    card = model.card
    print(f"  {_training_data(card)}" if card else "  The file does not name its training data.")


def _training_data(card: Card) -> str:
    """Describe the training data of a model in one line."""
    size = "×".join(map(str, card.size))
    text = f"trained on {card.images:,} images of {card.dataset}, {size}, "
    if card.noise is None or card.levels is None:
        return text + f"clean; classes: {', '.join(card.classes or ['none'])}"
    low, high = card.levels
    text += f"with {KINDS[card.noise].label} noise of level {low:g}"
    text += f" to {high:g}" if high > low else ""
    text += ", clipped" if card.clip else ""
    if card.level_known:
        text += f", with the level as an {'optional ' if card.level_known < 1 else ''}input"
    return text + (f"; classes: {', '.join(card.classes)}" if card.classes else "")
