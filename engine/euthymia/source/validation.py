"""pydantic models read from files, with mistakes told by file, line and key."""

from pathlib import Path
from types import UnionType
from typing import Annotated, Any, Generic, TypeVar, Union, get_args, get_origin

from pydantic import BaseModel, ValidationError

from euthymia.errors import InputError, Problem, found, suggestion
from euthymia.source.text import Document, Limits, Path_, read_file

Model = TypeVar("Model", bound=BaseModel)

_LIST, _MAPPING = "a list", "a mapping of keys and values"
_SHAPES = {"list_type": _LIST, "tuple_type": _LIST, "dict_type": _MAPPING, "model_type": _MAPPING, "model_attributes_type": _MAPPING}


_MOST_HINTS = 100  # a file with more mistakes than this gets no further "did you mean", which takes time


class Checked(Generic[Model]):
    """A model together with the file that it was read from."""

    def __init__(self, model: Model, document: Document) -> None:
        self.model = model
        self.document = document


def read_model(path: Path, model: type[Model], limits: Limits | None = None) -> Checked[Model]:
    """Read `path` as `model`. Raises InputError with every mistake in the file."""
    document = read_file(path, limits)
    return Checked(validate(document, model), document)


def validate(document: Document, model: type[Model]) -> Model:
    """The document's data as `model`, or an InputError that names lines and keys."""
    read, problems = read_as_far_as_possible(document, model)
    if read is None or problems:
        raise InputError(problems)
    return read


def read_as_far_as_possible(document: Document, model: type[Model]) -> tuple[Model | None, list[Problem]]:
    """The model of what is right in the document, and every mistake; no model where nothing usable is left."""
    problems = list(document.problems)
    if document.data is None and problems:
        return None, problems  # an empty file: that it holds no keys need not be said as well
    if not isinstance(document.data, dict):
        return None, [*problems, document.problem((), "a mapping of keys and values is needed here")]
    try:
        return model.model_validate(document.data), problems
    except ValidationError as error:
        problems += problems_of(error, document, model)
        right = _without(document.data, {_existing(item["loc"], document.data) for item in error.errors(include_url=False)})
    try:
        return model.model_validate(right), problems
    except ValidationError:
        return None, problems


def _without(data: Any, wrong: set[Path_], place: Path_ = ()) -> Any:
    """The data without the values that are wrong."""
    if isinstance(data, dict):
        return {key: _without(value, wrong, (*place, key)) for key, value in data.items() if (*place, key) not in wrong}
    if isinstance(data, list):
        return [_without(value, wrong, (*place, number)) for number, value in enumerate(data)]
    return data


def problems_of(error: ValidationError, document: Document, model: type[BaseModel]) -> list[Problem]:
    """One problem for each place that pydantic objects to."""
    told: dict[Path_, Problem] = {}
    for item in error.errors(include_url=False):
        path = _existing(item["loc"], document.data)
        message = _message(item, path, model, hints=len(told) < _MOST_HINTS)
        place = (*path, item["loc"][-1]) if item["type"] == "missing" else path
        told.setdefault(place, document.problem(place, message))
    return list(told.values())


def _existing(loc: tuple[str | int, ...], data: Any) -> Path_:
    """The part of pydantic's location that is a place in the file (unions add names of their own)."""
    path: list[str | int] = []
    for part in loc:
        inside_list = isinstance(data, list) and isinstance(part, int) and part < len(data)
        if inside_list or (isinstance(data, dict) and part in data):
            data = data[part]
            path.append(part)
    return tuple(path)


def _message(item: Any, path: Path_, model: type[BaseModel], *, hints: bool) -> str:
    kind = item["type"]
    if kind == "missing":
        return "is missing"
    if kind == "extra_forbidden":
        known = _fields(model, path[:-1])
        hint = suggestion(str(path[-1]), known) if hints else ""
        return f"unknown key{hint}; allowed: {', '.join(sorted(known))}" if known else "unknown key"
    if kind == "literal_error":
        allowed = item["ctx"]["expected"]
        words = [word.strip("'") for word in allowed.replace(" or ", ", ").split(", ")]
        if len(words) == 1:
            return f"found '{found(item['input'])}'; allowed: {words[0]}"
        return f"found {found(item['input'])}; allowed: {allowed}{suggestion(str(item['input']), words)}"
    if kind in ("value_error", "fact"):
        return str(item["msg"]).removeprefix("Value error, ")
    if kind == "too_long":
        return f"found {item['ctx']['actual_length']} entries; allowed: at most {item['ctx']['max_length']}"
    if kind in _SHAPES:
        return f"found {found(item['input'])}; {_SHAPES[kind]} is needed here"
    return f"found {found(item['input'])}; {item['msg'][0].lower()}{item['msg'][1:]}"


def _fields(model: type[BaseModel], path: Path_) -> list[str]:
    """Keys that are allowed at a place of the model."""
    shapes: list[Any] = [model]
    for part in path:
        shapes = [inner for shape in shapes for inner in _inside(shape, part)]
    models = [shape for shape in shapes if _is_model(shape)]
    return list(dict.fromkeys(info.alias or name for shape in models for name, info in shape.model_fields.items()))


def _inside(shape: Any, part: str | int) -> list[Any]:
    """The shapes that a value one step further down may have."""
    origin, arguments = get_origin(shape), get_args(shape)
    if isinstance(part, int):
        return _shapes(arguments[0]) if origin in (list, tuple) and arguments else []
    if origin is dict and arguments:
        return _shapes(arguments[1])
    if not _is_model(shape):
        return []
    by_key = {info.alias or name: info.annotation for name, info in shape.model_fields.items()}
    return _shapes(by_key.get(part))


def _shapes(annotation: Any) -> list[Any]:
    """An annotation without what only marks or joins: the one shape, or each of several."""
    origin = get_origin(annotation)
    if origin is Annotated:
        return _shapes(get_args(annotation)[0])
    if origin in (Union, UnionType):
        return [shape for argument in get_args(annotation) for shape in _shapes(argument)]
    return [annotation]


def _is_model(shape: Any) -> bool:
    return isinstance(shape, type) and issubclass(shape, BaseModel)
