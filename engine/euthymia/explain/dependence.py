"""What hangs on what in a rulebook."""

from euthymia.rulebook.conditions import Count, Latest, walk
from euthymia.rulebook.rulebook import Rulebook

LATEST = "latest_trial"


class Dependence:
    """Which facts and rules each rule hangs on, itself or through others. One serves many patients."""

    def __init__(self, rulebook: Rulebook) -> None:
        self.rulebook = rulebook
        self._own: dict[str, frozenset[str]] = {}
        self._refers: dict[str, frozenset[str]] = {}
        self._facts: dict[str, frozenset[str]] = {}
        self._rules: dict[str, frozenset[str]] = {}
        for rule in rulebook.rules:  # in an order in which each comes after all that it refers to
            own = set(rule.reads)
            for part in (part for condition in rule.conditions for part in walk(condition)):
                own |= self._of_lists(part)
            others = self._refers[rule.id] = frozenset(rule.refers_to)
            self._own[rule.id] = frozenset(own)
            self._facts[rule.id] = self._own[rule.id].union(*(self._facts[other] for other in others))
            self._rules[rule.id] = frozenset({rule.id}).union(*(self._rules[other] for other in others))

    def _of_lists(self, part: object) -> set[str]:
        """What counts and the latest trial hang on beside their conditions."""
        if isinstance(part, Latest):
            return {LATEST} | self._complete("trial")
        if isinstance(part, Count):
            return self._complete(part.record) | ({f"{part.record}.modality"} if part.distinct else set())
        return set()

    def _complete(self, record: str) -> set[str]:
        complete = self.rulebook.facts.record(record).complete_when
        return set() if complete is None else {complete}

    def own(self, rule: str) -> frozenset[str]:
        """Facts that the rule hangs on itself, not through another rule."""
        return self._own[rule]

    def refers(self, rule: str) -> frozenset[str]:
        """Rules that it refers to itself."""
        return self._refers[rule]

    def facts(self, rule: str) -> frozenset[str]:
        return self._facts[rule]

    def rules(self, rule: str) -> frozenset[str]:
        return self._rules[rule]
