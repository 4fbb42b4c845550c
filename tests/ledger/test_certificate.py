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
    ("interview", "patient", fact("includes", "area.methods", value=3), ["met"], {}),
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
        entry
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
        self.compiled: Item = copy.deepcopy(COMPILED)
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
        self.erased = [3]
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
            records.append({"record": sealed, "parts": {} if body["number"] in self.erased else texts})
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
UNSOUND = r"line 2: not in the format \({}\)|record [26]: its rulebook is not in this file"


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
        "record 2: no step of '(given|failed)'|" + STATUS,
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
    "a fact is null": (facts_as(risk__asked=None), FORMAT),
    "a fact is a bare number": (facts_as(risk__asked=3), FORMAT),
    "a range has one end": (facts_as(patient__age_years={"low": 44000}), FORMAT),
    "an end of a range is no whole number": (facts_as(patient__age_years={"low": 44000.5, "high": 44000.5}), FORMAT),
    # the compiled text
    "a bound was another": (compiled_as("weeks", "when.bound", 8999), BOTH.format("weeks")),
    "a symbol was another": (compiled_as("weeks", "when.symbol", "<"), BOTH.format("weeks")),
    "another fact was asked for": (compiled_as("weeks", "when.fact", "patient.age_years"), BOTH.format("weeks")),
    "a value was another": (compiled_as("interview", "when.value", "3"), BOTH.format("interview")),
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
        r"record [26]: (step \d+: .*|no step of 'given'|answer: .*)",
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
        answer_as(lambda answer: answer["parts"][1].update(trial="third")),
        TOLD.format("judgement 'failed'"),
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
        lambda export: export.bodies[1]["content"]["shape"]["statuses"].update(met=0, not_met=len(STEPS) - 9),
        "record 2: shape: .*",
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
    "an assessment is of nobody": (body_as(2, subject=None), r"record [246]: .*"),
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
