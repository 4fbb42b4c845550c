"""The checker of certificates accepts what the program exports, and finds whatever a forger with all skills has changed."""

import ast
import copy
import hashlib
import json
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from euthymia import certificate
from euthymia.consultation import Consultation
from euthymia.inference.agreement import Engines, decide
from euthymia.inference.trace import Key
from euthymia.ledger.commitments import opened
from euthymia.ledger.compiled import compiled
from euthymia.ledger.contents import Asked, assessment_draft, judged, stored_rulebook
from euthymia.ledger.export import ndjson
from euthymia.ledger.ledger import Ledger
from euthymia.ledger.opening import open_store
from euthymia.ledger.record import Asker, Draft
from euthymia.render.document import Explain, document
from euthymia.render.words import Words
from tests.generative.rulebooks import rulebooks
from tests.generative.small_patients import small_patients
from tests.shared import ROOT

SOURCE = Path(certificate.__file__)
STATUSES = ("met", "not_met", "undetermined", "not_applicable")
Item = dict[str, Any]


# ---------------------------------------------------------------- a ledger written by hand, from the format alone


def fact(kind: str, name: str, **more: Any) -> Item:
    return {"is": kind, "fact": name, **more}


def status(rule: str, *wanted: str) -> Item:
    return {"is": "status", "rule": rule, "wanted": list(wanted)}


def of(kind: str, *parts: Item, **more: Any) -> Item:
    return {"is": kind, "of": list(parts), **more}


def count(record: str, minimum: int, part: Item, listed: bool = False, distinct: Item | None = None) -> Item:
    return of("count", part, record=record, minimum=minimum, listed=listed, distinct=distinct)


def different(choices: int = 0, *barred: str) -> Item:
    return {"fact": "trial.drug", "choices": choices, "barred": list(barred)}


ADULT, OLD = (fact("compare", "patient.age_years", symbol=">=", bound=bound) for bound in (18000, 65000))
FEMALE, MALE = (fact("one_of", "patient.sex", values=[sex, "other"]) for sex in ("female", "male"))
ASKED, FAILED = fact("one_of", "risk.assessed", values=["yes"]), fact("compare", "trial.score", symbol=">=", bound=6000)
ALWAYS: Item = {"is": "always"}
GIVEN = fact("one_of", "trial.modality", values=["medication", "psychotherapy"])

JUDGED: Item = {
    "patient": {
        "facts": {
            "patient.age_years": {"low": 44000, "high": 44000},
            "patient.sex": "female",
            "episode.weeks": {"low": 4000, "high": 9000},
            "area.methods": {"members": ["interview", 3]},
            "stress.sources": {"members": []},
            "history.complete": "yes",
        },
        "not_applicable": ["current.taper"],
    },
    "units": {
        "trial": [
            {"id": "first-2019", "facts": {"trial.drug": "sertraline", "trial.modality": "medication"}, "not_applicable": []},
            {"id": "second", "facts": {"trial.drug": "sertraline", "trial.modality": "medication"}, "not_applicable": ["trial.score"]},
            {
                "id": "third",
                "facts": {"trial.modality": "psychotherapy", "trial.score": {"low": 7000, "high": 7000}},
                "not_applicable": [],
            },
        ],
        "problem": [{"id": "debts", "facts": {"problem.active": "no"}, "not_applicable": []}],
    },
    "latest": "third",
}
# Of each rule: what it is about, its conditions, and the status for the patient or for each unit.
RULES: list[tuple[str, str, Item, list[str], Item]] = [
    ("adult", "patient", ADULT, ["met"], {"alert": "notice"}),
    ("weeks", "patient", fact("compare", "episode.weeks", symbol="<=", bound=9000), ["met"], {"alert": "warning"}),
    ("long", "patient", fact("compare", "episode.weeks", symbol=">", bound=4000), ["undetermined"], {"alert": "notice"}),
    ("female", "patient", FEMALE, ["met"], {}),
    ("asked", "patient", fact("unanswered", "risk.assessed"), ["met"], {"alert": "critical"}),
    ("talked", "patient", fact("includes", "area.methods", value=3), ["met"], {}),
    ("stressed", "patient", fact("filled", "stress.sources"), ["not_met"], {"alert": "critical"}),
    ("all", "patient", of("all", ADULT, ASKED), ["undetermined"], {"alert": "critical"}),
    ("any", "patient", of("any", ADULT, ASKED), ["met"], {}),
    ("not", "patient", of("not", FEMALE), ["not_met"], {}),
    ("once", "patient", of("once", MALE), ["undetermined"], {"alert": "warning"}),
    ("first", "patient", of("first_known", ASKED, FEMALE, MALE, facts=["risk.assessed", "patient.sex", "patient.sex"]), ["met"], {}),
    ("rests", "patient", status("female", "met"), ["met"], {}),
    ("applies", "patient", ALWAYS, ["not_applicable"], {"applies": status("female", "not_met")}),
    ("given", "trial", GIVEN, ["met", "met", "met"], {}),
    ("failed", "trial", of("all", status("given", "met"), status("adult", "met"), FAILED), ["undetermined", "undetermined", "met"], {}),
    ("latest", "patient", of("latest", status("failed", "met")), ["met"], {}),
    ("drugs", "patient", count("trial", 3, status("given", "met"), distinct=different(0, "psychotherapy")), ["not_met"], {}),
    ("courses", "patient", count("trial", 2, GIVEN, distinct=different(0, "psychotherapy")), ["met"], {}),
    ("debts", "patient", count("problem", 1, fact("one_of", "problem.active", values=["yes"]), listed=True), ["not_met"], {}),
    ("active", "problem", fact("unanswered", "problem.active"), ["not_met"], {}),
]
UNITS = {"patient": [None], **{record: [unit["id"] for unit in units] for record, units in JUDGED["units"].items()}}
STEPS = [
    {"rule": rule, "unit": unit, "status": found}
    for rule, about, _, statuses, _ in RULES
    for unit, found in zip(UNITS[about], statuses, strict=True)
]
COMPILED = {
    "schema": "euthymia.compiled/1",
    "digest": "",
    "records": {"trial": {"complete": "history.complete"}, "problem": {"complete": None}},
    "rules": [{"id": rule, "about": about, "when": when, "applies": None, "alert": None, **more} for rule, about, when, _, more in RULES],
}
MAP = {"refractoriness": "drugs", "criteria": {"A": "adult", "B": "all"}, "situations": {"a": "first"}}
ABOUT = {rule["id"]: rule["about"] for rule in COMPILED["rules"]}
PATIENT = re.compile("anna|berta|sertraline|2019|second|third|psycho|interview|44000")


def told(steps: list[Item]) -> Item:
    """An answer that tells these steps."""
    statuses = {(step["rule"], step["unit"]): step["status"] for step in steps}
    alerts = {rule["id"]: rule["alert"] for rule in COMPILED["rules"] if rule["alert"]}
    entries = [
        {"id": rule, "status": found} | ({} if unit is None else {ABOUT.get(rule, "trial"): unit})
        for (rule, unit), found in statuses.items()
    ]
    standing = [
        dict(entry)
        for entry in entries
        if entry["id"] in alerts and (entry["status"] == "met" or (entry["status"] == "undetermined" and alerts[entry["id"]] != "notice"))
    ]
    return {
        "schema": "euthymia.assessment/1",
        "on": "2026-11-20",
        "rulebook": {"digest": ""},
        "conclusions": entries[:9],
        "helpers": entries[9:15],
        "parts": entries[15:],
        "alerts": standing,
        "trace": [{"rule": rule if unit is None else f"{rule}@{unit}", "status": found} for (rule, unit), found in statuses.items()],
        "map": copy.deepcopy(MAP),
        "refractoriness": {
            "status": statuses.get(("drugs", None)),
            "criteria": {"A": statuses.get(("adult", None)), "B": statuses.get(("all", None))},
        },
        "situations": {"a": statuses.get(("first", None))},
    }


def sha(data: bytes | str) -> str:
    return f"sha256:{hashlib.sha256(data.encode() if isinstance(data, str) else data).hexdigest()}"


class Export:
    """What an export says, open to every change; `lines` seals it again, as the program would have."""

    def __init__(self) -> None:
        self.files: dict[str, str] = {"rulebook.yaml": "name: by hand\n", "spectrum/response.yaml": "rules: []\n"}
        self.compiled: Item = json.loads(json.dumps(COMPILED))
        self.bodies: list[Item] = []
        self.parts: list[Item] = []
        self._add("opening", None, None, {"public_key": None}, {})
        self._add("assessment", "s-1", None, *self._assessed("anna"))
        self._add("assessment", "s-2", None, *self._assessed("berta"))
        response = {"patient": ["anna"], "response": [{"rules": ["adult"], "note": "anna prefers something else"}]}
        self._add("response", "s-1", 2, {"to": 2, "verdict": "overridden", "reason": "patient-preference"}, response)
        self._add("erasure", "s-2", 3, {}, {})
        self._add("assessment", "s-1", 4, *self._assessed("anna"))
        self._add("key", None, None, {"public_key": None}, {})
        self.erased, self.lost = [3], list[str]()
        self.bind()

    @staticmethod
    def _assessed(patient: str) -> tuple[Item, Item]:
        content = {"on": "2026-11-20", "rulebook": "", "compiled": "", "asked": {}, "engines": {}, "shape": {}}
        facts = [{"at": ["patient", "sex"], "is": "female"}, {"at": ["patient", "age_years"], "is": 44}]
        parts = {"patient": [patient], "facts": facts, "judged": [copy.deepcopy(JUDGED)], "derivation": [copy.deepcopy(STEPS)]}
        return content, parts | {"answer": [told(STEPS)]}

    def _add(self, kind: str, subject: str | None, previous: int | None, content: Item, parts: Item) -> None:
        fixed = {"schema": "euthymia.record/1", "ledger": "l-1", "at": "2026-11-20T12:00:00+00:00", "clock_went_back": False}
        told = {"number": len(self.bodies) + 1, "kind": kind, "subject": subject, "previous": previous, "content": content}
        self.bodies.append({**fixed, **told, "by": {"role": "clinician", "name": "c-1"}, "program": {"name": "euthymia", "version": "0"}})
        self.parts.append({name: [[f"{number:032x}", text] for number, text in enumerate(part)] for name, part in parts.items()})

    def of(self, number: int, part: str) -> Any:
        """The only entry of a part."""
        return self.parts[number - 1][part][0][1]

    def bind(self) -> None:
        """Digests of the rulebook, and the numbers of judgements, wherever they are told."""
        named = b"".join(name.encode() + b"\0" + hashlib.sha256(self.files[name].encode()).digest() for name in sorted(self.files))
        self.compiled["digest"] = sha(named)
        for number, body in enumerate(self.bodies, 1):
            if body["kind"] == "assessment":
                statuses = [step["status"] for step in self.of(number, "derivation")]
                shape = {"facts": 2, "statuses": {one: statuses.count(one) for one in STATUSES}}
                body["content"] |= {"rulebook": sha(named), "compiled": sha(json.dumps(self.compiled)), "shape": shape}
                body["content"]["engines"] = {"durable_rules": "2", "agree": True, "judgements": len(statuses)}
                self.of(number, "answer")["rulebook"]["digest"] = sha(named)

    def retell(self, number: int = 2) -> None:
        """The answer of a record and its numbers, so that they fit its derivation."""
        self.parts[number - 1]["answer"][0][1] = told(self.of(number, "derivation"))
        self.bind()

    def lines(self) -> list[str]:
        """Sealed: commitments, hashes and the chain are right, whatever is said."""
        records: list[Item] = []
        for body, parts in zip(self.bodies, self.parts, strict=True):
            texts = {name: [[salt, json.dumps(value)] for salt, value in part] for name, part in parts.items()}
            commitments = {name: sorted(sha(bytes.fromhex(salt) + text.encode()) for salt, text in part) for name, part in texts.items()}
            text = json.dumps({"before": records[-1]["record"]["hash"] if records else None, "commitments": commitments, **body})
            sealed = {"number": body["number"], "hash": sha(text), "body": text, "signature": None}
            left = {name: part for name, part in texts.items() if name not in self.lost or body["number"] != 2}
            records.append({"record": sealed, "parts": {} if body["number"] in self.erased else left})
        head = {name: records[-1]["record"][name] for name in ("number", "hash", "signature")}
        header = {"schema": "euthymia.ledger/1", "ledger": "l-1", "records": len(records), "head": head}
        book = {"digest": self.compiled["digest"], "files": self.files, "compiled": json.dumps(self.compiled)}
        return [json.dumps(line) for line in (header, {"rulebook": book}, *records)]


def faults(lines: list[str]) -> list[str]:
    """What the checker says, which is never a word about the patient, and never more than a line."""
    found = certificate.check(lines).faults
    assert not [fault for fault in found if PATIENT.search(fault) or not fault.isascii() or not fault.isprintable()]
    return found


# ---------------------------------------------------------------- the ledger by hand


def test_a_ledger_written_by_hand_from_the_format_is_accepted() -> None:
    """Seven records, one of them forgotten, with all kinds of conditions, their statuses worked out by hand."""
    report = certificate.check(Export().lines())
    assert report.faults == []
    assert (report.records, report.steps, report.forgotten) == (7, 2 * len(STEPS), 1)


def _one(number: int) -> Item:
    return {"low": number, "high": number}


UNKNOWN = fact("one_of", "nobody.knows", values=["yes"])
IN_DRUG, IS_MEDICATION = fact("one_of", "trial.drug", values=["x", "y"]), fact("one_of", "trial.modality", values=["medication"])
TRIALS = {
    "known": [{"drug": "x"}, {"drug": "y"}, {"drug": "x"}],
    "one open": [{"drug": "x"}, {"modality": "medication"}],
    "two open": [{"modality": "medication"}, {"modality": "medication"}],
    "one without": [{"drug": "x"}, {"modality": "psychotherapy"}],
    "none": [],
}


@pytest.mark.parametrize(
    ("condition", "trials", "complete", "latest", "expected"),
    [
        (ALWAYS, "none", "no", None, "met"),
        (fact("compare", "n", symbol=">=", bound=4000), "none", "no", None, "met"),
        (fact("compare", "n", symbol=">=", bound=4001), "none", "no", None, "undetermined"),
        (fact("compare", "n", symbol=">=", bound=9001), "none", "no", None, "not_met"),
        (fact("compare", "n", symbol=">", bound=3999), "none", "no", None, "met"),
        (fact("compare", "n", symbol=">", bound=4000), "none", "no", None, "undetermined"),
        (fact("compare", "n", symbol=">", bound=9000), "none", "no", None, "not_met"),
        (fact("compare", "n", symbol="<=", bound=9000), "none", "no", None, "met"),
        (fact("compare", "n", symbol="<=", bound=8999), "none", "no", None, "undetermined"),
        (fact("compare", "n", symbol="<=", bound=3999), "none", "no", None, "not_met"),
        (fact("compare", "n", symbol="<", bound=9001), "none", "no", None, "met"),
        (fact("compare", "n", symbol="<", bound=9000), "none", "no", None, "undetermined"),
        (fact("compare", "n", symbol="<", bound=4000), "none", "no", None, "not_met"),
        (fact("compare", "nobody.knows", symbol="<", bound=4000), "none", "no", None, "undetermined"),
        (fact("one_of", "word", values=["w", "v"]), "none", "no", None, "met"),
        (fact("one_of", "word", values=["wide"]), "none", "no", None, "not_met"),
        (UNKNOWN, "none", "no", None, "undetermined"),
        (fact("includes", "list", value="u"), "none", "no", None, "met"),
        (fact("includes", "list", value="1"), "none", "no", None, "not_met"),
        (fact("includes", "list", value=1), "none", "no", None, "met"),
        (fact("includes", "nobody.knows", value=1), "none", "no", None, "undetermined"),
        (fact("filled", "list"), "none", "no", None, "met"),
        (fact("filled", "empty"), "none", "no", None, "not_met"),
        (fact("filled", "word"), "none", "no", None, "met"),
        (fact("filled", "blank"), "none", "no", None, "not_met"),
        (fact("filled", "nobody.knows"), "none", "no", None, "undetermined"),
        (fact("unanswered", "nobody.knows"), "none", "no", None, "met"),
        (fact("unanswered", "word"), "none", "no", None, "not_met"),
        (fact("unanswered", "excluded"), "none", "no", None, "not_met"),
        (status("before", "met", "undetermined"), "none", "no", None, "undetermined"),
        (of("all", ALWAYS, ALWAYS), "none", "no", None, "met"),
        (of("all", ALWAYS, UNKNOWN), "none", "no", None, "undetermined"),
        (of("all", UNKNOWN, of("not", ALWAYS)), "none", "no", None, "not_met"),
        (of("any", of("not", ALWAYS), of("not", ALWAYS)), "none", "no", None, "not_met"),
        (of("any", of("not", ALWAYS), UNKNOWN), "none", "no", None, "undetermined"),
        (of("any", UNKNOWN, ALWAYS), "none", "no", None, "met"),
        (of("all"), "none", "no", None, "met"),
        (of("any"), "none", "no", None, "not_met"),
        (of("not", UNKNOWN), "none", "no", None, "undetermined"),
        (of("once", ALWAYS), "none", "no", None, "met"),
        (of("once", of("not", ALWAYS)), "none", "no", None, "undetermined"),
        (of("once", UNKNOWN), "none", "no", None, "undetermined"),
        (of("first_known", UNKNOWN, of("not", ALWAYS), ALWAYS, facts=["nobody.knows", "word", "n"]), "none", "no", None, "not_met"),
        (of("first_known", UNKNOWN, facts=["nobody.knows"]), "none", "no", None, "undetermined"),
        (of("latest", IN_DRUG), "one without", "no", "t1", "met"),
        (of("latest", IN_DRUG), "one without", "yes", "t2", "undetermined"),
        (of("latest", IN_DRUG), "known", "yes", None, "met"),
        (of("latest", IN_DRUG), "known", "no", None, "undetermined"),
        (of("latest", IN_DRUG), "one open", "yes", None, "undetermined"),
        (of("latest", ALWAYS), "none", "yes", None, "undetermined"),
        (count("trial", 3, IN_DRUG), "known", "no", None, "met"),
        (count("trial", 4, IN_DRUG), "known", "no", None, "undetermined"),
        (count("trial", 4, IN_DRUG), "known", "yes", None, "not_met"),
        (count("trial", 4, IN_DRUG, listed=True), "known", "no", None, "not_met"),
        (count("trial", 2, IN_DRUG), "one open", "yes", None, "undetermined"),
        (count("trial", 1, IN_DRUG), "none", "yes", None, "not_met"),
        (count("trial", 2, ALWAYS, distinct=different()), "known", "no", None, "met"),
        (count("trial", 3, ALWAYS, distinct=different()), "known", "yes", None, "not_met"),
        (count("trial", 2, ALWAYS, distinct=different()), "one open", "yes", None, "undetermined"),
        (count("trial", 2, ALWAYS, distinct=different(1)), "one open", "yes", None, "not_met"),
        (count("trial", 1, ALWAYS, distinct=different()), "two open", "no", None, "met"),
        (count("trial", 2, ALWAYS, distinct=different()), "two open", "yes", None, "undetermined"),
        (count("trial", 2, ALWAYS, distinct=different()), "one without", "yes", None, "undetermined"),
        (count("trial", 2, ALWAYS, distinct=different(1, "psychotherapy")), "one without", "yes", None, "met"),
        (count("trial", 3, ALWAYS, distinct=different(0, "psychotherapy")), "one without", "yes", None, "not_met"),
        (count("trial", 2, IN_DRUG, distinct=different(0, "psychotherapy")), "one without", "yes", None, "undetermined"),
        (count("trial", 1, fact("unanswered", "excluded")), "one open", "yes", None, "not_met"),
        (count("trial", 1, fact("unanswered", "trial.dose")), "one open", "yes", None, "met"),
        (count("trial", 2, IS_MEDICATION, distinct=different()), "two open", "yes", None, "undetermined"),
    ],
)
def test_a_condition_gives_what_the_format_says(condition: Item, trials: str, complete: str, latest: str | None, expected: str) -> None:
    """Each kind of condition, and each of its truths, on facts for which the format leaves no doubt."""
    facts = {"n": {"low": 4000, "high": 9000}, "word": "w", "blank": "", "list": {"members": ["u", 1]}, "empty": {"members": []}}
    units = [
        {"id": f"t{number}", "facts": {f"trial.{name}": value for name, value in trial.items()}, "not_applicable": []}
        for number, trial in enumerate(TRIALS[trials], 1)
    ]
    patient = {"facts": facts | {"history.complete": complete}, "not_applicable": ["excluded"]}
    rules = [
        {"id": "before", "about": "patient", "applies": None, "when": UNKNOWN},
        {"id": "it", "about": "patient", "applies": None, "when": condition},
    ]
    case = certificate.Case(COMPILED | {"rules": rules}, {"patient": patient, "units": {"trial": units, "problem": []}, "latest": latest})
    steps = [{"rule": "before", "unit": None, "status": "undetermined"}, {"rule": "it", "unit": None, "status": expected}]
    assert list(case.faults_of_derivation(steps)) == []
    assert set(case.derived.values()) == {"undetermined", expected}


@pytest.mark.parametrize(
    ("applies", "when", "expected"),
    [
        (of("not", ALWAYS), ALWAYS, "not_applicable"),
        (of("not", ALWAYS), UNKNOWN, "not_applicable"),
        (UNKNOWN, ALWAYS, "undetermined"),
        (UNKNOWN, of("not", ALWAYS), "undetermined"),
        (ALWAYS, UNKNOWN, "undetermined"),
        (ALWAYS, of("not", ALWAYS), "not_met"),
        (ALWAYS, ALWAYS, "met"),
    ],
)
def test_a_rule_has_the_status_that_the_format_says(applies: Item, when: Item, expected: str) -> None:
    """False conditions for applying come first, then whatever is open."""
    case = certificate.Case(COMPILED, JUDGED)
    assert case.status({"applies": applies, "when": when}, case.views["patient"][None]) == expected


# ---------------------------------------------------------------- forgeries, sealed again

Change = Callable[[Export], object]
STATUS, TOLD = r"record 2: step \d+: the conditions of '\w+' do not give this status", "record 2: answer: {} does not stand there once.*"
BOTH = r"record [26]: step \d+: the conditions of '{}' do not give this status"
TWICE, FORMAT = r"record 2: step \d+: its rule or its unit does not exist, or it stands there twice", r"record 2: not in the format \(.+\)"
UNSOUND = r"line 2: not in the format \({}\)|record [236]: its rulebook is not in this file"


def step_of(export: Export, rule: str, unit: str | None = None) -> Item:
    return next(step for step in export.of(2, "derivation") if (step["rule"], step["unit"]) == (rule, unit))


def without(rule: str, unit: str | None = None) -> Change:
    """A step is taken out, and the answer does not tell of it."""

    def change(export: Export) -> None:
        export.of(2, "derivation").remove(step_of(export, rule, unit))
        export.retell()

    return change


def one_more(place: int, rule: str, unit: str | None, found: str = "met") -> Change:
    def change(export: Export) -> None:
        export.of(2, "derivation").insert(place, {"rule": rule, "unit": unit, "status": found})
        export.bind()

    return change


def too_early(export: Export) -> None:
    steps = export.of(2, "derivation")
    steps.insert(0, steps.pop(steps.index(step_of(export, "latest"))))
    export.retell()


def judged_as(change: Callable[[Item], object]) -> Change:
    """The facts that were judged are others."""
    return lambda export: change(export.of(2, "judged"))


def facts_as(**changes: Any) -> Change:
    """Facts of the patient, with __ for the dot, are others."""
    named = {name.replace("__", "."): value for name, value in changes.items()}
    return judged_as(lambda judged: judged["patient"]["facts"].update(named))


def compiled_as(rule: str, path: str, value: Any) -> Change:
    """What stands at a path below a rule is another value."""

    def change(export: Export) -> None:
        place: Any = next(one for one in export.compiled["rules"] if one["id"] == rule)
        *above, last = [int(part) if part.isdecimal() else part for part in path.split(".")]
        for part in above:
            place = place[part]
        place[last] = value
        export.bind()

    return change


def rules_as(change: Callable[[list[Item]], object]) -> Change:
    def changed(export: Export) -> None:
        change(export.compiled["rules"])
        export.bind()

    return changed


def answer_as(change: Callable[[Item], object]) -> Change:
    return lambda export: change(export.of(2, "answer"))


def body_as(number: int, /, **changes: Any) -> Change:
    return lambda export: export.bodies[number - 1].update(changes)


def content_as(number: int, /, **changes: Any) -> Change:
    return lambda export: export.bodies[number - 1]["content"].update(changes)


def parts_as(number: int, change: Callable[[Item], object]) -> Change:
    return lambda export: change(export.parts[number - 1])


FORGED: dict[str, tuple[Change, str]] = {
    # the derivation
    "a step is missing": (without("rests"), "record 2: no step of 'rests'"),
    "the last step is missing": (without("active", "debts"), "record 2: no step of 'active'"),
    "the step of one trial is missing": (without("failed", "second"), "record 2: no step of 'failed'"),
    "a step that others rest on is missing": (
        without("female"),
        "record 2: no step of 'female'|record 2: step .*: it refers to 'female', which does not come before it",
    ),
    "a step comes from a rule that does not exist": (one_more(3, "invented", None), TWICE),
    "a step is for a unit that does not exist": (one_more(17, "given", "fourth"), TWICE),
    "a step of a patient's rule is for a unit": (one_more(17, "adult", "second"), TWICE),
    "a step stands there twice": (one_more(9, "adult", None), TWICE),
    "a step stands there twice, once with another status": (one_more(9, "adult", None, "not_met"), TWICE),
    "a step comes before what it rests on": (too_early, "record 2: step 1: 'latest': it refers to 'failed', which does not .*"),
    "a step has no status": (lambda export: step_of(export, "adult").pop("status"), FORMAT),
    # what was judged
    "a number was another": (facts_as(patient__age_years={"low": 17000, "high": 17000}), STATUS),
    "a number was less certain": (facts_as(episode__weeks={"low": 4000, "high": 9001}), STATUS),
    "a word was another": (facts_as(patient__sex="male"), STATUS),
    "a list had another member": (facts_as(area__methods={"members": ["interview"]}), STATUS),
    "a list was not empty": (facts_as(stress__sources={"members": ["work"]}), STATUS),
    "a fact was known": (facts_as(risk__assessed="yes"), STATUS),
    "a list was not complete": (facts_as(history__complete="no"), STATUS),
    "a fact was not known": (judged_as(lambda judged: judged["patient"]["facts"].pop("patient.sex")), STATUS),
    "a fact did not apply": (judged_as(lambda judged: judged["patient"]["not_applicable"].append("risk.assessed")), STATUS),
    "another trial was the latest": (judged_as(lambda judged: judged.update(latest="second")), STATUS),
    "no trial was the latest": (judged_as(lambda judged: judged.update(latest=None)), STATUS),
    "a trial had another score": (
        judged_as(lambda judged: judged["units"]["trial"][2]["facts"].update({"trial.score": {"low": 5000, "high": 5000}})),
        STATUS,
    ),
    "there was one trial more": (
        judged_as(lambda judged: judged["units"]["trial"].append({"id": "fourth", "facts": {}, "not_applicable": []})),
        r"record 2: (no step of '(given|failed)'|step 2\d: .*: it refers to 'given', which does not come before it)",
    ),
    "the latest trial is not there": (judged_as(lambda judged: judged.update(latest="ninth")), FORMAT),
    "two trials have the same id": (judged_as(lambda judged: judged["units"]["trial"][1].update(id="third")), FORMAT),
    "trials are of an unknown record": (judged_as(lambda judged: judged["units"].update(course=[])), FORMAT),
    "there is no list of trials": (judged_as(lambda judged: judged["units"].pop("trial")), FORMAT),
    "a trial's fact is the patient's": (facts_as(trial__score={"low": 1, "high": 1}), FORMAT),
    "a patient's fact is a trial's": (
        judged_as(lambda judged: judged["units"]["trial"][0]["facts"].update({"patient.sex": "male"})),
        FORMAT,
    ),
    "a list is a text": (
        facts_as(stress__sources={"members": ""}),
        r"record 2: step \d+: 'stressed': members is missing, or of another type",
    ),
    "a fact is null": (facts_as(risk__asked=None), FORMAT),
    "a fact is a bare number": (facts_as(risk__asked=3), FORMAT),
    "a range has one end": (facts_as(patient__age_years={"low": 44000}), FORMAT),
    "an end of a range is no whole number": (
        facts_as(episode__weeks={"low": 4000.5, "high": 9000}),
        r"record 2: step \d: '(weeks|long)': low is missing, or of another type",
    ),
    # the compiled text
    "a bound was another": (compiled_as("weeks", "when.bound", 8999), BOTH.format("weeks")),
    "a symbol was another": (compiled_as("weeks", "when.symbol", "<"), BOTH.format("weeks")),
    "another fact was asked for": (compiled_as("weeks", "when.fact", "patient.age_years"), BOTH.format("weeks")),
    "a value was another": (compiled_as("talked", "when.value", "3"), BOTH.format("talked")),
    "values were others": (compiled_as("female", "when.values", ["male"]), BOTH.format("female")),
    "all was any": (compiled_as("all", "when.is", "any"), BOTH.format("all")),
    "any was all": (compiled_as("any", "when.is", "all"), BOTH.format("any")),
    "there was no not": (compiled_as("not", "when", FEMALE), BOTH.format("not")),
    "there was no once": (compiled_as("once", "when", MALE), BOTH.format("once")),
    "other statuses were wanted": (compiled_as("rests", "when.wanted", ["not_met", "not_applicable"]), BOTH.format("rests")),
    "a rule always applied": (compiled_as("applies", "applies", None), BOTH.format("applies")),
    "a fact came first": (compiled_as("first", "when.facts", ["patient.age_years", "patient.sex", "x"]), BOTH.format("first")),
    "not different values were counted but units": (compiled_as("drugs", "when.distinct", None), BOTH.format("drugs")),
    "nothing was barred": (compiled_as("courses", "when.distinct.barred", []), BOTH.format("courses")),
    "fewer were enough": (compiled_as("drugs", "when.minimum", 2), BOTH.format("drugs")),
    "what is listed did not count as all": (compiled_as("debts", "when.listed", False), BOTH.format("debts")),
    "an alert was none": (compiled_as("weeks", "alert", None), TOLD.format("alert 'weeks'").replace("2", "[26]")),
    "a rule was about somebody else": (
        compiled_as("given", "about", "problem"),
        UNSOUND.format("it refers to 'given', which does not come before it"),
    ),
    "a rule came before what it refers to": (
        rules_as(lambda rules: rules.insert(0, rules.pop(12))),
        UNSOUND.format("it refers to 'female', which does not come before it"),
    ),
    "a rule refers to one that is not there": (
        compiled_as("rests", "when.rule", "invented"),
        UNSOUND.format("it refers to 'invented', which does not come before it"),
    ),
    "a rule of the patient refers to one about trials": (
        compiled_as("latest", "when", status("failed", "met")),
        UNSOUND.format("it refers to 'failed', which does not come before it"),
    ),
    "two rules have the same id": (
        rules_as(lambda rules: rules.append(rules[0])),
        "line 2: the compiled text is of another schema, or holds two rules with the same id",
    ),
    "a kind of condition is unknown": (compiled_as("adult", "when.is", "perhaps"), UNSOUND.format("a condition of an unknown form")),
    "the compiled text is of another schema": (
        lambda export: (export.compiled.update(schema="euthymia.compiled/2"), export.bind()),
        "line 2: the compiled text is of another schema, or holds two rules with the same id",
    ),
    "values are a text": (
        compiled_as("female", "when.values", "female or other"),
        r"record [26]: step \d+: 'female': values is missing, or of another type",
    ),
    "wanted statuses are a text": (
        compiled_as("rests", "when.wanted", "met or not_met"),
        r"record [26]: step \d+: 'rests': wanted is missing, or of another type",
    ),
    "a condition has two parts instead of one": (
        compiled_as("latest", "when.of", [ALWAYS, ALWAYS]),
        UNSOUND.format("a condition of an unknown form"),
    ),
    # the answer
    "a conclusion tells another status": (
        answer_as(lambda answer: answer["conclusions"][0].update(status="not_met")),
        TOLD.format("judgement 'adult'"),
    ),
    "a helper tells another status": (
        answer_as(lambda answer: answer["helpers"][5].update(status="not_met")),
        TOLD.format("judgement 'given'"),
    ),
    "a part tells another status": (answer_as(lambda answer: answer["parts"][-1].update(status="met")), TOLD.format("judgement 'active'")),
    "an alert tells another status": (
        answer_as(lambda answer: answer["alerts"][0].update(status="undetermined")),
        TOLD.format("alert 'adult'"),
    ),
    "the trace tells another status": (answer_as(lambda answer: answer["trace"][0].update(status="not_met")), TOLD.format("trace 'adult'")),
    "refractoriness has another status": (
        answer_as(lambda answer: answer["refractoriness"].update(status="met")),
        TOLD.format("refractoriness 'status'"),
    ),
    "a criterion has another status": (
        answer_as(lambda answer: answer["refractoriness"]["criteria"].update(B="met")),
        TOLD.format("criterion 'B'"),
    ),
    "a situation has another status": (answer_as(lambda answer: answer["situations"].update(a="not_met")), TOLD.format("situation 'a'")),
    "a criterion is missing": (answer_as(lambda answer: answer["refractoriness"]["criteria"].pop("A")), TOLD.format("criterion 'A'")),
    "a situation was made up": (answer_as(lambda answer: answer["situations"].update(z="met")), TOLD.format("situation 'z'")),
    "a heading names a rule that does not exist": (
        answer_as(lambda answer: (answer["map"]["situations"].update(a="invented"), answer["situations"].update(a=None))),
        TOLD.format("situation 'a'"),
    ),
    "a conclusion is missing": (answer_as(lambda answer: answer["conclusions"].pop(0)), TOLD.format("judgement 'adult'")),
    "a helper is missing": (answer_as(lambda answer: answer["helpers"].pop(0)), TOLD.format("judgement 'not'")),
    "a part is missing": (answer_as(lambda answer: answer["parts"].pop()), TOLD.format("judgement 'active'")),
    "an alert is missing": (answer_as(lambda answer: answer["alerts"].pop(0)), TOLD.format("alert 'adult'")),
    "an open alert is missing": (answer_as(lambda answer: answer["alerts"].pop()), TOLD.format("alert 'once'")),
    "a line of the trace is missing": (answer_as(lambda answer: answer["trace"].pop()), TOLD.format("trace 'active'")),
    "a conclusion stands there twice": (
        answer_as(lambda answer: answer["helpers"].append(answer["conclusions"][0])),
        TOLD.format("judgement 'adult'"),
    ),
    "a conclusion was made up": (
        answer_as(lambda answer: answer["conclusions"].append({"id": "invented", "status": "met"})),
        TOLD.format("judgement 'invented'"),
    ),
    "an alert was made up": (
        answer_as(lambda answer: answer["alerts"].append({"id": "stressed", "status": "not_met"})),
        TOLD.format("alert 'stressed'"),
    ),
    "a judgement is told of another trial": (
        answer_as(lambda answer: answer["parts"][0].update(trial="third")),
        TOLD.format("judgement 'given'"),
    ),
    "a patient's judgement is told of a trial": (
        answer_as(lambda answer: answer["trace"][0].update(rule="adult@third")),
        TOLD.format("trace 'adult'"),
    ),
    "the answer is of another day": (answer_as(lambda answer: answer.update(on="2026-11-21")), "record 2: answer: its schema, its day .*"),
    "the answer is of another rulebook": (answer_as(lambda answer: answer["rulebook"].update(digest=sha("x"))), "record 2: answer: its .*"),
    "the answer is of another schema": (
        answer_as(lambda answer: answer.update(schema="euthymia.assessment/2")),
        "record 2: answer: its .*",
    ),
    "the answer has no conclusions": (answer_as(lambda answer: answer.pop("conclusions")), FORMAT),
    # what is said of the assessment
    "another number of facts is told": (
        lambda export: export.bodies[1]["content"]["shape"].update(facts=3),
        "record 2: shape: these are not the numbers of facts and of judgements",
    ),
    "another number of judgements is told": (
        lambda export: export.bodies[1]["content"]["engines"].update(judgements=len(STEPS) + 1),
        "record 2: shape: these are not the numbers of facts and of judgements",
    ),
    "other numbers of statuses are told": (
        lambda export: export.bodies[1]["content"]["shape"]["statuses"].update(met=0, not_met=len(STEPS) - 9, undetermined=8),
        "record 2: shape: the statuses are not those of the derivation",
    ),
    "another number of facts is told of a forgotten record": (
        lambda export: export.bodies[2]["content"]["shape"].update(facts=3),
        "record 3: shape: these are not the numbers of facts and of judgements",
    ),
    "the compiled text is not there": (content_as(2, compiled=sha("x")), "record 2: its rulebook is not in this file"),
    "the rulebook is another": (content_as(2, rulebook=sha("x")), "record 2: its rulebook is not in this file"),
    # the chain of a patient
    "a record of the patient is passed over": (body_as(6, previous=2), "record 6: it does not name the last record of its subject"),
    "the first record of a patient has one before it": (body_as(3, previous=2), "record 3: it does not name the last .*"),
    "the patient has no record before": (body_as(6, previous=None), "record 6: it does not name the last record of its subject"),
    "a response is to another patient's record": (content_as(4, to=3), "record 4: it answers to no earlier assessment of the same subject"),
    "a response is to a later record": (content_as(4, to=6), "record 4: it answers to no earlier assessment of the same subject"),
    "a response is to itself": (content_as(4, to=4), "record 4: it answers to no earlier assessment of the same subject"),
    "an assessment is of nobody": (body_as(2, subject=None), r"record [24]: .*subject"),
    "a key is of a patient": (body_as(7, subject="s-3"), "record 7: its kind does not fit its subject"),
    "the first record is no opening": (body_as(1, kind="key"), "record 1: its kind does not fit its place"),
    "the ledger is opened twice": (body_as(7, kind="opening"), "record 7: its kind does not fit its place"),
    "a kind of record is unknown": (body_as(7, kind="note"), r"record 7: not in the format \(KeyError\)|record 7: its kind .*"),
    "a record is of another ledger": (body_as(7, ledger="l-2"), "record 7: it is of another ledger or schema"),
    "a record is of another schema": (body_as(7, schema="euthymia.record/2"), "record 7: it is of another ledger or schema"),
    "a record names another before it": (body_as(7, before=sha("x")), "record 7: it does not name the record before it"),
    "a record has another number": (body_as(7, number=9), "record 9: its number is not that of its body, or not the next"),
    # parts
    "the derivation was never committed to": (
        parts_as(2, lambda parts: parts.pop("derivation")),
        "record 2: (it is not committed|not in).*",
    ),
    "a response is committed to a part that it has not": (
        parts_as(4, lambda parts: parts.update(answer=[])),
        "record 4: it is not committed to the parts of its kind",
    ),
    "facts were judged twice": (parts_as(2, lambda parts: parts["judged"].append(["ab" * 16, JUDGED])), FORMAT),
    "a salt is short": (
        parts_as(2, lambda parts: parts["judged"][0].__setitem__(0, "ab")),
        "record 2: part 'judged' is missing, or not .*",
    ),
    "no facts were told, and the part for them is missing": (
        lambda export: (
            export.parts[1].update(facts=[]),
            export.bodies[1]["content"]["shape"].update(facts=0),
            export.lost.append("facts"),
        ),
        "record 2: part 'facts' is missing, or not what was committed to",
    ),
    "parts are missing without an erasure": (
        lambda export: export.erased.append(2),
        "record 2: its parts are missing, and no later record erases them",
    ),
    "parts are missing after the erasure of another patient": (
        lambda export: export.erased.append(6),
        "record 6: its parts are missing, and no later record erases them",
    ),
    "parts are there after an erasure": (
        lambda export: export.erased.clear(),
        "record 5: record 3 is erased by it and still has its parts",
    ),
}


@pytest.mark.parametrize("name", FORGED)
def test_what_a_forger_seals_again_is_found(name: str) -> None:
    """Only the changed claim is wrong; it is named, and nothing else is."""
    change, expected = FORGED[name]
    export = Export()
    change(export)
    found = faults(export.lines())
    assert found and [fault for fault in found if not re.fullmatch(expected, fault)] == []


@pytest.mark.parametrize("place", range(len(STEPS)), ids=[step["rule"] for step in STEPS])
def test_any_other_status_of_any_step_is_found(place: int) -> None:
    """Also where the answer and the numbers tell the same wrong status."""
    for wrong in {*STATUSES, "perhaps"} - {STEPS[place]["status"]}:
        export = Export()
        export.of(2, "derivation")[place]["status"] = wrong
        export.retell()
        assert f"record 2: step {place + 1}: the conditions of {STEPS[place]['rule']!r} do not give this status" in faults(export.lines())


def test_no_leaf_of_a_derivation_can_be_changed_unnoticed() -> None:
    """Rule and unit of every step, each for one that stands elsewhere; the statuses are above."""
    for place, step in enumerate(STEPS):
        for name in ("rule", "unit"):
            export = Export()
            export.of(2, "derivation")[place][name] = next(other[name] for other in STEPS if other[name] != step[name])
            export.retell()
            assert faults(export.lines())


# ---------------------------------------------------------------- forgeries, not sealed again


def record_of(lines: list[Item], number: int) -> Item:
    return next(line for line in lines if line.get("record", {}).get("number") == number)


def text_as(number: int, old: str, new: str) -> Callable[[list[Item]], object]:
    """The text of a body is another; its hash stays."""

    def change(lines: list[Item]) -> None:
        record = record_of(lines, number)["record"]
        changed = record["body"].replace(old, new)
        assert changed != record["body"]
        record["body"] = changed

    return change


def opening_as(part: str, place: int, change: Callable[[str], str]) -> Callable[[list[Item]], None]:
    """The salt (0) or the text (1) of a part of record 2 is another."""

    def changed(lines: list[Item]) -> None:
        opening = record_of(lines, 2)["parts"][part][0]
        opening[place] = change(opening[place])

    return changed


def line_as(place: int, name: str, **changes: Any) -> Callable[[list[Item]], None]:
    return lambda lines: lines[place][name].update(changes)


HEAD = "line 1: the number of records, or the head, is not that of the last record"
NEXT = "its number is not that of its body, or not the next|it does not name the (record before it|last record of its subject)"
UNCOMMITTED = "record 2: part '{}' is missing, or not what was committed to"
TAMPERED: dict[str, tuple[Callable[[list[Item]], object], str]] = {
    "a record is removed": (lambda lines: lines.pop(6), f"{HEAD}|record (6|7): ({NEXT})|record 3: its parts are missing, and no .*"),
    "the last record is removed": (lambda lines: lines.pop(), HEAD),
    "the first record is removed": (lambda lines: lines.pop(2), f"{HEAD}|record 2: ({NEXT}|its kind does not fit its place)"),
    "a record is inserted": (lambda lines: lines.insert(5, copy.deepcopy(lines[3])), f"{HEAD}|record [245]: ({NEXT})"),
    "a record stands at the end once more": (lambda lines: lines.append(lines[-1]), f"{HEAD}|record 7: ({NEXT})"),
    "two records change places": (lambda lines: lines.insert(5, lines.pop(7)), f"record [467]: ({NEXT}|it answers to no .*)|.*"),
    "a body is changed": (text_as(2, "clinician", "auditor"), "record 2: its hash is not that of its body"),
    "a number is changed": (lambda lines: record_of(lines, 7)["record"].update(number=8), f"{HEAD}|record 8: ({NEXT})"),
    "a hash is changed": (line_as(3, "record", hash=sha("x")), "record 2: its hash is not that of its body|record 3: it does not name .*"),
    "the last hash is changed": (line_as(-1, "record", hash=sha("x")), f"{HEAD}|record 7: its hash is not that of its body"),
    "the last signature is changed": (line_as(-1, "record", signature="00"), HEAD),
    "a salt is changed": (opening_as("derivation", 0, lambda salt: "f" + salt[1:]), UNCOMMITTED.format("derivation")),
    "a byte goes from the text to the salt": (opening_as("patient", 0, lambda salt: salt + "22"), UNCOMMITTED.format("patient")),
    "a salt is no number": (opening_as("patient", 0, lambda salt: "x" + salt[1:]), FORMAT + "|record 4: .*"),
    "a text is changed": (opening_as("facts", 1, lambda text: text.replace("female", "male")), UNCOMMITTED.format("facts")),
    "a space is added to a text": (opening_as("answer", 1, lambda text: text + " "), UNCOMMITTED.format("answer")),
    "a part is missing": (lambda lines: record_of(lines, 2)["parts"].pop("patient"), UNCOMMITTED.format("patient")),
    "a fact is missing": (lambda lines: record_of(lines, 2)["parts"]["facts"].pop(), UNCOMMITTED.format("facts")),
    "a fact stands there twice": (
        lambda lines: record_of(lines, 2)["parts"]["facts"].append(record_of(lines, 2)["parts"]["facts"][0]),
        UNCOMMITTED.format("facts"),
    ),
    "a part is added": (lambda lines: record_of(lines, 2)["parts"].update(extra=[["00" * 16, "1"]]), UNCOMMITTED.format("extra")),
    "an empty part is added": (lambda lines: record_of(lines, 2)["parts"].update(extra=[]), UNCOMMITTED.format("extra")),
    "all parts are missing": (
        lambda lines: record_of(lines, 2).update(parts={}),
        "record 2: its parts are missing, and no later record erases them",
    ),
    "a file of the rulebook is changed": (
        lambda lines: lines[1]["rulebook"]["files"].update({"rulebook.yaml": "name: by a forger\n"}),
        "line 2: the digest is not that of the files, or not that of the compiled text",
    ),
    "a file of the rulebook has another name": (
        lambda lines: lines[1]["rulebook"]["files"].update({"a.yaml": lines[1]["rulebook"]["files"].pop("rulebook.yaml")}),
        "line 2: the digest is not that of the files, or not that of the compiled text",
    ),
    "the digest of the rulebook is another": (line_as(1, "rulebook", digest=sha("x")), "line 2: the digest is not that of the files, .*"),
    "the compiled text is changed": (
        lambda lines: lines[1]["rulebook"].update(compiled=lines[1]["rulebook"]["compiled"].replace("18000", "17000")),
        "record [236]: its rulebook is not in this file",
    ),
    "the compiled text is of another rulebook": (
        lambda lines: lines[1]["rulebook"].update(compiled=lines[1]["rulebook"]["compiled"].replace("sha256:", "sha256:0")),
        "line 2: the digest is not that of .*|record [236]: its rulebook is not in this file",
    ),
    "the compiled text is of another schema": (
        lambda lines: lines[1]["rulebook"].update(compiled=lines[1]["rulebook"]["compiled"].replace("compiled/1", "compiled/2")),
        "line 2: the compiled text is of another schema, or .*|record [236]: its rulebook is not in this file",
    ),
    "the rulebook is missing": (lambda lines: lines.pop(1), "record [236]: its rulebook is not in this file"),
    "the number of records is another": (lambda lines: lines[0].update(records=8), HEAD),
    "the head has another number": (line_as(0, "head", number=6), HEAD),
    "the head has another hash": (line_as(0, "head", hash=sha("x")), HEAD),
    "the head has another signature": (line_as(0, "head", signature="00"), HEAD),
    "the ledger is another": (lambda lines: lines[0].update(ledger="l-2"), "record [1-7]: it is of another ledger or schema"),
    "a line is neither a rulebook nor a record": (lambda lines: lines.insert(2, {"note": 1}), r"line 3: not in the format \(KeyError\)"),
    "a line is a list": (lambda lines: lines.insert(2, []), r"line 3: not in the format \(TypeError\)"),  # type: ignore[arg-type]
}


@pytest.mark.parametrize("name", TAMPERED)
def test_what_is_changed_in_the_file_is_found(name: str) -> None:
    """What is wrong with the seal is named, and nothing else is."""
    change, expected = TAMPERED[name]
    lines = [json.loads(line) for line in Export().lines()]
    change(lines)
    found = faults([json.dumps(line) for line in lines])
    assert found and [fault for fault in found if not re.fullmatch(expected, fault)] == []


def test_a_name_that_stands_twice_in_an_object_is_a_fault() -> None:
    """Two readers could read two things; so could they where one takes NaN for a number."""
    lines = Export().lines()
    for place, line in enumerate(lines[1:], 1):
        twice = [*lines[:place], line.replace("{", '{"x": 1, "x": 2, ', 1), *lines[place + 1 :]]
        assert f"line {place + 1}: not in the format (a name stands twice in one object)" in faults(twice)
        assert faults([*lines[:place], line.replace("{", '{"x": NaN, ', 1), *lines[place + 1 :]])


def test_reading_goes_on_after_a_line_that_is_no_json() -> None:
    """The line is named by its place, and the rest is checked."""
    lines = Export().lines()
    report = certificate.check([*lines[:4], "{", *lines[4:], "\udcff", "[" * 100_000])
    assert report.faults[0] == "line 5: not in the format (JSONDecodeError)"
    assert [fault.partition(":")[0] for fault in report.faults[1:]] == ["line 11", "line 12"]
    assert (report.records, report.steps, report.forgotten) == (7, 2 * len(STEPS), 1)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "\n",
        "hello",
        "{}",
        "[]",
        "1",
        "\ufeff{}",
        '{"schema": "euthymia.ledger/2", "ledger": "l", "records": 0, "head": {}}',
        "[" * 100_000,
    ],
)
def test_what_is_no_export_is_told_in_one_line(text: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Exit code 2, and no traceback."""
    file = tmp_path / "export.ndjson"
    file.write_text(text, encoding="utf-8")
    assert certificate.main([str(file)]) == 2
    out, err = capsys.readouterr()
    assert (out, err) == ("", f"{file}: not an exported ledger\n")


def test_a_file_that_cannot_be_read_is_told_in_one_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A file that is not there, a folder, and no file at all."""
    assert [certificate.main([str(tmp_path / "none")]), certificate.main([str(tmp_path)])] == [2, 2]
    assert len(capsys.readouterr().err.splitlines()) == 2
    assert certificate.main([]) == 2
    assert "python3 certificate.py export.ndjson" in capsys.readouterr().err


@settings(max_examples=100)
@given(junk=st.binary(max_size=60), data=st.data())
def test_no_bytes_make_it_fail(junk: bytes, data: st.DataObject, tmp_path_factory: pytest.TempPathFactory) -> None:
    """Bytes put in anywhere are a fault of a line, or make a file that is no export."""
    whole = "\n".join(Export().lines()).encode()
    place = data.draw(st.integers(0, len(whole)))
    file = tmp_path_factory.mktemp("bytes") / "export.ndjson"
    file.write_bytes(whole[:place] + b"\xff" + junk + whole[place:])
    assert certificate.main([str(file)]) in (1, 2)


def leaves(data: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Where values stand that hold no others."""
    inside = data.items() if isinstance(data, dict) else enumerate(data) if isinstance(data, list) else ()
    for name, value in inside:
        yield from leaves(value, (*path, name))
    if not inside:
        yield path


VALUES = st.one_of(
    st.sampled_from(
        [None, True, False, 0, -1, 10**30, 1.5, "", "met", "patient", "trial", "third", "\ud800", [], {}, [[]], {"is": "all"}, [ALWAYS]]
    ),
    st.text(max_size=3),
)


@settings(max_examples=100)
@given(data=st.data(), value=VALUES, where=st.sampled_from(["body", "compiled", "patient", "judged", "derivation", "answer", "response"]))
def test_no_value_makes_it_fail(data: st.DataObject, value: Any, where: str) -> None:
    """Any value in any place, sealed again: what follows is a line for each fault, and all records are read."""
    export = Export()
    number = 4 if where == "response" else 2
    root = {"body": export.bodies[1], "compiled": export.compiled}.get(where) or export.of(number, where)
    *above, last = data.draw(st.sampled_from([path for path in leaves(root) if path] or [()])) or (None,)
    place: Any = root
    for name in above:
        place = place[name]
    if last is None:
        export.parts[number - 1][where][0][1] = value
    else:
        place[last] = value
    if where == "compiled":
        export.bodies[1]["content"]["compiled"] = sha(json.dumps(export.compiled))
    report = certificate.check(export.lines())
    assert report.records == 7 or (where == "body" and report.records == 6)
    assert all(fault.isascii() and fault.isprintable() for fault in report.faults)


# ---------------------------------------------------------------- what the program exports


def assessed(name: str, consultation: Consultation, words: Words, on: date) -> tuple[Draft, Any]:
    file = consultation.read(ROOT / "examples" / f"{name}.yaml", on)
    assessment = consultation.assess(file, on)
    answer = document(assessment, words, Explain.NOTHING, answers=False)
    asked = Asked("nothing", answers=False, audience="clinician", format="json")
    draft = assessment_draft(name, file.document.data, assessment, answer, asked, Asker("clinician", "c-1"))
    return draft, stored_rulebook(assessment)


@pytest.fixture(scope="module")
def exports(tmp_path_factory: pytest.TempPathFactory, consultation: Consultation, words: Words, on: date) -> list[list[str]]:
    """Two assessments and a response as the program exports them: before one patient is forgotten, and after."""
    file = tmp_path_factory.mktemp("ledger") / "ledger.sqlite"
    found = []
    with closing(open_store(str(file), writable=True)) as store:
        ledger = Ledger(store, lambda: datetime(2026, 11, 20, 12, tzinfo=UTC))
        for name in ("complete", "only-an-age"):
            ledger.append(*assessed(name, consultation, words, on))
        parts = {"patient": (opened("complete"),), "response": (opened({"rules": ["GF-J-22"], "note": "prefers a drug"}),)}
        content = {"to": 2, "verdict": "overridden", "reason": "patient-preference"}
        ledger.append(Draft("response", Asker("clinician", "c-1"), content, "complete", parts))
        found.append(list(ndjson(store)))
        ledger.erase("complete", Asker("auditor", "a-1"))
        found.append(list(ndjson(store)))
    return found


def test_an_export_of_the_program_is_accepted(exports: list[list[str]]) -> None:
    """Real assessments, whole and after an erasure."""
    before, after = (certificate.check(lines) for lines in exports)
    assert (before.faults, before.records, before.forgotten) == ([], 4, 0)
    assert (after.faults, after.records, after.forgotten) == ([], 5, 2)
    assert before.steps > after.steps > 500


def test_any_other_status_of_any_step_of_a_real_record_is_found(exports: list[list[str]]) -> None:
    """Every judgement of a real patient, with each of the three statuses that it has not."""
    lines = [json.loads(line) for line in exports[0]]
    read = {name: json.loads(part[0][1]) for name, part in record_of(lines, 2)["parts"].items()}
    case = certificate.Case(json.loads(lines[1]["rulebook"]["compiled"]), read["judged"])
    for step in read["derivation"]:
        for wrong in {*STATUSES} - {step["status"]}:
            fault = next(case.faults_of_derivation([step | {"status": wrong}]))
            assert fault == f"step 1: the conditions of {step['rule']!r} do not give this status"
        assert next(case.faults_of_derivation([step])).startswith("no step of")
    assert len(case.derived) == len(read["derivation"])


@settings(max_examples=15)
@given(rulebook=rulebooks(), patients=st.lists(small_patients(), min_size=12, max_size=12))
def test_the_checker_reads_conditions_as_the_engines_do(rulebook: Any, patients: list[Any]) -> None:
    """For random rulebooks and patients, each status that the two engines agree on is the one that the checker finds."""
    named = replace(rulebook, about=SimpleNamespace(name="random", version="0"))
    text, engines = json.loads(json.dumps(compiled(named))), Engines(rulebook)
    for patient in patients:
        decision = decide(engines, patient)
        case = certificate.Case(text, json.loads(json.dumps(judged(SimpleNamespace(patient=patient, rulebook=rulebook)))))  # type: ignore[arg-type]
        keys = [(rule.id, view.unit) for rule in rulebook.rules for view in decision.view.judged(rule.about)]
        steps = [{"rule": rule, "unit": unit, "status": decision.statuses[Key(rule, unit)]} for rule, unit in keys]
        assert list(case.faults_of_derivation(steps)) == []


# ---------------------------------------------------------------- the file itself


def test_the_file_can_be_read_at_a_sitting_and_needs_nothing_else() -> None:
    """Under 300 lines, and nothing is imported but the standard library."""
    text = SOURCE.read_text(encoding="utf-8")
    nodes = list(ast.walk(ast.parse(text)))
    imported = {alias.name for node in nodes if isinstance(node, ast.Import) for alias in node.names}
    imported |= {str(node.module) for node in nodes if isinstance(node, ast.ImportFrom)}
    assert len(text.splitlines()) < 300
    assert {name.partition(".")[0] for name in imported} <= sys.stdlib_module_names


def test_a_copy_of_the_file_alone_checks_an_export(exports: list[list[str]], tmp_path: Path) -> None:
    """In an empty folder, without any library: 0 for what the program exported, 1 where a word was changed, from a file or a pipe."""
    copied, export = tmp_path / "certificate.py", "\n".join(exports[1]) + "\n"
    shutil.copy(SOURCE, copied)
    tampered = export.replace("euthymia.patient/1", "euthymia.patient/2", 1)
    (tmp_path / "export.ndjson").write_text(export, encoding="utf-8")
    asked = [sys.executable, "-I", str(copied)]
    done = subprocess.run([*asked, "export.ndjson"], cwd=tmp_path, capture_output=True, text=True, timeout=60, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    assert re.fullmatch(r"5 records, \d+ steps, 2 forgotten, 0 faults; signatures not checked\n", done.stdout)
    done = subprocess.run([*asked, "-"], cwd=tmp_path, input=tampered.encode(), capture_output=True, timeout=60, check=False)
    assert (done.returncode, done.stderr) == (1, b"")
    assert re.fullmatch(rb"record 3: part 'facts' is missing, or not what was committed to\n5 records, .* 1 faults; .*\n", done.stdout)
