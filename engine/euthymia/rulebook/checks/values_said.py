"""Values in sentences: a number that a parameter holds, a fact named in plain words, and a value that may not be known.

For the shipped rulebook; the tests run these with their few justified exceptions. None of the three can be decided from words alone,
so that they do not refuse a rulebook of somebody else's at load time.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from jinja2 import nodes

from euthymia.rulebook.checks.known_when import Facts, Known
from euthymia.rulebook.checks.sentences import PARSER, all_reads, fact_named, sentences_of
from euthymia.rulebook.conditions import UNDETERMINED
from euthymia.rulebook.rule import Rule

if TYPE_CHECKING:
    from euthymia.rulebook.rulebook import Rulebook

_FILLED_IN = re.compile(r"\{[{%].*?[%}]\}", re.DOTALL)
_FEWEST_WORDS = 3  # a shorter label is an everyday word
_COUNTED = (None, "", "none", "points")  # such a number has no unit to know it by


@dataclass(frozen=True, slots=True)
class Said:
    """Something that a sentence of a rule or text should not say so. `where`: `GF-A-06.says.met`."""

    where: str
    what: str


def facts_in_words(rulebook: "Rulebook") -> Iterator[Said]:
    """Labels of three words or more that stand in a sentence whose rule does not read, show or ask for the fact."""
    labels = {name: fact.label for name, fact in rulebook.facts.items() if len(fact.label.split()) >= _FEWEST_WORDS}
    for where, text, read in _sentences(rulebook):
        plain = " ".join(_FILLED_IN.sub(" ", text).split()).lower()
        for name, label in labels.items():
            if name not in read and re.search(rf"\b{re.escape(label.lower())}\b", plain):
                yield Said(where, name)


def numbers_of_parameters(rulebook: "Rulebook") -> Iterator[Said]:
    """`12 weeks` in a sentence where a parameter that the sentence's rule uses or could use has that value and unit."""
    held = {f"{entry.value:g} {entry.unit}" for entry in rulebook.parameters.values() if _is_length(entry.value, entry.unit)}
    for where, text, _ in _sentences(rulebook):
        plain = " ".join(_FILLED_IN.sub("@", text).split())
        for shown in sorted(held):
            if re.search(rf"(?<![\w.@–-]){re.escape(shown)}(?!\w)", plain):
                yield Said(where, shown)


def unknown_as_finding(rulebook: "Rulebook") -> Iterator[Said]:
    """Values that may be unknown in the status of the sentence, and are neither guarded by `.known` nor given as `label: value`."""
    known = Known(rulebook)
    for rule in rulebook.rules:
        for where, status, text in sentences_of(rule):
            if status != UNDETERMINED and "{{" in text:
                said = _in_prose(PARSER.parse(text), known.of(rule.id, status))
                yield from (Said(where, fact) for fact in dict.fromkeys(said))


def _is_length(value: object, unit: str | None) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and unit not in _COUNTED


def _sentences(rulebook: "Rulebook") -> Iterator[tuple[str, str, set[str]]]:
    """Every sentence of rules, arguments and texts, with the facts it may name."""
    read = all_reads(rulebook)
    for rule in rulebook.rules:
        yield from ((where, text, read[rule.id]) for where, _, text in sentences_of(rule))
        yield from _arguments(rule, read)
    for text in rulebook.texts:
        yield f"{text.id}.text", text.text, set()


def _arguments(rule: Rule, read: dict[str, set[str]]) -> Iterator[tuple[str, str, set[str]]]:
    for argument in rule.option.arguments if rule.option else ():
        yield f"{rule.id}.{argument.section}", argument.text, read[rule.id] | read.get(argument.rule or "", set())


# --- values that may not be known -----------------------------------------------------------------------------------------------------


def _in_prose(node: nodes.Node, known: Facts) -> Iterator[str]:
    """Facts printed where a reader takes them for known: not after a colon."""
    before = ""
    for part in _parts(node):
        match part:
            case nodes.TemplateData(data=data):
                before = data.rstrip() or before
            case nodes.If() | nodes.CondExpr():
                for branch, also in _branches(part):
                    yield from _in_prose(branch, known | also)
                before = ""
            case nodes.Getattr():
                fact = fact_named(part)
                if fact is not None and fact not in known and not before.endswith(":"):
                    yield fact
                before = ""


def _parts(node: nodes.Node) -> Iterator[nodes.Node]:
    """What is printed, in its order."""
    if isinstance(node, nodes.Template | nodes.Output):
        for child in node.iter_child_nodes():
            yield from _parts(child)
    else:
        yield node


def _branches(node: nodes.If | nodes.CondExpr) -> Iterator[tuple[nodes.Node, Facts]]:
    """Each branch as a template of its own, with what is known inside it."""
    yes, no = _guards(node.test)
    if isinstance(node, nodes.CondExpr):
        yield node.expr1, yes
        if node.expr2 is not None:
            yield node.expr2, no
        return
    yield nodes.Template(node.body), yes
    for other in node.elif_:
        yield nodes.Template([other]), no
    yield nodes.Template(node.else_), no


def _guards(test: nodes.Node) -> tuple[Facts, Facts]:
    """Facts that are known where the test holds, and where it does not."""
    match test:
        case nodes.Getattr(attr="known"):
            return _one(test.node), frozenset()
        case nodes.Call(node=nodes.Getattr(attr="is", node=inner)):
            return _one(inner), frozenset()
        case nodes.Not():
            yes, no = _guards(test.node)
            return no, yes
        case nodes.And() | nodes.Or():
            (left_yes, left_no), (right_yes, right_no) = _guards(test.left), _guards(test.right)
            if isinstance(test, nodes.And):
                return left_yes | right_yes, left_no & right_no
            return left_yes & right_yes, left_no | right_no
    return frozenset(), frozenset()


def _one(node: nodes.Node) -> Facts:
    fact = fact_named(node)
    return frozenset() if fact is None else frozenset({fact})
