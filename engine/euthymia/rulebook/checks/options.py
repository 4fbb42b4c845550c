"""Options offer what a service can have, agree with what a patient can prefer, and name options, rules and studies that exist."""

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from euthymia.errors import suggestion
from euthymia.rulebook.checks.report import Found
from euthymia.rulebook.checks.sentences import in_sentence
from euthymia.rulebook.rule import Option, Rule

if TYPE_CHECKING:
    from euthymia.rulebook.rulebook import Rulebook


def unsound_options(rulebook: "Rulebook") -> Iterator[Found]:
    for rule in rulebook.rules:
        for message in _in_rule(rule, rulebook):
            yield Found(message, rule.id, rule.origin)


def _in_rule(rule: Rule, rulebook: "Rulebook") -> Iterator[str]:
    for name in rule.beside:
        if name not in rulebook.by_id:
            yield f"beside: unknown rule '{name}'{suggestion(name, rulebook.by_id)}"
    if rule.kind == "option" and rule.about != "patient":
        yield f"an option is about the patient; this one is about a {rule.about}"
    if rule.option is None:
        if rule.kind == "option":
            yield "a rule of kind option needs `option`; `option: {}` where nothing stands beside its condition"
        return
    if rule.kind != "option":
        yield f"`option` belongs to rules of kind option; this one is of kind {rule.kind}"
    parts = rulebook.about.assessment
    yield from _values("offers", rule.option.offers, parts.availability, rulebook)
    yield from _values("modality", rule.option.modality, parts.preference, rulebook)
    yield from _options("excludes", rule.option.excludes, rulebook)
    if rule.id in rule.option.excludes:
        yield f"excludes: {rule.id} excludes itself; name another option"
    yield from _options("under", filter(None, [rule.option.under]), rulebook)
    yield from _under(rule, rule.option.under, rulebook)
    yield from _arguments(rule, rule.option, rulebook)


def _options(what: str, names: Iterable[str], rulebook: "Rulebook") -> Iterator[str]:
    options = [rule.id for rule in rulebook.rules if rule.kind == "option"]
    texts = {text.id for text in rulebook.texts}
    for name in names:
        if name in rulebook.by_id and name not in options:
            yield f"{what}: {name} is of kind {rulebook.by_id[name].kind}; an option is needed here"
        elif name in texts:
            yield f"{what}: {name} is a text; an option is needed here"
        elif name not in options:
            yield f"{what}: unknown option '{name}'{suggestion(name, options)}"


def _under(rule: Rule, name: str | None, rulebook: "Rulebook") -> Iterator[str]:
    """A detail stands inside a whole option: no detail of itself, nor of another detail."""
    above = rulebook.by_id[name].option if name in rulebook.by_id else None
    over = rule.id if name == rule.id else above.under if above is not None else None
    if over is not None:
        yield f"under: {name} stands under {over} itself; name an option that stands alone"


def _values(what: str, named: Iterable[str], fact: str | None, rulebook: "Rulebook") -> Iterator[str]:
    if fact is None or fact not in rulebook.facts:
        if named:
            yield f"{what}: rulebook.yaml names no fact for it"
        return
    allowed = rulebook.facts[fact].values
    for name in named:
        if name not in allowed:
            yield f"{what}: found '{name}'; allowed: {', '.join(allowed)}{suggestion(name, allowed)}"


def _arguments(rule: Rule, option: Option, rulebook: "Rulebook") -> Iterator[str]:
    for argument in option.arguments:
        for study in argument.evidence:
            if study not in rulebook.studies:
                yield f"{argument.section}: unknown study '{study}'{suggestion(study, rulebook.studies)}"
        if argument.rule is None or argument.section == "population":  # other judged ones are checked as sentences of their rules
            for message in in_sentence(argument.text, rule, set(), rulebook):
                yield f"{argument.section}: {message}"
