"""How many random cases a test draws: all under the profile `ci`, a tenth otherwise."""

import os

from hypothesis import settings

PROFILE = os.environ.get("HYPOTHESIS_PROFILE", "dev")
CASES = {
    "damaged parameter files": 300,
    "damaged IDX files": 1000,
    "IDX files with lying headers": 500,
    "damaged CIFAR archives": 1000,
    "CIFAR archives with lying headers": 1000,
    "damaged detector files": 1000,
    "damaged pictures": 1000,
    "resized pictures": 60,
    "damaged models": 200,
}
"""The numbers of cases under the profile `ci`, as `tests/README.md` states them."""


def cases(name: str) -> int:
    """Return the number of cases to draw."""
    return CASES[name] if PROFILE == "ci" else CASES[name] // 10


def fuzz(name: str) -> settings:
    """Return the settings of a test on random input: the profile's, with its number of cases."""
    return settings(max_examples=cases(name))
