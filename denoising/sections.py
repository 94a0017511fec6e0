"""A YAML file as typed sections; each value that is wrong is explained by its key."""

import re
from difflib import get_close_matches
from pathlib import Path
from types import NoneType, UnionType
from typing import Annotated, Any, TypeVar, Union, get_args, get_origin

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from denoising.errors import UserError


class Section(BaseModel):
    """A section of a file: no unknown key, no silent conversion, no NaN."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True, allow_inf_nan=False)


Fraction = Annotated[float, Field(ge=0, le=1)]
Positive = Annotated[float, Field(gt=0)]
NonNegative = Annotated[float, Field(ge=0)]
Count = Annotated[int, Field(ge=1, le=1_000_000)]
Root = TypeVar("Root", bound=Section)
LARGEST_FILE = 2**20  # bytes
LONGEST_VALUE = 1000  # characters
MOST_VALUES = 100_000  # with those that anchors repeat
LONGEST_SHOWN = 200
MOST_TOLD = 20


class ImpossibleError(ValueError):
    """A value that does not go with others; `key` is relative to the section that says so."""

    def __init__(self, key: str, expected: str, received: Any):
        super().__init__(expected)
        self.key, self.received = key, received


def read_sections(path: Path | str, root: type[Root]) -> Root:
    """Read a YAML file as `root`; raise `UserError` with each key that is wrong."""
    path = Path(path)
    try:
        if path.stat().st_size > LARGEST_FILE:
            raise UserError(f"Expected at most {LARGEST_FILE:,} bytes of parameters in {path}.")
        values = _load(path.read_text(encoding="utf-8"), path.name)
    except OSError as error:
        raise UserError(
            f"Expected the parameters in {path}. Received: {error.strerror}. "
            "Run it in the repository's root."
        ) from None
    except RecursionError:
        raise UserError(f"Expected fewer sections within sections in {path}") from None
    except (yaml.YAMLError, ValueError) as error:
        raise UserError(f"Expected YAML in UTF-8 in {path}. Received: {error}") from None
    try:
        return root.model_validate(values)
    except ValidationError as failure:
        errors = failure.errors()
        wrong = [f"\n  {_explain(error, root)}" for error in errors[:MOST_TOLD]]
        more = f"\n  and {len(errors) - MOST_TOLD} more" if len(errors) > MOST_TOLD else ""
        raise UserError(f"{path} has values that no stage can use:{''.join(wrong)}{more}") from None


def _load(text: str, name: str) -> Any:
    """Return what YAML text says; raise where PyYAML would be silent, or never end."""
    loader = yaml.SafeLoader(text)
    loader.name = name
    try:
        if not (root := loader.get_single_node()):
            return None
        _count(root, {})
        return loader.construct_document(root)
    finally:
        loader.dispose()


def _count(node: yaml.Node, counted: dict[yaml.Node, int]) -> int:
    """Return how many values a node holds, those of anchors as often as they are repeated.

    Raise `yaml.MarkedYAMLError` where they are too many, one is too long or holds itself, or a key
    stands twice in a section.
    """
    children = []
    if isinstance(node, yaml.MappingNode):
        children = [one for pair in node.value for one in pair]
        seen = set()
        for key in (key for key, _ in node.value if isinstance(key, yaml.ScalarNode)):
            if key.value in seen:
                raise _refused(key, f"the key {key.value!r} a second time in one section")
            seen.add(key.value)
    elif isinstance(node, yaml.SequenceNode):
        children = node.value
    elif len(node.value) > LONGEST_VALUE:
        raise _refused(node, f"a value of more than {LONGEST_VALUE:,} characters")
    counted[node] = MOST_VALUES  # until it is counted, so that one that holds itself is too many
    number = 1 + sum(counted.get(one) or _count(one, counted) for one in children)
    if number > MOST_VALUES:
        raise _refused(node, f"more than {MOST_VALUES:,} values, or an anchor that holds itself")
    counted[node] = number
    return number


def _refused(node: yaml.Node, problem: str) -> yaml.MarkedYAMLError:
    return yaml.MarkedYAMLError(problem=problem, problem_mark=node.start_mark)


def _explain(error: dict, root: type[Section]) -> str:
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
        case "float_type" if _is_exponent(received):
            says = "Expected: a point before the exponent, as in 1.0e-3, which YAML asks for"
        case _:
            says = f"Expected: {error['msg']}"
    where = ".".join(keys) or "the file"
    shown = repr(received)
    if len(shown) > LONGEST_SHOWN:
        shown = f"{shown[:LONGEST_SHOWN]}…"
    return f"{where}: {says}. Received: {shown} (of type {type(received).__name__})"


def _is_exponent(received: Any) -> bool:
    """Say whether a text is a number such as 1e-3, which YAML 1.1 takes for text."""
    return bool(re.fullmatch(r"[-+]?\d+e[-+]?\d+", str(received), re.IGNORECASE))


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
