"""Parameters with changes."""

from typing import Any

from denoising.config.params import Params


def with_section(params: Params, section: str, /, **changes: Any) -> Params:
    """Return parameters with changes in one section."""
    changed = getattr(params, section).model_copy(update=changes)
    return params.model_copy(update={section: changed})
