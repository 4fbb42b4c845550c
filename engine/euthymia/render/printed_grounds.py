"""The second half of the printed report for the clinician: trials, definitions, what is open, what is on record, and the sources."""

from collections import Counter
from collections.abc import Iterator
from typing import Any

Item = dict[str, Any]

_MANY = 3
_DRAWN = ("y", "x", "width", "sure_x", "sure_width", "open_start", "open_end", "ongoing", "end_x", "label")


def together(items: list[Item], say: Any) -> str:
    """Judgements by their titles and ids; the same over several trials once, with these."""
    found: dict[str, Item] = {}
    for item in items:
        group = found.setdefault(item["id"], {"id": item["id"], "title": item["title"], "trials": []})
        group["trials"] += [item["trial"]] if "trial" in item else []
    return str(say.groups(list(found.values())))


class Grounds:
    """What the first pages rest on."""

    def __init__(self, parts: Item, say: Any) -> None:
        self.parts = parts
        self.document = parts["doc"]
        self.words = parts["words"]
        self.sentence = parts["say"]
        self.say = say

    def as_dict(self) -> Item:
        return {
            "trials": self._trials(),
            "timeline": self._timeline(),
            "definitions": self._definitions(),
            "untold": self._untold(),
            "reading": self._reading(),
            "facts": self._facts(),
            "full": {name: self.document["rulebook"][name] for name in ("intended_use", "population", "not_for", "validation", "limits")},
        }

    # --- trials ---------------------------------------------------------------------------------------------------------

    def _trials(self) -> Item:
        counts = {trial["id"]: row["counts"]["status"] for row in self.parts["counting"] for trial in row["trials"]}
        unknown = self.words["words"]["not_known"]
        return {
            "rows": [
                {
                    "label": trial["label"],
                    "dates": str(self.say.dates(trial)),
                    "outcome": str(trial.get("outcome", unknown)).replace("_", " "),
                    "counts": counts.get(trial["id"], "undetermined"),
                }
                for trial in self.parts["trials"]
            ],
            "latest": str(self.say.latest()),
            "not_drawn": str(self.say.not_drawn()) if self.parts["undated"] else "",
        }

    def _timeline(self) -> Item | None:
        drawn = self.parts["timeline"]
        if drawn is None:
            return None
        return {
            **{name: drawn[name] for name in ("width", "height", "left", "bottom", "today", "ticks")},
            "bars": [{name: bar[name] for name in _DRAWN} for bar in drawn["bars"]],
            "coming": [{name: bar[name] for name in ("y", "x", "width", "label")} for bar in drawn["coming"]],
            "read": str(self.say.drawing()),
            "in_words": str(self.say.drawn()),
        }

    # --- definitions ----------------------------------------------------------------------------------------------------

    def _definitions(self) -> Item:
        rows = self.parts["defined"]["rows"]
        return {
            "heading": self.sentence("defined-heading"),
            "rows": [self._definition(row) for row in rows],
            "none": "" if rows else self.sentence("no-definition"),
            "not_one": self.sentence("no-right-definition") if rows else "",
        }

    def _definition(self, row: Item) -> Item:
        variants = [f"{variant['name']}: {self.say.range(variant)}" for variant in row["variants"].values()]
        return {
            "name": row["name"],
            "source": f"{self.say.sources(row)} [{row['id']}]",
            "status": row["status"] if row["threshold"] or row["status"] == "not_applicable" else "",
            "result": str(self.say.result(row)),
            "variants": variants,
            "provisional": row["provisional"] or "",
            "missing": row["missing"] or row["value_missing"] or "",
            "differs": str(self.say.differs(row)) if row["disagrees"] else "",
        }

    # --- what is open ---------------------------------------------------------------------------------------------------

    def _untold(self) -> Item:
        found = {self._key(item): item for item in self._open()}
        return {
            "heading": str(self.say.untold_heading()),
            "told": str(self.say.told_all()),
            "lines": [{"names": names, "missing": missing} for missing, names in self._by_missing(list(found.values())).items()],
        }

    def _open(self) -> Iterator[Item]:
        """Criteria, situations, places on the spectrum, alerts of weight, what to put right first and options that cannot be told yet."""
        parts = self.parts
        judged = [parts["refractoriness"], *(criterion["item"] for criterion in parts["criteria"])]
        judged += [situation["item"] for situation in parts["situations"]]
        judged += [*parts["spectrum"]["places"], parts["spectrum"]["deterioration"]]
        yield from (item for item in judged if item["status"] == "undetermined")
        yield from parts["alerts"]["critical_open"] + parts["alerts"]["other_open"]
        fix = next(group for group in parts["advice"] if group["class"] == "fix_first")
        yield from (item for found in fix["open"] for item in found["items"])
        yield from parts["options"]["open"]

    def _by_missing(self, items: list[Item]) -> dict[str, str]:
        """What waits for the same facts stands together."""
        brief = {self._key(item): item["missing_brief"] for item in self.document["conclusions"]}
        found: dict[str, list[Item]] = {}
        often = Counter(item["id"] for item in items)
        for item in items:
            if often[item["id"]] > _MANY:
                same = [other for other in items if other["id"] == item["id"]]
                found[self._missing_in_trials(same)] = same
                continue
            missing = item.get("missing_brief") or brief.get(self._key(item)) or item["missing"] or self._held_up(item)
            found.setdefault(missing, []).append(item)
        return {missing: together(members, self.say) for missing, members in found.items()}

    def _missing_in_trials(self, items: list[Item]) -> str:
        """Facts missing in several trials, once each, the first few by name."""
        needs = dict.fromkeys(name.partition("@")[0] for item in items for name in item["needs"])
        asked = {question["fact"].partition("@")[0]: question["name"] for question in self.document["questions"]}
        named = [asked[name] for name in needs if name in asked][:_MANY]
        left = len(needs) - len(named)
        more = [self.words["words"]["others" if left > 1 else "one_other"].format(n=left)] if left else []
        return str(self.say.list([*named, *more]))

    def _held_up(self, item: Item) -> str:
        waiting = (f"{wait['label']} ({self.words['waiting'][wait['why']]})" for wait in item.get("waiting", ()))
        return "; ".join(waiting) or str(self.words["words"]["not_stated"])

    def _key(self, item: Item) -> tuple[str, str]:
        return (item["id"], str(item.get("trial", item.get("problem", ""))))

    # --- how it was read, and what it rests on -----------------------------------------------------------------------------

    def _reading(self) -> Item:
        conflicts = self.document["conflicts"]
        return {
            "heading": self.sentence("remarks-heading"),
            "conflicts": [{"text": item["text"], "source": f"{self.say.sources(item)} [{item['id']}]"} for item in conflicts],
            "lines": [str(self.say.merged(course)) for course in self.document["courses"]]
            + [str(self.say.fallback(item)) for item in self.parts["fallbacks"]],
        }

    def _facts(self) -> list[Item]:
        """Those of one record with the same source and date stand together; in the order of the record."""
        found: dict[tuple[str, ...], list[str]] = {}
        absent = self.words["words"]["not_given"]
        for fact in self.document["facts"]:
            value = fact["shown"] if fact["state"] == "known" else self.words["fact_states"][fact["state"]]
            note = f" ({fact['note']})" if "note" in fact else ""
            record, _, unit = fact["name"].partition("@")
            place = (fact.get("source", fact.get("origin", absent)), fact.get("date", absent), record.partition(".")[0], unit)
            found.setdefault(place, []).append(f"{fact['label']}: {value}{note}")
        return [{"source": place[0], "date": place[1], "facts": facts} for place, facts in found.items()]
