"""Where a rule is used and what it uses, and how the topics of a rulebook rest on each other: drawings of the rules themselves."""

from collections import Counter
from collections.abc import Iterator
from functools import cached_property
from typing import Any

from euthymia.render.layered import layered
from euthymia.render.reduced import Graph, Href, Item, node, nowhere
from euthymia.render.words import Words, plain
from euthymia.rulebook.conditions import parameters_read
from euthymia.rulebook.rule import Rule
from euthymia.rulebook.rulebook import Rulebook

_MOST = 40
_STEPS = 2  # rules that a rule uses are followed so far down


def rulebook_map(rulebook: Rulebook, rule_id: str, words: Words, href: Href = nowhere) -> dict[str, Any]:
    """One rule: `drawing` for graph.svg.j2, and `used_by` and `uses` as nested lists. KeyError where there is no such rule.

    An arrow leads from what uses something to what it uses. `href` gives where a box leads, by its kind (rule, fact, parameter, model,
    ranking, sequence, heading) and name.
    """
    return Maps(rulebook, words, href).of(rule_id)


def topic_map(rulebook: Rulebook, words: Words, href: Href = nowhere) -> dict[str, Any]:
    """All topics with their numbers of rules; an arrow leads from a topic to one whose rules its own rules use."""
    numbers = Counter(rule.topic for rule in rulebook.rules)
    uses = Counter((rule.topic, rulebook.by_id[other].topic) for rule in rulebook.rules for other in rule.refers_to)
    graph = Graph(words.graph, href)
    for topic, number in sorted(numbers.items()):
        label = words.topic_names.get(topic, topic.replace("-", " ").capitalize())
        word = words.graph["one_rule" if number == 1 else "rules"].format(n=number)
        graph.add(node("topic", topic, label, word, [("head", label), ("label", word)]))
    for (one, other), number in uses.items():
        if one != other:
            graph.link(f"topic:{one}", f"topic:{other}", number)
    listed = [
        graph.nodes[name] | {"items": [graph.nodes[end] | {"number": ends[end], "items": []} for end in sorted(ends)]}
        for name, ends in graph.below.items()
    ]
    return {"schema": "euthymia.topics/1", "drawing": layered(graph.nodes.values(), graph.edges()) | {"more": 0}, "topics": listed}


class Maps:
    """Maps of the rules of one rulebook: one for many of them, since what uses a rule is looked up in the whole rulebook."""

    def __init__(self, rulebook: Rulebook, words: Words, href: Href = nowhere) -> None:
        self.rulebook = rulebook
        self.words = words
        self._href = href

    def of(self, rule_id: str) -> dict[str, Any]:
        """The map of one rule; see `rulebook_map`."""
        rule = self.rulebook.by_id[rule_id]
        graph = Graph(self.words.graph, self._href)
        root = graph.add(self._rule(rule))
        self._add_uses(graph, rule, _STEPS)
        self._add_users(graph, rule_id)
        above = graph.above()
        return {
            "schema": "euthymia.rulebook_map/1",
            "asked": rule_id,
            "name": rule.title,
            "drawing": graph.drawn(self._ranked(graph, root), root, _MOST),
            "used_by": graph.listed(root, above)["items"],
            "uses": graph.listed(root)["items"],
        }

    def _ranked(self, graph: Graph, root: str) -> Iterator[str]:
        """Neighbours first, then where the ways upwards end: advice, alerts and headings; then what lies between."""
        above = graph.above()
        upwards = graph.by_distance(root, above)
        yield from [root, *graph.below[root], *list(above[root])[:12]]
        yield from [name for name in upwards if graph.nodes[name]["end"]][:16]
        yield from upwards
        yield from graph.by_distance(root)

    # --- what it uses -----------------------------------------------------------------------------------------------

    def _add_uses(self, graph: Graph, rule: Rule, steps: int) -> None:
        here = f"rule:{rule.id}"
        for name in sorted(rule.reads, key=self.rulebook.facts.rank):
            graph.link(here, graph.add(self._fact(name)))
        for name in sorted({name for condition in rule.conditions for name in parameters_read(condition)}):
            graph.link(here, graph.add(self._parameter(name)))
        for name in sorted(rule.refers_to if steps else ()):
            graph.link(here, graph.add(self._rule(self.rulebook.by_id[name])))
            self._add_uses(graph, self.rulebook.by_id[name], steps - 1)

    # --- what uses it -----------------------------------------------------------------------------------------------

    def _add_users(self, graph: Graph, rule_id: str) -> None:
        """All of them, up to what nothing else uses."""
        waiting, seen = [rule_id], {rule_id}
        while waiting:
            name = waiting.pop()
            for user in self._users.get(name, ()):
                graph.link(graph.add(user), f"rule:{name}")
                if user["kind"] == "rule" and user["name"] not in seen:
                    seen.add(user["name"])
                    waiting.append(user["name"])

    @cached_property
    def _users(self) -> dict[str, list[Item]]:
        """What uses each rule directly."""
        found: dict[str, list[Item]] = {}
        for rule in self.rulebook.rules:
            user = self._rule(rule)
            parts = {part.rule for part in rule.option.arguments if part.rule} if rule.option else set()
            for name in sorted(rule.refers_to | parts):
                found.setdefault(name, []).append(user)
        for owner, names in self._owners():
            for name in sorted(names):
                found.setdefault(name, []).append(owner)
        return found

    def _owners(self) -> Iterator[tuple[Item, set[str]]]:
        """What uses rules without being one: models, orders, sequences and the headings of every page."""
        book, words = self.rulebook, self.words.graph
        for definition in book.definitions:
            yield self._owner("model", definition.id, definition.label), definition.rules | set(definition.remarks)
        for ranking in book.rankings:
            rules = {rule for rule, _ in ranking.marks} | ({ranking.applies} if ranking.applies else set())
            yield self._owner("ranking", ranking.id, ranking.title), rules
        for sequence in book.sequences:
            named = {sequence.chosen, *(name for step in sequence.steps for name in (step.rule, step.done, step.begun) if name)}
            yield self._owner("sequence", sequence.id, sequence.title), named
        parts = book.about.assessment
        labels = parts.criterion_labels | parts.situation_labels | parts.spectrum.labels
        for heading, rule in parts.headings:
            label = book.by_id[rule].title if rule == parts.refractoriness else labels.get(heading, heading)
            said = [("head", words["heading"]), ("label", label)]
            yield node("heading", f"{heading}:{rule}", label, words["heading"], said, end=True), {rule}

    def _owner(self, kind: str, name: str, label: str) -> Item:
        word = self.words.graph[kind]
        return node(kind, name, label, word, [("head", word), ("label", label), ("code", name)], end=True)

    # --- nodes ------------------------------------------------------------------------------------------------------

    def _rule(self, rule: Rule) -> Item:
        word = self.words.graph[rule.kind]
        if rule.alert is not None:
            word = self.words.graph["alert"].format(severity=self.words.severities[rule.alert].lower())
        ends = rule.alert is not None or rule.advice is not None or rule.kind == "option"
        said = [("head", word), ("label", rule.title), ("code", rule.id)]
        return node("rule", rule.id, rule.title, word, said, end=ends, helper=rule.kind == "helper")

    def _fact(self, name: str) -> Item:
        label, word = self.rulebook.facts[name].label, self.words.graph["fact"]
        return node("fact", name, label, word, [("head", word), ("label", label)])

    def _parameter(self, name: str) -> Item:
        entry = self.rulebook.parameters[name]
        value = self.words.parameter(entry)
        label = plain(name)
        word = f"{self.words.graph['number']}: {value}"
        return node("parameter", name, label, word, [("head", word), ("label", label)])
