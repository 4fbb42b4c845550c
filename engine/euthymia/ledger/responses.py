"""What a clinician did with an answer: the verdict, and the coded reasons for another decision."""

from typing import Literal, get_args

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
