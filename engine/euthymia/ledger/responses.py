"""What a clinician did with an answer: the verdict, and the coded reasons for another decision."""

from collections.abc import Sequence
from typing import Literal, get_args

from euthymia.errors import InputError, Problem, suggestion
from euthymia.ledger.commitments import opened
from euthymia.ledger.record import Asker, Draft
from euthymia.ledger.store import Row, Store

Verdict = Literal["accepted", "modified", "overridden"]
VERDICTS: tuple[Verdict, ...] = get_args(Verdict)

# Codes stay as they are: records of other years hold them.
REASONS = {
    "patient-preference": "the patient prefers something else",
    "contraindication": "something that the program does not know forbids it",
    "already-tried": "it was tried before",
    "not-available": "it cannot be had here",
    "facts-wrong": "the facts entered were wrong or incomplete",
    "rule-disagreed": "the rule does not fit this patient, or is not shared",
    "urgency": "something else comes first",
    "other": "another reason, given in the note",
}

ANSWERED = ("patient", "derivation", "answer")  # the parts with which the record of an answer must be read


def response_draft(row: Row, verdict: str, reason: str | None, rules: Sequence[str], note: str | None, by: Asker) -> Draft:
    """A response to an assessment that was read with ANSWERED. Raises InputError with everything that is wrong."""
    number = row.sealed.number
    if problems := _problems(verdict, reason, note):
        raise InputError(problems)
    if not row.parts:
        raise InputError([Problem("response", 0, "", f"record {number} was erased; nobody can respond to it")])
    judged = {step["rule"] for step in row.part("derivation")[0].value}
    known = judged | {item["id"] for item in row.part("answer")[0].value["recommendations"]}
    if wrong := [name for name in rules if name.partition("@")[0] not in known]:
        raise InputError([Problem("--rule", 0, "", f"record {number} has no '{name}'{suggestion(name, known)}") for name in wrong])
    patient = row.part("patient")[0].value
    parts = {"patient": (opened(patient),), "response": (opened({"rules": list(rules), "note": note}),)}
    return Draft("response", by, {"to": number, "verdict": verdict, "reason": reason}, patient, parts)


def responses_to(store: Store, row: Row, *parts: str) -> list[Row]:
    """What was recorded of an assessment afterwards, in its order, read with these parts."""
    if row.subject is None:
        return []
    later = store.rows(row.sealed.number, parts=parts, subject=row.subject, kinds=("response",))
    return [response for response in later if response.sealed.content["to"] == row.sealed.number]


def _problems(verdict: str, reason: str | None, note: str | None) -> list[Problem]:
    problems = []
    if verdict not in VERDICTS:
        problems.append(Problem("VERDICT", 0, "", f"found '{verdict}'; allowed: {', '.join(VERDICTS)}{suggestion(verdict, VERDICTS)}"))
    if reason is not None and reason not in REASONS:
        problems.append(Problem("--reason", 0, "", f"found '{reason}'; allowed: {', '.join(REASONS)}{suggestion(reason, REASONS)}"))
    if reason is None and verdict in VERDICTS[1:]:
        problems.append(Problem("--reason", 0, "", f"is missing; {verdict} needs one of {', '.join(REASONS)}"))
    if reason == "other" and not (note or "").strip():
        problems.append(Problem("--note", 0, "", "is missing; the reason 'other' needs one"))
    return problems
