"""What a sentence for the patient rests on: entered facts, in words that a patient may read; no wording of its own."""

import re
from collections.abc import Iterable, Iterator
from typing import Any

from euthymia.render.unfold import key_of

Item = dict[str, Any]

_SHOWN = 4
_ENTERED = re.compile(r"[a-z_]+\.[a-z_0-9]+(@.*)?")


class Rests:
    """The way back from a judgement to what was written down about the patient."""

    def __init__(self, document: Item, words: Item) -> None:
        self._unkind = [re.compile(rf"\b{re.escape(part)}", re.IGNORECASE) for part in words["not_for_patients"]]
        judged = (item for part in ("conclusions", "helpers", "parts") for item in document[part])
        self._judged = {key_of(item): item for item in judged}
        self._facts: list[Item] = document["facts"]
        self._names = {question["fact"]: question["label"] for question in document["questions"]}

    def of(self, item: Item, text: str) -> Item:
        """A sentence with its facts; those with words that discourage are counted and left to the conversation."""
        facts = list({fact["name"]: fact for fact in self._behind(item)}.values())
        return self._line(text, facts, [self._names[name] for name in item["needs"] if name in self._names], item["sources"])

    def general(self, item: Item) -> Item:
        """A sentence that no fact decides."""
        return self._line(item["patient_text"], [], [], item["sources"])

    def treatment(self, trial: Item) -> Item:
        """What was written down of one treatment."""
        own = {trial["id"], *trial["parts"]}
        known = [fact for fact in self._facts if fact["state"] == "known" and fact["name"].partition("@")[2] in own]
        return self._line("", known, [], [])

    def unkind(self, text: str) -> bool:
        return any(part.search(text) for part in self._unkind)

    def _line(self, text: str, facts: list[Item], missing: list[str], sources: list[Item]) -> Item:
        kind = [fact for fact in facts if not self.unkind(f"{fact['label']} {fact['shown']}")]
        asked = [label for label in missing if not self.unkind(label)]
        left_out = len(facts) - len(kind[:_SHOWN]) + len(missing) - len(asked[:_SHOWN])
        return {"text": text, "facts": kind[:_SHOWN], "missing": asked[:_SHOWN], "more": left_out, "sources": sources}

    def _behind(self, item: Item) -> Iterator[Item]:
        """Facts among the reasons, through the judgements among them. The rules have no cycle."""
        for reason in item["because"]:
            if _ENTERED.fullmatch(reason["name"]):
                yield reason
            elif reason["name"] in self._judged:
                yield from self._behind(self._judged[reason["name"]])


def once(lines: Iterable[Item]) -> list[Item]:
    """Each sentence once, however many judgements say it."""
    found: dict[str, Item] = {}
    for line in lines:
        found.setdefault(line["text"], line)
    return list(found.values())
