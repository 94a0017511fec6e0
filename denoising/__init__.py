"""Classify and denoise noisy images: the library behind the stages in `dvc.yaml`."""

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from denoising.api import (
        add_noise,
        classify,
        denoise,
        estimate_level,
        load_classifier,
        load_denoiser,
    )

__all__ = [
    "add_noise",
    "classify",
    "denoise",
    "estimate_level",
    "load_classifier",
    "load_denoiser",
]


def __getattr__(name: str) -> Any:
    """Import the functions of `denoising.api` once they are used: they take half a second."""
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(importlib.import_module("denoising.api"), name)
