"""The imports of this project."""

from functools import cache

import grimp

from stages._code import import_graph


@cache
def graph() -> grimp.ImportGraph:
    """Return the graph of all imports, made once."""
    return import_graph()
