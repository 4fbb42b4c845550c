"""YAML changed in place: comments, order, quotation marks and indentation stay. The only module that knows ruamel.yaml."""

import io
from collections.abc import Callable
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.comments import CommentedMap, CommentedSeq
from ruamel.yaml.error import YAMLError
from ruamel.yaml.scalarstring import DoubleQuotedScalarString
from ruamel.yaml.util import load_yaml_guess_indent

from euthymia.errors import InputError, Problem
from euthymia.source.text import plain_scalar

Put = Callable[[Any, tuple[str, ...], Any, type, type], None]
_LONG_LINE = 1_000_000  # lines are never broken anew


def changed_yaml(text: str, name: str, changes: list[tuple[tuple[str, ...], Any]], put: Put) -> str:
    """The text with each value put at its place. Raises InputError where the layout cannot be kept."""
    writer = YAML()
    writer.preserve_quotes = True
    writer.width = _LONG_LINE
    try:
        _, sequence, offset = load_yaml_guess_indent(text)
        writer.indent(mapping=2, sequence=4 if offset is None else sequence, offset=2 if offset is None else offset)
        data = writer.load(text)
    except YAMLError as error:
        raise InputError([Problem(name, 0, "", f"cannot be changed without losing its layout: {type(error).__name__}")]) from None
    data = CommentedMap() if data is None else data
    for place, value in changes:
        put(data, place, _yaml_value(value), CommentedMap, CommentedSeq)
    stream = io.StringIO()
    writer.dump(data, stream)
    return stream.getvalue()


def _yaml_value(value: Any) -> Any:
    """Words that YAML would read as something else get quotation marks; lists of words stand on one line."""
    if isinstance(value, list):
        made = CommentedSeq([_yaml_value(item) for item in value])
        made.fa.set_flow_style()
        return made
    if isinstance(value, dict):
        return CommentedMap({key: _yaml_value(item) for key, item in value.items()})
    if isinstance(value, str) and plain_scalar(value) != value:
        return DoubleQuotedScalarString(value)
    return value
