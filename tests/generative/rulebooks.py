"""Small random rulebooks over a catalogue of their own, with every construct of the rule language."""

from functools import cache
from typing import Any

from hypothesis import strategies as st

from euthymia.facts.catalogue import Catalogue, Declaration, Record
from euthymia.facts.drug_table import DrugTable
from euthymia.rulebook.conditions import Condition
from euthymia.rulebook.files import ParameterEntry, RuleEntry
from euthymia.rulebook.lines import Names
from euthymia.rulebook.parse import Parser
from euthymia.rulebook.rule import Origin, Rule
from euthymia.rulebook.rulebook import Rulebook, in_order

_NUMBERS = {"integer": (0, 1, 2, 3, 5), "number": (0.5, 2, 3.5, 6)}
_SYMBOLS = (">=", ">", "<=", "<", "=", "!=")
_STATUS_WORDS = ("", " is met", " is not met", " is not applicable", " is met or not applicable")


_CHANGES = {"b": "never", "kind": "by clinician", "n": "by time", "drug": "never", "modality": "never", "weeks": "by time", "m": "never"}


def _fact(name: str, kind: str, **more: Any) -> dict[str, Any]:
    told = {"label": name, "definition": name, "ask": f"{name}?", "changes": _CHANGES.get(name, "by test"), "unknown": "stays open"}
    return {"name": name, "type": kind, **told, **more}


def _record(name: str, order: int, *facts: dict[str, Any], **more: Any) -> Record:
    return Record.model_validate(
        {"schema": "euthymia.facts/1", "record": name, "title": name, "about": name, "order": order, "facts": facts, **more}
    )


_LETTERS = ["u", "v", "w"]
CATALOGUE = Catalogue(
    [
        _record(
            "p", 1, _fact("a", "tri"), _fact("b", "tri"), _fact("c", "tri"), _fact("kind", "enum", values=["x", "y", "z"]),
            _fact("n", "integer", unit="none", minimum=0, maximum=6), _fact("w", "number", unit="weeks", above=0),
            _fact("l", "list of enum", values=_LETTERS), _fact("steps", "list of integer", minimum=1, maximum=3),
            _fact("note", "text"), _fact("m", "map of text", keys=["k", "o"]),
        ),
        _record("process", 2, _fact("treatment_history_complete", "tri")),
        _record("none", 3, _fact("latest_trial", "reference")),
        _record(
            "trial", 4, _fact("modality", "enum", values=["medication", "psychotherapy", "other"]),
            _fact("drug", "text", compared=True, course="medication"),
            _fact("ok", "tri"), _fact("score", "integer", unit="none", minimum=1, maximum=9),
            _fact("outcome", "enum", values=["good", "same", "bad"]), _fact("weeks", "number", unit="weeks", minimum=0),
            _fact("with", "list of enum", values=_LETTERS), many=True, complete_when="process.treatment_history_complete",
        ),
        _record(
            "problem", 5, _fact("active", "tri"), _fact("rank", "integer", unit="none", minimum=0, maximum=3),
            many=True, complete_when="process.treatment_history_complete",
        ),
    ]
)  # fmt: skip


def _parameter(name: str, value: Any, unit: str = "none") -> ParameterEntry:
    return ParameterEntry(
        id=name, value=value, unit=unit, means=name, source={"work": "w", "at": "a"}, certainty="reading", valid_from="2025-01-01",
        reviewed_on="2025-01-01",
    )  # fmt: skip


PARAMETERS = {
    entry.id: entry
    for entry in (
        _parameter("bound", 3), _parameter("length", 3.5, "weeks"), _parameter("two", 2), _parameter("kinds", ["x", "z"]),
        _parameter("first_steps", [1, 2]),
    )
}  # fmt: skip


@cache
def _facts_of(about: str) -> tuple[Declaration, ...]:
    """Facts that a condition about this may read."""
    own = [CATALOGUE[name] for name in CATALOGUE if CATALOGUE[name].record in ("p", "process", about)]
    return tuple(fact for fact in own if fact.type != "reference")


@cache
def lines(fact: Declaration, *, knowing: bool) -> st.SearchStrategy[str]:
    """Every form of a line about one fact; with `knowing`, also those for reminders."""
    name = fact.full_name
    found = []
    if fact.choices and not fact.is_list:
        word = st.sampled_from(fact.choices)
        words = st.lists(word, min_size=1, max_size=2, unique=True).map(", ".join)
        found += [st.builds(f"{name} {{}} {{}}".format, st.sampled_from(["=", "!="]), word)]
        found += [st.builds(f"{name} {{}} [{{}}]".format, st.sampled_from(["in", "not in"]), words)]
        found += [word.map(f"{name} is not {{}}".format)] if knowing else []
    if name == "p.kind":
        found.append(st.sampled_from([f"{name} in $kinds", f"{name} not in $kinds"]))
    if fact.is_number:
        bounds = [*map(str, _NUMBERS[fact.type]), "$bound" if fact.unit == "none" else "$length"]
        found.append(st.builds(f"{name} {{}} {{}}".format, st.sampled_from(_SYMBOLS), st.sampled_from(bounds)))
    if fact.is_list:
        found += _about_members(fact, knowing=knowing)
    if fact.is_list or fact.type == "text":
        found.append(st.sampled_from([f"{name} is empty", f"{name} is not empty"]))
    if knowing:
        found.append(st.sampled_from([f"{name} is unknown", f"{name} is known"]))
    return st.one_of(found)


def _about_members(fact: Declaration, *, knowing: bool) -> list[st.SearchStrategy[str]]:
    members = {"list of enum": fact.values, "map of text": fact.keys}.get(fact.type, ("1", "2", "3"))
    one = st.sampled_from(members)
    several = st.lists(one, min_size=1, max_size=3, unique=True).map(lambda words: f"[{', '.join(words)}]")
    several = several | st.just("$first_steps") if fact.type == "list of integer" else several
    how = st.sampled_from(["all of", "any of", "none of"])
    found = [one.map(f"{fact.full_name} includes {{}}".format), st.builds(f"{fact.full_name} includes {{}} {{}}".format, how, several)]
    return [*found, one.map(f"{fact.full_name} lacks {{}}".format)] if knowing else found


@st.composite
def conditions(draw: st.DrawFn, about: str, rules: tuple[tuple[str, str], ...], depth: int, *, knowing: bool = False) -> Any:
    """A condition as an author writes it. `rules`: earlier ones (id, about) that it may refer to."""

    def inside(of: str = about) -> Any:
        return draw(conditions(of, rules, depth - 1, knowing=knowing))

    shapes = ["line", "line", "rule", "all", "any", "not", "once", "first_known"]
    if about == "patient":
        shapes += ["at_least", "at_least", "some", "none", "every", "latest_trial"]
    shape = draw(st.sampled_from(shapes)) if depth > 0 else "line"
    open_rules = [rule for rule, of in rules if of in ("patient", about)]
    if shape == "line" or (shape == "rule" and not open_rules):
        return draw(st.sampled_from(_facts_of(about)).flatmap(lambda fact: lines(fact, knowing=knowing)) | st.just("always"))
    if shape == "rule":
        return draw(st.sampled_from(open_rules)) + draw(st.sampled_from(_STATUS_WORDS))
    if shape in ("all", "any"):
        return {shape: [inside() for _ in range(draw(st.integers(1, 3)))]}
    if shape in ("not", "once"):
        return {shape: inside()}
    if shape == "first_known":
        return {shape: draw(st.lists(_option(about), min_size=1, max_size=3))}
    if shape == "latest_trial":
        return {shape: inside("trial")}
    return _count(draw, shape, inside)


def _option(about: str) -> st.SearchStrategy[Any]:
    """One alternative of first_known: a line about one fact, or its negation."""
    line = st.sampled_from(_facts_of(about)).flatmap(lambda fact: lines(fact, knowing=False))
    return line | line.map(lambda text: {"not": text}) | line.map(lambda text: {"once": text})


def _count(draw: st.DrawFn, shape: str, inside: Any) -> dict[str, Any]:
    record = draw(st.sampled_from(["trial", "trial", "problem"]))
    units = draw(st.sampled_from(["", "listed "])) + f"{record}s"
    where = inside(record)
    if shape == "every":
        return {"every": units, "where": where, "holds": inside(record)}
    if shape in ("some", "none"):
        return {shape: units, "where": where}
    found = {"at_least": draw(st.sampled_from([1, 2, 3, "$two"])), "of": units, "where": where}
    distinct = record == "trial" and draw(st.booleans())
    return found | {"distinct": draw(st.sampled_from(["trial.drug", "trial.outcome"]))} if distinct else found


@st.composite
def rulebooks(draw: st.DrawFn, most: int = 6, depth: int = 3, *, reminders: bool = True) -> Rulebook:
    """A rulebook of a few rules, each of which may refer to those before it."""
    entries: list[RuleEntry] = []
    for number in range(draw(st.integers(1, most))):
        about = draw(st.sampled_from(["patient", "patient", "trial", "problem"]))
        reminder = reminders and draw(st.integers(0, 5)) == 5
        known = tuple((entry.id, entry.about) for entry in entries if reminder or not entry.reminder)
        when = draw(conditions(about, known, depth, knowing=reminder))
        applies = draw(st.none() | conditions(about, known, 1, knowing=reminder))
        kind = "question" if reminder else "rule"
        entries.append(RuleEntry(id=f"r{number}", title="t", kind=kind, about=about, when=when, applies=applies, reminder=reminder))
    return rulebook_of(entries)


class Generated(Rulebook):
    """A rulebook that prints as what its rules say."""

    def __repr__(self) -> str:
        return f"<{self.digest}>"

    def _repr_pretty_(self, printer: Any, _cycle: bool) -> None:
        printer.text(repr(self))


def rulebook_of(entries: list[RuleEntry]) -> Rulebook:
    """A rulebook with these rules and the catalogue of this module, parsed by the real parser."""
    names = Names(CATALOGUE, PARAMETERS, {entry.id: entry.about for entry in entries})
    ordered, circle = in_order([_rule(entry, names) for entry in entries])
    assert not circle
    nothing: Any = None
    told = "; ".join(f"{entry.id} about {entry.about}, applies {entry.applies}: {entry.when}" for entry in entries)
    return Generated(
        about=nothing, facts=CATALOGUE, parameters=PARAMETERS, works={}, studies={}, readings={}, groups=(), entries=(),
        rules=tuple(ordered), texts=(), contradictions=(), definitions=(), rankings=(), sequences=(), tensions=(), gaps=(),
        drugs=DrugTable(()), digest=told, folder="nowhere",
    )  # fmt: skip


def written(about: str = "patient", applies: Any = None, **rules: Any) -> Rulebook:
    """A rulebook from conditions by id, for examples that are written by hand."""
    entries = [RuleEntry(id=rule, title="t", kind="rule", about=about, when=when, applies=applies) for rule, when in rules.items()]
    return rulebook_of(entries)


def _rule(entry: RuleEntry, names: Names) -> Rule:
    problems: list[str] = []
    parser = Parser(names, lambda place, message: problems.append(f"{entry.id} {place}: {message}"))
    when = parser.parse(entry.when, ("when",), entry.about)
    applies = None if entry.applies is None else parser.parse(entry.applies, ("applies",), entry.about)
    assert not problems, problems
    assert when is not None
    return _plain_rule(entry, applies, when)


def _plain_rule(entry: RuleEntry, applies: Condition | None, when: Condition) -> Rule:
    return Rule(
        id=entry.id, title=entry.title, kind=entry.kind, about=entry.about, applies=applies, when=when, sources=(), strength=None,
        evidence=(), readings=(), reminder=entry.reminder, alert=None, advice=None, asks=(), shows=(), says={}, tells={},
        topic="generated", origin=Origin("generated.yaml", 1),
    )  # fmt: skip
