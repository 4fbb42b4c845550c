"""What the page for the patient shows: chosen from the document and from the sentences written for patients; no wording."""

from typing import Any

from euthymia.render.asking import Asking
from euthymia.render.chapters import in_order
from euthymia.render.rests import Rests, once

Item = dict[str, Any]

_SCORE_BANDS = ("GF-A-04", "GF-A-05")
_ASKS = ("question", "assessment")
_NAMED_AREAS, _NAMED_QUESTIONS = 3, 3
_OF_ONE_SUBJECT = 2


def for_patient(document: Item, words: Item) -> Item:
    """Treatments, what follows in plain words, what may be asked next. Suicide is never a list: one caring passage stands for it."""
    part = _last_criterion(document)
    critical = {alert["id"] for alert in document["alerts"] if alert["severity"] == "critical"}
    told = [item for item in document["conclusions"] if item["patient_text"] and item["id"] not in critical]
    own_part = [item for item in told if item["id"].startswith(part)]
    rest = [item for item in told if item not in own_part]
    trials = in_order(document["trials"])
    change = _Change(document)
    rests = Rests(document, words)

    def lines(items: list[Item]) -> list[Item]:
        return once(rests.of(item, item["patient_text"]) for item in items)

    return {
        "treatments": [trial | {"change": change.of(trial), "rests": rests.treatment(trial)} for trial in trials],
        "meaning": lines(_few_each([item for item in rest if item["kind"] not in _ASKS])),
        "may_ask": lines([item for item in rest if item["kind"] in _ASKS]),
        "own_part": lines(own_part),
        "good_to_know": once(rests.general(text) for text in document["texts"] if text["patient_text"]),
        "urgent": _urgent(document, rests),
        "asked": _asked(Asking(document, trials).groups(), words, rests),
        "merged": document["courses"],
    }


class _Change:
    """What each treatment changed, by the rules' own order: the score first, then the stated outcome; else not known."""

    def __init__(self, document: Item) -> None:
        self._status = {(item["id"], item["trial"]): item["status"] for item in document["conclusions"] if "trial" in item}

    def of(self, trial: Item) -> str | None:
        better, same = (self._status.get((rule, trial["id"]), "undetermined") for rule in _SCORE_BANDS)
        if better == "met" or same == "met":
            return _improved(trial.get("outcome")) if better == "met" else "non_response"
        if better == same == "not_met":
            return "deterioration"
        return trial.get("outcome")


def _improved(outcome: str | None) -> str:
    """The stated kind of improvement, where one is stated; else improvement, no more."""
    return outcome if outcome in ("full_response", "response_with_residual_symptoms", "partial_response") else "better"


def _last_criterion(document: Item) -> str:
    """The criterion about the patient's part in the decision is the last one."""
    return f"GF-E-{list(document['map']['criteria'])[-1]}"


def _few_each(items: list[Item]) -> list[Item]:
    """At most so many of one subject: the page is for a conversation, and the clinician's page holds all."""
    kept: dict[str, list[Item]] = {}
    for item in items:
        kept.setdefault(item["topic"], []).append(item)
    shown = {id(item) for members in kept.values() for item in members[:_OF_ONE_SUBJECT]}
    return [item for item in items if id(item) in shown]


def _urgent(document: Item, rests: Rests) -> Item | None:
    """The sentence of a known danger, where there is one."""
    met = {alert["id"] for alert in document["alerts"] if alert["severity"] == "critical" and alert["status"] == "met"}
    found = [item for item in document["conclusions"] if item["id"] in met and item["kind"] not in _ASKS]
    return next((rests.of(item, item["patient_text"]) for item in found if item["patient_text"]), None)


def _asked(groups: list[Item], words: Item, rests: Rests) -> dict[str, list[str]]:
    """A few facts by area; the clinician's own judgements and words that discourage are left to the conversation."""
    found: dict[str, list[str]] = {}
    for group in groups:
        area = words["asked_of_patients"].get(group["record"])
        if area is None or group["now"] or group["changes"] == "by clinician" or rests.unkind(group["name"]):
            continue
        if area in found or len(found) < _NAMED_AREAS:
            found.setdefault(area, []).append(group["name"])
    return {area: names[:_NAMED_QUESTIONS] for area, names in found.items()}
