"""What is done in a process of its own for authors: an edited rulebook checked as a whole, and the cases read. Knows no request."""

from contextlib import suppress
from dataclasses import asdict, dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from euthymia.cases.coverage import uncovered
from euthymia.cases.files import read_cases
from euthymia.cases.run import Variant, variants
from euthymia.consultation import Consultation
from euthymia.errors import EngineFault, InputError, Problem
from euthymia.web.charts import work
from euthymia.web.rules.rule_files import NoSuchFile, Texts, as_rules, laid_over

Item = dict[str, Any]
_MOST_TOLD = 200


@dataclass(frozen=True, slots=True)
class Drafted:
    """The rules in force with copies laid over them, ready for use. `folder`: where they stood while they were read."""

    consultation: Consultation
    folder: Path


def drafted(rules: Path, texts: Texts) -> Drafted:
    """Raises InputError with every mistake, at the paths that the author knows, and NoSuchFile for a copy without a place."""
    return _drafted(rules, tuple(sorted(texts.items())), state_of(rules))


# What was checked is then worked with: the rulebook is not read twice.
@lru_cache(maxsize=2)
def _drafted(rules: Path, texts: tuple[tuple[str, str], ...], _state: tuple[tuple[str, int], ...]) -> Drafted:
    try:
        with laid_over(rules, dict(texts)) as folder:
            return _read_rules(folder)
    except FileNotFoundError:
        raise InputError([Problem("rules", 0, "", "a file in force was taken away while the rules were read; check again")]) from None


def _read_rules(folder: Path) -> Drafted:
    try:
        return Drafted(Consultation(folder), folder)
    except InputError as error:
        raise InputError(_told(problem, folder) for problem in error.problems) from None
    except EngineFault as fault:
        raise InputError([Problem("rules", 0, "", as_rules(f"more than the engine bears: {fault}", folder))]) from None


def forget() -> None:
    """Keep no draft at hand: its engines remember over which facts they fired."""
    _drafted.cache_clear()


def _told(problem: Problem, folder: Path) -> Problem:
    """A mistake with the path that its author knows."""
    return Problem(as_rules(problem.file, folder), problem.line, problem.key, as_rules(problem.message, folder))


def check(rules: Path, texts: Texts) -> Item:
    """Every mistake in the rules in force with these copies laid over them. Raises NoSuchFile."""
    try:
        found = drafted(rules, texts)
    except NoSuchFile:
        raise
    except InputError as error:
        told = [asdict(problem) for problem in error.problems[:_MOST_TOLD]]
        return {"problems": told, "more": len(error.problems) - len(told), "rules": None}
    return {"problems": [], "more": 0, "rules": len(found.consultation.rulebook.rules)}


def cases_of(cases: Path, rule: str) -> list[Item]:
    """Cases that expect something of a rule or of an argument of it, with the statuses that they expect."""
    found: dict[tuple[str, int], Item] = {}
    for variant in read_variants(cases):
        statuses = [status for name, status in variant.expect.items() if _is_of(name.partition("@")[0], rule)]
        if statuses:
            file = f"tests/rules/{Path(variant.file).relative_to(cases).as_posix()}"
            new = {"file": file, "line": variant.line, "case": variant.case.case, "statuses": []}
            item = found.setdefault((file, variant.line), new)
            item["statuses"] = list(dict.fromkeys([*item["statuses"], *statuses]))
    return list(found.values())


def _is_of(name: str, rule: str) -> bool:
    return name == rule or name.startswith(f"{rule}/")


def coverage(cases: Path) -> list[Item]:
    """Topics with their numbers of rules and patients, and the rules that lack a case for a status they can take."""
    rulebook, found = work.own_rulebook(), read_variants(cases)
    lacking = {rule.id: missing for rule, missing in uncovered(rulebook, found)}
    patients: dict[str, int] = {}
    for variant in found:
        topic = Path(variant.file).relative_to(cases).parts[0]
        patients[topic] = patients.get(topic, 0) + 1
    return [
        {
            "topic": topic,
            "rules": sum(rule.topic == topic for rule in rulebook.rules),
            "patients": patients.get(topic, 0),
            "lacking": [
                {"id": rule.id, "title": rule.title, "file": rule.origin.file, "line": rule.origin.line, "missing": lacking[rule.id]}
                for rule in rulebook.rules
                if rule.topic == topic and rule.id in lacking
            ],
        }
        for topic in sorted({rule.topic for rule in rulebook.rules})
    ]


def read_variants(cases: Path) -> list[Variant]:
    """Every patient of the cases in a folder. Raises InputError with the mistakes of all case files."""
    return _read(cases, state_of(cases))


def state_of(folder: Path) -> tuple[tuple[str, int], ...]:
    """Changes when a rule file, a case file or an example in the folder does."""
    found: list[tuple[str, int]] = []
    for path in folder.rglob("*.yaml"):
        with suppress(FileNotFoundError):  # taken away since
            found.append((str(path), path.stat().st_mtime_ns))
    return tuple(sorted(found))


@lru_cache(maxsize=1)
def _read(cases: Path, _state: tuple[tuple[str, int], ...]) -> list[Variant]:
    return [variant for path, checked in read_cases(cases) for variant in variants(path, checked)]
