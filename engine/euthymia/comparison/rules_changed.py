"""How one rulebook differs from another, in what a subject hangs on."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, fields, replace
from fractions import Fraction
from typing import Any as Anything
from typing import Literal

from euthymia.comparison.hanging import Hanging
from euthymia.comparison.outcomes import Subject
from euthymia.facts.catalogue import Declaration
from euthymia.rulebook.checks.whole import COURSE_WINDOW
from euthymia.rulebook.conditions import All, Any, Compare, Condition, Count, FirstKnown, Latest, Not, Once, OneOf, parameters_read
from euthymia.rulebook.files import ParameterEntry
from euthymia.rulebook.rule import Rule
from euthymia.rulebook.rulebook import Rulebook

What = Literal[
    "rule_added", "rule_removed", "condition", "weight", "wording", "other", "parameter", "parameter_added", "parameter_removed",
    "fact_added", "fact_removed", "fact", "definition", "sequence", "spectrum", "drugs", "text_added", "text_removed", "text",
]  # fmt: skip
Place = tuple[str, int]  # file (`rules/…`) and line
Locate = Callable[[Literal["parameters", "facts"], str, bool], Place]  # kind of file, id, in the rulebook after?
_NAMED = re.compile(r"param\.([a-z0-9_]+)")  # a parameter in a sentence
_SAYS = {"title", "says", "tells"}
_WEIGHS = {"kind", "about", "alert", "advice", "reminder", "factor"}
_FACT_SAYS = {"label", "definition", "ask", "added_by"}


@dataclass(frozen=True, slots=True)
class RuleChange:
    """Something in the rules that is not as it was. `before` and `after`: values of a parameter. The place is that after the change,
    and that before it for what was removed."""

    what: What
    id: str
    title: str
    file: str
    line: int
    before: ParameterEntry | None = None
    after: ParameterEntry | None = None


class RuleChanges:
    """All differences between two rulebooks, found once and asked for by subject."""

    def __init__(self, before: Rulebook, after: Rulebook, locate: Locate) -> None:
        self.before = before
        self.after = after
        self._locate = locate

    def of(self, subject: Subject, hanging: Hanging, *, filled: bool = False) -> tuple[RuleChange, ...]:
        """What changed in anything that the subject hangs on. `filled`: facts that the rulebook fills in have changed as well."""
        return (
            *self._whole(subject),
            *self._rules(subject, hanging),
            *self._parameters(hanging, filled=filled),
            *self._facts(hanging),
            *self._drugs(filled=filled),
        )

    def _whole(self, subject: Subject) -> Iterator[RuleChange]:
        """The definition, the sequence or the list of places itself."""
        match subject.kind:
            case "definition":
                yield from _one("definition", subject.id, self.before.definitions, self.after.definitions)
            case "step":
                yield from _one("sequence", subject.id.rpartition("/")[0], self.before.sequences, self.after.sequences)
            case "spectrum":
                if self.before.about.assessment.spectrum != self.after.about.assessment.spectrum:
                    yield RuleChange("spectrum", "spectrum", "", "rules/rulebook.yaml", 0)

    def texts(self) -> tuple[RuleChange, ...]:
        """Statements that no fact decides, and so no patient: added, removed or said differently."""
        before, after = ({text.id: text for text in rulebook.texts} for rulebook in (self.before, self.after))
        found: list[RuleChange] = []
        for name in sorted({*before, *after}):
            one, other = before.get(name), after.get(name)
            text = other or one
            if text is not None and one != other:
                what: What = "text_added" if one is None else "text_removed" if other is None else "text"
                found.append(RuleChange(what, name, text.title, text.origin.file, text.origin.line))
        return tuple(found)

    def _rules(self, subject: Subject, hanging: Hanging) -> Iterator[RuleChange]:
        for name in sorted(hanging.rules):
            one, other = self.before.by_id.get(name), self.after.by_id.get(name)
            found = other or one
            if found is None or one == other:
                continue
            what: What = "rule_added" if one is None else "rule_removed" if other is None else _difference(one, other)
            if what != "other" and (what != "wording" or name == subject.id):
                yield RuleChange(what, name, found.title, found.origin.file, found.origin.line)

    def _parameters(self, hanging: Hanging, *, filled: bool) -> Iterator[RuleChange]:
        named = {name for rulebook in (self.before, self.after) for rule in _known(rulebook, hanging) for name in _parameters(rule)}
        for name in sorted(named | ({COURSE_WINDOW} if filled else set())):
            one, other = self.before.parameters.get(name), self.after.parameters.get(name)
            found = other or one
            if found is not None and (one is None or other is None or (one.value, one.unit) != (other.value, other.unit)):
                what: What = "parameter_added" if one is None else "parameter_removed" if other is None else "parameter"
                yield RuleChange(what, name, found.means, *self._locate("parameters", name, other is not None), one, other)

    def _facts(self, hanging: Hanging) -> Iterator[RuleChange]:
        for name in sorted(hanging.facts):
            one, other = _declared(self.before, name), _declared(self.after, name)
            found = other or one
            if found is None or (one is not None and other is not None and _meaning(one) == _meaning(other)):
                continue
            what: What = "fact_added" if one is None else "fact_removed" if other is None else "fact"
            yield RuleChange(what, name, found.label, *self._locate("facts", name, other is not None))

    def _drugs(self, *, filled: bool) -> Iterator[RuleChange]:
        if filled and self.before.drugs.drugs != self.after.drugs.drugs:
            one, other = ({drug.id: drug for drug in rulebook.drugs.drugs} for rulebook in (self.before, self.after))
            different = [(other.get(name) or one[name]).label for name in sorted({*one, *other}) if one.get(name) != other.get(name)]
            yield RuleChange("drugs", "drugs", ", ".join(different), "rules/drugs.yaml", 0)


def _one(what: Literal["definition", "sequence"], name: str, before: Anything, after: Anything) -> Iterator[RuleChange]:
    one, other = (next((item for item in items if item.id == name), None) for items in (before, after))
    found = other or one
    if found is not None and one != other:
        title = found.label if what == "definition" else found.title
        yield RuleChange(what, name, title, found.origin.file, found.origin.line)


def _known(rulebook: Rulebook, hanging: Hanging) -> Iterator[Rule]:
    yield from (rulebook.by_id[name] for name in hanging.rules if name in rulebook.by_id)


def _declared(rulebook: Rulebook, name: str) -> Declaration | None:
    return rulebook.facts[name] if name in rulebook.facts else None  # noqa: SIM401 - a catalogue has no get


def _meaning(fact: Declaration) -> Anything:
    return fact.model_dump(exclude=_FACT_SAYS)


def _difference(one: Rule, other: Rule) -> What:
    """What about a rule is different; a number that only follows its parameter is told with the parameter."""
    if [_without_parameters(part) for part in one.conditions] != [_without_parameters(part) for part in other.conditions]:
        return "condition"
    names = {field.name for field in fields(Rule) if field.compare and getattr(one, field.name) != getattr(other, field.name)}
    if names & _WEIGHS:
        return "weight"
    return "wording" if names & _SAYS else "other"


def _parameters(rule: Rule) -> Iterator[str]:
    for condition in rule.conditions:
        yield from parameters_read(condition)
    yield from (name for text in rule.says.values() for name in _NAMED.findall(text))


def _without_parameters(condition: Condition) -> Condition:
    """The condition with every number or list that a parameter gives left out."""
    match condition:
        case Compare(parameter=str()):
            return replace(condition, bound=Fraction(0))
        case OneOf(parameter=str()):
            return replace(condition, values=())
        case Count(where=where, parameter=name):
            minimum = condition.minimum if name is None else 0
            return replace(condition, where=_without_parameters(where), minimum=minimum)
        case All(parts):
            return All(tuple(_without_parameters(part) for part in parts))
        case Any(parts):
            return Any(tuple(_without_parameters(part) for part in parts))
        case Not(part):
            return Not(_without_parameters(part))
        case Once(part):
            return Once(_without_parameters(part))
        case Latest(where):
            return Latest(_without_parameters(where))
        case FirstKnown(options):
            return FirstKnown(tuple((name, _without_parameters(option)) for name, option in options))
        case _:
            return condition
