"""The path of the shipped model, and a check of a model's path that opens nothing."""

from pathlib import Path

from denoising.files.errors import UserError

# The model shipped with this package; the study `photographs` trains it.
PHOTOS = Path(__file__).parent / "photos.onnx"


def check_model(path: Path) -> None:
    """Raise `UserError` if there is no file at the path of a model."""
    if not path.is_file():
        raise UserError(f"There is no model at {path}. `dvc repro` writes models to models/.")
