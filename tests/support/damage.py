"""Damaged files, and a check that they are read or refused."""

from typing import Any

from hypothesis import strategies as st

from denoising.files.errors import UserError


@st.composite
def damaged(draw, good: bytes) -> bytes:
    """Draw the bytes of a good file, damaged: cut, overwritten, shifted or extended."""
    content = bytearray(good)
    for _ in range(draw(st.integers(1, 4))):
        place = draw(st.integers(0, len(content)))
        match draw(st.sampled_from(["cut", "change", "insert", "append", "remove"])):
            case "cut":
                del content[place:]
            case "change":
                new = draw(st.binary(min_size=1, max_size=8))
                content[place : place + len(new)] = new
            case "insert":
                content[place:place] = draw(st.binary(max_size=64))
            case "append":
                content += draw(st.sampled_from([b"\0" * 100, b"x", good, bytes(content)]))
            case "remove":
                del content[place : place + draw(st.integers(1, 64))]
        if len(content) > 10 * len(good):
            break
    return bytes(content)


def explained(read, path, *arguments) -> Any:
    """Return what `read` returns, or None if it refuses the file; anything else fails the test."""
    try:
        return read(path, *arguments)
    except UserError as error:
        message = str(error)
    assert str(path) in message
    assert len(message) < 1000
    return None
