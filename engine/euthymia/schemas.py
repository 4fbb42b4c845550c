"""JSON Schemas of every kind of file, so that an editor completes keys and marks mistakes."""

from collections.abc import Callable
from typing import Any

from pydantic import BaseModel

from euthymia.cases.files import CaseFile
from euthymia.facts.catalogue import Catalogue, Record
from euthymia.facts.drug_table import DrugFile
from euthymia.facts.model import patient_schema
from euthymia.rulebook import files

_DIALECT = "https://json-schema.org/draft/2020-12/schema"
_UNITS = {"type": "string", "pattern": "^(listed )?[a-z]+s$"}
_MODELS: dict[str, type[BaseModel]] = {
    "rules": files.RuleFile,
    "facts": Record,
    "parameters": files.ParameterFile,
    "sources": files.SourceFile,
    "evidence": files.EvidenceFile,
    "readings": files.ReadingFile,
    "entries": files.EntryFile,
    "contradictions": files.ContradictionFile,
    "tensions": files.TensionFile,
    "drugs": DrugFile,
    "rulebook": files.RulebookFile,
    "cases": CaseFile,
}
NAMES = ("patient", *_MODELS)


def schema(name: str, catalogue: Callable[[], Catalogue]) -> dict[str, Any]:
    """The schema called `name` (one of NAMES). `catalogue` gives the declared facts, which only the patient's schema needs."""
    if name == "patient":
        return patient_schema(catalogue())
    made = _MODELS[name].model_json_schema(by_alias=True)
    made = {"$schema": _DIALECT, "$id": f"euthymia.{name}/1", **made}
    if name in ("rules", "contradictions"):
        made["$defs"]["Condition"] = _condition()
        _refer(made)
    return made


def _refer(node: Any) -> None:
    """Let every `when`, `applies`, `where`, `done` and `begun` point to the one description of conditions."""
    if isinstance(node, dict):
        properties = node.get("properties", {})
        for key in ("when", "applies", "where", "done", "begun"):
            if key in properties:
                properties[key] = {"$ref": "#/$defs/Condition"}
        for child in node.values():
            _refer(child)
    elif isinstance(node, list):
        for child in node:
            _refer(child)


def _condition() -> dict[str, Any]:
    inner = {"$ref": "#/$defs/Condition"}
    several = {"type": "array", "items": inner, "minItems": 1}
    count = {"anyOf": [{"type": "integer", "minimum": 1}, {"type": "string", "pattern": r"^\$"}]}
    shapes: list[tuple[dict[str, Any], list[str]]] = [
        ({"all": several}, ["all"]),
        ({"any": several}, ["any"]),
        ({"not": inner}, ["not"]),
        ({"once": inner}, ["once"]),
        ({"first_known": several}, ["first_known"]),
        ({"latest_trial": inner}, ["latest_trial"]),
        ({"at_least": count, "of": _UNITS, "where": inner, "distinct": {"type": "string"}}, ["at_least", "of", "where"]),
        ({"some": _UNITS, "where": inner}, ["some", "where"]),
        ({"none": _UNITS, "where": inner}, ["none", "where"]),
        ({"every": _UNITS, "where": inner, "holds": inner}, ["every", "holds"]),
    ]
    objects = [
        {"type": "object", "properties": properties, "required": required, "additionalProperties": False} for properties, required in shapes
    ]
    return {
        "title": "Condition",
        "description": "A line about one fact or rule (`trial.kellner_score >= 5`), or a mapping that joins conditions (`all: […]`).",
        "anyOf": [{"type": "string", "minLength": 1}, *objects],
    }
