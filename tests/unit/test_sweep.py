"""The noise sweep: the levels around the break-even at which the gain is measured, too."""

import numpy as np
import pytest

from stages import sweep

LEVELS = [0.0, 0.1, 0.2, 0.4]


@pytest.mark.parametrize(
    ("paying", "further"), [(0.15, [0.125, 0.15, 0.175]), (0.0, []), (0.9, [])]
)
def test_the_gain_is_measured_at_further_levels_around_the_break_even(paying, further, monkeypatch):
    """Denoising spoils every verdict below the level `paying`, and mends all others."""

    def right(level: float) -> sweep.Right:
        pays = np.full(4, level >= paying, np.int8)
        return {sweep.NOISY: 1 - pays, sweep.DENOISED: pays}

    monkeypatch.setattr(sweep, "measure", lambda networks, images, level, _: ([], right(level)))
    monkeypatch.setattr(sweep, "compared", lambda networks, images, level: right(level))
    images = sweep.Measured(lambda level, block: None, (4, 2, 2, 1), np.zeros(4, int))
    found = sweep.measure_kind("gaussian", images, LEVELS, {}, {})
    gains = sweep.gain_table({"gaussian": found}).set_index("level")["value"]
    assert [*gains.index] == sorted([*LEVELS, *further])
    assert [*gains] == [1 if level >= paying else -1 for level in gains.index]
