"""How one judgement is derived, as a drawing and as a nested list: the rules it rests upon, the facts that force it, what is missing."""

from collections.abc import Iterator
from typing import Any

from euthymia.assess import Judgement, Reasoning
from euthymia.render.explained import Explained
from euthymia.render.reduced import Graph, Href, node, nowhere
from euthymia.render.shown import Shown
from euthymia.render.words import Words
from euthymia.rulebook.conditions import UNDETERMINED

_FACTS, _NEEDS = 28, 16  # so many are drawn before further rules are


def derivation_graph(reasoning: Reasoning, name: str, words: Words, href: Href = nowhere) -> dict[str, Any]:
    """The judgement `GF-E-A4@t1`: `drawing` for graph.svg.j2 and `list` for readers of text. KeyError where there is no such judgement.

    An arrow leads from a judgement to what it rests on, or, while it cannot be told yet, to what is missing for it. `href` gives where
    a box leads, by its kind (rule, fact) and name.
    """
    if name not in map(str, reasoning.keys):
        raise KeyError(name)
    made = _Derivation(Shown(reasoning, words), reasoning.named(name), href)
    root = made.root
    return {
        "schema": "euthymia.derivation/1",
        "asked": name,
        "name": made.graph.nodes[root]["label"],
        "status": made.judgement.status,
        "word": words.states[made.judgement.status],
        "drawing": made.graph.drawn(made.ranked(), root),
        "list": made.graph.listed(root),
    }


class _Derivation:
    """The whole graph of one judgement, put together from its explanation."""

    def __init__(self, shown: Shown, judgement: Judgement, href: Href) -> None:
        self.shown = shown
        self.words = shown.words
        self.judgement = judgement
        self.graph = Graph(shown.words.graph, href)
        self.why = Explained(shown).why(judgement)
        self.needs = [self._need(name) for name in judgement.needs]
        self.root = self._step(self.why["tree"])
        self.because = [self._reason(reason.name, reason.is_rule) for reason in judgement.because]
        self.facts = [self._fact(name) for name in self.why["sets"][0]]
        self._whole()

    def ranked(self) -> Iterator[str]:
        """What is drawn first where not all of it can be."""
        nodes = self.graph.nodes
        near = self.graph.by_distance(self.root)
        yield from [self.root, *self.because, *self.facts[:_FACTS], *self.needs[:_NEEDS]]
        rules = [name for name in near if nodes[name]["kind"] == "rule"]
        yield from sorted(rules, key=lambda name: bool(nodes[name]["helper"]))
        yield from [*self.facts, *self.needs, *near]

    # --- rules ------------------------------------------------------------------------------------------------------

    def _step(self, step: dict[str, Any]) -> str:
        """A step of the explanation with all below it. A step that stood before has been drawn with what it rests on."""
        name = step["id"] if "about" not in step else f"{step['id']}@{step.get('trial', step.get('problem'))}"
        here = self._rule(name)
        for other in step.get("steps", ()):
            self.graph.link(here, self._step(other))
        for fact in step.get("facts", ()):
            self.graph.link(here, self._fact(fact["name"]))
        return here

    def _rule(self, name: str) -> str:
        judged = self.shown.assessment.named(name)
        heading = self.shown.heading(judged)
        title, unit, word = heading["title"], heading.get("about", ""), self.words.states[judged.status]
        label = self.words.words["in_unit"].format(label=title, unit=unit) if unit else title
        said = [("head", f"{self.words.marks[judged.status]} {word}"), ("label", title), ("foot", unit), ("code", name)]
        more = {"state": judged.status, "open": judged.status == UNDETERMINED, "helper": judged.rule.kind == "helper"}
        return self.graph.add(node("rule", name, label, word, said, **more))

    def _reason(self, name: str, is_rule: bool) -> str:
        found = self._rule(name) if is_rule else self._fact(name)
        self.graph.link(self.root, found)
        return found

    # --- facts ------------------------------------------------------------------------------------------------------

    def _fact(self, name: str, missing: bool = False) -> str:
        fact = self.shown.fact(name)
        item = self.shown.patient.observation(name)
        known = item.known or (name == "latest_trial" and fact["value"] is not None)
        word = fact["shown"] if known else self.words.fact_states[item.state]
        if known and missing:
            word = self.words.graph["inexact"].format(value=word)
        given = fact.get("provenance", {})
        said = [("head", word if known else f"{self.words.marks[UNDETERMINED]} {word}"), ("label", fact["label"])]
        said += [("foot", given[key]) for key in ("source", "origin") if key in given][:1]
        state = "known" if known else item.state
        more = {"state": state, "open": missing or state in ("unknown", "not_asked"), "provenance": given}
        return self.graph.add(node("fact", name, fact["label"], word, said, **more))

    # --- what is missing --------------------------------------------------------------------------------------------

    def _need(self, name: str) -> str:
        return self._fact(name, missing=True)

    def _whole(self) -> None:
        """Each missing fact hangs on the last judgements on the way that need it; what nothing else leads to, on the answer itself."""
        asked = set(self.needs)
        wanted = {rule: asked.intersection(self._needed(rule)) for rule in self.graph.by_distance(self.root) if self._is_open(rule)}
        for rule, needs in wanted.items():
            below = set[str]().union(*(wanted.get(other, ()) for other in self.graph.below[rule]))
            for fact in (fact for fact in self.needs if fact in needs - below):
                self.graph.link(rule, fact)
        reached = set(self.graph.by_distance(self.root))
        for name in self.graph.nodes:
            if name not in reached:
                self.graph.link(self.root, name)

    def _is_open(self, name: str) -> bool:
        found = self.graph.nodes[name]
        return found["kind"] == "rule" and bool(found["open"])

    def _needed(self, name: str) -> Iterator[str]:
        return (f"fact:{fact}" for fact in self.shown.assessment.named(self.graph.nodes[name]["name"]).needs)
