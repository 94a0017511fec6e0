"""Progress bars on stderr, if it is a terminal: over pictures, or over the pixels of one."""

import sys
from contextlib import AbstractContextManager
from typing import Any


class NoBar(AbstractContextManager):
    """A bar that is not shown."""

    def update(self, done: float = 1) -> None:
        """Report progress to nobody."""

    def clear(self) -> None:
        """Remove nothing from the terminal."""

    def __exit__(self, *error: object) -> None:
        """End."""


def pictures_bar(total: int) -> Any:
    """Return a bar over pictures, if there is more than one."""
    return _bar(total=total, unit=" pictures", shown=total > 1)


def pixels_bar(total: int, shown: bool) -> Any:
    """Return a bar over the pixels of a picture."""
    return _bar(total=total, unit="px", unit_scale=True, shown=shown)


def _bar(shown: bool, **options: Any) -> Any:
    if not shown or not sys.stderr.isatty():
        return NoBar()
    from tqdm import tqdm  # slow to import

    return tqdm(leave=False, **options)
