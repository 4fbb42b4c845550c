"""The rulebook as its pages show it: topics with files and rules, statements of the sources, works, and one rule in full."""

from pathlib import Path
from typing import Any
from urllib.parse import quote

from euthymia.cases.coverage import possible
from euthymia.comparison.places import Places
from euthymia.errors import InputError
from euthymia.render.words import Words, plain
from euthymia.rulebook.base import Citation
from euthymia.rulebook.conditions import STATUSES
from euthymia.rulebook.rule import Origin, Rule, Text
from euthymia.rulebook.rulebook import Rulebook
from euthymia.web.rules.changed_parts import parameters_of
from euthymia.web.rules.rule_files import path_of, paths

Item = dict[str, Any]
_MOST_FOUND = 200


def file_link(origin: Origin | tuple[str, int]) -> str:
    """A line of a rule file."""
    file, line = (origin.file, origin.line) if isinstance(origin, Origin) else origin
    return f"/rules/file?path={quote(path_of(file))}" + (f"#L{line}" if line else "")


def rule_link(rule: Rule) -> str:
    """A rule that was made for an option or a definition stands with it."""
    return f"/rules/{rule.part_of or rule.id}"


class Browsing:
    """Pages of one rulebook, which does not change while it is in force."""

    def __init__(self, rulebook: Rulebook, words: Words) -> None:
        self.rulebook = rulebook
        self.words = words
        self.places = Places(rulebook, rulebook)
        self.texts = {text.id: text for text in rulebook.texts}
        self.models = {item.id: item for items in (rulebook.definitions, rulebook.rankings, rulebook.sequences) for item in items}

    # --- lists --------------------------------------------------------------------------------------------------------------

    @property
    def own(self) -> list[Rule | Text]:
        """Rules and texts that have an entry of their own, in the order of their files."""
        found: list[Rule | Text] = [rule for rule in self.rulebook.rules if rule.part_of is None]
        return sorted([*found, *self.rulebook.texts], key=lambda item: (item.topic, item.origin.file, item.origin.line))

    def topics(self) -> list[Item]:
        """Topic, files, rules."""
        found: dict[str, dict[str, list[Item]]] = {}
        for item in self.own:
            found.setdefault(item.topic, {}).setdefault(item.origin.file, []).append(self.row(item))
        return [
            {"name": self.topic(topic), "id": topic, "rules": sum(map(len, files.values())), "files": [
                {"file": file, "link": file_link((file, 0)), "rules": rules} for file, rules in files.items()
            ]}
            for topic, files in found.items()
        ]  # fmt: skip

    def other_files(self) -> list[Item]:
        """Files that hold no rules: facts, numbers, sources, readings and the like; folders first, those at the top last."""
        found: dict[str, list[Item]] = {}
        with_rules = {item.origin.file for item in (*self.own, *self.models.values())}
        for path in paths(Path(self.rulebook.folder)):
            if f"rules/{path}" not in with_rules:
                folder, _, name = path.rpartition("/")
                found.setdefault(folder, []).append({"name": name, "link": file_link((path, 0))})
        return [{"folder": folder, "files": found[folder]} for folder in sorted(found, key=lambda folder: (folder == "", folder))]

    def statements(self) -> list[Item]:
        """Every statement of the sources, by group, with what became of it."""
        rows: dict[str, list[Item]] = {group.id: [] for group in self.rulebook.groups}
        for entry in self.rulebook.entries:
            what = "encoded" if entry.id in self.rulebook.by_id else "text only" if entry.id in self.texts else entry.disposition or ""
            link = f"/rules/{entry.id}" if what in ("encoded", "text only") else None
            rows[entry.group].append({"id": entry.id, "title": entry.title, "what": what, "why": entry.why, "link": link})
        return [{"id": group.id, "title": group.title, "rows": rows[group.id]} for group in self.rulebook.groups]

    def works(self) -> list[Item]:
        """Works, each with the rules and texts that cite it and the place."""
        found: dict[str, list[Item]] = {name: [] for name in self.rulebook.works}
        for item in self.own:
            for source in item.sources:
                found.setdefault(source.work, []).append(self.row(item) | {"at": source.at})
        works = self.rulebook.works
        return [
            {"id": name, "short": works[name].short, "citation": works[name].citation, "doi": works[name].doi, "rules": rules}
            for name, rules in sorted(found.items(), key=lambda pair: -len(pair[1])) if name in works
        ]  # fmt: skip

    def search(self, asked: str) -> list[Item]:
        """Rules, texts and numbers whose id, title or sentences hold every word; those of that id or with the words in the title first."""
        words = asked.casefold().split()
        found: list[tuple[int, Item]] = []
        for item in self.own:
            name, title = item.id.casefold(), item.title.casefold()
            said = item.text if isinstance(item, Text) else " ".join([*item.says.values(), *item.tells.values()])
            whole = f"{name} {title} {said.casefold()}"
            if words and all(word in whole for word in words):
                rank = 0 if asked.casefold() in name else 1 if all(word in title for word in words) else 2
                found.append((rank, self.row(item)))
        found += [(1, self._number_row(name)) for name in self.rulebook.parameters if words and self._about_number(name, words)]
        return [row for _, row in sorted(found, key=lambda pair: pair[0])][:_MOST_FOUND]

    def _about_number(self, name: str, words: list[str]) -> bool:
        about = f"{name} ${name} {plain(name)} {self.rulebook.parameters[name].means}".casefold()
        return all(word in about for word in words)

    def _number_row(self, name: str) -> Item:
        entry, place = self.rulebook.parameters[name], self.places("parameters", name, True)
        kind = f"number, {self.words.parameter(entry)}" if not isinstance(entry.value, list) else "list"
        return {"id": name, "title": entry.means, "kind": kind, "alert": None, "place": f"{place[0]}:{place[1]}", "link": file_link(place)}

    def row(self, item: Rule | Text) -> Item:
        alert = self.words.severities[item.alert].lower() if isinstance(item, Rule) and item.alert else None
        return {"id": item.id, "title": item.title, "kind": item.kind, "alert": alert, "topic": self.topic(item.topic),
                "place": f"{item.origin.file}:{item.origin.line}", "link": f"/rules/{item.id}"}  # fmt: skip

    def topic(self, name: str) -> str:
        return self.words.topic_names.get(name, name.replace("-", " ").capitalize())

    # --- one rule -----------------------------------------------------------------------------------------------------------

    def rule(self, rule: Rule) -> Item:
        """All that the rulebook says about a rule, save the lines of its file."""
        parts = [rule, *(part for part in self.rulebook.rules if part.part_of == rule.id)]
        numbers = sorted(set().union(*map(parameters_of, parts)))
        can = possible(rule, self.rulebook)
        shown: Item = self.words.model_dump()
        sentences = [
            {"status": shown["states"][status], "says": rule.says.get(status), "tells": rule.tells.get(status), "possible": status in can}
            for status in STATUSES if status in can or status in rule.says or status in rule.tells
        ]  # fmt: skip
        return self._common(rule) | {
            "about": rule.about,
            "sentences": sentences,
            "alert": rule.alert and self.words.severities[rule.alert],
            "advice": rule.advice,
            "reminder": rule.reminder,
            "applies": rule.applies is not None,
            "parameters": [self._parameter(name) for name in numbers],
            "arguments": self._arguments(rule),
            "asks": [self._fact(name) for name in rule.asks],
        }

    def text(self, text: Text) -> Item:
        return self._common(text) | {"text": text.text, "tells": text.tells}

    def _common(self, item: Rule | Text) -> Item:
        return self.row(item) | {
            "strength": item.strength,
            "file": path_of(item.origin.file),
            "file_link": file_link(item.origin),
            "sources": [self._source(source) for source in item.sources],
            "evidence": [self._study(name) for name in item.evidence],
            "readings": [self._reading(name) for name in item.readings],
        }

    def _source(self, source: Citation) -> Item:
        work = self.rulebook.works.get(source.work)
        return {"short": work.short if work else source.work, "at": source.at, "citation": work.citation if work else ""}

    def _study(self, name: str) -> Item:
        study = self.rulebook.studies[name]
        return {"id": name, "citation": study.citation, "summary": study.summary, "design": study.design, "n": study.n}

    def _reading(self, name: str) -> Item:
        reading = self.rulebook.readings[name]
        return {"id": name, "point": reading.point, "open": reading.open, "reading": reading.reading}

    def _parameter(self, name: str) -> Item:
        entry = self.rulebook.parameters[name]
        sources = entry.source if isinstance(entry.source, list) else [entry.source]
        return {
            "id": name, "means": entry.means, "value": self.words.parameter(entry), "unit": entry.unit,
            "certainty": plain(entry.certainty), "reviewed": entry.reviewed_on, "sources": [self._source(source) for source in sources],
            "link": file_link(self.places("parameters", name, True)),
        }  # fmt: skip

    def _fact(self, name: str) -> Item:
        return {"id": name, "label": self.rulebook.facts[name].label, "link": file_link(self.places("facts", name, True))}

    def _arguments(self, rule: Rule) -> list[Item]:
        if rule.option is None:
            return []
        return [
            {"section": plain(argument.section), "text": argument.text, "id": argument.rule, "evidence": list(argument.evidence)}
            for argument in rule.option.arguments
        ]

    # --- where the boxes of a drawing lead ----------------------------------------------------------------------------------

    def href(self, kind: str, name: str) -> str | None:
        """The page of a rule, else the line of the file."""
        try:
            match kind:
                case "rule" if name in self.rulebook.by_id:
                    return rule_link(self.rulebook.by_id[name])
                case "fact" | "parameter":
                    return file_link(self.places("facts" if kind == "fact" else "parameters", name, True))
                case "model" | "ranking" | "sequence" if name in self.models:
                    return file_link(self.models[name].origin)
                case "heading":
                    return f"/rules/{name.rpartition(':')[2]}"  # `A:criterion-a`
                case "topic":
                    return f"/rules?topic={name}#topic-{name}"
        except InputError:  # a file that was changed on the disk since the server started
            return None
        return None
