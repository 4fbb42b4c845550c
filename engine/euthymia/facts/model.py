"""The pydantic model of a patient file, made from the declared facts, and its JSON Schema."""

from functools import lru_cache
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, PlainValidator, WithJsonSchema, create_model

from euthymia.facts.catalogue import Catalogue, Declaration
from euthymia.facts.observation import NOT_ASKED
from euthymia.facts.values import STATES, identifier, read_value

_CONFIG = ConfigDict(extra="forbid", frozen=True)
_ID = Annotated[str, PlainValidator(identifier), WithJsonSchema({"type": ["string", "integer"]})]


@lru_cache(maxsize=8)
def patient_model(catalogue: Catalogue) -> type[BaseModel]:
    """The model of a whole patient file. Every fact is an Observation; what was left out is not asked."""
    fields: dict[str, Any] = {"schema_": (Literal["euthymia.patient/1"] | None, Field(default=None, alias="schema"))}
    for record in catalogue.records:
        declared = [fact for fact in catalogue.of_record(record.record) if fact.entered]
        if record.record == "none":
            fields |= {fact.name: _field(fact) for fact in declared}
        elif record.many:
            inner = create_model(record.title, __config__=_CONFIG, id=(_ID, ...), **_fields(declared))
            fields[f"{record.record}s"] = (tuple[inner, ...] | None, Field(default=None, max_length=100))  # type: ignore[valid-type]
        else:
            inner = create_model(record.title, __config__=_CONFIG, **_fields(declared))
            fields[record.record] = (inner | None, Field(default=None, description=record.about))
    return create_model("Patient file", __config__=_CONFIG, **fields)


def patient_schema(catalogue: Catalogue) -> dict[str, Any]:
    """JSON Schema of a patient file, for editors and other programs."""
    schema = patient_model(catalogue).model_json_schema(by_alias=True)
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", "$id": "euthymia.patient/1", **schema}


def _fields(declared: list[Declaration]) -> dict[str, Any]:
    return {fact.name: _field(fact) for fact in declared}


def _field(fact: Declaration) -> Any:
    reader = PlainValidator(lambda raw: read_value(fact, raw))
    annotation = Annotated[Any, reader, WithJsonSchema(value_schema(fact))]
    unit = f" Unit: {fact.unit}." if fact.unit not in (None, "none") else ""
    return (annotation, Field(default=NOT_ASKED, title=fact.label, description=f"{fact.definition}{unit} {fact.ask}"))


def value_schema(fact: Declaration) -> dict[str, Any]:
    """JSON Schema of one fact: its value, a state, or either with provenance."""
    value: dict[str, Any] = {"anyOf": [_known_schema(fact), {"enum": [*STATES]}, {"type": "null"}]}
    properties = {
        "value": value,
        "source": {"type": "string"},
        "date": {"type": "string", "pattern": r"^\d{4}-\d{2}-\d{2}$"},
        "note": {"type": "string"},
    }
    if fact.is_number:
        properties["unit"] = {"const": fact.unit}
    with_origin = {"type": "object", "properties": properties, "required": ["value"], "additionalProperties": False}
    return {"anyOf": [*value["anyOf"], with_origin]}


def _known_schema(fact: Declaration) -> dict[str, Any]:
    if fact.type == "tri":
        return {"enum": ["yes", "no", True, False]}
    if fact.type == "enum":
        return {"enum": list(fact.values)}
    if fact.is_number or fact.type == "list of integer":
        return _listed(fact, _number_schema(fact))
    if fact.type == "list of enum":
        return _listed(fact, {"enum": list(fact.values)})
    if fact.type == "map of text":
        texts = {key: {"type": "string"} for key in fact.keys}
        return {"type": "object", "properties": texts, "additionalProperties": False}
    if fact.type == "partial date":
        return {"type": ["string", "integer"], "pattern": r"^\d{4}(-\d{2}(-\d{2})?)?$"}
    return _listed(fact, {"type": "string", "minLength": 1})


def _number_schema(fact: Declaration) -> dict[str, Any]:
    limits = {"minimum": fact.minimum, "maximum": fact.maximum, "exclusiveMinimum": fact.above}
    kind = "integer" if fact.type != "number" else "number"
    return {"type": kind, **{name: limit for name, limit in limits.items() if limit is not None}}


def _listed(fact: Declaration, item: dict[str, Any]) -> dict[str, Any]:
    return {"type": "array", "items": item} if fact.type.startswith("list") else item
