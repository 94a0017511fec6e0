"""Typed sections of a YAML file; every wrong value is explained by its key."""

from difflib import get_close_matches
from types import NoneType, UnionType
from typing import Annotated, Any, Union, get_args, get_origin

from pydantic import BaseModel, ConfigDict, Field


class Section(BaseModel):
    """A section of a file: no unknown key, no silent conversion, no NaN."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True, allow_inf_nan=False)


Fraction = Annotated[float, Field(ge=0, le=1)]
Positive = Annotated[float, Field(gt=0)]
NonNegative = Annotated[float, Field(ge=0)]
Count = Annotated[int, Field(ge=1, le=1_000_000)]
Counts = Annotated[list[Count], Field(min_length=1)]
LONGEST_SHOWN = 200


class ImpossibleError(ValueError):
    """A value that does not go with others; `key` is relative to the section that says so."""

    def __init__(self, key: str, expected: str, received: Any):
        super().__init__(expected)
        self.key, self.received = key, received


def explain(error: dict, root: type[Section]) -> str:
    """Say of one error of pydantic's: which key, what is accepted, what was received."""
    place, received = error["loc"], error["input"]
    keys = _follow(place, root)[0]
    match error["type"]:
        case "extra_forbidden":
            accepted = getattr(_follow(place[:-1], root)[1], "model_fields", ())
            says = f"unknown key. Expected one of: {', '.join(accepted)}"
            if nearest := get_close_matches(keys[-1], accepted, n=1):
                says += f" (perhaps {nearest[0]})"
        case "missing":
            return f"{'.'.join(keys)}: Expected this key. Received: nothing under that name"
        case "value_error":
            says, cause = str(error["ctx"]["error"]), error["ctx"]["error"]
            if isinstance(cause, ImpossibleError):
                keys, received = [*keys, cause.key], cause.received
        case _:
            says = f"Expected: {error['msg']}"
    where = ".".join(keys) or "the file"
    shown = repr(received)
    if len(shown) > LONGEST_SHOWN:
        shown = f"{shown[:LONGEST_SHOWN]}…"
    return f"{where}: {says}. Received: {shown} (of type {type(received).__name__})"


def _follow(place: tuple, root: type[Section]) -> tuple[list[str], Any]:
    """Return the keys that lead to a place, seen from `root`, and the type of what stands there.

    pydantic puts into the place, too, what is no key: of sections that are told apart by their
    `format` its value, and ``[key]`` where a key itself is wrong.
    """
    keys, kind = [], root
    for part in place:
        kind = _without_none(kind)
        formats = {
            get_args(one.model_fields["format"].annotation)[0]: one
            for one in get_args(kind)
            if _is_section(one) and "format" in one.model_fields
        }
        if part in formats:
            kind = formats[part]
        elif part != "[key]":
            keys.append(str(part))
            kind = _below(kind, part)
    return keys, _without_none(kind)


def _below(kind: Any, part: str | int) -> Any:
    """Return the type of what stands under a key, or at a place of a list; None if unknown."""
    if get_origin(kind) in (dict, list):
        return get_args(kind)[-1]
    field = kind.model_fields.get(part) if _is_section(kind) else None
    return field.annotation if field else None


def _without_none(kind: Any) -> Any:
    """Return the one type that may stand beside None, where there is just one."""
    if get_origin(kind) not in (Union, UnionType):
        return kind
    others = [one for one in get_args(kind) if one is not NoneType]
    return others[0] if len(others) == 1 else kind


def _is_section(kind: Any) -> bool:
    return isinstance(kind, type) and issubclass(kind, Section)
