"""Python source reduced to code: without comments, docstrings and blank lines."""

import ast
import hashlib
import io
import tokenize
from pathlib import Path

# Python 3.12 and later split f-strings into several tokens.
FSTRING_START = getattr(tokenize, "FSTRING_START", None)
FSTRING_END = getattr(tokenize, "FSTRING_END", None)


def code_hash(path: Path) -> str:
    """Return a hash of a source file that comments, docstrings and blank lines do not change.

    It is the same under every supported Python version. Other files are hashed as they are.
    """
    content = path.read_bytes()
    if path.suffix == ".py":
        content = essential(content.decode("utf-8")).encode()
    return _hash(content)


def _hash(content: bytes) -> str:
    return hashlib.blake2b(content, digest_size=8).hexdigest()


def essential(source: str) -> str:
    """Return Python source without comments, bare strings (docstrings) and blank lines.

    Multi-line string literals keep their blank lines. Raises `SyntaxError` for invalid source.
    """
    lines = source.split("\n")
    tokens = list(tokenize.generate_tokens(io.StringIO(source).readline))
    literal = _inside_strings(tokens)
    for (top, left), (bottom, right) in sorted(
        [*_bare_strings(source, lines), *_comments(tokens)], reverse=True
    ):
        before, after = lines[top][:left], lines[bottom][right:]
        lines[top : bottom + 1] = [before, *[""] * (bottom - top)]
        lines[bottom] += after
        literal -= set(range(top, bottom + 1))
    kept = [
        line if number in literal else line.rstrip()
        for number, line in enumerate(lines)
        if number in literal or line.strip()
    ]
    return "".join(f"{line}\n" for line in kept)


Span = tuple[tuple[int, int], tuple[int, int]]
"""Start and end of a piece of text: line, from 0, and column, in characters."""


def _comments(tokens: list[tokenize.TokenInfo]) -> list[Span]:
    return [
        ((token.start[0] - 1, token.start[1]), (token.end[0] - 1, token.end[1]))
        for token in tokens
        if token.type == tokenize.COMMENT
    ]


def _bare_strings(source: str, lines: list[str]) -> list[Span]:
    """Return the strings that stand alone as statements."""

    def place(line: int, offset: int) -> tuple[int, int]:
        return line - 1, len(lines[line - 1].encode()[:offset].decode())

    return [
        (
            place(node.lineno, node.col_offset),
            place(node.end_lineno or node.lineno, node.end_col_offset or 0),
        )
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.Expr)
        and isinstance(node.value, ast.Constant)
        and isinstance(node.value.value, str)
    ]


def _inside_strings(tokens: list[tokenize.TokenInfo]) -> set[int]:
    """Return the numbers of the lines whose ends are inside a string literal."""
    inside: set[int] = set()
    starts: list[int] = []
    for token in tokens:
        first, last = token.start[0] - 1, token.end[0] - 1
        if token.type == tokenize.STRING:
            inside |= set(range(first, last))
        elif token.type == FSTRING_START:
            starts.append(first)
        elif token.type == FSTRING_END:
            inside |= set(range(starts.pop(), last))
    return inside


NO_CODE = _hash(b"")
"""The hash of a module that holds comments and docstrings alone."""
