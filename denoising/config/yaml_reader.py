"""Read a YAML file as DVC reads it (YAML 1.2), safe against duplicate keys and anchor bombs."""

from pathlib import Path
from typing import Any, TypeVar

from pydantic import ValidationError
from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.nodes import MappingNode, Node, SequenceNode

from denoising.config.yaml_schema import Section, explain
from denoising.files.errors import UserError, first_line

Root = TypeVar("Root", bound=Section)
LARGEST_FILE = 2**20  # bytes
LONGEST_VALUE = 1000  # characters
MOST_VALUES = 100_000  # a repeated anchor counts each time
MOST_EXPLAINED = 20


def read_sections(path: Path | str, root: type[Root]) -> Root:
    """Read a YAML file as `root`; raise `UserError` that lists every wrong key."""
    path = Path(path)
    try:
        if (size := path.stat().st_size) > LARGEST_FILE:
            raise UserError(
                f"{path} is too large: {size:,} bytes. Expected at most {LARGEST_FILE:,}. "
                "Remove unrelated content."
            )
        values = load(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise UserError(
            f"Cannot read the parameters in {path}: {error.strerror}. "
            "Run the command in the root of the repository."
        ) from None
    except RecursionError:
        raise UserError(f"{path} nests sections too deeply. Check its indentation.") from None
    except (YAMLError, ValueError) as error:
        raise UserError(f"{path} is not valid YAML in UTF-8: {_place(error)}") from None
    try:
        return root.model_validate(values)
    except ValidationError as failure:
        errors = failure.errors()
        wrong = [f"\n  {explain(error, root)}" for error in errors[:MOST_EXPLAINED]]
        rest = len(errors) - MOST_EXPLAINED
        more = f"\n  and {rest} more" if rest > 0 else ""
        raise UserError(f"{path} has invalid values:{''.join(wrong)}{more}") from None


def load(text: str) -> Any:
    """Return the value of a YAML document.

    Raises
    ------
    YAMLError
        Invalid YAML, a key twice in one section, a value too long, too many values, or an anchor
        that contains itself.
    """
    yaml = YAML(typ="safe", pure=True)
    if not (root := yaml.compose(text)):
        return None
    _count(root, {})
    return yaml.constructor.construct_document(root)


def _count(node: Node, counted: dict[Node, int]) -> int:
    """Return the number of values in a node, with anchors counted each time they are repeated."""
    children = []
    if isinstance(node, MappingNode):
        children = [child for pair in node.value for child in pair]
    elif isinstance(node, SequenceNode):
        children = node.value
    elif len(node.value) > LONGEST_VALUE:
        raise _refused(node, f"a value of more than {LONGEST_VALUE:,} characters")
    counted[node] = MOST_VALUES  # so that a node that contains itself exceeds the limit
    number = 1 + sum(counted.get(child) or _count(child, counted) for child in children)
    if number > MOST_VALUES:
        raise _refused(node, f"more than {MOST_VALUES:,} values, or an anchor that contains itself")
    counted[node] = number
    return number


def _refused(node: Node, problem: str) -> MarkedYAMLError:
    return MarkedYAMLError(problem=problem, problem_mark=node.start_mark)


def _place(error: Exception) -> str:
    """Return the problem of a YAML error and its place, on one line."""
    if not isinstance(error, MarkedYAMLError) or not error.problem_mark:
        return first_line(error)
    mark = error.problem_mark
    return f"{error.problem} (line {mark.line + 1}, column {mark.column + 1})"
