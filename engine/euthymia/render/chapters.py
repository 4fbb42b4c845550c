"""The parts of a page, picked from the document: groups and orders only, no wording."""

import re
from typing import Any

from euthymia.render import drawing
from euthymia.render.asking import Asking
from euthymia.render.defined import adequacy, defined
from euthymia.render.network import network
from euthymia.render.options import factors, options
from euthymia.render.unfold import Unfolding

Item = dict[str, Any]

_CRITERION = "GF-E-{}"
_FLAG = "GF-C-"
_EXPLAINING = ("explanation", "warning", "rule", "definition")
_OWN_CHAPTER = ("trauma", "options", "sequential-treatment", "counter-therapeutic-factors", "process", "communication", "definitions")
_ADVICE = ("safety", "fix_first", "assess", "treat", "remind")


def chapters(document: Item) -> Item:
    """What the templates of the clinician and the patient show, chapter by chapter."""
    unfold = Unfolding(document).item
    parts = {name: [unfold(item) for item in document[name]] for name in ("conclusions", "recommendations", "alerts", "conflicts")}
    shown = {**document, **parts}
    return {"doc": shown, **_Chapters(shown).as_dict()}


class _Chapters:
    def __init__(self, document: Item) -> None:
        self.document = document
        self.map = document["map"]
        self.conclusions: list[Item] = document["conclusions"]
        self.everything: list[Item] = [*self.conclusions, *document["helpers"]]
        self.trials = in_order(document["trials"])
        self.by_id = {item["id"]: item for item in self.everything if "trial" not in item}
        self.options = options(document, document["references"]["evidence"])

    def as_dict(self) -> Item:
        return {
            "told": self._told(),
            "alerts": self._alerts(),
            "questions": Asking(self.document, self.trials).groups(),
            "spectrum": self._spectrum(),
            "flags": self._flags(),
            "situations": [
                {"key": key, "label": self.map["situation_labels"][key], "item": self.by_id[rule]}
                for key, rule in self.map["situations"].items()
            ],
            "refractoriness": self.by_id[self.map["refractoriness"]],
            "criteria": [self._criterion(letter, rule) for letter, rule in self.map["criteria"].items()],
            "counting": self._counting(),
            "remarks": self._grouped(self._remarks()),
            "fallbacks": self._fallbacks(),
            "advice": [self._advice(name) for name in _ADVICE if name != "treat"],
            "options": self.options,
            "factors": factors(self.conclusions),
            "defined": defined(self.document),
            "adequacy": adequacy(self.conclusions, self.trials),
            "rankings": [{**ranking, "drawing": network(ranking)} for ranking in self.document["rankings"] if ranking["ranked"]],
            "sequences": self.document["sequences"],
            "explained": self._explained(),
            "tensions": self._tensions(),
            "texts": self._texts(),
            "timeline": drawing.timeline(self.trials, self.document["sequences"], self.document["on"]),
            "trials": self.trials,
            "undated": [trial for trial in self.trials if "started" not in trial and "ended" not in trial],
            "entered": self._entered(),
            "titles": {item["id"]: item["title"] for item in self.everything},
        }

    def _grouped(self, items: list[Item]) -> list[Item]:
        """The same rule over several trials once, with the trials in their order."""
        rank = {trial["id"]: number for number, trial in enumerate(self.trials)}
        found: dict[str, Item] = {}
        for item in sorted(items, key=lambda item: rank.get(item.get("trial"), -1)):
            group = found.setdefault(item["id"], {"id": item["id"], "title": item["title"], "trials": [], "items": []})
            group["items"].append(item)
            group["trials"] += [item["trial"]] if "trial" in item else []
        first = {name: number for number, name in reversed(list(enumerate(item["id"] for item in items)))}
        return sorted(found.values(), key=lambda group: first[group["id"]])

    def _of(self, kind: str) -> list[Item]:
        return [item for item in self.conclusions if item["kind"] == kind]

    def _remarks(self) -> list[Item]:
        """Marks that hold, save those that stand beside a criterion."""
        beside = tuple(_CRITERION.format(letter) for letter in self.map["criteria"])
        return [item for item in self._of("remark") if item["status"] == "met" and not item["id"].startswith(beside)]

    def _told(self) -> Item:
        """How much can be told: reminders and what does not apply are not counted."""
        judged = [item for item in self.conclusions if not item["reminder"] and item["status"] != "not_applicable"]
        situations = list(self.document["situations"].values())
        return {
            "all": len(judged),
            "open": sum(item["status"] == "undetermined" for item in judged),
            "situations": len(situations),
            "situations_open": situations.count("undetermined"),
        }

    def _alerts(self) -> Item:
        alerts = self.document["alerts"]
        still_open = [alert for alert in alerts if alert["status"] != "met"]
        return {
            "met": [alert for alert in alerts if alert["status"] == "met"],
            "critical_open": [alert for alert in still_open if alert["severity"] == "critical"],
            "other_open": [alert for alert in still_open if alert["severity"] != "critical"],
        }

    def _spectrum(self) -> Item:
        """The drawing, and the sentences behind the place or the possible places."""
        rules = [self.by_id[self.map["spectrum"]["bands"][band]] for band in self.document["spectrum"]["possible"]]
        return {
            "bands": drawing.spectrum(self.document),
            "places": rules,
            "behind": [self.by_id[name] for name in _definitions(rules, self.by_id)] if self.document["spectrum"]["category"] else [],
            "deterioration": self.by_id[self.map["spectrum"]["deterioration"]],
        }

    def _flags(self) -> Item:
        """Signs of pseudo-resistance. The sum of them and what follows are shown elsewhere, as situation and advice."""
        summed = {item["id"] for item in self.document["recommendations"] if "trial" in item}
        left_out = summed | {self.map["situations"]["pseudo_resistance"]}
        flags = [item for item in self.conclusions if item["id"].startswith(_FLAG) and item["id"] not in left_out]
        return {
            status: self._grouped([item for item in flags if item["status"] == status]) for status in ("met", "undetermined", "not_met")
        }

    def _criterion(self, letter: str, rule: str) -> Item:
        prefix = _CRITERION.format(letter)
        own = [item for item in self.conclusions if item["id"].startswith(prefix) and "trial" not in item]
        return {
            "letter": letter,
            "label": self.map["criterion_labels"][letter],
            "item": self.by_id[rule],
            "parts": [item for item in own if item["kind"] == "rule"],
            "notes": [item for item in own if item["kind"] != "rule" and item["status"] == "met"],
        }

    def _counting(self) -> list[Item]:
        """The trials and whether they count for criterion A, each with the conditions on it; the last of these is the sum. Trials of
        which the same can be said stand together."""
        first = next(iter(self.map["criteria"]))
        tests = [item for item in self.conclusions if item["id"].startswith(_CRITERION.format(first)) and "trial" in item]
        found: dict[tuple[str, ...], Item] = {}
        for trial in self.trials:
            own = [item for item in tests if item["trial"] == trial["id"]]
            if own:
                row = found.setdefault(tuple(item["status"] for item in own), {"trials": [], "tests": own[:-1], "counts": own[-1]})
                row["trials"].append(trial)
        return list(found.values())

    def _fallbacks(self) -> list[Item]:
        """Each fallback once, with the judgements that it decided."""
        found: dict[tuple[str, ...], Item] = {}
        for item in self.conclusions:
            for fallback in item["fallbacks"] if item["status"] in ("met", "not_met") else ():
                key = (fallback["used"], *fallback["instead_of"])
                found.setdefault(key, {**fallback, "decided": []})["decided"].append(item["id"])
        return list(found.values())

    def _advice(self, name: str) -> Item:
        shown = {alert["id"] for alert in self.document["alerts"]}
        every = [item for item in self.document["recommendations"] if item["class"] == name]
        own = [item for item in every if item["id"] not in shown]
        recommended = [item for item in own if item["status"] == "recommended"]
        return {
            "class": name,
            "as_alert": len(own) < len(every),
            "recommended": recommended,
            "grouped": self._grouped(recommended),
            "open": self._grouped([item for item in own if item["status"] == "undetermined"]),
        }

    def _explained(self) -> dict[str, list[Item]]:
        """Explanations and warnings that hold and stand neither beside an option nor among alerts or advice, by topic."""
        listed = {item["id"] for part in ("alerts", "recommendations") for item in self.document[part]}
        found: dict[str, list[Item]] = {}
        for item in self.conclusions:
            alone = item["kind"] in _EXPLAINING and item["status"] == "met" and "beside" not in item and item["id"] not in listed
            if alone and "factor" not in item and "trial" not in item and item["topic"] in _OWN_CHAPTER:
                found.setdefault(item["topic"], []).append(item)
        return found

    def _tensions(self) -> list[Item]:
        """Disagreements between the sources that bear on something shown for this patient."""
        shown = {item["id"] for item in self.options["now"] + self.options["after"]}
        shown |= {item["id"] for item in self.everything if item["status"] == "met" and item["kind"] != "helper"}
        beside = {item["id"] for option in self.options["now"] + self.options["after"] for item in option["beside"]}
        return [tension for tension in self.document["tensions"] if (shown | beside) & {*tension["rules"]}]

    def _texts(self) -> dict[str, list[Item]]:
        found: dict[str, list[Item]] = {}
        for text in self.document["texts"]:
            found.setdefault(text["place"], []).append(text)
        return found

    def _entered(self) -> Item:
        facts = self.document["facts"]
        known = [fact for fact in facts if fact["state"] == "known"]
        return {
            "all": len(facts),
            "known": len(known),
            "unknown": sum(fact["state"] == "unknown" for fact in facts),
            "sources": sorted({fact["source"] for fact in known if "source" in fact}),
            "without_source": sum("source" not in fact and "origin" not in fact for fact in known),
        }


def in_order(trials: list[Item]) -> list[Item]:
    """By their place in the sequence, else by date, else by name, t2 before t10."""

    def place(trial: Item) -> tuple[float, str, list[tuple[int, str]]]:
        parts = re.findall(r"\d+|\D+", trial["id"])
        natural = [(int(part), "") if part.isdecimal() and part.isascii() else (-1, part) for part in parts]
        return (trial.get("order", float("inf")), trial.get("started_first", "9999"), natural)

    return sorted(trials, key=place)


def _definitions(rules: list[Item], by_id: dict[str, Item]) -> list[str]:
    """The shown judgements that hold and that the rules rest on, through helpers."""
    found: list[str] = []
    waiting = [reason["name"] for rule in rules for reason in rule["because"]]
    while waiting:
        item = by_id.get(waiting.pop(0))
        if item is None or item["status"] != "met":
            continue
        if item["kind"] == "helper":
            waiting += [reason["name"] for reason in item["because"]]
        elif item["id"] not in found:
            found.append(item["id"])
    return found
