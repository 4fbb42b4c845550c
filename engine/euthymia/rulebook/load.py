"""A folder of rule files, read into a rulebook. All mistakes of all files are reported together."""

import hashlib
import re
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

from pydantic import BaseModel

from euthymia.errors import InputError, Problem
from euthymia.facts.catalogue import Catalogue
from euthymia.facts.catalogue_files import read_catalogue
from euthymia.facts.drug_files import read_drugs
from euthymia.facts.drug_table import DrugTable
from euthymia.rulebook import files
from euthymia.rulebook.base import Sentences, citations
from euthymia.rulebook.checks import check
from euthymia.rulebook.checks.report import LIMITS
from euthymia.rulebook.compose import Composer, Owner
from euthymia.rulebook.definition import Definition
from euthymia.rulebook.lines import Names
from euthymia.rulebook.parse import Parser
from euthymia.rulebook.plan_files import GapEntry, TensionEntry
from euthymia.rulebook.plans import Ranking, Sequence
from euthymia.rulebook.rule import Contradiction, Origin, Rule, Text
from euthymia.rulebook.rulebook import Rulebook, in_order
from euthymia.source import Document, read_model

_NO_RULES = ("schemas", "facts", "parameters")
_AT_THE_TOP = ("rulebook.yaml", "sources.yaml", "evidence.yaml", "readings.yaml", "entries.yaml", "contradictions.yaml",
               "tensions.yaml", "drugs.yaml")  # fmt: skip
_AN_ID = re.compile(rb"""\bid["']?\s*:\s*["']?([A-Za-z][A-Za-z0-9_-]*)""")
_UNKNOWN = re.compile(r"unknown [a-z ]+'([^'/]*)")  # of `GF-J-10/against/1` the rule counts
Model = TypeVar("Model", bound=BaseModel)
Item = TypeVar("Item", bound=Any)


@dataclass(slots=True)
class _Found:
    """What the rule files hold, parsed."""

    rules: dict[str, Rule] = field(default_factory=dict)
    texts: list[Text] = field(default_factory=list)
    definitions: list[Definition] = field(default_factory=list)
    rankings: list[Ranking] = field(default_factory=list)
    sequences: list[Sequence] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Placed:
    """Something from a file, with the file and the path to it."""

    item: Any
    document: Document
    path: tuple[str | int, ...]

    def problem(self, message: str, *more: str | int) -> Problem:
        return self.document.problem((*self.path, *more), message)


class _Reader:
    """Reads files and keeps every mistake."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.problems: list[Problem] = []
        self.lost: set[str] = set()  # ids in files that could not be read

    def one(self, name: str, model: type[Model]) -> tuple[Model, Document] | None:
        try:
            checked = read_model(self.folder / name, model, LIMITS)
        except InputError as error:
            self.problems.extend(error.problems)
            self.lost |= _ids(self.folder / name)
            return None
        return checked.model, checked.document

    def placed(self, name: str, model: type[BaseModel], key: str) -> Iterator[Placed]:
        read = self.one(name, model)
        if read:
            for number, item in enumerate(getattr(read[0], key)):
                yield Placed(item, read[1], (key, number))

    def by_id(self, placed: Iterable[Placed], what: str) -> dict[str, Any]:
        """Items by their id; an id that is used twice is a mistake."""
        first: dict[str, Placed] = {}
        for item in placed:
            before = first.setdefault(item.item.id, item)
            if before is not item:
                there = before.document.line((*before.path, "id"))
                text = f"{what} '{item.item.id}' is defined twice, first in {before.document.name}:{there}"
                self.problems.append(item.problem(text, "id"))
        return {key: first[key].item for key in sorted(first)}

    def stop_on_problems(self, lost: Collection[str]) -> None:
        """Nobody is told that a name is unknown which stands in the rulebook, in something that has mistakes of its own."""
        if self.problems:
            told = [problem for problem in self.problems if not any(name in lost for name in _UNKNOWN.findall(problem.message))]
            raise InputError(told or self.problems)


def _ids(path: Path) -> set[str]:
    """What looks like an id in a file that cannot be read as what it should be."""
    try:
        with path.open("rb") as stream:
            return {name.decode("ascii") for name in _AN_ID.findall(stream.read(LIMITS.size))}
    except OSError:
        return set()


def load_rulebook(folder: Path) -> Rulebook:
    """Read and check the rules in `folder`. Raises InputError with every mistake found."""
    if not folder.is_dir():
        raise InputError([Problem(str(folder), 0, "", "no such folder")])
    reader = _Reader(folder)
    facts = _catalogue(reader)
    about = reader.one("rulebook.yaml", files.RulebookFile)
    parameters = reader.by_id(_many(reader, "parameters/*.yaml", files.ParameterFile, "parameters"), "parameter")
    works = reader.by_id(reader.placed("sources.yaml", files.SourceFile, "works"), "source")
    studies = reader.by_id(reader.placed("evidence.yaml", files.EvidenceFile, "studies"), "study")
    readings = reader.by_id(reader.placed("readings.yaml", files.ReadingFile, "readings"), "reading")
    entries = reader.one("entries.yaml", files.EntryFile)
    read = [*_rule_files(reader)]
    if facts is None or about is None or entries is None:
        raise InputError(reader.problems)
    names = Names(facts, parameters, {item.item.id: item.item.about for item in _each(read, "rules")})
    found = _rules(reader, read, names)
    contradictions = _contradictions(reader, names)
    tensions, gaps = _tensions(reader)
    drugs = _drugs(reader, facts)
    reader.by_id([*_each(read, "rules"), *_each(read, "texts")], "rule or text")
    reader.problems.extend(_unread(folder))
    ordered, circle = in_order(found.rules.values())
    if circle:
        reader.problems.append(_circle_problem(circle, found.rules, folder))
    rulebook = Rulebook(
        about[0], facts, parameters, works, studies, readings, tuple(entries[0].groups), tuple(entries[0].entries),
        tuple(ordered), _by_id(found.texts), contradictions, _by_id(found.definitions), _by_id(found.rankings), _by_id(found.sequences),
        tensions, gaps, drugs, _digest(folder), str(folder),
    )  # fmt: skip
    if not circle:
        reader.problems.extend(check(rulebook))
    reader.stop_on_problems(reader.lost | (names.rules.keys() - found.rules.keys()))
    return rulebook


def _catalogue(reader: _Reader) -> Catalogue | None:
    try:
        return read_catalogue(reader.folder / "facts")
    except InputError as error:
        reader.problems.extend(error.problems)
        return None


def _by_id(items: Iterable[Item]) -> tuple[Item, ...]:
    return tuple(sorted(items, key=lambda item: str(item.id)))


def _tensions(reader: _Reader) -> tuple[tuple[TensionEntry, ...], tuple[GapEntry, ...]]:
    read = reader.one("tensions.yaml", files.TensionFile) if (reader.folder / "tensions.yaml").exists() else None
    return (tuple(read[0].tensions), tuple(read[0].gaps)) if read else ((), ())


def _drugs(reader: _Reader, facts: Catalogue) -> DrugTable:
    try:
        return read_drugs(reader.folder / "drugs.yaml", facts)
    except InputError as error:
        reader.problems.extend(error.problems)
        return DrugTable(())


def _many(reader: _Reader, pattern: str, model: type[BaseModel], key: str) -> Iterator[Placed]:
    for path in sorted(reader.folder.glob(pattern)):
        yield from reader.placed(str(path.relative_to(reader.folder)), model, key)


def _rule_files(reader: _Reader) -> Iterator[tuple[files.RuleFile, Document]]:
    for path in sorted(reader.folder.glob("*/**/*.yaml")):
        name = path.relative_to(reader.folder)
        if name.parts[0] not in _NO_RULES:
            read = reader.one(str(name), files.RuleFile)
            if read:
                yield read


def _unread(folder: Path) -> Iterator[Problem]:
    """Files that look like rule files but stand where nobody reads them: a rule must not vanish without a word."""
    for path in sorted([*folder.rglob("*.yaml"), *folder.rglob("*.yml")]):
        place = path.relative_to(folder)
        misplaced = len(place.parts) == 1 and place.name not in _AT_THE_TOP
        nested = len(place.parts) > 2 and place.parts[0] in _NO_RULES
        if path.suffix == ".yml" or misplaced or nested or place.parts[0] == "schemas":
            yield Problem(str(path), 0, "", "is not read here; rules stand in rules/<topic>/*.yaml")


def _each(read: Iterable[tuple[files.RuleFile, Document]], key: str) -> Iterator[Placed]:
    for file, document in read:
        for number, item in enumerate(getattr(file, key)):
            yield Placed(item, document, (key, number))


def _rules(reader: _Reader, read: list[tuple[files.RuleFile, Document]], names: Names) -> "_Found":
    found = _Found()
    for file, document in read:
        for number, entry in enumerate(file.rules):
            for rule in _rule(entry, file, Placed(entry, document, ("rules", number)), names, reader):
                found.rules.setdefault(rule.id, rule)
        for number, text in enumerate(file.texts):
            found.texts.append(_text(text, file, Placed(text, document, ("texts", number)), reader.folder))
        for key in ("definition", "ranking", "sequence"):
            if (item := getattr(file, key)) is not None:
                composer = _composer(item, Placed(item, document, (key,)), names, reader)
                getattr(found, f"{key}s").append(getattr(composer, key)(item))
                found.rules |= {rule.id: rule for rule in composer.rules}
    return found


def _composer(item: Any, placed: Placed, names: Names, reader: _Reader) -> Composer:
    sources = citations(item.source)
    owner = Owner(item.id, sources, None, tuple(item.readings), _topic(placed, reader.folder), _origin(placed, reader.folder))
    return Composer(names, _reporter(placed, reader.problems), owner)


def _rule(entry: files.RuleEntry, file: files.RuleFile, placed: Placed, names: Names, reader: _Reader) -> list[Rule]:
    """The rule, and those made for its option. Nothing when its own condition has mistakes."""
    report = _reporter(placed, reader.problems)
    parser = Parser(names, report)
    when = parser.parse(entry.when, ("when",), entry.about)
    applies = None if entry.applies is None else parser.parse(entry.applies, ("applies",), entry.about)
    sources = citations(entry.source or file.source)
    topic, origin = _topic(placed, reader.folder), _origin(placed, reader.folder)
    composer = Composer(names, report, Owner(entry.id, sources, entry.strength, tuple(entry.readings), topic, origin))
    option = None if entry.option is None else composer.option(entry.option, entry)
    if when is None or (entry.applies is not None and applies is None):
        return []
    rule = Rule(
        id=entry.id, title=entry.title, kind=entry.kind, about=entry.about, applies=applies, when=when, sources=sources,
        strength=entry.strength, evidence=tuple(entry.evidence), readings=tuple(entry.readings), reminder=entry.reminder,
        alert=entry.alert, advice=entry.advice, asks=tuple(entry.asks), shows=tuple(entry.shows), says=_sentences(entry.says),
        tells=_sentences(entry.tells), topic=topic, origin=origin, factor=entry.factor, beside=tuple(entry.beside), option=option,
    )  # fmt: skip
    return [rule, *composer.rules]


def _text(entry: files.TextEntry, file: files.RuleFile, placed: Placed, folder: Path) -> Text:
    return Text(
        id=entry.id, title=entry.title, kind=entry.kind, text=entry.text, place=entry.place,
        sources=citations(entry.source or file.source), strength=entry.strength, evidence=tuple(entry.evidence),
        readings=tuple(entry.readings), tells=entry.tells, topic=_topic(placed, folder), origin=_origin(placed, folder),
    )  # fmt: skip


def _reporter(placed: Placed, problems: list[Problem]) -> Callable[[tuple[str | int, ...], str], None]:
    def report(place: tuple[str | int, ...], message: str) -> None:
        problem = placed.problem(message, *place)
        problems.append(Problem(problem.file, problem.line, f"{placed.item.id}.{problem.key.partition('.')[2]}", message))

    return report


def _sentences(written: Sentences) -> dict[str, str]:
    return {str(status): sentence for status, sentence in written.items()}


def _origin(placed: Placed, folder: Path) -> Origin:
    name = Path(placed.document.name).relative_to(folder)
    return Origin(f"rules/{name.as_posix()}", placed.document.line((*placed.path, "id")))


def _topic(placed: Placed, folder: Path) -> str:
    return Path(placed.document.name).relative_to(folder).parts[0]


def _contradictions(reader: _Reader, names: Names) -> tuple[Contradiction, ...]:
    made: list[Contradiction] = []
    facts_only = Names(names.facts, names.parameters, {})  # they are tested before any rule is judged
    for placed in reader.placed("contradictions.yaml", files.ContradictionFile, "contradictions"):
        entry = placed.item
        parser = Parser(facts_only, _reporter(placed, reader.problems))
        when = parser.parse(entry.when, ("when",), entry.about)
        if when is not None:
            made.append(Contradiction(entry.id, entry.about, when, entry.message))
    return tuple(sorted(made, key=lambda item: item.id))


def _circle_problem(circle: list[str], rules: Mapping[str, Rule], folder: Path) -> Problem:
    origin = rules[circle[0]].origin
    return Problem(str(origin.path(folder)), origin.line, circle[0], f"rules refer to each other in a circle: {' → '.join(circle)}")


def _digest(folder: Path) -> str:
    return digest_of({path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*.yaml")})


def digest_of(files: Mapping[str, bytes]) -> str:
    """Identifies the content of all rule files by their paths in the folder, whatever their order on disk."""
    total = hashlib.sha256()
    for name in sorted(files):
        total.update(name.encode() + b"\0" + hashlib.sha256(files[name]).digest())
    return f"sha256:{total.hexdigest()}"
