"""What to ask next: the same question over several trials once, with what the answers bear on."""

from operator import itemgetter
from typing import Any

from euthymia.render.questions import by_fact, telling

Item = dict[str, Any]


class Asking:
    """The questions of one document, grouped; the order of the document holds."""

    def __init__(self, document: Item, trials: list[Item]) -> None:
        self.document = document
        self.trials = [trial["id"] for trial in trials]
        self.titles = {item["id"]: item["title"] for item in document["conclusions"]}
        self.topics = {item["id"]: (item["topic"], item["kind"]) for item in document["conclusions"]}
        parts = document["map"]
        self.criteria = {rule: letter for letter, rule in parts["criteria"].items()}
        self.situations = {rule: key for key, rule in parts["situations"].items()}
        self.refractoriness = parts["refractoriness"]
        self.spectrum = self.topics[parts["spectrum"]["deterioration"]][0]

    def groups(self) -> list[Item]:
        found = by_fact(self.document["questions"], itemgetter("fact"))
        return [self._group(fact, members) for fact, members in found.items()]

    def _group(self, fact: str, members: list[Item]) -> Item:
        settles = sorted({name for question in members for name in question["settles"] if name.partition("@")[0] in self.titles})
        rules = list(dict.fromkeys(name.partition("@")[0] for name in settles))
        asked_by = list(dict.fromkeys(name.partition("@")[0] for question in members for name in question["asked_by"]))
        units = [question["fact"].partition("@")[2] for question in members if "@" in question["fact"]]
        return {
            "fact": fact,
            "record": fact.partition(".")[0],
            "name": members[0]["name"],
            "ask": members[0]["ask"],
            "now": members[0]["now"],
            "changes": members[0]["changes"],
            "answers": telling(members[0].get("answers", [])),
            "answers_for": members[0]["about"] if len(members) > 1 and "about" in members[0] else "",
            "about": [question["about"] for question in members if "about" in question],
            "units": [trial for trial in self.trials if trial in units],
            "each": len(units) > 1 and len(units) == len(self.trials),
            "count": len(settles),
            "criteria": [letter for rule, letter in self.criteria.items() if rule in rules],
            "situations": [key for rule, key in self.situations.items() if rule in rules],
            "refractoriness": self.refractoriness in rules,
            "spectrum": any(self.topics[rule] == (self.spectrum, "definition") for rule in rules),
            "titles": [self.titles[rule] for rule in rules],
            "asked_by": [self.titles[rule] for rule in asked_by if rule in self.titles],
        }
