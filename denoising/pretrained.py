"""The model that comes with this package; the recipe `photos` trains it."""

from pathlib import Path

PHOTOS = Path(__file__).parent / "photos.keras"
