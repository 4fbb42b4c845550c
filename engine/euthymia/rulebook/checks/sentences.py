"""Sentences are well-formed templates and name only facts that their rule reads, parameters that exist, and what is offered to them."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from jinja2 import TemplateSyntaxError, nodes
from jinja2.sandbox import SandboxedEnvironment

from euthymia.errors import found, suggestion
from euthymia.rulebook.checks.report import Found
from euthymia.rulebook.conditions import Latest, walk
from euthymia.rulebook.rule import Rule, Text

if TYPE_CHECKING:
    from euthymia.rulebook.rulebook import Rulebook

_ALWAYS = ("needs", "param")
_FACT_METHODS = ("known", "is", "unit", "origin")
_FREE = ("text", "list of text", "reference", "list of reference")  # any word may be one of their values
_MOST_NESTING = 40
PARSER = SandboxedEnvironment()
_ALLOWED = (
    nodes.Template, nodes.Output, nodes.TemplateData, nodes.Name, nodes.Getattr, nodes.If, nodes.CondExpr, nodes.And, nodes.Or,
    nodes.Not, nodes.Compare, nodes.Operand, nodes.Const, nodes.Call,
)  # fmt: skip


def unsound_sentences(rulebook: "Rulebook") -> Iterator[Found]:
    """Templates that do not parse, and names that they may not use."""
    read = all_reads(rulebook)
    for rule in rulebook.rules:
        for where, _, sentence in sentences_of(rule):
            for message in in_sentence(sentence, rule, read[rule.id], rulebook):
                yield Found(message, where, rule.origin)
        for key, facts in (("asks", rule.asks), ("shows", rule.shows)):
            for fact in facts:
                if fact not in rulebook.facts:
                    yield Found(f"unknown fact '{fact}'{suggestion(fact, rulebook.facts)}", f"{rule.id}.{key}", rule.origin)
    for text in rulebook.texts:
        for sentence in filter(None, (text.text, text.tells)):
            for message in in_sentence(sentence, text, set(), rulebook):
                yield Found(message, text.id, text.origin)


def sentences_of(rule: Rule) -> Iterator[tuple[str, str, str]]:
    """Where each sentence of a rule stands (`GF-A-06.says.met`), its status, and the sentence."""
    for kind, sentences in (("says", rule.says), ("tells", rule.tells)):
        yield from ((f"{rule.id}.{kind}.{status}", status, text) for status, text in sentences.items())


def all_reads(rulebook: "Rulebook") -> dict[str, set[str]]:
    """Facts that each rule reads itself, shows, asks for, or reads through the rules it refers to."""
    read: dict[str, set[str]] = {}
    any_fact = {name for name, _ in rulebook.facts.items()}  # what a rule with mistakes of its own reads cannot be told
    for rule in rulebook.rules:
        own = rule.reads | set(rule.shows) | set(rule.asks)
        read[rule.id] = own.union(*(read.get(other, any_fact) for other in rule.refers_to))
    return read


def in_sentence(sentence: str, item: Rule | Text, read: set[str], rulebook: "Rulebook") -> Iterator[str]:
    """Mistakes of one sentence of a rule that reads these facts."""
    if "{" not in sentence:
        return
    try:
        tree = PARSER.parse(sentence)
    except (TemplateSyntaxError, RecursionError, ValueError) as error:
        yield f"not a well-formed sentence: {found(str(error))}"
        return
    parts = _all_nodes(tree)
    if parts is None:
        yield f"a sentence may be nested {_MOST_NESTING} levels deep at most"
        return
    outside = sorted({type(node).__name__ for node in parts if not _is_plain(node)})
    if outside:
        yield f"a sentence may hold facts, parameters and if/else only; found {', '.join(outside)}"
        return
    yield from _names(parts, item, read, rulebook)


def _names(parts: list[nodes.Node], item: Rule | Text, read: set[str], rulebook: "Rulebook") -> Iterator[str]:
    records = {record.record for record in rulebook.facts.records}
    accesses = [node for node in parts if isinstance(node, nodes.Getattr)]
    inner = {id(access.node) for access in accesses}
    called = {id(call.node) for call in parts if isinstance(call, nodes.Call)}
    for name in (node for node in parts if isinstance(node, nodes.Name)):
        if name.ctx == "load" and name.name not in _ALWAYS and (name.name not in records or id(name) not in inner):
            yield f"unknown name '{name.name}' in the sentence; allowed: facts such as record.fact, param.name, needs"
    for access in accesses:
        if isinstance(access.node, nodes.Name):
            yield from _access(access.node.name, access.attr, item, read, rulebook)
        elif fact_named(access.node) is None or access.attr not in _FACT_METHODS:
            yield f"'{access.attr}' is not something that a fact has; allowed: {', '.join(_FACT_METHODS)}"
        elif (access.attr == "is") != (id(access) in called):
            yield "`is` needs a word to compare with, .is('yes'), and nothing else can be called"
    for call in (part for part in parts if isinstance(part, nodes.Call)):
        yield from _word(call, rulebook)


def _word(call: nodes.Call, rulebook: "Rulebook") -> Iterator[str]:
    """`.is('…')` asks for a value that the fact can have; another word would never hold, and nobody would see why."""
    test, argument = call.node, call.args[0]
    if not (isinstance(test, nodes.Getattr) and isinstance(test.node, nodes.Getattr) and isinstance(test.node.node, nodes.Name)):
        return
    name, word = f"{test.node.node.name}.{test.node.attr}", argument.as_const()
    if name not in rulebook.facts or rulebook.facts[name].type in _FREE:
        return
    fact = rulebook.facts[name]
    allowed = fact.keys or fact.choices
    if not allowed:
        yield f"{name} is of type {fact.type} and has no words to compare with"
    elif word not in allowed:
        yield f"found '{found(word)}' for {name}; allowed: {', '.join(allowed)}{suggestion(word, allowed)}"


def fact_named(node: nodes.Node) -> str | None:
    """`record.fact`; not a parameter, a label, or a property of a fact."""
    if isinstance(node, nodes.Getattr) and isinstance(node.node, nodes.Name) and node.node.name != "param" and node.attr != "label":
        return f"{node.node.name}.{node.attr}"
    return None


def _all_nodes(tree: nodes.Node) -> list[nodes.Node] | None:
    """Every node of the tree; None when it is nested too deeply."""
    found, left = [tree], [(1, child) for child in tree.iter_child_nodes()]
    while left:
        depth, node = left.pop()
        if depth > _MOST_NESTING:
            return None
        found.append(node)
        left.extend((depth + 1, child) for child in node.iter_child_nodes())
    return found


def _is_plain(node: nodes.Node) -> bool:
    """Nothing that loops, computes or reaches into Python: the sentences of a rulebook are untrusted."""
    if isinstance(node, nodes.Call):
        test = node.node
        words = [argument for argument in node.args if isinstance(argument, nodes.Const) and isinstance(argument.value, str)]
        plain = len(words) == len(node.args) == 1 and not (node.kwargs or node.dyn_args or node.dyn_kwargs)
        return plain and isinstance(test, nodes.Getattr) and test.attr == "is"
    if isinstance(node, nodes.Operand):
        return node.op in ("eq", "ne")
    return isinstance(node, _ALLOWED)


def _access(name: str, attribute: str, item: Rule | Text, read: set[str], rulebook: "Rulebook") -> Iterator[str]:
    if name == "param":
        if attribute not in rulebook.parameters:
            yield f"unknown parameter '{attribute}'{suggestion(attribute, rulebook.parameters)}"
        return
    many = rulebook.facts.many
    if name in many and isinstance(item, Rule) and not _speaks_of_a_unit(item, name):
        yield f"'{name}.{attribute}': this rule is not about one {name}"
        return
    fact = f"{name}.{attribute}"
    if attribute == "label" and name in many:
        return
    if fact not in rulebook.facts:
        yield f"unknown fact '{fact}'{suggestion(fact, rulebook.facts)}"
    elif fact not in read:
        yield f"names {fact}, which the rule does not read; list it under `shows` if it should"


def _speaks_of_a_unit(rule: Rule, record: str) -> bool:
    if rule.about == record:
        return True
    return record == "trial" and any(isinstance(part, Latest) for condition in rule.conditions for part in walk(condition))
