"""What the printed report for the clinician shows: chosen from the parts of the page, in words; where it stands, the templates say."""

import json
from typing import Any

from euthymia.render.printed_grounds import Grounds, together

Item = dict[str, Any]

_LATER = 5
_MANY = 3
_CLASSES = ("safety", "assess", "remind")


def for_clinician(parts: Item, say: Any) -> Item:
    """`parts` as the page has them, `say` the macros that put its sentences together."""
    made = _Report(parts, say).as_dict() | Grounds(parts, say).as_dict()
    carried = [{"says": item["says"], "by": str(say.carrier(item))} for item in parts["carried"]()]
    made |= {"carried": carried, "carried_heading": parts["words"]["fixed_sentences"]["professional"]}
    return made | {"works": _works(parts["doc"]["references"]["works"], json.dumps(made, ensure_ascii=False))}


def _works(works: Item, printed: str) -> list[Item]:
    """Those that the report names."""
    wanted = ("short", "citation", "doi", "note")
    return [{name: work[name] or "" for name in wanted} for work in works.values() if work["short"] in printed]


class _Report:
    """What is read first."""

    def __init__(self, parts: Item, say: Any) -> None:
        self.parts = parts
        self.words = parts["words"]
        self.sentence = parts["say"]
        self.say = say

    def as_dict(self) -> Item:
        document = self.parts["doc"]
        digest = document["rulebook"]["digest"][:19]
        return {
            "title": document["rulebook"]["name"],
            "opening": self.sentence("for-clinician", on=document["on"], version=document["rulebook"]["version"], digest=digest),
            "intended": self.sentence("intended"),
            "risk": self.sentence("risk"),
            "told": str(self.say.told_all()),
            "on_record": str(self.say.on_record()),
            "alerts": self._alerts(),
            "summary": self._summary(),
            "first": self._first(),
            "options": self._options(),
            "sequences": [self._sequence(item) for item in self.parts["sequences"] if item["chosen"] == "met"],
            "questions": self._questions(),
            "advice": self._advice(),
            "three_minutes": self.sentence("three-minutes"),
        }

    def _source(self, item: Item) -> str:
        return f"{self.say.sources(item)} [{item['id']}]"

    def _alerts(self) -> Item:
        alerts = self.parts["alerts"]
        names = self.parts["doc"]["names_not_held"]
        return {
            "met": [
                {
                    "severity": alert["severity"],
                    "text": alert["text"],
                    "rests": str(self.say.reasons(alert["because"])),
                    "source": self._source(alert),
                }
                for alert in alerts["met"]
            ],
            "none": "" if alerts["met"] else self.sentence("no-alert"),
            "not_held": str(self.say.not_held(names)) if names else "",
            "open": [
                {"severity": severity, "names": together(found, self.say), "number": len(found)}
                for severity in self.words["severities"]
                if (found := [alert for alert in alerts["critical_open"] + alerts["other_open"] if alert["severity"] == severity])
            ],
        }

    def _summary(self) -> Item:
        defined = self.parts["defined"]["rows"]
        return {
            "lines": [
                str(self.say.place()),
                str(self.say.situation()),
                str(self.say.all_criteria()),
                str(self.say.all_definitions()) if defined else self.sentence("no-definition"),
            ],
            "deterioration": self.parts["spectrum"]["deterioration"]["status"],
            "situations": [
                {"letter": found["key"] if len(found["key"]) == 1 else "", "label": found["label"], "status": found["item"]["status"]}
                for found in self.parts["situations"]
            ],
            "criteria": [
                {"letter": found["letter"], "label": found["label"], "status": found["item"]["status"]} for found in self.parts["criteria"]
            ],
        }

    def _first(self) -> Item:
        """Signs of pseudo-resistance, factors that are present, and what to stop or put right; what is open is named."""
        fix = next(group for group in self.parts["advice"] if group["class"] == "fix_first")
        flags = self.parts["flags"]
        also = {item["id"] for item in fix["recommended"]}
        present = [item for group in self.parts["factors"].values() for item in group["met"]]
        lines = [self._grouped(flag) for flag in flags["met"] if flag["id"] not in also]
        lines += [line for group in fix["grouped"] for line in self._each(group)]
        open_ones = list({group["id"]: group for group in [*flags["undetermined"], *fix["open"]]}.values())
        return {
            "lines": lines,
            "factors": together(present, self.say) if present else "",
            "asked": self.sentence("flags-heading"),
            "none": "" if flags["met"] else self.sentence("no-flag"),
            "open": str(self.say.groups(open_ones)),
            "number": len(open_ones),
        }

    def _each(self, group: Item) -> list[Item]:
        if len(group["items"]) > _MANY:
            return [self._grouped(group)]
        return [{"text": item["brief"], "source": self._source(item)} for item in group["items"]]

    def _grouped(self, group: Item) -> Item:
        trials = f" ({self.say.trials_of(group['trials'])})" if group["trials"] else ""
        return {"text": f"{group['title']}{trials}.", "source": self._source(group["items"][0])}

    def _options(self) -> Item:
        options = self.parts["options"]
        none = not options["now"] and not options["after"]
        assess = len(next(group for group in self.parts["advice"] if group["class"] == "assess")["recommended"])
        return {
            "heading": self.sentence("options-heading"),
            "hasty": self.sentence("hasty") if options["hasty"] else "",
            "notes": [self.sentence(f"{name}-unknown") for name in ("preference", "availability") if not options[name]],
            "now": [self._option(item) for item in options["now"]],
            "after": [self._option(item) for item in options["after"]],
            "after_heading": self.sentence("after") if options["after"] else "",
            "none": self.sentence("no-option") if none else "",
            "assess": self.sentence("assess-first", n=assess) if none and assess else "",
            "near": str(self.say.near()),
            "open": together(options["open"], self.say),
            "number": len(options["open"]),
            "no_ground": together(options["not_indicated"], self.say),
            "order": self.sentence("options-order"),
        }

    def _option(self, item: Item) -> Item:
        return {
            "id": item["id"],
            "title": item["title"] + (f" ({item['trial']})" if "trial" in item else ""),
            "text": item["brief"],
            "first": [self._argument(found) for found in item["defers"]],
            "conflicts": [str(self.say.conflict(other)) for other in item["excludes"]],
            "details": together(item["details"], self.say) if item["details"] else "",
            "for": [self._argument(found) for found in item["for"] if "text" in found],
            "against": [self._argument(found) for found in item["against"] if "text" in found],
            "cautions": [self._argument(found) for found in item["cautions"]],
            "notes": [f"{note['text']} [{note['id']}]" for note in item["beside"] if note["kind"] == "warning"],
            "source": str(self.say.standing(item)),
        }

    def _argument(self, found: Item) -> Item:
        return {"text": found["text"], "sure": found["status"] == "met"}

    def _sequence(self, sequence: Item) -> Item:
        return {
            "title": sequence["title"],
            "steps": [
                {key: step[key] for key in ("place", "label", "text", "rule", "state")} | {"when": str(self.say.due(step))}
                for step in sequence["steps"]
            ],
            "paths": self.sentence("two-paths"),
            "source": str(self.say.sources(sequence)),
        }

    def _questions(self) -> Item:
        questions = self.parts["questions"]
        now = [item for item in questions if item["now"]]
        later = [item for item in questions if not item["now"]]
        return {
            "lines": [
                {
                    "now": item["now"],
                    "text": f"{item['ask']}{self.say.units_of(item)}",
                    "bearing": str(self.say.bearing(item)),
                    "id": item["fact"],
                }
                for item in now + later[:_LATER]
            ],
            "further": self.sentence("further-questions", n=len(later) - _LATER) if len(later) > _LATER else "",
            "none": "" if questions else self.sentence("nothing-open"),
        }

    def _advice(self) -> Item:
        groups = [group for group in self.parts["advice"] if group["class"] in _CLASSES]
        standing = [group for group in groups if group["recommended"] or group["open"] or group["as_alert"]]
        return {
            "heading": self.sentence("advice-heading"),
            "groups": [
                {
                    "class": group["class"],
                    "see": self.sentence("see-alerts") if group["as_alert"] else "",
                    "names": together(group["recommended"], self.say),
                    "open": self.sentence("more-untold", n=len(group["open"])) if group["open"] else "",
                }
                for group in standing
            ],
            "none": "" if standing else self.sentence("nothing-follows"),
        }
