"""What counts as advice: the judgements that an answer must be able to change for its question to matter."""

from euthymia.inference.trace import Key, Statuses
from euthymia.rulebook.conditions import UNDETERMINED
from euthymia.rulebook.rulebook import Rulebook


def advice_rules(rulebook: Rulebook) -> frozenset[str]:
    """Ids of the rules that are advice: alerts, recommendations and options, situations, criteria, refractoriness and the spectrum.

    Staging models, explanations and the helpers of these are not: whoever wants them settled answers more (`euthymia ask --all`).
    """
    parts = rulebook.about.assessment
    headline = {parts.spectrum.deterioration, *(rule for _, rule in parts.headings)}
    given = {rule.id for rule in rulebook.rules if rule.alert or rule.advice or rule.kind == "option"}
    return frozenset(headline | given)


def open_advice(rulebook: Rulebook, statuses: Statuses) -> list[Key]:
    """Advice that cannot be told yet."""
    rules = advice_rules(rulebook)
    return [key for key, status in statuses.items() if key.rule in rules and status == UNDETERMINED]
