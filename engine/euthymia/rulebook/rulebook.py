"""A loaded rulebook: rules in an order in which each comes after all it refers to."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property

from euthymia.facts.catalogue import Catalogue
from euthymia.facts.drug_table import DrugTable
from euthymia.rulebook.definition import Definition
from euthymia.rulebook.files import Entry, Group, ParameterEntry, Reading, RulebookFile, Study, Work
from euthymia.rulebook.plan_files import GapEntry, TensionEntry
from euthymia.rulebook.plans import Ranking, Sequence
from euthymia.rulebook.rule import Contradiction, Rule, Text


@dataclass(frozen=True)
class Rulebook:
    """Everything that the files of a rules folder say. `rules` is sorted so that no rule comes before one it refers to.

    `digest` identifies the content of all files; `folder` is where they were read.
    """

    about: RulebookFile
    facts: Catalogue
    parameters: Mapping[str, ParameterEntry]
    works: Mapping[str, Work]
    studies: Mapping[str, Study]
    readings: Mapping[str, Reading]
    groups: tuple[Group, ...]
    entries: tuple[Entry, ...]
    rules: tuple[Rule, ...]
    texts: tuple[Text, ...]
    contradictions: tuple[Contradiction, ...]
    definitions: tuple[Definition, ...]
    rankings: tuple[Ranking, ...]
    sequences: tuple[Sequence, ...]
    tensions: tuple[TensionEntry, ...]
    gaps: tuple[GapEntry, ...]
    drugs: DrugTable
    digest: str
    folder: str

    @cached_property
    def by_id(self) -> dict[str, Rule]:
        return {rule.id: rule for rule in self.rules}


def in_order(rules: Iterable[Rule]) -> tuple[list[Rule], list[str]]:
    """Rules sorted by id, each after all it refers to; and the path of the first circle found, if there is one."""
    left = {rule.id: rule for rule in sorted(rules, key=lambda rule: rule.id)}
    done: dict[str, Rule] = {}
    while left:
        ready = [rule for rule in left.values() if not (rule.refers_to & left.keys())]
        if not ready:
            return list(done.values()), _circle(left)
        for rule in ready:
            done[rule.id] = left.pop(rule.id)
    return list(done.values()), []


def _circle(left: Mapping[str, Rule]) -> list[str]:
    """Ids around one circle among rules that all wait for each other."""
    path = [min(left)]
    while True:
        following = min(left[path[-1]].refers_to & left.keys())
        if following in path:
            return [*path[path.index(following) :], following]
        path.append(following)
