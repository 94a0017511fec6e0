"""The source code itself: it opens no file that could run code."""

import re

from tests.support.dag import ROOT


def test_nothing_is_ever_unpickled():
    sources = [
        source
        for folder in ("denoising", "stages", "studies", "tools")
        for source in (ROOT / folder).rglob("*.py")
    ]
    assert len(sources) > 50
    for source in sources:
        code = source.read_text()
        assert not re.search(r"\b(pickle|joblib\.load|read_pickle|shelve|marshal)\b(?!=)", code), (
            source
        )
        for call in re.findall(r"np\.load\([^\n]*", code):
            assert "allow_pickle=False" in call, f"{source}: {call}"
        assert "safe_mode=False" not in code
        assert not re.search(r"yaml\.(load|unsafe_load|full_load)\(", code), source
