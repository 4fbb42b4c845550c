"""Why, what would change it and how firm it is: everything that can be said about one judgement."""

from dataclasses import dataclass
from datetime import date
from functools import cached_property

from euthymia.explain.changing import Changing, Flip
from euthymia.explain.firmness import Age, Firm, Firmness, age
from euthymia.explain.rejudging import Place, Rejudging
from euthymia.explain.vocabulary import Vocabulary
from euthymia.explain.why import Explaining, Why
from euthymia.facts.patient import Patient
from euthymia.inference.agreement import Decision
from euthymia.inference.trace import Key
from euthymia.rulebook.rulebook import Rulebook


@dataclass(frozen=True, slots=True)
class Explanation:
    """One judgement explained. `flips`: how it would become met, or not met, as far as it is not that already."""

    why: Why
    flips: tuple[Flip, ...]
    firm: tuple[Firm, ...]
    age: Age


class Explanations:
    """Explanations of one patient's judgements, worked out when they are asked for."""

    def __init__(
        self, rulebook: Rulebook, vocabulary: Vocabulary, decision: Decision, rejudging: Rejudging, patient: Patient, on: date
    ) -> None:
        self.vocabulary = vocabulary
        self._rulebook = rulebook
        self._decision = decision
        self._rejudging = rejudging
        self._patient = patient
        self._on = on
        self._found: dict[Key, Explanation] = {}

    @cached_property
    def _explaining(self) -> Explaining:
        return Explaining(self._rulebook, self._decision.view, self._decision.statuses)

    @cached_property
    def _changing(self) -> Changing:
        decision = self._decision
        return Changing(self._rulebook, self.vocabulary, decision.view, decision.statuses, self._rejudging, _proposed(self._patient))

    @cached_property
    def _firmness(self) -> Firmness:
        decision = self._decision
        return Firmness(self._rulebook.facts, self.vocabulary, decision.view, decision.statuses, self._rejudging)

    def why(self, key: Key) -> Why:
        """The smallest sets of facts that force its status."""
        return self._explaining.why(key)

    def flips(self, key: Key) -> tuple[Flip, ...]:
        """The smallest sets of changes after which it would be met, or not met."""
        return self._changing.flips(key)

    def of(self, key: Key) -> Explanation:
        """The explanation of one judgement, whatever its status."""
        if key not in self._found:
            why = self.why(key)
            facts = dict.fromkeys(fact for forced in why.sets for fact in forced.facts)
            firm = self._firmness.of(key, facts)
            self._found[key] = Explanation(why, self.flips(key), firm, age(self._patient, why.sets[0].facts, self._on))
        return self._found[key]


def _proposed(patient: Patient) -> frozenset[Place]:
    """Facts whose value a table proposed."""
    own = {(name, None) for name, item in patient.facts.items() if item.proposed}
    units = [unit for members in patient.units.values() for unit in members]
    return frozenset(own) | {(name, unit.id) for unit in units for name, item in unit.facts.items() if item.proposed}
