"""Typed sections of a YAML file, and error messages that name the key of a wrong value."""

from collections.abc import Mapping
from difflib import get_close_matches
from types import NoneType, UnionType
from typing import Annotated, Any, TypeGuard, Union, get_args, get_origin

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
    """A value that contradicts others; `key` is relative to the section that raises the error."""

    def __init__(self, key: str, expected: str, received: Any):
        super().__init__(expected)
        self.key, self.received = key, received


def explain(error: Mapping[str, Any], root: type[Section]) -> str:
    """Return a message for a pydantic error: the key, the accepted values, the received one."""
    place, received = error["loc"], error["input"]
    keys = _follow(place, root)[0]
    match error["type"]:
        case "extra_forbidden":
            accepted = getattr(_follow(place[:-1], root)[1], "model_fields", ())
            text = f"unknown key. Expected one of: {', '.join(accepted)}"
            if nearest := get_close_matches(keys[-1], accepted, n=1):
                text += f" (perhaps {nearest[0]})"
        case "missing":
            return f"{'.'.join(keys)}: this key is missing. Add it"
        case "value_error":
            text, cause = str(error["ctx"]["error"]), error["ctx"]["error"]
            if isinstance(cause, ImpossibleError):
                keys, received = [*keys, cause.key], cause.received
        case _:
            text = error["msg"]
    where = ".".join(keys) or "the file"
    shown = repr(received)
    if len(shown) > LONGEST_SHOWN:
        shown = f"{shown[:LONGEST_SHOWN]}…"
    return f"{where}: {text}. Received: {shown} (of type {type(received).__name__})"


def _follow(place: tuple[str | int, ...], root: type[Section]) -> tuple[list[str], Any]:
    """Return the keys that lead from `root` to a pydantic location, and the type of its value.

    Besides keys, a location contains the `format` by which pydantic chose a section, and ``[key]``
    if a key itself is invalid.
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
    """Return the type of the value of a key, or of a list's items; None if unknown."""
    if get_origin(kind) in (dict, list):
        return get_args(kind)[-1]
    field = kind.model_fields.get(str(part)) if _is_section(kind) else None
    return field.annotation if field else None


def _without_none(kind: Any) -> Any:
    """Return the other type of an optional; other types are returned unchanged."""
    if get_origin(kind) not in (Union, UnionType):
        return kind
    others = [one for one in get_args(kind) if one is not NoneType]
    return others[0] if len(others) == 1 else kind


def _is_section(kind: Any) -> TypeGuard[type[Section]]:
    return isinstance(kind, type) and issubclass(kind, Section)
