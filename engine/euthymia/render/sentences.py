"""The sentences of rules, filled in for one patient. Sandboxed; a name that does not exist is an error, not an empty place."""

from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from jinja2 import StrictUndefined, Template
from jinja2.exceptions import SecurityError
from jinja2.sandbox import ImmutableSandboxedEnvironment

from euthymia.assess import Judgement
from euthymia.facts.catalogue import Declaration
from euthymia.facts.observation import Observation
from euthymia.facts.patient import Patient, Unit
from euthymia.render.words import NO_UNIT, Words, unit_of
from euthymia.rulebook.rule import Text
from euthymia.rulebook.rulebook import Rulebook


class Sandbox(ImmutableSandboxedEnvironment):
    """No arithmetic that could fill the memory."""

    intercepted_binops = frozenset({"*", "**", "%"})

    def call_binop(self, context: Any, operator: str, left: Any, right: Any) -> Any:
        raise SecurityError(f"'{operator}' is not allowed in a template")


_PLAIN = Sandbox(undefined=StrictUndefined, autoescape=False, trim_blocks=True, lstrip_blocks=True)


@lru_cache(maxsize=4096)
def _template(text: str) -> Template:
    return _PLAIN.from_string(text)


def _is_plain(text: str) -> bool:
    """Nothing to fill in; compiling such a sentence would cost more than all the rest of it."""
    return "{" not in text


class ShownFact:
    """A fact as sentences see it: prints in words; `.known`, `.is('yes')`, `.unit`."""

    def __init__(self, fact: Declaration, item: Observation, words: Words) -> None:
        self.known = item.known
        self.unit = fact.unit
        self.origin = item.origin or ""
        self._item = item
        self._text = words.value(fact, item)

    def is_(self, value: str) -> bool:
        held = self._item.value
        return self._item.known and (held == value or (isinstance(held, tuple | dict) and value in held))

    def __str__(self) -> str:
        return self._text

    def __getattr__(self, name: str) -> Any:
        if name == "is":
            return self.is_
        raise AttributeError(name)


class _Record:
    """`trial` or `risk` in a sentence."""

    def __init__(self, facts: Mapping[str, Declaration], holder: Any, words: Words, label: str | None) -> None:
        self._facts = facts
        self._holder = holder
        self._words = words
        self._label = label

    def __getattr__(self, name: str) -> Any:
        if name == "label" and self._label is not None:
            return self._label
        if name.startswith("_") or name not in self._facts:
            raise AttributeError(name)
        fact = self._facts[name]
        return ShownFact(fact, self._holder.get(fact.full_name), self._words)


class Sentences:
    """Sentences for one patient."""

    def __init__(self, rulebook: Rulebook, patient: Patient, words: Words) -> None:
        self.rulebook = rulebook
        self.patient = patient
        self.words = words
        catalogue = rulebook.facts
        self._by_record = {record.record: {fact.name: fact for fact in catalogue.of_record(record.record)} for record in catalogue.records}
        self._parameters = {name: words.parameter(entry) for name, entry in rulebook.parameters.items()}

    def said(self, judgement: Judgement) -> str:
        """What professionals are told."""
        template = judgement.rule.says.get(judgement.status)
        if template is not None:
            return self._filled(template, judgement)
        text = self.words.sentences[judgement.status].format(title=judgement.rule.title)
        return text + (self.words.missing.format(needs=self.needs(judgement.needs)) if judgement.needs else "")

    def told(self, judgement: Judgement) -> str | None:
        """What the patient is told; nothing where the rule has no words for patients."""
        template = judgement.rule.tells.get(judgement.status)
        return None if template is None else self._filled(template, judgement)

    def text(self, template: str) -> str:
        """A statement that no fact decides."""
        return template.strip() if _is_plain(template) else _template(template).render(param=self._parameters, needs="").strip()

    def text_of(self, text: Text) -> str:
        return self.text(text.text)

    def needs(self, names: tuple[str, ...]) -> str:
        """Missing facts in words; one fact missing in several units is named once."""
        grouped: dict[str, list[Unit | None]] = {}
        for name in names:
            grouped.setdefault(name.partition("@")[0], []).append(unit_of(self.patient, name))
        return self.words.listed(self._group(fact, units) for fact, units in grouped.items())

    def _group(self, fact: str, units: list[Unit | None]) -> str:
        declared = self.rulebook.facts[fact]
        named = [unit for unit in units if unit is not None]
        if not named:
            return declared.label
        if len(named) == 1:
            return self.words.fact_name(declared, named[0])
        ids = self.words.listed(unit.id for unit in named)
        return self.words.words["in_unit"].format(label=declared.label, unit=self.words.words["trial"].format(id=ids))

    def _filled(self, template: str, judgement: Judgement) -> str:
        filled = template if _is_plain(template) else _template(template).render(self._context(judgement))
        text = " ".join(filled.split())
        return text[:1].upper() + text[1:]

    def _context(self, judgement: Judgement) -> dict[str, Any]:
        patient = self.patient
        context: dict[str, Any] = {"param": self._parameters, "needs": self.needs(judgement.needs)}
        for record, facts in self._by_record.items():
            if record in patient.units:
                unit = self._unit(record, judgement)
                if unit is not None:
                    context[record] = _Record(facts, unit, self.words, self.words.unit_name(unit))
            else:
                context[record] = _Record(facts, patient, self.words, None)
        return context

    def _unit(self, record: str, judgement: Judgement) -> Unit | None:
        """The unit that the rule judges; for a rule about the patient that speaks of the latest trial, that one."""
        patient = self.patient
        if judgement.key.unit is not None and judgement.rule.about == record:
            return patient.unit(record, judgement.key.unit)
        if record != "trial":
            return None
        return patient.unit("trial", patient.latest) if patient.latest is not None else Unit(NO_UNIT, {})
