"""Every decision is made twice; unless both engines agree on every status there is no decision."""

from dataclasses import dataclass

from euthymia.errors import Disagreement
from euthymia.facts.catalogue import Catalogue
from euthymia.facts.patient import Patient
from euthymia.inference.engine import Pool
from euthymia.inference.evaluate import Evaluator
from euthymia.inference.plan import Plan, compile_plan
from euthymia.inference.trace import Firing, Key
from euthymia.inference.view import View, views
from euthymia.rulebook.rulebook import Rulebook


@dataclass(frozen=True, slots=True)
class Decision:
    """Statuses that both engines came to, what fired, and the view that they judged."""

    statuses: dict[Key, str]
    firings: tuple[Firing, ...]
    view: View


class Engines:
    """A rulebook compiled for both engines. One serves many evaluations and many threads."""

    def __init__(self, rulebook: Rulebook) -> None:
        self.rulebook = rulebook
        self.evaluator = Evaluator(rulebook)
        self.plan: Plan = compile_plan(rulebook)
        self.pool = Pool(self.plan, rulebook.facts)

    @property
    def catalogue(self) -> Catalogue:
        return self.rulebook.facts


def decide(engines: Engines, patient: Patient) -> Decision:
    """Evaluate by both engines. Raises Disagreement with both derivations when they differ."""
    whole = views(patient, engines.catalogue)
    meant = engines.evaluator.evaluate_view(whole)
    with engines.pool.engine() as engine:  # thrown away, with what it remembers, when it errs
        fired, firings = engine.evaluate(whole)
        judged = {key: status for key, status in fired.items() if not key.rule.startswith("~")}
        if judged != meant:
            raise Disagreement(_difference(meant, judged, firings, whole))
    return Decision(meant, tuple(firings), whole)


def _order(key: Key) -> tuple[str, str]:
    return (key.rule, key.unit or "")


def _difference(meant: dict[Key, str], fired: dict[Key, str], firings: list[Firing], whole: View) -> str:
    """Which judgements differ, and what fired for them: rules, facts and the numbers of trials; never values, nor ids that a user chose."""
    number = {view.unit: place for views in whole.units.values() for place, view in enumerate(views, start=1)}
    ways = {firing.key: [name.partition("@")[0] for name, _ in firing.matched] for firing in firings}
    lines = ["the two engines disagree; no advice is given"]
    for key in sorted(meant.keys() | fired.keys(), key=_order):
        if meant.get(key) != fired.get(key):
            judged = key.rule if key.unit is None else f"{key.rule}, unit {number[key.unit]}"
            behind = ", ".join(ways.get(key, [])) or "nothing"
            lines.append(f"{judged}: evaluator {meant.get(key)}; durable_rules {fired.get(key)} from {behind}")
    return "\n".join(lines)
