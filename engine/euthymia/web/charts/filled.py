"""Values that nobody stated and that the advice takes all the same: proposed by the drug table, or following from dates and trials."""

from collections.abc import Iterator
from typing import Any

from euthymia.facts.charting import fact_at
from euthymia.facts.drug_facts import Proposal
from euthymia.facts.entering import place_of
from euthymia.facts.observation import Observation
from euthymia.facts.patient import Patient
from euthymia.facts.patient_file import PatientFile
from euthymia.render.words import Words
from euthymia.rulebook.rulebook import Rulebook

Item = dict[str, Any]
_LATEST = "latest_trial"


def filled(file: PatientFile, rulebook: Rulebook, words: Words) -> list[Item]:
    """Each fact that could be stated and was not, with the value that the advice takes for it, in words as well, and where it comes from.

    `fact` is `trial.drug_class@t1`; `asked`: somebody was asked, and did not know; `sources`: works cited for a figure, with the place and
    how sure it is, as a key of the words for certainty.
    """
    found = [(name, item) for name, item in _observations(file.entered) if item.origin and rulebook.facts[_fact(name)].entered]
    return [*(_item(name, item, file, rulebook, words) for name, item in found), *_latest(file, rulebook, words)]


def _observations(patient: Patient) -> Iterator[tuple[str, Observation]]:
    yield from patient.facts.items()
    for units in patient.units.values():
        for unit in units:
            yield from ((f"{name}@{unit.id}", item) for name, item in unit.facts.items())


def _item(name: str, item: Observation, file: PatientFile, rulebook: Rulebook, words: Words) -> Item:
    figures = item.figures if isinstance(item, Proposal) else ()
    sources = [{"short": rulebook.works[one.work].short, "at": one.at, "certainty": one.certainty} for one in figures]
    return {
        "fact": name,
        "value": item.as_json(),
        "shown": words.value(rulebook.facts[_fact(name)], item),
        "origin": item.origin,
        "asked": _asked(name, file, rulebook),
        "sources": sources,
    }


def _latest(file: PatientFile, rulebook: Rulebook, words: Words) -> Iterator[Item]:
    """The latest trial follows from the trials; it is no observation of its own."""
    latest = file.patient.latest
    if latest is None or _LATEST not in rulebook.facts or file.patient.get(_LATEST).known:
        return
    one = len(file.patient.units.get("trial", ())) == 1
    shown = words.unit_name(file.patient.unit("trial", latest))
    origin = "the only trial on file" if one else "the last one in the order of the trials"
    yield {"fact": _LATEST, "value": latest, "shown": shown, "origin": origin, "asked": _asked(_LATEST, file, rulebook), "sources": []}


def _asked(name: str, file: PatientFile, rulebook: Rulebook) -> bool:
    raw = fact_at(file.document.data, place_of(name, rulebook.facts))
    return (raw.get("value") if isinstance(raw, dict) else raw) is not None


def _fact(name: str) -> str:
    return name.partition("@")[0]
