"""What the files of a rulebook share: strict models, citations and the words that may stand in them."""

from typing import Annotated, Any, Literal, get_args

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

from euthymia.facts.days import day_of
from euthymia.rulebook.conditions import MET, STATUSES, UNDETERMINED

Kind = Literal["definition", "rule", "warning", "explanation", "question", "assessment", "option", "conflict", "remark", "helper"]
Advice = Literal["safety", "fix_first", "assess", "treat", "remind"]
Severity = Literal["critical", "warning", "notice"]
SEVERITIES: tuple[Severity, ...] = get_args(Severity)  # the gravest first
Status = Literal["met", "not_met", "undetermined", "not_applicable"]
Place = Literal[
    "spectrum", "refractoriness", "pseudo_resistance", "situations", "toxicity", "steps", "areas", "factors", "options", "process",
    "definitions", "trauma",
]  # fmt: skip
Domain = Literal["patient", "therapist", "environment", "morbidity"]
Certainty = Literal["source", "reading", "looked_up", "literature"]
Identifier = Annotated[str, Field(pattern=r"^[A-Za-z][A-Za-z0-9]*([-_][A-Za-z0-9]+)*$")]
Sentences = dict[Status, str]
ConditionText = str | dict[str, Any]

assert set(STATUSES) == set(Status.__args__)  # type: ignore[attr-defined]


def alert_stands(severity: Severity | None, status: str) -> bool:
    """Does a rule stand among the alerts? Where it is met; one of weight also where it cannot be told: a missing answer silences none."""
    return severity is not None and (status == MET or (status == UNDETERMINED and severity != "notice"))


def _day(written: object) -> object:
    day_of(written)
    return written


Day = Annotated[str, BeforeValidator(_day), Field(json_schema_extra={"format": "date"})]


class Strict(BaseModel):
    """No unknown keys, no change after reading."""

    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)


class Citation(Strict):
    """A place in a work."""

    work: str
    at: str


def citations(source: "Citation | list[Citation] | None") -> tuple[Citation, ...]:
    """One source or several, as authors write them, always as a tuple."""
    if source is None:
        return ()
    return tuple(source) if isinstance(source, list) else (source,)
