"""pydantic models read from files, with mistakes told by file, line and key."""

from pathlib import Path
from types import UnionType
from typing import Any, Generic, TypeVar, Union, get_args, get_origin

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
        return f"unknown key{hint}; allowed: {', '.join(sorted(known))}"
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
    current: Any = model
    for part in path:
        current = _inside(current, part)
    fields = getattr(current, "model_fields", None) or {}
    return [info.alias or name for name, info in fields.items()]


def _inside(annotation: Any, part: str | int) -> Any:
    """The model one step further down, through lists, dicts and optional values."""
    if isinstance(part, int):
        return annotation
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        by_key = {info.alias or name: info.annotation for name, info in annotation.model_fields.items()}
        return _first_model(by_key.get(part))
    return annotation


def _first_model(annotation: Any) -> Any:
    origin = get_origin(annotation)
    if origin in (Union, UnionType):
        inner = [_first_model(arg) for arg in get_args(annotation)]
        return next((arg for arg in inner if arg is not None), None)
    if origin in (list, tuple, dict):
        return _first_model(get_args(annotation)[-1 if origin is dict else 0])
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    return None
