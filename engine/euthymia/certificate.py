"""Is an exported ledger what it says it is? `python3 certificate.py export.ndjson` tells (`-`: standard input).

One file that needs Python 3.11 and nothing else: copy it, read it, run it. It was written from docs/ledger-format.md and shares no code
with the program whose work it checks. It confirms the chain of records, all commitments, every step of every derivation, and that each
answer tells exactly these steps. It prints a line for each fault, never a fact of a patient, and ends with 0 where nothing is wrong, 1
where something is, 2 where there is no export to read.
It does not confirm signatures (that needs a library; `euthymia ledger verify` does it), nor that a compiled rulebook says what its files
say, that the facts judged are those that were told, and that the words of an answer fit its statuses (the program has to judge again).
"""

import hashlib
import json
import operator
import sys
from collections import ChainMap, Counter, defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator
from typing import Any

FALSE, OPEN, TRUE = range(3)  # the truths of a condition: `all` is the least of its parts, `any` the greatest
SYMBOLS = {">=": operator.ge, ">": operator.gt, "<=": operator.le, "<": operator.lt}
STANDS = {None: (), "notice": ("met",), "warning": ("met", "undetermined"), "critical": ("met", "undetermined")}  # among the alerts
PARTS = {"opening": "", "key": "", "erasure": "", "response": "patient response", "assessment": "patient facts judged derivation answer"}
MALFORMED = (LookupError, TypeError, ValueError, AttributeError, RecursionError)  # raised by what is not in the format


def digest(data: bytes) -> str:
    return f"sha256:{hashlib.sha256(data).hexdigest()}"


def get(data: Any, name: str, *types: type | None) -> Any:
    """What stands under a name, if it is of a type that belongs there. True is no number; None among the types allows null."""
    if type(data) is not dict or name not in data or (None if data[name] is None else type(data[name])) not in types:
        raise ValueError(f"{name} is missing, or of another type")
    return data[name]


def once_each(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """Readers of JSON differ in what they make of a name that stands twice in an object, so none may."""
    if len(data := dict(pairs)) != len(pairs):
        raise ValueError("a name stands twice in one object")
    return data


read = json.JSONDecoder(object_pairs_hook=once_each, parse_constant=int).decode  # int refuses NaN and Infinity, which JSON does not know
TESTS: dict[str, Callable[[Any, Any], int]] = {  # conditions on the value of a fact
    "compare": lambda value, it: sum(SYMBOLS[it["symbol"]](get(value, end, int), get(it, "bound", int)) for end in ("low", "high")),
    "one_of": lambda value, it: TRUE if value in get(it, "values", list) else FALSE,
    "includes": lambda value, it: TRUE if get(it, "value", str, int) in get(value, "members", list) else FALSE,
    "filled": lambda value, it: TRUE if (value if type(value) is str else get(value, "members", list)) else FALSE,
}
JOINS: dict[str, Callable[..., int]] = {  # conditions on the truths of others
    "all": lambda *truths: min(truths, default=TRUE),
    "any": lambda *truths: max(truths, default=FALSE),
    "not": lambda truth: TRUE - truth,
    "once": lambda truth: max(truth, OPEN),
}


class View:
    """What is known of the patient, or of a unit and its patient: facts, and the statuses of the steps so far."""

    def __init__(self, data: Any, records: Collection[str], patient: "View | None" = None) -> None:
        facts, not_applicable = get(data, "facts", dict), get(data, "not_applicable", list)
        if any((name.partition(".")[0] in records) == (patient is None) for name in (*facts, *not_applicable)):
            raise ValueError("judged: a fact stands where no condition looks for it")
        if any(type(value) is not str and value.keys() not in ({"low", "high"}, {"members"}) for value in facts.values()):
            raise ValueError("judged: a fact is no text, no range and no list")
        self.facts: ChainMap[str, Any] = ChainMap(facts, patient.facts if patient else {})
        self.not_applicable: set[str] = {*not_applicable, *(patient.not_applicable if patient else ())}
        self.statuses: ChainMap[str, str] = ChainMap({}, patient.statuses if patient else {})


class Case:
    """One patient, and what the conditions of a rulebook give for him."""

    def __init__(self, compiled: Any, judged: Any) -> None:
        self.rules = {get(rule, "id", str): rule for rule in get(compiled, "rules", list)}
        self.latest = get(judged, "latest", str, None)
        units, records = get(judged, "units", dict), get(compiled, "records", dict)
        patient = View(get(judged, "patient", dict), records)
        self.complete = {name: patient.facts.get(get(records[name], "complete", str, None)) == "yes" for name in records}
        self.views: dict[str, dict[str | None, View]] = {"patient": {None: patient}}
        self.views |= {name: {get(unit, "id", str): View(unit, records, patient) for unit in units[name]} for name in records}
        self.derived: dict[tuple[str, str | None], Any] = {}
        if units.keys() != records.keys() or any(len(units[name]) != len(self.views[name]) for name in records):
            raise ValueError("judged: other records than those of the rulebook, or two units with one id")
        if self.latest not in (None, *self.views.get("trial", ())):
            raise ValueError("judged: the latest trial is none of the trials")

    def status(self, rule: Any, view: View) -> str:
        """What the conditions of a rule give. None is skipped, so that all that the rule refers to is seen to be there."""
        applies = TRUE if rule["applies"] is None else self.truth(rule["applies"], view)
        when = self.truth(rule["when"], view)
        return "not_applicable" if applies == FALSE else ("not_met", "undetermined", "met")[when if applies == TRUE else OPEN]

    def truth(self, it: Any, view: View) -> int:
        """The truth of a condition."""
        match get(it, "is", str), it.get("of"):
            case "always", None:
                return TRUE
            case "unanswered", None:
                return FALSE if it["fact"] in view.facts or it["fact"] in view.not_applicable else TRUE
            case "status", None:
                if (status := view.statuses.get(it["rule"])) is None:
                    raise ValueError(f"it refers to {it['rule']!a}, which does not come before it")
                return OPEN if status == "undetermined" else TRUE if status in get(it, "wanted", list) else FALSE
            case "latest", [part]:
                trials = [trial for name, trial in self.views["trial"].items() if self.latest in (None, name)]
                truths = {self.truth(part, trial) for trial in trials}
                return truths.pop() if len(truths) == 1 and (self.latest is not None or self.complete["trial"]) else OPEN
            case "count", [part]:
                return self.counted(it, [(unit, self.truth(part, unit)) for unit in self.views[it["record"]].values()])
            case "first_known", [*parts]:
                known = [(fact in view.facts, self.truth(part, view)) for fact, part in zip(it["facts"], parts, strict=True)]
                return next((truth for is_known, truth in known if is_known), OPEN)
            case kind, [*parts] if kind in JOINS:
                return JOINS[kind](*(self.truth(part, view) for part in parts))
            case kind, None if kind in TESTS:
                value = view.facts.get(it["fact"])
                return OPEN if value is None else TESTS[kind](value, it)
        raise ValueError("a condition of an unknown form")

    def counted(self, it: Any, truths: list[tuple[View, int]]) -> int:
        least, _ = number([unit for unit, truth in truths if truth == TRUE], it["distinct"])
        _, most = number([unit for unit, truth in truths if truth != FALSE], it["distinct"])
        listed, minimum = get(it, "listed", bool) or self.complete[it["record"]], get(it, "minimum", int)
        return TRUE if least >= minimum else FALSE if most < minimum and listed else OPEN

    def faults_of_derivation(self, steps: list[Any]) -> Iterator[str]:
        """Is there one step for each rule and unit, after all that it refers to, with the status that its conditions give?"""
        left = {(name, unit): view for name, rule in self.rules.items() for unit, view in self.views[rule["about"]].items()}
        for place, step in enumerate(steps, 1):
            name, view = step["rule"], left.pop((step["rule"], step["unit"]), None)
            if view is None:
                yield f"step {place}: its rule or its unit does not exist, or it stands there twice"
                continue
            try:
                if self.status(self.rules[name], view) != step["status"]:
                    yield f"step {place}: the conditions of {name!a} do not give this status"
            except ValueError as error:
                yield f"step {place}: {name!a}: {error}"
            view.statuses[name] = self.derived[name, step["unit"]] = get(step, "status", str)
        yield from (f"no step of {name!a}" for name, _ in left)

    def faults_of_answer(self, answer: Any) -> Iterator[str]:
        """Does the answer tell what was derived: each judgement once, the alerts that stand, the headings, and nothing else?"""
        right = Counter((what, *claim) for claim in self.derived.items() for what in ("judgement", "trace"))
        right.update(("alert", *claim) for claim in self.derived.items() if claim[1] in STANDS[self.rules[claim[0][0]]["alert"]])
        lists = {"conclusions": "judgement", "helpers": "judgement", "parts": "judgement", "alerts": "alert"}
        entries = [(what, entry, self.rules.get(entry["id"], {})) for name, what in lists.items() for entry in get(answer, name, list)]
        found = Counter((what, (entry["id"], entry.get(rule.get("about"))), entry["status"]) for what, entry, rule in entries)
        trace = [(*entry["rule"].partition("@"), entry["status"]) for entry in get(answer, "trace", list)]
        found.update(("trace", (rule, unit or None), status) for rule, _, unit, status in trace)
        rules, shown = get(answer, "map", dict), get(answer, "refractoriness", dict)
        headings = {"refractoriness": {"status": rules["refractoriness"]}, "criterion": rules["criteria"], "situation": rules["situations"]}
        right.update(
            (what, (name, None), self.derived.get((rule, None), ...)) for what in headings for name, rule in headings[what].items()
        )
        headings = {"refractoriness": {"status": shown["status"]}, "criterion": shown["criteria"], "situation": answer["situations"]}
        found.update((what, (name, None), status) for what in headings for name, status in headings[what].items())
        for what, (name, _), _ in (right - found) + (found - right):
            yield f"answer: {what} {name!a} does not stand there once, as it was derived"


def number(units: list[View], distinct: Any) -> tuple[int, int]:
    """At least and at most: how many units there are, or how many different values they have."""
    if distinct is None:
        return len(units), len(units)
    fact, barred = get(distinct, "fact", str), get(distinct, "barred", list)
    values = {unit.facts[fact] for unit in units if fact in unit.facts}
    without = [unit for unit in units if fact not in unit.facts]
    may = sum(fact not in unit.not_applicable and unit.facts.get("trial.modality") not in barred for unit in without)
    never = len(without) - may
    return (len(values) or min(may, 1)) + never, min(len(values) + may, get(distinct, "choices", int) or len(units)) + never


class Report:
    """What the reading of an export found: a line for each fault, and how much was looked at."""

    def __init__(self, ledger: str) -> None:
        self.faults: list[str] = []
        self.records = self.steps = self.forgotten = 0
        self.ledger = ledger
        self.last: dict[str, Any] = {"number": 0, "hash": None}
        self.rulebooks: dict[str, Any] = {}  # by the digest of the compiled text
        self.known: dict[str | None, dict[int, str]] = defaultdict(dict)  # by subject and number, the kind of each record
        self.numbers: dict[tuple[str, bool], list[int]] = defaultdict(list)  # by subject, and whether the parts are there

    def rulebook(self, line: Any) -> Iterator[str]:
        """Is the digest right, and can each rule be judged after those before it, for somebody of whom nothing is known?"""
        compiled, files = read(line["compiled"]), get(line, "files", dict)
        named = (name.encode() + b"\0" + hashlib.sha256(files[name].encode()).digest() for name in sorted(files))
        if not digest(b"".join(named)) == line["digest"] == compiled["digest"]:
            yield "the digest is not that of the files, or not that of the compiled text"
        nothing: dict[str, Any] = {"id": "", "facts": {}, "not_applicable": []}
        nobody = Case(compiled, {"patient": nothing, "units": {name: [nothing] for name in compiled["records"]}, "latest": None})
        if compiled["schema"] != "euthymia.compiled/1" or len(nobody.rules) != len(compiled["rules"]):
            yield "the compiled text is of another schema, or holds two rules with the same id"
        for rule in compiled["rules"]:
            (view,) = nobody.views[rule["about"]].values()
            view.statuses[rule["id"]] = nobody.status(rule, view)
        self.rulebooks[digest(line["compiled"].encode())] = compiled

    def record(self, sealed: Any, parts: Any) -> Iterator[str]:
        """Does the record continue the chain, and has it what it is committed to?"""
        before, self.last, self.records = self.last, sealed, self.records + 1
        body = read(get(sealed, "body", str))
        number, kind, subject = get(body, "number", int), get(body, "kind", str), get(body, "subject", str, None)
        content, commitments = get(body, "content", dict), get(body, "commitments", dict)
        checks = {
            "its hash is not that of its body": sealed["hash"] == digest(sealed["body"].encode()),
            "its number is not that of its body, or not the next": sealed["number"] == number == before["number"] + 1,
            "it does not name the record before it": body["before"] == before["hash"],
            "it does not name the last record of its subject": body["previous"] == (subject and max(self.known[subject], default=None)),
            "it is of another ledger or schema": (body["ledger"], body["schema"]) == (self.ledger, "euthymia.record/1"),
            "it is not committed to the parts of its kind": commitments.keys() == set(PARTS[kind].split()),
            "its kind does not fit its place": (kind == "opening") == (number == 1),
            "its kind does not fit its subject": (kind in ("opening", "key")) == (subject is None),
        }
        yield from (what for what, right in checks.items() if not right)
        for name in sorted({*commitments, *parts}) if parts else ():
            found = sorted(digest(bytes.fromhex(salt) + text.encode()) for salt, text in parts.get(name, []) if len(salt) == 32)
            if name not in parts or found != commitments.get(name):
                yield f"part {name!a} is missing, or not what was committed to"
        if kind == "erasure":
            self.forgotten += len(self.numbers.pop((subject, False), []))
            yield from (f"record {other} is erased by it and still has its parts" for other in self.numbers.pop((subject, True), []))
        elif commitments:
            self.numbers[subject, bool(parts)].append(number)
        if kind == "response" and self.known[subject].get(content["to"]) != "assessment":
            yield "it answers to no earlier assessment of the same subject"
        self.known[subject][number] = kind
        if kind == "assessment":
            yield from self.assessment(content, commitments, parts)

    def assessment(self, content: Any, commitments: Any, parts: Any) -> Iterator[str]:
        """Are the numbers right, and the derivation and the answer, where they have not been erased?"""
        compiled, shape = self.rulebooks.get(content["compiled"]), content["shape"]
        if shape["facts"] != len(commitments["facts"]) or sum(shape["statuses"].values()) != content["engines"]["judgements"]:
            yield "shape: these are not the numbers of facts and of judgements"
        if compiled is None or compiled["digest"] != content["rulebook"]:
            yield "its rulebook is not in this file"
        elif parts:
            judged, steps, answer = (read(text) for name in ("judged", "derivation", "answer") for [(_, text)] in [parts[name]])
            case, self.steps = Case(compiled, judged), self.steps + len(steps)
            yield from case.faults_of_derivation(steps)
            if Counter(step["status"] for step in steps) != Counter(shape["statuses"]):
                yield "shape: the statuses are not those of the derivation"
            yield from case.faults_of_answer(answer)
            schema, day, rulebook = answer["schema"], answer["on"], answer["rulebook"]["digest"]
            if (schema, day, rulebook) != ("euthymia.assessment/1", content["on"], content["rulebook"]):
                yield "answer: its schema, its day or its rulebook is not that of the record"


def check(lines: Iterable[str]) -> Report:
    """Read an export to its end. Raises ValueError when it is none."""
    numbered = enumerate(lines, 1)
    try:
        header = read(next(numbered)[1].encode().decode())
        report, records, head = Report(get(header, "ledger", str)), get(header, "records", int), get(header, "head", dict)
        if header["schema"] != "euthymia.ledger/1":
            raise ValueError("another schema")
    except (StopIteration, *MALFORMED):
        raise ValueError("not an exported ledger") from None
    for place, text in numbered:
        where = f"line {place}"
        try:
            line = read(text.encode().decode())  # whatever was not UTF-8 is a fault of this line
            where = f"record {get(line['record'], 'number', int)}" if "record" in line else where
            found = report.record(line["record"], get(line, "parts", dict)) if "record" in line else report.rulebook(line["rulebook"])
            for fault in found:
                report.faults.append(f"{where}: {fault}")
        except MALFORMED as error:
            report.faults.append(f"{where}: not in the format ({error if type(error) is ValueError else type(error).__name__})")
    if records != report.records or head != {name: report.last.get(name) for name in ("number", "hash", "signature")}:
        report.faults.append("line 1: the number of records, or the head, is not that of the last record")
    bare = sorted(number for (_, there), numbers in report.numbers.items() if not there for number in numbers)
    report.faults += [f"record {number}: its parts are missing, and no later record erases them" for number in bare]
    return report


def main(argv: list[str]) -> int:
    """Check one file, and print what was found."""
    if len(argv) != 1:
        print(__doc__, file=sys.stderr)
        return 2
    try:
        with open(0 if argv[0] == "-" else argv[0], encoding="utf-8", errors="surrogateescape") as lines:
            found = check(lines)
    except (OSError, ValueError) as error:
        print(f"{argv[0]}: {error}", file=sys.stderr)
        return 2
    print(*found.faults, sep="\n", end="\n" if found.faults else "")
    print(f"{found.records} records, {found.steps} steps, {found.forgotten} forgotten, {len(found.faults)} faults; signatures not checked")
    return 1 if found.faults else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
